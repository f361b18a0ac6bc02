package assign

import (
	"math"
	"slices"
)

// What is known of a site in a branch.
const (
	undecided int8 = iota
	opened
	closed
)

// What is known of an item in a branch, besides the site it is fixed to.
const (
	unfixed = -1
	refused = -2
)

// node is a branch: all answers in which some sites are open or closed, and some items fixed to or
// banned from sites.
type node struct {
	status []int8  // per site
	fixed  []int32 // per item
	banned []bool  // site × item; nil: nothing
	must   []bool  // per item: may no longer be left out; nil: none
	depth  int
	bound  float64   // on its answers, as known when it was made
	pi     []float64 // prices to start from
	number int       // in the order in which nodes are made
}

// kept tells whether an item may no longer be left out.
func (n *node) kept(i int) bool { return n.must != nil && n.must[i] }

func (m *model) root() *node {
	n := &node{status: make([]int8, m.sites), fixed: make([]int32, m.items)}
	for j, must := range m.must {
		if must || m.slots == m.sites {
			n.status[j] = opened
		}
	}
	for i := range n.fixed {
		n.fixed[i] = unfixed
	}
	if m.closable() {
		n.banned = make([]bool, m.sites*m.items)
		n.must = make([]bool, m.items)
		for at, c := range m.cost {
			n.banned[at] = c == never
		}
		for i := range n.must {
			n.must[i] = !m.refusable
		}
	}
	return n
}

// child is a branch of n with the prices found there.
func (n *node) child(pi []float64) *node {
	return &node{slices.Clone(n.status), slices.Clone(n.fixed), slices.Clone(n.banned), slices.Clone(n.must), n.depth + 1, n.bound, slices.Clone(pi), 0}
}

// trim leaves out of a packing what no longer fits beside the forced items.
func (n *node) trim(x *relaxation, p *packing) {
	k := 0
	for _, it := range p.items {
		if fit(p.of(&it), p.room) {
			p.items[k] = it
			k++
		}
	}
	p.items = p.items[:k]
}

// closable tells whether the problem is small enough to branch.
func (m *model) closable() bool { return m.sites*m.items <= 250_000 }

// closer searches branches until they hold no better answer.
type closer struct {
	*relaxation
	best  func() (int64, bool) // cost of the best answer so far
	found func(answer)
}

// limit is what a better answer may cost at most.
func (c *closer) limit() float64 {
	best, ok := c.best()
	if !ok {
		best = c.worst
	}
	return float64(best) - 1
}

// dear tells whether a bound excludes better answers. The rest is room for rounding.
func (c *closer) dear(bound float64) bool {
	l := c.limit()
	return bound > l+1e-6+1e-11*math.Abs(l)
}

// ended tells whether the limits are used up.
func (c *closer) ended() bool { return c.left == 0 || c.stop() }

// branch searches a branch: it gives the branches that it falls into, none when it is done with. It
// owns n. False: the limits ended it, and it is still to be searched.
func (c *closer) branch(n *node) ([]*node, bool) {
	pi := n.pi
	for again := 0; ; again++ {
		if c.ended() {
			return nil, false
		}
		if !c.propagate(n) {
			return nil, true
		}
		if a, whole := c.leaf(n); whole {
			if best, ok := c.best(); c.legal(n) && (!ok || a.cost < best) {
				c.found(a)
			}
			return nil, true
		}
		n.bound = max(n.bound, c.ascend(n, pi, 10, c.limit))
		if c.dear(n.bound) {
			return nil, true
		}
		// Price once more at the best prices: the fixing needs the packings there.
		bound := c.price(n, pi)
		n.bound = max(n.bound, bound)
		if c.dear(n.bound) {
			return nil, true
		}
		if !c.fix(n, pi, bound) || again > 0 {
			return c.split(n, pi), true
		}
	}
}

// leaf gives the answer when every item is decided.
func (c *closer) leaf(n *node) (answer, bool) {
	a := answer{bin: make([]int32, c.items)}
	for i, at := range n.fixed {
		switch at {
		case unfixed:
			return answer{}, false
		case refused:
			a.bin[i] = -1
			a.cost += c.out[i]
		default:
			a.bin[i] = at
			a.cost += c.cost[int(at)*c.items+i]
		}
	}
	return a, true
}

// legal checks the rules that the relaxation leaves out: least loads.
func (c *closer) legal(n *node) bool {
	if c.least == nil {
		return true
	}
	used, taken := make([]int64, len(c.capacity)), make([]bool, c.sites)
	for i, at := range n.fixed {
		if at >= 0 {
			taken[at] = true
			for r := range c.resources {
				used[int(at)*c.resources+r] += c.demand[i*c.resources+r]
			}
		}
	}
	for j := range c.sites {
		for r := range c.resources {
			if (taken[j] || c.must[j]) && used[j*c.resources+r] < c.least[j*c.resources+r] {
				return false
			}
		}
	}
	return true
}
