package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

// gapWriter writes the report of one municipality.
type gapWriter struct {
	writer
	hub.GapReport
	answers map[string]*nis2.Answer // by control
}

// GapPaper makes the report of one municipality's gap analysis. It counts what fails and names no
// server: the page of each control opens into them. lang is "da" or "en"; anything else is "da".
func GapPaper(r hub.GapReport, lang string) Paper {
	l := locale.Get(lang)
	w := gapWriter{writer{l, r.Catalogue}, r, map[string]*nis2.Answer{}}
	for _, row := range r.Answers {
		w.answers[row.Control] = row.Answer
	}
	p := Paper{l: l, title: w.t("title"), subject: r.Name, meta: r.Data}
	p.front, p.seal = w.origin(r.Data, r.Assessment.AsOf, r.Assessment.Catalogue)
	sections := []Section{w.whole(), w.articles(), w.below(), w.controls(), w.decisions()}
	if r.Move != nil {
		sections = append(sections, w.move())
	}
	p.sections = numbered(append(sections, w.actions(r.Actions), w.trend(), w.method("automatic", "confidence")))
	return p
}

func (w gapWriter) light(light nis2.Light) Light {
	if light == nis2.Grey || light == "" {
		return Light{Class: string(nis2.Grey), Word: w.l.T("light.grey")}
	}
	return Light{Class: string(light), Word: w.l.T("light." + string(light))}
}

// whole is the result in three figures that never stand alone.
func (w gapWriter) whole() Section {
	if w.Shared {
		return w.section("whole", paragraph(w.t("shared")))
	}
	a := w.Assessment
	light := w.light(a.Light)
	blocks := []Block{{Figures: []Figure{
		{Label: w.l.T("score.headline"), Value: w.l.Percent0(a.Overall.Headline), Note: w.l.T("gap.equal", "h", w.l.Percent0(a.EqualWeights.Headline)), Light: &light},
		{Label: w.l.T("score.proven"), Value: w.l.Percent0(a.Overall.Proven), Note: w.t("proven.note")},
		{Label: w.l.T("score.coverage"), Value: w.l.Percent0(a.Overall.Coverage), Note: w.t("coverage.note")},
		{Label: w.l.T("score.gap"), Value: w.l.Number(a.Overall.Gap, 2), Note: w.t("gap.note")},
	}}, paragraph(w.l.T("gap.duty"))}
	if len(a.KeyFailed) > 0 {
		var keys []string
		for _, id := range a.KeyFailed {
			keys = append(keys, w.control(id).Text)
		}
		blocks = append(blocks, Block{Heading: w.l.T("gap.keyfailed", "n", len(keys)), List: keys})
	}
	return w.section("whole", blocks...)
}

func (w gapWriter) articles() Section {
	t := Table{Caption: w.t("articles.caption"), Head: w.columns("area", "#headline", "#proven", "#coverage", "#gap", "#answered", "light")}
	for _, a := range w.Assessment.Articles {
		name := text(a.ID)
		if article, ok := w.cat.Article(a.ID); ok {
			name = noted(article.Title.In(w.l.Lang), article.DKRef)
		}
		row := append([]Cell{name}, w.scores(a.Scores)...)
		if a.Applicable == 0 {
			row = []Cell{name, number("–"), number("–"), number("–"), number("–")}
		}
		t.Rows = append(t.Rows, append(row, number(w.t("of", "n", a.Answered, "all", a.Applicable)), lit(w.light(a.Light))))
	}
	return w.section("areas", tabled(t))
}

// below lists what is missing, the dearest first: what to talk about.
func (w gapWriter) below() Section {
	points := map[string]nis2.GapPoints{}
	for _, p := range nis2.GapPointsOf(w.cat, w.Assessment) {
		points[p.Control] = p
	}
	var short []nis2.ControlResult
	unknown := 0
	for _, r := range w.Assessment.Controls {
		switch {
		case r.Applicable && r.State == nis2.Unanswered:
			unknown++
		case r.Applicable && r.Effective < r.Target:
			short = append(short, r)
		}
	}
	slices.SortStableFunc(short, func(a, b nis2.ControlResult) int {
		return cmp.Compare(points[b.ID].Known, points[a.ID].Known)
	})
	t := Table{Caption: w.t("below.caption"), Head: w.columns("control", "#effective", "#target", "#points", "state", "centre", "municipality")}
	for _, r := range short {
		centre, municipality := w.who(r.ID)
		t.Rows = append(t.Rows, []Cell{
			w.control(r.ID), w.count(r.Effective), w.count(r.Target), w.figure(points[r.ID].Known, 1), w.state(r), centre, municipality,
		})
	}
	return w.section("below", paragraph(w.t("below.text", "short", len(short), "unknown", unknown)), tabled(t))
}

