package schedule

import (
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

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
	m := build(p)
	if len(m.jobs) == 0 {
		return s, nil
	}
	b, err := newBoard(m)
	if err != nil {
		return s, fmt.Errorf("dates: %w", err)
	}
	b.search(p.Search)
	starts, dropped := b.starts, m.hold(b.starts)
	if starts, err = m.polish(&s, starts, dropped); err != nil {
		return s, err
	}
	table, err := m.settle(starts, dropped)
	if err != nil {
		return s, err
	}
	for i := range p.Lanes {
		v, _ := m.judge(i, starts)
		s.Cost += v[waiting]
	}
	s.CostBound = m.costBound(dropped)
	return s, m.tell(&s, starts, table, dropped)
}

// hold keeps what was decided about lanes and pins from being changed by what follows: when a lane may
// begin, and when the data of a group is seeded whose night people set. It gives the jobs that have no
// night.
func (m *model) hold(starts []rcpsp.Start) map[job]bool {
	dropped := map[job]bool{}
	for _, at := range m.jobs {
		if t := m.cutover(at); starts[t].Slot == rcpsp.Unplaced {
			dropped[at] = true
		} else if m.tasks.Tasks[t].Fixed != nil {
			seed := starts[m.seeding(at)]
			m.tasks.Tasks[m.seeding(at)].Fixed = &seed
		}
	}
	for _, t := range m.start {
		m.begin[t] = starts[t].Slot
	}
	return dropped
}

// polish lets package rcpsp change single tasks and find the bounds. Its schedule is taken where it is
// better. Lanes of which only some may move at once are left as they are.
func (m *model) polish(s *Schedule, starts []rcpsp.Start, dropped map[job]bool) ([]rcpsp.Start, error) {
	p, index := m.without(dropped)
	changes := 1 // for the bound
	if m.in.MaxMoving == 0 {
		changes = max(1, m.in.Search/20)
	}
	found, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: int64(changes), Seed: 1, Workers: 2, Bound: true})
	if err != nil {
		return nil, fmt.Errorf("dates: %w", err)
	}
	s.Bound = m.in.AsOf.AddDays(max(found.Bound, m.endBound(dropped)))
	if m.in.MaxMoving > 0 || found.Unplaced > 0 {
		return starts, nil
	}
	other := slices.Clone(starts)
	for k, t := range index {
		other[t] = found.Starts[k]
	}
	was, is := value{}, value{}
	for i := range m.in.Lanes {
		a, _ := m.judge(i, starts)
		b, _ := m.judge(i, other)
		was, is = was.plus(a, 1), is.plus(b, 1)
	}
	if is.less(was) {
		return other, nil
	}
	return starts, nil
}

// without leaves jobs out of the problem. index gives the tasks that are left.
func (m *model) without(dropped map[job]bool) (p rcpsp.Problem, index []int) {
	p = rcpsp.Problem{Slots: m.tasks.Slots, Resources: m.tasks.Resources}
	number := make([]int, len(m.tasks.Tasks))
	for t := range m.tasks.Tasks {
		number[t] = -1
		if at := m.jobOf[t]; at == none || !dropped[at] {
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
