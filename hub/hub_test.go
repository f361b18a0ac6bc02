package hub_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/terraform"
)

var (
	quiet   = slog.New(slog.DiscardHandler)
	today   = inventory.NewDate(2026, time.November, 21)
	admin   = hub.Person{Name: "Anna", Role: hub.RoleAdmin}
	nyborg  = hub.Person{Name: "Bo", Role: hub.RoleMunicipality, Organisation: "450"}
	centre  = hub.Person{Name: "Carl", Role: hub.RoleCentre, Organisation: "fyn"}
	members = []string{"420", "450", "461"}
)

func open(t *testing.T, dir string, change func(*hub.Config)) *hub.Hub {
	t.Helper()
	c := hub.DefaultConfig()
	c.Dir, c.Members, c.AsOf = dir, members, today
	if change != nil {
		change(&c)
	}
	h, err := hub.Open(t.Context(), c, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// estate is a look at three municipalities: Nyborg with an agreement with Odense, Assens without.
type estate struct {
	fail       error
	unmeasured bool // its servers are seen, and nothing of them is measured
}

func (estate) Name() string { return "agent" }

func (e estate) Collect(ctx context.Context, sink collectors.Sink) error {
	now := time.Now()
	register := inventory.Register{
		Centres:    []inventory.Centre{{ID: "fyn", Name: "Fyn", Host: "461", Capacity: inventory.Capacity{VCPUs: 1000, MemoryGB: 9000, StorageGB: 90_000, Users: 50_000}}},
		Agreements: []inventory.Agreement{{ID: "450-461", Customer: "450", Host: "461", Centre: "fyn", State: inventory.StateAgreement}},
		Systems:    []inventory.System{{ID: "esdh-450", Municipality: "450", Name: "ESDH", Criticality: 3, RunsOn: []string{"nyb-app-1"}}},
	}
	if err := sink.Observe(ctx, inventory.Observation{Collector: "sheet", Source: "register", Municipality: "461", At: now, Status: inventory.StatusOK, Register: &register}); err != nil {
		return err
	}
	for _, a := range []struct{ code, name, os string }{
		{"450", "nyb-app-1", "Windows Server"}, {"450", "nyb-db-1", "Debian"}, {"420", "ass-app-1", "Debian"}, {"461", "ode-app-1", "Debian"},
	} {
		version := map[string]string{"Windows Server": "2012 R2", "Debian": "12"}[a.os]
		o := inventory.Observation{
			Collector: "agent", Source: a.name, Instance: a.name, Municipality: a.code, At: now, Status: inventory.StatusOK,
			Asset: &inventory.Asset{Name: a.name, Kind: inventory.KindVM, Serial: "S-" + a.name, VCPUs: 2, MemoryBytes: 8 << 30, OS: inventory.OS{Name: a.os, Version: version}},
		}
		if err := sink.Observe(ctx, o); err != nil {
			return err
		}
		if e.unmeasured {
			continue
		}
		sample := collectors.Sample{Name: "samdrift_device_up", Value: 1, At: now, Labels: map[string]string{"municipality": a.code, "instance": a.name, "job": "agent"}}
		if err := sink.Measure(ctx, []collectors.Sample{sample}); err != nil {
			return err
		}
	}
	return e.fail
}

func collected(t *testing.T) *hub.Hub {
	t.Helper()
	h := open(t, t.TempDir(), nil)
	if _, err := h.Overview(t.Context(), admin); !errors.Is(err, hub.ErrNotReady) {
		t.Errorf("an empty hub answers %v, want not ready", err)
	}
	for range 2 { // the second look's samples meet a known inventory
		if err := h.Collect(t.Context(), estate{}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func TestAnEstateIsThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir, nil)
	if err := h.Collect(t.Context(), estate{}); err != nil {
		t.Fatal(err)
	}
	before, err := h.Export(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	reader := open(t, dir, func(c *hub.Config) { c.ReadOnly = true })
	after, err := reader.Export(t.Context(), admin)
	if err != nil || before.Hash() != after.Hash() {
		t.Errorf("a reader beside the hub sees another estate: %v", err)
	}
	_, err = hub.Open(t.Context(), func() hub.Config { c := hub.DefaultConfig(); c.Dir = dir; return c }(), quiet)
	if !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second hub on the directory: %v, want locked", err)
	}
}

// A collector that breaks down keeps nothing of the others' out.
func TestABrokenCollectorStopsNobody(t *testing.T) {
	h := open(t, t.TempDir(), nil)
	err := h.Collect(t.Context(), estate{fail: errors.New("vCenter is away")})
	if err == nil || !strings.Contains(err.Error(), "collector agent: vCenter is away") {
		t.Errorf("want the collector's error with its name, got %v", err)
	}
	if list, err := h.Assets(t.Context(), admin, hub.AssetQuery{}); err != nil || list.Total != 4 {
		t.Errorf("%d assets, %v; want the four that were seen", list.Total, err)
	}
}

func TestAssetsAreFilteredSortedAndPaged(t *testing.T) {
	h := collected(t)
	for _, c := range []struct {
		name string
		q    hub.AssetQuery
		want string
	}{
		{"all by name", hub.AssetQuery{}, "ass-app-1 nyb-app-1 nyb-db-1 ode-app-1"},
		{"descending", hub.AssetQuery{Sort: "-name"}, "ode-app-1 nyb-db-1 nyb-app-1 ass-app-1"},
		{"text in name", hub.AssetQuery{Text: "APP"}, "ass-app-1 nyb-app-1 ode-app-1"},
		{"text in system", hub.AssetQuery{Text: "esdh"}, "nyb-app-1"},
		{"operating system", hub.AssetQuery{OS: "Debian 12"}, "ass-app-1 nyb-db-1 ode-app-1"},
		{"past support", hub.AssetQuery{Finding: hub.FindingPastSupport}, "nyb-app-1"},
		{"second page", hub.AssetQuery{PerPage: 3, Page: 2}, "ode-app-1"},
		{"page beyond the end", hub.AssetQuery{PerPage: 3, Page: 9}, "ode-app-1"},
		{"nothing", hub.AssetQuery{Kind: inventory.KindUPS}, ""},
	} {
		list, err := h.Assets(t.Context(), admin, c.q)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range list.Rows {
			names = append(names, r.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if list, err := h.Assets(t.Context(), nyborg, hub.AssetQuery{}); err != nil || list.Total != 2 {
		t.Errorf("Nyborg sees %d assets, %v; want its own two", list.Total, err)
	}
	if _, err := h.Assets(t.Context(), nyborg, hub.AssetQuery{Municipality: "420"}); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("Nyborg asks for Assens' assets: %v, want forbidden", err)
	}
	if list, err := h.Assets(t.Context(), centre, hub.AssetQuery{}); err != nil || list.Total != 3 {
		t.Errorf("the centre sees %d assets, %v; want its host's and those under an agreement", list.Total, err)
	}
}

func TestTokensOpenOnlyWhatTheyAreFor(t *testing.T) {
	h := collected(t)
	token, err := h.Grant(t.Context(), "Anna", nyborg, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := h.Authenticate(token); !ok || p != nyborg {
		t.Errorf("the token opens %+v, want %+v", p, nyborg)
	}
	for _, wrong := range []string{"", token + "x", token[:len(token)-1]} {
		if p, ok := h.Authenticate(wrong); ok {
			t.Errorf("%q let in %+v", wrong, p)
		}
	}
	for _, p := range []hub.Person{{}, {Name: "x", Role: "boss"}, {Role: hub.RoleAdmin}, {Name: "x", Role: hub.RoleMunicipality, Organisation: "999"}, {Name: "x", Role: hub.RoleCentre}} {
		if _, err := h.Grant(t.Context(), "Anna", p, time.Hour); err == nil {
			t.Errorf("a token was granted to %+v", p)
		}
	}
}

// Time series are asked through the person in the request, and nobody sees another's.
func TestSeriesFollowThePerson(t *testing.T) {
	h := collected(t)
	ask := func(p hub.Person) string {
		r := httptest.NewRequest(http.MethodGet, "/prometheus/api/v1/query?query=samdrift_device_up", nil)
		w := httptest.NewRecorder()
		h.Monitor().ServeHTTP(w, r.WithContext(hub.WithPerson(r.Context(), p)))
		data, err := io.ReadAll(w.Result().Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if got := ask(admin); strings.Count(got, `"instance"`) < 4 || !strings.Contains(got, `"role":"vm"`) {
		t.Errorf("the admin sees %s", got)
	}
	if got := ask(nyborg); !strings.Contains(got, "nyb-app-1") || strings.Contains(got, "ass-app-1") || strings.Contains(got, "ode-app-1") {
		t.Errorf("Nyborg sees %s", got)
	}
	for _, p := range []hub.Person{{}, {Name: "x", Role: hub.RoleSteering}} {
		if got := ask(p); strings.Contains(got, "-app-1") {
			t.Errorf("%q sees %s", p.Role, got)
		}
	}
}

// A device whose labels changed, because the inventory learned what it is, is still one line in a chart.
func TestOneDeviceIsOneLine(t *testing.T) {
	h := collected(t)
	list, err := h.Assets(t.Context(), nyborg, hub.AssetQuery{Text: "nyb-app-1"})
	if err != nil || list.Total != 1 {
		t.Fatalf("%d assets, %v", list.Total, err)
	}
	now := time.Now()
	series, err := h.AssetSeries(t.Context(), nyborg, list.Rows[0].ID, now.Add(-time.Minute), now.Add(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if len(series) != 1 || series[0].Name != "up" || len(series[0].Points) == 0 {
		t.Errorf("got %+v, want the one line of up", series)
	}
	if _, err := h.AssetSeries(t.Context(), hub.Person{Name: "x", Role: hub.RoleSteering}, list.Rows[0].ID, now, now); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("steering gets %v, want not found", err)
	}
}

func TestAnswersBelongToTheirMunicipality(t *testing.T) {
	h := collected(t)
	answer := nis2.Answer{Municipality: "450", Control: "20-01", Level: 4, AnsweredBy: "Bo", AnsweredAt: today}
	before, _, err := h.GapOf(t.Context(), nyborg, "450")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SaveAnswers(t.Context(), nyborg, []nis2.Answer{answer}); err != nil {
		t.Fatal(err)
	}
	after, _, err := h.GapOf(t.Context(), nyborg, "450")
	if err != nil || after.Overall.Headline <= before.Overall.Headline {
		t.Errorf("the answer did not count: %v then %v, %v", before.Overall, after.Overall, err)
	}
	for name, p := range map[string]hub.Person{"another municipality": {Name: "x", Role: hub.RoleMunicipality, Organisation: "420"}, "the centre": centre, "nobody": {}} {
		if err := h.SaveAnswers(t.Context(), p, []nis2.Answer{answer}); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s may answer for Nyborg: %v", name, err)
		}
	}
	if err := h.SaveAnswers(t.Context(), nyborg, []nis2.Answer{{Municipality: "450", Control: "99-99"}}); err == nil {
		t.Error("an answer to a control that does not exist was stored")
	}
	if _, _, err := h.GapOf(t.Context(), centre, "450"); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("the centre reads Nyborg's answers: %v, want forbidden", err)
	}
}

func TestImportShowsFirstAndReplacesThen(t *testing.T) {
	h := collected(t)
	s, err := h.Export(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	changed := *s
	changed.Assets = append([]inventory.Asset(nil), s.Assets...)
	changed.Assets[0].Owner = "Drift"
	for _, dryRun := range []bool{true, false} {
		changes, err := h.Import(t.Context(), admin, &changed, dryRun)
		if err != nil || len(changes) != 1 || changes[0].Field != "owner" {
			t.Fatalf("dry run %v: %v %v, want the one change of owner", dryRun, changes, err)
		}
		v, err := h.Asset(t.Context(), admin, changed.Assets[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Row.Owner == "Drift"; got == dryRun {
			t.Errorf("dry run %v: owner is %q", dryRun, v.Row.Owner)
		}
	}
	if _, err := h.Import(t.Context(), nyborg, &changed, true); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("a municipality may import: %v", err)
	}
}

// Without an engine the units are still rendered, and that is said.
func TestTerraformWithoutEngine(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	h := collected(t)
	result, err := h.PlanTerraform(t.Context(), admin, terraform.PlanOptions{})
	if !errors.Is(err, terraform.ErrNoEngine) || len(result.ByAgreement()) == 0 {
		t.Fatalf("got %+v, %v; want rendered units and how to get an engine", result, err)
	}
	v, err := h.Plan(t.Context(), admin)
	if err != nil || v.TerraformNote != hub.TerraformNoEngine {
		t.Errorf("the plan says %q, %v", v.TerraformNote, err)
	}
	files, err := filepath.Glob(filepath.Join(h.TerraformDir(), "*", "*", "main.tf"))
	if err != nil || len(files) == 0 {
		t.Errorf("no HCL was written: %v", err)
	}
	if _, err := h.RenderTerraform(t.Context(), nyborg); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("a municipality may render moves: %v", err)
	}
}

func TestReportFactsNameNobody(t *testing.T) {
	h := collected(t)
	f, err := h.ReportFacts(t.Context(), hub.Person{Name: "Dora", Role: hub.RoleSteering})
	if err != nil {
		t.Fatal(err)
	}
	if f.Period != "2026-2" || f.From.String() != "2026-07-01" || f.To.String() != "2026-12-31" || len(f.Municipalities) != 3 {
		t.Errorf("period %s from %s to %s with %d municipalities", f.Period, f.From, f.To, len(f.Municipalities))
	}
	if f.Municipalities[0].Availability != nil {
		t.Error("availability is given though no service was checked")
	}
	other, err := h.ReportFacts(t.Context(), admin)
	if err != nil || other.Person != f.Person {
		t.Errorf("the report depends on who asks: %+v %+v %v", other.Person, f.Person, err)
	}
}

func TestFaultsOfTheConfigurationComeAtOnce(t *testing.T) {
	c := hub.DefaultConfig()
	c.Members = []string{"461", "999"}
	c.Planner.Headroom = 2
	_, err := hub.Open(t.Context(), c, quiet)
	for _, want := range []string{"data directory", `"999"`, "headroom"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a fault about %s, got %v", want, err)
		}
	}
}

// TestWhatCouldNotBeStoredIsStoredNextTime merges while the database cannot be written.
func TestWhatCouldNotBeStoredIsStoredNextTime(t *testing.T) {
	h := open(t, t.TempDir(), nil)
	if err := (estate{}).Collect(t.Context(), h.Sink()); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Flush(cancelled); err == nil || h.Ready() {
		t.Fatalf("stored with a cancelled context: %v; shown: %v", err, h.Ready())
	}
	changes, err := h.Flush(t.Context())
	if err != nil || changes == 0 {
		t.Fatalf("want the changes of the merge before, got %d, %v", changes, err)
	}
	list, err := h.Assets(t.Context(), admin, hub.AssetQuery{})
	if err != nil || list.Total != 4 {
		t.Fatalf("want four assets, got %d, %v", list.Total, err)
	}
	view, err := h.Asset(t.Context(), admin, list.Rows[0].ID)
	if err != nil || len(view.Changes) == 0 {
		t.Errorf("the history of %s says nothing of its coming: %v", list.Rows[0].Name, err)
	}
	if changes, err := h.Flush(t.Context()); err != nil || changes != 0 {
		t.Errorf("with nothing waiting: %d changes, %v", changes, err)
	}
}
