package web_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

// happening is the address of the page on which a municipality's freeze over its own last cutovers, and crews
// that are away, are said to have happened.
func happening(t *testing.T, municipality string) string {
	t.Helper()
	v, err := estate.Hub.Plan(t.Context(), people[3])
	if err != nil {
		t.Fatal(err)
	}
	var last inventory.Date
	for _, g := range v.Plan.Groups {
		if g.Municipality == municipality {
			last = max(last, g.Cutover)
		}
	}
	q := url.Values{"frozen": {municipality}, "from": {last.AddDays(-3).String()}, "to": {last.AddDays(20).String()}, "why": {"Rådhuset flytter"},
		"centre": {people[1].Organisation}, "crews": {"1"}, "crewsfrom": {last.AddDays(-10).String()}, "crewsto": {last.AddDays(4).String()}, "weeks": {"2"}}
	return "/plan/replan?" + q.Encode()
}

// A municipality falls out: who may see its groups sees which nights move, why and who is told; the steering
// group sees the whole; kept as a draft it is a scenario that keeps all other dates.
func TestWhatHappenedIsSaidOnAPage(t *testing.T) {
	g := movingGroup(t)
	path := happening(t, g.Municipality)
	_, body, _ := get(t, hub.RoleAdmin, path)
	for _, want := range []string{"Frysperioden Rådhuset flytter", "Skal have besked", "datoer bliver stående", "Rettet plan", "Gem som udkast", "har 1 driftshold fra"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if _, body, _ = get(t, hub.RoleSteering, path); !strings.Contains(body, "Rettet plan") || strings.Contains(body, "/plan/groups/") {
		t.Error("the steering group does not see the whole, or sees groups")
	}
	if status, _, _ := get(t, hub.RoleMunicipality, path); status != http.StatusForbidden {
		t.Errorf("a municipality says what happened in another: %d", status)
	}
	if status, body, _ := get(t, hub.RoleAdmin, "/plan/replan?crews=mange"); status != http.StatusOK || !strings.Contains(body, "role=\"alert\"") || !strings.Contains(body, "Fra mangler") {
		t.Errorf("crews that are no number are taken: %d", status)
	}
	said, err := url.ParseQuery(strings.TrimPrefix(path, "/plan/replan?"))
	if err != nil {
		t.Fatal(err)
	}
	if status, body, _ := post(t, hub.RoleAdmin, "/plan/replan", said); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Navn på scenariet mangler") {
		t.Errorf("a draft without a name: %d", status)
	}
	said.Set("name", "Rådhuset flytter")
	status, body, to := post(t, hub.RoleAdmin, "/plan/replan", said)
	if status != http.StatusSeeOther {
		t.Fatalf("%d %.300s", status, body)
	}
	_, body, _ = get(t, hub.RoleAdmin, to)
	for _, want := range []string{"Planens andre datoer bliver stående", "Datoer, der sættes", "frysperiode for"} {
		if !strings.Contains(body, want) {
			t.Errorf("the draft does not say %q", want)
		}
	}
}

// On every page of the plan stands which scenario is in force; it is taken back where it was put.
func TestWhatIsInForceIsShown(t *testing.T) {
	if _, body, _ := get(t, hub.RoleMunicipality, "/plan"); !strings.Contains(body, "Ingen plan er sat i kraft") {
		t.Error("nothing is in force, and the page does not say so")
	}
	_, _, to := post(t, hub.RoleMunicipality, "/plan/scenarios", url.Values{"name": {"Kort opfølgning"}})
	change := url.Values{"kind": {"setting"}, "setting": {"hypercare_days"}, "value": {"8"}, "revision": {"1"}}
	for _, step := range []struct {
		role     hub.Role
		path     string
		revision string
	}{{hub.RoleMunicipality, "/change", "1"}, {hub.RoleAdmin, "/step/review", "2"}, {hub.RoleSteering, "/step/approve", "3"}} {
		change.Set("revision", step.revision)
		if status, body, _ := post(t, step.role, to+step.path, change); status != http.StatusSeeOther {
			t.Fatalf("%s: %d %.300s", step.path, status, body)
		}
	}
	t.Cleanup(func() { takeBack(t) })
	for _, path := range []string{"/plan", "/plan/capacity", "/plan/money", "/plan/track", "/plan/groups/" + movingGroup(t).ID, to} {
		if _, body, _ := get(t, hub.RoleAdmin, path); !strings.Contains(body, "Kort opfølgning, godkendt af "+people[2].Name) {
			t.Errorf("%s does not say what is in force", path)
		}
	}
	_, body, _ := get(t, hub.RoleSteering, "/plan/scenarios")
	for _, want := range []string{"Dages opfølgning efter en bølge: 8", "datoer og", "Tag tilbage"} {
		if !strings.Contains(body, want) {
			t.Errorf("the scenarios do not say %q of what is in force", want)
		}
	}
	if status, body, _ := post(t, hub.RoleSteering, "/plan/scenarios/present/step/adopt", url.Values{"revision": {"0"}}); status != http.StatusSeeOther {
		t.Errorf("taking back: %d %.300s", status, body)
	}
	if _, body, _ := get(t, hub.RoleAdmin, to); !strings.Contains(body, "Sæt i kraft igen") {
		t.Error("a former plan cannot be put in force again")
	}
	if status, _, _ := post(t, hub.RoleMunicipality, "/plan/scenarios/present/step/adopt", url.Values{"revision": {"0"}}); status != http.StatusForbidden {
		t.Errorf("a municipality takes back what is in force: %d", status)
	}
}

