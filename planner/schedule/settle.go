package schedule

import (
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// settle pulls every task as early as the ones before it, its calendar and the free capacity let it
// stand, in the order in which the tasks stand, so that every earlier day of every task is rejected by
// some rule (a night that people set may hold what comes before it too, so that its lane is left alone);
// then tries whether a job that was dropped fits between the others after all. Starts are changed in place.
func (m *model) settle(starts []rcpsp.Start) error {
	table := m.empty.Empty()
	held := make([]bool, len(starts)) // tasks of lanes in which people set a night stay where they are
	for i := range m.in.Lanes {
		pinned := m.pinned(i)
		for t := m.start[i]; t <= m.done[i]; t++ {
			held[t] = pinned
		}
	}
	keys := make([]int64, len(starts))
	for t, at := range starts {
		keys[t] = int64(at.Slot) // what has no start is passed over and must not hold up what waits for it
		if held[t] && at.Slot != rcpsp.Unplaced {
			table.Book(m.demand[t], at.Slot, at.Slot+m.length(t))
		}
	}
	followers := make([][]rcpsp.Link, len(starts))
	for t, task := range m.tasks.Tasks {
		for _, l := range task.After {
			followers[l.Task] = append(followers[l.Task], rcpsp.Link{Task: t, Lag: l.Lag})
		}
	}
	order := table.Order(keys)
	for _, t := range order {
		if starts[t].Slot != rcpsp.Unplaced && !held[t] && !m.place(table, starts, t, m.ready(starts, t), m.tasks.Slots) {
			return fmt.Errorf("dates: %q lost its place on day %d when others moved up", m.tasks.Tasks[t].ID, starts[t].Slot)
		}
	}
	for _, t := range order {
		at := m.jobOf[t]
		if at == none && starts[t].Slot == rcpsp.Unplaced { // a contract: it is over when its last job is
			m.place(table, starts, t, m.ready(starts, t), m.tasks.Slots)
		}
		if at == none || m.cutover(at) != t || !m.dropped[at] || m.in.Lanes[at.lane].Blocked || m.rests(at) {
			continue
		}
		m.squeeze(table, starts, at, followers)
	}
	m.table = table
	return nil
}

// pinned tells whether people set a night in a lane.
func (m *model) pinned(lane int) bool {
	return slices.ContainsFunc(m.in.Lanes[lane].Waves, func(w Wave) bool {
		return slices.ContainsFunc(w.Jobs, func(j Job) bool { return j.Pin != 0 })
	})
}

// rests tells whether a job rests on a foundation without a night.
func (m *model) rests(at job) bool {
	for k, w := range m.in.Lanes[at.lane].Waves[:at.wave] {
		for n := range w.Jobs {
			if w.Foundation && m.dropped[job{at.lane, k, n}] {
				return true
			}
		}
	}
	return false
}

// squeeze places a job that was dropped between the others if it fits.
func (m *model) squeeze(table *rcpsp.Timetable, starts []rcpsp.Start, at job, followers [][]rcpsp.Link) {
	seed, cut := m.seeding(at), m.cutover(at)
	by := m.tasks.Slots
	for _, f := range followers[cut] {
		if starts[f.Task].Slot != rcpsp.Unplaced {
			by = min(by, starts[f.Task].Slot-f.Lag)
		}
	}
	if !m.place(table, starts, seed, m.ready(starts, seed), by) {
		return
	}
	if m.place(table, starts, cut, m.ready(starts, cut), by) {
		delete(m.dropped, at)
		return
	}
	table.Release(m.demand[seed], starts[seed].Slot, starts[seed].Slot+m.length(seed))
	starts[seed].Slot = rcpsp.Unplaced
}

// place books a task at its first slot; false: there is none.
func (m *model) place(table *rcpsp.Timetable, starts []rcpsp.Start, t, from, by int) bool {
	slot := table.Earliest(t, m.demand[t], m.length(t), from, by)
	if slot < 0 {
		return false
	}
	table.Book(m.demand[t], slot, slot+m.length(t))
	starts[t] = rcpsp.Start{Slot: slot}
	return true
}

func (m *model) length(t int) int { return m.tasks.Tasks[t].Modes[0].Duration }

// ready is the slot from which a task's links let it start. What has no start holds nothing.
func (m *model) ready(starts []rcpsp.Start, t int) int {
	slot := m.begin[t]
	for _, l := range m.tasks.Tasks[t].After {
		if at := starts[l.Task].Slot; at != rcpsp.Unplaced {
			slot = max(slot, at+m.length(l.Task)+l.Lag)
		}
	}
	return slot
}

// seedLate gives the last days on which seeding can begin: old and new then run at once no longer than
// they must, by seeding task. The cutovers stay where they are.
func (m *model) seedLate(starts []rcpsp.Start) []int {
	jobs := slices.Clone(m.jobs)
	jobs = slices.DeleteFunc(jobs, func(at job) bool { return starts[m.cutover(at)].Slot == rcpsp.Unplaced })
	slices.SortStableFunc(jobs, func(a, b job) int { return starts[m.cutover(b)].Slot - starts[m.cutover(a)].Slot })
	late := make([]int, len(starts))
	for _, at := range jobs {
		t := m.seeding(at)
		from := starts[t].Slot
		late[t] = from
		if m.tasks.Tasks[t].Fixed != nil {
			continue
		}
		m.table.Release(m.demand[t], from, from+m.length(t))
		late[t] = max(from, m.table.Latest(t, m.demand[t], m.length(t), from, starts[m.cutover(at)].Slot))
		m.table.Book(m.demand[t], late[t], late[t]+m.length(t))
	}
	return late
}
