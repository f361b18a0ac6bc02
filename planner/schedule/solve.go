package schedule

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// rounds is how often the search is made again without what found no night.
const rounds = 3

// Solve finds the best schedule it knows how to find. The same problem gives the same schedule.
func Solve(p Problem) (Schedule, error) {
	s := Schedule{Lanes: make([][][]Placed, len(p.Lanes)), LastEnd: p.AsOf, Bound: p.AsOf}
	for i, l := range p.Lanes {
		for _, w := range l.Waves {
			s.Lanes[i] = append(s.Lanes[i], make([]Placed, len(w.Jobs)))
		}
	}
	m, err := p.queue()
	if err != nil || len(m.cut) == 0 {
		return s, err
	}
	dropped := m.hopeless()
	sub, index := m.without(dropped)
	found, err := search(sub, p.Search)
	if err != nil {
		return s, err
	}
	if loose := m.squeezed(found, index); len(loose) > 0 {
		m = build(p, m.ahead, loose)
		sub, index = m.without(dropped)
		if found, err = search(sub, p.Search); err != nil {
			return s, err
		}
	}
	for round := 0; m.drop(found, index, dropped, round >= rounds); round++ {
		sub, index = m.without(dropped)
		if found, err = search(sub, p.Search); err != nil {
			return s, err
		}
	}
	starts := make([]rcpsp.Start, len(m.tasks.Tasks))
	for t := range starts {
		starts[t].Slot = rcpsp.Unplaced
	}
	for k, t := range index {
		starts[t] = found.Starts[k]
	}
	table, err := m.settle(starts, dropped)
	if err != nil {
		return s, err
	}
	s.Cost, s.CostBound = m.cost(starts), found.CostBound
	s.Bound = p.AsOf.AddDays(found.Bound)
	return s, m.tell(&s, starts, table, dropped)
}

func search(p rcpsp.Problem, changes int) (rcpsp.Solution, error) {
	found, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: int64(max(1, changes)), Seed: 1, Workers: 2, Bound: true})
	if err != nil {
		return found, fmt.Errorf("dates: %w", err)
	}
	return found, nil
}

// queue builds the problem. Where only some lanes of a centre may move at once, each of as many tracks
// takes the next lane when it is free; of a few orders of the lanes the best is kept.
func (p Problem) queue() (*model, error) {
	ahead := make([]int, len(p.Lanes))
	for i := range ahead {
		ahead[i] = -1
	}
	if p.MaxMoving <= 0 {
		return build(p, ahead, nil), nil
	}
	length := make([]int, len(p.Lanes))
	for i, l := range p.Lanes {
		for _, w := range l.Waves {
			length[i] += 2 + p.HypercareDays
			for _, j := range w.Jobs {
				days, units := j.seeding(w.GBPerDay)
				length[i] += days * int(units) / linkUnits
			}
		}
	}
	release := func(a, b int) int { return cmp.Compare(p.Lanes[a].Release, p.Lanes[b].Release) }
	long := func(a, b int) int { return length[b] - length[a] }
	var best *model
	var value []int64
	for _, less := range []func(a, b int) int{
		func(a, b int) int { return cmp.Or(release(a, b), long(a, b)) },
		long,
		func(a, b int) int { return cmp.Or(release(a, b), long(b, a)) },
	} {
		order := make([]int, len(p.Lanes))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, less)
		m := build(p, p.tracks(order, length), nil)
		sub, _ := m.without(m.hopeless())
		found, err := rcpsp.Solve(context.Background(), sub, rcpsp.Limits{Schedules: 6})
		if err != nil {
			return nil, fmt.Errorf("dates: %w", err)
		}
		if v := []int64{int64(found.Unplaced), found.Cost}; best == nil || slices.Compare(v, value) < 0 {
			best, value = m, v
		}
	}
	return best, nil
}

// tracks gives for each lane the lane that it follows, -1 for none: in the given order, each takes the
// track of its centre that is free first.
func (p Problem) tracks(order, length []int) []int {
	type track struct{ free, last int }
	busy := make([][]track, len(p.Centres))
	ahead := make([]int, len(p.Lanes))
	for _, i := range order {
		tracks := &busy[p.Lanes[i].Centre]
		begin := max(0, p.slot(p.Lanes[i].Release))
		k := len(*tracks)
		for t := range *tracks {
			if k == len(*tracks) && k == p.MaxMoving || k < len(*tracks) && (*tracks)[t].free < (*tracks)[k].free {
				k = t
			}
		}
		if k == len(*tracks) {
			*tracks = append(*tracks, track{last: -1})
		}
		t := &(*tracks)[k]
		ahead[i] = t.last
		t.free, t.last = max(t.free, begin)+length[i], i
	}
	return ahead
}

