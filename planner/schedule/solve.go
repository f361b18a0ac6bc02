package schedule

import (
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// fewTasks is up to how many tasks the bounds of package rcpsp are worth their time; in larger problems
// endBound is the higher one.
const fewTasks = 1000

// Solve finds the best schedule it knows how to find: lanes are placed as wholes in many orders, the
// result goes to package rcpsp, which changes single tasks and gives the bounds, and the better of both
// is kept. The same problem gives the same schedule.
func Solve(p Problem) (Schedule, error) {
	s := Schedule{Lanes: make([][][]Placed, len(p.Lanes)), LastEnd: p.AsOf, Bound: p.AsOf}
	for i, l := range p.Lanes {
		for _, w := range l.Waves {
			s.Lanes[i] = append(s.Lanes[i], make([]Placed, len(w.Jobs)))
		}
	}
	m, starts, err := solve(p, &s)
	if err != nil {
		return s, err
	}
	return s, m.tell(&s, starts)
}

// solve finds the starts of all tasks, and sets the schedule's cost and bounds.
func solve(p Problem, s *Schedule) (*model, []rcpsp.Start, error) {
	m := build(p)
	b, err := newBoard(m)
	if err != nil {
		return nil, nil, fmt.Errorf("dates: %w", err)
	}
	b.search(p.Search)
	m.hold(b.starts)
	starts, err := m.polish(s, b.starts)
	if err != nil {
		return nil, nil, err
	}
	if err := m.settle(starts); err != nil {
		return nil, nil, err
	}
	s.Cost = m.worth(starts)[waiting]
	s.CostBound = m.costBound()
	return m, starts, nil
}

// hold keeps what was decided about lanes and pins from being changed by what follows: when a lane may
// begin, when the data of a group is seeded whose night people set, and which jobs have no night.
func (m *model) hold(starts []rcpsp.Start) {
	for _, at := range m.jobs {
		if t := m.cutover(at); starts[t].Slot == rcpsp.Unplaced {
			m.dropped[at] = true
		} else if m.tasks.Tasks[t].Fixed != nil {
			seed := starts[m.seeding(at)]
			m.tasks.Tasks[m.seeding(at)].Fixed = &seed
		}
	}
	for _, t := range m.start {
		m.begin[t] = starts[t].Slot
	}
}

// polish lets package rcpsp change single tasks and find the bounds. Its schedule is taken where it is
// better, and first of all where it finds a night for every job. Lanes of which only some may move at
// once are left as they are.
func (m *model) polish(s *Schedule, starts []rcpsp.Start) ([]rcpsp.Start, error) {
	changes := 1 // for the bound
	if m.in.MaxMoving == 0 {
		changes = max(1, m.in.Search/20)
		hopeless := map[job]bool{}
		for at := range m.dropped {
			if m.in.Lanes[at.lane].Blocked {
				hopeless[at] = true
			}
		}
		if len(hopeless) < len(m.dropped) {
			dropped := m.dropped
			m.dropped = hopeless
			other, found, err := m.solve(starts, 5*changes, false)
			if err != nil {
				return nil, err
			}
			if found.Unplaced == 0 {
				starts = other
			} else {
				m.dropped = dropped
			}
		}
	}
	other, found := starts, rcpsp.Solution{}
	if changes > 1 || len(m.tasks.Tasks) <= fewTasks {
		var err error
		if other, found, err = m.solve(starts, changes, m.in.MaxMoving == 0); err != nil {
			return nil, err
		}
	}
	if len(m.dropped) < len(m.jobs) {
		bound, pinned := m.endBound(), false
		for _, at := range m.jobs {
			if night := m.in.job(at).Pin; night != 0 && !m.dropped[at] {
				bound, pinned = max(bound, m.in.slot(night)+1+m.in.HypercareDays), true
			}
		}
		if !pinned {
			bound = max(bound, found.Bound) // which knows no schedules in which a pin breaks a rule
		}
		s.Bound = m.in.AsOf.AddDays(bound)
	}
	if m.in.MaxMoving == 0 && found.Unplaced == 0 && m.worth(other).less(m.worth(starts)) {
		return other, nil
	}
	return starts, nil
}

// solve lets package rcpsp place all jobs that are not dropped, anew or from where they stand; the
// others keep their starts.
func (m *model) solve(starts []rcpsp.Start, changes int, resume bool) ([]rcpsp.Start, rcpsp.Solution, error) {
	p, index := m.without()
	limits := rcpsp.Limits{Schedules: int64(changes), Seed: 1, Workers: 2, Bound: len(index) <= fewTasks}
	if resume {
		for _, t := range index {
			limits.From = append(limits.From, starts[t])
		}
	}
	found, err := rcpsp.Solve(context.Background(), p, limits)
	if err != nil {
		return nil, found, fmt.Errorf("dates: %w", err)
	}
	other := slices.Clone(starts)
	for k, t := range index {
		other[t] = found.Starts[k]
	}
	return other, found, nil
}

// worth is the value of a schedule of all lanes.
func (m *model) worth(starts []rcpsp.Start) (sum value) {
	for i := range m.in.Lanes {
		v, _ := m.judge(i, starts)
		sum = sum.plus(v, 1)
	}
	return sum
}

// without leaves the dropped jobs out of the problem. index gives the tasks that are left.
func (m *model) without() (p rcpsp.Problem, index []int) {
	p = rcpsp.Problem{Slots: m.tasks.Slots, Resources: m.tasks.Resources}
	number := make([]int, len(m.tasks.Tasks))
	for t := range m.tasks.Tasks {
		number[t] = -1
		if at := m.jobOf[t]; at == none || !m.dropped[at] {
			number[t] = len(index)
			index = append(index, t)
		}
	}
	for _, t := range index {
		task := m.tasks.Tasks[t]
		after := make([]rcpsp.Link, 0, len(task.After))
		for _, l := range task.After {
			if number[l.Task] >= 0 {
				after = append(after, rcpsp.Link{Task: number[l.Task], Lag: l.Lag})
			}
		}
		task.After = after
		p.Tasks = append(p.Tasks, task)
	}
	return p, index
}
