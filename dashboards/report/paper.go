package report

import (
	"bytes"
	"fmt"
	"html/template"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Paper is a report on the NIS2 gap analysis, made of the same sections whether it is printed or
// opened as a workbook. GapPaper and JointPaper make one; the same facts give the same bytes.
type Paper struct {
	l        *locale.Locale
	title    string
	subject  string // whose it is
	meta     hub.Meta
	front    []entry
	seal     []entry
	sections []Section
}

// HTML gives the report as one self-contained page, fit for paper.
func (p Paper) HTML() ([]byte, error) {
	v := view{
		L: p.l, Kicker: p.l.T("gapreport.kicker"), Title: p.title, Period: p.subject, Demo: p.meta.Demo,
		Front: p.front, Seal: p.seal, Sections: p.sections,
		Style: template.CSS(stylesheet + printHead(p.l, p.title+" · "+p.subject, p.meta.Demo) + wideTables), // our own files and words
	}
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, "report.html", v); err != nil {
		return nil, fmt.Errorf("%s, %s: %w", p.title, p.subject, err)
	}
	return out.Bytes(), nil
}

// wideTables lays the sheet on its side: a row of a control has many columns.
const wideTables = "@page{size:A4 landscape}body{max-width:1280px}.demo{max-width:none}\n"

// writer holds what the sections of a paper need.
type writer struct {
	l   *locale.Locale
	cat *nis2.Catalogue
}

func (w writer) t(key string, args ...any) string { return w.l.T("gapreport."+key, args...) }

func (w writer) section(id string, blocks ...Block) Section {
	return Section{ID: id, Title: w.t("section." + id), Blocks: blocks}
}

// columns gives the heads of a table; a key that begins with # is a column of figures.
func (w writer) columns(keys ...string) []Cell {
	cells := make([]Cell, len(keys))
	for i, key := range keys {
		if key[0] == '#' {
			cells[i] = number(w.t("col." + key[1:]))
		} else {
			cells[i] = text(w.t("col." + key))
		}
	}
	return cells
}

// portion is a share 0-1 that a workbook shows as a percentage.
type portion float64

func (w writer) share(v float64) Cell {
	return Cell{Text: w.l.Percent0(v), Class: "num", Value: portion(v)}
}

func (w writer) figure(v float64, decimals int) Cell {
	return Cell{Text: w.l.Number(v, decimals), Class: "num", Value: v}
}

func (w writer) count(n int) Cell {
	return Cell{Text: w.l.Int(int64(n)), Class: "num", Value: float64(n)}
}

// level writes a level that may be missing.
func (w writer) level(n *int) Cell {
	if n == nil {
		return number("–")
	}
	return w.count(*n)
}

// control names a control; key controls are marked.
func (w writer) control(id string) Cell {
	k, ok := w.cat.Control(id)
	if !ok {
		return text(id)
	}
	c := text(k.ID + " " + k.Title.In(w.l.Lang))
	if k.Key {
		c.Note = w.l.T("gap.key")
	}
	if legal(k) {
		c.Note = join(c.Note, w.l.T("lawyer"))
	}
	return c
}

// legal tells whether what a control asks for turns on a reading of the law: whether and of what the
// authority is told.
func legal(k *nis2.Control) bool { return k.Article == "23" }

// who tells who delivers after the move, and what stays with the municipality: the duty always does.
func (w writer) who(id string) (centre, municipality Cell) {
	k, ok := w.cat.Control(id)
	if !ok {
		return text(""), text("")
	}
	centre, municipality = w.share(k.CentreShare), Cell{Text: w.t("duty"), Note: w.t("duty.share", "share", w.l.Percent0(1-k.CentreShare))}
	centre.Note, municipality.Note = k.Split.Centre.In(w.l.Lang), join(municipality.Note, k.Split.Municipality.In(w.l.Lang))
	return centre, municipality
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

// together writes the three figures of goals; they never stand alone.
func (w writer) together(s nis2.Scores) string {
	return w.l.T("score.together", "h", w.l.Percent0(s.Headline), "p", w.l.Percent0(s.Proven), "v", w.l.Percent0(s.Coverage))
}

// scores are the three figures of goals, which never stand alone, and the gap.
func (w writer) scores(s nis2.Scores) []Cell {
	return []Cell{w.share(s.Headline), w.share(s.Proven), w.share(s.Coverage), w.figure(s.Gap, 1)}
}

// origin are the facts on the front that tell what every figure stands on.
func (w writer) origin(meta hub.Meta, asOf inventory.Date, catalogue string) (front, seal []entry) {
	complete := w.t("front.complete", "n", meta.Partial.Targets)
	if x := meta.Partial; x.Partial+x.Failed+x.StaleAssets > 0 {
		complete = w.t("front.partial", "ok", x.OK, "all", x.Targets, "partial", x.Partial, "failed", x.Failed, "stale", x.StaleAssets)
	}
	front = []entry{
		{Term: w.t("front.asof"), Value: w.l.DateLong(asOf)},
		{Term: w.t("front.catalogue"), Value: catalogue},
		{Term: w.t("front.data"), Value: complete},
	}
	return front, []entry{
		{Term: w.l.T("report.seal.taken"), Value: w.l.Time(meta.TakenAt)},
		{Term: w.l.T("report.seal.snapshot"), Value: meta.Snapshot, Code: true},
	}
}

// method is the last section: what the figures mean, where they come from, and what they do not say.
func (w writer) method(rules ...string) Section {
	var basis []string
	for _, b := range w.cat.Basis {
		ref := b.Ref
		if key := "gapreport.basis." + b.Short; w.l.Has(key) { // the catalogue names them in English
			ref = w.l.T(key)
		}
		basis = append(basis, ref)
	}
	var law []string
	for _, point := range []string{"fine", "host", "class", "incident"} {
		law = append(law, w.t("law."+point)+" "+w.l.T("lawyer"))
	}
	var lines []string
	for _, r := range append([]string{"headline", "proven", "coverage", "gap", "points"}, rules...) {
		lines = append(lines, w.t("method."+r))
	}
	return w.section("method",
		bullets(lines),
		Block{Heading: w.t("method.sources"), Text: w.t("method.basis"), List: basis},
		Block{Heading: w.t("method.law"), Text: w.l.T("gap.duty"), List: law},
	)
}

func numbered(sections []Section) []Section {
	for i := range sections {
		sections[i].Number = i + 1
	}
	return sections
}
