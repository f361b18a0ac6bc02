// Package replan mends a schedule after the world has changed, with as few changes as it can: what has
// begun and what is committed stays, the rest keeps its place unless moving it saves more than it costs
// to tell people.
//
// Plan takes the problem as it is now (new capacities, calendars, durations, tasks), the starts that
// people know, and how far the present is. It begins with the old schedule, once pushed along and once
// held in place, and improves the better one by ruin and recreate, where every task that leaves its
// place costs a penalty. A higher penalty means fewer changes and a dearer schedule; where a share is
// told that may change at most, the penalty is doubled until it is kept.
package replan

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Options say what may change and what a change costs.
type Options struct {
	Now     int   // the first slot that is still to come; tasks that start before it have begun
	Commit  int   // slots from Now on whose starts stay, and in which nothing new starts
	Penalty int64 // what moving a task costs, in the units of Weight and Tardy, for tasks without a Move of their own
	Limits  rcpsp.Limits

	Most  float64 // share, 0 to 1, of what may move that is to change at most; zero: as much as pays
	Parts []int   // with Most, by task: tasks with the same number are one to those who must be told; nil: each by itself
}

// doublings is how often the penalty is doubled at most, each time for a quarter of the schedules.
const doublings = 8

// Result is the mended schedule.
type Result struct {
	rcpsp.Solution
	Problem rcpsp.Problem // as it was solved: what stays is promised, what has begun is no longer judged
	Changes []Change      // by new start, those without one last
	Broken  []int         // tasks that were committed and cannot stay; they are among the changes unless they found their place again
	Free    int           // tasks that had a start and might move
}

// Change is a task whose people must be told.
type Change struct {
	Task     int
	ID       string
	From, To rcpsp.Start // Unplaced where it had or has no start
}

// Slots is by how many slots it moves, below zero for earlier; zero where either start is missing.
func (c Change) Slots() int {
	if c.From.Slot == rcpsp.Unplaced || c.To.Slot == rcpsp.Unplaced {
		return 0
	}
	return c.To.Slot - c.From.Slot
}

// Plan mends a schedule. Present holds the starts in the order of p.Tasks, rcpsp.Unplaced for new
// tasks. The error tells what is wrong with the problem.
func Plan(ctx context.Context, p rcpsp.Problem, present []rcpsp.Start, o Options) (Result, error) {
	frozen, broken, err := freeze(p, present, o)
	if err != nil {
		return Result{}, err
	}
	r := Result{Problem: frozen, Broken: broken}
	o.Limits.From = present
	if r.Solution, err = rcpsp.Solve(ctx, frozen, o.Limits); err != nil {
		return Result{}, err
	}
	if err := r.spare(ctx, present, o); err != nil {
		return Result{}, err
	}
	for i, to := range r.Starts {
		if frozen.Tasks[i].Fixed == nil && present[i].Slot != rcpsp.Unplaced {
			r.Free++
		}
		if to != present[i] && (to.Slot != rcpsp.Unplaced || present[i].Slot != rcpsp.Unplaced) {
			r.Changes = append(r.Changes, Change{i, p.Tasks[i].ID, present[i], to})
		}
	}
	slices.SortStableFunc(r.Changes, func(a, b Change) int {
		return cmp.Compare(uint(a.To.Slot), uint(b.To.Slot)) // Unplaced is the largest of these
	})
	return r, nil
}

// spare moves tasks back while more of them have changed than may.
func (r *Result) spare(ctx context.Context, present []rcpsp.Start, o Options) error {
	dearer := r.Problem
	dearer.Tasks = slices.Clone(dearer.Tasks)
	o.Limits.Schedules = max(1, o.Limits.Schedules/4)
	for n := 0; n < doublings && o.Most > 0 && ctx.Err() == nil && r.share(present, o.Parts) > o.Most; n++ {
		for i := range dearer.Tasks {
			dearer.Tasks[i].Move *= 2
		}
		o.Limits.From = r.Starts
		next, err := rcpsp.Solve(ctx, dearer, o.Limits)
		if err != nil {
			return err
		}
		r.Solution = next
	}
	return nil
}

// share is how much of what had a start and may move has changed.
func (r *Result) share(present []rcpsp.Start, parts []int) float64 {
	free, changed := map[int]bool{}, map[int]bool{}
	for i, to := range r.Starts {
		if r.Problem.Tasks[i].Fixed != nil || present[i].Slot == rcpsp.Unplaced {
			continue
		}
		part := i
		if parts != nil {
			part = parts[i]
		}
		free[part] = true
		if to != present[i] {
			changed[part] = true
		}
	}
	return float64(len(changed)) / float64(max(1, len(free)))
}

