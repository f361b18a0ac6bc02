package web

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/track"
)

// trackPage is the plan against what has happened.
type trackPage struct {
	frame
	V         hub.TrackView
	None      bool // no version of the plan is frozen yet
	Progress  template.HTML
	Pace      template.HTML
	Slips     []slipRow
	History   []historyRow
	Waves     []trackedWave
	Signals   []string
	Why       []string // why a forecast is missing
	Unmatched []string
	Subjects  []choice // groups and waves that the person may tell about
	Kinds     []track.Kind
	MayFreeze bool
	Form      form
	Fault     *fault
}

type slipRow struct {
	track.Slip
	Whose string
	Waves int
}

type historyRow struct {
	track.History
	Name string
}

type trackedWave struct {
	track.WaveStatus
	Name, Whose string
}

func (s *server) track(w http.ResponseWriter, r *http.Request) {
	s.showTrack(w, r, http.StatusOK, form{}, nil)
}

func (s *server) showTrack(w http.ResponseWriter, r *http.Request, status int, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	plan, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v, err := s.hub.Track(r.Context(), p)
	none := errors.Is(err, hub.ErrNoBaseline)
	if err != nil && !none {
		s.fail(w, r, err)
		return
	}
	page := trackPage{frame: s.planFrame(r, "nav.track", plan, crumb{language(r).T("nav.plan"), "/plan"}), V: v, None: none,
		Kinds: track.Kinds, MayFreeze: p.Role == hub.RoleAdmin || p.Role == hub.RoleSteering, Form: typed, Fault: wrong}
	if !none {
		page.tell(v.Report)
	}
	s.render(w, r, status, "plantrack", page)
}

// tell puts the report into words and charts.
func (p *trackPage) tell(report track.Report) {
	l := p.locale
	for _, g := range report.Groups {
		if p.Names[g.Group] == "" {
			p.Names[g.Group] = g.Name // it may be gone from today's plan
		}
		p.Subjects = append(p.Subjects, choice{g.Group, p.nameOf(g.Municipality) + ": " + g.Name})
	}
	for _, w := range report.Waves {
		if len(report.Groups) > 0 && w.Wave != "" {
			p.Subjects = append(p.Subjects, choice{w.Wave, l.T("track.wholewave", "wave", p.nameOf(w.Wave))})
		}
		p.Waves = append(p.Waves, trackedWave{w, p.nameOf(w.Wave), p.nameOf(w.Municipality)})
	}
	slices.SortFunc(p.Subjects, func(a, b choice) int { return l.Compare(a.Text, b.Text) })
	for _, x := range report.Slips {
		p.Slips = append(p.Slips, slipRow{x, p.nameOf(x.Municipality), len(x.Waves)})
	}
	for _, x := range report.History {
		p.History = append(p.History, historyRow{x, p.nameOf(x.Group)})
	}
	p.Why, p.Unmatched = p.reasons(report.Forecast.Reasons), p.reasons(report.Unmatched)
	p.Progress, p.Pace = p.progress(report), p.pace(report.Throughput)
}

// progress draws the servers that should have been cut over, and those that have been.
func (p *trackPage) progress(report track.Report) template.HTML {
	planned, done := map[inventory.Date]int{}, map[inventory.Date]int{}
	for _, g := range report.Groups {
		if g.Planned.Known() {
			planned[g.Planned] += g.Servers
		}
	}
	for _, n := range report.Throughput.Nights {
		done[n.Night] += n.CutOver - n.RolledBack
	}
	if len(planned) == 0 {
		return ""
	}
	l := p.locale
	expected := chart.StepsLine{Class: "edge", Words: l.T("track.planned"), Steps: sums(planned, report.Schedule.Start)}
	actual := chart.StepsLine{Class: "used", Words: l.T("track.done"), Steps: sums(done, report.Schedule.Start)}
	if len(done) == 0 {
		actual.Steps = []chart.Step{{Day: report.Schedule.Start}}
	}
	return chart.Steps([]chart.StepsLine{actual, expected}, chart.StepsOptions{Title: l.T("track.progress"), From: report.Schedule.Start,
		To: max(report.Schedule.Finish, report.AsOf).AddDays(14), Months: l.Month, Value: func(v float64) string { return l.Number(v, 0) },
		Levels: []chart.StepsLevel{{Class: "edge", Words: l.T("track.all", "n", report.Schedule.Total), Value: float64(report.Schedule.Total)}}})
}

