package hub

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// MoveRun is an apply that the hub carries out, or the latest one that it did. It goes on when whoever
// began it has gone.
type MoveRun struct {
	Unit  string    `json:"unit"`
	By    string    `json:"by"`
	Begun time.Time `json:"begun"`
	Ended time.Time `json:"ended,omitzero"` // zero: it goes on
	Error string    `json:"error,omitempty"`
	Said  []Said    `json:"said"` // what happened, oldest first
}

// Said is something that happened in a run.
type Said struct {
	At   time.Time `json:"at"`
	What string    `json:"what"` // queued, or what Happening names
	Text string    `json:"text,omitempty"`
}

// mostSaid is how much of a run is kept; the engine's whole output is kept with the move.
const mostSaid = 200

// runs are the applies of the hub's present life. What outlives it stands in the moves themselves, and
// ReconcileMoves tells of those that were cut short.
type runs struct {
	mu    sync.Mutex
	units map[string]*MoveRun
	slots chan struct{} // as many as may go on at a time
	going sync.WaitGroup
	life  context.Context // ends when the hub closes
	end   context.CancelFunc
}

func newRuns(ctx context.Context, parallel int) *runs {
	r := &runs{units: map[string]*MoveRun{}, slots: make(chan struct{}, max(parallel, 1))}
	r.life, r.end = context.WithCancel(context.WithoutCancel(ctx))
	return r
}

// close asks the runs to end and waits until they have: an engine ends what it is in the middle of.
func (r *runs) close() {
	r.end()
	r.going.Wait()
}

// of gives a copy of a unit's run, nil when there was none.
func (r *runs) of(unit string) *MoveRun {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := r.units[unit]
	if run == nil {
		return nil
	}
	c := *run
	c.Said = slices.Clone(run.Said)
	return &c
}

// begin makes a run, unless one goes on.
func (r *runs) begin(run *MoveRun) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old := r.units[run.Unit]; old != nil && old.Ended.IsZero() || r.life.Err() != nil {
		return false
	}
	r.units[run.Unit] = run
	r.going.Add(1)
	return true
}

// change lets f work on a run.
func (r *runs) change(run *MoveRun, f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	if over := len(run.Said) - mostSaid; over > 0 {
		run.Said = slices.Delete(run.Said, 0, over)
	}
}

// BeginApply lets the hub carry out a unit's approved plan, and does not wait for it. When it is already
// under way nothing more happens: a second call answers with the same run.
func (h *Hub) BeginApply(ctx context.Context, p Person, unit string) (MoveRun, error) {
	m, err := h.moveOf(ctx, p, unit)
	if err != nil {
		return MoveRun{}, err
	}
	if !p.moves() {
		return MoveRun{}, fmt.Errorf("applying %s as %s: %w", unit, p.Role, ErrForbidden)
	}
	if run := h.runs.of(unit); run != nil && run.Ended.IsZero() {
		return *run, nil
	}
	if m.Plan == nil || m.Approval == nil {
		return MoveRun{}, fmt.Errorf("unit %s: %w: its plan is not approved", unit, ErrInvalid)
	}
	run := &MoveRun{Unit: unit, By: p.Name, Begun: h.now().UTC(), Said: []Said{{At: h.now().UTC(), What: "queued"}}}
	if h.runs.begin(run) {
		go h.carryOut(p, run)
	}
	return *h.runs.of(unit), nil
}

// carryOut applies one unit when its turn has come.
func (h *Hub) carryOut(p Person, run *MoveRun) {
	defer h.runs.going.Done()
	err := h.runs.life.Err()
	select {
	case h.runs.slots <- struct{}{}:
		err = h.ApplyMoves(h.runs.life, p, []string{run.Unit}, func(x Happening) {
			h.runs.change(run, func() { run.Said = append(run.Said, Said{At: h.now().UTC(), What: x.What, Text: x.Text}) })
		})
		<-h.runs.slots
	case <-h.runs.life.Done():
	}
	h.runs.change(run, func() {
		run.Ended = h.now().UTC()
		if err != nil {
			run.Error = err.Error()
		}
	})
	if err != nil {
		h.log.Warn("a move did not come to its end", "unit", run.Unit, "by", p.Name, "error", err)
	}
}
