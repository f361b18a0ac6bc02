package terraform_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// ready is an estate whose unit 450-a1 is about to move and has nothing against it.
func ready() (planner.Plan, *inventory.Snapshot, terraform.Grounds) {
	plan, snap := estate("nyb-esdh-01")
	now := time.Date(2027, time.February, 3, 21, 0, 0, 0, time.UTC)
	snap.Centres = []inventory.Centre{{ID: "odense", Host: "461"}}
	ground := terraform.Grounds{
		Mappings: map[string]terraform.Mapping{"nyborg-odense": {Platform: "vsphere", Source: "nyborg", Addresses: map[string]string{"10.1.2.3": "10.8.2.3"},
			Destination: platform.Location{Datacenter: "KIT", Cluster: "KIT-01", Datastore: "ds1", Folder: "Nyborg"}}},
		Machines: map[string]platform.Machine{}, Stages: map[string]platform.Stage{"450-a1": platform.Place},
		Known: terraform.Known{Now: now, BackupHours: 24, Accepted: map[string][]terraform.Acceptance{}, Present: map[string][]platform.Machine{}},
	}
	for _, id := range []string{"a1", "a2"} {
		a, _ := snap.Asset(id)
		a.UUID, a.Backup = "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a00"+id[1:], &inventory.Backup{LastSuccess: now.Add(-time.Hour)}
		ground.Machines[id] = platform.Machine{Asset: id, Name: a.Name, UUID: a.UUID, On: true,
			Location: platform.Location{Datacenter: "DC", Cluster: "Nyborg", Datastore: "nyb-ds1"}}
	}
	a, _ := snap.Asset("a1")
	a.Addresses = []inventory.Address{{IP: "10.1.2.3"}, {IP: "127.0.0.1"}}
	snap.Assets = append(snap.Assets, inventory.Asset{ID: "h1", Municipality: "461", Kind: inventory.KindVM, Name: "ode-01",
		Addresses: []inventory.Address{{IP: "10.1.2.3"}, {IP: "127.0.0.1"}}}) // the address that a1 leaves
	snap.Sort()
	for i := range plan.Groups {
		plan.Groups[i].Demand = inventory.Capacity{VCPUs: 4, MemoryGB: 16, StorageGB: 100}
	}
	room := inventory.Capacity{VCPUs: 10, MemoryGB: 100, StorageGB: 1000}
	plan.Capacity = []planner.CentreLoad{{Centre: "odense", Capacity: room, Before: inventory.Capacity{VCPUs: 6}}}
	return plan, snap, ground
}

