package rcpsp

import (
	"context"
	"sync"
)

// The genetic algorithm keeps two populations of schedules: left holds schedules in which every task
// starts as early as it can, right those in which every task ends as late as it can. A generation
// makes one child for each schedule of one population and puts it into the other one if it is no worse
// than what stood there, so that going back and forth also tightens schedules (justification). A
// child takes the tasks inside a window of time in one parent's order and the rest in the other's; of
// a few windows the busiest is taken. Children near the best are justified at once until that stops
// helping. Where time does not run the same both ways (calendars, capacity curves, releases) there is
// one population, and every child is made forwards and then justified.
//
// The children of a generation only read the parents, and each has random numbers of its own, so that
// any number of workers makes the same children; what they bring is taken over in their order.
type genetic struct {
	*packed
	seed     uint64
	bound    int32
	way      int32 // the longest way through the links
	multi    bool
	needs    []int64 // per mode: what it uses of all resources together, as shares of their capacity
	left     []individual
	right    []individual
	children []offspring
	best     individual
	runs     int64
}

type individual struct {
	list []int32 // tasks by start (right) or by end (left)
	key  []int32 // the starts or ends by which list is ordered
	mode []int32
	from []int32 // starts
	busy []int64 // use of all resources, summed up to each slot after low
	low  int32
	span int32
	seal uint64 // tells schedules apart
	rank int64  // what is to be kept low: unplaced, late, overdrawn, then span
}

// offspring is what one child brings: a schedule for the other population and, if it was justified,
// one for its parent's.
type offspring struct {
	to, back       individual
	hasTo, hasBack bool
	runs           int64
}

// patience, times the number of tasks squared, is how many generations without a new best schedule pass
// before both populations are made anew, in thousandths.
const patience = 20

const (
	unfit  = int64(1) << 62
	misses = int64(1) << 32 // weight of a slot of lateness against the span
	absent = int64(1) << 20 // slots of lateness that an unplaced task counts for
)

func (g *genetic) newIndividual() individual {
	n := g.n
	a := make([]int32, 4*n)
	return individual{list: a[:n:n], key: a[n : 2*n : 2*n], mode: a[2*n : 3*n : 3*n], from: a[3*n:], rank: unfit}
}

// evolve searches until the limits, the context or the bound end it.
func evolve(ctx context.Context, q *packed, l Limits, bound int32) *genetic {
	g := &genetic{packed: q, seed: l.Seed, bound: bound, best: individual{rank: unfit}}
	g.measure()
	size := populationSize(q.n, l.Schedules)
	for range size {
		g.left = append(g.left, g.newIndividual())
		g.children = append(g.children, offspring{to: g.newIndividual(), back: g.newIndividual()})
		if g.open {
			g.right = append(g.right, g.newIndividual())
		}
	}
	boards := make([]*board, max(1, min(l.Workers, size)))
	for i := range boards {
		boards[i] = newBoard(q)
	}
	stall := 0
	for generation := uint64(0); ; generation++ {
		src, dst, toLeft := g.left, g.right, false
		if !g.open {
			dst, toLeft = g.left, true
		} else if generation%2 == 0 {
			src, dst, toLeft = g.right, g.left, true
		}
		child := func(b *board, i int) {
			r := seeded(g.seed, generation, uint64(i))
			if src[i].rank == unfit {
				g.spawn(b, i, &r)
			} else {
				g.breed(b, src, dst, i, toLeft, &r)
			}
		}
		var wait sync.WaitGroup
		for k, b := range boards[1:] {
			wait.Go(func() {
				for i := k + 1; i < size && ctx.Err() == nil; i += len(boards) {
					child(b, i)
				}
			})
		}
		for i := 0; i < size && (ctx.Err() == nil || generation == 0 && i == 0); i += len(boards) {
			child(boards[0], i)
		}
		wait.Wait()
		better, over := g.merge(src, dst, l.Schedules)
		if over || ctx.Err() != nil {
			return g
		}
		stall++
		if better {
			stall = 0
		}
		if stall > patience*g.n*g.n/1000 {
			stall = 0
			for i := range g.left {
				g.left[i].rank = unfit
			}
			for i := range g.right {
				g.right[i].rank = unfit
			}
			generation |= 1 // the next one fills left
		}
	}
}