// state tells how a level came about, and why.
func (w gapWriter) state(r nis2.ControlResult) Cell {
	c := text(w.l.T("gapstate." + string(r.State)))
	if r.Note != "" {
		c.Note = w.l.Or("note.", r.Note)
	}
	return c
}

// controls is every control with where its figures come from and how old they are.
func (w gapWriter) controls() Section {
	t := Table{Caption: w.t("controls.caption"), Head: w.columns("control", "#declared", "#automatic", "#effective", "#target", "#confidence", "state", "people", "data", "owner", "municipality")}
	for _, r := range w.Assessment.Controls {
		_, municipality := w.who(r.ID)
		effective := number("–")
		if r.Applicable {
			effective = w.count(r.Effective)
		}
		owner := w.l.T("unknown")
		if a := w.answers[r.ID]; a != nil && a.Owner != "" {
			owner = a.Owner
		}
		t.Rows = append(t.Rows, []Cell{
			w.control(r.ID), w.level(r.Declared), w.level(r.Automatic), effective, w.count(r.Target), w.share(r.Confidence),
			w.state(r), w.people(r.ID), w.data(r), text(owner), municipality,
		})
	}
	return w.section("controls", tabled(t))
}

// people tells who answered when, and on what evidence.
func (w gapWriter) people(control string) Cell {
	a := w.answers[control]
	if a == nil {
		return text(w.l.T("gapstate." + string(nis2.Unanswered)))
	}
	c := text(w.t("answered", "by", a.AnsweredBy, "on", w.l.Date(a.AnsweredAt)))
	if a.Evidence != "" {
		c.Note = a.Evidence
		if a.EvidenceUntil.Known() {
			c.Note = join(c.Note, w.t("until", "date", w.l.Date(a.EvidenceUntil)))
		}
	}
	if a.ReviewedBy != "" {
		c.Note = join(c.Note, w.l.T("answers.reviewed", "by", a.ReviewedBy))
	}
	return c
}

// data tells what a rule counted, where and when. Partial knowledge is told as such.
func (w gapWriter) data(r nis2.ControlResult) Cell {
	m := r.Members
	if m == nil {
		return text(w.l.T("gap.norule"))
	}
	c := noted(w.l.T("gap.counts", "failing", m.Failing, "known", m.Known, "all", m.Population), w.l.Or("evidence.", m.Source)+", "+w.l.Date(m.DataFrom))
	if m.Known < m.Population {
		c.Note = join(c.Note, w.t("partly", "share", w.l.Percent0(r.Coverage)))
	}
	if m.Excepted > 0 {
		c.Note = join(c.Note, w.t("excepted", "n", m.Excepted))
	}
	return c
}

// decisions are what a second person has taken out or set aside, with the day on which that ends.
func (w gapWriter) decisions() Section {
	t := Table{Caption: w.t("decisions.caption"), Head: w.columns("control", "decision", "reason", "by", "until")}
	for _, r := range w.Assessment.Controls {
		a := w.answers[r.ID]
		if a == nil {
			continue
		}
		if n := a.NotApplicable; n != nil {
			t.Rows = append(t.Rows, []Cell{w.control(r.ID), text(w.l.T("answers.na")), text(n.Reason), text(n.ApprovedBy), text(w.l.Date(n.Until))})
		}
		if o := a.Override; o != nil {
			t.Rows = append(t.Rows, []Cell{w.control(r.ID), text(w.l.T("answers.override")), text(o.Reason), text(o.By), text(w.l.Date(o.Until))})
		}
	}
	if len(t.Rows) == 0 {
		return w.section("decisions", paragraph(w.t("decisions.none")))
	}
	return w.section("decisions", tabled(t))
}

