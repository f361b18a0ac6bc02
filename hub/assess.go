package hub

import (
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner/nis2"
)

// assessAnew scores the municipalities named, or everybody where none is, from what is stored now, and shows
// the estate with these results. Plan and lists do not depend on what people keep beside the estate, so they
// stay as they are; monitoring is taken as it was when the estate was worked out.
func (h *Hub) assessAnew(ctx context.Context, municipalities ...string) error {
	h.assessing.Lock()
	defer h.assessing.Unlock()
	for _, code := range municipalities {
		h.changed[code] = true
	}
	e := h.current.Load()
	if e == nil {
		return nil
	}
	if len(municipalities) == 0 {
		for i := range e.gaps {
			h.changed[e.gaps[i].Municipality] = true
		}
	}
	next := *e
	next.gaps = slices.Clone(e.gaps)
	if err := h.assess(ctx, &next, municipalities...); err != nil {
		return err
	}
	h.current.Store(&next)
	return nil
}

// assess puts the results of some municipalities, or of everybody, into an estate that nobody sees yet.
func (h *Hub) assess(ctx context.Context, e *estate, municipalities ...string) error {
	const few = 8 // from here on it is quicker to read and count everybody once
	if len(municipalities) == 0 || len(municipalities) > few {
		in, err := h.gapInput(ctx, e, "")
		if err != nil {
			return err
		}
		if e.gaps, err = nis2.Assess(h.Catalogue(), in); err != nil {
			return fmt.Errorf("gap analysis: %w", err)
		}
		return nil
	}
	for _, code := range municipalities {
		if e.gap(code) == nil {
			continue // not in this cooperation
		}
		in, err := h.gapInput(ctx, e, code)
		if err != nil {
			return err
		}
		a, err := nis2.AssessOne(h.Catalogue(), in, code)
		if err != nil {
			return fmt.Errorf("gap analysis: %w", err)
		}
		*e.gap(code) = a
	}
	return nil
}

// gapInput gives what the assessments of an estate stand on, as it is stored now: one municipality's, or
// everybody's where none is named.
func (h *Hub) gapInput(ctx context.Context, e *estate, municipality string) (nis2.Input, error) {
	in := nis2.Input{Snapshot: e.snapshot, AsOf: e.asOf, Monitored: e.monitored, Fills: e.fills, Loads: e.loads, Readings: e.readings}
	var err error
	if municipality == "" {
		in.Answers, err = h.answers(ctx)
	} else {
		in.Answers, err = h.answersOf(ctx, municipality)
	}
	if err != nil {
		return in, err
	}
	if in.Facts, err = keptBy[nis2.Facts](ctx, h, store.KindFacts, municipality); err != nil {
		return in, err
	}
	if in.Incidents, err = keptBy[nis2.Incident](ctx, h, store.KindIncident, municipality); err != nil {
		return in, err
	}
	if in.Entries, err = keptBy[nis2.Entry](ctx, h, store.KindEntry, municipality); err != nil {
		return in, err
	}
	if in.Actions, err = keptBy[nis2.Action](ctx, h, store.KindAction, municipality); err != nil {
		return in, err
	}
	in.Transfers, err = h.transfers(ctx, municipality)
	return in, err
}

// keptBy reads a register, of one municipality or of everybody. A register without a line is still there: it
// shows that nothing is known to have happened, which proves nothing.
func keptBy[T any](ctx context.Context, h *Hub, kind store.Kind, municipality string) ([]T, error) {
	var rows []T
	var err error
	if municipality == "" {
		rows, err = store.Records[T](ctx, h.store, kind)
	} else {
		rows, err = store.RecordsOf[T](ctx, h.store, kind, municipality)
	}
	if rows == nil {
		rows = []T{}
	}
	return rows, err
}
