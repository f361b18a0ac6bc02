package schedule

import "github.com/samdrift/samdrift/planner/schedule/rcpsp"

// Whole is the problem as tasks with every job in it, those without a night too.
func Whole(p Problem) rcpsp.Problem { return build(p).tasks }

// Network writes the problem for those who work on tasks: each job is a seeding and the cutover behind
// it. dates gives the jobs' nights by ID; those without one are left out. cut tells which task is a
// job's cutover; the task before it is its seeding. How many lanes may move at once is not part of it.
func Network(p Problem, dates map[string]Placed) (tasks rcpsp.Problem, starts []rcpsp.Start, cut map[string]int) {
	m := build(p)
	all := make([]rcpsp.Start, len(m.tasks.Tasks))
	for _, at := range m.jobs {
		d, t := dates[m.in.job(at).ID], m.cutover(at)
		if d.Night == 0 {
			m.dropped[at] = true
			all[t].Slot, all[t-1].Slot = rcpsp.Unplaced, rcpsp.Unplaced
			continue
		}
		all[t].Slot, all[t-1].Slot = p.slot(d.Night), p.slot(d.Seed)
	}
	tasks, index := m.without()
	cut = map[string]int{}
	for k, t := range index {
		if at := m.jobOf[t]; at == none {
			all[t].Slot = m.ready(all, t)
		} else if m.cutover(at) == t {
			cut[m.in.job(at).ID] = k
		}
		starts = append(starts, all[t])
	}
	return tasks, starts, cut
}
