package terraform_test

import (
	"slices"
	"testing"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

// Between two vCenters another tool copies. What arrived is taken over with the real provider, unchanged, and
// counts as moved only when it is what left and where the mapping says.
func TestArriveAtAnotherVCenter(t *testing.T) {
	t.Parallel() // it mostly waits for the provider
	w := newWorld(t, 2)
	w.ground.Mappings["nyborg-odense"] = terraform.Mapping{
		Platform: "vsphere", Source: "old", Target: "nyborg", // newWorld's login
		Destination: platform.Location{Datacenter: vcentertest.Datacenter, Cluster: vcentertest.From, Datastore: vcentertest.FromStore},
		Networks:    map[string]string{"Server-20": vcentertest.FromNet},
	}
	arrived := w.ground.Machines
	w.ground.Machines, w.ground.Origins = map[string]platform.Machine{}, map[string]platform.Machine{}
	for id, m := range arrived { // as the old vCenter told of it before it left
		m.ImportID, m.Location = "/Old/vm/"+m.Name, platform.Location{Datacenter: "Old", Cluster: "Old-1", Datastore: "old-ds"}
		m.NICs, m.Disks = slices.Clone(m.NICs), slices.Clone(m.Disks)
		for i := range m.NICs {
			m.NICs[i].Network, m.NICs[i].MAC = "Server-20", "00:50:56:aa:00:01"
		}
		for i := range m.Disks {
			m.Disks[i].Datastore = "old-ds"
		}
		w.ground.Origins[id] = m
	}

	for _, u := range w.to(t, platform.Arrive, "") {
		if len(u.Files) > 0 || len(u.Refusals) == 0 || u.Refusals[0].Gate != terraform.GateUnread {
			t.Errorf("unit %s is written before its server has arrived: %v", u.ID, u.Refusals)
		}
	}
	w.ground.Machines = arrived
	units := w.units(t)
	w.Forget()
	w.carry(t, units)
	if n := w.Calls("ReconfigVM_Task", "RelocateVM_Task", "MoveIntoFolder_Task") + w.PowerCalls(); n > 0 {
		t.Errorf("taking over what arrived called for %d changes, want none", n)
	}
	w.verify(t, units)

	// The tool put one on another datastore, with fewer CPUs.
	other := w.ground.Origins[w.snap.Assets[1].ID]
	other.CPUs++
	w.ground.Origins[other.Asset] = other
	m := w.ground.Mappings["nyborg-odense"]
	m.Datastores = map[string]string{"old-ds": vcentertest.ToStore}
	w.ground.Mappings["nyborg-odense"] = m
	var wrong []string
	for _, c := range terraform.ReadBack(w.units(t)[1], arrived) {
		if !c.OK {
			wrong = append(wrong, c.What)
		}
	}
	if !slices.Equal(wrong, []string{"place", "machine", "disks"}) {
		t.Errorf("not as meant: %v, want place, machine and disks", wrong)
	}
}

// The platform of a stage is that of the side it works on.
func TestPlatformsOfBothSides(t *testing.T) {
	m := terraform.Mapping{Platform: "vsphere", Source: "old", Target: "new", TargetPlatform: "proxmox"}
	for stage, want := range map[platform.Stage]string{platform.Adopt: "vsphere", platform.Rollback: "vsphere", platform.Arrive: "proxmox"} {
		if got := m.PlatformIn(stage); got != want {
			t.Errorf("%s works on %s, want %s", stage, got, want)
		}
	}
	if m.PlatformOf("old") != "vsphere" || m.PlatformOf("new") != "proxmox" {
		t.Errorf("old is on %s, new on %s", m.PlatformOf("old"), m.PlatformOf("new"))
	}
}
