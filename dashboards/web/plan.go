package web

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

type planPage struct {
	frame
	V           hub.PlanView
	Gantt       template.HTML
	Refusals    []refusalRow
	Assumptions []string
	Prices      []string
	Assigned    []assignedRow
	Capacity    []centreChart
	Costs       []planner.MunicipalityCost
}

type assignedRow struct {
	planner.Assignment
	Why []string
}

func (s *server) plan(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := planPage{frame: s.frame(r, "nav.plan", v.Meta, crumb{language(r).T("nav.overview"), "/"}), V: v, Costs: v.Plan.Cost.ByMunicipality}
	l := page.locale
	page.Gantt = page.gantt()
	page.Assumptions, page.Prices = page.reasons(v.Plan.Assumptions), page.reasons(v.Plan.Cost.Reasons)
	for _, x := range v.Plan.Refusals {
		page.Refusals = append(page.Refusals, refusalRow{cmp.Or(page.Names[x.Subject], x.Subject), page.reasons(x.Reasons)})
	}
	for _, a := range v.Plan.Assignments {
		page.Assigned = append(page.Assigned, assignedRow{a, page.reasons(a.Reasons)})
	}
	slices.SortFunc(page.Assigned, func(a, b assignedRow) int { return l.Compare(page.Names[a.Municipality], page.Names[b.Municipality]) })
	slices.SortFunc(page.Costs, func(a, b planner.MunicipalityCost) int {
		return l.Compare(page.Names[a.Municipality], page.Names[b.Municipality])
	})
	for _, load := range v.Plan.Capacity {
		page.Capacity = append(page.Capacity, capacityOf(l, page.Names[load.Centre], load))
	}
	s.render(w, r, http.StatusOK, "plan", page)
}

// gantt draws the waves, one line a municipality.
func (p *planPage) gantt() template.HTML {
	l, v := p.locale, p.V
	rows := map[string]*chart.GanttRow{}
	for _, w := range v.Plan.Waves {
		row := rows[w.Municipality]
		if row == nil {
			row = &chart.GanttRow{Label: p.Names[w.Municipality]}
			rows[w.Municipality] = row
		}
		row.Bars = append(row.Bars, chart.GanttBar{
			From: w.Start, To: w.End, Label: l.Int(int64(w.Number)), Class: w.Certainty, Href: "/plan/waves/" + w.ID,
			Words: l.T("plan.bar", "wave", w.Name, "from", l.Date(w.Start), "to", l.Date(w.End), "certainty", l.Or("certainty.", w.Certainty)),
		})
	}
	var list []chart.GanttRow
	for _, row := range rows {
		list = append(list, *row)
	}
	slices.SortFunc(list, func(a, b chart.GanttRow) int { return l.Compare(a.Label, b.Label) })
	o := chart.GanttOptions{Title: l.T("plan.gantt"), Months: l.Month, Marks: []chart.GanttMark{
		{Day: v.AsOf, Label: l.T("plan.today"), Class: "today"},
		{Day: v.Plan.Deadline, Label: l.T("plan.deadline.mark", "date", l.Date(v.Plan.Deadline)), Class: "deadline"},
	}}
	for _, f := range v.Freezes {
		if f.Municipality == "" && !f.Advisory {
			name := f.Name.DA
			if l.Lang == "en" {
				name = f.Name.EN
			}
			o.Spans = append(o.Spans, chart.GanttSpan{From: f.From, To: f.To, Words: name})
		}
	}
	return chart.Gantt(list, o)
}

type wavePage struct {
	frame
	W      planner.Wave
	Notes  []string
	Groups []groupRow
	Hidden bool // the person may see dates only
}

type groupRow struct {
	planner.Group
	Together, Why, Risks []string
	Cuts                 []string
}

func (s *server) wave(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	i := slices.IndexFunc(v.Plan.Waves, func(x planner.Wave) bool { return x.ID == r.PathValue("id") })
	if i < 0 {
		s.fail(w, r, hub.ErrNotFound)
		return
	}
	l := language(r)
	page := wavePage{frame: s.frame(r, "nav.plan", v.Meta, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.plan"), "/plan"}), W: v.Plan.Waves[i]}
	page.Title = page.W.Name
	page.Notes = page.reasons(page.W.Reasons)
	page.Hidden = len(page.W.Groups) == 0
	for _, g := range v.Plan.Groups {
		if g.Wave != page.W.ID {
			continue
		}
		row := groupRow{Group: g, Together: page.reasons(g.Ties), Why: page.reasons(g.Binding), Risks: page.reasons(g.Risk.Reasons)}
		for _, c := range g.Cut {
			row.Cuts = append(row.Cuts, l.T("wave.cut", "group", cmp.Or(page.Names[c.Group], c.Group), "bytes", l.Bytes(c.BytesPerDay), "port", l.Plain(l.Number(float64(c.Port), 0))))
		}
		page.Groups = append(page.Groups, row)
	}
	slices.SortStableFunc(page.Groups, func(a, b groupRow) int { return cmp.Compare(a.Cutover, b.Cutover) })
	s.render(w, r, http.StatusOK, "wave", page)
}

// anyWave gives a wave of the municipality, for the scope test's probe.
func (s *server) anyWave(code string) string {
	v, err := s.hub.Plan(context.Background(), hub.Person{Name: "probe", Role: hub.RoleAdmin})
	if err != nil {
		return "none"
	}
	for _, w := range v.Plan.Waves {
		if w.Municipality == code {
			return w.ID
		}
	}
	return "none"
}
