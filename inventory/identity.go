package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// identityIndex finds the asset that an observation is about. One asset stays one asset whatever
// address, name or collector it is seen by; two assets are never joined on a weak likeness.
type identityIndex struct {
	assets []Asset
	byKey  map[string][]int // identity key → positions in assets
}

func newIdentityIndex(assets []Asset) *identityIndex {
	x := &identityIndex{byKey: map[string][]int{}}
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
	for _, key := range identityKeys(&x.assets[i]) {
		if !slices.Contains(x.byKey[key], i) {
			x.byKey[key] = append(x.byKey[key], i)
		}
	}
}

// identityKeys lists what an asset can be recognised by.
func identityKeys(a *Asset) []string {
	var keys []string
	if s := usableSerial(a.Serial); s != "" {
		keys = append(keys, "serial "+s)
	}
	if u := usableUUID(a.UUID); u != "" {
		keys = append(keys, "uuid "+u)
	}
	for _, mac := range a.MACs() {
		keys = append(keys, "mac "+mac)
	}
	if a.Name != "" {
		keys = append(keys, "name "+a.Municipality+" "+strings.ToLower(a.Name))
	}
	for _, s := range a.Sources {
		keys = append(keys, sourceKey(s.Collector, s.Address))
	}
	return keys
}

func sourceKey(collector, address string) string { return "source " + collector + " " + address }

// Scores of likeness. A serial or UUID alone decides; a name decides only where neither side has
// anything harder; contradiction outweighs any address or name.
const (
	scoreSerial       = 5
	scoreUUID         = 5
	scoreMAC          = 4
	scoreName         = 2
	scoreSource       = 2
	scoreContradicted = -6
	scoreEnough       = 4
	scoreEnoughWeak   = 2 // when one side has no serial, UUID or MAC at all
)

// find gives the position of the one best match, or -1 when nothing is alike enough or two are
// equally alike: joining wrongly loses more than showing two.
func (x *identityIndex) find(o *Observation) int {
	seen := *o.Asset
	seen.Municipality = o.Municipality
	seen.Sources = []Source{{Collector: o.Collector, Address: o.Source}}
	candidates := map[int]bool{}
	for _, key := range identityKeys(&seen) {
		for _, i := range x.byKey[key] {
			candidates[i] = true
		}
	}
	best, bestScore, tied := -1, 0, false
	for i := range candidates {
		score, enough := likeness(&x.assets[i], &seen)
		switch {
		case score < enough:
		case score > bestScore:
			best, bestScore, tied = i, score, false
		case score == bestScore:
			tied = true
		}
	}
	if tied {
		return -1
	}
	return best
}

// likeness scores how surely known and seen are one asset, and what score is enough for this pair.
func likeness(known, seen *Asset) (score, enough int) {
	compare := func(a, b string, same int) {
		switch {
		case a == "" || b == "":
		case a == b:
			score += same
		default:
			score += scoreContradicted
		}
	}
	compare(usableSerial(known.Serial), usableSerial(seen.Serial), scoreSerial)
	compare(usableUUID(known.UUID), usableUUID(seen.UUID), scoreUUID)
	knownMACs, seenMACs := known.MACs(), seen.MACs()
	shared := 0
	for _, mac := range seenMACs {
		if slices.Contains(knownMACs, mac) {
			shared++
		}
	}
	if shared > 0 && 2*shared >= min(len(knownMACs), len(seenMACs)) {
		score += scoreMAC
	}
	if known.Municipality == seen.Municipality && known.Name != "" && strings.EqualFold(known.Name, seen.Name) {
		score += scoreName
	}
	for _, s := range seen.Sources {
		if slices.ContainsFunc(known.Sources, func(k Source) bool { return k.Collector == s.Collector && k.Address == s.Address }) {
			score += scoreSource
		}
	}
	if !hasHardKey(known) || !hasHardKey(seen) {
		return score, scoreEnoughWeak
	}
	return score, scoreEnough
}

func hasHardKey(a *Asset) bool {
	return usableSerial(a.Serial) != "" || usableUUID(a.UUID) != "" || len(a.MACs()) > 0
}

// placeholderSerials are what makers leave in devices that were never given a serial.
var placeholderSerials = []string{
	"", "0", "none", "n/a", "na", "unknown", "default string", "to be filled by o.e.m.", "system serial number",
	"not specified", "0123456789", "123456789", "00000000", "xxxxxxxx",
}

// usableSerial gives the serial in comparable form, or an empty text for a placeholder.
func usableSerial(serial string) string {
	s := strings.ToLower(strings.TrimSpace(serial))
	if slices.Contains(placeholderSerials, s) || strings.Trim(s, "0.-x ") == "" {
		return ""
	}
	return s
}

// usableUUID gives the UUID in comparable form, or an empty text for a placeholder.
func usableUUID(uuid string) string {
	u := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(uuid), "-", ""))
	if len(u) != 32 || strings.Trim(u, "0") == "" || strings.Trim(u, "f") == "" || u == "03000200040005000006000700080009" {
		return ""
	}
	return u
}

// newID gives an asset its lasting id, from what it was first recognised by. The id is kept when
// those keys change later; taken tells which ids are in use.
func newID(o *Observation, taken func(string) bool) string {
	seen := *o.Asset
	seen.Municipality = o.Municipality
	seen.Sources = []Source{{Collector: o.Collector, Address: o.Source}}
	base := o.Municipality + "\n" + strings.Join(identityKeys(&seen)[:1], "")
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte(base + strings.Repeat("\n", n)))
		if id := "a" + hex.EncodeToString(sum[:6]); !taken(id) {
			return id
		}
	}
}
