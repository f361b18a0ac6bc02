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
	c := &check{p: p, starts: starts}
	for i := range p.Tasks {
		c.task(i)
	}
	c.capacities()
	c.stocks()
	return c.faults
}

type check struct {
	p      rcpsp.Problem
	starts []rcpsp.Start
	faults []Fault
}

func (c *check) broken(rule, task, format string, args ...any) {
	c.faults = append(c.faults, Fault{rule, task, fmt.Sprintf(format, args...)})
}

// length is for how many slots a task runs.
func (c *check) length(i int) int { return c.p.Tasks[i].Modes[c.starts[i].Mode].Duration }

// placed tells whether a task has a slot and a mode that exists.
func (c *check) placed(i int) bool {
	return c.starts[i].Slot >= 0 && c.starts[i].Mode >= 0 && c.starts[i].Mode < len(c.p.Tasks[i].Modes)
}

// task checks what concerns one task and those it waits for.
func (c *check) task(i int) {
	t, s := c.p.Tasks[i], c.starts[i]
	if s.Slot < 0 {
		c.broken("unplaced", t.ID, "has no slot")
		return
	}
	if s.Mode < 0 || s.Mode >= len(t.Modes) {
		c.broken("mode", t.ID, "mode %d of %d", s.Mode, len(t.Modes))
		return
	}
	end := s.Slot + c.length(i)
	if c.p.Slots > 0 && end > c.p.Slots {
		c.broken("grid", t.ID, "ends at slot %d of %d", end, c.p.Slots)
	}
	if s.Slot < t.Release {
		c.broken("release", t.ID, "starts at %d, before %d", s.Slot, t.Release)
	}
	if t.Deadline > 0 && end > t.Deadline {
		c.broken("deadline", t.ID, "ends at %d, after %d", end, t.Deadline)
	}
	if t.Fixed != nil && *t.Fixed != s {
		c.broken("fixed", t.ID, "is promised at slot %d in mode %d, not %d in %d", t.Fixed.Slot, t.Fixed.Mode, s.Slot, s.Mode)
	}
	for _, shut := range t.Closed {
		if max(shut.From, s.Slot) < min(shut.To, end) && t.Fixed == nil {
			c.broken("closed", t.ID, "runs in %d to %d, closed from %d to %d", s.Slot, end, shut.From, shut.To)
		}
	}
	for _, l := range t.After {
		if over := c.starts[l.Task].Slot; c.placed(l.Task) && s.Slot < over+c.length(l.Task)+l.Lag {
			c.broken("link", t.ID, "starts at %d, but %q ends at %d and the lag is %d",
				s.Slot, c.p.Tasks[l.Task].ID, over+c.length(l.Task), l.Lag)
		}
	}
}

// capacities adds up what is used of each resource in each slot.
func (c *check) capacities() {
	used := make([]map[int]int64, len(c.p.Resources)) // by slot
	for r := range used {
		used[r] = map[int]int64{}
	}
	for i, t := range c.p.Tasks {
		if !c.placed(i) {
			continue
		}
		for _, u := range t.Modes[c.starts[i].Mode].Uses {
			for slot := c.starts[i].Slot; slot < c.starts[i].Slot+c.length(i); slot++ {
				used[u.Resource][slot] += u.Amount
			}
		}
	}
	for r, res := range c.p.Resources {
		capacity, next := res.Capacity, 0
		for _, slot := range slices.Sorted(maps.Keys(used[r])) {
			for next < len(res.Changes) && res.Changes[next].From <= slot {
				capacity = res.Changes[next].Capacity
				next++
			}
			if used[r][slot] > capacity && used[r][slot] > 0 {
				c.broken("capacity", "", "%d of %q used in slot %d, capacity %d", used[r][slot], res.Name, slot, capacity)
			}
		}
	}
}

// stocks adds up what is drawn on each stock.
func (c *check) stocks() {
	for k, stock := range c.p.Stocks {
		var drawn int64
		for i, t := range c.p.Tasks {
			if c.placed(i) && len(t.Modes[c.starts[i].Mode].Draws) > k {
				drawn += t.Modes[c.starts[i].Mode].Draws[k]
			}
		}
		if drawn > stock {
			c.broken("stock", "", "%d of stock %d drawn, there is %d", drawn, k, stock)
		}
	}
}
