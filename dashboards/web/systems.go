package web

import (
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

type systemsPage struct {
	frame
	Rows   []inventory.System
	Owners []option
	All    int  // systems before the filter
	One    bool // all of one municipality
}

func (s *server) systems(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	code := r.URL.Query().Get("municipality")
	rows, meta, err := s.hub.Systems(r.Context(), p, code)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := systemsPage{frame: s.frame(r, "nav.systems", meta, crumb{language(r).T("nav.overview"), "/"}), All: len(rows)}
	facets, err := s.hub.Assets(r.Context(), p, hub.AssetQuery{PerPage: 1})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, c := range facets.Facets.Municipalities {
		page.Owners = append(page.Owners, option{c, page.Names[c], c == code})
	}
	l := page.locale
	slices.SortFunc(page.Owners, func(a, b option) int { return l.Compare(a.Words, b.Words) })
	page.One = code != "" || len(page.Owners) == 1
	// Without a choice only the critical ones of all are listed: the whole list would be unreadable.
	for _, x := range rows {
		if page.One || x.Criticality >= inventory.CriticalitySociety {
			page.Rows = append(page.Rows, x)
		}
	}
	slices.SortStableFunc(page.Rows, func(a, b inventory.System) int {
		if a.Criticality != b.Criticality {
			return int(b.Criticality - a.Criticality)
		}
		return l.Compare(a.Name, b.Name)
	})
	s.render(w, r, http.StatusOK, "systems", page)
}