// sums adds up what falls on each day, from nought on the first.
func sums(of map[inventory.Date]int, start inventory.Date) []chart.Step {
	steps := []chart.Step{{Day: start}}
	var days []inventory.Date
	for day := range of {
		days = append(days, day)
	}
	slices.Sort(days)
	total := 0
	for _, day := range days {
		total += of[day]
		steps = append(steps, chart.Step{Day: day, Value: float64(total)})
	}
	return steps
}

// pace draws servers per week with the limits within which weeks vary by themselves.
func (p *trackPage) pace(t track.Throughput) template.HTML {
	if len(t.Weeks) == 0 {
		return ""
	}
	l := p.locale
	line := chart.StepsLine{Class: "used", Words: l.T("track.perweek")}
	for _, week := range t.Weeks {
		line.Steps = append(line.Steps, chart.Step{Day: week.Monday, Value: float64(week.Servers)})
	}
	o := chart.StepsOptions{Title: l.T("track.perweek"), From: t.Weeks[0].Monday, To: t.Weeks[len(t.Weeks)-1].Monday.AddDays(6), Months: l.Month,
		Filled: true, Value: func(v float64) string { return l.Number(v, 0) }}
	if c := t.WeekLimit; c != nil {
		level := func(class, key string, v float64) chart.StepsLevel {
			return chart.StepsLevel{Class: class, Words: l.T(key, "n", l.Number(v, 1)), Value: v}
		}
		o.Levels = []chart.StepsLevel{level("limit", "track.upper", c.Upper), level("edge", "track.mean", c.Mean), level("limit", "track.lower", c.Lower)}
		for _, s := range c.Signals {
			p.Signals = append(p.Signals, l.T("track.signal."+s.Rule, "week", l.Week(s.On)))
		}
	}
	return chart.Steps([]chart.StepsLine{line}, o)
}

// Day writes a date that may not be known.
func (p trackPage) Day(d *inventory.Date) string {
	if d == nil {
		return p.locale.T("unknown")
	}
	return p.locale.DateLong(*d)
}

// freezePlan freezes the present plan as a baseline.
func (s *server) freezePlan(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		_, err = s.hub.SetBaseline(r.Context(), p, typed["version"])
	}
	s.answerTrack(w, r, err, typed)
}

// recordEvent keeps what happened to a group or wave.
func (s *server) recordEvent(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		err = s.eventFrom(r, p, typed)
	}
	s.answerTrack(w, r, err, typed)
}

func (s *server) eventFrom(r *http.Request, p hub.Person, typed form) error {
	var faults refused
	l := language(r)
	x := track.Event{Kind: track.Kind(typed["kind"]), Group: typed.need(l, "subject", "track.subject", &faults), Source: "web"}
	typed.need(l, "on", "track.on", &faults)
	x.On = typed.day(l, "on", "track.on", &faults)
	if typed["servers"] != "" {
		n, err := strconv.Atoi(typed["servers"])
		if err != nil {
			faults = append(faults, l.T("form.notanumber", "field", l.T("plan.servers"), "value", typed["servers"]))
		}
		x.Servers = n
	}
	if err := faults.orNil(); err != nil {
		return err
	}
	v, err := s.hub.Track(r.Context(), p)
	if err != nil {
		return err
	}
	for _, w := range v.Report.Waves {
		if w.Wave == x.Group {
			x.Wave, x.Group = x.Group, ""
		}
	}
	_, err = s.hub.RecordEvent(r.Context(), p, x)
	return err
}

func (s *server) answerTrack(w http.ResponseWriter, r *http.Request, err error, typed form) {
	switch wrong := faultOf(err); {
	case wrong != nil:
		s.showTrack(w, r, http.StatusUnprocessableEntity, typed, wrong)
	case err != nil:
		s.fail(w, r, err)
	default:
		done(w, r, "/plan/track")
	}
}
