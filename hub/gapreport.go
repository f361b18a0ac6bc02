package hub

import (
	"context"
	"errors"

	"github.com/samdrift/samdrift/planner/nis2"
)

// GapReport is all that the report of one municipality's gap analysis stands on.
type GapReport struct {
	Data       Meta              `json:"data"`
	Catalogue  *nis2.Catalogue   `json:"-"`
	Name       string            `json:"name"`
	Assessment nis2.Assessment   `json:"assessment"`
	Answers    []AnswerRow       `json:"answers"`
	Shared     bool              `json:"shared"`         // only the articles that the municipality shares; no overall figures
	Trend      []nis2.TrendPoint `json:"trend"`          // over the closed rounds
	Move       *nis2.Move        `json:"move,omitempty"` // nil where the person sees only what is shared
	Actions    []ActionRow       `json:"actions"`        // the municipality's own and the joint ones
	Effect     *ActionsEffect    `json:"effect,omitempty"`
}

// GapReport answers what the report of one municipality stands on, within the person's scope.
func (h *Hub) GapReport(ctx context.Context, p Person, municipality string) (GapReport, error) {
	a, meta, err := h.GapOf(ctx, p, municipality)
	if err != nil {
		return GapReport{}, err
	}
	answers, err := h.Answers(ctx, p, municipality)
	if err != nil {
		return GapReport{}, err
	}
	r := GapReport{Data: meta, Catalogue: answers.Catalogue, Assessment: a, Answers: answers.Rows}
	if r.Trend, err = h.Trend(ctx, p, municipality); errors.Is(err, ErrForbidden) {
		r.Shared = true
	} else if err != nil {
		return GapReport{}, err
	}
	joint, err := h.GapJoint(ctx, p)
	if err != nil {
		return GapReport{}, err
	}
	r.Name = joint.Names[municipality]
	for i := range joint.Moves {
		if joint.Moves[i].Municipality == municipality {
			r.Move = &joint.Moves[i]
		}
	}
	plan, err := h.Actions(ctx, p)
	if err != nil {
		return GapReport{}, err
	}
	r.Actions = only(plan.Actions, func(x ActionRow) bool { return x.Joint() || x.Municipality == municipality })
	for i := range plan.Effects {
		if plan.Effects[i].Municipality == municipality {
			r.Effect = &plan.Effects[i]
		}
	}
	return r, nil
}

// JointReport is all that the joint report stands on. It is the same whoever asks.
type JointReport struct {
	JointView
	Actions []ActionRow `json:"actions"` // the joint ones
}

// JointReport answers what the joint report stands on.
func (h *Hub) JointReport(ctx context.Context, p Person) (JointReport, error) {
	e, _, err := h.ask(p)
	if err != nil {
		return JointReport{}, err
	}
	v, err := h.GapJoint(ctx, p)
	if err != nil {
		return JointReport{}, err
	}
	plan, err := h.Actions(ctx, p)
	if err != nil {
		return JointReport{}, err
	}
	all := scopeOf(Person{Role: RoleSteering}, e.snapshot)
	v.Moves, v.Data, v.Names = []nis2.Move{}, e.meta(all), e.names(all)
	v.Data.Person = Person{}
	return JointReport{v, only(plan.Actions, func(x ActionRow) bool { return x.Joint() })}, nil
}
