package terraform_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// sharing is a mapping that wants everything made that samdrift makes.
func sharing() terraform.Mapping {
	return terraform.Mapping{Platform: "vsphere", Source: "nyborg",
		Destination: platform.Location{Datacenter: "KIT", Cluster: "KIT-01", Pool: "Kommuner/Nyborg", Datastore: "kit-ds1", Folder: "Kommuner/Nyborg/ESDH"},
		Shared: platform.Sharing{Folder: true, Pool: &platform.Pool{CPULimitMHz: 20_000, MemoryLimitMB: 131_072, MemoryReservedMB: 1024},
			Tag: &platform.Tag{Category: "Kommune", Name: `Nyborg "${file("x")}"`}}}
}

// there is what a platform tells of, by key.
func there(list ...platform.Shared) map[string]platform.Shared {
	byKey := map[string]platform.Shared{}
	for _, s := range list {
		byKey[s.Key()] = s
	}
	return byKey
}

func sharedUnit(t *testing.T, m terraform.Mapping, shared map[string]terraform.SharedGround) terraform.Unit {
	t.Helper()
	plan, snap := estate("x")
	return unitOf(t, plan, snap, terraform.Grounds{Mappings: map[string]terraform.Mapping{"nyborg-odense": m}, Shared: shared}, terraform.SharedUnit("nyborg-odense"))
}

