// Package validate judges an assignment that people have chosen: which limits it breaks, what it costs
// beyond the best that could be found, and who would want to move on again.
package validate

import (
	"context"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/assign/check"
)

// Verdict is the judgement of a choice.
type Verdict struct {
	Broken  []check.Breach  // empty: the choice keeps every rule
	Allowed bool            // no item goes where it may not; without this there is no cost
	Cost    int64           // of the choice, broken capacities or not
	Best    assign.Solution // the best found for the same problem, with its bound
	Regret  int64           // Cost less the best found; below 0 only when the choice breaks rules
	AtMost  float64         // Cost less the bound: what can be gained is not more than this
	Hops    []Hop           // by item
}

// Hop is an item whose own interest is another centre than the chosen one: a risk that its servers
// have to move a second time.
type Hop struct {
	Item   int
	Chosen int   // its centre in the choice
	Own    int   // the centre that is cheapest for it among those the choice opens
	Gain   int64 // what the item alone would save there
	Room   bool  // the own centre has room for it as things are chosen; false: it would have to push others out
	Best   int   // its centre in the best answer found, or assign.Refused
}

// Choice judges bin, an assignment of every item to a centre (or assign.Refused). The search for the
// best answer takes as long as ctx and o allow.
func Choice(ctx context.Context, p assign.Problem, bin []int, o assign.Options) Verdict {
	v := Verdict{Broken: check.Assignment(p, bin), Allowed: true}
	for _, b := range v.Broken {
		if b.Rule == "shape" || b.Rule == "forbidden" || b.Rule == "no_centre" {
			v.Allowed = false
		}
	}
	v.Best = assign.Search(ctx, p, o)
	if v.Allowed {
		v.Cost = check.Cost(p, bin)
		if v.Best.Feasible {
			v.Regret, v.AtMost = v.Cost-v.Best.Cost, float64(v.Cost)-v.Best.Bound
		}
	}
	if len(bin) == len(p.Cost) {
		v.Hops = hops(p, bin, v.Best)
	}
	return v
}

// hops lists the items that would be cheaper at another centre of the choice.
func hops(p assign.Problem, bin []int, best assign.Solution) []Hop {
	open := make([]bool, len(p.Capacity))
	room := make([][]int64, len(p.Capacity))
	for j, capacity := range p.Capacity {
		room[j] = append([]int64(nil), capacity...)
	}
	for _, j := range p.Must {
		open[j] = true
	}
	for i, j := range bin {
		if j < 0 || j >= len(open) {
			continue
		}
		open[j] = true
		for r, d := range p.Demand[i] {
			room[j][r] -= d
		}
	}
	var all []Hop
	for i, j := range bin {
		if j < 0 || j >= len(open) || p.Cost[i][j] == assign.Forbidden {
			continue
		}
		h := Hop{Item: i, Chosen: j, Own: j, Best: best.Bin[i]}
		least := p.Cost[i][j]
		for k, c := range p.Cost[i] {
			if open[k] && c != assign.Forbidden && c < least {
				least, h.Own = c, k
			}
		}
		if h.Own == j {
			continue
		}
		h.Gain, h.Room = p.Cost[i][j]-least, true
		for r, d := range p.Demand[i] {
			h.Room = h.Room && d <= room[h.Own][r]
		}
		all = append(all, h)
	}
	return all
}
