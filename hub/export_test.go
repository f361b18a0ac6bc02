package hub

import (
	"context"

	"github.com/samdrift/samdrift/terraform"
)

// ShowWhile works the estate out anew, as a merge does, and lets something happen before it is shown.
func (h *Hub) ShowWhile(ctx context.Context, meanwhile func()) error {
	h.beginWorkingOut()
	e, err := h.workOut(ctx, h.current.Load().snapshot)
	if err != nil {
		return err
	}
	meanwhile()
	return h.reveal(ctx, e)
}

// Pretend keeps a move as it stands and lets the gap follow.
func (h *Hub) Pretend(ctx context.Context, m Move) error {
	if err := h.saveMove(ctx, m); err != nil {
		return err
	}
	return h.assessAnew(ctx, m.Municipality)
}

// LockState locks a unit's state, as an engine elsewhere would.
func (h *Hub) LockState(ctx context.Context, unit string, lock terraform.StateLock) error {
	return h.store.LockState(ctx, unit, lock)
}
