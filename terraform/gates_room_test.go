package terraform_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

const gb = 1 << 30

// roomy is ready's estate, whose destination tells what it has: each of the two servers of the unit brings 8
// vCPUs, 16 GB memory and a disk of 100 GB, and 20 vCPUs and 40 GB run there already.
func roomy() (planner.Plan, *inventory.Snapshot, terraform.Grounds) {
	plan, snap, ground := ready()
	for id, m := range ground.Machines {
		m.CPUs, m.MemoryMB, m.Disks = 8, 16<<10, []platform.Disk{{Label: "disk0", GB: 100, Datastore: "nyb-ds1"}}
		ground.Machines[id] = m
	}
	goal := ground.Mappings["nyborg-odense"].Destination
	there := platform.Machine{UUID: "4223a9d1-0000-0000-0000-000000000000", Name: "ode-01", On: true, CPUs: 20, MemoryMB: 40 << 10,
		Location: platform.Location{Datacenter: goal.Datacenter, Cluster: goal.Cluster, Datastore: goal.Datastore, Folder: "Odense"}}
	off := there
	off.UUID, off.On = "4223a9d1-0000-0000-0000-000000000001", false
	ground.Known.Present["nyborg"] = []platform.Machine{there, off, ground.Machines["a1"], ground.Machines["a2"]}
	licence := &platform.Licence{Name: "vSphere", Total: 64, Used: 64}
	room := platform.Room{Stores: []platform.Store{{Datacenter: goal.Datacenter, Name: goal.Datastore, Bytes: 1000 * gb, Free: 382 * gb}}}
	for _, name := range []string{"esx1", "esx2", "esx3"} {
		room.Hosts = append(room.Hosts, platform.Host{Datacenter: goal.Datacenter, Cluster: goal.Cluster, Name: name, Cores: 16, Memory: 64 * gb, Licence: licence})
	}
	ground.Known.Room = map[string]platform.Room{"nyborg": room}
	return plan, snap, ground
}

// later gives another group of Nyborg's with the given cutover a server like a1.
func later(p *planner.Plan, s *inventory.Snapshot, g *terraform.Grounds, cutover inventory.Date) {
	a, _ := s.Asset("a1")
	other := *a
	other.ID, other.Name, other.UUID, other.Addresses = "a9", "nyb-esdh-09", "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a009", nil
	s.Assets = append(s.Assets, other)
	s.Sort()
	m := g.Machines["a1"]
	m.Asset, m.Name, m.UUID = other.ID, other.Name, other.UUID
	g.Machines["a9"] = m
	group := p.Groups[1]
	group.ID, group.Assets, group.Demand, group.Cutover = "450-z9", []string{"a9"}, inventory.Capacity{}, cutover
	p.Groups = append(p.Groups, group)
}

