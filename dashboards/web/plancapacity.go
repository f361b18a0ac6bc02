package web

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
)

// capacityPage is whether centres, crews and links bear the plan.
type capacityPage struct {
	frame
	E       evaluate.Evaluation
	Centres []centreFill
	Crews   []crewLoad
	Links   []linkRow
}

// centreFill is one centre: before and after the plan, and how it fills wave by wave.
type centreFill struct {
	centreChart
	Over  []string
	Open  []string    // capacities that are not known
	Lines []fillChart // one for each resource
	Steps []fillRow
}

type fillChart struct {
	Resource string
	Chart    template.HTML
}

type fillRow struct {
	evaluate.CapacityStep
	Name  string
	Cells []string // before, after and peak, by resource
}

// crewLoad is how many servers are cut over at a centre, night by night.
type crewLoad struct {
	Name   string
	Chart  template.HTML
	Nights int
	Most   int
	On     inventory.Date
}

type linkRow struct {
	evaluate.LinkStep
	Name, Whose string
}

func (s *server) capacity(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	plan, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v, err := s.hub.Evaluation(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := capacityPage{frame: s.planFrame(r, "nav.capacity", plan, crumb{language(r).T("nav.plan"), "/plan"}), E: v.Evaluation}
	l := page.locale
	for _, load := range plan.Plan.Capacity {
		page.Centres = append(page.Centres, page.fill(load, plan.Plan))
		if crews := page.crews(load.Centre, plan.Plan, v.Planning); crews.Nights > 0 {
			page.Crews = append(page.Crews, crews)
		}
	}
	for _, x := range v.Evaluation.Links {
		page.Links = append(page.Links, linkRow{x, page.nameOf(x.Wave), page.nameOf(x.Municipality)})
	}
	slices.SortStableFunc(page.Links, func(a, b linkRow) int { return l.Compare(a.Whose, b.Whose) })
	s.render(w, r, http.StatusOK, "plancapacity", page)
}

// resource is one thing that a centre has, with how to read and write it.
type resource struct {
	name     string
	decimals int
	of       func(inventory.Capacity) float64
}

var resources = []resource{
	{"vcpus", 0, func(c inventory.Capacity) float64 { return float64(c.VCPUs) }},
	{"memory_gb", 0, func(c inventory.Capacity) float64 { return float64(c.MemoryGB) }},
	{"storage_gb", 0, func(c inventory.Capacity) float64 { return float64(c.StorageGB) }},
	{"users", 0, func(c inventory.Capacity) float64 { return float64(c.Users) }},
	{"power_kw", 1, func(c inventory.Capacity) float64 { return c.PowerKW.Float() }},
	{"staff_fte", 1, func(c inventory.Capacity) float64 { return c.StaffFTE.Float() }},
}

// words is the resource's name.
func (r resource) words(l *locale.Locale) string { return l.T("resource." + r.name) }

// used writes how much of it is used.
func (r resource) used(l *locale.Locale, c inventory.Capacity) string {
	return l.Number(r.of(c), r.decimals)
}

// whole writes how much of it there is; zero means not known.
func (r resource) whole(l *locale.Locale, c inventory.Capacity) string {
	if r.of(c) == 0 {
		return l.T("unknown")
	}
	return r.used(l, c)
}

// Resources are the names of what a centre has.
func (p capacityPage) Resources() []string {
	names := make([]string, len(resources))
	for i, r := range resources {
		names[i] = r.words(p.locale)
	}
	return names
}

// fill draws how a centre fills over time, as far as its waves may be seen.
func (p *capacityPage) fill(load planner.CentreLoad, plan planner.Plan) centreFill {
	l := p.locale
	c := centreFill{centreChart: capacityOf(l, p.nameOf(load.Centre), load)}
	for _, s := range p.E.Capacity {
		if s.Centre != load.Centre {
			continue
		}
		row := fillRow{s, p.nameOf(s.Wave), nil}
		for _, r := range resources {
			row.Cells = append(row.Cells, r.used(l, s.Before)+" → "+r.used(l, s.After)+" ("+r.used(l, s.Peak)+")")
		}
		c.Steps = append(c.Steps, row)
		for i, words := range p.reasons(s.Over) {
			list := &c.Over
			if s.Over[i].Rule == "capacity_unknown" {
				list = &c.Open
			}
			if !slices.Contains(*list, words) {
				*list = append(*list, words)
			}
		}
	}
	if len(c.Steps) == 0 {
		return c
	}
	slices.SortStableFunc(c.Steps, func(a, b fillRow) int { return cmp.Compare(a.Start, b.Start) })
	for _, r := range resources {
		c.Lines = append(c.Lines, fillChart{r.words(l), p.fillLine(c, r, plan)})
	}
	return c
}

// fillLine draws one resource: in production after each wave, and the peak while waves last.
func (p *capacityPage) fillLine(c centreFill, r resource, plan planner.Plan) template.HTML {
	l := p.locale
	used := chart.StepsLine{Class: "used", Words: l.T("fill.used"), Steps: []chart.Step{{Day: plan.AsOf, Value: r.of(c.Steps[0].Before)}}}
	peak := chart.StepsLine{Class: "peak", Words: l.T("fill.peak"), Steps: slices.Clone(used.Steps)}
	for _, s := range c.Steps {
		peak.Steps = append(peak.Steps, chart.Step{Day: s.Start, Value: r.of(s.Peak)})
		used.Steps = append(used.Steps, chart.Step{Day: s.End, Value: r.of(s.After)})
	}
	slices.SortStableFunc(used.Steps, func(a, b chart.Step) int { return cmp.Compare(a.Day, b.Day) })
	final := used.Steps[len(used.Steps)-1]
	peak.Steps = append(peak.Steps, chart.Step{Day: final.Day, Value: final.Value})
	o := chart.StepsOptions{Title: c.Name + ": " + r.words(l), From: plan.AsOf, To: final.Day.AddDays(30), Months: l.Month, Filled: true,
		Value: func(v float64) string { return l.Number(v, r.decimals) }}
	if limit := c.Steps[0].Limit; r.of(limit) > 0 {
		o.Levels = []chart.StepsLevel{{Class: "limit", Words: l.T("fill.limit", "n", r.used(l, limit)), Value: r.of(limit)}}
	}
	return chart.Steps([]chart.StepsLine{used, peak}, o)
}

// crews counts the servers that are cut over at a centre each night, of the groups that may be seen.
func (p *capacityPage) crews(centre string, plan planner.Plan, limits planner.Settings) crewLoad {
	l := p.locale
	nights := map[inventory.Date]int{}
	for _, g := range plan.Groups {
		if g.Wave != "" && g.Centre == centre {
			nights[g.Cutover] += len(g.Assets)
		}
	}
	c := crewLoad{Name: p.nameOf(centre), Nights: len(nights)}
	line := chart.StepsLine{Class: "used", Words: l.T("fill.crews")}
	var days []inventory.Date
	for day := range nights {
		days = append(days, day)
	}
	slices.Sort(days)
	for i, day := range days {
		if nights[day] > c.Most {
			c.Most, c.On = nights[day], day
		}
		line.Steps = append(line.Steps, chart.Step{Day: day, Value: float64(nights[day])})
		if i+1 == len(days) || days[i+1] > day+1 {
			line.Steps = append(line.Steps, chart.Step{Day: day + 1})
		}
	}
	if len(days) > 0 {
		c.Chart = chart.Steps([]chart.StepsLine{line, p.available(centre, plan, limits, days[0].AddDays(-7))}, chart.StepsOptions{Title: c.Name + ": " + l.T("fill.crews"), From: days[0].AddDays(-7), To: days[len(days)-1].AddDays(14),
			Months: l.Month, Filled: true, Value: func(v float64) string { return l.Number(v, 0) }})
	}
	return c
}

// available is how many servers a centre's crews manage a night; staff that is transferred to it adds crews.
func (p *capacityPage) available(centre string, plan planner.Plan, limits planner.Settings, from inventory.Date) chart.StepsLine {
	serves := map[string]bool{}
	for _, a := range plan.Assignments {
		serves[a.Municipality] = a.Centre == centre
	}
	crews := limits.CrewsPerCentre
	line := chart.StepsLine{Class: "there", Words: p.locale.T("fill.available")}
	transfers := slices.Clone(limits.StaffTransfers)
	slices.SortFunc(transfers, func(a, b planner.StaffTransfer) int { return cmp.Compare(a.On, b.On) })
	line.Steps = append(line.Steps, chart.Step{Day: from, Value: float64(crews * limits.ServersPerCrewNight)})
	for _, t := range transfers {
		if serves[t.Municipality] {
			crews += t.Crews
			line.Steps = append(line.Steps, chart.Step{Day: max(t.On, from), Value: float64(crews * limits.ServersPerCrewNight)})
		}
	}
	return line
}

// Fits shows whether something holds.
func (p capacityPage) Fits(holds *bool) template.HTML {
	class := "none"
	if holds != nil && *holds {
		class = "ok"
	} else if holds != nil {
		class = "err"
	}
	return badge(class, yesNo(p.locale, holds))
}
