package web_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/samdrift/samdrift/hub"
)

// A line is added, refused with what was typed kept, changed and removed with plain forms; the municipality's
// controls follow, and nobody else is offered to change it.
func TestRegisterPage(t *testing.T) {
	const path = "/gap/479/register"
	line := url.Values{"kind": {"access_review"}, "date": {"2026-02-03"}, "owner": {"It-chef"}}
	if status, body, _ := post(t, hub.RoleMunicipality, path, line); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Hvad det drejer sig om mangler.") || !strings.Contains(body, `value="It-chef"`) {
		t.Errorf("without subject: %d, without why or without what was typed", status)
	}
	line.Set("subject", "Domæneadministratorer")
	line.Set("privileged", "on")
	if status, body, to := post(t, hub.RoleMunicipality, path, line); status != http.StatusSeeOther || to != path {
		t.Fatalf("%d %s %.300s", status, to, body)
	}
	_, body, _ := get(t, hub.RoleMunicipality, path)
	for _, want := range []string{"Gennemgang af adgangsrettigheder", "Domæneadministratorer", "Privilegeret gruppe", "03.02.2026"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not tell %q", want)
		}
	}
	_, rest, _ := strings.Cut(body, "Domæneadministratorer")
	m := regexp.MustCompile(`name="id" value="(\w+)"`).FindStringSubmatch(rest)
	if m == nil {
		t.Fatal("the line cannot be removed")
	}
	if _, body, _ = get(t, hub.RoleMunicipality, path+"?line="+m[1]); !strings.Contains(body, `value="Domæneadministratorer"`) || !strings.Contains(body, `name="privileged" checked`) {
		t.Error("the line does not stand in its form")
	}
	line.Set("id", m[1])
	line.Set("subject", "Backupadministratorer")
	line.Set("revision", "0") // as if somebody had changed the line since
	if status, body, _ := post(t, hub.RoleMunicipality, path, line); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Nogen har ændret det gemte") ||
		!strings.Contains(body, `value="Backupadministratorer"`) || !strings.Contains(body, `name="revision" value="1"`) {
		t.Errorf("a line that was changed meanwhile: %d, without why, what was typed, or a way on", status)
	}
	line.Set("revision", "1")
	if status, _, _ := post(t, hub.RoleMunicipality, path, line); status != http.StatusSeeOther {
		t.Errorf("change: %d", status)
	}
	if _, body, _ = get(t, hub.RoleMunicipality, path); strings.Contains(body, "Domæneadministratorer") || !strings.Contains(body, "Backupadministratorer") {
		t.Error("the change does not show")
	}
	line.Set("date", "2999-01-01")
	if status, _, _ := post(t, hub.RoleMunicipality, path, line); status != http.StatusUnprocessableEntity {
		t.Errorf("a day to come: %d", status)
	}
	if status, _, _ := post(t, hub.RoleMunicipality, path+"/remove", url.Values{"id": {m[1]}}); status != http.StatusSeeOther {
		t.Errorf("remove: %d", status)
	}
	if _, body, _ = get(t, hub.RoleMunicipality, path); strings.Contains(body, "Backupadministratorer") {
		t.Error("the removed line stands")
	}
	if status, _, _ := get(t, hub.RoleSteering, path); status != http.StatusForbidden {
		t.Errorf("the steering group reads a register: %d", status)
	}
}

// A line is added by keyboard alone, and the page with it keeps to WCAG on a narrow screen.
func TestRegisterByKeyboard(t *testing.T) {
	tab, cancel := chromedp.NewContext(chromium(t))
	defer cancel()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	const path = "/gap/479/register"
	err := chromedp.Run(ctx,
		chromedp.Navigate(site.URL+"/enter?token="+tokens[hub.RoleMunicipality]),
		chromedp.Navigate(site.URL+path), chromedp.WaitVisible("#form", chromedp.ByQuery),
	)
	to := func(field string) { // tabulator until the field is reached
		for range 200 {
			var name string
			if err == nil {
				err = chromedp.Run(ctx, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate("document.activeElement.name ?? ''", &name))
			}
			if name == field {
				return
			}
		}
		t.Fatalf("the tabulator does not reach %s: %v", field, err)
	}
	to("kind")
	if err == nil {
		err = chromedp.Run(ctx, chromedp.KeyEvent("Ris"))
	}
	to("subject")
	var body string
	if err == nil {
		err = chromedp.Run(ctx, chromedp.KeyEvent("Nedbrud i kernen"+kb.Enter),
			chromedp.WaitVisible("//td[contains(., 'Nedbrud i kernen')]", chromedp.BySearch), chromedp.Text("main", &body, chromedp.ByQuery))
	}
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(body, "Risiko") {
		t.Error("the line does not stand under its kind")
	}
	look(t, tab, axe(t), path, state{"narrow-dark", 390, true}, filepath.Join(t.TempDir(), "register.png"))
}
