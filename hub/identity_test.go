package hub_test

import (
	"errors"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

// doubted is a hub with two sightings in Nyborg that may be one server, and one asset in Assens. The
// clock goes on by an hour with every call of look.
func doubted(t *testing.T) (h *hub.Hub, look func(...inventory.Observation), ids map[string]string) {
	t.Helper()
	clock := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	h = open(t, t.TempDir(), func(c *hub.Config) { c.Now = func() time.Time { return clock } })
	look = func(observations ...inventory.Observation) {
		t.Helper()
		clock = clock.Add(time.Hour)
		for _, o := range observations {
			o.At, o.Status = clock, inventory.StatusOK
			if err := h.Sink().Observe(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	look(
		inventory.Observation{Collector: "snmp", Source: "10.0.0.5:161", Municipality: "450", Asset: &inventory.Asset{Name: "nyb-esdh", Kind: inventory.KindServer, Interfaces: []inventory.Interface{{Index: 1, Name: "eth0", MAC: "00:16:00:00:00:01"}}}},
		inventory.Observation{Collector: "sheet", Source: "servers.csv", Municipality: "450", Asset: &inventory.Asset{Name: "nyb-esdh", Serial: "CZJ1"}},
		inventory.Observation{Collector: "sheet", Source: "assens.csv", Municipality: "420", Asset: &inventory.Asset{Name: "ass-1", Serial: "CZJ2"}},
	)
	s, err := h.Export(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	ids = map[string]string{}
	for _, a := range s.Assets {
		ids[a.Sources[0].Collector+" "+a.Municipality] = a.ID
	}
	if len(s.Assets) != 3 {
		t.Fatalf("want three assets, got %d", len(s.Assets))
	}
	return h, look, ids
}

func TestDecisionsAreScopedAuditedAndUndone(t *testing.T) {
	h, _, ids := doubted(t)
	assens := hub.Person{Name: "Eva", Role: hub.RoleMunicipality, Organisation: "420"}
	found, _, err := h.Duplicates(t.Context(), nyborg)
	if err != nil || len(found) != 1 {
		t.Fatalf("Nyborg sees %d suspected pairs, %v; want its one", len(found), err)
	}
	if others, _, err := h.Duplicates(t.Context(), assens); err != nil || len(others) != 0 {
		t.Errorf("Assens sees %v, %v; want nothing", others, err)
	}
	merge := inventory.Decision{Kind: inventory.DecideMerge, A: found[0].A.ID, B: found[0].B.ID, Why: "label read"}
	for name, p := range map[string]hub.Person{"another municipality": assens, "the centre": centre, "steering": {Name: "D", Role: hub.RoleSteering}, "nobody": {}} {
		if _, _, err := h.Decide(t.Context(), p, merge); !errors.Is(err, hub.ErrNotFound) && !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s decides on Nyborg's assets: %v", name, err)
		}
	}
	d, changes, err := h.Decide(t.Context(), nyborg, merge)
	if err != nil || d.By != nyborg.Name || len(changes) == 0 {
		t.Fatalf("decided %+v with %d changes, %v", d, len(changes), err)
	}
	if list, err := h.Assets(t.Context(), nyborg, hub.AssetQuery{}); err != nil || list.Total != 1 {
		t.Errorf("after the merge Nyborg has %d assets, %v", list.Total, err)
	}
	if all, _, err := h.Decisions(t.Context(), assens); err != nil || len(all) != 0 {
		t.Errorf("Assens sees Nyborg's decisions: %v %v", all, err)
	}
	if _, _, err := h.UndoDecision(t.Context(), assens, d.ID, ""); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("Assens undoes Nyborg's decision: %v", err)
	}
	if _, _, err := h.UndoDecision(t.Context(), nyborg, d.ID, "wrong label"); err != nil {
		t.Fatal(err)
	}
	if list, err := h.Assets(t.Context(), nyborg, hub.AssetQuery{}); err != nil || list.Total != 2 {
		t.Errorf("after undoing Nyborg has %d assets, %v", list.Total, err)
	}
	all, _, err := h.Decisions(t.Context(), admin)
	if err != nil || len(all) != 1 || all[0].UndoneBy != nyborg.Name || all[0].Why != "label read" {
		t.Errorf("the record is %+v, %v", all, err)
	}
	if _, _, err := h.Decide(t.Context(), nyborg, inventory.Decision{Kind: inventory.DecideMerge, A: found[0].A.ID, B: ids["sheet 420"]}); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("an asset of Assens is reached from Nyborg: %v", err)
	}
}

func TestHistoryAndDifferences(t *testing.T) {
	h, look, ids := doubted(t)
	id := ids["sheet 450"]
	rename := func(name string) inventory.Observation {
		return inventory.Observation{Collector: "sheet", Source: "servers.csv", Municipality: "450", Asset: &inventory.Asset{Name: name, Serial: "CZJ1"}}
	}
	look(rename("nyb-one"))
	look(rename("nyb-two"))
	history, _, err := h.History(t.Context(), nyborg, id, 10)
	if err != nil || len(history) != 3 || history[0].From != "nyb-one" || history[0].To != "nyb-two" || history[0].Collector != "sheet" {
		t.Fatalf("the history is %+v, %v", history, err)
	}
	assens := hub.Person{Name: "Eva", Role: hub.RoleMunicipality, Organisation: "420"}
	if _, _, err := h.History(t.Context(), assens, id, 10); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("Assens reads the history of Nyborg's asset: %v", err)
	}
	snapshot, err := h.Export(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	when := func(text string) time.Time {
		t.Helper()
		at, err := h.When(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	first := history[2].At
	diff, _, err := h.Differences(t.Context(), nyborg, first, when(snapshot.Hash()[:10]), "")
	if err != nil || len(diff) != 1 || diff[0].From != "nyb-esdh" || diff[0].To != "nyb-two" {
		t.Errorf("want the name from first to last, got %+v, %v", diff, err)
	}
	if diff, _, err := h.Differences(t.Context(), assens, when("2026-11-01"), when("now"), ""); err != nil || len(diff) != 1 || diff[0].Municipality != "420" {
		t.Errorf("Assens sees %+v, %v; want its one asset come", diff, err)
	}
	if _, _, err := h.Differences(t.Context(), assens, first, when("now"), "450"); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("Assens asks for Nyborg's differences: %v", err)
	}
	if got := when("2026-11-21"); !got.Equal(time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("the day begins at %v, want midnight in Denmark", got)
	}
	if _, err := h.When(t.Context(), "last tuesday"); err == nil {
		t.Error("a time that is none was read")
	}
}

// Equipment that moves to another municipality leaves its history there: neither its page nor its history
// shows the new owner what the old one's people wrote.
func TestHistoryStaysWithItsMunicipality(t *testing.T) {
	h := open(t, t.TempDir(), nil)
	estate := func(municipality, owner string) *inventory.Snapshot {
		s := inventory.NewSnapshot([]inventory.Municipality{{Code: "420", Name: "Assens"}, {Code: "450", Name: "Nyborg"}}, false, time.Now())
		s.Assets = []inventory.Asset{{ID: "a01", Municipality: municipality, Kind: inventory.KindServer, Name: "srv-1", Owner: owner}}
		return s
	}
	for _, s := range []*inventory.Snapshot{estate("420", ""), estate("420", "Assens' borgmester"), estate("450", "Assens' borgmester"), estate("450", "Drift")} {
		if _, err := h.Import(t.Context(), admin, s, false); err != nil {
			t.Fatal(err)
		}
	}
	page, err := h.Asset(t.Context(), nyborg, "a01")
	if err != nil {
		t.Fatal(err)
	}
	history, _, err := h.History(t.Context(), nyborg, "a01", 50)
	if err != nil {
		t.Fatal(err)
	}
	if len(history) == 0 || len(page.Changes) != len(history) {
		t.Errorf("the page shows %d changes, the history %d", len(page.Changes), len(history))
	}
	for _, c := range append(page.Changes, history...) {
		if c.Municipality != "450" {
			t.Errorf("Nyborg sees what was Assens': %s", c)
		}
	}
	all, err := h.Asset(t.Context(), admin, "a01")
	if err != nil || len(all.Changes) <= len(page.Changes) {
		t.Errorf("the admin sees %d changes, Nyborg %d: nothing was left out, so this test shows nothing (%v)", len(all.Changes), len(page.Changes), err)
	}
}
