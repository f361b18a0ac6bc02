package terraform

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform/platform"
)

// The keys of concerns that the inventory and the plan raise. Each can be accepted by a named person.
const (
	ConcernBackup       = "backup"        // none, or none that is new enough
	ConcernDependencies = "dependencies"  // it speaks to somebody whom nobody knows
	ConcernName         = "name_clash"    // its name is taken where it goes
	ConcernAddress      = "address_clash" // its address is taken where it goes
	ConcernCapacity     = "capacity"      // the centre has too little room, or has not told how much
)

// Known is what is known beside the platforms when a unit is about to move. The zero Known asks nothing.
type Known struct {
	Now         time.Time
	BackupHours int                           // how old the newest backup may be
	Accepted    map[string][]Acceptance       // by unit
	Present     map[string][]platform.Machine // every machine of each vCenter
	Room        map[string]platform.Room      // of each source that tells what it has left for others
}

// surroundings is what the inventory's gates look up, worked out once for all units.
type surroundings struct {
	known     Known
	snap      *inventory.Snapshot
	names     map[[2]string][]string           // centre, name → assets there
	addresses map[[2]string][]string           // centre, address → assets there
	strangers map[string]stranger              // asset → its traffic with private addresses that nobody knows
	machines  map[[2]string][]platform.Machine // vCenter, name → machines there
	loads     map[string]inventory.Capacity    // group → what its centre holds once it has moved
	centres   map[string]planner.CentreLoad
	rooms     *rooms
}

// survey prepares the inventory's gates; nil when nothing is known.
func survey(plan planner.Plan, snap *inventory.Snapshot, grounds Grounds) *surroundings {
	known := grounds.Known
	if known.Now.IsZero() {
		return nil
	}
	s := &surroundings{known: known, snap: snap, names: map[[2]string][]string{}, addresses: map[[2]string][]string{},
		strangers: map[string]stranger{}, machines: map[[2]string][]platform.Machine{}, loads: map[string]inventory.Capacity{}, centres: map[string]planner.CentreLoad{},
		rooms: findRooms(plan, snap, grounds)}
	hosts := map[string][]string{} // municipality → the centres that it hosts
	for _, c := range snap.Centres {
		hosts[c.Host] = append(hosts[c.Host], c.ID)
	}
	for i := range snap.Assets {
		a := &snap.Assets[i]
		if a.Status == inventory.Retired || a.Presence == inventory.Gone {
			continue
		}
		at := hosts[a.Municipality]
		if a.OperatedBy != "" {
			at = []string{a.OperatedBy}
		}
		for _, centre := range at {
			s.names[[2]string{centre, hostName(a.Name)}] = append(s.names[[2]string{centre, hostName(a.Name)}], a.ID)
			for _, ip := range ownAddresses(a) {
				s.addresses[[2]string{centre, ip}] = append(s.addresses[[2]string{centre, ip}], a.ID)
			}
		}
	}
	for vcenter, machines := range known.Present {
		for _, m := range machines {
			key := [2]string{vcenter, strings.ToLower(m.Name)}
			s.machines[key] = append(s.machines[key], m)
		}
	}
	s.meetStrangers()
	s.load(plan)
	return s
}

// hostName makes names comparable: case and domain do not tell hosts apart.
func hostName(name string) string {
	short, _, _ := strings.Cut(strings.ToLower(name), ".")
	return short
}

// ownAddresses are those that could clash: not a machine's with itself, nor on its own wire only.
func ownAddresses(a *inventory.Asset) []string {
	var list []string
	for _, address := range a.Addresses {
		if ip, err := netip.ParseAddr(address.IP); err == nil && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !slices.Contains(list, ip.String()) {
			list = append(list, ip.String())
		}
	}
	return list
}

// meetStrangers finds traffic within the municipality's own networks whose other end no collector has met.
func (s *surroundings) meetStrangers() {
	private := func(address string) bool {
		ip, err := netip.ParseAddr(address)
		return err == nil && ip.IsPrivate()
	}
	meet := func(asset string, f *inventory.Flow) {
		met := s.strangers[asset]
		s.strangers[asset] = stranger{first: cmp.Or(met.first, f), flows: met.flows + 1}
	}
	for i := range s.snap.Flows {
		f := &s.snap.Flows[i]
		if f.From != "" && f.To == "" && private(f.ToIP) {
			meet(f.From, f)
		}
		if f.To != "" && f.From == "" && private(f.FromIP) {
			meet(f.To, f)
		}
	}
}

// stranger is traffic with somebody whom nobody knows.
type stranger struct {
	first *inventory.Flow
	flows int
}

// load sums up what each centre holds after each group, in the order of cutover. Groups whose servers
// the centre operates already are in what it holds before.
func (s *surroundings) load(plan planner.Plan) {
	for _, c := range plan.Capacity {
		s.centres[c.Centre] = c
	}
	held := map[string]inventory.Capacity{}
	groups := slices.SortedFunc(slices.Values(plan.Groups), func(a, b planner.Group) int {
		return cmp.Or(cmp.Compare(a.Cutover, b.Cutover), cmp.Compare(a.ID, b.ID))
	})
	for _, g := range groups {
		if g.Wave == "" {
			continue
		}
		sum, known := held[g.Centre]
		if !known {
			sum = s.centres[g.Centre].Before
		}
		if !s.there(g) {
			sum.VCPUs += g.Demand.VCPUs
			sum.MemoryGB += g.Demand.MemoryGB
			sum.StorageGB += g.Demand.StorageGB
		}
		held[g.Centre], s.loads[g.ID] = sum, sum
	}
}

