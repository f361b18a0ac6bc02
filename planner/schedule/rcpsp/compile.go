package rcpsp

import (
	"cmp"
	"fmt"
	"slices"
)

// plan is a problem put in a form that is quick to work on: tasks renumbered so that predecessors
// come first, ties by ID, so that the order of input does not matter.
type plan struct {
	n       int
	ids     []int32 // task number -> index in Problem.Tasks
	modes   [][]mode
	preds   [][]edge
	succs   [][]edge
	release []int32
	head    []int32 // earliest start in the shortest modes
	tail    []int32 // least time from a task's end to the end of the project
	latest  []int32 // latest end that lets all deadlines be kept; far when there are none
	fixed   []bool
	pinned  []int32 // start of a fixed task
	closed  []*calendar
	weight  []int64
	due     []int32
	tardy   []int64
	keep    []place // where a task is expected
	move    []int64 // what it costs to start elsewhere

	resources []Resource
	stocks    []int64
	horizon   int32 // slots that tasks may occupy
	costly    bool  // cost is to be kept low before the last end
	late      bool  // some deadline can be missed
	overlap   bool  // some lag is negative: by time, a task may come before one it waits for
	open      bool  // no curves, calendars, releases or fixed starts: time runs the same both ways
}

// place is a start with the mode's index in plan.modes, -1 for one that the task no longer has.
type place struct{ slot, mode int32 }

type mode struct {
	dur   int32
	uses  []Use
	draws []int64
	order int // index in Task.Modes
}

// edge leads to another task; the lag is between the end of one and the start of the other.
type edge struct {
	task, lag int32
}

const far = int32(1) << 29

// compile checks a problem and renumbers it. All faults are told at once.
func compile(p Problem) (*plan, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	number, err := p.number()
	if err != nil {
		return nil, err
	}
	n := len(p.Tasks)
	c := &plan{n: n, ids: make([]int32, n), modes: make([][]mode, n), preds: make([][]edge, n), succs: make([][]edge, n),
		release: make([]int32, n), head: make([]int32, n), tail: make([]int32, n), latest: make([]int32, n),
		fixed: make([]bool, n), pinned: make([]int32, n), closed: make([]*calendar, n),
		weight: make([]int64, n), due: make([]int32, n), tardy: make([]int64, n), keep: make([]place, n), move: make([]int64, n),
		resources: p.Resources, stocks: p.Stocks, horizon: int32(p.span()), open: true}
	for _, r := range p.Resources {
		c.open = c.open && len(r.Changes) == 0
	}
	followers := make([]int, n)
	for _, t := range p.Tasks {
		for _, l := range t.After {
			followers[number[l.Task]]++
		}
	}
	for j, count := range followers {
		c.succs[j] = make([]edge, 0, count)
	}
	calendars := calendars{}
	for i, t := range p.Tasks {
		j := number[i]
		c.ids[j] = int32(i)
		c.modes[j] = make([]mode, 0, len(t.Modes))
		for k, m := range t.Modes {
			if t.Fixed != nil && t.Fixed.Mode != k || t.Fixed == nil && !p.everFits(m) {
				continue
			}
			c.modes[j] = append(c.modes[j], mode{dur: int32(m.Duration), uses: merge(m.Uses), draws: m.Draws, order: k})
		}
		c.release[j] = int32(t.Release)
		c.weight[j], c.due[j], c.tardy[j] = t.Weight, int32(t.Due), t.Tardy
		if t.Keep != nil {
			c.keep[j], c.move[j] = c.placeOf(j, *t.Keep), t.Move
		}
		c.costly = c.costly || t.Weight != 0 || t.Tardy != 0 || c.move[j] != 0
		c.latest[j] = far
		if t.Deadline > 0 {
			c.latest[j], c.late = int32(t.Deadline), true
		}
		c.closed[j] = calendars.of(t.Closed, c.horizon)
		if t.Fixed != nil {
			c.fixed[j], c.pinned[j], c.late = true, int32(t.Fixed.Slot), true
		}
		c.open = c.open && t.Release == 0 && len(t.Closed) == 0 && t.Fixed == nil && t.Deadline == 0
		c.preds[j] = make([]edge, 0, len(t.After))
		for _, l := range t.After {
			from := number[l.Task]
			c.overlap = c.overlap || l.Lag < 0
			c.preds[j] = append(c.preds[j], edge{int32(from), int32(l.Lag)})
			c.succs[from] = append(c.succs[from], edge{int32(j), int32(l.Lag)})
		}
	}
	byTask := func(a, b edge) int { return cmp.Or(cmp.Compare(a.task, b.task), cmp.Compare(b.lag, a.lag)) }
	for j := range n {
		slices.SortFunc(c.preds[j], byTask)
		slices.SortFunc(c.succs[j], byTask)
	}
	c.reach()
	return c, nil
}

