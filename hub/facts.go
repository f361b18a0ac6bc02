package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// FactsView tells what importing a dataset does.
type FactsView struct {
	Municipality string       `json:"municipality"`
	Dataset      string       `json:"dataset"`
	Rows         int          `json:"rows"`
	Before       int          `json:"before"`    // rows that it takes the place of
	Unmatched    []string     `json:"unmatched"` // named in the rows and not in the inventory
	Levels       []FactsLevel `json:"levels"`    // of the controls that the dataset changes
}

// FactsLevel is a control before and after.
type FactsLevel struct {
	Control string             `json:"control"`
	Before  nis2.ControlResult `json:"before"`
	After   nis2.ControlResult `json:"after"`
}

// FactsFile is a file of one dataset, as another system wrote it.
type FactsFile struct {
	Municipality string
	Dataset      string         // one of nis2.Datasets
	Format       string         // csv or json
	Taken        inventory.Date // the day on which the other system said so; unknown: today
	Data         []byte
}

// ImportFacts keeps a dataset in place of the one before and assesses anew; with dryRun it only tells what
// that would change. The municipality itself and the admin may.
func (h *Hub) ImportFacts(ctx context.Context, p Person, file FactsFile, dryRun bool) (FactsView, error) {
	v := FactsView{Municipality: file.Municipality, Dataset: file.Dataset, Levels: []FactsLevel{}}
	if !p.decides(file.Municipality) {
		return v, fmt.Errorf("facts of %s: %w", file.Municipality, ErrForbidden)
	}
	f, err := nis2.ParseFacts(file.Municipality, file.Dataset, file.Format, cmp.Or(file.Taken, h.today()), file.Data)
	if err != nil {
		return v, fmt.Errorf("%w: nothing was taken over: %w", ErrInvalid, err)
	}
	v.Rows = f.Len()
	e, _, err := h.ask(p)
	if errors.Is(err, ErrNotReady) && !dryRun {
		return v, h.keepFacts(ctx, p, f) // there is nothing to tell of yet
	}
	if err != nil {
		return v, err
	}
	before := e.gap(f.Municipality)
	if before == nil {
		return v, fmt.Errorf("municipality %q: %w", f.Municipality, ErrNotFound)
	}
	v.Unmatched = f.Unmatched(e.snapshot)
	in, err := h.gapInput(ctx, e, f.Municipality)
	if err != nil {
		return v, err
	}
	place := -1
	for i := range in.Facts {
		if in.Facts[i].Dataset == f.Dataset {
			place, v.Before = i, in.Facts[i].Len()
		}
	}
	if place < 0 {
		in.Facts = append(in.Facts, f)
	} else {
		in.Facts[place] = f
	}
	after, err := nis2.AssessOne(h.Catalogue(), in, f.Municipality)
	if err != nil {
		return v, err
	}
	for i, r := range after.Controls {
		if slices.Contains(nis2.ControlsOf(f.Dataset), r.ID) {
			v.Levels = append(v.Levels, FactsLevel{r.ID, before.Controls[i], r})
		}
	}
	if dryRun {
		return v, h.noteReading(ctx, p, "what facts would change", f.Municipality)
	}
	return v, h.keepFacts(ctx, p, f)
}

// keepFacts stores a dataset in place of the one before and assesses anew.
func (h *Hub) keepFacts(ctx context.Context, p Person, f nis2.Facts) error {
	if err := h.store.SaveRecord(ctx, store.KindFacts, f.Municipality, f.Dataset, h.now(), f); err != nil {
		return err
	}
	if err := h.record(ctx, p.Name, "gap.facts", f.Municipality, fmt.Sprintf("%s: %d rows", f.Dataset, f.Len())); err != nil {
		return err
	}
	return h.assessAnew(ctx, f.Municipality)
}

// FactsHeld is a dataset that is kept.
type FactsHeld struct {
	Municipality string         `json:"municipality"`
	Dataset      string         `json:"dataset"`
	TakenAt      inventory.Date `json:"taken_at"`
	Rows         int            `json:"rows"`
}

// Facts lists the datasets that are kept of the municipalities whose gap analysis the person may see, by
// municipality and dataset.
func (h *Hub) Facts(ctx context.Context, p Person) ([]FactsHeld, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	all, err := store.Records[nis2.Facts](ctx, h.store, store.KindFacts)
	if err != nil {
		return nil, err
	}
	held, codes := []FactsHeld{}, []string{}
	for i := range all {
		if f := &all[i]; sc.gap[f.Municipality] {
			held = append(held, FactsHeld{f.Municipality, f.Dataset, f.TakenAt, f.Len()})
			codes = append(codes, f.Municipality)
		}
	}
	return held, h.noteReading(ctx, p, "facts", codes...)
}

// ForgetFacts removes a dataset and assesses anew: its rules are not connected again. The municipality itself
// and the admin may.
func (h *Hub) ForgetFacts(ctx context.Context, p Person, municipality, dataset string) error {
	if !p.decides(municipality) {
		return fmt.Errorf("facts of %s: %w", municipality, ErrForbidden)
	}
	_, err := store.Record[nis2.Facts](ctx, h.store, store.KindFacts, municipality, dataset)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("facts %q of %s: %w", dataset, municipality, ErrNotFound)
	}
	if err != nil {
		return err
	}
	if err := h.store.DeleteRecord(ctx, store.KindFacts, municipality, dataset); err != nil {
		return err
	}
	if err := h.record(ctx, p.Name, "gap.facts.forget", municipality, dataset); err != nil {
		return err
	}
	return h.assessAnew(ctx, municipality)
}
