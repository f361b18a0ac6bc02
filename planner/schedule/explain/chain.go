package explain

import (
	"slices"
	"sort"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Step is a task of a chain with what held it: the last reason that is not a closed stretch, or the
// closed stretch when there is nothing else. Reason is zero where nothing held the task.
type Step struct {
	Task   int
	Reason Reason
}

// Chain follows what held a task, then what held the task that was in its way, and so on. The last step
// is the root: held by nothing but a rule, or by a capacity that nobody gave back.
func (s *Schedule) Chain(i int) []Step {
	var chain []Step
	seen := map[int]bool{}
	for i >= 0 && !seen[i] {
		seen[i] = true
		step := Step{Task: i}
		reasons := s.Task(i)
		if k := slices.IndexFunc(reasons, func(r Reason) bool { return r.Kind != Closed }); k >= 0 {
			step.Reason = reasons[k]
		} else if len(reasons) > 0 {
			step.Reason = reasons[0]
		}
		chain = append(chain, step)
		i = s.blamed(i, step.Reason)
	}
	return chain
}

// Critical is the chain of the task that ends last, of several the first in the problem; nil when no
// task has a start.
func (s *Schedule) Critical() []Step {
	last := -1
	for i := range s.starts {
		if s.placed(i) && (last < 0 || s.end(i) > s.end(last)) {
			last = i
		}
	}
	if last < 0 {
		return nil
	}
	return s.Chain(last)
}

// blamed is the task that stands in a task's way for a reason, -1 when none does.
func (s *Schedule) blamed(i int, r Reason) int {
	switch r.Kind {
	case After:
		return r.Ref
	case Resource:
		k := slices.IndexFunc(s.uses[i], func(u rcpsp.Use) bool { return u.Resource == r.Ref })
		free := s.table.Free(r.Ref)
		for slot := r.Last; slot < min(r.Last+s.Length(i), s.table.Slots()); slot++ {
			if free[slot] < s.uses[i][k].Amount {
				return s.most(r.Ref, slot, i)
			}
		}
	}
	return -1
}

// most is the task, apart from one, that uses most of a resource in a slot; -1 when none uses any.
func (s *Schedule) most(resource, slot, apart int) int {
	best, amount := -1, int64(0)
	for _, o := range s.Occupants(resource, slot) {
		for _, u := range s.uses[o] {
			if u.Resource == resource && u.Amount > amount && o != apart {
				best, amount = o, u.Amount
			}
		}
	}
	return best
}

// Occupants are the tasks that use a resource in a slot, by start.
func (s *Schedule) Occupants(resource, slot int) []int {
	users := s.users[resource]
	from := sort.Search(len(users), func(k int) bool { return s.starts[users[k]].Slot > slot-s.longest[resource] })
	var all []int
	for _, o := range users[from:] {
		if s.starts[o].Slot > slot {
			break
		}
		if s.end(int(o)) > slot {
			all = append(all, int(o))
		}
	}
	return all
}