// populationSize grows with what there is to spend.
func populationSize(n int, schedules int64) int {
	if schedules <= 0 {
		return 80
	}
	return int(min(80, max(40, schedules/500)))
}

// merge takes the children over in their order until the schedules are spent, and tells whether the
// search is over.
func (g *genetic) merge(src, dst []individual, limit int64) (better, over bool) {
	for i := range g.children {
		c := &g.children[i]
		if limit > 0 && g.runs >= limit {
			return better, true
		}
		g.runs += c.runs
		c.runs = 0
		for _, x := range []struct {
			has  *bool
			who  *individual
			into []individual
		}{{&c.hasTo, &c.to, dst}, {&c.hasBack, &c.back, src}} {
			if !*x.has {
				continue
			}
			*x.has = false
			if x.who.rank < g.best.rank {
				g.best = x.who.clone()
				better = true
			}
			if x.who.rank <= x.into[i].rank && !known(x.into, x.who.seal) {
				*x.who, x.into[i] = x.into[i], *x.who
			}
		}
	}
	return better, g.best.rank <= int64(g.bound) || limit > 0 && g.runs >= limit
}

// known tells whether a population already holds a schedule: twins would take over.
func known(population []individual, seal uint64) bool {
	for i := range population {
		if population[i].seal == seal && population[i].rank < unfit {
			return true
		}
	}
	return false
}

// seal mixes all starts and modes into one number.
func (b *board) seal() uint64 {
	h := uint64(14695981039346656037)
	for j, s := range b.start {
		h = (h ^ uint64(s) ^ uint64(b.mode[j])<<32) * 1099511628211
	}
	return h
}

func (x individual) clone() individual {
	x.list = append([]int32(nil), x.list...)
	x.key = append([]int32(nil), x.key...)
	x.mode = append([]int32(nil), x.mode...)
	x.from = append([]int32(nil), x.from...)
	return x
}

// spawn makes a first schedule: tasks with the longest way still to go first, from exactly so to almost at
// random from one individual to the next.
func (g *genetic) spawn(b *board, i int, r *random) {
	c := &g.children[i]
	list := make([]int32, g.n)
	b.draw(list, 4*int(g.way)*i/len(g.children), r)
	before := b.runs
	if g.multi {
		b.randomModes(r)
		b.pick = r
	}
	span := b.forward(list)
	b.pick = nil
	if g.open {
		c.hasTo = true
		g.keep(b, &c.to, true, span)
	} else {
		g.justify(b, c, true, span)
	}
	c.runs = b.runs - before
}

// breed makes the child of individual i of src.
func (g *genetic) breed(b *board, src, dst []individual, i int, toLeft bool, r *random) {
	c := &g.children[i]
	father := &src[i]
	k := r.below(len(src) - 1)
	if k >= i {
		k++
	}
	mother := &src[min(k, len(src)-1)]
	if mother.rank == unfit || father.rank == unfit {
		return // time ran out while the first schedules were made
	}
	list := b.list
	g.cross(b, father, mother, list, r)
	b.mutate(list, 1200/g.n, r)
	before := b.runs
	if g.multi {
		b.repairModes(r)
		b.pick = r
	}
	var span int32
	if toLeft {
		span = b.forward(list)
	} else {
		span = g.horizon - b.backward(list, g.horizon)
	}
	b.pick = nil
	rank := b.rank(span)
	near := g.best.rank + g.best.rank/10
	switch {
	case rank <= near || !g.open && rank <= dst[i].rank+dst[i].rank/10:
		g.justify(b, c, toLeft, span)
	case rank <= dst[i].rank:
		c.hasTo = true
		g.keep(b, &c.to, toLeft, span)
	}
	c.runs = b.runs - before
}

