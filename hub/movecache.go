package hub

import (
	"context"
	"sync"

	"github.com/samdrift/samdrift/hub/store"
)

// moveCache holds the kept moves as they were last read: every page with dates asks for them, and unpacking
// those of a whole country takes longer than all the rest of a page. This process is the only one that
// writes moves while it is open.
type moveCache struct {
	mu      sync.Mutex
	version int             // rises with every change
	moves   map[string]Move // nil: to be read
}

// moves gives every kept move, by unit. The map and all that it holds is shared, and changed by nobody:
// keepMove reads its own.
func (h *Hub) moves(ctx context.Context) (map[string]Move, error) {
	c := &h.kept
	c.mu.Lock()
	moves, version := c.moves, c.version
	c.mu.Unlock()
	if moves != nil {
		return moves, nil
	}
	all, err := store.Records[Move](ctx, h.store, store.KindMove)
	if err != nil {
		return nil, err
	}
	moves = make(map[string]Move, len(all))
	for _, m := range all {
		moves[m.Unit] = m
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version == version && !h.config.ReadOnly { // beside a running hub they change behind our back
		c.moves = moves
	}
	return moves, nil
}

// saveMove stores a move.
func (h *Hub) saveMove(ctx context.Context, m Move) error {
	err := h.store.SaveRecord(ctx, store.KindMove, m.Municipality, m.Unit, h.now(), m)
	h.kept.mu.Lock()
	defer h.kept.mu.Unlock()
	h.kept.version++
	h.kept.moves = nil
	return err
}
