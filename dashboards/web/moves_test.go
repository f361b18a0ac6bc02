package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/dashboards/api"
	"github.com/samdrift/samdrift/dashboards/web"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

// virtual is a look at Nyborg's servers that are on a vCenter, and at the agreement they move under.
type virtual struct{ machines []platform.Machine }

func (virtual) Name() string { return "agent" }

func (v virtual) Collect(ctx context.Context, sink collectors.Sink) error {
	now := time.Now()
	register := inventory.Register{
		Centres:    []inventory.Centre{{ID: "fyn", Name: "Fyn", Host: "461", Capacity: inventory.Capacity{VCPUs: 1000, MemoryGB: 9000, StorageGB: 90_000, Users: 50_000}}},
		Agreements: []inventory.Agreement{{ID: "450-461", Customer: "450", Host: "461", Centre: "fyn", State: inventory.StateAgreement}},
	}
	if err := sink.Observe(ctx, inventory.Observation{Collector: "sheet", Source: "register", Municipality: "461", At: now, Status: inventory.StatusOK, Register: &register}); err != nil {
		return err
	}
	for _, m := range v.machines {
		if err := sink.Observe(ctx, inventory.Observation{Collector: "agent", Source: m.Name, Municipality: "450", At: now, Status: inventory.StatusOK,
			Asset: &inventory.Asset{Name: m.Name, Kind: inventory.KindVM, UUID: m.UUID, VCPUs: m.CPUs, MemoryBytes: m.MemoryMB << 20}}); err != nil {
			return err
		}
	}
	return nil
}

// moving is a site whose hub has one server of Nyborg's on a vCenter that it moves within.
type moving struct {
	*testing.T
	hub    *hub.Hub
	world  *vcentertest.World
	site   *httptest.Server
	tokens map[string]string
}

var movers = map[string]hub.Person{
	"bo": {Name: "Bo", Role: hub.RoleMunicipality, Organisation: "450"}, "eva": {Name: "Eva", Role: hub.RoleMunicipality, Organisation: "420"},
	"carl": {Name: "Carl", Role: hub.RoleCentre, Organisation: "fyn"}, "dorte": {Name: "Dorte", Role: hub.RoleCentre, Organisation: "fyn"},
	"finn": {Name: "Finn", Role: hub.RoleSteering},
}

