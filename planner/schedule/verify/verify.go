// Package verify checks a schedule against its problem, and shares no code with what makes schedules:
// it knows the problem's description only. It recounts every slot, names each rule that is broken and
// by what, and is meant to be read more than to be quick.
package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Fault is one broken rule. Task is empty for what concerns several.
type Fault struct {
	Rule   string // unplaced, mode, grid, link, release, deadline, closed, fixed, capacity, stock, length
	Task   string
	Detail string
}

func (f Fault) String() string { return f.Rule + " " + f.Task + ": " + f.Detail }

// Check gives all broken rules, none for a good schedule. Starts are in the order of p.Tasks.
func Check(p rcpsp.Problem, starts []rcpsp.Start) []Fault {
	if len(starts) != len(p.Tasks) {
		return []Fault{{"length", "", fmt.Sprintf("%d starts for %d tasks", len(starts), len(p.Tasks))}}
	}
	var faults []Fault
	broken := func(rule, task, format string, args ...any) {
		faults = append(faults, Fault{rule, task, fmt.Sprintf(format, args...)})
	}
	length := func(i int) int { return p.Tasks[i].Modes[starts[i].Mode].Duration }
	placed := func(i int) bool {
		return starts[i].Slot >= 0 && starts[i].Mode >= 0 && starts[i].Mode < len(p.Tasks[i].Modes)
	}
	for i, t := range p.Tasks {
		s := starts[i]
		if s.Slot < 0 {
			broken("unplaced", t.ID, "has no slot")
			continue
		}
		if s.Mode < 0 || s.Mode >= len(t.Modes) {
			broken("mode", t.ID, "mode %d of %d", s.Mode, len(t.Modes))
			continue
		}
		end := s.Slot + length(i)
		if p.Slots > 0 && end > p.Slots {
			broken("grid", t.ID, "ends at slot %d of %d", end, p.Slots)
		}
		if s.Slot < t.Release {
			broken("release", t.ID, "starts at %d, before %d", s.Slot, t.Release)
		}
		if t.Deadline > 0 && end > t.Deadline {
			broken("deadline", t.ID, "ends at %d, after %d", end, t.Deadline)
		}
		if t.Fixed != nil && *t.Fixed != s {
			broken("fixed", t.ID, "is promised at slot %d in mode %d, not %d in %d", t.Fixed.Slot, t.Fixed.Mode, s.Slot, s.Mode)
		}
		for _, c := range t.Closed {
			if max(c.From, s.Slot) < min(c.To, end) && t.Fixed == nil {
				broken("closed", t.ID, "runs in %d to %d, closed from %d to %d", s.Slot, end, c.From, c.To)
			}
		}
		for _, l := range t.After {
			if placed(l.Task) && s.Slot < starts[l.Task].Slot+length(l.Task)+l.Lag {
				broken("link", t.ID, "starts at %d, but %q ends at %d and the lag is %d",
					s.Slot, p.Tasks[l.Task].ID, starts[l.Task].Slot+length(l.Task), l.Lag)
			}
		}
	}
	used := make([]map[int]int64, len(p.Resources)) // by slot
	for r := range used {
		used[r] = map[int]int64{}
	}
	for i, t := range p.Tasks {
		if !placed(i) {
			continue
		}
		for _, u := range t.Modes[starts[i].Mode].Uses {
			for slot := starts[i].Slot; slot < starts[i].Slot+length(i); slot++ {
				used[u.Resource][slot] += u.Amount
			}
		}
	}
	for r, res := range p.Resources {
		capacity, next := res.Capacity, 0
		for _, slot := range slices.Sorted(maps.Keys(used[r])) {
			for next < len(res.Changes) && res.Changes[next].From <= slot {
				capacity = res.Changes[next].Capacity
				next++
			}
			if used[r][slot] > capacity && used[r][slot] > 0 {
				broken("capacity", "", "%d of %q used in slot %d, capacity %d", used[r][slot], res.Name, slot, capacity)
			}
		}
	}
	for k, stock := range p.Stocks {
		var drawn int64
		for i, t := range p.Tasks {
			if placed(i) && len(t.Modes[starts[i].Mode].Draws) > k {
				drawn += t.Modes[starts[i].Mode].Draws[k]
			}
		}
		if drawn > stock {
			broken("stock", "", "%d of stock %d drawn, there is %d", drawn, k, stock)
		}
	}
	return faults
}
