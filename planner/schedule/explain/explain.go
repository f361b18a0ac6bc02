// Package explain tells why each task of a schedule stands where it does and not earlier, and how much
// later it could stand.
//
// New takes a problem and the starts that were found for it. Task counts, for one task, every slot
// before its start under the one rule that keeps the task out of it; the counts add up to the start.
// Chain follows the binding reasons from task to task back to what nothing holds; Critical is the chain
// of the last end. Totals tells what holds most slots of all; Slack how far tasks can slip. Nothing
// depends on how the schedule was made, so that it may come from a solver, a person or an older plan. A
// Schedule may be used by several goroutines at once.
package explain

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Kind is a rule that keeps a task out of a slot.
type Kind string

// The kinds, in the order in which they are asked: a slot counts for the first that rejects it.
const (
	Deadline Kind = "deadline" // only for a task without a start: it would end after its deadline or the last slot
	Release  Kind = "release"  // the task may not start before
	After    Kind = "after"    // a task it waits for, with the lag, is not over; of several the last
	Closed   Kind = "closed"   // a slot that it would run in is closed
	Resource Kind = "resource" // the other tasks leave too little of a resource
	Promise  Kind = "promise"  // nothing is in the way, but the start is promised
	Order    Kind = "order"    // nothing is in the way as the schedule now stands: room that came free when others found their places, or a start chosen for another reason
)

// Reason is a rule with the slots it rejected. Stocks and other modes are no reasons: a task is
// explained in the mode that it has.
type Reason struct {
	Kind        Kind
	Ref         int    // After: index of the task; Resource: index of the resource; otherwise -1
	Name        string // After: the task's ID; Resource: the resource's name; Closed: the span's name
	Slots       int
	First, Last int // slots rejected; others between them may count for other rules
}

// Schedule is a problem with starts, ready to be asked.
type Schedule struct {
	problem rcpsp.Problem
	starts  []rcpsp.Start
	table   *rcpsp.Timetable  // with all tasks that have a start
	uses    [][]rcpsp.Use     // by task, in its mode
	shut    map[spans][]int32 // per list of closed stretches, for each slot: which one closes it, -1 for none
	users   [][]int32         // per resource: the tasks that use it, by start
	longest []int             // per resource: of these tasks
}

// New prepares a schedule; starts are in the order of p.Tasks. The error tells what is wrong with the
// problem, or that a start is of no mode of its task.
func New(p rcpsp.Problem, starts []rcpsp.Start) (*Schedule, error) {
	table, err := rcpsp.NewTimetable(p)
	if err != nil {
		return nil, err
	}
	return On(table, p, starts)
}

// On is New for those who have an empty timetable of the problem, which is from then on the schedule's.
func On(table *rcpsp.Timetable, p rcpsp.Problem, starts []rcpsp.Start) (*Schedule, error) {
	if len(starts) != len(p.Tasks) {
		return nil, fmt.Errorf("explain: %d starts for %d tasks; give one for each", len(starts), len(p.Tasks))
	}
	s := &Schedule{problem: p, starts: starts, table: table, uses: make([][]rcpsp.Use, len(starts)),
		shut: map[spans][]int32{}, users: make([][]int32, len(p.Resources)), longest: make([]int, len(p.Resources))}
	for i, at := range starts {
		if at.Mode < 0 || at.Mode >= len(p.Tasks[i].Modes) || at.Slot < rcpsp.Unplaced {
			return nil, fmt.Errorf("explain: task %q starts at slot %d in mode %d, which does not exist", p.Tasks[i].ID, at.Slot, at.Mode)
		}
		s.uses[i] = p.Tasks[i].Modes[at.Mode].Demand()
		s.closings(p.Tasks[i].Closed)
		if !s.placed(i) {
			continue
		}
		table.Book(s.uses[i], at.Slot, s.end(i))
		for _, u := range s.uses[i] {
			s.users[u.Resource] = append(s.users[u.Resource], int32(i))
			s.longest[u.Resource] = max(s.longest[u.Resource], s.Length(i))
		}
	}
	for _, users := range s.users {
		slices.SortStableFunc(users, func(a, b int32) int { return starts[a].Slot - starts[b].Slot })
	}
	return s, nil
}

func (s *Schedule) placed(i int) bool { return s.starts[i].Slot != rcpsp.Unplaced }

// Length is how many slots a task takes in its mode.
func (s *Schedule) Length(i int) int { return s.problem.Tasks[i].Modes[s.starts[i].Mode].Duration }
func (s *Schedule) end(i int) int    { return s.starts[i].Slot + s.Length(i) }

// spans tells lists of closed stretches apart, which tasks may share.
type spans struct {
	first *rcpsp.Span
	count int
}

// closings tells for each slot which span closes it, -1 for none; nil for an empty list.
func (s *Schedule) closings(closed []rcpsp.Span) []int32 {
	if len(closed) == 0 {
		return nil
	}
	key := spans{&closed[0], len(closed)}
	if by, known := s.shut[key]; known {
		return by
	}
	by := make([]int32, s.table.Slots())
	for t := range by {
		by[t] = -1
	}
	for k, span := range closed {
		for t := max(0, span.From); t < min(len(by), span.To); t++ {
			if by[t] < 0 {
				by[t] = int32(k)
			}
		}
	}
	s.shut[key] = by
	return by
}

