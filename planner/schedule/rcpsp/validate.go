package rcpsp

import (
	"errors"
	"fmt"
)

// validate tells all faults at once.
func (p Problem) validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("schedule: "+format, args...)) }
	if p.Slots < 0 || p.Slots > 1<<22 {
		fault("%d slots; give 0 to %d", p.Slots, 1<<22)
	}
	for _, res := range p.Resources {
		last := 0
		for _, ch := range res.Changes {
			if ch.From < last || ch.From > 1<<22 {
				fault("resource %q changes at slot %d, after a change at %d; give changes in order", res.Name, ch.From, last)
			}
			last = ch.From
		}
	}
	seen := make(map[string]bool, len(p.Tasks))
	total := 0
	for _, t := range p.Tasks {
		if seen[t.ID] {
			fault("two tasks are called %q", t.ID)
		}
		seen[t.ID] = true
		if t.Release < 0 || t.Release > 1<<22 || t.Deadline < 0 || t.Deadline > 1<<22 {
			fault("task %q has release %d and deadline %d; give 0 to %d", t.ID, t.Release, t.Deadline, 1<<22)
		}
		if t.Weight < 0 || t.Tardy < 0 || t.Move < 0 {
			fault("task %q earns by ending late or moving (weight %d, tardy %d, move %d); costs must not be negative", t.ID, t.Weight, t.Tardy, t.Move)
		}
		for _, l := range t.After {
			if l.Task < 0 || l.Task >= len(p.Tasks) || l.Lag < -1<<22 || l.Lag > 1<<22 {
				fault("task %q waits for task %d with a lag of %d; there are %d tasks, and lags are at most %d", t.ID, l.Task, l.Lag, len(p.Tasks), 1<<22)
			}
		}
		for k, s := range []*Start{t.Fixed, t.Keep} {
			if s != nil && (s.Mode < 0 || s.Mode >= len(t.Modes) || s.Slot < 0 || s.Slot > 1<<22) {
				fault("task %q is %s at slot %d in mode %d, which it does not have", t.ID, []string{"fixed", "expected"}[k], s.Slot, s.Mode)
			}
		}
		total += p.validateModes(t, fault)
	}
	if total > 1<<24 {
		fault("the durations add up to %d slots, more than %d; use a coarser grid", total, 1<<24)
	}
	return errors.Join(faults...)
}

// validateModes tells the faults of a task's modes, and gives the longest duration.
func (p Problem) validateModes(t Task, fault func(string, ...any)) (longest int) {
	if len(t.Modes) == 0 {
		fault("task %q has no mode", t.ID)
		return 0
	}
	possible := false
	for k, m := range t.Modes {
		if m.Duration < 0 || m.Duration > 1<<20 {
			fault("task %q mode %d lasts %d slots; give 0 to %d", t.ID, k, m.Duration, 1<<20)
		}
		longest = max(longest, m.Duration)
		known := true
		for _, u := range m.Uses {
			if u.Resource < 0 || u.Resource >= len(p.Resources) || u.Amount < 0 {
				fault("task %q mode %d uses %d of resource %d; there are %d resources", t.ID, k, u.Amount, u.Resource, len(p.Resources))
				known = false
			}
		}
		if len(m.Draws) != 0 && len(m.Draws) != len(p.Stocks) {
			fault("task %q mode %d draws on %d stocks; there are %d", t.ID, k, len(m.Draws), len(p.Stocks))
		}
		possible = possible || known && p.everFits(m)
	}
	if !possible {
		fault("task %q asks for more of a resource than there ever is; split it or raise the capacity", t.ID)
	}
	return longest
}

// everFits tells whether the capacity is at some time enough for a mode.
func (p Problem) everFits(m Mode) bool {
	for _, u := range merge(m.Uses) {
		r := p.Resources[u.Resource]
		peak := r.Capacity
		for _, c := range r.Changes {
			peak = max(peak, c.Capacity)
		}
		if u.Amount > peak {
			return false
		}
	}
	return true
}
