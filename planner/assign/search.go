package assign

import (
	"cmp"
	"math"
	"slices"
)

// search goes through what the bound leaves open.
type search struct {
	*model
	share    []float64 // item × bin × resource: demand as a share of the bin's capacity
	scale    []float64 // bin × resource: 1 / capacity
	left     [][]int64
	bin      []int // of the items decided so far, -1 for the others
	best     []int
	bestCost int64
	nodes    int
	spent    int // of the budget
}

// open is an item that is not decided, with the bins it may still go to and their prices.
type open struct {
	item   int
	bins   []int
	prices []float64
	least  float64
}

func newSearch(m *model) *search {
	s := &search{model: m, left: room(m.capacity), bin: make([]int, m.items), bestCost: math.MaxInt64,
		share: make([]float64, m.items*m.bins*m.resources), scale: make([]float64, m.bins*m.resources)}
	for j := range m.bins {
		for r := range m.resources {
			s.scale[j*m.resources+r] = 1 / math.Max(1, float64(m.capacity[j][r]))
		}
	}
	for i := range m.items {
		s.bin[i] = -1
		for j := range m.bins {
			for r := range m.resources {
				s.share[(i*m.bins+j)*m.resources+r] = float64(m.demand[i][r]) * s.scale[j*m.resources+r]
			}
		}
	}
	return s
}

// run searches from the start and gives the bound before any branch.
func (s *search) run() float64 {
	free := make([]open, s.items)
	for i := range free {
		free[i].item = i
		for j, c := range s.cost[i] {
			if c != Forbidden {
				free[i].bins = append(free[i].bins, j)
			}
		}
		free[i].prices = make([]float64, len(free[i].bins))
	}
	prices := make([]float64, s.bins*s.resources)
	s.tryAnswer(prices)
	// Several rounds of steps at the start, each with an answer from the prices found so far, pay for
	// themselves: every later branch begins with these prices.
	bound := 0.0
	for range 8 {
		if !s.fit(free) {
			return 0
		}
		bound = math.Max(bound, s.raise(free, prices, 0, 80))
		s.tryAnswer(prices)
	}
	s.branch(free, prices, 0)
	return bound
}

// tryAnswer completes what is decided at the given prices and keeps the result when it is the best.
func (s *search) tryAnswer(u []float64) {
	bin, left := slices.Clone(s.bin), room(s.left)
	if !s.complete(bin, left, func(i, j int) float64 { return s.price(i, j, u) }) {
		return
	}
	s.exchange(bin, left)
	s.keep(bin)
}

// keep remembers an answer that is better than the best so far.
func (s *search) keep(bin []int) {
	var total int64
	for i, j := range bin {
		total += s.cost[i][j]
	}
	if total < s.bestCost {
		s.bestCost, s.best = total, slices.Clone(bin)
	}
}

// price is the cost of an item in a bin plus what its demand costs there.
func (s *search) price(i, j int, u []float64) float64 {
	v := float64(s.cost[i][j])
	if j < s.bins {
		at, pay := (i*s.bins+j)*s.resources, u[j*s.resources:(j+1)*s.resources]
		for r, d := range s.share[at : at+s.resources] {
			v += pay[r] * d
		}
	}
	return v
}

// fit strikes out the bins that an item no longer fits into. False: some item has none left, or all
// that is left of some resource does not suffice for the items that cannot be refused.
func (s *search) fit(free []open) bool {
	needed := make([]int64, s.resources)
	for k := range free {
		o := &free[k]
		n := 0
		for _, j := range o.bins {
			if s.fits(s.left, o.item, j) {
				o.bins[n] = j
				n++
			}
		}
		if o.bins = o.bins[:n]; n == 0 {
			return false
		}
		if o.bins[n-1] < s.bins {
			for r := range needed {
				needed[r] += s.demand[o.item][r]
			}
		}
	}
	for r, n := range needed {
		for j := range s.left {
			n -= s.left[j][r]
		}
		if n > 0 {
			return false
		}
	}
	return true
}

