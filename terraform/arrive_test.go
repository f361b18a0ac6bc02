package terraform_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// A copy is taken over where it arrived when that is where the mapping leads to, and nowhere else.
func TestArrived(t *testing.T) {
	plan, snap := crowd(1)
	snap.Assets[0].UUID = "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001"
	mapping := terraform.Mapping{Platform: "libvirt", Source: "nyborg", Target: "odense",
		Destination: platform.Location{Cluster: "kvm1"}, Networks: map[string]string{"lan": "kit-20"}}
	for name, tt := range map[string]struct {
		arrived platform.Machine
		want    []string
	}{
		"as the mapping has it": {platform.Machine{Location: platform.Location{Cluster: "kvm1", Datastore: "ssd"}, NICs: []platform.NIC{{Network: "kit-20"}}}, nil},
		"on the old network":    {platform.Machine{Location: platform.Location{Cluster: "kvm1"}, NICs: []platform.NIC{{Network: "lan"}}}, []string{terraform.GateUnmapped}},
		"on another host, and another network": {platform.Machine{Location: platform.Location{Cluster: "kvm2"}, NICs: []platform.NIC{{Network: "kit-30"}}},
			[]string{terraform.GateUnmapped, terraform.GateUnmapped}},
	} {
		tt.arrived.UUID, tt.arrived.Name, tt.arrived.On = snap.Assets[0].UUID, "nyb-1", true
		units, err := terraform.Render(plan, snap, terraform.Grounds{
			Mappings: map[string]terraform.Mapping{"nyborg-odense": mapping},
			Machines: terraform.Attach(snap, []platform.Machine{tt.arrived}),
			Stages:   map[string]platform.Stage{plan.Groups[0].ID: platform.Arrive},
		})
		if err != nil {
			t.Fatal(err)
		}
		var gates []string
		for _, r := range units[0].Refusals {
			gates = append(gates, r.Gate)
		}
		if diff := cmp.Diff(tt.want, gates); diff != "" {
			t.Errorf("%s: refused by (-want +got):\n%s%v", name, diff, units[0].Refusals)
		}
		if (units[0].Files == nil) != (tt.want != nil) {
			t.Errorf("%s: written %t", name, units[0].Files != nil)
		}
	}
}

// Disks lie where the mapping has them, or anywhere when it names no datastore. A CD drive lies nowhere.
func TestArrivedDisks(t *testing.T) {
	plan, snap := crowd(1)
	snap.Assets[0].UUID = "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001"
	machine := func(store string) map[string]platform.Machine {
		m := platform.Machine{UUID: snap.Assets[0].UUID, On: true, Location: platform.Location{Datastore: store},
			Disks: []platform.Disk{{GB: 40, Datastore: store}, {Mode: "cdrom"}}}
		return terraform.Attach(snap, []platform.Machine{m})
	}
	for store, want := range map[string]bool{"": true, "ssd": true, "hdd": false} {
		units, err := terraform.Render(plan, snap, terraform.Grounds{
			Mappings: map[string]terraform.Mapping{"nyborg-odense": {Platform: "libvirt", Source: "nyborg", Target: "odense", Destination: platform.Location{Datastore: store}}},
			Machines: machine("ssd"), Origins: machine("old"),
			Stages: map[string]platform.Stage{plan.Groups[0].ID: platform.Arrive},
		})
		if err != nil {
			t.Fatal(err)
		}
		checks := terraform.ReadBack(units[0], machine("ssd"))
		i := slices.IndexFunc(checks, func(c terraform.Check) bool { return c.What == "disks" })
		if i < 0 || checks[i].OK != want {
			t.Errorf("arrived on ssd, with %q named, want well: %t: %+v", store, want, checks)
		}
	}
}
