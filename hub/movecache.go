package hub

import (
	"context"
	"maps"
	"reflect"
	"sync"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner"
)

// moveCache holds the kept moves as they were last read: every page with dates asks for them, and unpacking
// those of a whole country takes longer than all the rest of a page. This process is the only one that
// writes moves while it is open.
type moveCache struct {
	mu      sync.Mutex
	version int             // rises with every change
	moves   map[string]Move // nil: to be read
	saved   map[string]Move // since moves was put together
}

// unsteady is the version of moves that change behind our back.
const unsteady = -1

// moves gives every kept move in brief, by unit. The map and all that it holds is shared, and changed by
// nobody: keepMove reads its own.
func (h *Hub) moves(ctx context.Context) (map[string]Move, error) {
	moves, _, err := h.movesAt(ctx)
	return moves, err
}

// movesAt also tells which version of them it is.
func (h *Hub) movesAt(ctx context.Context) (map[string]Move, int, error) {
	c := &h.kept
	if moves, version := c.known(); moves != nil {
		return moves, version, nil
	}
	c.mu.Lock()
	version := c.version
	c.mu.Unlock()
	moves, waves := map[string]Move{}, map[string]planner.Wave{}
	for m, err := range store.EachRecord[Move](ctx, h.store, store.KindMove) {
		if err != nil {
			return nil, unsteady, err
		}
		if w, seen := waves[m.Wave.ID]; seen && reflect.DeepEqual(w, m.Wave) {
			m.Wave = w // kept with each of its units, and held once
		} else {
			waves[m.Wave.ID] = m.Wave
		}
		moves[m.Unit] = m.brief()
	}
	if h.config.ReadOnly { // beside a running hub they change behind our back
		return moves, unsteady, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != version {
		return moves, unsteady, nil
	}
	c.moves, c.saved = moves, map[string]Move{}
	return moves, version, nil
}

// known gives the moves with all that was saved since they were read; nil: they are to be read.
func (c *moveCache) known() (map[string]Move, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moves != nil && len(c.saved) > 0 {
		moves := maps.Clone(c.moves) // others read the present one
		maps.Copy(moves, c.saved)
		c.moves, c.saved = moves, map[string]Move{}
	}
	return c.moves, c.version
}

// changed takes in what was saved. With an error nobody knows what is stored, and it is read again.
func (c *moveCache) changed(saved []Move, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	if err != nil {
		c.moves = nil
	}
	if c.moves == nil {
		return
	}
	for _, m := range saved {
		c.saved[m.Unit] = m.brief()
	}
}

// brief is the move without what only its own page shows.
func (m Move) brief() Move {
	m.Output, m.Memory, m.Checks = "", nil, nil
	if m.Plan != nil {
		p := *m.Plan
		p.Changes = nil
		m.Plan = &p
	}
	return m
}

// saveMove stores a move.
func (h *Hub) saveMove(ctx context.Context, m Move) error {
	return h.saveMoves(ctx, m)
}

// saveMoves stores moves, all or none.
func (h *Hub) saveMoves(ctx context.Context, moves ...Move) error {
	rows := make([]store.Row, len(moves))
	for i, m := range moves {
		rows[i] = store.Row{Municipality: m.Municipality, ID: m.Unit, Value: m}
	}
	err := h.store.SaveRecords(ctx, store.KindMove, h.now(), rows)
	h.kept.changed(moves, err)
	return err
}
