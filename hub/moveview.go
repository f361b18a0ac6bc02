package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

// MoveView is one unit: its way, its plan, and what the person may do with it.
type MoveView struct {
	Data       Meta               `json:"data"`
	Stopped    *terraform.Stopped `json:"stopped,omitempty"` // all moves are stopped
	Move       MoveRow            `json:"move"`
	Kept       bool               `json:"kept"`          // false: it is a group of the plan that nobody has planned a move for yet
	Mapped     bool               `json:"mapped"`        // the agreement says where its servers go
	Run        *MoveRun           `json:"run,omitempty"` // under way, cut short, or the latest of the hub's present life
	MayMove    bool               `json:"may_move"`
	MayConsent bool               `json:"may_consent"`
	Names      map[string]string  `json:"names"`
}

// Move answers for one unit within the person's scope. A group that has a wave and no move yet is answered
// with what the plan knows of it.
func (h *Hub) Move(ctx context.Context, p Person, unit string) (MoveView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return MoveView{}, err
	}
	v := MoveView{Data: e.meta(sc), MayMove: p.moves(), Stopped: h.stopped()}
	m, err := store.RecordByID[Move](ctx, h.store, store.KindMove, unit)
	switch {
	case err == nil && sc.detail[m.Municipality]:
		v.Kept = true
		locks, err := h.store.StateHolders(ctx)
		if err != nil {
			return MoveView{}, err
		}
		v.Move = e.finish(sc, MoveRow{Move: m, Kept: true}, nil, locks)
	case err == nil, errors.Is(err, store.ErrNotFound):
		shared := only(h.unbegunShared(e, sc, nil), func(r MoveRow) bool { return r.Unit == unit })
		if len(shared) > 0 {
			v.Move = shared[0]
		} else if v.Move, err = e.unbegun(sc, unit); err != nil {
			return MoveView{}, err
		}
	default:
		return MoveView{}, err
	}
	v.Names = e.namesIn(sc, v.Move.Group)
	_, v.Mapped = h.config.Terraform.Agreements[v.Move.Agreement]
	v.MayConsent = p.decides(v.Move.Municipality)
	v.Run, err = h.runOf(ctx, unit)
	return v, err
}

// PlanMove lets an engine plan one unit. Nothing is applied, and an earlier approval is worth nothing from
// then on. A unit that has no move yet gets one when its agreement says where its servers go.
func (h *Hub) PlanMove(ctx context.Context, p Person, unit string) (MoveView, error) {
	v, err := h.Move(ctx, p, unit)
	if err != nil {
		return v, err
	}
	if !v.MayMove {
		return v, fmt.Errorf("planning %s as %s: %w", unit, p.Role, ErrForbidden)
	}
	if !v.Mapped {
		return v, fmt.Errorf("unit %s: %w: agreement %q has no mapping under terraform.agreements", unit, ErrInvalid, v.Move.Agreement)
	}
	if _, err := h.PlanTerraform(ctx, p, terraform.PlanOptions{Units: []string{unit}}); err != nil {
		return v, err
	}
	return h.Move(ctx, p, unit)
}

// unbegun is a group of the plan as a unit of which nothing is kept.
func (e *estate) unbegun(sc scope, unit string) (MoveRow, error) {
	i := slices.IndexFunc(e.plan.Groups, func(g planner.Group) bool { return g.ID == unit && g.Wave != "" && sc.detail[g.Municipality] })
	if i < 0 {
		return MoveRow{}, fmt.Errorf("unit %q: %w", unit, ErrNotFound)
	}
	g := e.seen(sc, e.plan.Groups[i])
	w := e.plan.Waves[slices.IndexFunc(e.plan.Waves, func(w planner.Wave) bool { return w.ID == g.Wave })]
	return unbegunRow(g, w), nil
}

func unbegunRow(g planner.Group, w planner.Wave) MoveRow {
	return MoveRow{Move: Move{Unit: g.ID, Municipality: g.Municipality, Agreement: w.Agreement, Group: g, Wave: w,
		Progress: terraform.Progress{Unit: g.ID, Steps: []terraform.Step{}}}}
}
