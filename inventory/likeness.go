package inventory

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Fact is one thing that two sightings of equipment agree or differ on, and what that weighs.
type Fact struct {
	On      string `json:"on"`      // serial, member, uuid, mac, engine_id, chassis_id, name, source, address, model, kind
	Agrees  bool   `json:"agrees"`  //
	Weight  int    `json:"weight"`  // what it adds to the score; below zero when it speaks against
	A       string `json:"a"`       // the values, as they were compared
	B       string `json:"b"`       //
	Because string `json:"because"` // why it weighs what it does, in English
}

// Likeness is how surely two sightings are one asset, and why. It is one when the score reaches Enough:
// more across municipalities than within one.
type Likeness struct {
	Score  int    `json:"score"`
	Enough int    `json:"enough"`
	Facts  []Fact `json:"facts"`
}

// One tells whether the two are one asset.
func (l Likeness) One() bool { return l.Score >= l.Enough }

// Contradicted tells whether something speaks against the two being one, whatever speaks for it.
func (l Likeness) Contradicted() bool {
	return slices.ContainsFunc(l.Facts, func(f Fact) bool { return f.Weight <= contradiction })
}

// What facts weigh. Five is proof by itself, unless something speaks against it; a name or an address
// decides only where neither side has anything harder.
const (
	weighsSerial       = 5
	weighsMember       = 3 // some members of a stack, not the one that answers now
	weighsForeign      = 3 // the same serial under two makers' names
	weighsUUID         = 5
	weighsMAC          = 4
	weighsChassis      = 4
	weighsEngine       = 3
	weighsName         = 2
	weighsSource       = 2
	weighsAddress      = 1
	otherName          = -1
	seenTwice          = -2 // by one collector, in one round, at two addresses under two names
	otherMACs          = -1
	otherMACsOfVM      = -4 // a clone keeps serial and UUID, never the MAC
	contradiction      = -6
	scoreEnough        = 4
	scoreEnoughWeak    = 2 // when one side has no serial, UUID, MAC, chassis or engine id at all
	scoreEnoughForeign = 7 // another municipality: two proofs are needed, since ranges and serial lists overlap
)

// oneRound is how close two looks of a collector are to be of one round.
const oneRound = time.Hour

// compareAssets scores two sightings. Values that many assets share (see commonKeys) prove nothing.
func compareAssets(a, b *Asset, common map[identityKey]bool) Likeness {
	c := comparison{a: a, b: b, common: common}
	proof := c.proof()
	c.macs(proof)
	c.ids()
	c.places()
	c.kinds()
	c.l.Enough = scoreEnough
	switch {
	case a.Municipality != b.Municipality:
		c.l.Enough = scoreEnoughForeign
	case !hasHardKey(a) || !hasHardKey(b):
		c.l.Enough = scoreEnoughWeak
	}
	for _, f := range c.l.Facts {
		c.l.Score += f.Weight
	}
	return c.l
}

type comparison struct {
	a, b   *Asset
	common map[identityKey]bool
	l      Likeness
}

func (c *comparison) add(on string, weight int, a, b, because string) {
	c.l.Facts = append(c.l.Facts, Fact{On: on, Agrees: weight > 0, Weight: weight, A: a, B: b, Because: because})
}

// proof compares what makers and hypervisors number equipment by. Serial and UUID count once: one is
// often made from the other. It tells which agreed.
func (c *comparison) proof() (agreed string) {
	s, t := usableSerial(c.a.Serial), usableSerial(c.b.Serial)
	if c.common[identityKey{keySerial, s}] || c.common[identityKey{keySerial, t}] {
		s, t = "", ""
	}
	switch {
	case s != "" && s == t && !sameVendor(c.a.Vendor, c.b.Vendor):
		c.add("serial", weighsForeign, c.a.Vendor+" "+s, c.b.Vendor+" "+t, "the serial is the same, the maker is not")
		agreed = "serial"
	case s != "" && s == t:
		c.add("serial", weighsSerial, s, t, "the maker gives a serial once")
		agreed = "serial"
	case overlap(c.serials(c.a), c.serials(c.b)) != "":
		member := overlap(c.serials(c.a), c.serials(c.b))
		c.add("member", weighsMember, member, member, "one is, or was, a member of the stack that the other is")
		agreed = "member"
	case s != "" && t != "":
		c.add("serial", contradiction, s, t, "two serials are two devices, whatever they are called")
	}
	u, v := ComparableUUID(c.a.UUID), ComparableUUID(c.b.UUID)
	switch {
	case u == "" || v == "" || c.common[identityKey{keyUUID, u}] || c.common[identityKey{keyUUID, v}]:
	case u == v && agreed == "":
		c.add("uuid", weighsUUID, u, v, "a machine's UUID is its own, unless it was cloned")
		agreed = "uuid"
	case u == v:
		c.add("uuid", 1, u, v, "counted once with the "+agreed+": one is often made from the other")
	case agreed == "":
		c.add("uuid", contradiction, u, v, "two UUIDs are two machines")
	default:
		c.add("uuid", otherName, u, v, "makers write UUIDs in two byte orders, and firmware updates change them")
	}
	return agreed
}

// serials lists the serials of the device and of the chassis in it: the members of a stack.
func (c *comparison) serials(a *Asset) []string {
	var all []string
	for _, s := range memberSerials(a) {
		if !c.common[identityKey{keySerial, s}] {
			all = append(all, s)
		}
	}
	return all
}