func TestRoomGates(t *testing.T) {
	type spoil func(*planner.Plan, *inventory.Snapshot, *terraform.Grounds, *platform.Room)
	const full = "concern: ds1.datastore_space: it has 381 GB free of 1000 GB; 232 GB come to it until then, and 150 GB are to stay free"
	tests := []struct {
		name  string
		spoil spoil
		want  []string
	}{
		{"just room enough", func(*planner.Plan, *inventory.Snapshot, *terraform.Grounds, *platform.Room) {}, nil},
		{"a datastore with too little left", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Stores[0].Free = 381 * gb
		}, []string{full}},
		{"accepted by name", func(_ *planner.Plan, _ *inventory.Snapshot, g *terraform.Grounds, r *platform.Room) {
			r.Stores[0].Free = 381 * gb
			g.Known.Accepted["450-a1"] = []terraform.Acceptance{{Key: terraform.ConcernStore, By: "Anna", Reason: "x", At: g.Known.Now.Add(-time.Hour), Until: g.Known.Now.Add(time.Hour)}}
		}, nil},
		{"another unit of the same night", func(p *planner.Plan, s *inventory.Snapshot, g *terraform.Grounds, _ *platform.Room) {
			later(p, s, g, p.Groups[1].Cutover)
		}, []string{"concern: ds1.datastore_space: it has 382 GB free of 1000 GB; 348 GB come to it until then, and 150 GB are to stay free"}},
		{"another unit of an earlier night that is there", func(p *planner.Plan, s *inventory.Snapshot, g *terraform.Grounds, _ *platform.Room) {
			later(p, s, g, p.Groups[1].Cutover-1)
			m := g.Machines["a9"]
			m.Location, m.Disks = g.Mappings["nyborg-odense"].Destination, []platform.Disk{{Label: "disk0", GB: 100, Datastore: "ds1"}}
			g.Known.Present["nyborg"] = append(g.Known.Present["nyborg"], m)
		}, nil},
		{"another unit of a later night", func(p *planner.Plan, s *inventory.Snapshot, g *terraform.Grounds, _ *platform.Room) {
			later(p, s, g, p.Groups[1].Cutover+1)
		}, nil},
		{"a datastore that nobody tells of", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) { r.Stores = nil },
			[]string{`concern: ds1.datastore_space: nyborg tells of no such datastore in "KIT": is it there, and may the login see it?`}},
		{"a datastore that does not tell its size", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Stores[0].Bytes = 0
		}, []string{"concern: ds1.datastore_space: it has not told how large it is"}},
		{"a datastore in maintenance", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Stores[0].Fault = "is in maintenance"
		}, []string{"concern: ds1.datastore_space: it is in maintenance"}},
		{"a host in maintenance: the rest could not carry all when another fails", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Hosts[1].Fault = "in maintenance mode"
		}, []string{"concern: KIT-01.cluster_room: 2 of 3 hosts work; when the largest of them fails, 64 GB memory are left, and what runs there and comes until then has 72 GB"}},
		{"too many vCPUs", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Hosts[0].Cores, r.Hosts[1].Cores, r.Hosts[2].Cores = 2, 2, 16
		}, []string{"concern: KIT-01.cluster_room: 3 of 3 hosts work; when the largest of them fails, 4 cores are left, and what runs there and comes until then has 36 vCPUs, more than 8 to a core"}},
		{"no host works", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Hosts = r.Hosts[:1]
			r.Hosts[0].Fault = "disconnected"
		}, []string{`concern: KIT-01.cluster_room: nyborg tells of no working host in this cluster of "KIT" (esx1: disconnected, no other is told of)`}},
		{"a host that does not tell its memory", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Hosts[2].Memory = 0
		}, []string{"concern: KIT-01.cluster_room: host esx3 has not told its processors and memory"}},
		{"licences that the login may not see", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Hosts[0].Licence, r.Hosts[2].Licence = nil, nil
		}, []string{"concern: KIT-01.licence: hosts esx1, esx3: nobody has told what licence they have: may the login see licences?"}},
		{"a licence that ends before the night does", func(p *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			night := p.Groups[1].Cutover.AddDays(1).Time()
			r.Hosts[0].Licence = &platform.Licence{Name: "vSphere", Until: night.Add(-time.Hour)}
			r.Hosts[1].Licence = &platform.Licence{Name: "vSphere", Evaluation: true, Until: night.Add(time.Hour)}
		}, []string{`concern: KIT-01.licence: hosts esx1: licence "vSphere" ends 2027-02-03T23:00:00Z`}},
		{"an evaluation without an end", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Hosts[0].Licence = &platform.Licence{Name: "Evaluation Mode", Evaluation: true}
		}, []string{`concern: KIT-01.licence: hosts esx1: licence "Evaluation Mode" is for evaluation, and its end is not told`}},
		{"more in use than there are", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Hosts[0].Licence = &platform.Licence{Name: "vSphere", Total: 32, Used: 36}
		}, []string{`concern: KIT-01.licence: hosts esx1: 36 of licence "vSphere" are in use, and there are 32`}},
		{"a host that does not work needs no licence", func(_ *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds, r *platform.Room) {
			r.Hosts = append(r.Hosts, platform.Host{Datacenter: "KIT", Cluster: "KIT-01", Name: "esx4", Fault: "disconnected"})
		}, nil},
		{"servers that stay in their cluster and on their datastore", func(_ *planner.Plan, _ *inventory.Snapshot, g *terraform.Grounds, r *platform.Room) {
			for _, id := range []string{"a1", "a2"} {
				m := g.Machines[id]
				m.Location, m.Disks[0].Datastore = g.Mappings["nyborg-odense"].Destination, "ds1"
				g.Machines[id] = m
				g.Known.Present["nyborg"] = append(g.Known.Present["nyborg"], m)
			}
			r.Stores[0].Free, r.Hosts = 0, nil
		}, nil},
		{"adoption moves nothing", func(_ *planner.Plan, _ *inventory.Snapshot, g *terraform.Grounds, r *platform.Room) {
			g.Stages["450-a1"] = platform.Adopt
			r.Stores[0].Free, r.Hosts = 0, nil
		}, nil},
		{"nothing tells of its room", func(_ *planner.Plan, _ *inventory.Snapshot, g *terraform.Grounds, _ *platform.Room) {
			g.Known.Room = nil
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan, snap, ground := roomy()
			room := ground.Known.Room["nyborg"]
			tt.spoil(&plan, snap, &ground, &room)
			if ground.Known.Room != nil {
				ground.Known.Room["nyborg"] = room
			}
			var got []string
			for _, r := range unitOf(t, plan, snap, ground, "450-a1").Refusals {
				got = append(got, r.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("refusals (-want +got):\n%s", diff)
			}
		})
	}
}