// Task gives the reasons that keep a task from every slot before its start, for a task without a start
// from every slot. The one that rejects the latest slot comes first: it is the binding one.
func (s *Schedule) Task(i int) []Reason {
	var reasons []Reason
	s.rejected(i, func(r Reason) bool { reasons = count(reasons, r); return true })
	return reasons
}

// At gives the reason that keeps a task out of one slot before its start; false: the slot is none of these.
func (s *Schedule) At(i, slot int) (found Reason, ok bool) {
	s.rejected(i, func(r Reason) bool {
		if r.First <= slot && slot <= r.Last {
			r.First, r.Last, r.Slots = slot, slot, 1
			found, ok = r, true
		}
		return !ok
	})
	return found, ok
}

// rejected tells what keeps a task out of the slots before its start, the latest first, until visit has
// heard enough. Slots told of together follow each other.
func (s *Schedule) rejected(i int, visit func(Reason) bool) {
	task := s.problem.Tasks[i]
	start, own, limit := s.starts[i].Slot, s.starts[i].Slot, -1
	if !s.placed(i) {
		start, own, limit = s.table.Slots(), s.table.Slots(), s.table.Slots()
		if task.Deadline > 0 {
			limit = min(limit, task.Deadline)
		}
	}
	d := s.Length(i)
	ready, last := s.ready(i)
	shut := s.closings(task.Closed)
	closedAt, fullAt := s.table.Slots()+d, make([]int, len(s.uses[i])) // nearest slots that are closed or full
	for k := range fullAt {
		fullAt[k] = closedAt
	}
	for t := min(s.table.Slots(), start+max(1, d)) - 1; t >= 0; t-- {
		if shut != nil && shut[t] >= 0 {
			closedAt = t
		}
		for k, u := range s.uses[i] {
			free := s.table.Free(u.Resource)[t]
			if own <= t && t < own+d {
				free += u.Amount
			}
			if free < u.Amount {
				fullAt[k] = t
			}
		}
		if t >= start {
			continue
		}
		if limit < 0 && t < max(ready, task.Release) { // as are all slots before it
			if from := task.Release; t >= from && !visit(Reason{Kind: After, Ref: last, Name: s.problem.Tasks[last].ID, Slots: t + 1 - from, First: from, Last: t}) {
				return
			}
			if to := min(t+1, task.Release); to > 0 {
				visit(Reason{Kind: Release, Ref: -1, Slots: to, Last: to - 1})
			}
			return
		}
		r := Reason{Ref: -1, First: t, Last: t, Slots: 1}
		switch full := slices.IndexFunc(fullAt, func(at int) bool { return at < t+d }); {
		case limit >= 0 && t+d > limit:
			r.Kind = Deadline
		case t < task.Release:
			r.Kind = Release
		case t < ready:
			r.Kind, r.Ref, r.Name = After, last, s.problem.Tasks[last].ID
		case closedAt < t+d:
			r.Kind, r.Name = Closed, task.Closed[shut[closedAt]].Name
		case full >= 0:
			r.Kind, r.Ref = Resource, s.uses[i][full].Resource
			r.Name = s.problem.Resources[r.Ref].Name
		case task.Fixed != nil:
			r.Kind = Promise
		default:
			r.Kind = Order
		}
		if !visit(r) {
			return
		}
	}
}

// Totals adds up the reasons of all tasks, the most slots first: what holds the schedule as a whole, and
// so what is worth asking package shadow about. All waiting for other tasks is one line without a name.
func (s *Schedule) Totals() []Reason {
	type key struct {
		kind Kind
		ref  int
		name string
	}
	sums := map[key]*Reason{}
	for i := range s.starts {
		for _, r := range s.Task(i) {
			if r.Kind == After {
				r.Ref, r.Name = -1, ""
			}
			k := key{r.Kind, r.Ref, r.Name}
			sum := sums[k]
			if sum == nil {
				sums[k] = &r
				continue
			}
			sum.Slots += r.Slots
			sum.First, sum.Last = min(sum.First, r.First), max(sum.Last, r.Last)
		}
	}
	all := make([]Reason, 0, len(sums))
	for _, sum := range sums {
		all = append(all, *sum)
	}
	slices.SortFunc(all, func(a, b Reason) int {
		return cmp.Or(b.Slots-a.Slots, cmp.Compare(a.Kind, b.Kind), a.Ref-b.Ref, cmp.Compare(a.Name, b.Name))
	})
	return all
}

// count adds slots, earlier than all before, to the reasons.
func count(reasons []Reason, r Reason) []Reason {
	for k := range reasons {
		if o := &reasons[k]; o.Kind == r.Kind && o.Ref == r.Ref && o.Name == r.Name {
			o.Slots += r.Slots
			o.First = r.First
			return reasons
		}
	}
	return append(reasons, r)
}

// ready is the slot from which a task's links let it start, and the task that holds it longest, -1 for
// none.
func (s *Schedule) ready(i int) (slot, last int) {
	last = -1
	for _, l := range s.problem.Tasks[i].After {
		from := s.table.Slots()
		if s.placed(l.Task) {
			from = s.end(l.Task) + l.Lag
		}
		if from > slot {
			slot, last = from, l.Task
		}
	}
	return slot, last
}
