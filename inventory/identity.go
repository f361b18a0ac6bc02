package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"strings"
)

// keyKind is what an identity key is made of.
type keyKind byte

const (
	keySerial keyKind = iota
	keyUUID
	keyMAC
	keyEngine
	keyChassis
	keyName
	keySource
)

// keyNames are the kinds in the words of Fact.On.
var keyNames = []string{"serial", "uuid", "mac", "engine_id", "chassis_id", "name", "source"}

// identityKey is one thing that an asset can be recognised by.
type identityKey struct {
	kind keyKind
	text string
}

// identityKeys calls found with everything that an asset can be recognised by, the surest first.
func identityKeys(a *Asset, found func(identityKey)) {
	for _, s := range memberSerials(a) {
		found(identityKey{keySerial, s})
	}
	if u := ComparableUUID(a.UUID); u != "" {
		found(identityKey{keyUUID, u})
	}
	for mac := range ownMACs(a) {
		found(identityKey{keyMAC, mac})
	}
	if id := a.Management.EngineID; id != "" {
		found(identityKey{keyEngine, strings.ToLower(id)})
	}
	if id := a.Management.ChassisID; id != "" {
		found(identityKey{keyChassis, strings.ToLower(id)})
	}
	if name := usableName(a.Name); name != "" {
		found(identityKey{keyName, a.Municipality + " " + name})
	}
	for _, s := range a.Sources {
		found(identityKey{keySource, sourceKey(s.Collector, s.Address)})
	}
}

func sourceKey(collector, address string) string { return collector + " " + address }

// identityIndex finds the asset that an observation is about. One asset stays one asset whatever
// address, name or collector it is seen by; two assets are never joined on a weak likeness.
type identityIndex struct {
	assets []Asset
	first  map[identityKey]int32   // key → position in assets
	others map[identityKey][]int32 // further positions: few keys have any
	common map[identityKey]bool    // keys that so many share that they tell nothing
}

func newIdentityIndex(assets []Asset, more int) *identityIndex {
	x := &identityIndex{
		assets: make([]Asset, 0, len(assets)+max(16, len(assets)/64)), // an estate grows little between rounds
		first:  make(map[identityKey]int32, 4*max(len(assets), more)),
		others: map[identityKey][]int32{},
		common: map[identityKey]bool{},
	}
	for _, a := range assets {
		x.add(a)
	}
	return x
}

// add appends an asset and indexes it.
func (x *identityIndex) add(a Asset) int {
	i := len(x.assets)
	x.assets = append(x.assets, a)
	x.index(i)
	return i
}

// index makes the asset at position i findable by its present keys.
func (x *identityIndex) index(i int) {
	identityKeys(&x.assets[i], func(key identityKey) {
		switch at, taken := x.first[key]; {
		case !taken:
			x.first[key] = int32(i)
		case at != int32(i) && !slices.Contains(x.others[key], int32(i)):
			x.others[key] = append(x.others[key], int32(i))
		}
	})
}

// find gives the position of the one best match, or -1 when nothing is alike enough or two are
// equally alike: joining wrongly loses more than showing two. same tells which assets people decided
// to be one; of such it does not matter which, so the first by id is taken.
func (x *identityIndex) find(seen *Asset, same func(a, b string) bool) int {
	candidates := map[int32]bool{}
	identityKeys(seen, func(key identityKey) {
		if x.common[key] {
			return
		}
		if i, ok := x.first[key]; ok {
			candidates[i] = true
		}
		for _, i := range x.others[key] {
			candidates[i] = true
		}
	})
	best, bestScore, tied := -1, 0, false
	for i := range candidates {
		l := compareAssets(&x.assets[i], seen, x.common)
		switch {
		case !l.One():
		case best < 0 || l.Score > bestScore:
			best, bestScore, tied = int(i), l.Score, false
		case l.Score == bestScore && same(x.assets[best].ID, x.assets[i].ID):
			if x.assets[i].ID < x.assets[best].ID {
				best = int(i)
			}
		case l.Score == bestScore:
			tied = true
		}
	}
	if tied {
		return -1
	}
	return best
}

// manyOwners is how many devices may show one key before it tells nothing: a serial that a maker left
// in every device of a batch, an adapter address that a program gives every host.
const manyOwners = 3

// findCommon marks the keys that devices share which something else tells apart, among what is known
// and what has just been seen. All sightings are weighed at once, so that their order does not matter.
func (x *identityIndex) findCommon(seen iter.Seq[*Asset]) {
	owners := map[identityKey][]string{}
	count := func(key identityKey, a *Asset) {
		owner := ownerOf(a, key.kind)
		if known := owners[key]; owner != "" && len(known) < manyOwners && !slices.Contains(known, owner) {
			owners[key] = append(known, owner)
		}
	}
	for a := range seen {
		identityKeys(a, func(key identityKey) {
			if key.kind > keyChassis {
				return
			}
			i, known := x.first[key]
			if known && len(x.others[key]) == 0 && ownerOf(&x.assets[i], key.kind) == ownerOf(a, key.kind) {
				return // seen again as it is known
			}
			count(key, a)
			if known {
				count(key, &x.assets[i])
			}
		})
	}
	for key, others := range x.others {
		if key.kind <= keyChassis {
			for _, i := range append(slices.Clone(others), x.first[key]) {
				count(key, &x.assets[i])
			}
		}
	}
	for key, devices := range owners {
		if len(devices) >= manyOwners {
			x.common[key] = true
		}
	}
}

