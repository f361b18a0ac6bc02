package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Sharing is what a municipality lets others see of its gap analysis. Without a word it is nothing.
type Sharing struct {
	Municipality string   `json:"municipality"`
	Articles     []string `json:"articles"` // shared with the centre that its agreement is with
	Named        bool     `json:"named"`    // may be named as a good example in the joint report
}

// Share sets what a municipality shares. Only its own people may.
func (h *Hub) Share(ctx context.Context, p Person, s Sharing) error {
	if p.Role != RoleMunicipality || p.Organisation != s.Municipality {
		return fmt.Errorf("sharing of %s: only the municipality itself decides: %w", s.Municipality, ErrForbidden)
	}
	cat := h.Catalogue()
	for _, id := range s.Articles {
		if _, ok := cat.Article(id); !ok {
			return fmt.Errorf("%w: no article %q in %s", ErrInvalid, id, cat)
		}
	}
	if err := h.store.SaveRecord(ctx, store.KindSharing, s.Municipality, "gap", h.now(), s); err != nil {
		return err
	}
	return h.record(ctx, p.Name, "gap.share", s.Municipality, fmt.Sprintf("articles %v with the centre, named as example: %t", s.Articles, s.Named))
}

// SharingOf answers what a municipality shares.
func (h *Hub) SharingOf(ctx context.Context, p Person, municipality string) (Sharing, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return Sharing{}, err
	}
	if !sc.gap[municipality] {
		return Sharing{}, sc.forbidden("sharing of " + municipality)
	}
	return h.sharing(ctx, municipality)
}

func (h *Hub) sharing(ctx context.Context, municipality string) (Sharing, error) {
	s, err := store.Record[Sharing](ctx, h.store, store.KindSharing, municipality, "gap")
	if errors.Is(err, store.ErrNotFound) {
		return Sharing{Municipality: municipality, Articles: []string{}}, nil
	}
	return s, err
}

// sharedWith gives the articles that a municipality shares with the person's centre: only while the two
// have an agreement, and to nobody else.
func (h *Hub) sharedWith(ctx context.Context, sc scope, municipality string) ([]string, error) {
	if sc.person.Role != RoleCentre || !sc.detail[municipality] {
		return nil, nil
	}
	s, err := h.sharing(ctx, municipality)
	return s.Articles, err
}

// named gives the municipalities that agreed to be named.
func (h *Hub) named(ctx context.Context) (map[string]bool, error) {
	all, err := store.Records[Sharing](ctx, h.store, store.KindSharing)
	named := map[string]bool{}
	for _, s := range all {
		named[s.Municipality] = s.Named
	}
	return named, err
}

// loadCatalogue reads the embedded catalogue with the cooperation's latest choices on top.
func (h *Hub) loadCatalogue(ctx context.Context) error {
	base, err := nis2.Load()
	if err != nil {
		return fmt.Errorf("NIS2 catalogue: %w", err)
	}
	h.catalogue.Store(base)
	all, err := store.Records[nis2.Overlay](ctx, h.store, store.KindChoices)
	if err != nil || len(all) == 0 {
		return err
	}
	latest := slices.MaxFunc(all, func(a, b nis2.Overlay) int { return int(a.Date - b.Date) })
	chosen, err := base.With(latest)
	if err != nil {
		// A catalogue that came with a newer samdrift: scores must not rest on choices made for another.
		h.log.Warn("the cooperation's choices do not fit the catalogue and are not used", "version", latest.Version, "error", err)
		return nil
	}
	h.catalogue.Store(chosen)
	return nil
}

// Choose sets the cooperation's choices on top of the catalogue and assesses anew. Only the admin may;
// every version stays stored with its author and date.
func (h *Hub) Choose(ctx context.Context, p Person, o nis2.Overlay) error {
	if p.Role != RoleAdmin {
		return fmt.Errorf("choosing weights as %s: %w", p.Role, ErrForbidden)
	}
	base, err := nis2.Load()
	if err != nil {
		return err
	}
	if _, err := base.With(o); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if _, err := store.Record[nis2.Overlay](ctx, h.store, store.KindChoices, "", o.Version); err == nil {
		return fmt.Errorf("%w: there are choices %q already; give these a version of their own", ErrInvalid, o.Version)
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := h.store.SaveRecord(ctx, store.KindChoices, "", o.Version, h.now(), o); err != nil {
		return err
	}
	if err := h.record(ctx, p.Name, "gap.choose", o.Version, o.Reason); err != nil {
		return err
	}
	if err := h.loadCatalogue(ctx); err != nil {
		return err
	}
	return h.assessAnew(ctx)
}

// Choices lists every version of the cooperation's choices.
func (h *Hub) Choices(ctx context.Context, p Person) ([]nis2.Overlay, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	if !sc.members {
		return nil, sc.forbidden("the cooperation's choices")
	}
	return store.Records[nis2.Overlay](ctx, h.store, store.KindChoices)
}
