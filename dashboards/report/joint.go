package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

// fields are the four fields of action in the order in which they are read.
var fields = []nis2.Field{nis2.MoveEarly, nis2.JointEffort, nis2.WithTheMove, nis2.NeighbourHelp}

// jointWriter writes the report of all municipalities together.
type jointWriter struct {
	writer
	hub.JointReport
	levers map[string]nis2.ControlLever
}

// JointPaper makes the joint report: what the municipalities have in common, who can teach whom, and
// what the move closes and opens. It names no server and ranks nobody, and names a municipality only
// where that agreed. lang is "da" or "en"; anything else is "da".
func JointPaper(r hub.JointReport, lang string) Paper {
	l := locale.Get(lang)
	w := jointWriter{writer{l, r.Catalogue}, r, map[string]nis2.ControlLever{}}
	for _, c := range r.Lever.Controls {
		w.levers[c.Control] = c
	}
	p := Paper{l: l, title: w.t("joint.title"), subject: w.l.T("joint.group", "n", r.N), meta: r.Data}
	p.front, p.seal = w.origin(r.Data, r.AsOf, r.Joint.Catalogue)
	if !r.Shown {
		p.sections = numbered([]Section{w.section("whole", paragraph(l.T("gap.toofew"))), w.method("small")})
		return p
	}
	p.sections = numbered([]Section{
		w.mean(), w.patterns(), w.fields(), w.efforts(), w.examples(), w.groups(), w.lever(), w.actions(r.Actions),
		w.method("pattern", "groups", "lever", "small", "rounded"),
	})
	return p
}

func (w jointWriter) mean() Section {
	t := Table{Caption: w.l.T("joint.mean", "n", w.N), Head: w.columns("area", "#municipalities", "#headline", "#proven", "#coverage", "#gap")}
	for _, a := range w.Articles {
		name := text(a.ID)
		if article, ok := w.cat.Article(a.ID); ok {
			name = noted(article.Title.In(w.l.Lang), article.DKRef)
		}
		if !a.Shown {
			t.Rows = append(t.Rows, []Cell{name, text(""), text(w.t("few")), text(""), text(""), text("")})
			continue
		}
		t.Rows = append(t.Rows, append([]Cell{name, w.count(a.N)}, w.scores(a.Mean)...))
	}
	t.Foot = append([]Cell{text(w.t("all")), w.count(w.N)}, w.scores(w.Mean)...)
	return w.section("whole", paragraph(w.together(w.Mean)+"."), paragraph(w.l.T("gap.duty")), tabled(t))
}

// pattern writes one pattern; more are the columns between the counts and who delivers.
func (w jointWriter) pattern(p nis2.Pattern, more ...Cell) []Cell {
	centre, municipality := w.who(p.Control)
	row := append([]Cell{w.control(p.Control), number(w.l.T("joint.of", "n", p.Short, "of", p.Known)), w.points(p)}, more...)
	return append(row, centre, municipality)
}

// points writes what a gap costs, or that too few are short of it for that to be told.
func (w jointWriter) points(p nis2.Pattern) Cell {
	if p.Few {
		return number(w.t("few"))
	}
	return w.figure(p.Points, 1)
}

func (w jointWriter) patterns() Section {
	t := Table{Caption: w.t("patterns.caption"), Head: w.columns("control", "#short", "#points", "pattern", "#shortfall", "#trust", "centre", "municipality")}
	for _, p := range w.Patterns {
		shortfall := w.figure(p.Shortfall, 1)
		if p.Few {
			shortfall = number(w.t("few"))
		}
		t.Rows = append(t.Rows, w.pattern(p, text(w.l.T("joint.class."+string(p.Class))), shortfall, w.share(p.Trust)))
	}
	return w.section("patterns", paragraph(w.t("patterns.text")), tabled(t))
}

func (w jointWriter) fields() Section {
	var blocks []Block
	for _, f := range fields {
		t := Table{Caption: w.l.T("joint.field." + string(f)), Head: w.columns("control", "#short", "#points", "#closed", "centre", "municipality")}
		for _, p := range w.Patterns {
			if p.Field == f {
				t.Rows = append(t.Rows, w.pattern(p, w.closed(p.Control)))
			}
		}
		block := Block{Heading: w.l.T("joint.field." + string(f)), Text: w.l.T("joint.field." + string(f) + ".sub")}
		if len(t.Rows) == 0 {
			block.Text += " " + w.l.T("joint.field.none")
		} else {
			block.Table = &t
		}
		blocks = append(blocks, block)
	}
	return w.section("fields", blocks...)
}

func (w jointWriter) closed(control string) Cell {
	if c, ok := w.levers[control]; ok {
		return w.figure(c.Closed, 1)
	}
	return number(w.t("few"))
}

