package terraform_test

import (
	"maps"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/vmware/govmomi/vim25/types"
	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

// world is a vCenter whose servers move.
type world struct {
	*vcentertest.World
	mover
}

// mover takes the servers of one source, under one agreement, in two waves of one server a unit.
type mover struct {
	source platform.Source
	runner *terraform.Runner
	dir    string
	plan   planner.Plan
	snap   *inventory.Snapshot
	ground terraform.Grounds
}

func newWorld(t *testing.T, servers int) *world {
	t.Helper()
	r, folder := runner(t), vcentertest.Mirror(t)
	w := &world{World: vcentertest.New(t, servers)}
	w.mover = newMover(t, r, folder, w.Login, terraform.Mapping{
		Destination: platform.Location{Datacenter: vcentertest.Datacenter, Cluster: vcentertest.To, Datastore: vcentertest.ToStore, Folder: vcentertest.ToFolder},
		Networks:    map[string]string{vcentertest.FromNet: vcentertest.ToNet},
	})
	return w
}

// newMover reads the servers of a source, each of which the inventory knows.
func newMover(t *testing.T, r *terraform.Runner, providers string, source platform.Source, m terraform.Mapping) mover {
	t.Helper()
	r.Config.ProviderMirror = providers
	r.Environments = map[string]map[string]string{"nyborg": source.Environment()}
	machines, err := source.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plan, snap := crowd(len(machines))
	for i, m := range machines {
		snap.Assets[i].UUID, snap.Assets[i].Name = m.UUID, m.Name
	}
	m.Platform, m.Source = source.Platform().Name(), "nyborg"
	return mover{source: source, runner: r, dir: t.TempDir(), plan: plan, snap: snap, ground: terraform.Grounds{
		Mappings: map[string]terraform.Mapping{"nyborg-odense": m},
		Machines: terraform.Attach(snap, machines),
		Stages:   map[string]platform.Stage{},
	}}
}

// units renders and writes the world's units.
func (w *mover) units(t *testing.T) []terraform.Unit {
	t.Helper()
	units, err := terraform.Render(w.plan, w.snap, w.ground)
	if err != nil {
		t.Fatal(err)
	}
	if err := terraform.Write(w.dir, units); err != nil {
		t.Fatal(err)
	}
	return units
}

// to renders the units in a stage and gives those of a wave; empty: all.
func (w *mover) to(t *testing.T, stage platform.Stage, wave string) []terraform.Unit {
	t.Helper()
	var chosen []terraform.Unit
	for _, g := range w.plan.Groups {
		if wave == "" || g.Wave == wave {
			w.ground.Stages[g.ID] = stage
		}
	}
	for _, u := range w.units(t) {
		if wave == "" || u.Wave == wave {
			chosen = append(chosen, u)
		}
	}
	return chosen
}

// carry takes units through their stage, some at a time: planned by Anna, approved by Bo, applied.
func (w *mover) carry(t *testing.T, units []terraform.Unit) {
	t.Helper()
	plans := plan(t, w.runner, w.dir, units)
	var work errgroup.Group
	work.SetLimit(5) // the provider sleeps for most of the ten seconds that a change takes
	for i, u := range units {
		a := approve(t, w.runner, plans[i])
		work.Go(func() error {
			_, err := w.runner.Apply(t.Context(), w.dir, u, a)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
}

// verify reads the source back and wants every server of the units where its stage puts it.
func (w *mover) verify(t *testing.T, units []terraform.Unit) {
	t.Helper()
	machines, err := w.source.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := terraform.Attach(w.snap, machines)
	for _, u := range units {
		checks := terraform.ReadBack(u, now)
		if len(checks) == 0 {
			t.Errorf("unit %s: nothing was checked", u.ID)
		}
		for _, c := range checks {
			if !c.OK {
				t.Errorf("unit %s: %s: %s is %q, want %q", u.ID, c.Server, c.What, c.Got, c.Want)
			}
		}
	}
}

// The whole way on a real provider: twenty servers are adopted, moved in two waves to another cluster,
// datastore, folder and network, read back from the vCenter, and one goes back. Each apply ends with a
// plan that finds nothing left to do, or it fails.
func TestMoveWithinAVCenter(t *testing.T) {
	t.Parallel() // it mostly waits for the provider
	w := newWorld(t, 20)
	marked := w.snap.Assets[0].Name
	w.Mark(t, marked)
	all := w.to(t, platform.Adopt, "")
	w.Forget()
	w.carry(t, all)
	if n := w.Calls("ReconfigVM_Task", "RelocateVM_Task", "MoveIntoFolder_Task", "CreateFolder"); n > 0 {
		t.Errorf("adoption called for %d changes, want none at all", n)
	}
	w.verify(t, all)
	for _, wave := range []string{"450-1", "450-2"} {
		moved := w.to(t, platform.Place, wave)
		if len(moved) != 10 {
			t.Fatalf("wave %s has %d units", wave, len(moved))
		}
		w.carry(t, moved)
		w.verify(t, moved)
	}
	back := w.to(t, platform.Rollback, "450-1")[:1]
	w.carry(t, back)
	w.verify(t, back)
	if n := w.Calls("RelocateVM_Task"); n != 21 {
		t.Errorf("%d relocations, want 20 there and 1 back", n)
	}
	if n := w.PowerCalls(); n != 0 {
		t.Errorf("%d calls changed a server's power, want none", n)
	}
	if !w.Marked(t, marked) {
		t.Errorf("%s lost the tag or the attribute that others had put on it", marked)
	}
}

// The five ways in which a naive design hurts a municipality, each met by its gate.
func TestDangers(t *testing.T) {
	t.Parallel() // it mostly waits for the provider
	w := newWorld(t, 3)
	name := w.snap.Assets[0].Name

	t.Run("an adoption that would restart the server", func(t *testing.T) {
		honest := w.ground.Machines
		w.ground.Machines = maps.Clone(honest)
		defer func() { w.ground.Machines = honest }()
		m := honest[w.snap.Assets[0].ID]
		m.Settings = maps.Clone(m.Settings)
		m.Settings["run_tools_scripts_after_resume"] = false // HCL as somebody guessed it
		w.ground.Machines[m.Asset] = m
		p := plan(t, w.runner, w.dir, w.to(t, platform.Adopt, "")[:1])[0]
		_, err := terraform.Approve(p, "Bo", w.runner.Now(), terraform.Terms{Valid: time.Hour})
		wantRefused(t, err, terraform.GateAttribute)
	})

	all := w.to(t, platform.Adopt, "")
	w.carry(t, all)
	units := w.to(t, platform.Place, "")
	plans := plan(t, w.runner, w.dir, units)
	w.Forget()

	t.Run("a server that was changed in the vCenter after the approval", func(t *testing.T) {
		a := approve(t, w.runner, plans[0])
		w.Change(t, name, types.VirtualMachineConfigSpec{NumCPUs: 4})
		_, err := w.runner.Apply(t.Context(), w.dir, units[0], a)
		wantRefused(t, err, terraform.GateChanged)
		if n := w.Calls("RelocateVM_Task"); n > 0 {
			t.Errorf("%d relocations happened nevertheless", n)
		}
	})

	t.Run("one unit's apply leaves the saved plans of others good", func(t *testing.T) {
		for i := 1; i < 3; i++ {
			if _, err := w.runner.Apply(t.Context(), w.dir, units[i], approve(t, w.runner, plans[i])); err != nil {
				t.Errorf("unit %d: %v", i, err)
			}
		}
	})

	t.Run("a server whose block is gone", func(t *testing.T) {
		u := units[1]
		u.Files = map[string][]byte{"main.tf": withoutServer(t, u.Files["main.tf"])}
		if err := terraform.Write(w.dir, []terraform.Unit{u}); err != nil {
			t.Fatal(err)
		}
		p := plan(t, w.runner, w.dir, []terraform.Unit{u})[0]
		if p.Destroy != 1 {
			t.Fatalf("the plan destroys %d, want the server without a block", p.Destroy)
		}
		_, err := terraform.Approve(p, "Bo", w.runner.Now(), terraform.Terms{Valid: time.Hour})
		wantRefused(t, err, terraform.GateDestroy)
	})
}

// withoutServer takes the server's block out of a unit's HCL.
func withoutServer(t *testing.T, text []byte) []byte {
	t.Helper()
	file, diags := hclwrite.ParseConfig(text, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, b := range file.Body().Blocks() {
		if b.Type() == "resource" {
			file.Body().RemoveBlock(b)
		}
	}
	return file.Bytes()
}

func TestUnmapped(t *testing.T) {
	plan, snap := crowd(1)
	snap.Assets[0].UUID = "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001"
	machine := platform.Machine{UUID: snap.Assets[0].UUID, Name: "nyb-1", On: true,
		Location: platform.Location{Datacenter: "DC", Cluster: "C", Datastore: "ds"}, NICs: []platform.NIC{{Network: "Server-VLAN-20"}}}
	mapping := terraform.Mapping{Platform: "vsphere", Destination: platform.Location{Datacenter: "DC", Cluster: "Centre", Datastore: "ds2"}}
	ground := terraform.Grounds{Mappings: map[string]terraform.Mapping{"nyborg-odense": mapping}}
	gateOf := func() string {
		units, err := terraform.Render(plan, snap, ground)
		if err != nil {
			t.Fatal(err)
		}
		if len(units[0].Refusals) == 0 {
			return ""
		}
		if units[0].Files != nil {
			t.Error("HCL was written although something is missing")
		}
		return units[0].Refusals[0].Gate
	}
	if gate := gateOf(); gate != terraform.GateUnread {
		t.Errorf("a server that no vCenter knows is refused by %q", gate)
	}
	ground.Machines = terraform.Attach(snap, []platform.Machine{machine})
	if gate := gateOf(); gate != terraform.GateUnmapped {
		t.Errorf("a network without a counterpart is refused by %q", gate)
	}
	mapping.Networks = map[string]string{"Server-VLAN-20": "KIT-20"}
	ground.Mappings["nyborg-odense"] = mapping
	if gate := gateOf(); gate != "" {
		t.Errorf("a whole mapping is refused by %q", gate)
	}
}

// A server that cannot be written as it is keeps its own unit back, and no other.
func TestHalfAServerKeepsItsUnitBack(t *testing.T) {
	plan, snap := crowd(2)
	ground := terraform.Grounds{Machines: map[string]platform.Machine{}, Mappings: map[string]terraform.Mapping{"nyborg-odense": {Platform: "vsphere",
		Destination: platform.Location{Datacenter: "DC", Cluster: "Centre", Datastore: "ds2"}}}}
	for i, datastore := range []string{"ds", ""} {
		id := snap.Assets[i].ID
		ground.Machines[id] = platform.Machine{Asset: id, Name: id, On: true, Location: platform.Location{Datacenter: "DC", Cluster: "C", Datastore: datastore}}
	}
	units, err := terraform.Render(plan, snap, ground)
	if err != nil {
		t.Fatal(err)
	}
	for i, gate := range []string{"", terraform.GateUnread} {
		u := units[i]
		if got := len(u.Refusals) > 0; got != (gate != "") || got && (u.Refusals[0].Gate != gate || u.Files != nil) {
			t.Errorf("unit %s: %v", u.ID, u.Refusals)
		}
	}
}