func (c *comparison) macs(proof string) {
	var a, b []string
	for _, side := range []struct {
		from *Asset
		to   *[]string
	}{{c.a, &a}, {c.b, &b}} {
		for mac := range ownMACs(side.from) {
			if !c.common[identityKey{keyMAC, mac}] {
				*side.to = append(*side.to, mac)
			}
		}
	}
	if len(a) == 0 || len(b) == 0 {
		return
	}
	set := make(map[string]bool, len(a))
	for _, mac := range a {
		set[mac] = true
	}
	shared, one := 0, ""
	for _, mac := range b {
		if set[mac] {
			shared, one = shared+1, mac
		}
	}
	has := func(n int) string { return fmt.Sprintf("%d hardware addresses", n) }
	switch {
	case shared > 0 && 2*shared >= min(len(a), len(b)):
		c.add("mac", weighsMAC, has(len(a)), has(len(b)), fmt.Sprintf("%d in common, such as %s", shared, one))
	case shared > 0:
		c.add("mac", 1, has(len(a)), has(len(b)), fmt.Sprintf("only %d in common, such as %s: an adapter may have been moved", shared, one))
	case proof == "uuid" || proof != "" && (virtual(c.a) || virtual(c.b)):
		c.add("mac", otherMACsOfVM, a[0], b[0], "none in common: a clone keeps serial and UUID and is given new hardware addresses")
	default:
		c.add("mac", otherMACs, a[0], b[0], "none in common")
	}
}

func (c *comparison) ids() {
	same := func(on string, kind keyKind, a, b string, weight int, because string) {
		a, b = strings.ToLower(a), strings.ToLower(b)
		if a != "" && a == b && !c.common[identityKey{kind, a}] {
			c.add(on, weight, a, b, because)
		}
	}
	same("engine_id", keyEngine, c.a.Management.EngineID, c.b.Management.EngineID, weighsEngine, "an SNMP engine id is meant to be unique; cloned hosts and some makers repeat it")
	same("chassis_id", keyChassis, c.a.Management.ChassisID, c.b.Management.ChassisID, weighsChassis, "what a device calls itself in LLDP")
}

// places compares what people and networks call the two.
func (c *comparison) places() {
	sameSource := ""
	twice := false
	for _, s := range c.a.Sources {
		for _, t := range c.b.Sources {
			if s.Collector != t.Collector {
				continue
			}
			if s.Address == t.Address {
				sameSource = s.Collector + " " + s.Address
			} else if s.Status == StatusOK && t.Status == StatusOK && s.At.Sub(t.At).Abs() < oneRound {
				twice = true
			}
		}
	}
	here := c.a.Municipality == c.b.Municipality
	x, y := usableName(c.a.Name), usableName(c.b.Name)
	switch {
	case x == "" || y == "":
	case x == y && here:
		c.add("name", weighsName, c.a.Name, c.b.Name, "names are given once within a municipality, mostly")
	case x == y:
		c.add("name", weighsAddress, c.a.Name, c.b.Name, "another municipality may use the name too")
	case sameSource == "":
		c.add("name", otherName, c.a.Name, c.b.Name, "equipment is renamed now and then")
		if twice {
			c.add("source", seenTwice, c.a.Name, c.b.Name, "one collector saw both in one round, at two addresses")
		}
	}
	if sameSource != "" && here {
		c.add("source", weighsSource, sameSource, sameSource, "seen by the same collector at the same place")
	}
	if address := overlap(ownAddresses(c.a), ownAddresses(c.b)); address != "" && here {
		c.add("address", weighsAddress, address, address, "an address belongs to one at a time")
	}
	if !here && c.a.Model != "" && strings.EqualFold(c.a.Model, c.b.Model) && sameVendor(c.a.Vendor, c.b.Vendor) {
		c.add("model", weighsForeign, c.a.Model, c.b.Model, "with the serial: the same product of the same maker")
	}
}

// kinds keeps a server and the management processor in it apart: they share the serial.
func (c *comparison) kinds() {
	if (c.a.Kind == KindBMC) != (c.b.Kind == KindBMC) && known(c.a.Kind) && known(c.b.Kind) {
		c.add("kind", contradiction, string(c.a.Kind), string(c.b.Kind), "a management processor carries the serial of the machine it sits in, and is an asset of its own")
	}
}

func known(k Kind) bool { return k != "" && k != KindUnknown }

// virtual tells whether the asset is a virtual machine, by its kind or by what hypervisors write.
func virtual(a *Asset) bool {
	s := strings.ToLower(a.Serial + " " + a.Vendor + " " + a.Model)
	return a.Kind == KindVM || strings.HasPrefix(s, "vmware-") || strings.Contains(s, "virtual") || strings.Contains(s, "qemu") || strings.Contains(s, "kvm")
}

// sameVendor tells whether two makers' names may be one: collectors write them longer or shorter.
func sameVendor(a, b string) bool {
	a, b = strings.ToLower(strings.TrimSpace(a)), strings.ToLower(strings.TrimSpace(b))
	return a == "" || b == "" || strings.HasPrefix(a, b) || strings.HasPrefix(b, a) || maker(a) == maker(b)
}

func maker(name string) string {
	first, _, _ := strings.Cut(name, " ")
	if alias, ok := map[string]string{"hewlett": "hp", "hewlett-packard": "hp", "hpe": "hp", "aruba": "hp", "arubanetworks": "hp"}[first]; ok {
		return alias
	}
	return first
}

func overlap(a, b []string) string {
	for _, x := range a {
		if slices.Contains(b, x) {
			return x
		}
	}
	return ""
}
