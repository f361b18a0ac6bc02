package hub_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// systems is the estate with seven more servers in Nyborg, grouped by the system that they run.
type systems struct {
	estate
	run     map[string][]string // system → servers
	retired string
}

func (s systems) Collect(ctx context.Context, sink collectors.Sink) error {
	if err := s.estate.Collect(ctx, sink); err != nil {
		return err
	}
	var register inventory.Register
	for id, servers := range s.run {
		register.Systems = append(register.Systems, inventory.System{ID: id, Municipality: "450", Name: "System " + id, RunsOn: servers})
	}
	if err := sink.Observe(ctx, inventory.Observation{Collector: "sheet", Source: "systems", Municipality: "450", At: time.Now(), Status: inventory.StatusOK, Register: &register}); err != nil {
		return err
	}
	for i := range 7 {
		name := fmt.Sprintf("srv-%d", i)
		a := &inventory.Asset{Name: name, Kind: inventory.KindVM, Serial: "S-" + name, VCPUs: 2, MemoryBytes: 8 << 30}
		if name == s.retired {
			a.Status = inventory.Retired
		}
		if err := sink.Observe(ctx, inventory.Observation{Collector: "agent", Source: name, Instance: name, Municipality: "450", At: time.Now(), Status: inventory.StatusOK, Asset: a}); err != nil {
			return err
		}
	}
	return nil
}

// grouped gives the group of the present plan that holds a server, by its name.
func grouped(t *testing.T, h *hub.Hub, server string) planner.Group {
	t.Helper()
	v, err := h.Plan(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range v.Plan.Groups {
		if slices.ContainsFunc(g.Assets, func(id string) bool { return v.Names[id] == server }) {
			return g
		}
	}
	t.Fatalf("%s is in no group", server)
	return planner.Group{}
}

// Dates in force belong to servers: they stay with most of a group's servers when it gets another id, is divided
// or goes together with another, and all of that is told.
func TestDatesInForceFollowTheServers(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir, nil)
	x, y := []string{"srv-0", "srv-1", "srv-2", "srv-3", "srv-4"}, []string{"srv-5", "srv-6"}
	look := systems{run: map[string][]string{"x": x, "y": y}}
	collect := func() hub.InForceView {
		t.Helper()
		if err := h.Collect(t.Context(), look); err != nil {
			t.Fatal(err)
		}
		v, err := h.InForce(t.Context(), admin)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	collect()
	gx, gy := grouped(t, h, "srv-0"), grouped(t, h, "srv-5")
	if len(gx.Assets) != 5 || len(gy.Assets) != 2 {
		t.Fatalf("the systems are in groups %+v and %+v", gx, gy)
	}
	nightX, nightY := gx.Cutover.AddDays(14), gx.Cutover.AddDays(28)
	approved(t, h, hub.Scenario{Name: "Sat", Changes: []scenario.Change{
		{Kind: scenario.Pin, Group: gx.ID, Date: nightX}, {Kind: scenario.Pin, Group: gy.ID, Date: nightY}}})
	v := collect()
	if v.Since.Any() {
		t.Fatalf("nothing has changed, and since then there is %+v", v.Since)
	}

	// The server that its id comes from is retired: the date follows the four others.
	name := assetNames(t, h)
	look.retired = name[gx.Assets[0]]
	rest := slices.DeleteFunc(slices.Clone(x), func(s string) bool { return s == look.retired })
	told := func(v hub.InForceView, what string) hub.Regrouped {
		t.Helper()
		i := slices.IndexFunc(v.Since.Regrouped, func(r hub.Regrouped) bool { return r.What == what })
		if i < 0 {
			t.Fatalf("nothing is %s: %+v", what, v.Since)
		}
		return v.Since.Regrouped[i]
	}
	v = collect()
	g := grouped(t, h, rest[0])
	if r := told(v, hub.Followed); g.ID == gx.ID || g.Cutover != nightX || r.Group != gx.ID || r.Into.Group != g.ID || r.Shared != 4 || len(v.Since.Lost)+len(v.Since.New) != 0 {
		t.Errorf("without %s the night is %s, want %s; told %+v", look.retired, g.Cutover, nightX, v.Since)
	}
	if r := told(v, hub.Followed); r.String() != fmt.Sprintf("%s (%s) is now %s (%s): the date %s follows 4 of 5 servers", gx.Name, gx.ID, g.Name, g.ID, nightX) {
		t.Errorf("in words: %s", r)
	}
	if v, err := h.InForce(t.Context(), assens); err != nil || len(v.Since.Regrouped) != 0 || v.Since.Hidden != 1 {
		t.Errorf("Assens sees of it %+v, %v", v.Since, err)
	}

	// It is divided, and the id stays with the smaller part: the larger one keeps the date.
	out := name[g.Assets[0]]
	rest = slices.DeleteFunc(rest, func(s string) bool { return s == out })
	look.run["x"] = rest
	v = collect()
	if r := told(v, hub.Parted); r.Group != gx.ID || r.Into.Group != g.ID || r.Shared != 1 || r.Keeper != grouped(t, h, rest[0]).Name || grouped(t, h, out).ID != g.ID {
		t.Errorf("divided, told %+v", r)
	}
	if got := grouped(t, h, rest[0]); got.Cutover != nightX || told(v, hub.Followed).Into.Group != got.ID {
		t.Errorf("the larger part is on %s, want %s; told %+v", got.Cutover, nightX, v.Since)
	}

	// Two go together: the date is that of the one with most servers.
	look.run = map[string][]string{"x": slices.Concat(rest, y), "y": nil}
	v = collect()
	g = grouped(t, h, "srv-5")
	if r := told(v, hub.Joined); g.Cutover != nightX || len(g.Assets) != 5 || r.Group != gy.ID || r.Cutover != nightY || r.Into.Cutover != nightX || r.Keeper != gx.Name {
		t.Errorf("together they are on %s, want %s; told %+v", g.Cutover, nightX, r)
	}
	late := open(t, dir, func(c *hub.Config) { c.ReadOnly = true })
	if got := grouped(t, late, "srv-5"); got.Cutover != nightX {
		t.Errorf("after a restart they are on %s, want %s", got.Cutover, nightX)
	}
}
