package explain

import (
	"slices"
)

// Slack is by how many slots a task can slip. Both count within links, calendars, capacity and
// deadlines, and up to a slot by which all must have ended; what lateness costs is not asked. Both are
// found by construction, so that the schedules that show them exist; a larger slack may exist too.
// A task that is promised, or has no start, has none.
type Slack struct {
	Alone    int // no other task moves
	Together int // all tasks slip by theirs at once: one schedule in which each stands as late as the ones behind it allow
}

// Most is the larger of the two: the task can slip so far in some schedule.
func (s Slack) Most() int { return max(s.Alone, s.Together) }

// Slack gives the slack of every task when all must have ended by a slot; zero: by the present last
// end. It takes one pass from the front and one from the back, in which each task in turn, the last
// first, is moved as late as the ones behind it leave room.
func (s *Schedule) Slack(by int) []Slack {
	out := make([]Slack, len(s.starts))
	keys, last := make([]int64, len(out)), 0
	for i := range s.starts {
		if s.placed(i) {
			keys[i] = int64(s.end(i))
			last = max(last, s.end(i))
		}
	}
	if by <= 0 {
		by = last
	}
	starts := make([]int, len(out))
	followers := make([][]follower, len(out))
	for i, t := range s.problem.Tasks {
		starts[i] = s.starts[i].Slot
		for _, l := range t.After {
			followers[l.Task] = append(followers[l.Task], follower{i, l.Lag})
		}
	}
	late := *s
	late.table = s.table.Clone()
	for i := range out {
		out[i].Alone = late.latest(i, starts, followers[i], by) - starts[i]
	}
	order := s.table.Order(keys)
	slices.Reverse(order)
	for _, i := range order {
		at := late.latest(i, starts, followers[i], by)
		out[i].Together = at - starts[i]
		if at > starts[i] {
			late.table.Release(s.uses[i], starts[i], starts[i]+s.Length(i))
			late.table.Book(s.uses[i], at, at+s.Length(i))
			starts[i] = at
		}
	}
	return out
}

// follower is a task that waits for another one, with the lag.
type follower struct{ task, lag int }

// latest is the last slot in which a task can start when the others start as told; its own start when
// there is no later one.
func (s *Schedule) latest(i int, starts []int, followers []follower, by int) int {
	task := s.problem.Tasks[i]
	if !s.placed(i) || task.Fixed != nil {
		return starts[i]
	}
	if task.Deadline > 0 {
		by = min(by, task.Deadline)
	}
	for _, f := range followers {
		if s.placed(f.task) {
			by = min(by, starts[f.task]-f.lag)
		}
	}
	end := starts[i] + s.Length(i)
	if by <= end {
		return starts[i]
	}
	s.table.Release(s.uses[i], starts[i], end)
	at := s.table.Latest(i, s.uses[i], s.Length(i), starts[i], by)
	s.table.Book(s.uses[i], starts[i], end)
	return max(at, starts[i])
}
