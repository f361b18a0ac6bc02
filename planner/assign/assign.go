// Package assign sends items (municipalities) to bins (centres) at the least total cost within the
// bins' capacities, and says how good the answer is.
//
// It works on plain integers. A lower bound comes from Lagrangian relaxation of the capacities: each
// bin's resources get prices, and every item takes what is cheapest at those prices. Choices that the
// bound shows to be too dear are struck out, and the rest is searched, with the prices found anew at
// every branch. Good answers come from regret and exchanges along the way. The search has a budget
// that does not depend on the machine; when it runs out, the best answer and the bound are returned
// unproven.
package assign

import (
	"math"
	"slices"
)

// Forbidden as a cost means that the item may not go to the bin.
const Forbidden = -1

// Problem is what to decide. All numbers are 0 or more; every row has the same length.
type Problem struct {
	Cost     [][]int64 // item × bin, or Forbidden
	Demand   [][]int64 // item × resource
	Capacity [][]int64 // bin × resource
	Refuse   []int64   // per item: what it costs to leave it out; nil: every item must be placed
}

// Refused is the bin of an item that is left out.
const Refused = -1

// Solution is the best answer found.
type Solution struct {
	Feasible bool    // without Refuse: every item has a bin
	Bin      []int   // per item, or Refused
	Cost     int64   // costs and refusals together
	Bound    float64 // no answer costs less
	Proven   bool    // no answer is better, or none exists
	Nodes    int     // branches of the search
}

// budget is how many times the search may price all items: about a second on a small machine at the
// size of a country.
const budget = 600_000

// Solve finds the cheapest assignment.
func Solve(p Problem) Solution {
	m := newModel(p)
	s := newSearch(m)
	bound := s.run()
	sol := Solution{Bin: make([]int, m.items), Cost: s.bestCost, Bound: bound, Nodes: s.nodes, Proven: s.spent < budget}
	sol.Feasible = s.best != nil
	if !sol.Feasible {
		sol.Cost, sol.Bound = 0, 0
		for i := range sol.Bin {
			sol.Bin[i] = Refused
		}
		return sol
	}
	if sol.Proven {
		sol.Bound = float64(sol.Cost)
	}
	sol.Bound = min(sol.Bound, float64(sol.Cost))
	for i, b := range s.best {
		sol.Bin[i] = b
		if b == m.bins { // the extra bin of the refused
			sol.Bin[i] = Refused
		}
	}
	return sol
}

// model is the problem with refusal as one more bin that has room for all.
type model struct {
	items, bins, all, resources int
	cost                        [][]int64
	demand, capacity            [][]int64
}

func newModel(p Problem) *model {
	m := &model{items: len(p.Cost), bins: len(p.Capacity), demand: p.Demand, capacity: p.Capacity}
	m.all = m.bins
	if m.bins > 0 {
		m.resources = len(p.Capacity[0])
	}
	for _, row := range p.Cost {
		m.cost = append(m.cost, slices.Clone(row))
	}
	if p.Refuse != nil {
		m.all++
		for i := range m.cost {
			m.cost[i] = append(m.cost[i], p.Refuse[i])
		}
	}
	return m
}

// fits tells whether an item fits into what is left of a bin.
func (m *model) fits(left [][]int64, i, j int) bool {
	if j == m.bins {
		return true
	}
	for r, l := range left[j] {
		if m.demand[i][r] > l {
			return false
		}
	}
	return true
}

// put takes (sign 1) or gives back (sign -1) an item's demand.
func (m *model) put(left [][]int64, i, j int, sign int64) {
	if j == m.bins {
		return
	}
	for r := range left[j] {
		left[j][r] -= sign * m.demand[i][r]
	}
}

// room gives a copy of what is left, or of all capacity.
func room(left [][]int64) [][]int64 {
	out := make([][]int64, len(left))
	for j := range left {
		out[j] = slices.Clone(left[j])
	}
	return out
}

// complete puts the items that have no bin (-1) where there is room: the item that would lose most by
// not getting its best bin goes first. It tells whether all found room.
func (m *model) complete(bin []int, left [][]int64, price func(i, j int) float64) bool {
	var open []int
	prices := make([][]float64, m.items)
	for i, j := range bin {
		if j >= 0 {
			continue
		}
		open = append(open, i)
		prices[i] = make([]float64, m.all)
		for j := range m.all {
			prices[i][j] = price(i, j)
		}
	}
	for len(open) > 0 {
		at, to, most := -1, -1, -1.0
		for k, i := range open {
			first, second, where := math.Inf(1), math.Inf(1), -1
			for j := range m.all {
				v := prices[i][j]
				if v >= second || m.cost[i][j] == Forbidden || !m.fits(left, i, j) {
					continue
				}
				if v < first {
					first, second, where = v, first, j
				} else {
					second = v
				}
			}
			if where < 0 {
				return false
			}
			if second-first > most {
				at, to, most = k, where, second-first
			}
		}
		bin[open[at]] = to
		m.put(left, open[at], to, 1)
		open = slices.Delete(open, at, at+1)
	}
	return true
}

// exchange improves an answer by moving one item, or swapping two, while it saves anything.
func (m *model) exchange(bin []int, left [][]int64) {
	for improved := true; improved; {
		improved = false
		for i := range m.items {
			for j := range m.all {
				if c := m.cost[i][j]; c != Forbidden && c < m.cost[i][bin[i]] && m.fits(left, i, j) {
					m.put(left, i, bin[i], -1)
					m.put(left, i, j, 1)
					bin[i], improved = j, true
				}
			}
			for k := i + 1; k < m.items; k++ {
				a, b := bin[i], bin[k]
				if a == b || m.cost[i][b] == Forbidden || m.cost[k][a] == Forbidden ||
					m.cost[i][b]+m.cost[k][a] >= m.cost[i][a]+m.cost[k][b] {
					continue
				}
				m.put(left, i, a, -1)
				m.put(left, k, b, -1)
				if m.fits(left, i, b) && m.fits(left, k, a) {
					bin[i], bin[k], improved = b, a, true
				}
				m.put(left, i, bin[i], 1)
				m.put(left, k, bin[k], 1)
			}
		}
	}
}
