package web

import (
	"net/http"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/monitor"
)

type alertsPage struct {
	frame
	Alerts  []monitor.Alert
	Firing  int
	Pending int
}

func (s *server) alerts(w http.ResponseWriter, r *http.Request) {
	if page, ok := s.alertsPage(w, r); ok {
		s.render(w, r, http.StatusOK, "alerts", page)
	}
}

// liveAlerts gives the table anew, for the script that keeps it fresh.
func (s *server) liveAlerts(w http.ResponseWriter, r *http.Request) {
	if page, ok := s.alertsPage(w, r); ok {
		s.fragment(w, r, "alerts", "alertlist", page)
	}
}

func (s *server) alertsPage(w http.ResponseWriter, r *http.Request) (alertsPage, bool) {
	p, _ := hub.PersonFrom(r.Context())
	alerts, meta, err := s.hub.Alerts(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return alertsPage{}, false
	}
	page := alertsPage{frame: s.frame(r, "nav.alerts", meta, crumb{language(r).T("nav.overview"), "/"}), Alerts: alerts}
	for _, a := range alerts {
		if a.State == "firing" {
			page.Firing++
		} else {
			page.Pending++
		}
	}
	return page, true
}
