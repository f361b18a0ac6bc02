package rcpsp

import (
	"context"
	"slices"
)

// effort is about how many small steps a bound may take: some tens of milliseconds.
const effort = 30_000_000

// destroyer tries to show that a project cannot end by a slot: tasks get windows from earliest start
// to latest end, and reasoning about links, pairs, capacity and work narrows the windows until one is
// empty or nothing more follows. Where tasks have several modes the least of each demand is taken.
type destroyer struct {
	*plan
	est, lct []int32
	dur      []int32
	users    [][]user  // per resource: tasks that use it
	room     [][]int64 // per resource: capacity summed up to each slot
	pairs    [][2]int32
	load     []int64
	budget   int64
	ctx      context.Context
}

// user is a task with the least that it uses of a resource.
type user struct {
	task   int32
	amount int64
}

// Refute tells whether it can be proven that no schedule keeps all rules of a problem: by links,
// calendars, promises, deadlines, pairs, capacity and work between two slots, and what stocks must give
// at least. False proves nothing: there may be a schedule or not.
func Refute(ctx context.Context, p Problem) (bool, error) {
	c, err := compile(p)
	if err != nil {
		return false, err
	}
	for k, left := range c.stocks {
		for j := range c.n {
			left -= leastDraw(c.modes[j], k)
		}
		if left < 0 {
			return true, nil
		}
	}
	return c.destroyer(ctx).refutes(c.horizon), nil
}

// leastDraw is the least that any mode draws on a stock.
func leastDraw(modes []mode, stock int) int64 {
	least := int64(1) << 62
	for _, m := range modes {
		drawn := int64(0)
		if len(m.draws) > 0 {
			drawn = m.draws[stock]
		}
		least = min(least, drawn)
	}
	return least
}

// destroyer prepares what does not depend on the last end.
func (c *plan) destroyer(ctx context.Context) *destroyer {
	d := &destroyer{plan: c, est: make([]int32, c.n), lct: make([]int32, c.n), dur: make([]int32, c.n), budget: effort, ctx: ctx}
	for j := range c.n {
		d.dur[j] = c.shortest(j)
	}
	d.users = make([][]user, len(c.resources))
	for j := range c.n {
		for _, u := range c.modes[j][0].uses { // what not all modes use, none needs
			if least := leastUse(c.modes[j], u.Resource); least > 0 && d.dur[j] > 0 {
				d.users[u.Resource] = append(d.users[u.Resource], user{int32(j), least})
			}
		}
	}
	for r := range c.resources {
		room := make([]int64, c.horizon+1)
		for t, capacity := range c.capacities(r) {
			room[t+1] = room[t] + capacity
		}
		d.room = append(d.room, room)
	}
	d.load = make([]int64, c.horizon+2)
	d.findPairs()
	return d
}

// destructiveBound raises a bound to the first end that cannot be refuted; upper is not asked.
func (c *plan) destructiveBound(ctx context.Context, bound, upper int32) int32 {
	d := c.destroyer(ctx)
	lo, hi := bound, min(upper, c.horizon) // the answer lies in lo..hi
	step := int32(1)
	for lo < hi && d.budget > 0 && ctx.Err() == nil {
		at := min(lo+step-1, hi-1)
		if d.refutes(at) {
			lo, step = at+1, step*2
			continue
		}
		if step == 1 {
			break
		}
		hi, step = at, 1 // at is not refuted; look between
		if half := (hi - lo) / 2; half > 1 {
			step = half
		}
	}
	return lo
}

// leastUse is the least that any mode uses of a resource.
func leastUse(modes []mode, r int) int64 {
	least := int64(1) << 62
	for _, m := range modes {
		least = min(least, useOf(m, r))
	}
	return least
}

// useOf is what a mode uses of a resource.
func useOf(m mode, r int) int64 {
	for _, u := range m.uses {
		if u.Resource == r {
			return u.Amount
		}
	}
	return 0
}