// efforts are what the cooperation could do together: the common gaps that each has to close itself,
// gathered by area, the dearest area first.
func (w jointWriter) efforts() Section {
	type effort struct {
		article  string
		controls []string
		points   float64
		examples int
	}
	var efforts []*effort
	for _, p := range w.Patterns {
		k, ok := w.cat.Control(p.Control)
		if !ok || p.Field != nis2.JointEffort {
			continue
		}
		i := slices.IndexFunc(efforts, func(e *effort) bool { return e.article == k.Article })
		if i < 0 {
			i = len(efforts)
			efforts = append(efforts, &effort{article: k.Article})
		}
		e := efforts[i]
		e.controls, e.points, e.examples = append(e.controls, w.control(p.Control).Text), e.points+p.Points, max(e.examples, p.Examples)
	}
	slices.SortStableFunc(efforts, func(a, b *effort) int { return cmp.Compare(b.points, a.points) })
	t := Table{Caption: w.t("efforts.caption"), Head: w.columns("area", "controls", "#points", "#examples", "suggestion")}
	for _, e := range efforts {
		area := text(e.article)
		if a, ok := w.cat.Article(e.article); ok {
			area = noted(a.Title.In(w.l.Lang), a.DKRef)
		}
		t.Rows = append(t.Rows, []Cell{area, text(strings.Join(e.controls, "\n")), w.figure(e.points, 1), w.count(e.examples), text(w.suggestion(e.examples > 0))})
	}
	if len(t.Rows) == 0 {
		return w.section("efforts", paragraph(w.t("efforts.none")))
	}
	return w.section("efforts", paragraph(w.t("efforts.text")), tabled(t))
}

// suggestion tells how a common gap could be closed together.
func (w jointWriter) suggestion(taught bool) string {
	if taught {
		return w.t("effort.taught")
	}
	return w.t("effort.made")
}

// examples are those at target who can show how, by name only where they agreed.
func (w jointWriter) examples() Section {
	t := Table{Caption: w.t("examples.caption"), Head: w.columns("control", "#short", "#examples", "teachers")}
	for _, p := range w.Patterns {
		if p.Short == 0 || p.Examples == 0 {
			continue
		}
		teachers := noted("–", w.t("examples.unnamed"))
		if len(p.Teachers) > 0 {
			teachers = text(w.named(p.Teachers))
		}
		t.Rows = append(t.Rows, []Cell{w.control(p.Control), number(w.l.T("joint.of", "n", p.Short, "of", p.Known)), w.count(p.Examples), teachers})
	}
	if len(t.Rows) == 0 {
		return w.section("examples", paragraph(w.t("examples.none")))
	}
	return w.section("examples", paragraph(w.t("examples.text")), tabled(t))
}

// named gives the names of municipalities, in the language's order: no order of merit.
func (w jointWriter) named(codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = cmp.Or(w.Names[code], code)
	}
	slices.SortFunc(names, w.l.Compare)
	return strings.Join(names, ", ")
}

func (w jointWriter) groups() Section {
	if !w.Groups.Clear {
		return w.section("groups", paragraph(w.l.T("joint.groups.none")))
	}
	t := Table{Caption: w.l.T("joint.groups"), Head: w.columns("#municipalities", "named", "lacks", "#here", "#others")}
	for _, g := range w.Groups.Groups {
		who := noted("–", w.t("examples.unnamed"))
		if len(g.Municipalities) > 0 {
			who = text(w.named(g.Municipalities))
		}
		if len(g.Lacks) == 0 {
			t.Rows = append(t.Rows, []Cell{w.count(g.N), who, text(w.t("few")), text(""), text("")})
		}
		for _, x := range g.Lacks {
			t.Rows = append(t.Rows, []Cell{w.count(g.N), who, w.control(x.Control), w.share(x.Here), w.share(x.Others)})
		}
	}
	return w.section("groups", paragraph(w.l.T("joint.groups.sub")), tabled(t))
}

// lever is what the move closes and opens, today, on day one and after, with and without agreements.
func (w jointWriter) lever() Section {
	l := w.Lever
	if l.N == 0 {
		return w.section("lever", paragraph(w.t("lever.few")))
	}
	t := Table{Caption: w.t("lever.caption"), Head: w.columns("control", "#gap.points", "#closed", "#left", "#opened", "centre", "municipality")}
	for _, c := range l.Controls {
		if c.Gap == 0 && c.Opened == 0 {
			continue
		}
		centre, municipality := w.who(c.Control)
		t.Rows = append(t.Rows, []Cell{w.control(c.Control), w.figure(c.Gap, 1), w.figure(c.Closed, 1), w.figure(c.Left, 1), w.figure(c.Opened, 1), centre, municipality})
	}
	notes := []string{w.l.T("joint.assumes"), w.t("lever.duty")}
	switch {
	case l.Staying >= 3:
		notes = append(notes, w.t("lever.staying", "n", l.Staying))
	case l.Staying > 0:
		notes = append(notes, w.t("lever.asif", "n", l.Staying))
	}
	if l.LeftOut > 0 {
		notes = append(notes, w.t("lever.leftout", "n", l.LeftOut))
	}
	num := func(v float64) string { return w.l.Number(v, 1) }
	return w.section("lever",
		paragraph(w.l.T("joint.lever.text", "n", l.N, "gap", num(l.Gap), "closed", num(l.Closed), "share", w.l.Percent0(l.ShareClosed), "unknown", num(l.Unknown))),
		paragraph(w.l.T("joint.opens.text", "first", num(l.OpenedFirst), "after", num(l.OpenedAfter))),
		tabled(w.columnsOfMove(w.l.T("joint.mean", "n", l.N), l.Today, l.DayOne, l.After, l.DayOneWithout, l.AfterWithout)),
		Block{List: notes, Small: true}, tabled(t))
}
