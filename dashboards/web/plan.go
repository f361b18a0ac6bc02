package web

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
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
	Critical    []planner.Group // whose delay delays the last wave, in order
	Try         *tryView        // nil: nothing is tried
	Fault       *fault          // what is tried makes no sense
	Changes     string          // what is tried, for the form that saves it
	Limits      limitsView
}

// tryView is what the dates that are tried would do.
type tryView struct {
	Pins      []pinRow
	Conflicts []conflictRow
	Diff      differenceView
	Undo      string // addresses; empty: there is nothing to undo
	Redo      string
	Reset     string
}

type pinRow struct{ Name, Day string }

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
	page := planPage{frame: s.planFrame(r, "nav.plan", v), V: v, State: triedHere(planStateOf(r.URL.Query()), r.URL.Query(), v.Plan)}
	var was map[string]inventory.Date
	if st := page.State; len(st.Pins)+len(st.Undone) > 0 {
		was = nightsOf(v.Plan)
		if err := s.try(r.Context(), p, &page); err != nil && !page.refuse(err) {
			s.fail(w, r, err)
			return
		}
	}
	page.Gantt = ganttOf(page.frame, page.V, page.State, was)
	for _, zoom := range zooms {
		page.Zooms = append(page.Zooms, zoomLink{zoom, page.State.At(zoom).Href(), zoom == page.State.Zoom})
	}
	if page.Limits, err = s.limits(r, p, page.frame); err != nil {
		s.fail(w, r, err)
		return
	}
	page.Assumptions = page.reasons(page.V.Plan.Assumptions)
	for _, id := range page.V.Plan.CriticalChain {
		if x, ok := planner.Explain(page.V.Plan, id); ok {
			page.Critical = append(page.Critical, x.Group)
		}
	}
	for _, x := range page.V.Plan.Refusals {
		page.Refusals = append(page.Refusals, refusalRow{cmp.Or(page.Names[x.Subject], x.Subject), page.reasons(x.Reasons)})
	}
	if r.Header.Get("Samdrift-Part") == "work" { // the script asks for the timeline alone
		s.fragment(w, r, "plan", "work", page)
		return
	}
	s.render(w, r, http.StatusOK, "plan", page)
}

// planFrame is the frame of a page below the plan: waves have names there too.
func (s *server) planFrame(r *http.Request, title string, v hub.PlanView, crumbs ...crumb) frame {
	f := s.frame(r, title, v.Meta, append([]crumb{{language(r).T("nav.overview"), "/"}}, crumbs...)...)
	f.Names = maps.Clone(f.Names)
	for _, w := range v.Plan.Waves {
		f.Names[w.ID] = w.Name
	}
	return f
}

// try plans anew with the dates that are tried, and puts the result in place of the plan.
func (s *server) try(ctx context.Context, p hub.Person, page *planPage) error {
	st := page.State
	view := &tryView{Reset: st.Reset().Href()}
	if len(st.Undone) > 0 {
		view.Redo = st.Redo().Href()
	}
	if len(st.Pins) > 0 {
		view.Undo = st.Undo().Href()
	}
	for _, x := range st.Pins {
		view.Pins = append(view.Pins, pinRow{cmp.Or(page.Names[x.ID], x.ID), page.locale.DateLong(x.Day)})
	}
	page.Try = view
	if len(st.Pins) == 0 {
		return nil
	}
	changes := st.changes(groupsOfWaves(page.V.Plan))
	v, err := s.hub.WhatIf(ctx, p, changes, page.InForce != nil)
	if err != nil {
		return err
	}
	data, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	page.Changes = string(data)
	page.V = v.Plan
	view.Conflicts = page.conflicts(v.Conflicts, v.Plan, v.Names)
	view.Diff = page.difference(v.Difference, v.Names)
	return nil
}

// refuse keeps a refusal for the page to show; false for anything else.
func (p *planPage) refuse(err error) bool {
	p.Fault = faultOf(err)
	return p.Fault != nil
}

// nightsOf gives each group's cutover.
func nightsOf(plan planner.Plan) map[string]inventory.Date {
	nights := map[string]inventory.Date{}
	for _, g := range plan.Groups {
		nights[g.ID] = g.Cutover
	}
	return nights
}

// groupsOfWaves gives the groups of each wave with their nights.
func groupsOfWaves(plan planner.Plan) map[string][]pin {
	waves := map[string][]pin{}
	for _, g := range plan.Groups {
		if g.Wave != "" {
			waves[g.Wave] = append(waves[g.Wave], pin{g.ID, g.Cutover})
		}
	}
	return waves
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
