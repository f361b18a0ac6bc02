package hub

import (
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// RoundView is a round with how far the municipalities have come, as far as the person may see them.
type RoundView struct {
	nis2.Round
	Progress []nis2.Progress `json:"progress"`
}

// roundResult is a municipality's assessment as it stood when a round was closed.
type roundResult struct {
	Round      string          `json:"round"`
	Assessment nis2.Assessment `json:"assessment"`
}

// openRound gives the round that answers are given in now, or nil.
func (h *Hub) openRound(ctx context.Context) (*nis2.Round, error) {
	rounds, err := store.Records[nis2.Round](ctx, h.store, store.KindRound)
	if err != nil {
		return nil, err
	}
	for i := range rounds {
		if !rounds[i].Closed.Known() {
			return &rounds[i], nil
		}
	}
	return nil, nil
}

// Rounds lists the rounds, newest first.
func (h *Hub) Rounds(ctx context.Context, p Person) ([]RoundView, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	rounds, err := store.Records[nis2.Round](ctx, h.store, store.KindRound)
	if err != nil {
		return nil, err
	}
	answers, err := h.answers(ctx)
	if err != nil {
		return nil, err
	}
	views := make([]RoundView, 0, len(rounds))
	for _, r := range rounds {
		v := RoundView{Round: r, Progress: []nis2.Progress{}}
		for _, code := range sc.codes() {
			if sc.gap[code] && !r.Closed.Known() {
				v.Progress = append(v.Progress, nis2.ProgressOf(h.Catalogue(), code, answers))
			}
		}
		views = append(views, v)
	}
	slices.SortStableFunc(views, func(a, b RoundView) int { return int(b.Opened - a.Opened) })
	var codes []string
	for _, v := range views {
		for _, x := range v.Progress {
			codes = append(codes, x.Municipality)
		}
	}
	return views, h.noteReading(ctx, p, "progress", codes...)
}

// OpenRound opens a round for the whole cooperation. The answers at hand become proposals that nobody has
// confirmed. Only the admin opens rounds, and only one is open at a time.
func (h *Hub) OpenRound(ctx context.Context, p Person, id, title string, due inventory.Date) error {
	if p.Role != RoleAdmin {
		return fmt.Errorf("opening a round as %s: %w", p.Role, ErrForbidden)
	}
	open, err := h.openRound(ctx)
	if err != nil {
		return err
	}
	if open != nil {
		return fmt.Errorf("%w: round %s is open; close it first", ErrInvalid, open.ID)
	}
	rounds, err := store.Records[nis2.Round](ctx, h.store, store.KindRound)
	if err != nil {
		return err
	}
	cat := h.Catalogue()
	r := nis2.Round{ID: id, Title: title, Catalogue: cat.String(), OpenedBy: p.Name, Opened: h.today(), Due: due}
	for _, x := range rounds {
		if x.ID == id {
			return fmt.Errorf("%w: there is a round %s already", ErrInvalid, id)
		}
		if x.Closed.Known() {
			r.Previous = x.ID
		}
	}
	if err := r.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	before, err := h.store.Answers(ctx)
	if err != nil {
		return err
	}
	copies, dropped := nis2.CopyAnswers(cat, r, before)
	if err := h.store.SaveRecord(ctx, store.KindRound, "", r.ID, h.now(), r); err != nil {
		return err
	}
	if err := h.record(ctx, p.Name, "round.open", r.ID, fmt.Sprintf("%d answers copied as proposals, %d without a control left out", len(copies), len(dropped))); err != nil {
		return err
	}
	if len(copies) == 0 {
		return nil
	}
	edits := make([]AnswerEdit, len(copies))
	for i, a := range copies {
		edits[i].Answer = a
	}
	return h.keepAnswers(ctx, p, "round.copy", edits)
}

// CloseRound closes the open round and freezes every municipality's result as a point of the trend.
func (h *Hub) CloseRound(ctx context.Context, p Person, id string) error {
	if p.Role != RoleAdmin {
		return fmt.Errorf("closing a round as %s: %w", p.Role, ErrForbidden)
	}
	e, _, err := h.ask(p)
	if err != nil {
		return err
	}
	r, err := h.openRound(ctx)
	if err != nil {
		return err
	}
	if r == nil || r.ID != id {
		return fmt.Errorf("round %q is not open: %w", id, ErrNotFound)
	}
	for _, a := range e.gaps {
		if err := h.store.SaveRecord(ctx, store.KindResult, a.Municipality, r.ID, h.now(), roundResult{r.ID, a}); err != nil {
			return err
		}
	}
	r.Closed = h.today()
	if err := h.store.SaveRecord(ctx, store.KindRound, "", r.ID, h.now(), r); err != nil {
		return err
	}
	return h.record(ctx, p.Name, "round.close", r.ID, fmt.Sprintf("%d results frozen", len(e.gaps)))
}

// Trend answers a municipality's line over the closed rounds, oldest first.
func (h *Hub) Trend(ctx context.Context, p Person, municipality string) ([]nis2.TrendPoint, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	if !sc.gap[municipality] {
		return nil, sc.forbidden("gap analysis of " + municipality)
	}
	if err := h.noteReading(ctx, p, "trend", municipality); err != nil {
		return nil, err
	}
	all, err := store.Records[roundResult](ctx, h.store, store.KindResult)
	if err != nil {
		return nil, err
	}
	all = only(all, func(r roundResult) bool { return r.Assessment.Municipality == municipality })
	slices.SortStableFunc(all, func(a, b roundResult) int { return int(a.Assessment.AsOf - b.Assessment.AsOf) })
	var rounds []string
	var results []nis2.Assessment
	for _, r := range all {
		rounds, results = append(rounds, r.Round), append(results, r.Assessment)
	}
	return nis2.Trend(h.Catalogue(), rounds, results), nil
}
