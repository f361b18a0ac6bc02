package hub

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/collectors"
)

// dayCheck is how often the hub looks whether a new day has begun, which moves plan and scores.
const dayCheck = 10 * time.Minute

// Run collects on a schedule until ctx ends. After each full look of a collector the estate is
// merged and shown; polls only measure. ended, which may be nil, is told of each round, full looks
// after their merge. Run returns when every collector has stopped.
func (h *Hub) Run(ctx context.Context, jobs []collectors.Job, ended func(collectors.Round)) error {
	runner := &collectors.Runner{Jobs: jobs, Sink: h.Sink(), Logger: h.log, Ended: func(r collectors.Round) {
		if ended != nil {
			defer ended(r)
		}
		if r.Poll {
			return
		}
		// What a look saw before it was told to stop is kept, so the merge outlives ctx for a while.
		keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		if _, err := h.Flush(keep); err != nil {
			h.log.Error("what was merged is stored with the next merge", "error", err)
		}
	}}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return runner.Run(ctx) })
	group.Go(func() error { return h.keepDay(ctx) })
	group.Go(func() error { return h.watchMoves(ctx) })
	return group.Wait()
}

// keepDay works plan and scores out anew when the date changes.
func (h *Hub) keepDay(ctx context.Context) error {
	tick := time.NewTicker(dayCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		h.merging.Lock()
		if e := h.current.Load(); e != nil && e.asOf != h.today() {
			if err := h.show(ctx, e.snapshot); err != nil {
				h.log.Error("a new day could not be worked out", "error", err)
			}
		}
		h.merging.Unlock()
	}
}