// ownerOf names a device by something other than a kind of key, or gives an empty text.
func ownerOf(a *Asset, except keyKind) string {
	if u := ComparableUUID(a.UUID); u != "" && except != keyUUID {
		return u
	}
	if mac := leastMAC(a); mac != "" && except != keyMAC {
		return mac
	}
	if s := usableSerial(a.Serial); s != "" && except != keySerial {
		return s
	}
	return ""
}

func hasHardKey(a *Asset) bool {
	return usableSerial(a.Serial) != "" || ComparableUUID(a.UUID) != "" || leastMAC(a) != "" ||
		a.Management.EngineID != "" || a.Management.ChassisID != ""
}

// memberSerials lists the device's serial and those of the chassis in it, which a stack has several of.
func memberSerials(a *Asset) []string {
	var all []string
	add := func(serial string) {
		if s := usableSerial(serial); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	add(a.Serial)
	for i := range a.Components {
		if a.Components[i].Class == "chassis" {
			add(a.Components[i].Serial)
		}
	}
	return all
}

// ownMACs yields the hardware addresses that are the device's own: not those that routers share for
// redundancy, and not those that software makes up.
func ownMACs(a *Asset) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range a.Interfaces {
			mac := strings.ToLower(a.Interfaces[i].MAC)
			if len(mac) == 17 && !slices.ContainsFunc(sharedMACs, func(prefix string) bool { return strings.HasPrefix(mac, prefix) }) && !yield(mac) {
				return
			}
		}
	}
}

// leastMAC gives the first of the device's own hardware addresses in order of text, or an empty text.
func leastMAC(a *Asset) string {
	least := ""
	for mac := range ownMACs(a) {
		if least == "" || mac < least {
			least = mac
		}
	}
	return least
}

// sharedMACs begin addresses that prove nothing: none at all, broadcast, VRRP, HSRP, GLBP, containers,
// and the host-only adapters of desktop virtualisation.
var sharedMACs = []string{
	"00:00:00:00:00:0", "ff:ff:ff:ff:ff:ff", "00:00:5e:00:01:", "00:00:5e:00:02:", "00:00:0c:07:ac:", "00:00:0c:9f:f",
	"00:07:b4:00:", "02:42:", "00:50:56:c0:00:", "0a:00:27:00:00:", "00:09:0f:09:",
}

// ownAddresses lists the IP addresses that others can reach the asset by.
func ownAddresses(a *Asset) []string {
	var own []string
	for _, x := range a.Addresses {
		if x.IP != "" && x.IP != "::1" && x.IP != "0.0.0.0" && !strings.HasPrefix(x.IP, "127.") && !strings.HasPrefix(x.IP, "fe80:") && !strings.HasPrefix(x.IP, "169.254.") {
			own = append(own, x.IP)
		}
	}
	return own
}

// defaultNames are what equipment is called before anybody names it.
var defaultNames = []string{
	"localhost", "switch", "router", "firewall", "default", "hostname", "unknown", "none", "(none)", "printer", "server",
	"ubnt", "mikrotik", "fortigate", "pfsense", "debian", "ubuntu", "raspberrypi", "esxi", "win", "noname", "test",
}

// usableName gives the host part of a name in comparable form, or an empty text for a maker's default.
func usableName(name string) string {
	n := strings.ToLower(strings.TrimSpace(name))
	if strings.Trim(n, "0123456789.:") != "" { // no address
		n, _, _ = strings.Cut(n, ".")
	}
	if slices.Contains(defaultNames, n) {
		return ""
	}
	return n
}

// placeholderSerials are what makers leave in devices that were never given a serial.
var placeholderSerials = []string{
	"", "none", "n/a", "na", "not available", "not applicable", "unknown", "null", "nil", "empty", "default", "default string", "serial",
	"to be filled by o.e.m.", "to be filled by o.e.m", "o.e.m.", "oem", "system serial number", "chassis serial number", "serial number",
	"base board serial number", "not specified", "not defined", "unspecified", "invalid", "no serial", "none specified", "fffff",
	"123456789", "1234567890", "0123456789", "012345678", "12345678", "1234567", "123456", "12345", "1234", "abcdefgh", "test", "serialnumber",
}

// usableSerial gives the serial in comparable form, or an empty text for a placeholder.
func usableSerial(serial string) string {
	s := strings.ToLower(strings.TrimSpace(serial))
	if slices.Contains(placeholderSerials, s) || strings.Trim(s, "0.-_x* ") == "" || strings.Trim(s, s[:1]+" -") == "" && len(s) > 1 {
		return ""
	}
	return s
}

// ComparableUUID gives the UUID in comparable form, or an empty text for a placeholder. Makers write the
// first three groups in either byte order: both give the same text.
func ComparableUUID(uuid string) string {
	u := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(uuid), "-", ""))
	if len(u) != 32 || strings.Trim(u, u[:1]) == "" || u == "03000200040005000006000700080009" || u == "12345678123456781234567812345678" {
		return ""
	}
	swapped := u[6:8] + u[4:6] + u[2:4] + u[0:2] + u[10:12] + u[8:10] + u[14:16] + u[12:14] + u[16:]
	return min(u, swapped)
}

// newID gives an asset its lasting id, from what it was first recognised by. The id is kept when
// those keys change later; taken tells which ids are in use.
func newID(seen *Asset, taken func(string) bool) string {
	var first *identityKey
	identityKeys(seen, func(key identityKey) {
		if first == nil {
			first = &key
		}
	})
	base := seen.Municipality + "\n" + keyNames[first.kind] + " " + first.text // a source there always is
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte(base + strings.Repeat("\n", n)))
		if id := "a" + hex.EncodeToString(sum[:6]); !taken(id) {
			return id
		}
	}
}
