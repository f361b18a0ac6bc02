// Package assign sends items (municipalities) to centres at the least total cost within the centres'
// capacities, and says how good the answer is.
//
// The problem is the capacitated p-median: any number of resources, at most so many centres, centres
// that must open, items that must or must not share a centre, least loads for balance. A large
// neighbourhood search with annealing (lns.go, descent.go) finds good answers; a Lagrangian bound over
// knapsacks (lagrange.go, knapsack.go) says that no answer costs less; branch and bound (close.go)
// makes the two meet where it can. Feasibility and the p-centre problem (centre.go) use the same
// engine.
//
// All figures are whole numbers. Solve, and Search with a number of rounds, give the same answer for
// the same problem and seed on any machine, and more rounds never a worse one; Search under a context
// that ends gives the best answer by then.
package assign

import "context"

// Forbidden as a cost means that the item may not go to the centre.
const Forbidden = -1

// Refused is the bin of an item that is left out.
const Refused = -1

// Problem is what to decide. All numbers are 0 or more; every row has the same length. The order of
// items, centres and pairs has no meaning.
type Problem struct {
	Cost     [][]int64 // item × centre, or Forbidden
	Demand   [][]int64 // item × resource
	Capacity [][]int64 // centre × resource
	Refuse   []int64   // per item: what it costs to leave it out; nil: every item must be placed

	MaxOpen  int       // at most this many centres take items; 0: no limit
	Must     []int     // centres that are open whatever they take; they count toward MaxOpen
	Least    [][]int64 // centre × resource: what an open centre must take at least; nil: nothing
	Together [][2]int  // pairs of items that must share a centre
	Apart    [][2]int  // pairs of items that must not
}

// Solution is the best answer found.
type Solution struct {
	Feasible bool    // without Refuse: every item has a centre
	Bin      []int   // per item: its centre, or Refused
	Open     []int   // centres that take items or must be open, in order
	Cost     int64   // costs and refusals together
	Bound    float64 // no answer costs less
	Proven   bool    // no answer is better, or none exists
	Nodes    int     // branches of the search
	Rounds   int     // regions rebuilt by the search
	Reason   string  // when it is plain why no answer exists: in words
}

// Gap is how far the cost may be above the best there is, as a share of the cost.
func (s Solution) Gap() float64 {
	if !s.Feasible || s.Cost == 0 {
		return 0
	}
	return max(0, float64(s.Cost)-s.Bound) / float64(s.Cost)
}

// Options say how long to search.
type Options struct {
	Seed   uint64
	Rounds int // regions that each of the two searches rebuilds, the proof's work in proportion; 0: until the context ends or the answer is proven
}

// Solve finds the cheapest assignment within limits that do not depend on the machine: about a second
// on a small one at the size of a country.
func Solve(p Problem) Solution {
	return Search(context.Background(), p, Options{Rounds: 5_000})
}
