package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/dashboards"
	"github.com/samdrift/samdrift/dashboards/api"
	"github.com/samdrift/samdrift/dashboards/report"
	"github.com/samdrift/samdrift/dashboards/web"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/demo"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/scenario"
)

var (
	estate *demo.Demo
	whole  *inventory.Snapshot
	site   *httptest.Server
	people = demo.People() // municipality 479, centre, steering, admin
	tokens = map[hub.Role]string{}
)

func TestMain(m *testing.M) { os.Exit(withSite(m)) }

// withSite collects the demo once and serves it for all tests.
func withSite(m *testing.M) int {
	dir, err := os.MkdirTemp("", "samdrift-web-test-")
	check(err)
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	estate, err = demo.Open(ctx, demo.DefaultOptions(dir), slog.New(slog.DiscardHandler))
	check(err)
	defer func() { check(estate.Close()) }()
	check(estate.Collect(ctx))
	for range 3 { // a line needs points
		for _, c := range estate.Collectors() {
			if p, ok := c.(collectors.Poller); ok {
				check(p.Poll(ctx, estate.Hub.Sink()))
			}
		}
	}
	whole, err = estate.Hub.Export(ctx, people[3])
	check(err)
	facts, err := estate.Hub.ReportFacts(ctx, people[3])
	check(err)
	frozen, hash, err := report.Freeze(facts)
	check(err)
	_, err = estate.Hub.AddEvidence(ctx, people[0], hub.Evidence{Municipality: "479", Control: "20-01", Title: "Referat"}, "referat.txt", []byte("Byrådet godkendte politikken."))
	check(err)
	_, err = estate.Hub.SaveIncident(ctx, people[0], nis2.Incident{
		Municipality: "479", Centre: people[1].Organisation, Title: "Strømudfald", Aware: map[nis2.Party]nis2.Awareness{nis2.PartyMunicipality: {At: time.Now().Add(-time.Hour), By: "vagt"}, nis2.PartyCentre: {At: time.Now().Add(-30 * time.Hour), By: "driftsleder"}},
	})
	check(err)
	_, err = estate.Hub.SaveAction(ctx, people[3], nis2.Action{Title: "Fælles kursus", Controls: []string{"20-03"}, Owner: "Programmet", Due: inventory.NewDate(2099, time.January, 1), State: nis2.ActionDoing, CostDKK: 250_000})
	check(err)
	draft, err := estate.Hub.SaveScenario(ctx, people[3], hub.Scenario{Name: "Ét hold", Changes: []scenario.Change{{Kind: scenario.Setting, Setting: "crews_per_centre", Value: json.RawMessage("1")}}})
	check(err)
	_, err = estate.Hub.ReviewScenario(ctx, hub.Person{Name: "Anden administrator", Role: hub.RoleAdmin}, draft.Ref(), draft.Revision)
	check(err)
	var all []string
	for _, a := range estate.Hub.Catalogue().Articles {
		all = append(all, a.ID)
	}
	check(estate.Hub.Share(ctx, hub.Person{Name: "Demo it-chef, Odense", Role: hub.RoleMunicipality, Organisation: "461"}, hub.Sharing{Municipality: "461", Articles: all}))
	_, err = estate.Hub.SetBaseline(ctx, people[3], "2026-2")
	check(err)
	html, err := report.Build(facts, hash, "da")
	check(err)
	check(estate.Hub.KeepReport(ctx, people[3], store.Report{ID: facts.Period + "-" + hash[:12], Period: facts.Period, Hash: hash, Demo: facts.Demo, Facts: frozen, HTML: html}))
	for _, p := range people {
		tokens[p.Role], err = estate.Hub.Grant(ctx, "test", p, time.Hour)
		check(err)
	}
	site = httptest.NewServer(handler())
	defer site.Close()
	return m.Run()
}

func handler() http.Handler {
	return web.New(estate.Hub, web.Options{Logger: slog.New(slog.DiscardHandler), API: api.Routes(estate.Hub), Prometheus: estate.Hub.Monitor(), Version: "test"})
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// routes gives every route of the site.
func routes() []dashboards.Route {
	return web.Routes(estate.Hub, web.Options{Logger: slog.New(slog.DiscardHandler), API: api.Routes(estate.Hub), Prometheus: estate.Hub.Monitor()})
}

// get asks the site as a role; the empty role is nobody.
func get(t *testing.T, role hub.Role, path string) (status int, body string, header http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+tokens[role])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(data), answer.Header
}

