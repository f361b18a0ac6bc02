// Package assign sends items (municipalities) to bins (centres) at the least total cost within the
// bins' capacities, and says how good the answer is.
//
// It works on plain integers. Solve takes a lower bound from Lagrangian relaxation of the capacities,
// a good start from regret and exchanges, strikes out every choice that the bound shows cannot be
// part of a better answer, and searches the rest exhaustively. At the size of a country (98 items,
// five bins) that ends with a proof nearly always; when the search runs out of its budget of nodes,
// which does not depend on the machine, the best answer and the bound are returned unproven.
package assign

import (
	"cmp"
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
	Nodes    int     // of the search
}

// budget is how many nodes the search may visit: one to two seconds on a small machine.
const budget = 10_000_000

// Solve finds the cheapest assignment.
func Solve(p Problem) Solution {
	m := newModel(p)
	best, bestCost := m.start()
	u, bound := m.relax(bestCost)
	s := search{model: m, best: best, bestCost: bestCost}
	s.run(u)
	sol := Solution{Bin: make([]int, m.items), Cost: s.bestCost, Bound: bound, Nodes: s.nodes, Proven: s.nodes < budget}
	sol.Feasible = s.best != nil
	if !sol.Feasible {
		sol.Cost = 0
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
	for r, d := range m.demand[i] {
		if d > left[j][r] {
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
	for r, d := range m.demand[i] {
		left[j][r] -= sign * d
	}
}

func (m *model) room() [][]int64 {
	left := make([][]int64, m.bins)
	for j := range left {
		left[j] = slices.Clone(m.capacity[j])
	}
	return left
}

// start builds an answer: the item that would lose most by not getting its best bin goes first, then
// items move and change places while that saves. It gives nil when it finds no room for some item;
// the search may still.
func (m *model) start() ([]int, int64) {
	left := m.room()
	bin := make([]int, m.items)
	for i := range bin {
		bin[i] = -1
	}
	for range m.items {
		item, to, most := -1, -1, int64(-1)
		for i := range m.items {
			if bin[i] >= 0 {
				continue
			}
			first, second, at := int64(math.MaxInt64), int64(math.MaxInt64), -1
			for j := range m.all {
				c := m.cost[i][j]
				if c == Forbidden || !m.fits(left, i, j) {
					continue
				}
				if c < first {
					first, second, at = c, first, j
				} else if c < second {
					second = c
				}
			}
			if at < 0 {
				return nil, math.MaxInt64
			}
			if regret := second - first; regret > most {
				item, to, most = i, at, regret
			}
		}
		bin[item] = to
		m.put(left, item, to, 1)
	}
	m.exchange(bin, left)
	var total int64
	for i, j := range bin {
		total += m.cost[i][j]
	}
	return bin, total
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

// relax gives the prices of the bins' resources that make the bound high, and the bound itself:
// every item takes its cheapest bin at cost plus price times demand, and the prices of all room are
// paid back (Lagrangian relaxation, subgradient steps).
func (m *model) relax(upper int64) ([][]float64, float64) {
	u, best := make([][]float64, m.bins), make([][]float64, m.bins)
	scale := make([][]float64, m.bins) // resources differ by orders of magnitude: work in shares of the bin
	for j := range u {
		u[j], best[j], scale[j] = make([]float64, m.resources), make([]float64, m.resources), make([]float64, m.resources)
		for r := range scale[j] {
			scale[j][r] = 1 / math.Max(1, float64(m.capacity[j][r]))
		}
	}
	target := float64(upper)
	if upper == math.MaxInt64 {
		target = 0
		for i := range m.cost {
			for _, c := range m.cost[i] {
				target += float64(max(0, c))
			}
		}
	}
	bound, step, stale := math.Inf(-1), 2.0, 0
	slack := make([][]float64, m.bins)
	for range 600 {
		value := 0.0
		for j := range slack {
			slack[j] = make([]float64, m.resources)
			for r := range slack[j] {
				slack[j][r] = -float64(m.capacity[j][r]) * scale[j][r]
				value -= u[j][r] * float64(m.capacity[j][r]) * scale[j][r]
			}
		}
		for i := range m.items {
			at, least := -1, math.Inf(1)
			for j := range m.all {
				if v := m.price(i, j, u, scale); v < least {
					at, least = j, v
				}
			}
			if at < 0 {
				return best, math.Inf(1) // an item that may go nowhere
			}
			value += least
			if at < m.bins {
				for r, d := range m.demand[i] {
					slack[at][r] += float64(d) * scale[at][r]
				}
			}
		}
		if value > bound {
			bound, stale = value, 0
			for j := range u {
				copy(best[j], u[j])
			}
		} else if stale++; stale >= 20 {
			step, stale = step/2, 0
		}
		norm := 0.0
		for j := range slack {
			for r, g := range slack[j] {
				if u[j][r] > 0 || g > 0 {
					norm += g * g
				}
			}
		}
		if norm == 0 || step < 1e-4 || value >= target {
			break
		}
		for j := range u {
			for r := range u[j] {
				u[j][r] = math.Max(0, u[j][r]+step*(target-value)/norm*slack[j][r])
			}
		}
	}
	for j := range best { // back to prices per unit
		for r := range best[j] {
			best[j][r] *= scale[j][r]
		}
	}
	return best, math.Max(0, bound)
}

// price is the cost of an item in a bin plus what its demand costs there. Infinite: forbidden.
func (m *model) price(i, j int, u, scale [][]float64) float64 {
	if m.cost[i][j] == Forbidden {
		return math.Inf(1)
	}
	v := float64(m.cost[i][j])
	if j < m.bins {
		for r, d := range m.demand[i] {
			p := u[j][r]
			if scale != nil {
				p *= scale[j][r]
			}
			v += p * float64(d)
		}
	}
	return v
}

// search goes through what the bound leaves open.
type search struct {
	*model
	best     []int
	bestCost int64
	nodes    int

	options [][]option // per depth, cheapest first
	item    []int      // per depth
	rest    []float64  // least cost of the items from this depth on
	needed  [][]int64  // per depth and resource: demand of the items from this depth on
	left    [][]int64
	bin     []int
}

type option struct {
	bin   int
	price float64
}

// run orders the items, those with fewest and most different options first, and searches.
func (s *search) run(u [][]float64) {
	paid := 0.0
	for j := range u {
		for r, v := range u[j] {
			paid -= v * float64(s.capacity[j][r])
		}
	}
	s.options = make([][]option, s.items)
	s.item = make([]int, s.items)
	total := paid
	for i := range s.items {
		s.item[i] = i
		for j := range s.all {
			if v := s.price(i, j, u, nil); !math.IsInf(v, 1) {
				s.options[i] = append(s.options[i], option{j, v})
			}
		}
		if len(s.options[i]) == 0 {
			return // nowhere to go: no answer exists
		}
		slices.SortStableFunc(s.options[i], func(a, b option) int { return cmp.Compare(a.price, b.price) })
		total += s.options[i][0].price
	}
	regret := make([]float64, s.items)
	for i, os := range s.options {
		// Strike out what the bound shows to be too dear.
		s.options[i] = slices.DeleteFunc(os, func(o option) bool {
			return o != os[0] && s.tooDear(total+o.price-os[0].price)
		})
		regret[i] = math.Inf(1)
		if len(s.options[i]) > 1 {
			regret[i] = s.options[i][1].price - s.options[i][0].price
		}
	}
	slices.SortStableFunc(s.item, func(a, b int) int { return cmp.Compare(regret[b], regret[a]) })
	ordered := make([][]option, s.items)
	for d, i := range s.item {
		ordered[d] = s.options[i]
	}
	s.options = ordered
	s.rest = make([]float64, s.items+1)
	s.needed = make([][]int64, s.items+1)
	s.needed[s.items] = make([]int64, s.resources)
	for d := s.items - 1; d >= 0; d-- {
		s.rest[d] = s.rest[d+1] + s.options[d][0].price
		s.needed[d] = slices.Clone(s.needed[d+1])
		if s.options[d][len(s.options[d])-1].bin != s.bins && !slices.ContainsFunc(s.options[d], func(o option) bool { return o.bin == s.bins }) {
			for r, v := range s.demand[s.item[d]] {
				s.needed[d][r] += v
			}
		}
	}
	s.left = s.room()
	s.bin = make([]int, s.items)
	s.descend(0, paid, 0)
}

// tooDear tells whether an answer of at least this price cannot beat the best one. Costs are whole
// numbers, so a better answer is at least one cheaper; the rest is room for rounding.
func (s *search) tooDear(price float64) bool {
	return s.bestCost != math.MaxInt64 && price > float64(s.bestCost)-1+1e-6+1e-12*float64(s.bestCost)
}

func (s *search) descend(depth int, price float64, cost int64) {
	if depth == s.items {
		if cost < s.bestCost {
			s.bestCost, s.best = cost, slices.Clone(s.bin)
		}
		return
	}
	for r, need := range s.needed[depth] {
		var room int64
		for j := range s.left {
			room += s.left[j][r]
		}
		if need > room {
			return
		}
	}
	i := s.item[depth]
	for _, o := range s.options[depth] {
		if s.nodes >= budget || s.tooDear(price+o.price+s.rest[depth+1]) {
			return
		}
		if !s.fits(s.left, i, o.bin) {
			continue
		}
		s.nodes++
		s.bin[i] = o.bin
		s.put(s.left, i, o.bin, 1)
		s.descend(depth+1, price+o.price, cost+s.cost[i][o.bin])
		s.put(s.left, i, o.bin, -1)
	}
}