// findPairs lists tasks of which only one can run at a time, where no link orders them already.
func (d *destroyer) findPairs() {
	if d.n > 600 {
		return // thousands of tasks seldom clash in pairs
	}
	reach := make([][]bool, d.n)
	for j := d.n - 1; j >= 0; j-- {
		reach[j] = make([]bool, d.n)
		for _, e := range d.succs[j] {
			if e.lag < 0 {
				continue
			}
			reach[j][e.task] = true
			for k, on := range reach[e.task] {
				reach[j][k] = reach[j][k] || on
			}
		}
	}
	peak, use := make([]int64, len(d.resources)), make([][]int64, len(d.resources))
	for r := range peak {
		use[r] = make([]int64, d.n)
		for _, u := range d.users[r] {
			use[r][u.task] = u.amount
		}
		for t := range d.horizon {
			peak[r] = max(peak[r], d.room[r][t+1]-d.room[r][t])
		}
	}
	for i := range int32(d.n) {
		for j := i + 1; j < int32(d.n); j++ {
			if reach[i][j] || reach[j][i] || d.dur[i] == 0 || d.dur[j] == 0 {
				continue
			}
			for r := range peak {
				if use[r][i]+use[r][j] > peak[r] {
					d.pairs = append(d.pairs, [2]int32{i, j})
					break
				}
			}
		}
	}
}

// refutes tells whether it can be shown that not all tasks can have ended by a slot.
func (d *destroyer) refutes(end int32) bool {
	for j := range d.n {
		d.est[j], d.lct[j] = d.head[j], min(end-d.tail[j], d.latest[j])
		if d.est[j]+d.dur[j] > d.lct[j] || d.est[j] < d.release[j] {
			return true
		}
	}
	for changed := true; changed && d.budget > 0 && d.ctx.Err() == nil; {
		changed = false
		for _, narrow := range []func() (bool, bool){d.links, d.disjoint, d.timeTable, d.energy} {
			more, empty := narrow()
			if empty {
				return true
			}
			if more { // the cheap reasoning first, again
				changed = true
				break
			}
		}
	}
	return false
}

// links narrows windows along the links and calendars. What is promised does not move: a window that
// it is not in is empty.
func (d *destroyer) links() (changed, empty bool) {
	d.budget -= int64(4 * d.n)
	for j := range d.n {
		s := d.est[j]
		for _, e := range d.preds[j] {
			s = max(s, d.est[e.task]+d.dur[e.task]+e.lag)
		}
		if !d.fixed[j] {
			s = d.closed[j].forward(s, d.dur[j])
		}
		if s > d.est[j] {
			d.est[j], changed = s, true
		}
		if d.est[j]+d.dur[j] > d.lct[j] {
			return true, true
		}
	}
	for j := d.n - 1; j >= 0; j-- {
		end := d.lct[j]
		for _, e := range d.succs[j] {
			end = min(end, d.lct[e.task]-d.dur[e.task]-e.lag)
		}
		if !d.fixed[j] && end >= d.dur[j] {
			end = d.closed[j].backward(end-d.dur[j], d.dur[j]) + d.dur[j]
		}
		if end < d.lct[j] {
			d.lct[j], changed = end, true
		}
		if d.est[j]+d.dur[j] > d.lct[j] {
			return true, true
		}
	}
	return changed, false
}

// disjoint orders pairs of which one order is no longer possible.
func (d *destroyer) disjoint() (changed, empty bool) {
	d.budget -= int64(2 * len(d.pairs))
	for _, p := range d.pairs {
		i, j := p[0], p[1]
		before := d.est[i]+d.dur[i] <= d.lct[j]-d.dur[j]
		after := d.est[j]+d.dur[j] <= d.lct[i]-d.dur[i]
		switch {
		case !before && !after:
			return true, true
		case before && after:
			continue
		case after:
			i, j = j, i
		}
		if s := d.est[i] + d.dur[i]; s > d.est[j] {
			d.est[j], changed = s, true
		}
		if e := d.lct[j] - d.dur[j]; e < d.lct[i] {
			d.lct[i], changed = e, true
		}
	}
	return changed, false
}

