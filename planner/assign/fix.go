package assign

import (
	"math"
	"slices"
)

// propagate draws the conclusions of what is decided. False: the branch holds no answer.
func (c *closer) propagate(n *node) bool {
	room := slices.Clone(c.capacity)
	for i, at := range n.fixed {
		if at >= 0 && !c.settle(n, room, i, int(at)) {
			return false
		}
	}
	for again := true; again; {
		again = false
		opens := 0
		for _, s := range n.status {
			if s == opened {
				opens++
			}
		}
		if opens > c.slots {
			return false
		}
		if opens == c.slots {
			for j, s := range n.status {
				if s == undecided {
					n.status[j] = closed
				}
			}
		}
		for i, at := range n.fixed {
			if at != unfixed {
				continue
			}
			choices, only := 0, int32(refused)
			if !n.kept(i) {
				choices++
			}
			for j := range c.sites {
				b := &n.banned[j*c.items+i]
				if !*b && (n.status[j] == closed || !fit(c.demand[i*c.resources:(i+1)*c.resources], room[j*c.resources:(j+1)*c.resources])) {
					*b = true
				}
				if !*b {
					choices++
					only = int32(j)
				}
			}
			if choices == 0 {
				return false
			}
			if choices == 1 {
				n.fixed[i] = only
				again = true
				if only >= 0 && !c.settle(n, room, i, int(only)) {
					return false
				}
			}
		}
	}
	return true
}

// settle takes note that an item goes to a site.
func (c *closer) settle(n *node, room []int64, i, j int) bool {
	if n.status[j] == closed {
		return false
	}
	n.status[j] = opened
	for r := range c.resources {
		if room[j*c.resources+r] -= c.demand[i*c.resources+r]; room[j*c.resources+r] < 0 {
			return false
		}
	}
	for _, k := range c.apart[i] {
		if n.fixed[k] == int32(j) {
			return false
		}
		n.banned[j*c.items+int(k)] = true
	}
	return true
}

// fix strikes out what the bound shows to be too dear, after price at the same prices. It tells
// whether anything was struck out.
func (c *closer) fix(n *node, pi []float64, bound float64) (any bool) {
	in := make([]bool, c.sites)
	worst := math.Inf(1)
	for _, j := range c.current {
		in[j] = true
		if n.status[j] == undecided {
			worst = min(worst, c.value[j])
		}
	}
	full := len(c.current) == c.slots
	if !full {
		worst = 0
	}
	next := 0.0 // the most that a site which does not open would give
	for j := range c.sites {
		if n.status[j] == undecided && !in[j] && full {
			next = max(next, c.value[j])
		}
	}
	for j := range c.sites {
		if n.status[j] == closed {
			continue
		}
		without := 0.0 // what the site displaces when it must open
		if in[j] {
			without = c.value[j]
			if n.status[j] == undecided && c.dear(bound+c.value[j]-next) {
				n.status[j] = opened
				any = true
			}
		} else {
			without = worst
			if c.dear(bound + worst - c.value[j]) {
				n.status[j] = closed
				any = true
				continue
			}
		}
		p := &c.packs[j]
		for i, at := range n.fixed {
			if at != unfixed || n.banned[j*c.items+i] {
				continue
			}
			d := c.demand[i*c.resources : (i+1)*c.resources]
			if !fit(d, p.room) {
				n.banned[j*c.items+i] = true
				any = true
				continue
			}
			with := p.base + pi[i] - float64(c.cost[j*c.items+i])
			with += p.fill(0, p.space-p.size(d), int32(i))
			if c.dear(bound + without - with) {
				n.banned[j*c.items+i] = true
				any = true
			}
		}
	}
	for i, at := range n.fixed {
		if at == unfixed && !n.kept(i) && c.dear(bound+max(0, float64(c.out[i])-pi[i])) {
			n.must[i] = true
			any = true
		}
	}
	return any
}

// split divides a branch in the place where the last ascent was least sure.
func (c *closer) split(n *node, pi []float64) []*node {
	at, unsure := -1, 0.02
	for j, s := range n.status {
		if s != undecided {
			continue
		}
		y := float64(c.often[j]) / float64(c.tally)
		if u := min(y, 1-y); u > unsure {
			at, unsure = j, u
		}
	}
	if at >= 0 {
		open, shut := n.child(pi), n.child(pi)
		open.status[at], shut.status[at] = opened, closed
		return []*node{open, shut}
	}
	// Every site is as good as decided: divide by the item that is least sure of its site.
	item, least := -1, int32(math.MaxInt32)
	for i, f := range n.fixed {
		if f != unfixed {
			continue
		}
		most := int32(0)
		for j := range c.sites {
			most = max(most, c.where[j*c.items+i])
		}
		if most < least {
			item, least = i, most
		}
	}
	var all []*node
	if item < 0 {
		return nil
	}
	for j := range c.sites {
		if !n.banned[j*c.items+item] {
			child := n.child(pi)
			child.fixed[item] = int32(j)
			all = append(all, child)
		}
	}
	if !n.kept(item) {
		child := n.child(pi)
		child.fixed[item] = refused
		all = append(all, child)
	}
	return all
}
