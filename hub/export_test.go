package hub

import (
	"context"

	"github.com/samdrift/samdrift/hub/store"
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
	if err := h.store.SaveRecord(ctx, store.KindMove, m.Municipality, m.Unit, h.now(), m); err != nil {
		return err
	}
	return h.assessAnew(ctx, m.Municipality)
}
