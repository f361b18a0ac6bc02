package web

import (
	"cmp"
	"html/template"
	"maps"
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
)

// ganttView is the plan over time: one lane a municipality, below it its waves when the lane is open,
// below a wave its groups when that is open.
type ganttView struct {
	Head, Body template.HTML
	Names      []ganttName // one for each row of the body
	Bands      []string    // classes of the bands that belong to one lane, for the legend
	PerDay     string      // pixels, for the script
}

// ganttName stands beside a row.
type ganttName struct {
	Text, Href string
	Level      int    // 0 municipality, 1 wave, 2 group
	Folds      bool   // it can be opened
	Open       bool   //
	ID         string // of the lane or wave
}

// ganttMaker holds what drawing needs.
type ganttMaker struct {
	l        *locale.Locale
	names    map[string]string
	v        hub.PlanView
	st       planState
	groups   map[string][]*planner.Group // by wave
	critical map[string]bool             // groups, waves and municipalities on the critical chain
	was      map[string]inventory.Date   // group → cutover before what is tried
	tries    bool                        // dates may be tried
	view     ganttView
	rows     []chart.TimelineRow
}

// ganttOf draws the plan in the given state. was holds the cutovers of the plan that is compared
// with; nil when nothing is tried.
func ganttOf(f frame, v hub.PlanView, st planState, was map[string]inventory.Date) ganttView {
	g := ganttMaker{l: f.locale, names: f.Names, v: v, st: st, was: was, groups: map[string][]*planner.Group{}, critical: map[string]bool{},
		tries: f.Person.Role != hub.RoleSteering}
	for i := range v.Plan.Groups {
		if x := &v.Plan.Groups[i]; x.Wave != "" {
			g.groups[x.Wave] = append(g.groups[x.Wave], x)
		}
	}
	for _, list := range g.groups {
		slices.SortStableFunc(list, func(a, b *planner.Group) int { return cmp.Compare(a.Cutover, b.Cutover) })
	}
	for _, id := range v.Plan.CriticalChain {
		g.critical[id] = true
	}
	for _, x := range v.Plan.Groups {
		if g.critical[x.ID] {
			g.critical[x.Wave], g.critical[x.Municipality] = true, true
		}
	}
	lanes := map[string][]planner.Wave{}
	for _, w := range v.Plan.Waves {
		lanes[w.Municipality] = append(lanes[w.Municipality], w)
	}
	for _, code := range slices.SortedFunc(maps.Keys(lanes), func(a, b string) int { return g.l.Compare(g.names[a], g.names[b]) }) {
		g.lane(code, lanes[code])
	}
	g.draw()
	return g.view
}

// lane adds a municipality's rows.
func (g *ganttMaker) lane(code string, waves []planner.Wave) {
	slices.SortStableFunc(waves, func(a, b planner.Wave) int { return cmp.Compare(a.Start, b.Start) })
	bands := g.bands(code, waves)
	for _, b := range bands {
		if !slices.Contains(g.view.Bands, b.Class) {
			g.view.Bands = append(g.view.Bands, b.Class)
		}
	}
	open := slices.Contains(g.st.Open, code)
	row := chart.TimelineRow{Bands: bands}
	for _, w := range waves {
		row.Bars = append(row.Bars, g.waveBar(w))
	}
	g.add(ganttName{Text: g.names[code], Href: g.st.Fold(code).Href(), Folds: true, Open: open, ID: code}, row)
	if !open {
		return
	}
	for _, w := range waves {
		groups := g.groups[w.ID]
		bar := g.waveBar(w)
		bar.Stop = true
		if len(groups) > 0 && g.tries {
			bar.ID = w.ID
		}
		name := ganttName{Text: g.l.T("gantt.wave", "n", w.Number), Level: 1, ID: w.ID, Href: "/plan/waves/" + w.ID}
		if len(groups) > 0 {
			name.Folds, name.Open, name.Href = true, slices.Contains(g.st.Open, w.ID), g.st.Fold(w.ID).Href()
		}
		g.add(name, chart.TimelineRow{Bands: bands, Bars: []chart.TimelineBar{bar}})
		if !name.Open {
			continue
		}
		for _, x := range groups {
			g.add(ganttName{Text: x.Name, Href: "/plan/groups/" + x.ID, Level: 2}, chart.TimelineRow{Bands: bands, Bars: []chart.TimelineBar{g.groupBar(x, w)}})
		}
	}
}

func (g *ganttMaker) add(name ganttName, row chart.TimelineRow) {
	g.view.Names, g.rows = append(g.view.Names, name), append(g.rows, row)
}

// waveBar draws a wave: from the first night of its groups to the last. Where the person may not see
// the groups, only its beginning and end are known.
func (g *ganttMaker) waveBar(w planner.Wave) chart.TimelineBar {
	b := chart.TimelineBar{Seed: w.Start, End: w.End, Href: "/plan/waves/" + w.ID, Class: w.Certainty}
	groups := g.groups[w.ID]
	certainty := g.l.Or("certainty.", w.Certainty)
	if x, ok := waveOf(g.v.Progress, w.ID); ok && x.State != track.Planned {
		certainty += ", " + g.l.WaveState(x)
	}
	if len(groups) == 0 {
		b.Words = g.l.T("plan.bar", "wave", w.Name, "from", g.l.Date(w.Start), "to", g.l.Date(w.End), "certainty", certainty)
		return b
	}
	b.First, b.Last = groups[0].Cutover, groups[len(groups)-1].Cutover
	slack, first := groups[0].SlackDays, inventory.Date(0)
	for _, x := range groups {
		slack = min(slack, x.SlackDays)
		if was := g.was[x.ID]; was.Known() && (first == 0 || was < first) {
			first = was
		}
	}
	b.Words = g.l.T("gantt.bar", "name", w.Name, "seed", g.l.Date(w.Start), "night", g.nights(b.First, b.Last), "end", g.l.Date(w.End), "certainty", certainty, "slack", slack)
	g.mark(&b, w.ID, first, w.Municipality)
	return b
}

