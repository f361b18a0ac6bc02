package hub_test

import (
	"errors"
	"testing"

	"github.com/samdrift/samdrift/hub"
)

// A centre's profile is its host's analysis by the 13 sections: for the host, the admin, and the centre's
// people once the host shares every article, and for nobody else.
func TestCentreProfile(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	host := hub.Person{Name: "Gerda", Role: hub.RoleMunicipality, Organisation: "461"}
	v, err := h.CentreGap(ctx, host, "fyn")
	if err != nil {
		t.Fatal(err)
	}
	municipality, _, err := h.GapOf(ctx, host, "461")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(v.Assessment.Articles); n != 13 || len(v.Assessment.Controls) >= len(municipality.Controls) || v.Assessment.Catalogue == municipality.Catalogue {
		t.Errorf("%d sections with %d controls by %s", n, len(v.Assessment.Controls), v.Assessment.Catalogue)
	}
	for _, r := range v.Assessment.Controls {
		if k, _ := v.Catalogue.Control(r.ID); r.Article != k.Article {
			t.Errorf("%s stands in section %q, the profile has it in %q", r.ID, r.Article, k.Article)
		}
	}
	for _, p := range []hub.Person{nyborg, steering, centre, {}} {
		if _, err := h.CentreGap(ctx, p, "fyn"); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s %s reads the host's analysis: %v", p.Role, p.Organisation, err)
		}
		if seen, err := h.GapCentres(ctx, p); len(seen) > 0 && err == nil {
			t.Errorf("%s is offered %v", p.Role, seen)
		}
	}
	if _, err := h.CentreGap(ctx, admin, "nowhere"); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("a centre that is not there: %v", err)
	}
	var articles []string
	for _, a := range h.Catalogue().Articles {
		articles = append(articles, a.ID)
	}
	for _, x := range []struct {
		shared []string
		seen   bool
	}{{articles[1:], false}, {articles, true}} {
		if err := h.Share(ctx, host, hub.Sharing{Municipality: "461", Articles: x.shared}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.CentreGap(ctx, centre, "fyn"); (err == nil) != x.seen {
			t.Errorf("%d articles shared: %v", len(x.shared), err)
		}
	}
}
