package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
)

type reportsPage struct {
	frame
	Reports []store.Report
}

func (s *server) reports(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	reports, err := s.hub.Reports(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var meta hub.Meta
	if o, err := s.hub.Overview(r.Context(), p); err == nil { // reports can be read before anything is collected
		meta = o.Meta
	}
	s.render(w, r, http.StatusOK, "reports", reportsPage{s.frame(r, "nav.reports", meta, crumb{language(r).T("nav.overview"), "/"}), reports})
}

// report serves a frozen report as it was written.
func (s *server) report(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	reports, err := s.hub.Reports(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	i := slices.IndexFunc(reports, func(x store.Report) bool { return x.ID == r.PathValue("id") })
	if i < 0 {
		s.fail(w, r, hub.ErrNotFound)
		return
	}
	sendPage(w, reports[i].HTML)
}

// sendPage sends a report. Its style stands in the file itself, so it has a policy of its own; script it
// may not run.
func sendPage(w http.ResponseWriter, page []byte) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(page) // the client may have gone
}

// anyReport gives the id of a frozen report, for the scope test's probe.
func (s *server) anyReport() string {
	reports, err := s.hub.Reports(context.Background(), hub.Person{Name: "probe", Role: hub.RoleAdmin})
	if err != nil || len(reports) == 0 {
		return "none"
	}
	return reports[0].ID
}
