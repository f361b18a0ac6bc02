package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Mapping is what the parties of an agreement have decided about where its servers go. What it does not
// name is refused, never guessed.
type Mapping struct {
	Platform string `yaml:"platform" json:"platform"` // a name of package platform
	Source   string `yaml:"source" json:"source"`     // what the servers are on, by its name in the configuration
	// Target is what they go to. Empty, or the same as Source: they move within it.
	Target string `yaml:"target" json:"target,omitempty"`
	// TargetPlatform is the target's platform, where that is another.
	TargetPlatform string `yaml:"target_platform" json:"target_platform,omitempty"`
	// Destination is the place of every server. Its datastore is for disks that Datastores does not name.
	Destination platform.Location `yaml:"destination" json:"destination"`
	Networks    map[string]string `yaml:"networks" json:"networks"`               // network at the source → at the destination
	Datastores  map[string]string `yaml:"datastores" json:"datastores,omitempty"` // datastore at the source → at the destination
	// Addresses are new addresses by present address. An address that is not named is kept, which needs
	// its network to reach the destination.
	Addresses map[string]string `yaml:"addresses" json:"addresses,omitempty"`
	// DNS is where the servers' names are looked up after a move.
	DNS DNS `yaml:"dns" json:"dns,omitzero"`
	// Consent says that the municipality itself consents to each move, besides the person who approves.
	Consent bool `yaml:"consent" json:"consent,omitzero"`
	// Shared is what samdrift makes at the destination for all servers of the agreement.
	Shared platform.Sharing `yaml:"shared" json:"shared,omitzero"`
}

// DNS tells where names are looked up.
type DNS struct {
	Server string `yaml:"server" json:"server,omitempty"` // host:port; empty: the name servers of samdrift's own machine
	Domain string `yaml:"domain" json:"domain,omitempty"` // put behind names that have none
}

// Validate reports every fault of the mapping of an agreement.
func (m Mapping) Validate(agreement string) error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("terraform.agreements.%s.%s", agreement, fmt.Sprintf(format, args...)))
	}
	p, err := platform.Find(m.Platform)
	if err != nil {
		fault("platform: %v", err)
	}
	if m.ByHand() {
		return errors.Join(append(faults, m.aside(agreement))...)
	}
	target, targetErr := platform.Find(m.PlatformIn(platform.Arrive))
	switch {
	case m.TargetPlatform == "":
	case targetErr != nil:
		fault("target_platform: %v", targetErr)
	case !m.Between():
		fault("target_platform: servers that move within %q stay on its platform: leave it out, or name a target", m.Source)
	case target == platform.Platform(platform.Manual{}):
		fault("target_platform: where people make the servers, samdrift takes none over: use platform: manual for all of it")
	}
	if err == nil && targetErr == nil {
		for _, name := range target.Lacks(m.Destination) {
			fault("destination.%s is missing", name)
		}
		if !m.Between() && !platform.MovesWithin(p) {
			fault("target is missing: on %s servers cannot move within %q; name where they go", m.Platform, m.Source)
		}
	}
	if m.Source == "" {
		fault("source is missing: what the servers are on, by its name under vcenters, proxmox, libvirt or azure")
	}
	for from, to := range m.Networks {
		if from == "" || to == "" {
			fault("networks: %q → %q: both names are needed", from, to)
		}
	}
	faults = append(faults, m.aside(agreement))
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return errors.Join(faults...)
}

