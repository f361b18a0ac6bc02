package terraform_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

// estate is a small world: Nyborg has an agreement with Odense, Kerteminde has none yet. Group
// nyb-esdh is two servers of which little is known about one; name is what the first one is called.
func estate(name string) (planner.Plan, *inventory.Snapshot) {
	cutover := inventory.NewDate(2027, time.February, 3)
	snap := &inventory.Snapshot{
		Schema: inventory.SchemaVersion, Demo: true,
		Municipalities: []inventory.Municipality{
			{Code: "440", Name: "Kerteminde"}, {Code: "450", Name: "Nyborg"}, {Code: "461", Name: "Odense"},
		},
		Assets: []inventory.Asset{
			{ID: "a1", Municipality: "450", Site: "nyborg-raadhus", Kind: inventory.KindVM, Name: name,
				OS: inventory.OS{Name: "Windows Server", Version: "2019"}, VCPUs: 4, MemoryBytes: 16 << 30,
				Volumes: []inventory.Volume{{Name: "D:", TotalBytes: 500 << 30, SharedID: "lun-7"}, {Name: "C:", TotalBytes: 80 << 30}}},
			{ID: "a2", Municipality: "450", Kind: inventory.KindServer, Name: "nyb-esdh-02"},
			{ID: "b1", Municipality: "440", Kind: inventory.KindVM, Name: "ker-ad-01", VCPUs: 2},
			{ID: "c1", Municipality: "450", Kind: inventory.KindVM, Name: "nyb-unplaced"},
		},
		Agreements: []inventory.Agreement{
			{ID: "nyborg-odense", Customer: "450", Host: "461", Centre: "odense", State: inventory.StatePlanned},
		},
	}
	snap.Sort()
	plan := planner.Plan{
		Demo: true, Snapshot: snap.Hash(),
		Groups: []planner.Group{
			{ID: "440-b1", Municipality: "440", Centre: "odense", Name: "ker-ad-01", Assets: []string{"b1"}, Wave: "440-1", Cutover: cutover.AddDays(7)},
			{ID: "450-a1", Municipality: "450", Centre: "odense", Name: "ESDH", Assets: []string{"a2", "a1"}, Wave: "450-1", Cutover: cutover},
			{ID: "450-c1", Municipality: "450", Centre: "odense", Name: "nyb-unplaced", Assets: []string{"c1"}},
		},
		Waves: []planner.Wave{
			{ID: "440-1", Name: "Kerteminde 1", Municipality: "440", Centre: "odense", Groups: []string{"440-b1"}},
			{ID: "450-1", Name: "Nyborg 1", Municipality: "450", Centre: "odense", Agreement: "nyborg-odense", Groups: []string{"450-a1"}},
		},
	}
	return plan, snap
}

// crowd is an estate of n units of one server each, in two waves of one agreement.
func crowd(n int) (planner.Plan, *inventory.Snapshot) {
	plan, snap := estate("x")
	plan.Groups, snap.Assets = nil, nil
	plan.Waves = append(plan.Waves, planner.Wave{ID: "450-2", Name: "Nyborg 2", Municipality: "450", Centre: "odense"})
	for i := range n {
		id := fmt.Sprintf("s%05d", i)
		snap.Assets = append(snap.Assets, inventory.Asset{ID: id, Municipality: "450", Kind: inventory.KindVM, Name: "nyb-" + id, VCPUs: 2,
			MemoryBytes: 8 << 30, Volumes: []inventory.Volume{{Name: "/", TotalBytes: 50 << 30}}})
		plan.Groups = append(plan.Groups, planner.Group{ID: "450-" + id, Municipality: "450", Centre: "odense", Name: id,
			Assets: []string{id}, Wave: fmt.Sprintf("450-%d", 1+i%2), Cutover: inventory.NewDate(2027, time.March, 1)})
	}
	snap.Sort()
	return plan, snap
}

// render is Render of a plan that must be renderable.
func render(t *testing.T, plan planner.Plan, snap *inventory.Snapshot) []terraform.Unit {
	t.Helper()
	units, err := terraform.Render(plan, snap, terraform.Grounds{})
	if err != nil {
		t.Fatal(err)
	}
	return units
}

// rendered puts an estate's units on disk and gives a runner for them. It needs a real engine.
func rendered(t *testing.T, plan planner.Plan, snap *inventory.Snapshot) (*terraform.Runner, string, []terraform.Unit) {
	t.Helper()
	r := runner(t)
	units := render(t, plan, snap)
	dir := t.TempDir()
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	return r, dir, units
}

// runner finds a real engine, or skips; in CI a missing engine is a fault.
func runner(t *testing.T) *terraform.Runner {
	t.Helper()
	engine, err := terraform.FindEngine(t.Context(), terraform.DefaultConfig())
	if err != nil {
		text := fmt.Sprintf("NOT TESTED AGAINST A REAL ENGINE: %v", err)
		if os.Getenv("CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	return &terraform.Runner{Engine: engine, Config: terraform.DefaultConfig(), Now: func() time.Time {
		return time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	}}
}
