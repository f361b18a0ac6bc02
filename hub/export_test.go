package hub

import "context"

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
