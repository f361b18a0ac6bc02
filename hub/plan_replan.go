package hub

import (
	"context"
	"fmt"

	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// ReplanView is the plan mended with as few changes as it can be, and who must be told.
type ReplanView struct {
	Meta
	planner.Replanned
	Known      string              `json:"known"`      // what people know the dates from: a baseline, a scenario in force, or the present plan
	Difference scenario.Difference `json:"difference"` // from the present plan to the mended one
	Anew       scenario.Totals     `json:"anew"`       // the plan without regard to what people know
	Hidden     int                 `json:"hidden"`     // groups that move and that the person may not see
	Names      map[string]string   `json:"names"`
}

// Replan mends the dates that people know after the estate, or what the changes say, has changed. What
// people know are the dates in force or the nights of the newest baseline, whichever is newer, or else those
// of the present plan. Nothing is kept. Everybody in the cooperation may ask, with changes about what is
// theirs; each sees the groups that are theirs, the steering group only the whole.
func (h *Hub) Replan(ctx context.Context, p Person, changes []scenario.Change, o planner.ReplanOptions) (ReplanView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ReplanView{}, err
	}
	if changes, err = e.allowed(sc, changes); err != nil {
		return ReplanView{}, err
	}
	v, err := h.replan(ctx, e, changes, o)
	if err != nil {
		return ReplanView{}, err
	}
	v.Meta, v.Names = e.meta(sc), e.names(sc)
	v.Difference = scopedDifference(sc, sc, v.Difference)
	all := len(v.Changes)
	v.Changes = append([]planner.Moved{}, only(v.Changes, func(c planner.Moved) bool { return sc.detail[c.Municipality] })...)
	v.Hidden = all - len(v.Changes)
	if !sc.detailAll(e) {
		owner := e.owners()
		v.Violations = append([]planner.Violation{}, only(v.Violations, func(x planner.Violation) bool { return owner[x.Subject] == "" || sc.detail[owner[x.Subject]] })...)
	}
	return v, nil
}

// replan mends the dates, for all to see.
func (h *Hub) replan(ctx context.Context, e *estate, changes []scenario.Change, o planner.ReplanOptions) (ReplanView, error) {
	base := e.free
	base.Choices = e.input.Choices
	in, err := scenario.Apply(base, scenario.Overlay(e.inForce.limitsOn(e.snapshot), changes))
	if err != nil {
		return ReplanView{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	v := ReplanView{Known: PresentPlan}
	known, err := h.promised(ctx, e, &v.Known)
	if err != nil {
		return ReplanView{}, err
	}
	if v.Replanned, err = planner.Replan(ctx, in, known, o); err != nil {
		return ReplanView{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	present := scenario.Side{Name: PresentPlan, Plan: e.plan}
	v.Difference = scenario.Compare(present, scenario.Side{Name: "mended", Plan: v.Plan, Changes: changes})
	v.Anew = scenario.Compare(present, scenario.Side{Name: "anew", Plan: v.Replanned.Anew}).After
	return v, nil
}

// SaveReplan keeps a mended plan as a draft: what has happened, and the nights that become others. All other
// dates stay as they are in the present plan.
func (h *Hub) SaveReplan(ctx context.Context, p Person, name string, changes []scenario.Change, o planner.ReplanOptions) (Scenario, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return Scenario{}, err
	}
	if changes, err = e.allowed(sc, changes); err != nil {
		return Scenario{}, err
	}
	v, err := h.replan(ctx, e, changes, o)
	if err != nil {
		return Scenario{}, err
	}
	night := map[string]planner.Group{}
	for _, g := range e.plan.Groups {
		night[g.ID] = g
	}
	var nights []scenario.Change
	for _, g := range v.Plan.Groups {
		if g.Cutover.Known() && g.Cutover != night[g.ID].Cutover {
			nights = append(nights, scenario.Change{Kind: scenario.Pin, Group: g.ID, Municipality: g.Municipality, Date: g.Cutover})
		}
	}
	return sc.scenario(h.saveDraft(ctx, p, e, Scenario{Name: name, Changes: scenario.Overlay(changes, nights), KeepDates: true, Role: p.Role, Organisation: p.Organisation}))
}

// promised gives the nights that people know, and says where from.
func (h *Hub) promised(ctx context.Context, e *estate, from *string) (map[string]planner.Promised, error) {
	known := map[string]planner.Promised{}
	all, err := h.baselines(ctx)
	if err != nil {
		return nil, err
	}
	if a := e.inForce; a != nil && (len(all) == 0 || all[len(all)-1].Frozen <= a.AsOf) {
		*from = a.Scenario
		for _, d := range a.followed(e.following) {
			known[d.Group] = planner.Promised{Start: d.Start, Cutover: d.Cutover}
		}
		return known, nil
	}
	if len(all) == 0 {
		for _, g := range e.plan.Groups {
			if g.Cutover.Known() {
				known[g.ID] = planner.Promised{Start: g.Start, Cutover: g.Cutover}
			}
		}
		return known, nil
	}
	*from = all[len(all)-1].Version
	for _, x := range all[len(all)-1].Promises {
		if x.Cutover.Known() {
			known[x.Group] = planner.Promised{Start: x.Start, Cutover: x.Cutover}
		}
	}
	return known, nil
}
