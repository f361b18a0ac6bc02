package hub

import (
	"context"
	"fmt"
	"strings"

	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// PresentPlan is the name of the plan that the hub shows, beside scenarios.
const PresentPlan = "present"

// WhatIfView is what some changes would make of the present plan, within the person's scope.
type WhatIfView struct {
	Meta
	Changes    []scenario.Change   `json:"changes"`
	Difference scenario.Difference `json:"difference"` // from the present plan
	Conflicts  []Conflict          `json:"conflicts"`  // that the present plan does not have
	Names      map[string]string   `json:"names"`
	Plan       PlanView            `json:"-"` // the whole of it, for drawing
}

// Conflict is a rule that a pin or choice breaks, or something that no longer finds a place.
type Conflict struct {
	Rule         string           `json:"rule"`    // stable key; "refused" when the plan leaves it out
	Subject      string           `json:"subject"` // municipality, group, wave or centre
	Municipality string           `json:"municipality,omitempty"`
	Detail       string           `json:"detail,omitempty"`  // in English
	Reasons      []planner.Reason `json:"reasons,omitempty"` // of a refusal
}

// WhatIf answers what the plan would be with some changes, and keeps nothing. With keep the present plan's
// dates and centres stay where the changes say nothing else; without it all dates are found anew, those
// that are in force too. Whoever may see the plan may
// ask about limits that concern all; about one municipality only who sees its detail, or decides for all.
func (h *Hub) WhatIf(_ context.Context, p Person, changes []scenario.Change, keep bool) (WhatIfView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return WhatIfView{}, err
	}
	if changes, err = e.allowed(sc, changes); err != nil {
		return WhatIfView{}, err
	}
	return h.whatIf(e, sc, "what-if", changes, keep)
}

// whatIf works changes out that are within the person's scope. After them municipalities may have joined,
// which the admin may see too.
func (h *Hub) whatIf(e *estate, sc scope, name string, changes []scenario.Change, keep bool) (WhatIfView, error) {
	after, in, err := e.variant(changes, keep)
	if err != nil {
		return WhatIfView{}, err
	}
	wide := scopeOf(sc.person, after.snapshot)
	v := WhatIfView{Meta: e.meta(sc), Changes: changes, Names: after.names(wide), Conflicts: after.conflicts(wide, e), Plan: h.planView(after, wide)}
	v.Plan.Freezes = in.Freezes
	v.Difference = scopedDifference(sc, wide, scenario.Compare(
		scenario.Side{Name: PresentPlan, Plan: e.plan}, scenario.Side{Name: name, Plan: after.plan, Changes: changes}))
	return v, nil
}

// variant is the estate with the plan that the changes give, on top of the present dates or on none. Only
// what is asked of plans is worked out: its rows, gaps and indexes are those of the base.
func (e *estate) variant(changes []scenario.Change, keep bool) (*estate, planner.Input, error) {
	in, err := scenario.Apply(e.free, changes)
	if keep {
		in, err = e.keeping(changes)
	}
	if err != nil {
		return nil, in, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if len(changes) == 0 && (keep || e.inForce == nil) {
		return e, in, nil
	}
	with := *e
	with.snapshot, with.input = in.Snapshot, in
	with.named = &naming{of: map[string]map[string]string{}}
	if with.plan, err = planner.Propose(in); err != nil {
		return nil, in, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return &with, in, nil
}

// allowed refuses changes that are not the person's to ask about, and says with each pin whose group it
// is. A group that the person may not see is as one that does not exist.
func (e *estate) allowed(sc scope, changes []scenario.Change) ([]scenario.Change, error) {
	owner := map[string]string{}
	for _, g := range e.plan.Groups {
		owner[g.ID] = g.Municipality
	}
	kept := make([]scenario.Change, len(changes))
	for i, c := range changes {
		c.Municipality, c.Centre = e.code(c.Municipality), e.slug(c.Centre)
		if c.Group != "" {
			c.Municipality = owner[c.Group]
			if !sc.detail[c.Municipality] {
				return nil, fmt.Errorf("move group %q: %w", c.Group, ErrNotFound)
			}
		}
		decides := sc.person.Role == RoleAdmin || sc.person.Role == RoleSteering
		if c.Municipality != "" && !sc.detail[c.Municipality] && !decides {
			return nil, sc.forbidden("a change for " + c.Municipality)
		}
		kept[i] = c
	}
	return kept, nil
}

// code gives the code of a member that is called by its name, and any other text as it is.
func (e *estate) code(text string) string {
	for _, m := range e.snapshot.Municipalities {
		if strings.EqualFold(m.Name, text) {
			return m.Code
		}
	}
	return text
}

// slug gives the id of a centre that is called by its name or its host's, and any other text as it is.
func (e *estate) slug(text string) string {
	for _, c := range e.snapshot.Centres {
		if text != "" && c.ID != text && (strings.EqualFold(c.Name, text) || c.Host == e.code(text)) {
			return c.ID
		}
	}
	return text
}

// conflicts lists what stands in the way in this plan and not in the one before.
func (e *estate) conflicts(sc scope, before *estate) []Conflict {
	owner := e.owners()
	list := []Conflict{}
	known := map[planner.Violation]bool{}
	for _, v := range before.plan.Violations {
		known[v] = true
	}
	for _, v := range e.plan.Violations {
		c := Conflict{Rule: v.Rule, Subject: v.Subject, Municipality: owner[v.Subject], Detail: v.Detail}
		if !known[v] && (c.Municipality == "" || sc.detail[c.Municipality]) {
			list = append(list, c)
		}
	}
	refused := map[string]bool{}
	for _, r := range before.plan.Refusals {
		refused[r.Subject] = true
	}
	for _, r := range e.plan.Refusals {
		c := Conflict{Rule: "refused", Subject: r.Subject, Municipality: e.ownerOf(r), Reasons: r.Reasons}
		if !refused[r.Subject] && (r.Kind == "municipality" || sc.detail[c.Municipality]) {
			list = append(list, c)
		}
	}
	return list
}

// scopedDifference leaves out what the person may not see: groups of others, and what others pay. Either
// scope suffices, since a municipality may be a member on one side only.
func scopedDifference(a, b scope, d scenario.Difference) scenario.Difference {
	detail := func(m string) bool { return a.detail[m] || b.detail[m] }
	d.Groups = only(d.Groups, func(r scenario.GroupRow) bool { return detail(r.Municipality) })
	d.Costs = only(d.Costs, func(r scenario.CostRow) bool { return a.money(r.Municipality) || b.money(r.Municipality) })
	for i, w := range d.Waves {
		if !a.money(w.Municipality) && !b.money(w.Municipality) {
			d.Waves[i].Servers = 0
		}
	}
	for i, m := range d.Centres {
		if !a.money(m.Municipality) && !b.money(m.Municipality) {
			d.Centres[i].Servers = 0
		}
	}
	for i, c := range d.Changes {
		if c.Group != "" && !detail(c.Municipality) {
			d.Changes[i].Group = ""
		}
	}
	return d
}