// there tells whether the group's centre operates all of its servers.
func (s *surroundings) there(g planner.Group) bool {
	return !slices.ContainsFunc(g.Assets, func(id string) bool {
		a, ok := s.snap.Asset(id)
		return !ok || a.OperatedBy != g.Centre
	})
}

// concerns gives what the inventory and the plan say against moving the unit now.
func (s *surroundings) concerns(u *Unit, group *planner.Group, moves []move, mapping Mapping) []Refusal {
	if s == nil || u.Stage != platform.Place && u.Stage != platform.Leave {
		return nil
	}
	var refusals []Refusal
	refuse := func(server, key, format string, args ...any) {
		refusals = append(refusals, Refusal{Gate: GateConcern, Resource: server, Attribute: key, Reason: fmt.Sprintf(format, args...)})
	}
	for _, m := range moves {
		s.backup(m.asset, refuse)
		s.clashes(m.asset, group.Centre, mapping, refuse)
		if met := s.strangers[m.asset.ID]; met.flows > 0 {
			f := met.first
			refuse(m.asset.Name, ConcernDependencies, "it has traffic with %d addresses or ports of its own networks that nobody knows, the first %s → %s %s %d: find out what they are",
				met.flows, f.FromIP, f.ToIP, f.Protocol, f.Port)
		}
	}
	for _, r := range group.Risk.Reasons {
		if r.Rule == "dependencies_unknown" {
			refuse("", ConcernDependencies, "of %s of its servers nobody has told what they depend on", r.Params["count"])
		}
	}
	for _, machine := range u.Machines {
		s.taken(machine, mapping, refuse)
	}
	s.room(group, refuse)
	s.rooms.concerns(group, mapping, refuse)
	return refusals
}

// refuser adds a concern about a server, or about the whole unit.
type refuser func(server, key, format string, args ...any)

func (s *surroundings) backup(a *inventory.Asset, refuse refuser) {
	b, hours := a.Backup, s.known.BackupHours
	switch {
	case b == nil:
		refuse(a.Name, ConcernBackup, "no backup system tells of it, so nobody knows whether it could be restored")
	case b.Exempt:
	case b.LastSuccess.IsZero():
		refuse(a.Name, ConcernBackup, "it was never backed up")
	case s.known.Now.Sub(b.LastSuccess) > time.Duration(hours)*time.Hour:
		refuse(a.Name, ConcernBackup, "its latest backup is of %s, older than %d hours: make one first", b.LastSuccess.UTC().Format(time.RFC3339), hours)
	}
}

// clashes looks for others at the destination with the server's name, or with an address that it will have.
func (s *surroundings) clashes(a *inventory.Asset, centre string, mapping Mapping, refuse refuser) {
	other := func(ids []string) string {
		if i := slices.IndexFunc(ids, func(id string) bool { return id != a.ID }); i >= 0 {
			return ids[i]
		}
		return ""
	}
	if name := hostName(a.Name); name != "" {
		if id := other(s.names[[2]string{centre, name}]); id != "" {
			refuse(a.Name, ConcernName, "asset %s of the centre or its host has the same name", id)
		}
	}
	for _, ip := range ownAddresses(a) {
		ip = cmp.Or(mapping.Addresses[ip], ip)
		if id := other(s.addresses[[2]string{centre, ip}]); id != "" {
			refuse(a.Name, ConcernAddress, "asset %s of the centre or its host has the address %s", id, ip)
		}
	}
}

// taken looks for another machine with the server's name in the folder that it goes to.
func (s *surroundings) taken(m platform.Machine, mapping Mapping, refuse refuser) {
	target := cmp.Or(mapping.Target, mapping.Source)
	for _, there := range s.machines[[2]string{target, strings.ToLower(m.Name)}] {
		if there.Location.Folder == mapping.Destination.Folder &&
			there.Location.Datacenter == mapping.Destination.Datacenter && inventory.ComparableUUID(there.UUID) != inventory.ComparableUUID(m.UUID) {
			refuse(m.Name, ConcernName, "machine %s has the same name in folder %q of %s", there.UUID, there.Location.Folder, target)
		}
	}
}

// room compares what the centre will hold after the group with what it may hold.
func (s *surroundings) room(g *planner.Group, refuse refuser) {
	limit, after := s.centres[g.Centre].Capacity, s.loads[g.ID]
	for _, r := range []struct {
		what          string
		demand, after int
		limit         int
	}{{"vCPUs", g.Demand.VCPUs, after.VCPUs, limit.VCPUs}, {"GB memory", g.Demand.MemoryGB, after.MemoryGB, limit.MemoryGB},
		{"GB storage", g.Demand.StorageGB, after.StorageGB, limit.StorageGB}} {
		switch {
		case r.demand == 0 || s.there(*g):
		case r.limit == 0:
			refuse("", ConcernCapacity, "%s has not told how many %s it has room for", g.Centre, r.what)
		case r.after > r.limit:
			refuse("", ConcernCapacity, "%s would hold %d %s with everything that moves until then, and has room for %d", g.Centre, r.after, r.what, r.limit)
		}
	}
}
