package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

type planPage struct {
	frame
	V           hub.PlanView
	State       planState
	Gantt       ganttView
	Zooms       []zoomLink
	Refusals    []refusalRow
	Assumptions []string
}

type zoomLink struct {
	Key, Href string
	Current   bool
}

func (s *server) plan(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := planPage{frame: s.frame(r, "nav.plan", v.Meta, crumb{language(r).T("nav.overview"), "/"}), V: v, State: triedHere(planStateOf(r.URL.Query()), r.URL.Query(), v.Plan)}
	var was map[string]inventory.Date
	page.Gantt = ganttOf(page.frame, page.V, page.State, was)
	for _, zoom := range zooms {
		page.Zooms = append(page.Zooms, zoomLink{zoom, page.State.At(zoom).Href(), zoom == page.State.Zoom})
	}
	page.Assumptions = page.reasons(v.Plan.Assumptions)
	for _, x := range v.Plan.Refusals {
		page.Refusals = append(page.Refusals, refusalRow{cmp.Or(page.Names[x.Subject], x.Subject), page.reasons(x.Reasons)})
	}
	if r.Header.Get("Samdrift-Part") == "work" { // the script asks for the timeline alone
		s.fragment(w, r, "plan", "work", page)
		return
	}
	s.render(w, r, http.StatusOK, "plan", page)
}

// triedHere adds what the form on a group's page asks for: a date for the group, shown in its open lane.
func triedHere(st planState, query url.Values, plan planner.Plan) planState {
	day, err := inventory.ParseDate(query.Get("day"))
	x, ok := planner.Explain(plan, query.Get("try"))
	if err != nil || !day.Known() || !ok {
		return st
	}
	st.Pins, st.Undone = append(st.Pins, pin{x.Group.ID, day}), nil
	for _, lane := range []string{x.Group.Municipality, x.Group.Wave} {
		if !slices.Contains(st.Open, lane) {
			st = st.Fold(lane)
		}
	}
	return st
}

// anyGroup gives a group of the municipality that has a date, for the scope test's probe.
func (s *server) anyGroup(code string) string { return s.probe(code).ID }

// anyWave gives a wave of the municipality, for the scope test's probe.
func (s *server) anyWave(code string) string { return s.probe(code).Wave }

func (s *server) probe(code string) planner.Group {
	v, err := s.hub.Plan(context.Background(), hub.Person{Name: "probe", Role: hub.RoleAdmin})
	if err == nil {
		for _, g := range v.Plan.Groups {
			if g.Municipality == code && g.Wave != "" {
				return g
			}
		}
	}
	return planner.Group{ID: "none", Wave: "none"}
}
