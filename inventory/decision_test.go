package inventory_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
)

var ageing = inventory.DefaultAgeing()

// twoViews is one server that a sheet and the network know by nothing in common.
func twoViews(t *testing.T) (s *inventory.Snapshot, network, sheet string) {
	t.Helper()
	s, _ = inventory.Merge(empty(), []inventory.Observation{
		seen("snmp", "10.0.0.5:161", monday, inventory.Asset{Name: "10-0-0-5", Kind: inventory.KindServer, Interfaces: ports("00:16:00:00:00:01")}),
		seen("sheet", "servers.csv", monday, inventory.Asset{Name: "ESDH", Serial: "CZJ1", Owner: "Drift"}),
	}, monday)
	if len(s.Assets) != 2 {
		t.Fatalf("want two assets, got %d", len(s.Assets))
	}
	for _, a := range s.Assets {
		if a.Name == "ESDH" {
			sheet = a.ID
		} else {
			network = a.ID
		}
	}
	return s, network, sheet
}

func TestMergeHoldsAndIsUndoneWithoutLoss(t *testing.T) {
	before, network, sheet := twoViews(t)
	merged, d, changes, err := ageing.Decide(before, inventory.Decision{Kind: inventory.DecideMerge, A: network, B: sheet, By: "Anna", Why: "label read", At: monday})
	if err != nil {
		t.Fatal(err)
	}
	a, ok := merged.Asset(network)
	if !ok || len(merged.Assets) != 1 || a.Serial != "CZJ1" || a.Owner != "Drift" || len(a.Interfaces) != 1 || len(a.Sources) != 2 {
		t.Fatalf("the merged asset does not have what both had: %+v", merged.Assets)
	}
	if o, _ := a.Provenance.Of("owner"); o.Collector != "sheet" {
		t.Errorf("the owner comes from %v, want the sheet", o)
	}
	if !slices.ContainsFunc(changes, func(c inventory.Change) bool { return c.ID == sheet && c.Field == "decision" && c.Part == d.ID }) {
		t.Errorf("the decision is not in the history: %v", changes)
	}
	// A later round sees both again and keeps to the decision.
	later := monday.Add(24 * time.Hour)
	round := []inventory.Observation{
		seen("snmp", "10.0.0.5:161", later, inventory.Asset{Name: "10-0-0-5", Kind: inventory.KindServer, Firmware: "2.0", Interfaces: ports("00:16:00:00:00:01")}),
		seen("sheet", "servers.csv", later, inventory.Asset{Name: "ESDH", Serial: "CZJ1", Owner: "Fagsystemer"}),
		{Collector: "agent", Source: "b", Municipality: "461", At: later, Status: inventory.StatusOK, Asset: &inventory.Asset{Name: "other", Serial: "X9"}},
	}
	next, _ := inventory.Merge(merged, round, later)
	a, _ = next.Asset(network)
	if len(next.Assets) != 2 || a.Owner != "Fagsystemer" || a.Firmware != "2.0" {
		t.Fatalf("the decision did not hold in the next round: %+v", next.Assets)
	}
	for _, c := range next.Collections {
		if c.Collector == "sheet" && c.Asset != network {
			t.Errorf("the sheet's look leads to %s, want the merged %s", c.Asset, network)
		}
	}
	// Undone, the estate is what it had been had nobody decided.
	undone, _, _, err := ageing.Undo(next, d.ID, "Bo", "wrong label", later)
	if err != nil {
		t.Fatal(err)
	}
	never, _ := inventory.Merge(before, round, later)
	if diff := cmp.Diff(never.Assets, undone.Assets); diff != "" {
		t.Errorf("undoing lost something:\n%s", diff)
	}
	if len(undone.Parts) != 0 || len(undone.Decisions) != 1 || undone.Decisions[0].UndoneBy != "Bo" || undone.Decisions[0].Holds() {
		t.Errorf("the record is not kept: %+v", undone.Decisions)
	}
	if _, _, _, err := ageing.Undo(undone, d.ID, "Bo", "", later); !errors.Is(err, inventory.ErrNotPossible) {
		t.Errorf("undoing twice: %v", err)
	}
}

func TestSplitHoldsAndIsUndoneWithoutLoss(t *testing.T) {
	device := inventory.Asset{Name: "ups-1", Kind: inventory.KindUPS, Serial: "AB12"}
	other := device
	other.Name, other.Model = "ups-2", "Symmetra"
	looks := func(at time.Time) []inventory.Observation {
		return []inventory.Observation{seen("snmp", "10.0.0.1:161", at, device), seen("agent", "10.0.0.2:161", at, other)}
	}
	before, _ := inventory.Merge(empty(), looks(monday), monday)
	if len(before.Assets) != 1 {
		t.Fatalf("want one asset by the equal serial, got %d", len(before.Assets))
	}
	id := before.Assets[0].ID
	split, d, _, err := ageing.Decide(before, inventory.Decision{Kind: inventory.DecideSplit, A: id, Leave: []string{"10.0.0.2:161"}, By: "Anna", At: monday})
	if err != nil {
		t.Fatal(err)
	}
	undone, _, _, err := ageing.Undo(split, d.ID, "Anna", "", monday)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before.Assets, undone.Assets); diff != "" {
		t.Errorf("undoing lost something:\n%s", diff)
	}
	if diff := cmp.Diff(before.Collections, undone.Collections); diff != "" {
		t.Errorf("undoing left collections elsewhere:\n%s", diff)
	}
	later := monday.Add(24 * time.Hour)
	next, _ := inventory.Merge(split, looks(later), later)
	a, _ := next.Asset(id)
	b, ok := next.Asset(d.B)
	if len(next.Assets) != 2 || !ok || a.Name != "ups-1" || a.Model != "" || b.Name != "ups-2" || b.Model != "Symmetra" || b.Serial != "AB12" {
		t.Fatalf("the two did not stay two: %+v", next.Assets)
	}
	for _, bad := range []inventory.Decision{
		{Kind: inventory.DecideSplit, A: id, Leave: []string{"nobody"}},
		{Kind: inventory.DecideMerge, A: id, B: id},
		{Kind: "rename", A: id, B: d.B},
	} {
		if _, _, _, err := ageing.Decide(next, bad); !errors.Is(err, inventory.ErrNotPossible) {
			t.Errorf("%+v: want not possible, got %v", bad, err)
		}
	}
	if _, _, _, err := ageing.Decide(next, inventory.Decision{Kind: inventory.DecideMerge, A: id, B: "a00"}); !errors.Is(err, inventory.ErrNoAsset) {
		t.Errorf("want no such asset, got %v", err)
	}
}

func TestMunicipalitiesAreNeverJoinedByHand(t *testing.T) {
	there := seen("sheet", "b.csv", monday, inventory.Asset{Name: "srv-1"})
	there.Municipality = "479"
	s, _ := inventory.Merge(empty(), []inventory.Observation{seen("sheet", "a.csv", monday, inventory.Asset{Name: "srv-1"}), there}, monday)
	_, _, _, err := ageing.Decide(s, inventory.Decision{Kind: inventory.DecideMerge, A: s.Assets[0].ID, B: s.Assets[1].ID})
	if !errors.Is(err, inventory.ErrNotPossible) {
		t.Errorf("want not possible, got %v", err)
	}
}
