// Package report builds the half-year report (halvårsrapport) to the steering group: one HTML file
// with everything inside it, in Danish or English, fit for paper.
//
// Freeze turns the facts into canonical bytes with a hash; Build turns the same facts into the page
// that carries the hash. Both are pure: no clock, no files, no network, and the same facts give the
// same bytes. Each of the fourteen sections is a function that gives blocks (text, table, chart,
// missing); one template renders them all.
//
// The report only says what the facts say. Where samdrift holds no data the section says so plainly,
// with what is missing and who can supply it. Savings are never presumed, fulfilment of goals is
// never called compliance, and no traffic light stands in colour alone.
package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
)

//go:embed report.html report.css
var files embed.FS

var page = template.Must(template.ParseFS(files, "report.html"))

var stylesheet = func() string {
	css, err := files.ReadFile("report.css")
	if err != nil {
		panic("embedded report.css: " + err.Error()) // a test builds reports: this cannot reach a user
	}
	return string(css) + chart.CSS + chart.HeatCSS()
}()

// Build writes the report as one self-contained HTML page. hash is what Freeze gave for the same
// facts; any other hash is an error, so that no report can carry the seal of other data. An empty
// hash gives a draft, which says that it is not frozen. lang is "da" or "en"; anything else is "da".
func Build(facts hub.ReportFacts, hash, lang string) ([]byte, error) {
	if hash != "" {
		_, own, err := Freeze(facts)
		if err != nil {
			return nil, err
		}
		if own != hash {
			return nil, fmt.Errorf("report %s: hash %s is not that of its facts, which is %s: freeze the facts again", facts.Period, hash, own)
		}
	}
	b := newBuilder(facts, hash, locale.Get(lang))
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, "report.html", b.view()); err != nil {
		return nil, fmt.Errorf("report %s: %w", facts.Period, err)
	}
	return out.Bytes(), nil
}

// view is what the template shows.
type view struct {
	L        *locale.Locale
	Kicker   string
	Title    string
	Period   string
	Demo     bool
	Front    []entry
	Lights   []entry
	Seal     []entry
	Sections []Section // 2 to 14; the front page is the first
	Style    template.CSS
}

// entry is a word with its value.
type entry struct {
	Term, Value string
	Light       *Light
	Code        bool // a hash
}

// builder holds what every section needs.
type builder struct {
	hub.ReportFacts
	hash  string
	l     *locale.Locale
	names map[string]string // municipality code and centre slug → name
}

func newBuilder(f hub.ReportFacts, hash string, l *locale.Locale) *builder {
	b := &builder{ReportFacts: f, hash: hash, l: l, names: map[string]string{}}
	b.Municipalities = slices.Clone(f.Municipalities)
	slices.SortStableFunc(b.Municipalities, func(x, y hub.ReportMunicipality) int { return l.Compare(x.Name, y.Name) })
	for _, m := range f.Municipalities {
		b.names[m.Code] = m.Name
	}
	for slug, name := range f.Centres {
		b.names[slug] = name
	}
	return b
}

func (b *builder) view() view {
	v := view{
		L: b.l, Kicker: b.t("kicker"), Title: b.t("title"), Period: b.period(b.Period), Demo: b.Demo,
		Front: b.front(), Lights: b.overall(), Seal: b.seal(),
		Style: template.CSS(stylesheet + printHead(b.l, b.t("title")+" · "+b.period(b.Period), b.Demo)), // our own files and words
	}
	for i, section := range []func() Section{
		b.summary, b.proposals, b.status, b.progress, b.operations, b.security, b.economy, b.benefits,
		b.agreements, b.risks, b.staff, b.decided, b.appendix,
	} {
		s := section()
		s.Number = i + 2
		v.Sections = append(v.Sections, s)
	}
	return v
}

// t gives the report's words of a key.
func (b *builder) t(key string, args ...any) string { return b.l.T("report."+key, args...) }

// name gives the name behind a code or slug, or the code itself.
func (b *builder) name(id string) string {
	if n, ok := b.names[id]; ok {
		return n
	}
	return id
}

// or gives the text, or the word for unknown when it is empty.
func (b *builder) or(text string) string {
	if text == "" {
		return b.l.T("unknown")
	}
	return text
}

// printHead puts the words about invented data at the top of each printed page, and the report's name
// and the number of the page at its foot.
func printHead(l *locale.Locale, name string, demo bool) string {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "<", " ")
	foot := fmt.Sprintf("@bottom-left{content:\"%s\"}@bottom-right{content:counter(page)\" / \"counter(pages)}", quote.Replace(name))
	head := ""
	if demo {
		head = fmt.Sprintf("@top-center{content:\"%s\"}", quote.Replace(l.T("demo.notice")))
	}
	return "\n@page{" + head + foot + "}\n"
}