// placeOf translates a start.
func (c *plan) placeOf(j int, s Start) place {
	return place{int32(s.Slot), int32(slices.IndexFunc(c.modes[j], func(m mode) bool { return m.order == s.Mode }))}
}

// reach works out heads, tails and latest ends along the links, each task in its shortest mode.
func (c *plan) reach() {
	var alone *table // only what is promised is booked
	if !c.open {
		alone = newTable(c)
	}
	for j := range c.n {
		c.head[j] = c.release[j]
		for _, e := range c.preds[j] {
			c.head[j] = max(c.head[j], c.head[e.task]+c.shortest(int(e.task))+e.lag)
		}
		if c.fixed[j] {
			c.head[j] = c.pinned[j]
		} else if alone != nil {
			c.head[j] = alone.first(int32(j), c.head[j])
		}
	}
	for j := c.n - 1; j >= 0; j-- {
		if c.fixed[j] {
			c.latest[j] = min(c.latest[j], c.pinned[j]+c.modes[j][0].dur)
		}
		for _, e := range c.succs[j] {
			d := c.shortest(int(e.task))
			c.tail[j] = max(c.tail[j], e.lag+d+c.tail[e.task])
			if c.latest[e.task] < far {
				c.latest[j] = min(c.latest[j], c.latest[e.task]-d-e.lag)
			}
		}
	}
}

// shortest is the least duration of a task.
func (c *plan) shortest(j int) int32 {
	d := c.modes[j][0].dur
	for _, m := range c.modes[j] {
		d = min(d, m.dur)
	}
	return d
}

// span is how many slots there are: as given, or enough for everything to be done one after the other.
func (p Problem) span() int {
	if p.Slots > 0 {
		return p.Slots
	}
	n := 1
	for _, r := range p.Resources {
		for _, c := range r.Changes {
			n = max(n, c.From)
		}
	}
	total := 0
	for _, t := range p.Tasks {
		longest := 0
		for _, m := range t.Modes {
			longest = max(longest, m.Duration)
		}
		n = max(n, t.Release)
		for _, s := range t.Closed {
			n = max(n, s.To)
		}
		if t.Fixed != nil {
			n = max(n, t.Fixed.Slot)
		}
		if t.Keep != nil {
			n = max(n, t.Keep.Slot)
		}
		lag := 0
		for _, l := range t.After {
			lag = max(lag, l.Lag)
		}
		total += longest + lag
	}
	return n + total
}

// number orders the tasks so that predecessors come first; among those that could be next, the one
// with the fewest links before it, then the lowest ID.
func (p Problem) number() ([]int, error) {
	n := len(p.Tasks)
	waits, depth := make([]int, n), make([]int, n)
	after := make([][]int, n)
	for i, t := range p.Tasks {
		waits[i] = len(t.After)
		for _, l := range t.After {
			after[l.Task] = append(after[l.Task], i)
		}
	}
	var ready []int
	for i := range p.Tasks {
		if waits[i] == 0 {
			ready = append(ready, i)
		}
	}
	for k := 0; k < len(ready); k++ {
		for _, s := range after[ready[k]] {
			depth[s] = max(depth[s], depth[ready[k]]+1)
			if waits[s]--; waits[s] == 0 {
				ready = append(ready, s)
			}
		}
	}
	if len(ready) < n {
		for i := range p.Tasks {
			if waits[i] > 0 {
				return nil, fmt.Errorf("schedule: task %q waits for itself through its links; cut the circle (greatest lags are not supported)", p.Tasks[i].ID)
			}
		}
	}
	slices.SortFunc(ready, func(a, b int) int {
		return cmp.Or(depth[a]-depth[b], cmp.Compare(p.Tasks[a].ID, p.Tasks[b].ID))
	})
	number := make([]int, n)
	for k, i := range ready {
		number[i] = k
	}
	return number, nil
}

// merge adds up what a mode uses of each resource and drops nothings.
func merge(uses []Use) []Use {
	merged := true
	for k, u := range uses {
		merged = merged && u.Amount != 0 && (k == 0 || uses[k-1].Resource < u.Resource)
	}
	if merged {
		return uses
	}
	out := make([]Use, 0, len(uses))
	for _, u := range uses {
		k := slices.IndexFunc(out, func(o Use) bool { return o.Resource == u.Resource })
		switch {
		case u.Amount == 0:
		case k >= 0:
			out[k].Amount += u.Amount
		default:
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b Use) int { return a.Resource - b.Resource })
	return out
}
