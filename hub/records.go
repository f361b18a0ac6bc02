package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Register answers a municipality's own register, the newest line first: what it has done at fixed times, its
// risks and its test findings. Whoever reads another's is noted.
func (h *Hub) Register(ctx context.Context, p Person, municipality string) ([]nis2.Entry, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	if !sc.gap[municipality] {
		return nil, sc.forbidden("the register of " + municipality)
	}
	lines, err := keptBy[nis2.Entry](ctx, h, store.KindEntry, municipality)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(lines, func(a, b nis2.Entry) int { return int(b.Date - a.Date) })
	return lines, h.noteReading(ctx, p, "register", municipality)
}

// SaveEntry keeps a line of a municipality's register and assesses it anew; one without an id is new, and one
// that was changed since its revision was read gives store.ErrConflict. The municipality itself and the admin
// may.
func (h *Hub) SaveEntry(ctx context.Context, p Person, x nis2.Entry) (nis2.Entry, error) {
	if !p.decides(x.Municipality) {
		return x, fmt.Errorf("the register of %s: %w", x.Municipality, ErrForbidden)
	}
	if err := x.Validate(h.today()); err != nil {
		return x, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := keepRevised(ctx, h, store.KindEntry, x.Municipality, &x, func(x *nis2.Entry) (*string, *int) { return &x.ID, &x.Revision }); err != nil {
		return x, err
	}
	if err := h.record(ctx, p.Name, "register.save", x.Municipality, fmt.Sprintf("%s %s %s %s", x.ID, x.Kind, x.Date, x.Subject)); err != nil {
		return x, err
	}
	return x, h.assessAnew(ctx, x.Municipality)
}

// RemoveEntry takes a line out of a municipality's register. What it was stays in the audit trail.
func (h *Hub) RemoveEntry(ctx context.Context, p Person, municipality, id string) error {
	if !p.decides(municipality) {
		return fmt.Errorf("the register of %s: %w", municipality, ErrForbidden)
	}
	x, err := store.Record[nis2.Entry](ctx, h.store, store.KindEntry, municipality, id)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("register line %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return err
	}
	if err := h.store.DeleteRecord(ctx, store.KindEntry, municipality, id); err != nil {
		return err
	}
	if err := h.record(ctx, p.Name, "register.remove", municipality, fmt.Sprintf("%s %s %s %s", x.ID, x.Kind, x.Date, x.Subject)); err != nil {
		return err
	}
	return h.assessAnew(ctx, municipality)
}
