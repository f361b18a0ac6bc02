package hub

import (
	"context"
	"sync"
	"time"
)

// watcher is who looks at moves by the clock, in the audit trail.
var watcher = Person{Name: "samdrift", Role: RoleAdmin}

// How often moves are looked at by the clock.
const (
	estateEvery    = time.Second      // whether there is an estate yet, without which nothing of a unit is known
	reconcileEvery = 10 * time.Minute // again, after a look that could not be made
	driftEvery     = 24 * time.Hour
)

// ReconcileState tells whether runs that were cut short have been looked at.
type ReconcileState string

// The states of reconciling, since the hub began.
const (
	ReconcileWaits  ReconcileState = "waits" // for the estate
	ReconcileLooks  ReconcileState = "looks"
	ReconcileDone   ReconcileState = "done"
	ReconcileFailed ReconcileState = "failed" // and is tried again
)

// Reconciliation is the look that the hub makes when it begins: it says of each unit whose apply was cut
// short how it stands. Until it is done nobody should take a unit's state for granted.
type Reconciliation struct {
	State ReconcileState `json:"state"`
	At    time.Time      `json:"at"`              // since when
	Found int            `json:"found"`           // runs that were cut short
	Error string         `json:"error,omitempty"` // only for the admin: it may name any unit
}

// reconciling guards what is known of the look.
type reconciling struct {
	mu sync.Mutex
	at *Reconciliation // nil: nobody looks by the clock, as in a command line
}

func (r *reconciling) is(x Reconciliation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = &x
}

// seenBy gives what a person may know of the look.
func (r *reconciling) seenBy(p Person) *Reconciliation {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		return nil
	}
	seen := *r.at
	if p.Role != RoleAdmin {
		seen.Error = ""
	}
	return &seen
}

// watchMoves reconciles at start the units whose apply was cut short, as soon as an estate is known and
// until it could be done, and looks once a day at every adopted unit for what was changed on its platform.
// What is found is kept with the moves.
func (h *Hub) watchMoves(ctx context.Context) error {
	if len(h.config.Terraform.Agreements) == 0 {
		return nil
	}
	if !h.awaitEstate(ctx) {
		return nil
	}
	reconciled := h.reconcileOnce(ctx)
	h.driftOnce(ctx)
	again, daily := time.NewTicker(reconcileEvery), time.NewTicker(driftEvery)
	defer again.Stop()
	defer daily.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
			reconciled = reconciled || h.reconcileOnce(ctx)
		case <-daily.C:
			h.driftOnce(ctx)
		}
	}
}

// awaitEstate waits until there is an estate; false when ctx ends before.
func (h *Hub) awaitEstate(ctx context.Context) bool {
	if h.Ready() {
		return true
	}
	h.reconciled.is(Reconciliation{State: ReconcileWaits, At: h.now().UTC()})
	h.log.Info("moves are reconciled as soon as something was collected: without it no unit is known")
	tick := time.NewTicker(estateEvery)
	defer tick.Stop()
	for !h.Ready() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// reconcileOnce looks for runs that were cut short, and tells whether the look could be made.
func (h *Hub) reconcileOnce(ctx context.Context) bool {
	h.reconciled.is(Reconciliation{State: ReconcileLooks, At: h.now().UTC()})
	found, err := h.ReconcileMoves(ctx, watcher)
	seen := Reconciliation{State: ReconcileDone, At: h.now().UTC(), Found: len(found)}
	if err != nil {
		seen.State, seen.Error = ReconcileFailed, err.Error()
	}
	h.reconciled.is(seen)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		h.log.Error("moves could not be reconciled; it is tried again", "after", reconcileEvery, "found", len(found), "error", err)
	default:
		h.log.Info("moves were reconciled", "found", len(found))
	}
	return err == nil
}

// driftOnce looks for drift, and logs what came of it. A look that could not be made is made again the
// next day.
func (h *Hub) driftOnce(ctx context.Context) {
	found, err := h.DriftMoves(ctx, watcher)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		h.log.Error("moves could not be looked at for drift", "error", err)
	default:
		h.log.Info("moves were looked at for drift", "found", len(found))
	}
}