func TestSharedGolden(t *testing.T) {
	folder := platform.Shared{Kind: platform.SharedFolder, Name: "KIT/Kommuner"}
	category := platform.Shared{Kind: platform.SharedCategory, Name: "Kommune"}
	for name, ground := range map[string]terraform.SharedGround{
		"shared-nothing-there": {},
		// What was there before is referred to at most; what samdrift made stays its own.
		"shared-some-there": {Present: there(folder, category, platform.Shared{Kind: platform.SharedPool, Name: "KIT/KIT-01/Kommuner/Nyborg"}),
			Ours: []string{"resource_pool KIT/KIT-01/Kommuner/Nyborg"}, Source: "nyborg"},
	} {
		u := sharedUnit(t, sharing(), map[string]terraform.SharedGround{"nyborg-odense": ground})
		golden := filepath.Join("testdata", "render", name+".tf")
		if *update {
			if err := os.WriteFile(golden, u.Files["main.tf"], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(u.Files["main.tf"])); diff != "" {
			t.Errorf("%s (- golden, + now; -update writes it anew):\n%s", golden, diff)
		}
		if want := filepath.Join("nyborg-odense", "_shared"); u.Dir() != want || u.Servers != 0 || !u.Decided || u.Municipality != "450" {
			t.Errorf("unit %+v in %s, want a decided one of no servers in %s", u, u.Dir(), want)
		}
	}
}

// Where nothing was read, or what was made lies elsewhere, nothing is written.
func TestSharedIsNotGuessed(t *testing.T) {
	for gate, shared := range map[string]map[string]terraform.SharedGround{
		terraform.GateUnread:  nil,
		terraform.GateChanged: {"nyborg-odense": {Ours: []string{"folder KIT/Kommuner"}, Source: "the old one"}},
	} {
		u := sharedUnit(t, sharing(), shared)
		if len(u.Refusals) != 1 || u.Refusals[0].Gate != gate || u.Files != nil {
			t.Errorf("want refused by %s and not written: %v", gate, u.Refusals)
		}
	}
	plan, snap := estate("x")
	m := sharing()
	m.Shared = platform.Sharing{}
	units, err := terraform.Render(plan, snap, terraform.Grounds{Mappings: map[string]terraform.Mapping{"nyborg-odense": m},
		Shared: map[string]terraform.SharedGround{"nyborg-odense": {}}})
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(units, func(u terraform.Unit) bool { return u.Stage == platform.Share }) {
		t.Error("a mapping that wants nothing made has a shared unit")
	}
}

// A group that bears a shared unit's name would share its state.
func TestSharedUnitHasItsName(t *testing.T) {
	plan, snap := estate("x")
	plan.Groups[1].ID = terraform.SharedUnit("nyborg-odense")
	_, err := terraform.Render(plan, snap, terraform.Grounds{Mappings: map[string]terraform.Mapping{"nyborg-odense": sharing()}})
	if err == nil || !strings.Contains(err.Error(), "called nyborg-odense-shared") {
		t.Errorf("rendered: %v", err)
	}
}

func TestSharedValidate(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*terraform.Mapping)
		want  string
	}{
		"whole":              {func(*terraform.Mapping) {}, ""},
		"by hand":            {func(m *terraform.Mapping) { m.Platform = "manual" }, "nothing is made on manual"},
		"proxmox":            {func(m *terraform.Mapping) { m.Platform = "proxmox" }, "nothing is made on proxmox"},
		"no folder":          {func(m *terraform.Mapping) { m.Destination.Folder = "" }, "destination.folder"},
		"half a pool":        {func(m *terraform.Mapping) { m.Destination.Pool = "Kommuner/" }, "destination.pool"},
		"more than it may":   {func(m *terraform.Mapping) { m.Shared.Pool = &platform.Pool{CPULimitMHz: 1, CPUReservedMHz: 2} }, "2 reserved of 1"},
		"less than nothing":  {func(m *terraform.Mapping) { m.Shared.Pool = &platform.Pool{MemoryLimitMB: -1} }, "memory"},
		"no tag":             {func(m *terraform.Mapping) { m.Shared.Tag.Name = "" }, "are both needed"},
		"a tag with a level": {func(m *terraform.Mapping) { m.Shared.Tag.Name = "a/b" }, "without /"},
	} {
		m := sharing()
		m.Shared.Tag = &platform.Tag{Category: "Kommune", Name: "Nyborg"}
		tt.spoil(&m)
		err := m.Validate("nyborg-odense")
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// The way of a shared unit ends when it was looked for, begins again when there is more to make, and has
// no way back.
func TestSharedProgress(t *testing.T) {
	at := time.Date(2026, time.November, 22, 4, 0, 0, 0, time.UTC)
	p := terraform.SharedProgress("x-shared")
	if p.ByHand() || p.Rendered() != platform.Share || !p.Shared() {
		t.Errorf("by hand %v, rendered in %s", p.ByHand(), p.Rendered())
	}
	if err := p.NothingToMake("Anna", at); err != nil {
		t.Fatal(err)
	}
	if next, _ := p.Next(); next.Stage != platform.Verify {
		t.Errorf("next is %s, want verify", next.Stage)
	}
	if err := p.Return("x"); err == nil || p.Returning != "" {
		t.Errorf("what servers share goes back: %v", err)
	}
	p.Anew()
	if next, _ := p.Next(); next.Stage != platform.Share || next.State != terraform.Waiting || len(p.RolledBack) != 1 {
		t.Errorf("begun again: next %+v, kept %+v", next, p.RolledBack)
	}
}

func TestSharedReadBack(t *testing.T) {
	u := sharedUnit(t, sharing(), map[string]terraform.SharedGround{"nyborg-odense": {}})
	pool := u.Shared[slices.IndexFunc(u.Shared, func(s platform.Shared) bool { return s.Kind == platform.SharedPool })]
	if bad, _ := terraform.Tally(terraform.SharedReadBack(u, there(u.Shared...))); bad > 0 {
		t.Errorf("%d of what is there is not as meant", bad)
	}
	if bad, _ := terraform.Tally(terraform.SharedReadBack(u, nil)); bad != len(u.Shared) {
		t.Errorf("%d of nothing is not as meant, want all %d", bad, len(u.Shared))
	}
	pool.Pool.CPULimitMHz = 0
	if bad, _ := terraform.Tally(terraform.SharedReadBack(u, there(append(slices.Clone(u.Shared), pool)...))); bad != 1 {
		t.Errorf("%d checks are not as meant of a pool without its limit, want 1", bad)
	}
}

// readShared reads what the world's vCenter has, for the next render.
func (w *world) readShared(t *testing.T) {
	t.Helper()
	present, err := w.Login.ReadShared(t.Context(), []string{"Kommune"})
	if err != nil {
		t.Fatal(err)
	}
	ground := w.ground.Shared["nyborg-odense"]
	ground.Present = present
	w.ground.Shared = map[string]terraform.SharedGround{"nyborg-odense": ground}
}

// What servers share is made by a unit of its own, with a real provider: no server moves before it is
// there, a server that goes back leaves it, and what leaves the mapping is not destroyed.
func TestSharedObjects(t *testing.T) {
	t.Parallel() // it mostly waits for the provider
	w := newWorld(t, 1)
	m := w.ground.Mappings["nyborg-odense"]
	m.Destination.Folder, m.Destination.Pool = "Kommuner/Svendborg/ESDH", "Svendborg"
	m.Shared = platform.Sharing{Folder: true, Pool: &platform.Pool{CPULimitMHz: 4000}, Tag: &platform.Tag{Category: "Kommune", Name: "Svendborg"}}
	w.ground.Mappings["nyborg-odense"] = m
	w.readShared(t)
	split := func(units []terraform.Unit) (shared, server terraform.Unit) {
		t.Helper()
		if len(units) != 2 || units[0].Stage != platform.Share {
			t.Fatalf("%d units, want the shared one and then the server", len(units))
		}
		return units[0], units[1]
	}
	shared, server := split(w.to(t, platform.Adopt, ""))
	w.carry(t, []terraform.Unit{server}) // adoption waits for nothing

	_, server = split(w.to(t, platform.Place, ""))
	p := plan(t, w.runner, w.dir, []terraform.Unit{server})[0]
	_, err := terraform.Approve(p, "Bo", w.runner.Now(), terraform.Terms{Valid: time.Hour})
	wantRefused(t, err, terraform.GateShared)
	if !strings.Contains(err.Error(), shared.ID) {
		t.Errorf("the refusal does not name %s: %v", shared.ID, err)
	}

	p = plan(t, w.runner, w.dir, []terraform.Unit{shared})[0]
	if p.Add != 5 || p.Change+p.Destroy+p.Import > 0 || len(p.Refusals) > 0 { // two folders, for Kommuner is there
		t.Fatalf("the plan adds %d, refused %v; want two folders, a pool, a category and a tag", p.Add, p.Refusals)
	}
	w.carry(t, []terraform.Unit{shared}) // ends with a plan that finds nothing left to do
	w.readShared(t)
	if bad, _ := terraform.Tally(terraform.SharedReadBack(shared, w.ground.Shared["nyborg-odense"].Present)); bad > 0 {
		t.Errorf("%d things are not as meant: %+v", bad, terraform.SharedReadBack(shared, w.ground.Shared["nyborg-odense"].Present))
	}
	drift, err := w.runner.Drift(t.Context(), w.dir, shared)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drift {
		if d.Phantom == "" {
			t.Errorf("drift right after it was made: %+v", d)
		}
	}

	ground := w.ground.Shared["nyborg-odense"]
	ground.Source = "nyborg"
	for _, s := range shared.Shared {
		if s.Made {
			ground.Ours = append(ground.Ours, s.Key())
		}
	}
	w.ground.Shared["nyborg-odense"] = ground
	again, server := split(w.to(t, platform.Place, ""))
	if diff := cmp.Diff(string(shared.Files["main.tf"]), string(again.Files["main.tf"])); diff != "" {
		t.Errorf("what was made is written otherwise than before:\n%s", diff)
	}
	w.carry(t, []terraform.Unit{server})
	w.verify(t, []terraform.Unit{server})
	_, server = split(w.to(t, platform.Rollback, ""))
	w.carry(t, []terraform.Unit{server})
	w.verify(t, []terraform.Unit{server})
	w.readShared(t)
	if bad, _ := terraform.Tally(terraform.SharedReadBack(shared, w.ground.Shared["nyborg-odense"].Present)); bad > 0 {
		t.Error("the server took along what others share when it went back")
	}

	t.Run("a limit may change", func(t *testing.T) {
		w.planShared(t, m, func(m *terraform.Mapping) { m.Shared.Pool = &platform.Pool{CPULimitMHz: 8000} }, "")
	})
	t.Run("a name may not", func(t *testing.T) {
		w.planShared(t, m, func(m *terraform.Mapping) { m.Destination.Folder = "Kommuner/Svendborg/Andet" }, terraform.GateAttribute)
	})
	t.Run("a part that leaves the mapping", func(t *testing.T) {
		w.planShared(t, m, func(m *terraform.Mapping) { m.Shared.Folder = false }, terraform.GateDestroy)
	})
	t.Run("all of it leaves the mapping", func(t *testing.T) {
		w.planShared(t, m, func(m *terraform.Mapping) { m.Shared = platform.Sharing{} }, terraform.GateDestroy)
	})
}

// planShared plans the shared unit under a changed mapping and wants its plan refused by a gate; empty: one
// change and no refusal.
func (w *world) planShared(t *testing.T, m terraform.Mapping, change func(*terraform.Mapping), gate string) {
	t.Helper()
	change(&m)
	w.ground.Mappings["nyborg-odense"] = m
	p := plan(t, w.runner, w.dir, w.units(t)[:1])[0]
	if gate == "" {
		if p.Change != 1 || p.Add+p.Destroy > 0 || len(p.Refusals) > 0 {
			t.Errorf("changes %d, adds %d, destroys %d, refused %v", p.Change, p.Add, p.Destroy, p.Refusals)
		}
		return
	}
	_, err := terraform.Approve(p, "Bo", w.runner.Now(), terraform.Terms{Valid: time.Hour})
	wantRefused(t, err, gate)
}

// No rule of a shared unit lets anything but the four kinds come about, and servers not at all.
func TestSharedRules(t *testing.T) {
	rules := terraform.RulesFor("vsphere", platform.Share)
	kinds := []string{}
	for kind, rule := range rules {
		kinds = append(kinds, kind)
		if rule.Import || !rule.Create {
			t.Errorf("%s: %+v", kind, rule)
		}
	}
	slices.Sort(kinds)
	if diff := cmp.Diff([]string{"vsphere_folder", "vsphere_resource_pool", "vsphere_tag", "vsphere_tag_category"}, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	for _, other := range []string{"manual", "proxmox", "libvirt", "azure"} {
		if rules := terraform.RulesFor(other, platform.Share); rules != nil {
			t.Errorf("%s makes shared things: %+v", other, rules)
		}
	}
}