// timeTable adds up what tasks use in the slots in which they must run wherever they start, and moves
// the others out of slots that are too full for them.
func (d *destroyer) timeTable() (changed, empty bool) {
	for r, users := range d.users {
		load := d.load[:d.horizon+1]
		clear(load)
		d.budget -= int64(len(load)) + int64(8*len(users))
		for _, u := range users {
			for t := d.lct[u.task] - d.dur[u.task]; t < d.est[u.task]+d.dur[u.task]; t++ {
				load[t] += u.amount
			}
		}
		room := d.room[r]
		for t := range d.horizon {
			if load[t] > room[t+1]-room[t] {
				return true, true
			}
		}
		for _, u := range users {
			j := u.task
			if d.fixed[j] {
				continue
			}
			sure, till := d.lct[j]-d.dur[j], d.est[j]+d.dur[j]
			fits := func(t int32) bool {
				other := load[t]
				if sure <= t && t < till {
					other -= u.amount
				}
				return other+u.amount <= room[t+1]-room[t]
			}
			s := d.est[j]
			for t := s; t < s+d.dur[j]; t++ {
				if s+d.dur[j] > d.lct[j] {
					return true, true
				}
				if !fits(t) {
					s = t + 1
				}
			}
			e := d.lct[j]
			for t := e - 1; t >= e-d.dur[j]; t-- {
				if e-d.dur[j] < s {
					return true, true
				}
				if !fits(t) {
					e = t
				}
			}
			if s > d.est[j] || e < d.lct[j] {
				d.est[j], d.lct[j], changed = s, e, true
			}
		}
	}
	return changed, false
}

// energy compares, between any earliest start and any latest end, the work that must fall in between
// with what the capacity allows, and moves a task that would bring too much.
func (d *destroyer) energy() (changed, empty bool) {
	for r, users := range d.users {
		var from, to []int32
		for _, u := range users {
			from, to = append(from, d.est[u.task]), append(to, d.lct[u.task])
		}
		slices.Sort(from)
		slices.Sort(to)
		from, to = slices.Compact(from), slices.Compact(to)
		for _, a := range from {
			for _, b := range to {
				if b <= a || d.budget < 0 {
					continue
				}
				d.budget -= int64(len(users))
				var work int64
				for _, u := range users {
					work += u.amount * int64(d.inside(u.task, a, b))
				}
				spare := d.room[r][b] - d.room[r][a] - work
				if spare < 0 {
					return true, true
				}
				for _, u := range users {
					j := u.task
					if d.fixed[j] {
						continue
					}
					// What j may bring at most; started first or ended last, it could bring more.
					most := int32(min(spare/u.amount, int64(b-a))) + d.inside(j, a, b)
					if min(b, d.est[j]+d.dur[j])-max(a, d.est[j]) > most && b-most > d.est[j] {
						d.est[j], changed = b-most, true
					}
					if min(b, d.lct[j])-max(a, d.lct[j]-d.dur[j]) > most && a+most < d.lct[j] {
						d.lct[j], changed = a+most, true
					}
					if d.est[j]+d.dur[j] > d.lct[j] {
						return true, true
					}
				}
				if changed && d.budget < effort/4 {
					return true, false
				}
			}
		}
	}
	return changed, false
}

// inside is for how long a task runs between two slots at least.
func (d *destroyer) inside(j, a, b int32) int32 {
	left := min(b, d.est[j]+d.dur[j]) - max(a, d.est[j])
	right := min(b, d.lct[j]) - max(a, d.lct[j]-d.dur[j])
	return max(0, min(left, right, b-a))
}
