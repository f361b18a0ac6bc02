package hub_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// talking is the estate as it is on a day: Nyborg's application talks with its database, and once with a file
// server, which has no agent.
type talking struct {
	estate
	at   time.Time
	file bool
}

func (c talking) Collect(ctx context.Context, sink collectors.Sink) error {
	if err := c.estate.Collect(ctx, sink); err != nil {
		return err
	}
	look := func(collector, name, ip string, flows ...inventory.Flow) error {
		return sink.Observe(ctx, inventory.Observation{
			Collector: collector, Source: name, Instance: name, Municipality: "450", At: c.at, Status: inventory.StatusOK, Flows: flows,
			Asset: &inventory.Asset{Name: name, Kind: inventory.KindVM, Serial: "S-" + name, Addresses: []inventory.Address{{IP: ip}}},
		})
	}
	flows := []inventory.Flow{{FromIP: "10.1.0.1", ToIP: "10.1.0.2", Protocol: "tcp", Port: 1433, BytesPerDay: 5e9}}
	if c.file {
		flows = append(flows, inventory.Flow{FromIP: "10.1.0.1", ToIP: "10.1.0.3", Protocol: "tcp", Port: 445, BytesPerDay: 5e9})
	}
	for _, err := range []error{
		look("agent", "nyb-app-1", "10.1.0.1", flows...), look("snmp", "nyb-db-1", "10.1.0.2"), look("snmp", "nyb-file-1", "10.1.0.3"),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// days lets a hub look once on each of some days of one week, and gives it with the time of the last look.
func days(t *testing.T, dir string, from, to int) (*hub.Hub, time.Time) {
	t.Helper()
	var clock time.Time
	h := open(t, dir, func(c *hub.Config) { c.Now = func() time.Time { return clock } })
	for day := from; day < to; day++ {
		clock = today.Time().Add(time.Duration(day-6)*24*time.Hour + 9*time.Hour)
		if err := h.Collect(t.Context(), talking{at: clock, file: day == 2}); err != nil {
			t.Fatal(err)
		}
		v, err := h.Plan(t.Context(), nyborg)
		if err != nil {
			t.Fatal(err)
		}
		assumed := slices.ContainsFunc(v.Plan.Assumptions, func(r planner.Reason) bool { return r.Rule == "persistence_unknown" })
		if assumed != (day < 2) {
			t.Errorf("after %d days the plan assumes how steady traffic is: %v", day+1, assumed)
		}
	}
	return h, clock
}

// Over the days the hub learns on how many of them traffic is seen, also across a restart; what is not seen
// today is not forgotten, and the plan no longer assumes it.
func TestTrafficOverSeveralDays(t *testing.T) {
	dir := t.TempDir()
	t.Run("four days", func(t *testing.T) { days(t, dir, 0, 4) })
	h, clock := days(t, dir, 4, 6)
	id := map[string]string{}
	list, err := h.Assets(t.Context(), nyborg, hub.AssetQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range list.Rows {
		id[row.Name] = row.ID
	}
	v, err := h.Asset(t.Context(), nyborg, id["nyb-app-1"])
	if err != nil || len(v.FlowsOut) != 2 {
		t.Fatalf("the application has %+v, %v", v.FlowsOut, err)
	}
	for _, f := range v.FlowsOut {
		days, last := 6, clock
		if f.Other == "nyb-file-1" {
			days, last = 1, clock.Add(-3*24*time.Hour)
		}
		if f.DaysSeen != days || f.DaysObserved != 6 || !f.LastSeen.Equal(last) {
			t.Errorf("traffic with %s was seen on %d of %d days, last %s", f.Other, f.DaysSeen, f.DaysObserved, f.LastSeen)
		}
	}
	why, err := h.WhyGrouped(t.Context(), nyborg, id["nyb-db-1"])
	if err != nil || len(why.Bonds) != 1 || why.Bonds[0].DaysSeen != 6 || why.Bonds[0].DaysObserved != 6 {
		t.Errorf("the database is bound by %+v, %v", why.Bonds, err)
	}
}
