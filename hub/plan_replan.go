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
	Known      string              `json:"known"`      // the baseline that people know, or the present plan
	Difference scenario.Difference `json:"difference"` // from planning anew to the mended plan
	Names      map[string]string   `json:"names"`
}

// Replan mends the dates that people know after the estate, or what the changes say, has changed. What
// people know are the nights of the newest baseline, or else of the present plan. Nothing is kept. Only the
// admin and the steering group re-plan, since it is for all.
func (h *Hub) Replan(ctx context.Context, p Person, changes []scenario.Change, o planner.ReplanOptions) (ReplanView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ReplanView{}, err
	}
	if p.Role != RoleAdmin && p.Role != RoleSteering {
		return ReplanView{}, sc.forbidden("re-planning")
	}
	if changes, err = e.allowed(sc, changes); err != nil {
		return ReplanView{}, err
	}
	in, err := scenario.Apply(h.planInput(e.snapshot, e.hash, e.asOf), changes)
	if err != nil {
		return ReplanView{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	v := ReplanView{Meta: e.meta(sc), Known: PresentPlan, Names: e.names(sc)}
	known, err := h.promised(ctx, e, &v.Known)
	if err != nil {
		return ReplanView{}, err
	}
	if v.Replanned, err = planner.Replan(ctx, in, known, o); err != nil {
		return ReplanView{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	v.Difference = scopedDifference(sc, sc, scenario.Compare(scenario.Side{Name: "anew", Plan: v.Anew}, scenario.Side{Name: "mended", Plan: v.Plan}))
	v.Changes = append([]planner.Moved{}, only(v.Changes, func(c planner.Moved) bool { return sc.detail[c.Municipality] })...)
	if !sc.detailAll(e) {
		owner := e.owners()
		v.Violations = append([]planner.Violation{}, only(v.Violations, func(x planner.Violation) bool { return owner[x.Subject] == "" })...)
	}
	return v, nil
}

// promised gives the nights that people know, and says where from.
func (h *Hub) promised(ctx context.Context, e *estate, from *string) (map[string]planner.Promised, error) {
	known := map[string]planner.Promised{}
	all, err := h.baselines(ctx)
	if err != nil {
		return nil, err
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