func TestInventoryGates(t *testing.T) {
	asset := func(s *inventory.Snapshot, id string) *inventory.Asset { a, _ := s.Asset(id); return a }
	tests := []struct {
		name  string
		spoil func(*planner.Plan, *inventory.Snapshot, *terraform.Grounds)
		want  []string
	}{
		{"nothing against it", func(*planner.Plan, *inventory.Snapshot, *terraform.Grounds) {}, nil},
		{"an old backup", func(_ *planner.Plan, s *inventory.Snapshot, g *terraform.Grounds) {
			asset(s, "a2").Backup.LastSuccess = g.Known.Now.Add(-25 * time.Hour)
		}, []string{"concern: nyb-esdh-02.backup: its latest backup is of 2027-02-02T20:00:00Z, older than 24 hours: make one first"}},
		{"no backup that anybody knows of", func(_ *planner.Plan, s *inventory.Snapshot, _ *terraform.Grounds) { asset(s, "a2").Backup = nil },
			[]string{"concern: nyb-esdh-02.backup: no backup system tells of it, so nobody knows whether it could be restored"}},
		{"never backed up", func(_ *planner.Plan, s *inventory.Snapshot, _ *terraform.Grounds) {
			asset(s, "a2").Backup = &inventory.Backup{}
		}, []string{"concern: nyb-esdh-02.backup: it was never backed up"}},
		{"needs no backup", func(_ *planner.Plan, s *inventory.Snapshot, _ *terraform.Grounds) {
			asset(s, "a2").Backup = &inventory.Backup{Exempt: true}
		}, nil},
		{"traffic with somebody whom nobody knows", func(_ *planner.Plan, s *inventory.Snapshot, _ *terraform.Grounds) {
			s.Flows = []inventory.Flow{
				{From: "a2", FromIP: "10.1.2.4", ToIP: "10.1.9.9", Protocol: "tcp", Port: 1521},
				{From: "a2", FromIP: "10.1.2.4", ToIP: "8.8.8.8", Protocol: "udp", Port: 53},
			}
		}, []string{"concern: nyb-esdh-02.dependencies: it has traffic with 1 addresses or ports of its own networks that nobody knows, the first 10.1.2.4 → 10.1.9.9 tcp 1521: find out what they are"}},
		{"servers that nobody has listened to", func(p *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds) {
			p.Groups[1].Risk.Reasons = []planner.Reason{{Rule: "dependencies_unknown", Params: map[string]string{"count": "2"}}}
		}, []string{"concern: of 2 of its servers nobody has told what they depend on"}},
		{"the host has a server of that name", func(_ *planner.Plan, s *inventory.Snapshot, _ *terraform.Grounds) {
			asset(s, "h1").Name = "NYB-ESDH-01.odense.dk"
		}, []string{"concern: nyb-esdh-01.name_clash: asset h1 of the centre or its host has the same name"}},
		{"the new address is taken", func(_ *planner.Plan, s *inventory.Snapshot, _ *terraform.Grounds) {
			asset(s, "h1").Addresses = []inventory.Address{{IP: "10.8.2.3"}}
		}, []string{"concern: nyb-esdh-01.address_clash: asset h1 of the centre or its host has the address 10.8.2.3"}},
		{"the present address is taken there, and is kept", func(_ *planner.Plan, _ *inventory.Snapshot, g *terraform.Grounds) {
			m := g.Mappings["nyborg-odense"]
			m.Addresses = nil
			g.Mappings["nyborg-odense"] = m
		}, []string{"concern: nyb-esdh-01.address_clash: asset h1 of the centre or its host has the address 10.1.2.3"}},
		{"the host retired its server of that name", func(_ *planner.Plan, s *inventory.Snapshot, _ *terraform.Grounds) {
			asset(s, "h1").Name, asset(s, "h1").Status = "nyb-esdh-01", inventory.Retired
		}, nil},
		{"the folder holds a machine of that name, and the server itself", func(_ *planner.Plan, _ *inventory.Snapshot, g *terraform.Grounds) {
			there := g.Machines["a1"]
			there.Location = g.Mappings["nyborg-odense"].Destination
			other := there
			other.UUID = "4223a9d1-0000-0000-0000-000000000000"
			g.Known.Present["nyborg"] = []platform.Machine{there, other}
		}, []string{`concern: nyb-esdh-01.name_clash: machine 4223a9d1-0000-0000-0000-000000000000 has the same name in folder "Nyborg" of nyborg`}},
		{"too little room; the group that comes later does not count", func(p *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds) {
			p.Capacity[0].Before.VCPUs = 7
		}, []string{"concern: odense would hold 11 vCPUs with everything that moves until then, and has room for 10"}},
		{"the room is not known", func(p *planner.Plan, _ *inventory.Snapshot, _ *terraform.Grounds) {
			p.Capacity[0].Capacity.StorageGB = 0
		},
			[]string{"concern: odense has not told how many GB storage it has room for"}},
		{"adoption moves nothing", func(p *planner.Plan, s *inventory.Snapshot, g *terraform.Grounds) {
			asset(s, "a2").Backup, g.Stages["450-a1"] = nil, platform.Adopt
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan, snap, ground := ready()
			tt.spoil(&plan, snap, &ground)
			u := unitOf(t, plan, snap, ground, "450-a1")
			var got []string
			for _, r := range u.Refusals {
				got = append(got, r.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("refusals (-want +got):\n%s", diff)
			}
		})
	}
}

func unitOf(t *testing.T, plan planner.Plan, snap *inventory.Snapshot, ground terraform.Grounds, id string) terraform.Unit {
	t.Helper()
	units, err := terraform.Render(plan, snap, ground)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range units {
		if u.ID == id {
			return u
		}
	}
	t.Fatalf("unit %s is not rendered", id)
	return terraform.Unit{}
}

// An acceptance sets aside its own concern, for its own server, for as long as it lasts, and never more.
func TestAcceptances(t *testing.T) {
	plan, snap, ground := ready()
	a, _ := snap.Asset("a2")
	a.Backup = nil
	now := ground.Known.Now
	good := terraform.Acceptance{Key: "backup", Server: "nyb-esdh-02", By: "Dorte", Reason: "rebuilt from scratch", At: now, Until: now.Add(time.Hour)}
	tests := []struct {
		name  string
		alter func(*terraform.Acceptance)
		stand int
	}{
		{"accepted", func(*terraform.Acceptance) {}, 0},
		{"for every server", func(a *terraform.Acceptance) { a.Server = "" }, 0},
		{"of another server", func(a *terraform.Acceptance) { a.Server = "nyb-esdh-01" }, 1},
		{"of another concern", func(a *terraform.Acceptance) { a.Key = "capacity" }, 1},
		{"expired", func(a *terraform.Acceptance) { a.Until = now }, 1},
		{"not yet given", func(a *terraform.Acceptance) { a.At = now.Add(time.Minute) }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := good
			tt.alter(&given)
			ground.Known.Accepted["450-a1"] = []terraform.Acceptance{given}
			u := unitOf(t, plan, snap, ground, "450-a1")
			if len(u.Refusals) != tt.stand || len(u.Accepted) != 1-tt.stand {
				t.Errorf("%v stand and %v are accepted, want %d to stand", u.Refusals, u.Accepted, tt.stand)
			}
		})
	}

	// What nobody may accept: a server that its platform does not know, under whatever key.
	delete(ground.Machines, "a2")
	ground.Known.Accepted["450-a1"] = []terraform.Acceptance{{Key: "", By: "Dorte", Reason: "x", At: now, Until: now.Add(time.Hour)}, good}
	if u := unitOf(t, plan, snap, ground, "450-a1"); len(u.Refusals) != 1 || u.Refusals[0].Gate != terraform.GateUnread || len(u.Files) > 0 {
		t.Errorf("an unread server was accepted: %v", u.Refusals)
	}

	for _, bad := range []func(*terraform.Acceptance){
		func(a *terraform.Acceptance) { a.By = " " }, func(a *terraform.Acceptance) { a.Reason = "" }, func(a *terraform.Acceptance) { a.Key = "" },
		func(a *terraform.Acceptance) { a.Until = a.At }, func(a *terraform.Acceptance) { a.Until = a.At.AddDate(1, 0, 0) },
	} {
		given := good
		bad(&given)
		if given.Validate() == nil {
			t.Errorf("%+v is taken", given)
		}
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
}

// BenchmarkRenderByHand renders 25,000 servers that people move, each about to leave, with ten flows a server
// and a name and an address of each to compare.
func BenchmarkRenderByHand(b *testing.B) {
	const servers = 25_000
	plan, snap := crowd(servers)
	ground := terraform.Grounds{Mappings: map[string]terraform.Mapping{"nyborg-odense": {Platform: "manual"}}, Stages: map[string]platform.Stage{},
		Known: terraform.Known{Now: time.Date(2027, time.February, 3, 21, 0, 0, 0, time.UTC), BackupHours: 24}}
	for _, g := range plan.Groups {
		ground.Stages[g.ID] = platform.Leave
	}
	for i := range snap.Assets {
		a := &snap.Assets[i]
		a.Backup, a.Addresses = &inventory.Backup{Exempt: true}, []inventory.Address{{IP: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)}}
		for port := range 10 {
			snap.Flows = append(snap.Flows, inventory.Flow{From: a.ID, ToIP: "10.200.0.1", Protocol: "tcp", Port: port + 1})
		}
	}
	watched := peak(b)
	for b.Loop() {
		units, err := terraform.Render(plan, snap, ground)
		if err != nil || len(units) != servers || len(units[0].Refusals) != 1 {
			b.Fatalf("%d units, %v, %v", len(units), units[0].Refusals, err)
		}
	}
	watched()
}
