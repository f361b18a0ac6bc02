package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/samdrift/samdrift/hub/store"
)

// writeRunEvery is how often a run under way is written down, when something was said.
const writeRunEvery = time.Second

// place names the hub among those that may share a database: a data directory belongs to one at a time.
func (h *Hub) place() string {
	host, _ := os.Hostname() // without one the directory is all there is
	dir, err := filepath.Abs(h.config.Dir)
	if err != nil {
		dir = h.config.Dir
	}
	sum := sha256.Sum256([]byte(host + ":" + dir)) // neither is anybody's business
	return hex.EncodeToString(sum[:8])
}

// findCutShort reads the runs that were under way when this hub was last ended.
func (h *Hub) findCutShort(ctx context.Context) error {
	if h.config.ReadOnly {
		return nil
	}
	kept, err := store.Records[MoveRun](ctx, h.store, store.KindRun)
	if err != nil {
		return err
	}
	here := h.place()
	for _, run := range kept {
		if !run.Goes() || run.Place != here {
			continue
		}
		if run.State == RunGoing {
			run.State = RunCutShort
		} else {
			run.State = RunNotBegun
		}
		if err := h.store.SaveRecord(ctx, store.KindRun, run.Municipality, run.Unit, h.now(), run); err != nil {
			return err
		}
		h.log.Warn("samdrift ended in the middle of a run", "unit", run.Unit, "by", run.By, "found", run.State, "last_heard", run.Heard)
	}
	return nil
}

// runOf gives a unit's run: that of this hub's life, or as it was written down; nil when there was none.
func (h *Hub) runOf(ctx context.Context, unit string) (*MoveRun, error) {
	if run := h.runs.of(unit, h.now()); run != nil {
		return run, nil
	}
	run, err := store.RecordByID[MoveRun](ctx, h.store, store.KindRun, unit)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &run, err
}

// runsOf gives the runs of units, without what was said in them.
func (h *Hub) runsOf(ctx context.Context, units map[string]Move) (map[string]*MoveRun, error) {
	kept, err := store.Records[MoveRun](ctx, h.store, store.KindRun)
	if err != nil {
		return nil, err
	}
	byUnit := map[string]*MoveRun{}
	for _, run := range kept {
		byUnit[run.Unit] = &run
	}
	for unit := range units {
		if run := h.runs.of(unit, h.now()); run != nil {
			byUnit[unit] = run
		}
		if run := byUnit[unit]; run != nil {
			run.Said = []Happening{}
		}
	}
	return byUnit, nil
}

// writeRun keeps a run in the database when something was said since the last time. A database that
// cannot be written does not stop a server half way.
func (h *Hub) writeRun(ctx context.Context, l *live) {
	h.runs.mu.Lock()
	changed, run := l.changed, l.run.copy()
	l.changed = false
	h.runs.mu.Unlock()
	if !changed {
		return
	}
	if err := h.store.SaveRecord(ctx, store.KindRun, run.Municipality, run.Unit, h.now(), run); err != nil {
		h.log.Error("how far a run is could not be written down", "unit", run.Unit, "error", err)
	}
}

// forgetRun takes a run that came to its end out of the database: the move tells how it ended.
func (h *Hub) forgetRun(ctx context.Context, run MoveRun) {
	if err := h.store.DeleteRecord(ctx, store.KindRun, run.Municipality, run.Unit); err != nil {
		h.log.Error("a run that has ended is still written down as under way", "unit", run.Unit, "error", err)
	}
}

// writeWhile writes a run down as it goes on, until what it returns is called.
func (h *Hub) writeWhile(ctx context.Context, l *live) (stop func()) {
	ended := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		tick := time.NewTicker(writeRunEvery)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
				h.writeRun(ctx, l)
			}
		}
	})
	return func() {
		close(ended)
		work.Wait()
	}
}
