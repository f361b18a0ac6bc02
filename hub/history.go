package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
)

// History lists what changed about an asset, newest first and at most limit changes, with who saw it
// and when. An asset that a merge or import removed keeps its history, in the scope of the
// municipality it had last.
func (h *Hub) History(ctx context.Context, p Person, id string, limit int) ([]inventory.Change, Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, Meta{}, err
	}
	changes, err := h.store.Changes(ctx, "asset", id, limit)
	if err != nil {
		return nil, Meta{}, err
	}
	owner := ""
	if a, ok := e.snapshot.Asset(id); ok {
		owner = a.Municipality
	} else if len(changes) > 0 {
		owner = changes[0].Municipality
	}
	if !sc.detail[owner] {
		return nil, Meta{}, fmt.Errorf("asset %q: %w", id, ErrNotFound)
	}
	return sc.visible(changes), e.meta(sc), nil
}

// changesOf gives the latest changes of an asset, newest first, as far as the person may see them.
func (h *Hub) changesOf(ctx context.Context, sc scope, id string, limit int) ([]inventory.Change, error) {
	changes, err := h.store.Changes(ctx, "asset", id, limit)
	return sc.visible(changes), err
}

// visible leaves out what happened to equipment while it was another municipality's: that stays that one's.
func (sc scope) visible(changes []inventory.Change) []inventory.Change {
	return only(changes, func(c inventory.Change) bool { return sc.detail[c.Municipality] })
}

// Differences lists what differs in the estate between two times, within the person's scope: of each
// field the value then and the value at the end. municipality may be empty for all that is visible.
func (h *Hub) Differences(ctx context.Context, p Person, from, to time.Time, municipality string) ([]inventory.Change, Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, Meta{}, err
	}
	if municipality != "" && !sc.detail[municipality] {
		return nil, Meta{}, sc.forbidden("differences of " + municipality)
	}
	changes, err := h.store.ChangesBetween(ctx, from, to)
	if err != nil {
		return nil, Meta{}, err
	}
	visible := only(changes, func(c inventory.Change) bool {
		if municipality != "" {
			return c.Municipality == municipality
		}
		return sc.detail[c.Municipality] || c.Municipality == "" && len(sc.detail) > 0 // centres belong to all
	})
	return inventory.Fold(visible), e.meta(sc), nil
}

// When reads a point in time as people name it: "now", a time (RFC 3339), the beginning of a day in
// Denmark, or the first characters of a snapshot's hash, as plans and reports carry it.
func (h *Hub) When(ctx context.Context, text string) (time.Time, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "now" {
		return h.now(), nil
	}
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, copenhagen); err == nil {
		return t, nil
	}
	at, err := h.store.MergeTime(ctx, text)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, fmt.Errorf("%w: want now, a day (2026-11-21), a time (2026-11-21T12:00:00Z) or the beginning of a snapshot's hash", err)
	}
	return at, err
}