// asset gives one of a municipality's assets whose name is told apart from others.
func asset(t *testing.T, municipality string) inventory.Asset {
	t.Helper()
	for _, a := range whole.Assets {
		if a.Municipality == municipality && len(a.Name) > 5 && a.Kind.Moves() {
			return a
		}
	}
	t.Fatalf("no asset in %s", municipality)
	return inventory.Asset{}
}

// changes tells whether a route changes something: its scope has a test of its own.
func changes(r dashboards.Route) bool {
	return strings.HasPrefix(r.Pattern, "POST /gap/") || strings.HasPrefix(r.Pattern, "POST /plan/") || strings.HasPrefix(r.Pattern, "POST /moves/") || strings.HasPrefix(r.Pattern, "POST /api/")
}

// Every route, asked as every role for every municipality's own things, shows nothing that lies
// outside the role's scope. The list of routes is the site's own: a route without a probe fails.
func TestEveryRouteKeepsTheScope(t *testing.T) {
	allowed := map[hub.Role]map[string]bool{
		hub.RoleMunicipality: {"479": true}, hub.RoleCentre: {"461": true}, hub.RoleSteering: {}, "": {},
	}
	for _, a := range whole.Agreements {
		if a.Decided() {
			allowed[hub.RoleCentre][a.Customer] = true
		}
	}
	for _, r := range routes() {
		if r.Access == dashboards.Public || changes(r) {
			continue // what changes something has a test of its own
		}
		if r.Probe == nil {
			t.Errorf("%s says nothing of how its scope is tested", r.Pattern)
			continue
		}
		asked := 0
		for role, codes := range allowed {
			paths := map[string]string{}
			for _, m := range whole.Municipalities {
				a := asset(t, m.Code).ID
				paths[r.Probe(m.Code, a)] = a
			}
			for path, id := range paths {
				status, body, _ := get(t, role, path)
				if role == "" && status != http.StatusUnauthorized {
					t.Errorf("%s answers nobody with %d", path, status)
				}
				if status >= 500 {
					t.Errorf("%s as %q: %d", path, role, status)
				}
				if status != http.StatusOK {
					body = strings.ReplaceAll(body, id, "") // a refusal may repeat what was asked for
				} else {
					asked++
				}
				for _, a := range whole.Assets {
					if !codes[a.Municipality] && (strings.Contains(body, a.ID) || len(a.Name) > 6 && strings.Contains(body, a.Name)) {
						t.Fatalf("%s as %q shows %s of %s", path, role, a.Name, a.Municipality)
					}
				}
			}
		}
		if asked == 0 {
			t.Errorf("%s answered no role at all: its probe tests nothing", r.Pattern)
		}
	}
}

// pages are the routes that answer with a page of our own.
func pages(t *testing.T, municipality string) []string {
	t.Helper()
	var paths []string
	for _, r := range routes() {
		path := strings.TrimPrefix(r.Pattern, "GET ")
		if r.Access == dashboards.Public || strings.HasPrefix(path, "/api/") || strings.Contains(r.Pattern, "/prometheus/") ||
			strings.HasPrefix(path, "/live/") || strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".xlsx") ||
			strings.Contains(path, "/evidence/") || strings.Contains(path, "/oscal/") || strings.HasPrefix(r.Pattern, "POST ") {
			continue
		}
		paths = append(paths, r.Probe(municipality, asset(t, municipality).ID))
	}
	return append(paths, "/gap/"+municipality+"/answers", "/accessibility", "/nowhere")
}

var (
	tags    = regexp.MustCompile(`(?s)<(script|style|code)\b.*?</(script|style|code)>|<[^>]*\blang="en"[^>]*>[^<]*|<[^>]+>`)
	english = regexp.MustCompile(`(?i)(?:^|[^\pL])(the|and|with|from|unknown|server room|wave|municipality|servers|alerts|overview|no data|failed|warning|critical|headline|coverage|proven|deadline|agreement|search|page|show|not found|error|report|assets|vendor|speed|owner)(?:$|[^\pL])`)
)

// No English leaks into the Danish pages, no key is without words, and every page of the demo says
// in words that its figures are invented.
func TestDanishPagesAreDanish(t *testing.T) {
	for _, role := range []hub.Role{hub.RoleMunicipality, hub.RoleCentre, hub.RoleSteering, hub.RoleAdmin} {
		for _, path := range pages(t, "479") {
			status, body, _ := get(t, role, path)
			if status == http.StatusForbidden || status == http.StatusNotFound {
				continue
			}
			if status != http.StatusOK {
				t.Errorf("%s as %s: %d", path, role, status)
				continue
			}
			text := tags.ReplaceAllString(body, " ")
			if i := strings.Index(text, "⟦"); i >= 0 {
				t.Errorf("%s as %s has a key without words: %s", path, role, text[i:min(i+60, len(text))])
			}
			if at := english.FindStringIndex(text); at != nil {
				t.Errorf("%s as %s has English words: …%s…", path, role, strings.Join(strings.Fields(text[max(0, at[0]-60):min(at[1]+60, len(text))]), " "))
			}
			if path != "/accessibility" && !strings.Contains(text, "Demodata") {
				t.Errorf("%s as %s does not say Demodata", path, role)
			}
		}
	}
}

