package planner

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// The files check*.go are the verifier. They share nothing with the code that makes plans except the
// nouns of plan.go and settings.go (a test looks), so that a mistake in one is caught by the other.

// Violation is a rule that a plan breaks.
type Violation struct {
	Rule    string `json:"rule"`    // stable key, for example "freeze_broken"
	Subject string `json:"subject"` // municipality, group, wave, asset or centre
	Detail  string `json:"detail"`
}

// String gives the violation on one line.
func (v Violation) String() string { return v.Rule + ": " + v.Subject + ": " + v.Detail }

// Check verifies a plan against its input and names every rule that is broken. An empty list means
// that the plan keeps all of them. It trusts no figure in the plan: demands, loads, seeding times and
// costs are worked out again from the snapshot. What pins and choices break is no fault of the plan as
// long as the plan tells exactly that in its Violations.
func Check(in Input, p Plan) []Violation {
	if err := in.validate(); err != nil {
		return []Violation{{Rule: "input_invalid", Subject: "input", Detail: err.Error()}}
	}
	faults, wished := check(in, p, in.Snapshot.Hash())
	told := map[Violation]bool{}
	for _, v := range p.Violations {
		told[v] = true
	}
	for _, v := range wished {
		if !told[v] {
			faults = append(faults, Violation{Rule: "violation_hidden", Subject: v.Subject, Detail: "a pin or choice breaks a rule that the plan does not tell: " + v.String()})
		}
		delete(told, v)
	}
	for _, v := range p.Violations {
		if told[v] {
			faults = append(faults, Violation{Rule: "violation_invented", Subject: v.Subject, Detail: "no pin or choice breaks it: " + v.String()})
		}
	}
	if p.Feasible != (len(p.Refusals) == 0 && len(wished) == 0) {
		faults = append(faults, Violation{Rule: "feasible_wrong", Subject: "plan", Detail: fmt.Sprintf("feasible is %v with %d refusals and %d broken rules", p.Feasible, len(p.Refusals), len(wished))})
	}
	return faults
}

// checker holds the plan under test with its own look-up tables.
type checker struct {
	in       Input
	p        Plan
	found    []Violation    // faults of the plan
	wished   []Violation    // what pins and choices break
	pins     map[string]Pin // by group
	assets   map[string]*inventory.Asset
	groups   map[string]*Group
	waves    map[string]*Wave
	assigned map[string]*Assignment
	deals    map[string]inventory.Agreement // by customer
	refused  map[string]bool                // subjects of refusals
	groupOf  map[string]string              // asset → group

	drawn   map[string]float64  // watts of physical machines, as far as read
	perVCPU map[machine]float64 // watts for each vCPU that runs on a hypervisor
}

// check gives the faults of a plan, and the rules that only pins and choices break.
func check(in Input, p Plan, hash string) (faults, wished []Violation) {
	c := &checker{in: in, p: p, pins: map[string]Pin{}, assets: map[string]*inventory.Asset{}, groups: map[string]*Group{}, waves: map[string]*Wave{},
		assigned: map[string]*Assignment{}, deals: map[string]inventory.Agreement{}, refused: map[string]bool{}, groupOf: map[string]string{}}
	c.want(p.AsOf == in.AsOf, "as_of_wrong", "plan", "planned as of %s, asked for %s", p.AsOf, in.AsOf)
	c.want(p.Deadline == in.Settings.Deadline, "deadline_wrong", "plan", "deadline %s, asked for %s", p.Deadline, in.Settings.Deadline)
	c.want(p.Snapshot == hash, "snapshot_wrong", "plan", "stands on snapshot %s, given is %s", p.Snapshot, hash)
	c.want(p.Demo == in.Snapshot.Demo, "demo_wrong", "plan", "demo is %v in the plan and %v in the snapshot", p.Demo, in.Snapshot.Demo)

	for i := range in.Snapshot.Assets {
		c.assets[in.Snapshot.Assets[i].ID] = &in.Snapshot.Assets[i]
	}
	for _, pin := range in.Pins {
		c.pins[pin.Group] = pin
	}
	for _, a := range in.Snapshot.Agreements {
		c.deals[a.Customer] = a
	}
	for i := range p.Groups {
		g := &p.Groups[i]
		c.want(c.groups[g.ID] == nil, "group_twice", g.ID, "the id stands twice")
		c.groups[g.ID] = g
		for _, id := range g.Assets {
			c.want(c.groupOf[id] == "", "asset_twice", id, "is in groups %s and %s", c.groupOf[id], g.ID)
			c.groupOf[id] = g.ID
		}
	}
	for i := range p.Waves {
		w := &p.Waves[i]
		c.want(c.waves[w.ID] == nil, "wave_twice", w.ID, "the id stands twice")
		c.waves[w.ID] = w
	}
	for _, r := range p.Refusals {
		c.refused[r.Subject] = true
		c.want(len(r.Reasons) > 0, "reason_missing", r.Subject, "the refusal gives no reason")
	}
	c.checkCentres()
	c.checkGroups()
	c.checkDates()
	c.checkMoney()
	for _, list := range [][]Violation{c.found, c.wished} {
		slices.SortFunc(list, func(a, b Violation) int {
			return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Detail, b.Detail))
		})
	}
	return c.found, slices.Compact(c.wished)
}

// want records a violation unless the condition holds.
func (c *checker) want(ok bool, rule, subject, detail string, args ...any) {
	if !ok {
		c.found = append(c.found, Violation{Rule: rule, Subject: subject, Detail: fmt.Sprintf(detail, args...)})
	}
}

// keep records a violation unless the condition holds: a fault of the plan, or, where people wished
// for something that takes part in it, what their wish breaks.
func (c *checker) keep(ok, wished bool, rule, subject, detail string, args ...any) {
	if ok || !wished {
		c.want(ok, rule, subject, detail, args...)
		return
	}
	c.wished = append(c.wished, Violation{Rule: rule, Subject: subject, Detail: fmt.Sprintf(detail, args...)})
}
