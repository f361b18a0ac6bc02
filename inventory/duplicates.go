package inventory

import (
	"cmp"
	"fmt"
	"slices"
)

// Duplicate is a pair of assets that may be one, or that share what only one should have.
type Duplicate struct {
	A        AssetRef `json:"a"`
	B        AssetRef `json:"b"`
	Likeness          // what agrees, what differs, and the score
	Settle   []string `json:"settle"` // what would settle it, in English
}

// AssetRef names an asset.
type AssetRef struct {
	ID           string `json:"id"`
	Municipality string `json:"municipality"`
	Name         string `json:"name"`
	Kind         Kind   `json:"kind"`
}

// manyAlike is how many assets may share a key and still be compared pair by pair. Of more, each is
// compared with its neighbour in the list: a hundred devices with one serial are one finding, not 4,950.
const manyAlike = 8

// Duplicates lists the pairs that are suspected and not decided, the likeliest first. Pairs that
// differ in a serial are two devices, however alike they are named (the two halves of a high-available
// pair), and are left out; so are a server and its management processor.
func Duplicates(s *Snapshot) []Duplicate {
	x := newIdentityIndex(s.Assets, 0)
	rules := newDecided(s.Decisions)
	pairs := map[[2]string]bool{}
	var found []Duplicate
	compare := func(i, j int32) {
		a, b := &x.assets[min(i, j)], &x.assets[max(i, j)] // sorted by id
		pair := pairOf(a.ID, b.ID)
		if pairs[pair] || rules.apart[pair] {
			return
		}
		pairs[pair] = true
		if l := compareAssets(a, b, nil); l.suspicious() {
			found = append(found, Duplicate{A: refOf(a), B: refOf(b), Likeness: l, Settle: settle(a, b, l)})
		}
	}
	for key, others := range x.others {
		alike := append([]int32{x.first[key]}, others...)
		slices.Sort(alike)
		for n, i := range alike {
			for _, j := range alike[n+1:] {
				compare(i, j)
				if len(alike) > manyAlike {
					break
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b Duplicate) int {
		return cmp.Or(cmp.Compare(b.Score-b.Enough, a.Score-a.Enough), cmp.Compare(a.A.ID, b.A.ID), cmp.Compare(a.B.ID, b.B.ID))
	})
	return found
}

// suspicious tells whether a pair that was not joined deserves a look.
func (l Likeness) suspicious() bool {
	cloned := l.agrees("serial") || l.agrees("uuid")
	if l.Contradicted() {
		return cloned && !slices.ContainsFunc(l.Facts, func(f Fact) bool { return f.On == "kind" })
	}
	return cloned || l.agrees("member") || l.agrees("mac") || l.agrees("engine_id") || l.agrees("chassis_id") || l.Score >= scoreEnoughWeak
}

func (l Likeness) agrees(on string) bool {
	return slices.ContainsFunc(l.Facts, func(f Fact) bool { return f.On == on && f.Agrees })
}

func (l Likeness) compared(on string) bool {
	return slices.ContainsFunc(l.Facts, func(f Fact) bool { return f.On == on })
}

// settle tells what would make the pair certain one way or the other.
func settle(a, b *Asset, l Likeness) []string {
	var steps []string
	for _, side := range []*Asset{a, b} {
		if usableSerial(side.Serial) == "" && !l.compared("serial") {
			steps = append(steps, fmt.Sprintf("read the serial of %s (%s), by SNMP, an agent or from its label", side.ID, side.Name))
		}
		if leastMAC(side) == "" {
			steps = append(steps, fmt.Sprintf("collect the interfaces of %s (%s): hardware addresses tell clones apart", side.ID, side.Name))
		}
	}
	if l.agrees("uuid") && l.compared("mac") && !l.agrees("mac") {
		steps = append(steps, "if one was cloned from the other, give it a UUID of its own in the hypervisor")
	}
	if a.Municipality != b.Municipality {
		return append(steps, "if it moved, its old municipality stops collecting it and it will be followed; if not, one of the serials is wrong")
	}
	return append(steps, fmt.Sprintf("decide: samdrift inventory merge %s %s, or samdrift inventory split %s --from %s", a.ID, b.ID, a.ID, b.ID))
}

func refOf(a *Asset) AssetRef { return AssetRef{a.ID, a.Municipality, a.Name, a.Kind} }
