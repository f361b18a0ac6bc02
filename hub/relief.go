package hub

import (
	"context"

	"github.com/samdrift/samdrift/planner"
)

// Reliefs answers what the plan would gain if what holds it were less tight. It is about all members at
// once, so only who may see all of them may ask.
func (h *Hub) Reliefs(ctx context.Context, p Person) ([]planner.Relief, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	if !sc.detailAll(e) {
		return nil, sc.forbidden("what holds the plan of all members")
	}
	return planner.Reliefs(ctx, h.planInput(e.snapshot, e.hash, e.asOf), e.plan)
}

// Clashes answers whether all groups can have a date, and which few rules forbid it. It is about all
// members at once.
func (h *Hub) Clashes(ctx context.Context, p Person) (planner.Clash, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return planner.Clash{}, err
	}
	if !sc.detailAll(e) {
		return planner.Clash{}, sc.forbidden("what clashes in the plan of all members")
	}
	return planner.Clashes(ctx, h.planInput(e.snapshot, e.hash, e.asOf), e.plan)
}
