package hub

import (
	"context"

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
	Actions    []ActionRow       `json:"actions"`        // the joint ones, and the municipality's own where all is seen
}

// GapReport answers what the report of one municipality stands on, within the person's scope.
func (h *Hub) GapReport(ctx context.Context, p Person, municipality string) (GapReport, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return GapReport{}, err
	}
	a, meta, err := h.GapOf(ctx, p, municipality) // refuses and notes the reading
	if err != nil {
		return GapReport{}, err
	}
	answers, err := h.Answers(ctx, p, municipality)
	if err != nil {
		return GapReport{}, err
	}
	r := GapReport{
		Data: meta, Catalogue: answers.Catalogue, Name: e.names(sc)[municipality], Assessment: a, Answers: answers.Rows,
		Shared: !sc.gap[municipality], Trend: []nis2.TrendPoint{},
	}
	// The rest is seen as the municipality sees it: nothing of others comes along.
	reader := Person{Name: p.Name, Role: RoleMunicipality, Organisation: municipality}
	if r.Shared {
		reader = Person{Name: p.Name, Role: RoleSteering}
	} else if r.Trend, err = h.Trend(ctx, p, municipality); err != nil {
		return GapReport{}, err
	}
	joint, err := h.GapJoint(ctx, reader)
	if err != nil {
		return GapReport{}, err
	}
	if len(joint.Moves) == 1 {
		r.Move = &joint.Moves[0]
	}
	plan, err := h.Actions(ctx, reader)
	r.Actions = plan.Actions
	return r, err
}

// JointReport is all that the joint report stands on. It is the same whoever asks.
type JointReport struct {
	JointView
	Actions []ActionRow `json:"actions"` // the joint ones
}

// JointReport answers what the joint report stands on, to every member.
func (h *Hub) JointReport(ctx context.Context, p Person) (JointReport, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return JointReport{}, err
	}
	if !sc.members {
		return JointReport{}, sc.forbidden("the joint gap report")
	}
	reader := Person{Name: p.Name, Role: RoleSteering} // who sees nothing of a single municipality
	v, err := h.GapJoint(ctx, reader)
	if err != nil {
		return JointReport{}, err
	}
	v.Data.Person = Person{}
	plan, err := h.Actions(ctx, reader)
	return JointReport{v, plan.Actions}, err
}