// aside reports the faults of what holds on every platform.
func (m Mapping) aside(agreement string) error {
	faults := m.sharedFaults(agreement)
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("terraform.agreements.%s.%s", agreement, fmt.Sprintf(format, args...)))
	}
	if m.DNS.Server != "" {
		if _, _, err := net.SplitHostPort(m.DNS.Server); err != nil {
			fault("dns.server is %q, want host:port", m.DNS.Server)
		}
	}
	for from, to := range m.Addresses {
		for _, ip := range []string{from, to} {
			if _, err := netip.ParseAddr(ip); err != nil {
				fault("addresses: %q → %q: %q is no address", from, to, ip)
			}
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

// Sources names what the servers are on and what they go to, each once; none when people take every step.
func (m Mapping) Sources() []string {
	switch {
	case m.Source == "":
		return nil
	case m.Between():
		return []string{m.Source, m.Target}
	}
	return []string{m.Source}
}

// Between tells whether servers go from one vCenter, cluster or host to another.
func (m Mapping) Between() bool { return m.Target != "" && m.Target != m.Source }

// ByHand tells whether people take every step.
func (m Mapping) ByHand() bool { return m.Platform == platform.Manual{}.Name() }

// Progress is the way of a unit under the mapping, of which nothing is done.
func (m Mapping) Progress(unit string) Progress {
	if m.ByHand() {
		return newProgress(unit, byHand)
	}
	return NewProgress(unit, m.Between())
}

// SourceIn is the source that a stage works on, by its name.
func (m Mapping) SourceIn(stage platform.Stage) string {
	if m.Between() && onTarget(stage) {
		return m.Target
	}
	return m.Source
}

// PlatformIn is the platform that a stage works on, by its name.
func (m Mapping) PlatformIn(stage platform.Stage) string {
	if m.Between() && onTarget(stage) {
		return cmp.Or(m.TargetPlatform, m.Platform)
	}
	return m.Platform
}

// PlatformOf is the platform that one of Sources must be on, by its name.
func (m Mapping) PlatformOf(source string) string {
	if m.Between() && source == m.Target {
		return m.PlatformIn(platform.Arrive)
	}
	return m.Platform
}

// onTarget tells whether a stage of a move between platforms works where the servers arrive.
func onTarget(stage platform.Stage) bool {
	return stage == platform.Arrive || stage == platform.Verify || stage == platform.Finalize
}

// Grounds is what is known about the platforms under the plan.
type Grounds struct {
	Mappings map[string]Mapping          // by agreement
	Machines map[string]platform.Machine // by asset, as its platform told before the move began; of one that arrives, as it arrived
	Origins  map[string]platform.Machine // by asset, of those that arrive: as they were before they left
	Stages   map[string]platform.Stage   // by unit; a unit that is not named is to be adopted
	State    string                      // where states are kept, see Config.State
	S3       S3                          // with State s3
	Shared   map[string]SharedGround     // by agreement
	Tagging  map[string]platform.Tagging // by agreement, of those that put a tag on their servers
	Known    Known                       // what the inventory's gates ask; zero: they ask nothing
}

// Attach finds the inventory's asset of each machine by its UUID and gives the machines by asset.
// Machines that the inventory does not know, and those that two assets claim, are left out.
func Attach(snap *inventory.Snapshot, machines []platform.Machine) map[string]platform.Machine {
	assets := map[string]string{}
	for i := range snap.Assets {
		a := &snap.Assets[i]
		uuid := inventory.ComparableUUID(a.UUID)
		if uuid == "" {
			continue
		}
		if _, twice := assets[uuid]; twice {
			assets[uuid] = ""
			continue
		}
		assets[uuid] = a.ID
	}
	found := map[string]platform.Machine{}
	for _, m := range machines {
		if id := assets[inventory.ComparableUUID(m.UUID)]; id != "" {
			m.Asset = id
			found[id] = m
		}
	}
	return found
}

// at gives the machine as it is to be at the mapping's destination, and what it cannot be told where to.
func (m Mapping) at(machine platform.Machine) (platform.Machine, []Refusal) {
	var refusals []Refusal
	unmapped := func(kind, name string) {
		refusals = append(refusals, Refusal{Gate: GateUnmapped, Resource: machine.Name,
			Reason: fmt.Sprintf("%s %q has no counterpart at the destination: name one under terraform.agreements", kind, name)})
	}
	store := func(from string) string {
		if to, ok := m.Datastores[from]; ok {
			return to
		}
		return m.Destination.Datastore
	}
	source := machine.Location
	machine.Location = m.Destination
	machine.Location.Datastore = store(source.Datastore)
	machine.NICs = slices.Clone(machine.NICs)
	for i := range machine.NICs {
		n := &machine.NICs[i]
		to, ok := m.Networks[n.Network]
		if !ok {
			unmapped("network", n.Network)
		}
		n.Network = to
	}
	machine.Disks = slices.Clone(machine.Disks)
	for i := range machine.Disks {
		if d := &machine.Disks[i]; d.Datastore != "" { // an empty CD drive lies nowhere
			d.Datastore = store(d.Datastore)
		}
	}
	return machine, refusals
}

// misplaced tells what is elsewhere than the mapping has it about a machine that another tool has copied.
func (m Mapping) misplaced(machine platform.Machine) []Refusal {
	var refusals []Refusal
	elsewhere := func(kind, name, want string) {
		refusals = append(refusals, Refusal{Gate: GateUnmapped, Resource: machine.Name,
			Reason: fmt.Sprintf("it arrived on %s %q, and the mapping leads to %s: move it there, or name that under terraform.agreements", kind, name, want)})
	}
	to, is := m.Destination, machine.Location
	for _, place := range [][3]string{{"datacenter", is.Datacenter, to.Datacenter}, {"cluster", is.Cluster, to.Cluster}, {"pool", is.Pool, to.Pool}, {"folder", is.Folder, to.Folder}} {
		if place[2] != "" && place[1] != place[2] {
			elsewhere(place[0], place[1], fmt.Sprintf("%q", place[2]))
		}
	}
	networks := slices.Sorted(maps.Values(m.Networks))
	for _, n := range machine.NICs {
		if !slices.Contains(networks, n.Network) {
			elsewhere("network", n.Network, fmt.Sprintf("%q", networks))
		}
	}
	return refusals
}

// meant gives a machine that another tool has copied as it should have arrived: what left, at the mapping's
// destination. Where the mapping names no pool or folder any will do, as will any hardware address and order.
// One whose origin nobody knows can only stay as it is.
func (m Mapping) meant(arrived platform.Machine, origins map[string]platform.Machine) platform.Machine {
	origin, known := origins[arrived.Asset]
	if !known {
		return arrived
	}
	moved, _ := m.at(origin)
	moved.Asset, moved.ImportID = arrived.Asset, arrived.ImportID
	to, is := &moved.Location, arrived.Location
	*to = platform.Location{Datacenter: cmp.Or(to.Datacenter, is.Datacenter), Cluster: cmp.Or(to.Cluster, is.Cluster), Pool: cmp.Or(to.Pool, is.Pool),
		Datastore: cmp.Or(to.Datastore, is.Datastore), Folder: cmp.Or(to.Folder, is.Folder)}
	return moved
}

// concerns refuses a server that must not be touched in the stage as it is.
func concerns(machine platform.Machine, stage platform.Stage) []Refusal {
	var refusals []Refusal
	refuse := func(key, reason string) {
		refusals = append(refusals, Refusal{Gate: GateConcern, Resource: machine.Name, Attribute: key, Reason: reason})
	}
	if !machine.On && stage.Moves() {
		refuse("power", "it is off, and the provider starts what it moves: start it first, or move it by hand")
	}
	if stage == platform.Place || stage == platform.Leave {
		for _, c := range machine.Concerns {
			if c.Blocking {
				refuse(c.Key, c.Detail)
			}
		}
	}
	return refusals
}