// hopeless are the jobs that can have no night whatever else is planned: those of blocked lanes, and
// those whose calendar is closed throughout. What people set is tried all the same.
func (m *model) hopeless() map[job]bool {
	out := map[job]bool{}
	for at, t := range m.cut {
		task := m.tasks.Tasks[t]
		if task.Fixed == nil && (m.in.Lanes[at.lane].Blocked || m.firstOpen(task) < 0) {
			m.refuse(at, out)
		}
	}
	return out
}

// firstOpen is the first slot that a cutover's calendar leaves open, -1 when there is none.
func (m *model) firstOpen(task rcpsp.Task) int {
	for t := range m.tasks.Slots {
		if !slices.ContainsFunc(task.Closed, func(s rcpsp.Span) bool { return s.From <= t && t < s.To }) {
			return t
		}
	}
	return -1
}

// refuse gives up a job, and with a foundation all that comes after it in its lane.
func (m *model) refuse(at job, out map[job]bool) {
	out[at] = true
	waves := m.in.Lanes[at.lane].Waves
	if !waves[at.wave].Foundation {
		return
	}
	for k := at.wave + 1; k < len(waves); k++ {
		for n, j := range waves[k].Jobs {
			if j.Pin == 0 {
				out[job{at.lane, k, n}] = true
			}
		}
	}
}

// without leaves jobs out of the problem. index gives the tasks that are left.
func (m *model) without(dropped map[job]bool) (p rcpsp.Problem, index []int) {
	p = rcpsp.Problem{Slots: m.tasks.Slots, Resources: m.tasks.Resources}
	number := make([]int, len(m.tasks.Tasks))
	for t := range m.tasks.Tasks {
		number[t] = -1
		if at, isJob := m.jobOf[t]; !isJob || !dropped[at] {
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

// squeezed gives the lanes with a pin in which not everything found a place, or a link to the pin is
// broken: their pins must not hold the rest.
func (m *model) squeezed(found rcpsp.Solution, index []int) map[int]bool {
	pinned := map[int]bool{}
	for at := range m.cut {
		if m.in.job(at).Pin != 0 {
			pinned[at.lane] = true
		}
	}
	out := map[int]bool{}
	end := map[int]int{}
	for k, t := range index {
		end[t] = found.Starts[k].Slot + m.tasks.Tasks[t].Modes[0].Duration
		if at, ok := m.jobOf[t]; ok && found.Starts[k].Slot == rcpsp.Unplaced && pinned[at.lane] {
			out[at.lane] = true
		}
	}
	for at, t := range m.cut {
		if f := m.tasks.Tasks[t].Fixed; f != nil {
			for _, l := range m.tasks.Tasks[t].After {
				if e, ok := end[l.Task]; ok && e+l.Lag > f.Slot {
					out[at.lane] = true
				}
			}
		}
	}
	return out
}

// drop gives up jobs that found no night though all they wait for did; later all without one. False:
// every job has a night.
func (m *model) drop(found rcpsp.Solution, index []int, dropped map[job]bool, all bool) bool {
	lost := map[int]bool{}
	for k, t := range index {
		if found.Starts[k].Slot == rcpsp.Unplaced {
			lost[t] = true
		}
	}
	more := false
	for t := range lost {
		at, isJob := m.jobOf[t]
		if !isJob || dropped[at] {
			continue
		}
		root := !slices.ContainsFunc(m.tasks.Tasks[t].After, func(l rcpsp.Link) bool { return lost[l.Task] })
		if root || all {
			m.refuse(at, dropped)
			more = true
		}
	}
	return more
}

// cost is what waiting costs by the tasks' weights.
func (m *model) cost(starts []rcpsp.Start) int64 {
	sum := int64(0)
	for t, task := range m.tasks.Tasks {
		if starts[t].Slot != rcpsp.Unplaced {
			end := starts[t].Slot + task.Modes[0].Duration
			sum += task.Weight*int64(end) + task.Tardy*int64(max(0, end-task.Due))
		}
	}
	return sum
}
