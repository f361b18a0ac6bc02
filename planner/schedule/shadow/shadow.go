// Package shadow tells what a little more of something would give: one more crew, a faster link, a week
// more, a freeze lifted.
//
// Effects first searches on from the present schedule, so that what any search would have found is not
// taken for an effect. Then it loosens the problem in each way that is asked about and searches again
// from there, with the same effort as the comparison gets. A schedule that keeps the tighter rules also
// keeps the looser ones, so an effect is never negative; it is what was found, and may be more.
package shadow

import (
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Kind is what is loosened.
type Kind string

const (
	Capacity Kind = "capacity" // of Resource there is Amount more, always
	Opening  Kind = "opening"  // the closed stretches called Name are open
	Time     Kind = "time"     // the grid, and every deadline, ends Amount slots later
	Deadline Kind = "deadline" // Task may end Amount slots later
	Release  Kind = "release"  // Task may start Amount slots earlier
)

// Relief is one way to loosen a problem. Fields that its kind does not name are not read.
type Relief struct {
	Kind     Kind
	Resource int
	Task     int
	Name     string
	Amount   int64
}

// Effect is what a relief gives, against the comparison.
type Effect struct {
	Relief
	Placed   int            // tasks more that have a slot
	Timely   int64          // slots and units less that Late counts
	Cost     int64          // saved
	Earlier  int            // slots that the last end is earlier
	Solution rcpsp.Solution // the schedule that shows it
}

// Effects gives the comparison, a schedule of the problem as it is, and what each relief gives. Effects
// count in the order in which the solver ranks schedules: tasks placed, lateness, then cost, or the last
// end where nothing costs; what ranks lower may get worse. Each search makes l.Schedules schedules, 5,000
// when it says none; there are two more searches than reliefs. Starts are in the order of p.Tasks. When
// the context ends, the effects that are left are zero.
func Effects(ctx context.Context, p rcpsp.Problem, starts []rcpsp.Start, reliefs []Relief, l rcpsp.Limits) (rcpsp.Solution, []Effect, error) {
	if l.Schedules <= 0 {
		l.Schedules = 5000
	}
	l.From = starts
	begin, err := rcpsp.Solve(ctx, p, l)
	if err != nil {
		return rcpsp.Solution{}, nil, err
	}
	l.From = begin.Starts
	base, err := rcpsp.Solve(ctx, p, l)
	if err != nil {
		return rcpsp.Solution{}, nil, err
	}
	effects := make([]Effect, 0, len(reliefs))
	costly := slices.ContainsFunc(p.Tasks, func(t rcpsp.Task) bool { return t.Weight > 0 || t.Tardy > 0 })
	for _, r := range reliefs {
		looser, err := r.Apply(p)
		if err != nil {
			return rcpsp.Solution{}, nil, err
		}
		s, err := rcpsp.Solve(ctx, looser, l)
		if err != nil {
			return rcpsp.Solution{}, nil, err
		}
		if slices.Compare(rank(s, costly), rank(base, costly)) >= 0 {
			s = base
		}
		effects = append(effects, Effect{Relief: r, Placed: base.Unplaced - s.Unplaced, Timely: base.Late - s.Late,
			Cost: base.Cost - s.Cost, Earlier: base.Makespan - s.Makespan, Solution: s})
	}
	return base, effects, nil
}

// rank is what the solver keeps low, most important first.
func rank(s rcpsp.Solution, costly bool) []int64 {
	if costly {
		return []int64{int64(s.Unplaced), s.Late, s.Cost}
	}
	return []int64{int64(s.Unplaced), s.Late, int64(s.Makespan)}
}

// Apply gives the looser problem; the given one stays as it is.
func (r Relief) Apply(p rcpsp.Problem) (rcpsp.Problem, error) {
	switch {
	case r.Amount < 0, r.Amount == 0 && r.Kind != Opening:
		return p, fmt.Errorf("shadow: %s by %d; give how much more there is, above zero", r.Kind, r.Amount)
	case r.Kind == Capacity && (r.Resource < 0 || r.Resource >= len(p.Resources)):
		return p, fmt.Errorf("shadow: more of resource %d; there are %d", r.Resource, len(p.Resources))
	case (r.Kind == Deadline || r.Kind == Release) && (r.Task < 0 || r.Task >= len(p.Tasks)):
		return p, fmt.Errorf("shadow: %s of task %d; there are %d", r.Kind, r.Task, len(p.Tasks))
	}
	p.Tasks, p.Resources = slices.Clone(p.Tasks), slices.Clone(p.Resources)
	later := func(t *rcpsp.Task) {
		if t.Deadline > 0 {
			t.Deadline += int(r.Amount)
		}
	}
	switch r.Kind {
	case Capacity:
		res := &p.Resources[r.Resource]
		res.Capacity += r.Amount
		res.Changes = slices.Clone(res.Changes)
		for k := range res.Changes {
			res.Changes[k].Capacity += r.Amount
		}
	case Opening:
		return p.Closing(func(s rcpsp.Span) bool { return s.Name != r.Name }), nil
	case Time:
		if p.Slots > 0 {
			p.Slots += int(r.Amount)
		}
		for i := range p.Tasks {
			later(&p.Tasks[i])
		}
	case Deadline:
		later(&p.Tasks[r.Task])
	case Release:
		t := &p.Tasks[r.Task]
		t.Release = max(0, t.Release-int(r.Amount))
	default:
		return p, fmt.Errorf("shadow: %q is no kind of relief", r.Kind)
	}
	return p, nil
}
