package nis2

import (
	"cmp"
	"slices"
)

// clearGroups is the mean silhouette below which there are no clear groups.
const clearGroups = 0.25

// jointlyKnown is the share of weight that two municipalities must both know to be compared.
const jointlyKnown = 0.6

// Groups are municipalities that lack the same things. Fewer than six, or no clear division, give none.
type Groups struct {
	Clear      bool    `json:"clear"`
	Silhouette float64 `json:"silhouette"` // how well the groups are apart, -1 to 1
	Groups     []Group `json:"groups"`
	// LeftOut are municipalities that know too little to be compared with the others.
	LeftOut []string `json:"left_out"`
}

// Group is some municipalities and what they lack most.
type Group struct {
	N              int       `json:"n"`
	Municipalities []string  `json:"municipalities"` // codes of those that may be named
	Lacks          []Lacking `json:"lacks"`          // the greatest differences from all others, most first
}

// Lacking is a control on which a group differs from the others.
type Lacking struct {
	Control string  `json:"control"`
	Here    float64 `json:"here"`   // mean share of target missing in the group, 0-1
	Others  float64 `json:"others"` // the same in all others
}

// Grouped divides the municipalities by what they lack: average linkage on the weighted difference of
// gaps, as many groups as stand apart best. The same input gives the same groups.
func Grouped(cat *Catalogue, assessments []Assessment) Groups {
	best := Groups{Groups: []Group{}, LeftOut: []string{}}
	all, d := best.compare(cat, sortedByCode(assessments))
	if len(all) < fewestForGroup {
		return best
	}
	var division [][]int
	for _, candidate := range linkage(d, len(all)/3) {
		if s := silhouette(d, candidate); s > best.Silhouette+even {
			best.Silhouette, division = s, candidate
		}
	}
	if best.Clear = best.Silhouette >= clearGroups; !best.Clear {
		return best
	}
	for _, members := range division {
		g := Group{N: len(members), Lacks: lacks(cat, all, members)}
		for _, i := range members {
			g.Municipalities = append(g.Municipalities, all[i].Municipality)
		}
		best.Groups = append(best.Groups, g)
	}
	return best
}

// missing gives the share of target that a municipality lacks on a control, if it is known.
func missing(r *ControlResult) (float64, bool) {
	return short(float64(r.Effective), float64(r.Target)), r.Applicable && r.State != Unanswered
}

// compare gives the distances between those that can be compared. Of two that know too little in
// common, the one that knows less is left out: a distance would be made up.
func (g *Groups) compare(cat *Catalogue, all []Assessment) ([]Assessment, [][]float64) {
	omega := cat.points()
	knows := func(a Assessment) float64 {
		var sum float64
		for i := range a.Controls {
			if _, known := missing(&a.Controls[i]); known {
				sum += omega[a.Controls[i].ID]
			}
		}
		return sum
	}
	slices.SortStableFunc(all, func(a, b Assessment) int { return cmp.Compare(knows(b), knows(a)) })
	var kept []Assessment
	for _, a := range all {
		if slices.ContainsFunc(kept, func(b Assessment) bool { _, ok := distance(omega, a, b); return !ok }) {
			g.LeftOut = append(g.LeftOut, a.Municipality)
			continue
		}
		kept = append(kept, a)
	}
	slices.Sort(g.LeftOut)
	kept = sortedByCode(kept)
	d := make([][]float64, len(kept))
	for i := range kept {
		d[i] = make([]float64, len(kept))
		for j := range i {
			d[i][j], _ = distance(omega, kept[i], kept[j])
			d[j][i] = d[i][j]
		}
	}
	return kept, d
}

// distance is the weighted difference of two municipalities' gaps over what both know, 0-1. It is
// false when that is too little.
func distance(omega map[string]float64, x, y Assessment) (float64, bool) {
	var sum, known, whole float64
	for k := range x.Controls {
		w := omega[x.Controls[k].ID]
		whole += w
		a, knownA := missing(&x.Controls[k])
		b, knownB := missing(&y.Controls[k])
		if knownA && knownB {
			known += w
			sum += w * max(a-b, b-a)
		}
	}
	if known == 0 || known < jointlyKnown*whole-even {
		return 0, false
	}
	return sum / known, true
}

// linkage joins the two nearest groups again and again, and gives the divisions into 2 to most groups.
// Of equally near ones the first by municipality code are joined.
func linkage(d [][]float64, most int) [][][]int {
	var groups [][]int
	for i := range d {
		groups = append(groups, []int{i})
	}
	var divisions [][][]int
	for len(groups) > 1 {
		if len(groups) <= most {
			divisions = append(divisions, slices.Clone(groups))
		}
		a, b, nearest := 0, 1, -1.0
		for i := range groups {
			for j := range i {
				if x := apart(d, groups[i], groups[j]); nearest < 0 || x < nearest-even {
					a, b, nearest = j, i, x
				}
			}
		}
		joined := slices.Concat(groups[a], groups[b])
		slices.Sort(joined)
		groups = slices.Delete(slices.Clone(groups), b, b+1)
		groups[a] = joined
	}
	return divisions
}

// apart is the mean distance between the members of two groups.
func apart(d [][]float64, a, b []int) float64 {
	var sum float64
	for _, i := range a {
		for _, j := range b {
			sum += d[i][j]
		}
	}
	return sum / float64(len(a)*len(b))
}

// silhouette tells how much nearer members are to their own group than to the next, as a mean. A
// member alone in its group counts 0.
func silhouette(d [][]float64, groups [][]int) float64 {
	var sum float64
	for g, members := range groups {
		if len(members) == 1 {
			continue
		}
		for _, i := range members {
			own := apart(d, []int{i}, members) * float64(len(members)) / float64(len(members)-1)
			next := -1.0
			for h, others := range groups {
				if x := apart(d, []int{i}, others); h != g && (next < 0 || x < next) {
					next = x
				}
			}
			if most := max(own, next); most > 0 {
				sum += (next - own) / most
			}
		}
	}
	return sum / float64(len(d))
}

// mostLacks is how many controls describe a group.
const mostLacks = 5

// lacks finds what a group is short of more than the others.
func lacks(cat *Catalogue, all []Assessment, members []int) []Lacking {
	omega := cat.points()
	found := []Lacking{}
	for k := range cat.Controls {
		var sum, n [2]float64 // members, others
		for i := range all {
			share, known := missing(&all[i].Controls[k])
			side := 1
			if slices.Contains(members, i) {
				side = 0
			}
			if known {
				sum[side] += share
				n[side]++
			}
		}
		if n[0] == 0 || n[1] == 0 {
			continue
		}
		if l := (Lacking{cat.Controls[k].ID, sum[0] / n[0], sum[1] / n[1]}); l.Here > l.Others+even {
			found = append(found, l)
		}
	}
	slices.SortStableFunc(found, func(a, b Lacking) int {
		return cmp.Compare(omega[b.Control]*(b.Here-b.Others), omega[a.Control]*(a.Here-a.Others))
	})
	return found[:min(mostLacks, len(found))]
}