// groupBar draws a group.
func (g *ganttMaker) groupBar(x *planner.Group, w planner.Wave) chart.TimelineBar {
	b := chart.TimelineBar{Seed: x.Start, First: x.Cutover, Last: x.Cutover, End: x.End, Href: "/plan/groups/" + x.ID, Class: w.Certainty, Stop: true,
		Latest: x.Cutover.AddDays(x.SlackDays)}
	b.Words = g.l.T("gantt.bar", "name", x.Name, "seed", g.l.Date(x.Start), "night", g.nights(x.Cutover, x.Cutover), "end", g.l.Date(x.End),
		"certainty", g.l.Or("certainty.", w.Certainty), "slack", x.SlackDays)
	if x.Pinned {
		b.Class += " pinned"
		b.Words += ", " + g.l.T("gantt.pinned")
	}
	if g.tries {
		b.ID = x.ID
	}
	g.mark(&b, x.ID, g.was[x.ID], x.Municipality)
	return b
}

// mark says of a bar whether it is critical, and where it was before what is tried.
func (g *ganttMaker) mark(b *chart.TimelineBar, id string, was inventory.Date, municipality string) {
	if g.critical[id] {
		b.Class += " critical"
		b.Words += ", " + g.l.T("gantt.critical")
	}
	if was.Known() && was != b.First {
		b.Was = was
		b.Class += " moved"
		b.Words += ", " + g.l.T("gantt.was", "date", g.l.Date(was))
	}
	b.Words = g.names[municipality] + ": " + b.Words
}

func (g *ganttMaker) nights(first, last inventory.Date) string {
	if first == last {
		return g.l.Date(first)
	}
	return g.l.Date(first) + "–" + g.l.Date(last)
}

// bands are the days that concern one municipality: its own freezes, the end of its lease, and the time
// that its agreement names, unless that has passed.
func (g *ganttMaker) bands(code string, waves []planner.Wave) []chart.TimelineBand {
	var bands []chart.TimelineBand
	for _, f := range g.v.Freezes {
		if f.Municipality == code && !f.Advisory {
			bands = append(bands, chart.TimelineBand{From: f.From, To: f.To, Class: "local", Words: freezeName(g.l, f)})
		}
	}
	for _, x := range g.v.Leases {
		if x.Municipality == code {
			bands = append(bands, chart.TimelineBand{From: x.Until, To: x.Until, Class: "ends", Words: g.l.T("gantt.lease", "date", g.l.Date(x.Until), "dkk", g.l.Money(float64(x.DKKPerDay)))})
		}
	}
	for _, w := range waves {
		for _, r := range w.Reasons {
			if r.Rule != "agreement" {
				continue
			}
			if window, err := inventory.ParsePeriod(r.Params["window"]); err == nil && window.From.Known() && window.To >= g.v.AsOf {
				return append(bands, chart.TimelineBand{From: window.From, To: window.To, Class: "window", Words: g.l.T("gantt.window", "window", g.l.Period(window))})
			}
		}
	}
	return bands
}

// freezeName gives a freeze's name in the language.
func freezeName(l *locale.Locale, f planner.Freeze) string {
	if l.Lang == "en" {
		return f.Name.EN
	}
	return f.Name.DA
}

// draw makes head and body.
func (g *ganttMaker) draw() {
	t := chart.Timeline{Title: g.l.T("plan.gantt"), Months: g.l.Month, Marks: []chart.GanttMark{
		{Day: g.v.AsOf, Label: g.l.T("plan.today"), Class: "today"},
		{Day: g.v.Plan.Deadline, Label: g.l.T("plan.deadline.mark", "date", g.l.Date(g.v.Plan.Deadline)), Class: "deadline"},
	}}
	if bound := g.v.Plan.LowerBound; bound.Known() {
		t.Marks = append(t.Marks, chart.GanttMark{Day: bound, Label: g.l.T("gantt.bound.mark"), Class: "bound"})
	}
	first, last := g.v.AsOf, max(g.v.Plan.Deadline, g.v.Plan.LastWaveEnd)
	for _, w := range g.v.Plan.Waves {
		first, last = min(first, w.Start), max(last, w.End)
	}
	from, to := first.Time(), last.Time()
	t.From = inventory.NewDate(from.Year(), from.Month(), 1)
	t.To = inventory.NewDate(to.Year(), to.Month()+1, 1).AddDays(-1)
	switch g.st.Zoom {
	case "day":
		t.PerDay = 20
	case "week":
		t.PerDay = 6
	default:
		t.PerDay = max(1.5, 960/float64(t.To-t.From+1))
	}
	for _, f := range g.v.Freezes {
		if f.Municipality == "" && !f.Advisory {
			t.Bands = append(t.Bands, chart.TimelineBand{From: f.From, To: f.To, Class: "freeze", Words: freezeName(g.l, f)})
		}
	}
	g.view.Head, g.view.Body = t.Head(), t.Body(g.rows)
	g.view.PerDay = strconv.FormatFloat(t.PerDay, 'f', 4, 64)
}