// freeze promises what stays, and gives all other tasks a price for moving. It also tells which
// committed tasks cannot stay.
func freeze(p rcpsp.Problem, present []rcpsp.Start, o Options) (rcpsp.Problem, []int, error) {
	if len(present) != len(p.Tasks) {
		return p, nil, fmt.Errorf("replan: %d starts for %d tasks; give one for each", len(present), len(p.Tasks))
	}
	if o.Now < 0 || o.Commit < 0 || o.Penalty < 0 {
		return p, nil, fmt.Errorf("replan: now %d, committed %d slots, penalty %d; none may be negative", o.Now, o.Commit, o.Penalty)
	}
	if o.Parts != nil && len(o.Parts) != len(p.Tasks) {
		return p, nil, fmt.Errorf("replan: parts of %d tasks for %d; give one for each, or none", len(o.Parts), len(p.Tasks))
	}
	p.Tasks = slices.Clone(p.Tasks)
	var begun, committed []int
	for i := range p.Tasks {
		t, at := &p.Tasks[i], present[i]
		switch {
		case at.Slot == rcpsp.Unplaced:
			t.Release = max(t.Release, o.Now+o.Commit)
			continue
		case at.Slot < 0 || at.Mode < 0 || at.Mode >= len(t.Modes):
			return p, nil, fmt.Errorf("replan: task %q starts at slot %d in mode %d, which does not exist", t.ID, at.Slot, at.Mode)
		case at.Slot < o.Now:
			t.Fixed, t.Release, t.Deadline, t.After = &at, 0, 0, nil
			begun = append(begun, i)
			continue
		case t.Fixed != nil: // promised already, whatever it breaks
			continue
		case at.Slot < o.Now+o.Commit:
			committed = append(committed, i)
		}
		t.Keep = &at
		if t.Move == 0 {
			t.Move = o.Penalty
		}
	}
	p.Resources = raise(p, present, begun)
	broken, err := commit(p, present, committed)
	for i := range p.Tasks {
		if p.Tasks[i].Fixed == nil {
			p.Tasks[i].Release = max(p.Tasks[i].Release, o.Now+o.Commit)
		}
	}
	return p, broken, err
}

// commit promises the starts of committed tasks, in their order, and tells which of them cannot stay.
func commit(p rcpsp.Problem, present []rcpsp.Start, committed []int) ([]int, error) {
	table, err := rcpsp.NewTimetable(p)
	if err != nil {
		return nil, err
	}
	for _, t := range p.Tasks {
		if f := t.Fixed; f != nil {
			table.Book(t.Modes[f.Mode].Demand(), f.Slot, f.Slot+t.Modes[f.Mode].Duration)
		}
	}
	slices.SortStableFunc(committed, func(a, b int) int { return present[a].Slot - present[b].Slot })
	var broken []int
	for _, i := range committed {
		t, at := &p.Tasks[i], present[i]
		mode := t.Modes[at.Mode]
		end := at.Slot + mode.Duration
		if !stands(p, i, at) || table.Earliest(i, mode.Demand(), mode.Duration, at.Slot, end) != at.Slot {
			broken = append(broken, i)
			continue
		}
		table.Book(mode.Demand(), at.Slot, end)
		t.Fixed, t.Keep, t.Move = &at, nil, 0
	}
	return broken, nil
}

// stands tells whether a task may start in a slot by its release, deadline and links, where all that it
// waits for stays.
func stands(p rcpsp.Problem, i int, at rcpsp.Start) bool {
	t := p.Tasks[i]
	if at.Slot < t.Release || t.Deadline > 0 && at.Slot+t.Modes[at.Mode].Duration > t.Deadline {
		return false
	}
	for _, l := range t.After {
		o := p.Tasks[l.Task]
		if o.Fixed == nil || o.Fixed.Slot+o.Modes[o.Fixed.Mode].Duration+l.Lag > at.Slot {
			return false
		}
	}
	return true
}

// raise lifts capacities to what tasks that have begun use of them: they go on, whatever was lost.
func raise(p rcpsp.Problem, present []rcpsp.Start, begun []int) []rcpsp.Resource {
	used := make([]map[int]int64, len(p.Resources))
	for _, i := range begun {
		mode := p.Tasks[i].Modes[present[i].Mode]
		for _, u := range mode.Demand() {
			if used[u.Resource] == nil {
				used[u.Resource] = map[int]int64{}
			}
			for slot := present[i].Slot; slot < present[i].Slot+mode.Duration; slot++ {
				used[u.Resource][slot] += u.Amount
			}
		}
	}
	out := slices.Clone(p.Resources)
	for r, by := range used {
		slots := make([]int, 0, len(by))
		for slot := range by {
			slots = append(slots, slot)
		}
		slices.Sort(slots)
		for _, slot := range slots {
			if by[slot] > out[r].At(slot) {
				out[r] = out[r].With(slot, slot+1, by[slot])
			}
		}
	}
	return out
}
