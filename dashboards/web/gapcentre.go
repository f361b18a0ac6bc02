package web

import (
	"context"
	"net/http"

	"github.com/samdrift/samdrift/hub"
)

// gapCentre shows a centre by the 13 sections of 2024/2690.
func (s *server) gapCentre(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.CentreGap(r.Context(), p, r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := gapOfPage{frame: s.frame(r, "nav.gap", v.Data, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.gap"), "/gap"}), A: v.Assessment, Centre: true}
	page.Name = page.Names[v.Assessment.Municipality]
	page.Title = l.T("gap.centre", "name", v.Centre.Name)
	page.Articles = articlesOf(v.Catalogue, v.Assessment, l.Lang)
	s.render(w, r, http.StatusOK, "gapof", page)
}

// anyCentre gives a centre whose profile can be asked for, for the scope test's probe.
func (s *server) anyCentre() string {
	centres, err := s.hub.GapCentres(context.Background(), hub.Person{Name: "probe", Role: hub.RoleAdmin})
	if err != nil || len(centres) == 0 {
		return "none"
	}
	return centres[0].ID
}
