package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

type incidentsPage struct {
	frame
	Rows    []incidentView
	May     bool // add and change
	Form    form
	Fault   *fault
	Whose   []choice
	Centres []choice
	Steps   []nis2.Notice
}

type incidentView struct {
	hub.IncidentView
	Steps []stepView
	Fault *fault // of a notice that was to be noted as sent
	Sent  form   // what was typed for it
}

// stepView is one step of the clock, with the time left in words and a draft of the notice.
type stepView struct {
	nis2.Due
	Words string
	Draft string // empty: it is sent
}

// incidents shows the register with the clock of each incident.
func (s *server) incidents(w http.ResponseWriter, r *http.Request) {
	s.showIncidents(w, r, http.StatusOK, refusedIncident{id: r.URL.Query().Get("incident")})
}

// refusedIncident is what was typed and why it was refused; without a fault, the incident to change.
type refusedIncident struct {
	id          string
	form, sent  form
	wrong, late *fault
}

func (s *server) showIncidents(w http.ResponseWriter, r *http.Request, status int, x refusedIncident) {
	p, _ := hub.PersonFrom(r.Context())
	list, err := s.hub.Incidents(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	o, err := s.hub.Overview(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := incidentsPage{frame: s.frame(r, "incidents.title", o.Meta, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.gap"), "/gap"}),
		May: p.Role != hub.RoleSteering, Form: x.form, Fault: x.wrong, Steps: nis2.AllNotices}
	for _, c := range o.Centres {
		if p.Role != hub.RoleCentre || c.ID == p.Organisation {
			page.Centres = append(page.Centres, choice{c.ID, c.Name})
		}
	}
	if x.form == nil {
		page.Form = form{"municipality": p.Organisation}
		if p.Role == hub.RoleCentre {
			page.Form = form{"centre": p.Organisation}
		}
	}
	for _, i := range list {
		page.Form.catchUp(x.wrong, i.ID, i.Revision)
		row := incidentView{IncidentView: i, Sent: form{}}
		if i.ID == x.id {
			row.Fault = x.late
			if x.sent != nil {
				row.Sent = x.sent
			} else if x.form == nil {
				page.Form = incidentForm(i.Incident)
			}
		}
		for _, d := range i.Clock {
			step := stepView{Due: d, Words: left(l, d)}
			if d.Sent.IsZero() {
				step.Draft = page.draft(i.Incident, d)
			}
			row.Steps = append(row.Steps, step)
		}
		page.Rows = append(page.Rows, row)
	}
	page.Whose = page.municipalities()
	s.render(w, r, status, "incidents", page)
}

// saveIncident keeps what the form says of an incident; notices that were noted as sent stay.
func (s *server) saveIncident(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		var i nis2.Incident
		if typed["id"] != "" {
			i, err = s.incident(r.Context(), p, typed["id"])
		}
		if err == nil {
			if i, err = incidentFrom(language(r), typed, i); err == nil {
				_, err = s.hub.SaveIncident(r.Context(), p, i)
			}
		}
	}
	s.incidentDone(w, r, err, func(wrong *fault) refusedIncident {
		return refusedIncident{id: typed["id"], form: typed, wrong: wrong}
	})
}

// noteSent keeps that people have sent a notice. samdrift itself sends none.
func (s *server) noteSent(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		err = s.keepSent(r, p, typed)
	}
	s.incidentDone(w, r, err, func(wrong *fault) refusedIncident {
		return refusedIncident{id: typed["id"], sent: typed, late: wrong}
	})
}

func (s *server) keepSent(r *http.Request, p hub.Person, typed form) error {
	i, err := s.incident(r.Context(), p, typed["id"])
	if err != nil {
		return err
	}
	l := language(r)
	var faults refused
	typed.need(l, "at", "incidents.sent.at", &faults)
	sent := nis2.Sent{Step: nis2.Notice(typed["step"]), At: typed.moment(l, "at", "incidents.sent.at", &faults), By: typed.need(l, "by", "incidents.sent.by", &faults), Ref: typed["ref"]}
	if len(faults) > 0 {
		return faults
	}
	party := nis2.Party(typed["party"])
	all := map[nis2.Party][]nis2.Sent{}
	for key, list := range i.Sent {
		all[key] = list
	}
	all[party] = append(slices.Clone(all[party]), sent)
	i.Sent = all
	_, err = s.hub.SaveIncident(r.Context(), p, i)
	return err
}

// incident finds an incident within the person's scope.
func (s *server) incident(ctx context.Context, p hub.Person, id string) (nis2.Incident, error) {
	list, err := s.hub.Incidents(ctx, p)
	if err != nil {
		return nis2.Incident{}, err
	}
	i := slices.IndexFunc(list, func(x hub.IncidentView) bool { return x.ID == id })
	if i < 0 {
		return nis2.Incident{}, hub.ErrForbidden // the same as for one that does not exist
	}
	return list[i].Incident, nil
}

func (s *server) incidentDone(w http.ResponseWriter, r *http.Request, err error, again func(*fault) refusedIncident) {
	switch wrong := faultOf(err); {
	case wrong != nil:
		s.showIncidents(w, r, http.StatusUnprocessableEntity, again(wrong))
	case err != nil:
		s.fail(w, r, err)
	default:
		done(w, r, "/gap/incidents")
	}
}

// input writes a moment as a browser's field holds it; none gives nothing.
func input(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(copenhagen).Format(minute)
}
