package hub

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner/nis2"
)

// ActionsView is the action plan within the person's scope.
type ActionsView struct {
	Data    Meta            `json:"data"`
	Actions []ActionRow     `json:"actions"` // by due day
	Effects []ActionsEffect `json:"effects"` // of the municipalities whose answers the person may see
	// Reassess are answers that servers have moved since. Each is a task that ends when the answer is confirmed
	// or changed.
	Reassess []ReassessTask `json:"reassess"`
}

// ReassessTask is a control of a municipality that is to be answered or confirmed again.
type ReassessTask struct {
	Municipality string `json:"municipality"`
	Control      string `json:"control"`
	nis2.Reassess
}

// ActionRow is an action with whether it is late.
type ActionRow struct {
	nis2.Action
	Overdue bool `json:"overdue"`
}

// ActionsEffect is what a municipality's scores would be if all that is planned were done.
type ActionsEffect struct {
	Municipality string      `json:"municipality"`
	Today        nis2.Scores `json:"today"`
	Done         nis2.Scores `json:"done"`
}

// Actions answers the action plan: the joint actions for everybody, a municipality's own for those who
// may see its gap analysis.
func (h *Hub) Actions(ctx context.Context, p Person) (ActionsView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ActionsView{}, err
	}
	if !sc.members {
		return ActionsView{}, sc.forbidden("the action plan")
	}
	all, err := store.Records[nis2.Action](ctx, h.store, store.KindAction)
	if err != nil {
		return ActionsView{}, err
	}
	v := ActionsView{Data: e.meta(sc), Actions: []ActionRow{}, Effects: []ActionsEffect{}, Reassess: []ReassessTask{}}
	for _, a := range all {
		if a.Joint() || sc.gap[a.Municipality] {
			v.Actions = append(v.Actions, ActionRow{a, a.Overdue(e.asOf)})
		}
	}
	slices.SortStableFunc(v.Actions, func(a, b ActionRow) int { return int(a.Due - b.Due) })
	var codes []string
	for _, a := range e.gaps {
		if sc.gap[a.Municipality] {
			v.Effects = append(v.Effects, ActionsEffect{a.Municipality, a.Overall, nis2.WhatIf(h.Catalogue(), a, all).Overall})
			codes = append(codes, a.Municipality)
			for _, r := range a.Controls {
				if r.Reassess != nil {
					v.Reassess = append(v.Reassess, ReassessTask{a.Municipality, r.ID, *r.Reassess})
				}
			}
		}
	}
	return v, h.noteReading(ctx, p, "action plan", codes...)
}

// SaveAction keeps an action; one without an id is new, and one that was changed since its revision was read
// gives store.ErrConflict. A municipality keeps its own, the admin joint ones.
func (h *Hub) SaveAction(ctx context.Context, p Person, a nis2.Action) (nis2.Action, error) {
	if a.Joint() && p.Role != RoleAdmin || !a.Joint() && !p.decides(a.Municipality) {
		return a, fmt.Errorf("action of %q: %w", a.Municipality, ErrForbidden)
	}
	if err := a.Validate(h.Catalogue()); err != nil {
		return a, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := keepRevised(ctx, h, store.KindAction, a.Municipality, &a, func(a *nis2.Action) (*string, *int) { return &a.ID, &a.Revision }); err != nil {
		return a, err
	}
	if err := h.record(ctx, p.Name, "action.save", a.Municipality, fmt.Sprintf("%s %s: %s, %d %%", a.ID, a.Title, a.State, a.Progress)); err != nil {
		return a, err
	}
	if a.Joint() {
		return a, nil // no rule counts what all do together
	}
	return a, h.assessAnew(ctx, a.Municipality) // a rule counts what is done about gaps
}

func newRecordID() (string, error) {
	random := make([]byte, 6)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return hex.EncodeToString(random), nil
}
