package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Export gives the whole estate. Only the admin may: it holds every municipality's detail.
func (h *Hub) Export(ctx context.Context, p Person) (*inventory.Snapshot, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	if p.Role != RoleAdmin {
		return nil, sc.forbidden("the whole estate")
	}
	if h.config.ReadOnly {
		return e.snapshot, nil // the one who reads the files beside the hub could read them anyway
	}
	return e.snapshot, h.record(ctx, p.Name, "inventory.export", e.hash, fmt.Sprintf("%d assets", len(e.snapshot.Assets)))
}

// Import replaces the estate with a snapshot and tells what that changes; with dryRun it only tells.
// The estate before it stays stored.
func (h *Hub) Import(ctx context.Context, p Person, s *inventory.Snapshot, dryRun bool) ([]inventory.Change, error) {
	if p.Role != RoleAdmin {
		return nil, fmt.Errorf("importing an estate as %s: %w", p.Role, ErrForbidden)
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	h.merging.Lock()
	defer h.merging.Unlock()
	next := *s
	next.TakenAt = h.now().UTC().Truncate(time.Millisecond)
	next.Sort()
	before := h.base()
	changes := inventory.Diff(before, &next)
	if dryRun {
		return changes, nil
	}
	if h.current.Load() == nil {
		before = nil // there is none to keep
	}
	if err := h.store.ReplaceSnapshot(ctx, &next, slices.Concat(h.unsaved, changes), before); err != nil {
		return nil, err
	}
	if err := h.adopt(ctx, &next); err != nil {
		return nil, err
	}
	return changes, h.record(ctx, p.Name, "inventory.import", h.store.Hash(&next), fmt.Sprintf("%d changes", len(changes)))
}
