// Package rcpsp solves the resource-constrained project scheduling problem on a grid of slots (a day,
// a night, a shift): tasks with durations, lags between them, resources whose capacity changes over
// time, closed stretches, releases, deadlines, several ways to do a task, and dates already promised.
//
// The caller describes a Problem, asks Solve for a Solution and has package verify check it. Up to
// about 500 tasks a genetic algorithm works on lists of tasks; above, or where money rather than the
// last end is to be kept low, parts of the schedule are ruined and recreated. Both rest on serial
// schedule generation: each task in turn takes the earliest slots that its predecessors, its calendar
// and the free capacity leave. Of up to a dozen tasks all schedules that can be best are gone through
// after that. Bound gives what no schedule can be better than.
//
// A search may begin with an older schedule (Limits.From), and tasks may be expected where they were
// (Task.Keep, Move): package replan is made of these. Refute proves that no schedule exists; Timetable
// is for those who place tasks themselves.
//
// Links set least lags only. A greatest lag (RCPSP/max: start at most so long after) cannot be said: as
// a link back with a negative lag it closes a circle, and circles are refused.
//
// All amounts are whole numbers. The same problem, seed and number of schedules give the same solution
// on any number of cores, and the order in which tasks are given does not matter: they are told apart
// by ID.
package rcpsp

import "slices"

// Problem is all that a schedule depends on.
type Problem struct {
	Slots     int // slots 0 to Slots-1 exist; zero: as many as it takes
	Resources []Resource
	Stocks    []int64 // what is used up rather than occupied, over the whole schedule
	Tasks     []Task
}

// Resource is occupied while a task runs and free again afterwards: crews, a link, room for work in
// progress.
type Resource struct {
	Name     string
	Capacity int64    // from slot 0
	Changes  []Change // by slot, ascending
}

// Change sets a resource's capacity from a slot on, until the next change.
type Change struct {
	From     int
	Capacity int64
}

// At is the capacity in a slot.
func (r Resource) At(slot int) int64 {
	capacity := r.Capacity
	for _, c := range r.Changes {
		if c.From > slot {
			break
		}
		capacity = c.Capacity
	}
	return capacity
}

// With is the resource with another capacity in the slots from one up to, not including, another.
func (r Resource) With(from, to int, capacity int64) Resource {
	after := r.At(to)
	var changes []Change
	for _, c := range r.Changes {
		if c.From < from {
			changes = append(changes, c)
		}
	}
	changes = append(changes, Change{from, capacity}, Change{to, after})
	for _, c := range r.Changes {
		if c.From > to {
			changes = append(changes, c)
		}
	}
	r.Changes = changes
	return r
}

// Task is a piece of work that runs without interruption once it has started.
type Task struct {
	ID       string // unique
	Modes    []Mode // the ways to do it; at least one
	After    []Link
	Release  int    // no start before this slot
	Deadline int    // must have ended by this slot: the last slot it may occupy is Deadline-1; zero: none
	Closed   []Span // slots it may not run in; tasks may share one slice
	Fixed    *Start // a start that is promised and is not changed

	Weight int64 // what each slot of a later end costs
	Due    int   // with Tardy: the slot after which lateness costs
	Tardy  int64 // what each slot of an end after Due costs; lateness is not forbidden

	Keep *Start // with Move: where people expect the task
	Move int64  // what a start elsewhere, or in another mode, costs the search; not part of Solution.Cost
}

// Closing is the problem with those closed stretches only that are to be kept. Tasks that share a list
// still share one.
func (p Problem) Closing(keep func(Span) bool) Problem {
	type list struct {
		first *Span
		count int
	}
	kept := map[list][]Span{}
	p.Tasks = slices.Clone(p.Tasks)
	for i, t := range p.Tasks {
		if len(t.Closed) == 0 {
			continue
		}
		key := list{&t.Closed[0], len(t.Closed)}
		spans, known := kept[key]
		if !known {
			for _, s := range t.Closed {
				if keep(s) {
					spans = append(spans, s)
				}
			}
			kept[key] = spans
		}
		p.Tasks[i].Closed = spans
	}
	return p
}

// Mode is one way to do a task.
type Mode struct {
	Duration int     // slots; zero is allowed
	Uses     []Use   // of resources, in every slot it runs
	Draws    []int64 // of each stock, once; nil: nothing
}

// Use is an amount of a resource.
type Use struct {
	Resource int
	Amount   int64
}

// Link makes a task wait for another one: start >= end of Task + Lag. A negative lag lets them overlap.
type Link struct {
	Task int // index in Problem.Tasks
	Lag  int
}

// Span is a stretch of slots, To not included. Name says why it is closed, for those who explain dates;
// spans of one name are one rule. It may be empty.
type Span struct {
	From, To int
	Name     string
}

// Start is where a task begins and in which mode.
type Start struct{ Slot, Mode int }

// Unplaced is the slot of a task for which no slot was found before the end of the grid.
const Unplaced = -1

// Solution is a schedule and how good it is.
type Solution struct {
	Starts    []Start // as in Problem.Tasks
	Unplaced  int     // tasks without a slot
	Late      int64   // slots by which deadlines, and what leads up to them, are missed, and units by which stocks are overdrawn
	Cost      int64   // by Weight, Due and Tardy
	Moved     int     // tasks with a Move that do not stand where they Keep
	Makespan  int     // the last end
	Bound     int     // no schedule that keeps all rules ends earlier
	CostBound int64   // no schedule that keeps all rules costs less
	Schedules int64   // that were generated to find it
}

// Feasible tells whether all tasks have a slot and every deadline is kept.
func (s Solution) Feasible() bool { return s.Unplaced == 0 && s.Late == 0 }

// Proven tells that the last end is as early as it can be.
func (s Solution) Proven() bool { return s.Feasible() && s.Makespan == s.Bound }

// Limits end the search, besides the context.
type Limits struct {
	Schedules int64   // schedules to generate, or parts to ruin; zero: until the context's deadline, 5,000 without one
	Seed      uint64  // of the random choices
	Workers   int     // goroutines; zero: 1. The solution does not depend on it unless time ends the search
	From      []Start // a schedule to begin with, in the order of Tasks: what still fits is kept, the rest pushed. The solution is no worse
	Bound     bool    // spend effort on Bound beyond the critical path and the work to be done
}
