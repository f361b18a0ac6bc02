package inventory

import (
	"cmp"
	"reflect"
	"slices"
)

// decided is what the decisions that hold mean for a merge.
type decided struct {
	kept   map[string]string // asset id → the asset it is shown as a part of
	pinned map[string]string // source → the asset it sees
	apart  map[[2]string]bool
}

func newDecided(decisions []Decision) decided {
	x := decided{kept: map[string]string{}, pinned: map[string]string{}, apart: map[[2]string]bool{}}
	for _, d := range decisions {
		if !d.Holds() {
			continue
		}
		switch d.Kind {
		case DecideMerge:
			x.kept[d.B] = d.A
		case DecideSplit:
			for _, source := range d.Leave {
				x.pinned[source] = d.B
			}
			for _, source := range d.Stay {
				if _, later := x.pinned[source]; !later {
					x.pinned[source] = d.A
				}
			}
			x.apart[pairOf(d.A, d.B)] = true
		case DecideApart:
			x.apart[pairOf(d.A, d.B)] = true
		}
	}
	return x
}

// pairOf gives two ids in order.
func pairOf(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// keeper gives the asset that an asset is shown as: itself, unless people joined it to another.
func (x decided) keeper(id string) string {
	for range len(x.kept) + 1 { // a chain is never longer, and a circle ends
		to, ok := x.kept[id]
		if !ok {
			break
		}
		id = to
	}
	return id
}

// same tells whether two assets are shown as one.
func (x decided) same(a, b string) bool { return x.keeper(a) == x.keeper(b) }

// join gives the assets as they are shown, and the parts of those that people joined, each as it is
// by itself.
func (x decided) join(own []Asset) (shown, parts []Asset) {
	if len(own) == 0 {
		return nil, nil
	}
	if len(x.kept) == 0 {
		if cap(own) > len(own)+len(own)/32 {
			own = slices.Clone(own) // a first round grows the list in leaps
		}
		return slices.Clip(own), nil
	}
	exists := map[string]bool{}
	for i := range own {
		exists[own[i].ID] = true
	}
	groups := map[string][]*Asset{}
	for i := range own {
		if to := x.keeper(own[i].ID); exists[to] {
			groups[to] = append(groups[to], &own[i])
		} else {
			groups[own[i].ID] = append(groups[own[i].ID], &own[i])
		}
	}
	for id, group := range groups {
		if len(group) == 1 {
			shown = append(shown, *group[0])
			continue
		}
		slices.SortFunc(group, func(a, b *Asset) int {
			return cmp.Or(-cmp.Compare(b2i(a.ID == id), b2i(b.ID == id)), cmp.Compare(a.ID, b.ID))
		})
		for _, a := range group {
			parts = append(parts, *a)
		}
		shown = append(shown, together(group))
	}
	return shown, parts
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// together gives the one asset that several are: it has the first one's id, and of each field the
// word that Merge would have kept had it known.
func together(parts []*Asset) Asset {
	whole := *parts[0]
	whole.Sources = slices.Clone(whole.Sources)
	for _, p := range parts[1:] {
		whole.absorb(p)
	}
	slices.SortFunc(whole.Sources, func(x, y Source) int {
		return cmp.Or(cmp.Compare(x.Collector, y.Collector), cmp.Compare(x.Address, y.Address))
	})
	return whole
}

func (a *Asset) absorb(p *Asset) {
	to, from := reflect.ValueOf(a).Elem(), reflect.ValueOf(p).Elem()
	for _, f := range assetFields {
		value := from.FieldByIndex(f.index)
		if value.IsZero() || f.name == "kind" && !known(p.Kind) {
			continue
		}
		bit := originBit[f.name]
		theirs, _ := p.Provenance.ofBit(bit)
		ours, said := a.Provenance.ofBit(bit)
		empty := to.FieldByIndex(f.index).IsZero() || f.name == "kind" && !known(a.Kind)
		better := cmp.Or(cmp.Compare(rank(theirs.Collector), rank(ours.Collector)), theirs.At.Compare(ours.At))
		if empty || said && better > 0 {
			to.FieldByIndex(f.index).Set(value)
			a.Provenance = a.Provenance.tell(theirs, 1<<bit, map[string]string{f.name: theirs.Evidence})
		}
	}
	for _, s := range p.Sources {
		if !slices.ContainsFunc(a.Sources, func(x Source) bool { return x.Collector == s.Collector && x.Address == s.Address }) {
			a.Sources = append(a.Sources, s)
		}
	}
	if p.FirstSeen.Before(a.FirstSeen) {
		a.FirstSeen = p.FirstSeen
	}
	if p.LastSeen.After(a.LastSeen) {
		a.LastSeen, a.Presence, a.PresenceNote = p.LastSeen, p.Presence, p.PresenceNote
	}
}

// ownAssets gives the assets as each is by itself: those that people joined stand with their parts.
func (s *Snapshot) ownAssets() []Asset {
	if len(s.Parts) == 0 {
		return s.Assets
	}
	isPart := map[string]bool{}
	for i := range s.Parts {
		isPart[s.Parts[i].ID] = true
	}
	own := slices.Clone(s.Parts)
	for i := range s.Assets {
		if !isPart[s.Assets[i].ID] {
			own = append(own, s.Assets[i])
		}
	}
	return own
}
