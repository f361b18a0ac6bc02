package hub

import (
	"context"
	"fmt"
	"maps"

	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// AssignView is which centre each municipality goes to, and how good that is as a whole.
type AssignView struct {
	Meta
	Assignments []planner.Assignment `json:"assignments"`
	Distance    planner.Certificate  `json:"distance"` // users times kilometres, with the bound that nothing goes below
	Gap         float64              `json:"gap"`      // share of it that lies above the bound
	Capacity    []planner.CentreLoad `json:"capacity"`
	Refusals    []planner.Refusal    `json:"refusals"` // municipalities that no centre has room for
	Names       map[string]string    `json:"names"`
}

// Assign answers the choice of centres. Everybody in the cooperation sees all of it.
func (h *Hub) Assign(_ context.Context, p Person) (AssignView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return AssignView{}, err
	}
	v := AssignView{Meta: e.meta(sc), Assignments: e.plan.Assignments, Distance: e.plan.Distance, Capacity: e.plan.Capacity, Refusals: []planner.Refusal{}, Names: e.names(sc)}
	if d := v.Distance; d.UserKM > 0 {
		v.Gap = max(0, d.UserKM-d.Bound) / d.UserKM
	}
	v.Refusals = append(v.Refusals, only(e.plan.Refusals, func(r planner.Refusal) bool { return r.Kind == "municipality" })...)
	return v, nil
}

// VerdictView is the judgement of a choice of centres.
type VerdictView struct {
	Meta
	planner.Verdict
	Names map[string]string `json:"names"`
}

// JudgeChoice judges where people want each municipality to go; nil is today's choice: the agreements,
// however far they have come.
func (h *Hub) JudgeChoice(ctx context.Context, p Person, choice map[string]string) (VerdictView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return VerdictView{}, err
	}
	in := e.free
	if choice == nil {
		choice = planner.AgreedChoice(in)
	}
	verdict, err := planner.JudgeChoice(ctx, in, choice)
	if err != nil {
		return VerdictView{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return VerdictView{e.meta(sc), verdict, e.names(sc)}, nil
}

// ExplainView is why one group moves as it does.
type ExplainView struct {
	Meta
	planner.Explanation
	Names map[string]string `json:"names"`
}

// Explain answers why a group that the person may see moves as it does.
func (h *Hub) Explain(_ context.Context, p Person, group string) (ExplainView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ExplainView{}, err
	}
	plan := e.plan
	plan.Groups = e.groups(sc, func(g planner.Group) bool { return sc.detail[g.Municipality] })
	x, ok := planner.Explain(plan, group)
	if !ok {
		return ExplainView{}, fmt.Errorf("move group %q: %w", group, ErrNotFound)
	}
	return ExplainView{e.meta(sc), x, e.names(sc)}, nil
}

// CheckPlan verifies a plan that comes from outside, such as a file, against the present estate and
// settings, with the pins and choices that the plan itself shows. Only the admin may: what is broken can
// name anything.
func (h *Hub) CheckPlan(_ context.Context, p Person, plan planner.Plan) ([]planner.Violation, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	if p.Role != RoleAdmin {
		return nil, sc.forbidden("checking a plan")
	}
	in := e.input
	in.AsOf, in.Choices, in.Pins = plan.AsOf, map[string]string{}, nil
	for _, a := range plan.Assignments {
		if a.Chosen {
			in.Choices[a.Municipality] = a.Centre
		}
	}
	known := map[string]planner.Pin{}
	for _, x := range e.input.Pins {
		known[x.Group] = x
	}
	for _, g := range plan.Groups {
		if g.Pinned {
			pin := planner.Pin{Group: g.ID, Cutover: g.Cutover}
			if was := known[g.ID]; was.Cutover == g.Cutover {
				pin = was // in force: its lead time is behind it
			}
			in.Pins = append(in.Pins, pin)
		}
	}
	return planner.Check(in, plan), nil
}

// CompareView is two plans side by side within the person's scope.
type CompareView struct {
	Meta
	Difference scenario.Difference `json:"difference"`
	Names      map[string]string   `json:"names"`
}

// ComparePlans puts two scenarios side by side; PresentPlan is the plan without any.
func (h *Hub) ComparePlans(ctx context.Context, p Person, a, b string) (CompareView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return CompareView{}, err
	}
	var sides [2]scenario.Side
	var seen [2]scope
	v := CompareView{Meta: e.meta(sc), Names: maps.Clone(e.names(sc))}
	for i, ref := range []string{a, b} {
		s, err := h.scenario(ctx, p, ref)
		if err != nil {
			return CompareView{}, err
		}
		with, _, err := e.variant(s.Changes, s.KeepDates)
		if err != nil {
			return CompareView{}, fmt.Errorf("scenario %s: %w", s.Ref(), err)
		}
		sides[i], seen[i] = scenario.Side{Name: s.Ref(), Plan: with.plan, Changes: s.Changes}, scopeOf(p, with.snapshot)
		for id, name := range with.names(seen[i]) {
			v.Names[id] = name
		}
	}
	v.Difference = scopedDifference(seen[0], seen[1], scenario.Compare(sides[0], sides[1]))
	return v, nil
}