// takeBack lets the planner propose again.
func takeBack(t *testing.T) {
	t.Helper()
	if _, err := estate.Hub.AdoptScenario(context.Background(), people[2], hub.PresentPlan, 0); err != nil {
		t.Error(err)
	}
}

// Why a date is what it is: what loosening a limit would give, and whether rules clash, in words.
func TestLimitsAreToldInWords(t *testing.T) {
	path := "/plan/groups/" + movingGroup(t).ID + "?relief=1&clash=1"
	_, body, _ := get(t, hub.RoleAdmin, path)
	for _, want := range []string{"Driftsholdene på KIT Fyn", "servere mere pr. nat: ét hold", "7 dage senere", "Netværksforbindelsen fra", "Der findes en tidsplan"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if _, body, _ = get(t, hub.RoleMunicipality, "/plan?relief=1"); !strings.Contains(body, "andre handler om kommuner, du ikke ser") || strings.Contains(body, "Netværksforbindelsen fra") {
		t.Error("a municipality sees others' links")
	}
}

// What was asked of the plan passes the accessibility checker, in each look, and reads in Danish.
func TestAnsweredPlanPagesInABrowser(t *testing.T) {
	g := movingGroup(t)
	tab, cancel := chromedp.NewContext(chromium(t))
	defer cancel()
	if err := chromedp.Run(tab, chromedp.Navigate(site.URL+"/enter?token="+tokens[hub.RoleAdmin])); err != nil {
		t.Fatal(err)
	}
	shots := os.Getenv("SAMDRIFT_SCREENSHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	approveForAll(t)
	t.Cleanup(func() { takeBack(t) })
	for name, path := range map[string]string{"replan": happening(t, g.Municipality), "limits": "/plan/groups/" + g.ID + "?relief=1&clash=1", "inforce": "/plan/scenarios"} {
		_, body, _ := get(t, hub.RoleAdmin, path)
		text := tags.ReplaceAllString(body, " ")
		if at := english.FindStringIndex(text); at != nil || strings.Contains(text, "⟦") {
			t.Errorf("%s has words that are not Danish: %s", path, text[max(0, at[0]-60):min(at[1]+60, len(text))])
		}
		for _, s := range []state{{"wide", 1440, false}, {"narrow-dark", 390, true}} {
			look(t, tab, axe(t), path, s, filepath.Join(shots, "answered-"+name+"-"+s.name+".png"))
		}
	}
}

// approveForAll puts a scenario in force.
func approveForAll(t *testing.T) {
	t.Helper()
	second := hub.Person{Name: "Anden administrator", Role: hub.RoleAdmin}
	s, err := estate.Hub.SaveScenario(t.Context(), people[3], hub.Scenario{Name: "Samlet plan " + t.Name()})
	if err == nil {
		s, err = estate.Hub.ReviewScenario(t.Context(), second, s.Ref(), s.Revision)
	}
	if err == nil {
		_, err = estate.Hub.ApproveScenario(t.Context(), people[2], s.Ref(), s.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A slipped wave is said with the keyboard alone: the wave is chosen, the night typed, and the answer read.
func TestAWaveSlipsByKeyboard(t *testing.T) {
	g := movingGroup(t)
	tab, cancel := chromedp.NewContext(chromium(t))
	defer cancel()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	var here, shown string
	err := chromedp.Run(ctx,
		chromedp.Navigate(site.URL+"/enter?token="+tokens[hub.RoleAdmin]),
		chromedp.Navigate(site.URL+"/plan/replan"),
		chromedp.WaitVisible("select[name=wave]", chromedp.ByQuery),
	)
	for range 80 { // tabulator until the waves are reached
		if err == nil {
			err = chromedp.Run(ctx, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate("document.activeElement.name ?? ''", &here))
		}
		if here == "wave" {
			break
		}
	}
	if err == nil {
		night := g.Cutover.AddDays(28).String()
		err = chromedp.Run(ctx,
			chromedp.KeyEvent(kb.ArrowDown),
			chromedp.KeyEvent(kb.Tab),
			chromedp.KeyEvent(night[5:7]+night[8:10]+night[:4]),
			chromedp.KeyEvent(kb.Enter),
			chromedp.WaitVisible("#result", chromedp.ByQuery),
			chromedp.Evaluate("document.querySelector('#result').innerText", &shown),
		)
	}
	if err != nil {
		t.Fatal(err)
	}
	if here != "wave" || !strings.Contains(shown, "Ny første overgang") {
		t.Errorf("focus came to %q; the page answers %.300q", here, shown)
	}
}
