package rcpsp

import (
	"context"
	"math"
)

// closeTasks and closeNodes are up to how many tasks, and by how many placements, it is tried to go
// through all schedules that can be best: some tens of milliseconds.
const (
	closeTasks = 12
	closeNodes = 100_000
)

// closer goes through the schedules that keep all rules and may be better than the best one known.
// Tasks are placed by start, ties by number, each at its earliest slot: some best schedule has no task
// that could stand earlier by itself, and placing its tasks in that way gives it. Two kinds of tasks
// stand elsewhere too: one that is expected somewhere, there; and one that starts before a task it
// waits for, as a negative lag can let it, in any slot.
type closer struct {
	*table
	worth int64 // of the best: its cost with what moves cost, or its last end
	best  record
	est   []int32 // earliest starts as far as the tasks placed tell
	nodes int
	ctx   context.Context
}

// close gives the best schedule there is of a problem of few tasks, and its bound. What was found before
// stays where it is as good, where the placements or the context end first, and where no schedule keeps
// all rules. Chance has no part in it: closed problems are never worse when more is allowed.
func (p *plan) close(ctx context.Context, s Solution) Solution {
	if p.n > closeTasks || ctx.Err() != nil || !p.costly && s.Proven() {
		return s
	}
	c := &closer{table: newTable(p), worth: math.MaxInt64, est: make([]int32, p.n), ctx: ctx}
	if s.Feasible() {
		c.worth = int64(s.Makespan)
		if p.costly {
			c.worth = s.Cost + p.moves(s)
		}
	}
	if c.value.late == 0 { // of what is promised
		c.next(0, -1)
	}
	if c.best.start != nil {
		s = p.solution(c.best.start, c.best.mode, s.Schedules, int32(s.Bound))
	}
	switch {
	case c.nodes > closeNodes || c.worth == math.MaxInt64:
	case p.costly:
		s.CostBound = max(s.CostBound, c.worth-sum(p.move))
	default:
		s.Bound = s.Makespan
	}
	return s
}

// moves is what it costs a search that tasks do not stand where they are expected.
func (p *plan) moves(s Solution) int64 {
	all := int64(0)
	for j, i := range p.ids {
		at := p.placeOf(j, s.Starts[i])
		all += p.moveCost(int32(j), at.slot, at.mode)
	}
	return all
}

func sum(amounts []int64) int64 {
	all := int64(0)
	for _, a := range amounts {
		all += a
	}
	return all
}

// next places one more task, not before a slot, nor in it a task with a lower number than the last one.
func (c *closer) next(from, last int32) {
	if c.nodes++; c.nodes%1024 == 0 && c.ctx.Err() != nil {
		c.nodes = closeNodes + 1
	}
	least := c.least(from)
	switch {
	case c.nodes > closeNodes, least >= c.worth:
		return
	case c.value.unplaced == 0:
		c.worth = least
		c.best.save(c.table)
		return
	}
	for j := range int32(c.n) {
		if c.start[j] != Unplaced {
			continue
		}
		at := from
		if j < last {
			at++
		}
		lo, hi, early := c.window(j, at)
		for m := range c.modes[j] {
			c.branch(j, int32(m), lo, hi, early)
		}
	}
}

// window is between which slots a task may run by its links to what is placed, and whether it may start
// before a task it waits for. It is empty where such a task must be placed first.
func (c *closer) window(j, lo int32) (from, to int32, early bool) {
	lo, hi := max(lo, c.release[j]), min(c.horizon, c.latest[j])
	for _, l := range c.preds[j] {
		if s := c.start[l.task]; s != Unplaced {
			lo = max(lo, s+c.modes[l.task][c.mode[l.task]].dur+l.lag)
		} else if c.shortest(int(l.task))+l.lag < 0 {
			early = true
		} else {
			return 0, -1, false
		}
	}
	for _, l := range c.succs[j] {
		if s := c.start[l.task]; s != Unplaced {
			hi = min(hi, s-l.lag)
		}
	}
	return lo, hi, early
}

// branch tries a task in a mode in each slot in which it can stand, and goes on from there.
func (c *closer) branch(j, m, lo, hi int32, early bool) {
	way := &c.modes[j][m]
	try := func(s int32) {
		c.put(j, s, m)
		if c.value.late == 0 { // stocks
			c.next(s, j)
		}
		c.remove(j)
	}
	first := c.earliest(j, way, lo, hi)
	if first < 0 {
		return
	}
	try(first)
	if early {
		for s := c.earliest(j, way, first+1, hi); s >= 0 && c.nodes <= closeNodes; s = c.earliest(j, way, s+1, hi) {
			try(s)
		}
	} else if k := c.keep[j]; c.move[j] > 0 && k.mode == m && k.slot > first && c.fits(j, k, lo, hi) {
		try(k.slot)
	}
}

// least is a worth that no schedule can be below which goes on from the tasks placed: the others start
// no earlier than a slot, and than their links let them. It is the largest there is where one of them
// comes too late.
func (c *closer) least(from int32) int64 {
	cost, last := c.value.cost, int32(0)
	for j := range int32(c.n) {
		s := c.start[j]
		if s != Unplaced {
			c.est[j] = s
			last = max(last, s+c.modes[j][c.mode[j]].dur)
			continue
		}
		s = max(from, c.head[j])
		for _, l := range c.preds[j] {
			d := c.shortest(int(l.task))
			if c.start[l.task] != Unplaced {
				d = c.modes[l.task][c.mode[l.task]].dur
			}
			s = max(s, c.est[l.task]+d+l.lag)
		}
		c.est[j] = s
		end := s + c.shortest(int(j))
		if end > c.latest[j] {
			return math.MaxInt64
		}
		cost += c.costOf(j, end)
		last = max(last, end+c.tail[j])
	}
	if c.costly {
		return cost
	}
	return int64(last)
}