func newMoving(t *testing.T, changes ...func(*terraform.Mapping)) *moving {
	t.Helper()
	if _, err := terraform.FindEngine(t.Context(), terraform.DefaultConfig()); err != nil {
		const text = "NOT TESTED WITHOUT AN ENGINE: install OpenTofu, or go install github.com/hashicorp/terraform@v1.5.7"
		if os.Getenv("CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	mirror, w := vcentertest.Mirror(t), vcentertest.New(t, 1)
	c := hub.DefaultConfig()
	c.Dir, c.Members, c.Freezes = t.TempDir(), []string{"420", "450", "461"}, nil
	c.Planner.Deadline = inventory.DateOf(time.Now()).AddDays(600) // moves happen now
	c.Terraform.ProviderMirror = mirror
	c.Sources = map[string]platform.Source{"nyborg": w.Login}
	mapping := terraform.Mapping{
		Platform: "vsphere", Source: "nyborg", Consent: true,
		Destination: platform.Location{Datacenter: vcentertest.Datacenter, Cluster: vcentertest.To, Datastore: vcentertest.ToStore, Folder: vcentertest.ToFolder},
		Networks:    map[string]string{vcentertest.FromNet: vcentertest.ToNet},
	}
	for _, change := range changes {
		change(&mapping)
	}
	c.Terraform.Agreements = map[string]terraform.Mapping{"450-461": mapping}
	h, err := hub.Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Collect(t.Context(), virtual{machines}); err != nil {
		t.Fatal(err)
	}
	m := &moving{T: t, hub: h, world: w, tokens: map[string]string{}}
	for name, p := range movers {
		if m.tokens[name], err = h.Grant(t.Context(), "test", p, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	m.site = httptest.NewServer(web.New(h, web.Options{Logger: slog.New(slog.DiscardHandler), API: api.Routes(h), Prometheus: h.Monitor(), Version: "test"}))
	t.Cleanup(func() {
		m.site.Close()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// send sends a request as somebody, with a form or JSON.
func (m *moving) send(who, method, path, content string) (status int, body string) {
	m.Helper()
	r, err := http.NewRequestWithContext(m.Context(), method, m.site.URL+path, strings.NewReader(content))
	if err != nil {
		m.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+m.tokens[who])
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		m.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		m.Fatal(err)
	}
	return answer.StatusCode, string(data)
}

// does sends a form and wants it taken, or refused with the status.
func (m *moving) does(who, unit, what string, want int, fields ...string) string {
	m.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	status, body := m.send(who, http.MethodPost, "/moves/unit/"+unit+"/"+what, form.Encode())
	if status != want {
		m.Fatalf("%s %s: %d, want %d: %s", who, what, status, want, words(body))
	}
	return body
}

// words is what a page says.
func words(body string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(body, " ")), " ")
}

// page gets a page and wants it to say something.
func (m *moving) page(who, path string, says ...string) string {
	m.Helper()
	status, body := m.send(who, http.MethodGet, path, "")
	text := words(body)
	if status != http.StatusOK || strings.Contains(text, "⟦") {
		m.Fatalf("%s as %s: %d %s", path, who, status, text)
	}
	if at := english.FindStringIndex(text); at != nil {
		m.Errorf("%s as %s has English words: …%s…", path, who, text[max(0, at[0]-60):min(at[1]+60, len(text))])
	}
	for _, want := range says {
		if !strings.Contains(text, want) {
			m.Errorf("%s as %s does not say %q: %s", path, who, want, text)
		}
	}
	return body
}

// awaitRun waits until the unit's run has ended.
func (m *moving) awaitRun(unit string) {
	m.Helper()
	for m.Context().Err() == nil {
		v, err := m.hub.Move(m.Context(), movers["carl"], unit)
		if err != nil {
			m.Fatal(err)
		}
		if v.Run != nil && !v.Run.Ended.IsZero() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	m.Fatal("the run does not end")
}

// carry takes the unit through the stage that it has reached by the API, with everybody's part.
func (m *moving) carry(unit string) {
	m.Helper()
	for _, part := range []struct {
		who, what, content string
		want               int
	}{
		{"carl", "plan", `{}`, 200}, {"carl", "consent", `{}`, 403}, {"carl", "apply", `{}`, 422}, {"bo", "consent", `{}`, 200},
		{"carl", "approve", `{"hours":8}`, 422}, {"dorte", "approve", `{"hours":0}`, 422}, {"dorte", "approve", `{"hours":8}`, 200},
		{"eva", "apply", `{}`, 404}, {"bo", "apply", `{}`, 403}, {"carl", "apply", `{}`, 202},
	} {
		if status, body := m.send(part.who, http.MethodPost, "/api/v1/moves/"+unit+"/"+part.what, part.content); status != part.want {
			m.Fatalf("%s %s: %d, want %d: %s", part.who, part.what, status, part.want, body)
		}
	}
	m.awaitRun(unit)
}

// onlyUnit gives the unit that has the server.
func (m *moving) onlyUnit() string {
	m.Helper()
	found := regexp.MustCompile(`href="/moves/([^"/]+)"`).FindStringSubmatch(m.page("carl", "/moves", "Ikke begyndt", "Stop alle flytninger"))
	if found == nil {
		m.Fatal("the list has no unit")
	}
	return found[1]
}

// One server's way over the pages: planned by one, consented to by its municipality, approved by another,
// applied in the hub while nobody waits, verified; refusals in words; nobody outside sees any of it.
func TestAMoveOverThePages(t *testing.T) {
	m := newMoving(t)
	unit := m.onlyUnit()
	path := "/moves/" + unit
	m.page("carl", path, "Der er endnu ikke lavet en plan for enheden")
	m.does("bo", unit, "plan", 403)
	m.does("carl", unit, "plan", 303)
	m.page("carl", path, "1 overtages", "Ingen spærringer afviser planen", "Overtages som", "Du har selv lavet planen", "Aftalen kræver kommunens samtykke")
	if body := m.does("dorte", unit, "approve", 422, "hours", "8", "from", "2027-01-02T22:00"); !strings.Contains(body, "Der mangler en gyldig godkendelse") || !strings.Contains(body, `value="2027-01-02T22:00"`) {
		t.Errorf("approved without consent: %s", words(body))
	}
	m.does("dorte", unit, "consent", 403)
	m.does("carl", unit, "apply", 422)
	m.does("bo", unit, "consent", 303)
	m.does("carl", unit, "approve", 422, "hours", "8")
	m.does("dorte", unit, "approve", 422, "hours", "mange")
	m.does("dorte", unit, "approve", 303, "hours", "8")
	m.does("bo", unit, "apply", 403)
	for _, do := range []string{"plan", "consent", "approve", "apply", "verify", "step", "return", "drift", "unlock"} {
		for _, who := range []string{"eva", "finn"} {
			if status, body := m.send(who, http.MethodPost, "/moves/unit/"+unit+"/"+do, "hours=8&reason=x&stage=test&action=start"); status != 403 && status != 404 {
				t.Errorf("%s may %s: %d %s", who, do, status, words(body))
			}
		}
	}
	for _, hidden := range []string{path, "/live" + path} {
		if status, _ := m.send("eva", http.MethodGet, hidden, ""); status != 404 {
			t.Errorf("another municipality reads %s: %d", hidden, status)
		}
	}

	m.world.Forget()
	m.does("carl", unit, "apply", 303)
	m.does("dorte", unit, "apply", 303) // a second click
	m.awaitRun(unit)
	if v, err := m.hub.Move(t.Context(), movers["bo"], unit); err != nil || v.Run.Error != "" || v.Run.By != "Carl" || len(v.Run.Said) < 3 {
		t.Fatalf("%+v, %v", v.Run, err)
	}
	m.page("bo", path, "Kørslen er gennemført", "Prøveflytning", "Overtag i styring Gjort Carl")
	m.page("bo", "/live"+path, "Udført")
	for _, stage := range []string{"test", "ready"} {
		m.does("carl", unit, "step", 303, "stage", stage, "action", "start")
		m.does("carl", unit, "step", 303, "stage", stage, "action", "finish", "proof", "SAG-7")
	}
	m.does("carl", unit, "step", 422, "stage", "place", "action", "finish")
	m.does("carl", unit, "plan", 303)
	m.page("carl", path, "Forhold ved serveren: Kendte afhængigheder.", "Noget ved serveren skal bringes i orden")
	m.does("bo", unit, "accept", 403, "key", "backup", "reason", "Prøve", "days", "7")
	m.does("carl", unit, "accept", 422, "key", "backup", "reason", "Prøve", "days", "90")
	for _, key := range []string{"backup", "dependencies"} {
		m.does("carl", unit, "accept", 303, "key", key, "reason", "Prøve", "days", "7")
	}
	m.carry(unit)
	m.page("bo", path, "Hvad der er accepteret", "Backup før flytningen")
	m.does("carl", unit, "verify", 303)
	v, err := m.hub.Move(t.Context(), movers["carl"], unit)
	if err != nil {
		t.Fatal(err)
	}
	if _, unknown := terraform.Tally(v.Move.Checks); unknown == 0 {
		t.Error("nothing was unknown, so nothing is accepted below")
	}
	m.page("bo", path, "Kunne ikke ses")
	for _, c := range v.Move.Checks {
		if c.Unknown {
			m.does("carl", unit, "accept", 303, "key", c.What, "reason", "Prøve", "days", "1")
		}
	}
	m.does("carl", unit, "verify", 303)
	m.page("bo", path, "Læst tilbage fra platformen", "Som ventet", "accepteret af Carl", "SAG-7", "Gør endelig Venter")
	if n := m.world.PowerCalls(); n > 0 {
		t.Errorf("%d calls changed the server's power", n)
	}
}

// Everybody who sees moves may stop them, and only those who move servers may let them go on.
func TestStopOnThePage(t *testing.T) {
	m := newMoving(t)
	unit := m.onlyUnit()
	m.does("carl", unit, "plan", 303)
	m.does("bo", unit, "consent", 303)
	m.does("dorte", unit, "approve", 303, "hours", "8")
	if status, _ := m.send("finn", http.MethodPost, "/moves/stop", "reason=x"); status != 403 {
		t.Errorf("the steering group stops moves: %d", status)
	}
	if status, body := m.send("bo", http.MethodPost, "/moves/stop", "reason="); status != 422 || !strings.Contains(body, "Begrundelse mangler") {
		t.Errorf("stopped without a reason: %d", status)
	}
	if status, _ := m.send("bo", http.MethodPost, "/moves/stop", "reason=Linjen+er+nede"); status != 303 {
		t.Fatal(status)
	}
	m.page("dorte", "/moves", "Alle flytninger er stoppet", "Linjen er nede")
	m.does("carl", unit, "apply", 303)
	m.awaitRun(unit)
	m.page("carl", "/moves/"+unit, "Alle flytninger er stoppet", "Kørslen blev ikke begyndt", "godkendelsen gælder stadig", "Udfør den godkendte plan")
	if status, _ := m.send("bo", http.MethodPost, "/moves/resume", "reason=x"); status != 403 {
		t.Errorf("the municipality lets moves go on: %d", status)
	}
	if status, _ := m.send("carl", http.MethodPost, "/moves/resume", "reason=Oppe+igen"); status != 303 {
		t.Errorf("resumed: %d", status)
	}
}

// A line is ticked off with a name and a time, by those who see it.
func TestRunbookIsTicked(t *testing.T) {
	m := newMoving(t)
	unit := m.onlyUnit()
	v, err := m.hub.Move(t.Context(), movers["carl"], unit)
	if err != nil {
		t.Fatal(err)
	}
	path := "/moves/wave/" + v.Move.Wave.ID
	m.page("bo", path+"/runbook", "Flytter vi i nat?", "Sidste frist", "0 af 10 trin gjort", "22.00")
	line := url.Values{"night": {v.Move.Group.Cutover.String()}, "what": {"runbook_move"}, "unit": {unit}, "done": {"true"}}
	for range 2 {
		if status, body := m.send("bo", http.MethodPost, path+"/tick", line.Encode()); status != 303 {
			t.Fatal(status, words(body))
		}
	}
	m.page("carl", path+"/runbook", "1 af 10 trin gjort", "Bo Fjern flueben")
	line.Set("what", "runbook_last_rollback")
	if status, _ := m.send("bo", http.MethodPost, path+"/tick", line.Encode()); status != 422 {
		t.Errorf("a deadline is ticked off: %d", status)
	}
	for _, who := range []string{"eva", "finn"} {
		if status, _ := m.send(who, http.MethodPost, path+"/tick", line.Encode()); status != 404 {
			t.Errorf("%s ticks a line off: %d", who, status)
		}
	}
}

// The pages of a move that is under way, in a browser: accessible, in the dark and narrow, approved by
// keyboard alone, and fresh without being asked while the hub works.
func TestMovesInABrowser(t *testing.T) {
	m := newMoving(t)
	unit := m.onlyUnit()
	m.does("carl", unit, "plan", 303)
	m.does("bo", unit, "consent", 303)
	shots := os.Getenv("SAMDRIFT_SCREENSHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	tab, cancel := chromedp.NewContext(chromium(t))
	defer cancel()
	v, err := m.hub.Move(t.Context(), movers["carl"], unit)
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Run(tab, chromedp.Navigate(m.site.URL+"/enter?token="+m.tokens["dorte"])); err != nil {
		t.Fatal(err)
	}
	demo := site
	site = m.site // what look looks at
	defer func() { site = demo }()
	see := func(name, path string) {
		t.Helper()
		for _, s := range []state{{"wide", 1440, false}, {"narrow-dark", 390, true}} {
			look(t, tab, axe(t), path, s, filepath.Join(shots, "moves-"+name+"-"+s.name+".png"))
		}
	}
	see("list", "/moves")
	see("planned", "/moves/"+unit)
	see("runbook", "/moves/wave/"+v.Move.Wave.ID+"/runbook")
	ctx, cancel := context.WithTimeout(tab, 2*time.Minute)
	defer cancel()
	var said string
	err = chromedp.Run(ctx, chromedp.Navigate(m.site.URL+"/moves/"+unit), chromedp.Focus("input[name=hours]", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible("form[action$=apply] button", chromedp.ByQuery), chromedp.Focus("form[action$=apply] button", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(".happenings", chromedp.ByQuery),
		chromedp.Poll(`document.querySelector("[aria-live]").innerText.includes("Udført") && document.querySelector("[aria-live]").innerText`, &said, chromedp.WithPollingTimeout(90*time.Second)))
	if err != nil || !strings.Contains(said, "Kørslen er gennemført") {
		t.Fatalf("%v: the page said %q", err, said)
	}
	see("applied", "/moves/"+unit)
	for _, stage := range []string{"test", "ready"} {
		m.does("carl", unit, "step", 303, "stage", stage, "action", "start")
		m.does("carl", unit, "step", 303, "stage", stage, "action", "finish")
	}
	m.does("carl", unit, "plan", 303)
	see("difference", "/moves/"+unit)
}
