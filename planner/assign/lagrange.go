package assign

import (
	"math"
	"slices"
)

// relaxation bounds the cost from below: the rule that each item has a centre is dropped, and each
// item pays a price for one instead. Then every site packs what profits it most, and the sites with
// the most profit open. The prices are moved until the bound is high.
type relaxation struct {
	*model
	packs   []packing
	value   []float64 // per site: profit, exact or bounded from above
	chosen  []int32   // sites that open at the best prices
	left    int       // pricings that may still be made, below 0: no limit
	stop    func() bool
	cover   []int32
	offer   func(sites []int32) // called with sites worth a try as an answer; may be nil
	often   []int32             // per site: how often it opened in the last ascent
	where   []int32             // site × item: how often it was taken there; nil when there are too many
	tally   int32
	sorted  []int32
	current []int32
}

func newRelaxation(m *model) *relaxation {
	x := &relaxation{model: m, packs: make([]packing, m.sites), value: make([]float64, m.sites), cover: make([]int32, m.items),
		often: make([]int32, m.sites), left: -1, stop: func() bool { return false }}
	for j := range x.packs {
		x.packs[j] = newPacking(m.resources)
	}
	if m.closable() {
		x.where = make([]int32, m.sites*m.items)
	}
	return x
}

// load prepares a site's packing at some prices.
func (x *relaxation) load(n *node, j int, pi []float64) {
	p := &x.packs[j]
	p.items, p.demand, p.base = p.items[:0], p.demand[:0], 0
	copy(p.room, x.capacity[j*x.resources:])
	row := x.cost[j*x.items : (j+1)*x.items]
	for i, c := range row {
		profit := pi[i] - float64(c)
		if at := n.fixed[i]; at != unfixed {
			if int(at) == j {
				p.base += profit
				for r := range x.resources {
					p.room[r] -= x.demand[i*x.resources+r]
				}
			}
			continue
		}
		if profit <= 0 || c == never || (n.banned != nil && n.banned[j*x.items+i]) {
			continue
		}
		p.items = append(p.items, packed{item: int32(i), k: int32(len(p.items)), profit: profit})
		p.demand = append(p.demand, x.demand[i*x.resources:(i+1)*x.resources]...)
	}
	if len(p.items) > 0 {
		n.trim(x, p)
	}
	p.relax()
}

// price gives the bound at some prices, the sites that open (current) and how often each item is
// covered (cover).
func (x *relaxation) price(n *node, pi []float64) float64 {
	x.sorted = x.sorted[:0]
	bound := 0.0
	for i := range x.items {
		x.cover[i] = 0
		bound += pi[i]
		if x.refusable && n.fixed[i] == unfixed && !n.kept(i) && pi[i] > float64(x.out[i]) {
			bound -= pi[i] - float64(x.out[i])
			x.cover[i]++
		}
		if n.fixed[i] == refused {
			bound += float64(x.out[i]) - pi[i]
			x.cover[i] = 1
		}
	}
	for j := range x.sites {
		if n.status[j] == closed {
			continue
		}
		x.load(n, j, pi)
		x.value[j] = x.packs[j].bound
		x.sorted = append(x.sorted, int32(j))
	}
	slices.SortFunc(x.sorted, func(a, b int32) int {
		if na, nb := n.status[a] == opened, n.status[b] == opened; na != nb {
			if na {
				return -1
			}
			return 1
		}
		if x.value[a] != x.value[b] {
			if x.value[a] > x.value[b] {
				return -1
			}
			return 1
		}
		return int(a - b)
	})
	// Sites in order of their bounds: solve them exactly until the rest cannot be among the best.
	x.current = x.current[:0]
	for _, j := range x.sorted {
		full := len(x.current) >= x.slots
		if full && (n.status[j] == opened || x.value[j] <= x.value[x.current[x.slots-1]]) {
			break
		}
		x.value[j] = x.packs[j].solve()
		if n.status[j] != opened && x.value[j] <= 0 {
			continue
		}
		at := len(x.current)
		for at > 0 && n.status[j] != opened && n.status[x.current[at-1]] != opened && x.value[x.current[at-1]] < x.value[j] {
			at--
		}
		x.current = slices.Insert(x.current, at, j)
	}
	x.current = x.current[:min(len(x.current), x.slots)]
	for _, j := range x.current {
		bound -= x.value[j]
		p := &x.packs[j]
		for k, in := range p.best {
			if in {
				x.cover[p.items[k].item]++
				if x.where != nil {
					x.where[int(j)*x.items+int(p.items[k].item)]++
				}
			}
		}
		x.often[j]++
	}
	for i, at := range n.fixed {
		if at >= 0 {
			x.cover[i] = 1
		}
	}
	x.tally++
	return bound
}

// ascend moves the prices so that the bound rises, for at most so many steps, and leaves the best
// prices in pi. It ends early when the bound shows that nothing below limit exists.
func (x *relaxation) ascend(n *node, pi []float64, steps int, limit func() float64) float64 {
	clear(x.often)
	clear(x.where)
	x.tally = 0
	best, bound := slices.Clone(pi), math.Inf(-1)
	direction := make([]float64, x.items)
	step, stale := 1.0, 0
	if n.depth > 0 {
		step = 0.3
	}
	for t := range steps {
		if x.left == 0 || x.stop() {
			break
		}
		x.left--
		value := x.price(n, pi)
		if value > bound {
			if value > bound+1e-4*math.Abs(bound) || n.depth == 0 && value > bound+1e-6*math.Abs(bound) {
				stale = 0
			}
			bound = value
			copy(best, pi)
			x.chosen = append(x.chosen[:0], x.current...)
			if x.offer != nil && n.depth == 0 && t%4 == 0 {
				x.offer(x.chosen)
			}
		}
		if stale++; stale > 12 {
			step, stale = step*0.6, 0
			copy(pi, best)
			if step < 0.002 {
				break
			}
		}
		target := limit()
		if bound > target {
			break
		}
		norm := 0.0
		for i := range direction {
			g := float64(1 - x.cover[i])
			if n.fixed[i] != unfixed {
				g = 0
			}
			direction[i] = 0.7*g + 0.3*direction[i]
			norm += direction[i] * direction[i]
		}
		if norm < 1e-12 {
			break
		}
		length := step * (1.02*target - value) / norm
		if length <= 0 {
			length = step * 0.01 * math.Abs(value) / norm
		}
		for i := range pi {
			pi[i] = math.Max(0, pi[i]+length*direction[i])
		}
	}
	copy(pi, best)
	return bound
}
