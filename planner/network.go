package planner

import (
	"context"
	"fmt"
	"math"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/schedule"
	"github.com/samdrift/samdrift/planner/schedule/chance"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Network is a plan's dates as tasks, for the packages below planner/schedule that work on tasks: what
// one more crew would give, what clashes, how sure the end is, how to re-plan. Slot 0 is the day after
// AsOf. How many municipalities may move at once is not part of it.
type Network struct {
	Problem rcpsp.Problem
	Starts  []rcpsp.Start
	Cutover map[string]int // group → its cutover; the task before it is its seeding
}

// NewNetwork writes the dates of a plan that was made from an input. Nights up to tail days after the
// deadline are allowed, so that what comes late can be told from what never comes.
func NewNetwork(in Input, p Plan, tail int) (Network, error) {
	problem, err := in.problemOf(p, tail)
	if err != nil {
		return Network{}, err
	}
	dates := map[string]schedule.Placed{}
	for _, g := range p.Groups {
		dates[g.ID] = schedule.Placed{Seed: g.Start, SeedDays: g.SeedDays, Night: g.Cutover}
	}
	var n Network
	n.Problem, n.Starts, n.Cutover = schedule.Network(problem, dates)
	return n, nil
}

// parts gives for each task a number that only tasks of the same group share.
func (n Network) parts() []int {
	parts := make([]int, len(n.Problem.Tasks))
	for task := range parts {
		parts[task] = task
	}
	for _, cutover := range n.Cutover {
		parts[cutover-1] = cutover
	}
	return parts
}

// problemOf is what the dates of a plan that was made from an input depend on.
func (in Input) problemOf(p Plan, tail int) (schedule.Problem, error) {
	if err := in.validate(); err != nil {
		return schedule.Problem{}, err
	}
	e := newEstate(in)
	scratch := p // its groups are as they are; what is noted about them again is thrown away
	scratch.Refusals, scratch.Assumptions = nil, nil
	for _, r := range p.Refusals {
		if r.Kind == "municipality" {
			scratch.Refusals = append(scratch.Refusals, r)
		}
	}
	problem, _, _ := e.timetable(&scratch)
	problem.Deadline = problem.Deadline.AddDays(tail)
	return problem, nil
}

// Confidence tells how sure the end of a plan is.
type Confidence struct {
	ByDeadline float64        `json:"probability_by_deadline"` // that every group with a date is cut over by the deadline
	P50        inventory.Date `json:"p50,omitzero"`            // the last wave is over by then in half of the runs; zero: later than a year after the deadline
	P80        inventory.Date `json:"p80,omitzero"`
	P95        inventory.Date `json:"p95,omitzero"`
	Runs       int            `json:"runs"`
	Assumed    []Reason       `json:"assumed"`
}

// What may go wrong, until the cooperation has figures of its own: they are told with the result.
const (
	seedFast, seedSlow = 0.8, 2.0 // seeding takes this much of what was planned, at best and at worst
	commonDeviation    = 0.1      // what slows one seeding slows all, in about this share
	againDays          = 7        // between a cutover that was rolled back and the next attempt
)

// rollback is how often a cutover is rolled back, by the likelihood of the group's risk.
var rollback = [6]float64{0.02, 0.02, 0.04, 0.07, 0.10, 0.15}

// Confide runs a plan many times with delays and rolled-back cutovers (runs zero: 1,000). The tail of
// the calendar behind the deadline knows only the freezes of the input. When the context ends early,
// the runs made so far count, and its error comes with them.
func Confide(ctx context.Context, in Input, p Plan, runs int) (Confidence, error) {
	const tail = 365
	n, err := NewNetwork(in, p, tail)
	if err != nil {
		return Confidence{}, err
	}
	m := chance.Model{Risks: make([]chance.Risk, len(n.Problem.Tasks)), Common: commonDeviation}
	for _, g := range p.Groups {
		t, dated := n.Cutover[g.ID]
		if !dated {
			continue
		}
		days := float64(g.SeedDays)
		m.Risks[t-1] = chance.Risk{Low: math.Max(1, seedFast*days), Likely: days, High: seedSlow * days}
		m.Risks[t] = chance.Risk{Fails: rollback[min(max(g.Risk.Likelihood, 0), 5)], Again: againDays}
	}
	result, err := chance.Run(ctx, n.Problem, n.Starts, m, chance.Options{Runs: runs, Seed: 1, Workers: 2})
	if err != nil && result.Runs() == 0 {
		return Confidence{}, fmt.Errorf("how sure the plan is: %w", err)
	}
	c := Confidence{Runs: result.Runs(), ByDeadline: result.By(int(in.Settings.Deadline-in.AsOf) + in.Settings.HypercareDays)}
	for share, d := range map[float64]*inventory.Date{0.5: &c.P50, 0.8: &c.P80, 0.95: &c.P95} {
		if slot, known := result.End(share); known {
			*d = in.AsOf.AddDays(slot)
		}
	}
	c.Assumed = []Reason{
		reason("confidence_seeding", "fast", seedFast, "slow", seedSlow, "common_percent", 100*commonDeviation),
		reason("confidence_rollback", "low_percent", 100*rollback[1], "high_percent", 100*rollback[5], "again_days", againDays),
	}
	return c, err
}
