package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Duplicates lists the pairs of assets that may be one, within the person's scope: both must be.
func (h *Hub) Duplicates(_ context.Context, p Person) ([]inventory.Duplicate, Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, Meta{}, err
	}
	found := only(inventory.Duplicates(e.snapshot), func(d inventory.Duplicate) bool {
		return sc.detail[d.A.Municipality] && sc.detail[d.B.Municipality]
	})
	return found, e.meta(sc), nil
}

// Decisions lists what was decided about identity within the person's scope, oldest first, undone
// ones too.
func (h *Hub) Decisions(_ context.Context, p Person) ([]inventory.Decision, Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, Meta{}, err
	}
	return only(e.snapshot.Decisions, func(d inventory.Decision) bool { return sc.detail[d.Municipality] }), e.meta(sc), nil
}

// Decide takes a decision about identity, applies it, and keeps it with who took it. Of d, Kind, A, B,
// Leave and Why are read (see inventory.Decision). Assets outside the person's scope are not found.
func (h *Hub) Decide(ctx context.Context, p Person, d inventory.Decision) (inventory.Decision, []inventory.Change, error) {
	d.By = p.Name
	return h.redecide(ctx, p, "inventory."+string(d.Kind), func(e *estate) (*inventory.Snapshot, inventory.Decision, []inventory.Change, error) {
		for _, id := range []string{d.A, d.B} {
			if id == "" && d.Kind == inventory.DecideSplit {
				continue
			}
			a, ok := e.snapshot.Asset(id)
			if !ok || !p.decides(a.Municipality) {
				return nil, d, nil, fmt.Errorf("asset %q: %w", id, ErrNotFound)
			}
		}
		d.At = h.now()
		return h.config.Ageing.Decide(h.base(), d)
	})
}

// UndoDecision makes a decision hold no more. It stays listed, with who undid it.
func (h *Hub) UndoDecision(ctx context.Context, p Person, id, why string) (inventory.Decision, []inventory.Change, error) {
	return h.redecide(ctx, p, "inventory.undo", func(e *estate) (*inventory.Snapshot, inventory.Decision, []inventory.Change, error) {
		for _, d := range e.snapshot.Decisions {
			if d.ID == id && p.decides(d.Municipality) {
				return h.config.Ageing.Undo(h.base(), id, p.Name, why, h.now())
			}
		}
		return nil, inventory.Decision{}, nil, fmt.Errorf("decision %q: %w", id, ErrNotFound)
	})
}

// redecide applies a decision or its undoing to the estate: stored, shown and audited like a merge.
func (h *Hub) redecide(ctx context.Context, p Person, action string, apply func(*estate) (*inventory.Snapshot, inventory.Decision, []inventory.Change, error)) (inventory.Decision, []inventory.Change, error) {
	h.merging.Lock()
	defer h.merging.Unlock()
	e, _, err := h.ask(p)
	if err != nil {
		return inventory.Decision{}, nil, err
	}
	next, d, changes, err := apply(e)
	if err != nil {
		if errors.Is(err, inventory.ErrNoAsset) || errors.Is(err, inventory.ErrNoDecision) {
			err = fmt.Errorf("%w: %w", ErrNotFound, err)
		}
		return d, nil, err
	}
	if err := h.store.SaveSnapshot(ctx, next, slices.Concat(h.unsaved, changes)); err != nil {
		return d, nil, fmt.Errorf("store the decision: %w", err)
	}
	if err := h.adopt(ctx, next); err != nil {
		return d, nil, err
	}
	return d, changes, h.record(ctx, p.Name, action, d.ID, d.String())
}