// justify keeps the board's schedule and then pushes all tasks to the other end and back while that
// makes it shorter.
func (g *genetic) justify(b *board, c *offspring, left bool, span int32) {
	began := left
	c.hasTo = true
	g.keep(b, &c.to, left, span)
	for b.lost == 0 {
		list := b.sorted
		var next int32
		if left {
			b.order(b.end, 0, span, list)
			first := b.backward(list, span)
			if first < 0 {
				return
			}
			next = span - first
			if !g.open {
				// Only forward schedules count here: the way back follows at once.
				b.order(b.start, first, span, list)
				next = b.forward(list)
			} else {
				left = false
			}
		} else {
			high := int32(0)
			low := b.end[0]
			for j := range b.start {
				high, low = max(high, b.start[j]), min(low, b.start[j])
			}
			b.order(b.start, low, high, list)
			next = b.forward(list)
			left = true
		}
		better := b.rank(next) < b.rank(span)
		if left == began {
			if b.rank(next) <= c.to.rank {
				g.keep(b, &c.to, left, next)
			}
		} else if !c.hasBack || b.rank(next) <= c.back.rank {
			c.hasBack = true
			g.keep(b, &c.back, left, next)
		}
		if !better {
			return
		}
		span = next
	}
}

// keep copies the board's schedule into an individual.
func (g *genetic) keep(b *board, x *individual, left bool, span int32) {
	x.span, x.rank = span, b.rank(span)
	copy(x.mode, b.mode)
	copy(x.from, b.start)
	x.seal = b.seal()
	high := int32(0)
	x.low = g.horizon
	for j := range b.start {
		high, x.low = max(high, b.end[j]), min(x.low, b.start[j])
	}
	if left {
		copy(x.key, b.end)
	} else {
		copy(x.key, b.start)
	}
	b.order(x.key, x.low, high, x.list)
	size := int(high-x.low) + 2
	if cap(x.busy) < size {
		x.busy = make([]int64, size+size/4)
	}
	x.busy = x.busy[:size]
	clear(x.busy)
	for j := range b.start {
		w := g.needs[b.mode[j]]
		x.busy[b.start[j]-x.low+1] += w
		x.busy[b.end[j]-x.low+1] -= w
	}
	for range 2 { // from changes to use, from use to its sum
		for t := 1; t < size; t++ {
			x.busy[t] += x.busy[t-1]
		}
	}
}

// cross writes a child's list and modes: a window of time cuts the father's tasks into before, inside
// and after; either the inside or the outside takes the mother's order and modes.
func (g *genetic) cross(b *board, father, mother *individual, list []int32, r *random) {
	span := len(father.busy) - 2
	length := span*15/100 + r.below(span*40/100+1)
	at := r.below(span - length + 1)
	if k := r.below(span - length + 1); father.busy[k+length]-father.busy[k] > father.busy[at+length]-father.busy[at] {
		at = k
	}
	lo, hi := father.low+int32(at), father.low+int32(at+length)
	part := b.sorted // 0 before, 1 inside, 2 after
	var next [3]int
	for j, k := range father.key {
		switch {
		case k < lo:
			part[j] = 0
			next[1]++
		case k <= hi:
			part[j] = 1
			next[2]++
		default:
			part[j] = 2
		}
	}
	next[2] += next[1]
	copy(list, father.list)
	inside := r.next()&1 == 0
	for _, j := range mother.list {
		if p := part[j]; (p == 1) == inside {
			list[next[p]] = j
			next[p]++
		}
	}
	if g.multi {
		for j, p := range part {
			if (p == 1) == inside {
				b.mode[j] = mother.mode[j]
			} else {
				b.mode[j] = father.mode[j]
			}
		}
	}
}

// measure prepares what each mode needs of all resources, and whether there are modes to choose from.
func (g *genetic) measure() {
	g.needs = make([]int64, len(g.dur))
	for j := range g.n {
		g.way = max(g.way, g.head[j]+g.shortest(j)+g.tail[j])
		g.multi = g.multi || len(g.modes[j]) > 1
		for k, m := range g.modes[j] {
			for _, u := range m.uses {
				g.needs[int(g.first[j])+k] += u.Amount * 1024 / max(1, g.resources[u.Resource].Capacity)
			}
		}
	}
}
