package assign

import (
	"cmp"
	"math"
	"slices"
)

// packing is one site's share of the relaxed problem: which items to take so that their profits are
// most. Some are forced in.
//
// Several resources are bounded as one: each item has a size, the sum of its shares of the room left,
// weighted. Any weights give a bound; they follow what binds, from one pricing to the next.
type packing struct {
	items     []packed
	demand    []int64 // item of items × resource
	base      float64 // profit of the forced items
	room      []int64 // what they leave
	resources int
	weights   []float64 // per resource, 1 in all
	next      []float64 // the weights of the next pricing
	space     float64   // room for sizes
	bound     float64
	// of the exact search
	in, best []bool
	value    float64
	nodes    int
}

type packed struct {
	item                int32
	k                   int32 // its place in demand
	profit, ratio, size float64
}

// patience is how many branches an exact packing may take; beyond them its bound stands in for it.
const patience = 1500

func newPacking(resources int) packing {
	p := packing{resources: resources, room: make([]int64, resources), weights: make([]float64, resources),
		next: make([]float64, resources)}
	for r := range p.next {
		p.next[r] = 1 / float64(resources)
	}
	return p
}

func (p *packing) of(it *packed) []int64 {
	return p.demand[int(it.k)*p.resources : (int(it.k)+1)*p.resources]
}

// size is the weighted share of the room that a demand takes.
func (p *packing) size(demand []int64) (s float64) {
	for r, d := range demand {
		if d > 0 && p.room[r] > 0 {
			s += p.weights[r] * float64(d) / float64(p.room[r])
		}
	}
	return s
}

// relax bounds the profit from above: the last item may be cut.
func (p *packing) relax() {
	p.space = 1
	copy(p.weights, p.next)
	p.order()
	p.bound = p.base + p.fill(0, p.space, -1)
	if p.resources > 1 {
		p.reweigh()
	}
}

// order sorts the items by profit per size.
func (p *packing) order() {
	for k := range p.items {
		it := &p.items[k]
		it.size = p.size(p.of(it))
		it.ratio = it.profit / math.Max(it.size, 1e-12)
	}
	slices.SortFunc(p.items, func(a, b packed) int {
		if a.ratio != b.ratio {
			return cmp.Compare(b.ratio, a.ratio)
		}
		return cmp.Compare(a.item, b.item)
	})
}

// reweigh gives more weight to the resources that the relaxed packing overdraws. It counts from the
// next time.
func (p *packing) reweigh() {
	room, sum := p.space, 0.0
	var used [16]float64
	n := min(p.resources, len(used))
	for k := range p.items {
		it := &p.items[k]
		part := 1.0
		if it.size > room {
			part = room / it.size
		}
		for r, d := range p.of(it)[:n] {
			if p.room[r] > 0 {
				used[r] += part * float64(d) / float64(p.room[r])
			}
		}
		if room -= it.size; room <= 0 {
			break
		}
	}
	for r := range n {
		p.next[r] = math.Max(1e-3, p.weights[r]*math.Exp(math.Min(1, used[r]-1)))
	}
	for _, w := range p.next {
		sum += w
	}
	for r := range p.next {
		p.next[r] /= sum
	}
}

// fill is the most profit of the items from one on in some space, the last one cut, without one item.
func (p *packing) fill(from int, space float64, without int32) (profit float64) {
	for k := from; k < len(p.items); k++ {
		it := &p.items[k]
		if it.item == without {
			continue
		}
		if it.size > space {
			return profit + it.ratio*math.Max(0, space)
		}
		space -= it.size
		profit += it.profit
	}
	return profit
}

// solve finds the best packing and gives its profit, or the bound when that takes too long. The
// packing itself is in best.
func (p *packing) solve() float64 {
	p.in = append(p.in[:0], make([]bool, len(p.items))...)
	p.best = append(p.best[:0], p.in...)
	p.value, p.nodes = -1, 0
	p.dive(0, 0, p.space)
	if p.nodes > patience {
		return p.bound
	}
	return math.Min(p.bound, p.base+p.value)
}

func (p *packing) dive(at int, value, space float64) {
	if value > p.value {
		p.value = value
		copy(p.best, p.in)
	}
	for k := at; k < len(p.items); k++ {
		if p.nodes > patience || value+p.fill(k, space, -1) <= p.value+1e-9 {
			return
		}
		p.nodes++
		it := &p.items[k]
		demand := p.of(it)
		if !fit(demand, p.room) {
			continue
		}
		for r, d := range demand {
			p.room[r] -= d
		}
		p.in[k] = true
		p.dive(k+1, value+it.profit, space-it.size)
		p.in[k] = false
		for r, d := range demand {
			p.room[r] += d
		}
	}
}

func fit(demand, room []int64) bool {
	for r, d := range demand {
		if d > room[r] {
			return false
		}
	}
	return true
}
