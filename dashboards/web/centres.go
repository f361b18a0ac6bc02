package web

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// centresPage is the choice of centres: the plan's with its bound, and people's own, judged.
type centresPage struct {
	frame
	V        hub.AssignView
	Assigned []assignedRow
	Refusals []refusalRow
	Verdict  *hub.VerdictView // nil: nobody moves, so there is nothing to choose
	Own      bool             // the judged choice was made on the page; else it is the agreements'
	Rows     []choiceRow
	Broken   []string
	Open     []string
	Centres  []choice
	Changes  string // the choice as changes of a scenario
	Fault    *fault
}

type assignedRow struct {
	planner.Assignment
	Why []string
}

// choiceRow is one municipality's line in the form.
type choiceRow struct {
	planner.ChoiceRow
	Options []option
}

// centres shows where each municipality goes. A query of code=centre judges another choice.
func (s *server) centres(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Assign(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := centresPage{frame: s.frame(r, "nav.centres", v.Meta, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.plan"), "/plan"}), V: v}
	for _, a := range v.Assignments {
		page.Assigned = append(page.Assigned, assignedRow{a, page.reasons(a.Reasons)})
	}
	slices.SortFunc(page.Assigned, func(a, b assignedRow) int {
		return l.Compare(page.nameOf(a.Municipality), page.nameOf(b.Municipality))
	})
	for _, x := range v.Refusals {
		page.Refusals = append(page.Refusals, refusalRow{page.nameOf(x.Subject), page.reasons(x.Reasons)})
	}
	page.Centres = page.centres(v.Capacity)
	wanted := map[string]string{}
	for _, a := range v.Assignments {
		if centre := r.URL.Query().Get(a.Municipality); centre != "" {
			wanted[a.Municipality] = centre
		}
	}
	page.Own = len(wanted) > 0
	if !page.Own {
		wanted = nil
	}
	verdict, err := s.hub.JudgeChoice(r.Context(), p, wanted)
	if page.Fault = faultOf(err); err != nil && page.Fault == nil {
		s.fail(w, r, err)
		return
	}
	if err == nil && len(verdict.Rows)+len(verdict.Open) > 0 {
		page.judge(verdict)
	}
	s.render(w, r, http.StatusOK, "centres", page)
}

// judge puts a verdict into rows and words.
func (p *centresPage) judge(v hub.VerdictView) {
	p.Verdict = &v
	p.Broken = p.reasons(v.Lacks)
	var changes []scenario.Change
	for _, row := range v.Rows {
		p.Rows = append(p.Rows, choiceRow{row, p.options(row.Chosen)})
		changes = append(changes, scenario.Change{Kind: scenario.Choose, Municipality: row.Municipality, Centre: row.Chosen})
	}
	for _, code := range v.Open {
		p.Open = append(p.Open, p.nameOf(code))
		p.Rows = append(p.Rows, choiceRow{planner.ChoiceRow{Municipality: code}, p.options("")})
	}
	slices.SortFunc(p.Rows, func(a, b choiceRow) int {
		return p.locale.Compare(p.nameOf(a.Municipality), p.nameOf(b.Municipality))
	})
	if data, err := json.Marshal(changes); err == nil {
		p.Changes = string(data)
	}
}

// options are the centres with one of them chosen; empty: not chosen yet.
func (p *centresPage) options(chosen string) []option {
	list := []option{}
	if chosen == "" {
		list = append(list, option{"", p.locale.T("centres.open"), true})
	}
	for _, c := range p.Centres {
		list = append(list, option{c.Value, c.Text, c.Value == chosen})
	}
	return list
}

// Share gives a part of a whole, 0 where there is no whole.
func (p centresPage) Share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}
