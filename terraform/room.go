package terraform

import (
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform/platform"
)

// place is a datastore or a cluster at a source.
type place struct {
	cluster                  bool
	source, datacenter, name string
}

// load is what servers take up.
type load struct {
	storage, memory int64 // bytes
	vcpus           int
}

func (l load) plus(o load) load {
	return load{l.storage + o.storage, l.memory + o.memory, l.vcpus + o.vcpus}
}

// rooms is what destinations have, and what comes to them when.
type rooms struct {
	grounds Grounds
	there   map[[2]string]platform.Machine // source, UUID → the machine as it is there now
	stores  map[place]platform.Store
	hosts   map[place][]platform.Host
	running map[place]load                    // what runs in a cluster now
	coming  map[place]map[inventory.Date]load // what has still to come, by the date of its cutover
}

// findRooms works out what comes to the sources that tell of their room; nil when none does.
func findRooms(plan planner.Plan, snap *inventory.Snapshot, grounds Grounds) *rooms {
	if len(grounds.Known.Room) == 0 {
		return nil
	}
	r := &rooms{grounds: grounds, there: map[[2]string]platform.Machine{}, stores: map[place]platform.Store{},
		hosts: map[place][]platform.Host{}, running: map[place]load{}, coming: map[place]map[inventory.Date]load{}}
	for source, room := range grounds.Known.Room {
		for _, s := range room.Stores {
			r.stores[place{false, source, s.Datacenter, s.Name}] = s
		}
		for _, h := range room.Hosts {
			at := place{true, source, h.Datacenter, h.Cluster}
			r.hosts[at] = append(r.hosts[at], h)
		}
		for _, m := range grounds.Known.Present[source] {
			r.there[[2]string{source, inventory.ComparableUUID(m.UUID)}] = m
			if at := (place{true, source, m.Location.Datacenter, m.Location.Cluster}); m.On {
				r.running[at] = r.running[at].plus(load{memory: m.MemoryMB << 20, vcpus: m.CPUs})
			}
		}
	}
	for i := range plan.Groups {
		g := &plan.Groups[i]
		a, ok := snap.AgreementOf(g.Municipality)
		if g.Wave == "" || !ok || a.Centre != g.Centre {
			continue
		}
		mapping := grounds.Mappings[a.ID]
		for _, asset := range g.Assets {
			for _, asked := range r.asks(asset, mapping) {
				if r.coming[asked.at] == nil {
					r.coming[asked.at] = map[inventory.Date]load{}
				}
				r.coming[asked.at][g.Cutover] = r.coming[asked.at][g.Cutover].plus(asked.load)
			}
		}
	}
	return r
}

// asking is what a server will take up at a place.
type asking struct {
	at   place
	load load
}

// asks tells what a server has still to take up at its destination. Disks count with their full size, thin
// or not, and memory counts on the datastore too: a running server's swap file is as large.
func (r *rooms) asks(asset string, mapping Mapping) []asking {
	machine, read := r.grounds.Machines[asset]
	source := mapping.SharedAt()
	if _, tells := r.grounds.Known.Room[source]; !read || !tells {
		return nil
	}
	goal, _ := mapping.at(machine) // what has no counterpart is refused elsewhere
	to, memory := goal.Location, machine.MemoryMB<<20
	now := r.there[[2]string{source, inventory.ComparableUUID(machine.UUID)}]
	if now.Location.Datacenter != to.Datacenter {
		now = platform.Machine{} // nothing of it is there
	}
	var list []asking
	for _, d := range goal.Disks {
		if !slices.ContainsFunc(now.Disks, func(o platform.Disk) bool { return o.Label == d.Label && o.Datastore == d.Datastore }) {
			list = append(list, asking{place{false, source, to.Datacenter, d.Datastore}, load{storage: d.GB << 30}})
		}
	}
	if now.Location.Datastore != to.Datastore {
		list = append(list, asking{place{false, source, to.Datacenter, to.Datastore}, load{storage: memory}})
	}
	if now.Location.Cluster != to.Cluster {
		list = append(list, asking{place{true, source, to.Datacenter, to.Cluster}, load{memory: memory, vcpus: machine.CPUs}})
	}
	return list
}

// until sums up what comes to a place up to and with a date: what shares a night counts against each other.
func (r *rooms) until(at place, date inventory.Date) load {
	var sum load
	for day, l := range r.coming[at] {
		if day <= date {
			sum = sum.plus(l)
		}
	}
	return sum
}