// move is what moving to a centre closes and opens for the municipality.
func (w gapWriter) move() Section {
	m := w.Move
	if !m.Moves {
		return w.section("move", paragraph(w.l.T("joint.notmoving")+"."))
	}
	t := Table{Caption: w.t("move.controls"), Head: w.columns("control", "#today", "#dayone", "#after", "#closed", "#opened", "state", "municipality")}
	for _, c := range m.Controls {
		if c.Closed == 0 && c.Opened == 0 {
			continue
		}
		_, municipality := w.who(c.Control)
		why := ""
		switch {
		case c.Begins:
			why = w.t("move.begins")
		case c.Reassess:
			why = w.t("move.reassess")
		}
		t.Rows = append(t.Rows, []Cell{
			w.control(c.Control), w.figure(c.Today, 1), w.figure(c.DayOne, 1), w.figure(c.After, 1),
			w.figure(c.Closed, 2), w.figure(c.Opened, 2), text(why), municipality,
		})
	}
	return w.section("move",
		tabled(w.columnsOfMove(w.t("move.caption"), m.Today, m.DayOne, m.After, m.DayOneWithout, m.AfterWithout)),
		Block{Text: w.t("move.net", "closed", w.l.Number(m.Closed, 1), "opened", w.l.Number(m.Opened, 1), "net", w.l.Number(m.Net, 1))},
		Block{Text: w.l.T("joint.assumes"), Small: true}, tabled(t))
}

// columnsOfMove are the columns of the move, with and without an agreement.
func (w writer) columnsOfMove(caption string, today, first, after, firstBare, afterBare nis2.Scores) Table {
	t := Table{Caption: caption, Head: w.columns("when", "#headline", "#proven", "#coverage", "#gap")}
	for _, line := range []struct {
		key string
		s   nis2.Scores
	}{{"today", today}, {"dayone", first}, {"after", after}, {"dayone.without", firstBare}, {"after.without", afterBare}} {
		t.Rows = append(t.Rows, append([]Cell{text(w.t("move." + line.key))}, w.scores(line.s)...))
	}
	return t
}

// actions is the plan: who does what by when.
func (w writer) actions(rows []hub.ActionRow) Section {
	t := Table{Caption: w.t("actions.caption"), Head: w.columns("action", "whose", "controls", "owner", "due", "state", "#progress", "#cost")}
	for _, a := range rows {
		whose, state, cost := w.l.T("actions.joint"), w.l.T("actionstate."+string(a.State)), Cell{Text: w.l.T("unknown"), Class: "num"}
		if !a.Joint() {
			whose = w.t("own")
		}
		if a.Overdue {
			state = join(state, w.l.T("actions.late"))
		}
		if a.CostDKK > 0 {
			cost = Cell{Text: w.l.Money(float64(a.CostDKK)), Class: "num", Value: float64(a.CostDKK)}
		}
		t.Rows = append(t.Rows, []Cell{
			text(a.Title), text(whose), text(strings.Join(a.Controls, " ")), text(a.Owner), text(w.l.Date(a.Due)), text(state),
			Cell{Text: w.l.Percent0(float64(a.Progress) / 100), Class: "num", Value: portion(float64(a.Progress) / 100)}, cost,
		})
	}
	if len(t.Rows) == 0 {
		return w.section("actions", paragraph(w.l.T("actions.none")))
	}
	return w.section("actions", tabled(t))
}

// trend is the line over the closed rounds.
func (w gapWriter) trend() Section {
	t := Table{Caption: w.l.T("trend.title"), Head: w.columns("round", "date", "#headline", "#proven", "#coverage", "#gap", "catalogue")}
	for _, x := range w.Trend {
		catalogue := text(x.Catalogue)
		if x.Break {
			catalogue.Note = w.l.T("trend.break")
		}
		t.Rows = append(t.Rows, append(append([]Cell{text(x.Round), text(w.l.Date(x.AsOf))}, w.scores(x.Scores)...), catalogue))
	}
	if len(t.Rows) == 0 {
		return w.section("trend", paragraph(w.t("trend.none")))
	}
	return w.section("trend", tabled(t))
}