// raise moves the prices u so that the bound on any answer below this point rises (subgradient steps
// toward the best answer), leaves the best prices found in u and the items' prices at them in free,
// and gives the bound. decided is the cost of what is decided.
func (s *search) raise(free []open, u []float64, decided int64, steps int) float64 {
	target := float64(s.bestCost)
	if s.bestCost == math.MaxInt64 {
		target = float64(decided)
		for _, o := range free {
			for _, j := range o.bins {
				target += float64(s.cost[o.item][j])
			}
		}
	}
	best, bound := slices.Clone(u), math.Inf(-1)
	slack := make([]float64, len(u))
	step, stale := 1.0, 0
	for range steps {
		s.spent++
		value := float64(decided)
		for j := range s.bins {
			for r := range s.resources {
				k := j*s.resources + r
				slack[k] = -float64(s.left[j][r]) * s.scale[k]
				value += u[k] * slack[k]
			}
		}
		for k := range free {
			o := &free[k]
			at, least := -1, math.Inf(1)
			for _, j := range o.bins {
				if v := s.price(o.item, j, u); v < least {
					at, least = j, v
				}
			}
			value += least
			if at < s.bins {
				from := (o.item*s.bins + at) * s.resources
				for r, d := range s.share[from : from+s.resources] {
					slack[at*s.resources+r] += d
				}
			}
		}
		if value > bound {
			bound, stale = value, 0
			copy(best, u)
		} else if stale++; stale >= 5 {
			step, stale = step/2, 0
		}
		norm := 0.0
		for k, g := range slack {
			if u[k] > 0 || g > 0 {
				norm += g * g
			}
		}
		if norm == 0 || s.tooDear(bound) || value >= target {
			break
		}
		for k, g := range slack {
			u[k] = math.Max(0, u[k]+step*(target-value)/norm*g)
		}
	}
	copy(u, best)
	for k := range free {
		o := &free[k]
		o.least = math.Inf(1)
		for n, j := range o.bins {
			o.prices[n] = s.price(o.item, j, u)
			o.least = math.Min(o.least, o.prices[n])
		}
	}
	return bound
}

// tooDear tells whether an answer of at least this price cannot beat the best one. Costs are whole
// numbers, so a better answer is at least one cheaper; the rest is room for rounding.
func (s *search) tooDear(price float64) bool {
	return s.bestCost != math.MaxInt64 && price > float64(s.bestCost)-1+1e-6+1e-12*float64(s.bestCost)
}

// branch searches all answers that agree with what is decided. It owns free and u.
func (s *search) branch(free []open, u []float64, decided int64) {
	var undo []int
	defer func() {
		for _, i := range undo {
			s.put(s.left, i, s.bin[i], -1)
			s.bin[i] = -1
		}
	}()
	s.nodes++
	var bound float64
	for {
		if s.spent >= budget || !s.fit(free) {
			return
		}
		bound = s.raise(free, u, decided, 6)
		if s.tooDear(bound) {
			return
		}
		// Strike out what the bound shows to be too dear; what has one bin left is decided.
		rest := free[:0]
		for _, o := range free {
			n := 0
			for k, j := range o.bins {
				if !s.tooDear(bound + o.prices[k] - o.least) {
					o.bins[n], o.prices[n] = j, o.prices[k]
					n++
				}
			}
			o.bins, o.prices = o.bins[:n], o.prices[:n]
			if n > 1 {
				rest = append(rest, o)
				continue
			}
			if n == 0 || !s.fits(s.left, o.item, o.bins[0]) {
				return
			}
			s.put(s.left, o.item, o.bins[0], 1)
			s.bin[o.item] = o.bins[0]
			decided += s.cost[o.item][o.bins[0]]
			undo = append(undo, o.item)
		}
		if len(rest) == len(free) {
			break
		}
		free = rest
	}
	if len(free) == 0 {
		s.keep(s.bin)
		return
	}
	if s.nodes%8 == 0 {
		s.tryAnswer(u)
	}

	// Branch on the item whose second choice costs most beyond its first: that branch ends soonest.
	at, most := 0, -1.0
	for k, o := range free {
		second := math.Inf(1)
		seen := false
		for _, v := range o.prices {
			if v == o.least && !seen {
				seen = true
			} else {
				second = math.Min(second, v)
			}
		}
		if second-o.least > most {
			at, most = k, second-o.least
		}
	}
	o := free[at]
	order := make([]int, len(o.bins))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(o.prices[a], o.prices[b]) })
	for _, k := range order {
		j := o.bins[k]
		if s.spent >= budget || s.tooDear(bound+o.prices[k]-o.least) || !s.fits(s.left, o.item, j) {
			continue
		}
		below := make([]open, 0, len(free)-1)
		for n, f := range free {
			if n != at {
				f.bins, f.prices = slices.Clone(f.bins), slices.Clone(f.prices)
				below = append(below, f)
			}
		}
		s.put(s.left, o.item, j, 1)
		s.bin[o.item] = j
		s.branch(below, slices.Clone(u), decided+s.cost[o.item][j])
		s.put(s.left, o.item, j, -1)
		s.bin[o.item] = -1
	}
}