func TestEnglishIsASwitch(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Jar: jar}
	for _, path := range []string{"/enter?token=" + tokens[hub.RoleAdmin], "/plan?lang=en", "/plan"} {
		answer, err := client.Get(site.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if wantEnglish := path != "/enter?token="+tokens[hub.RoleAdmin]; strings.Contains(string(data), `<html lang="en">`) != wantEnglish {
			t.Errorf("%s: English is %v", path, !wantEnglish)
		}
	}
}

func TestNobodyGetsInWithoutALink(t *testing.T) {
	for _, path := range []string{"/", "/assets", "/enter?token=wrong", "/enter", "/prometheus/api/v1/query?query=up", "/api/v1/overview", "/live/alerts"} {
		status, body, header := get(t, "", path)
		if status != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, status)
		}
		if strings.HasPrefix(path, "/api") && header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s answers a program with %s", path, header.Get("Content-Type"))
		}
		if strings.Contains(body, "Svendborg") {
			t.Errorf("%s tells a stranger about Svendborg", path)
		}
	}
	if status, _, _ := get(t, "", "/healthz"); status != http.StatusOK {
		t.Errorf("healthz: %d", status)
	}
}

// The switch of language sends nobody to another site.
func TestRedirectsStayHere(t *testing.T) {
	for _, path := range []string{"//evil.example/?lang=en", "/%2Fevil.example/?lang=en", "/\\evil.example/?lang=en"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawQuery = strings.SplitN(path, "?", 2)[0], "lang=en"
		w := httptest.NewRecorder()
		handler().ServeHTTP(w, r)
		to := w.Result().Header.Get("Location")
		if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") {
			t.Errorf("%s redirects to %q", path, to)
		}
	}
}

// A page of another site cannot sign a person out or do anything else in their name.
func TestOtherSitesCannotPost(t *testing.T) {
	for origin, want := range map[string]int{"https://evil.example": http.StatusForbidden, "": http.StatusSeeOther} {
		r := httptest.NewRequest(http.MethodPost, "/leave", nil)
		if origin != "" {
			r.Header.Set("Origin", origin)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}
		w := httptest.NewRecorder()
		handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("a post from %q: %d, want %d", origin, w.Code, want)
		}
	}
}

func TestHeadersOfEveryPage(t *testing.T) {
	for _, path := range pages(t, "479") {
		_, body, header := get(t, hub.RoleAdmin, path)
		csp := header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: policy %q", path, csp)
		}
		if !strings.HasPrefix(path, "/reports/") && (strings.Contains(body, " style=") || strings.Contains(body, "<script>")) {
			t.Errorf("%s has inline style or script", path)
		}
	}
	_, css, _ := get(t, "", "/static/app.css")
	if len(css) > 25_000 {
		t.Errorf("the stylesheet is %d bytes, want at most 25,000", len(css))
	}
}

func TestListIsFilteredAndExported(t *testing.T) {
	count := regexp.MustCompile(`Viser \d+–\d+ af (\d+)`)
	number := func(path string) string {
		_, body, _ := get(t, hub.RoleMunicipality, path)
		if m := count.FindStringSubmatch(body); m != nil {
			return m[1]
		}
		return "0"
	}
	all, servers := number("/assets"), number("/assets?kind=vm")
	if all == "0" || servers == "0" || all == servers {
		t.Errorf("%s assets, %s virtual servers", all, servers)
	}
	if n := number("/assets?q=there-is-no-such-thing"); n != "0" {
		t.Errorf("a search for nothing finds %s", n)
	}
	status, sheet, header := get(t, hub.RoleMunicipality, "/assets.csv?kind=vm")
	lines := strings.Split(strings.TrimSpace(sheet), "\r\n")
	if status != http.StatusOK || fmt.Sprint(len(lines)-2) != servers || !strings.HasPrefix(sheet, "\ufeffDemodata") || !strings.Contains(header.Get("Content-Disposition"), "demodata-") {
		t.Errorf("%d: %d lines for %s servers, %.60q, %s", status, len(lines), servers, sheet, header.Get("Content-Disposition"))
	}
}
