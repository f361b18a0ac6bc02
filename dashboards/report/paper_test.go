package report_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/samdrift/samdrift/dashboards/report"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// printed gives both forms of a report, and wants the same bytes when it is made again.
func printed(t *testing.T, make func() report.Paper) (html string, book []byte) {
	t.Helper()
	var pages, books [2][]byte
	for i := range pages {
		var err error
		if pages[i], err = make().HTML(); err != nil {
			t.Fatal(err)
		}
		if books[i], err = make().XLSX(); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(pages[0], pages[1]) || !bytes.Equal(books[0], books[1]) {
		t.Error("the same facts give other bytes")
	}
	return string(pages[0]), books[0]
}

// sheets reads a workbook's cells by sheet, and refuses one that holds a formula.
func sheets(t *testing.T, book []byte) (names []string, cells map[string][][]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil || strings.HasPrefix(f.Name, "xl/worksheets/") && bytes.Contains(content, []byte("<f>")) {
			t.Errorf("%s holds a formula (%v)", f.Name, err)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	cells = map[string][][]string{}
	for _, name := range f.GetSheetList() {
		if cells[name], err = f.GetRows(name); err != nil {
			t.Fatal(err)
		}
	}
	return f.GetSheetList(), cells
}

// speaks wants a report to be whole, honest, and silent about servers.
func speaks(t *testing.T, html string) {
	t.Helper()
	words := text(html)
	for _, want := range []string{"Opfyldelse af mål", "Heraf dokumenteret", "Besvaret", "Jurist skal vurdere", "Kommunens del", "Pligten bliver hos kommunen", "Delvise:", "Lov nr. 434", "Demodata"} {
		if !strings.Contains(words, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	for _, never := range []string{"⟦", "compliant", "compliance", "http-equiv", "<script", `src="http`, "overholder"} {
		if strings.Contains(html, never) {
			t.Errorf("the report says %q", never)
		}
	}
	for _, a := range whole.Assets {
		if len(a.Name) > 5 && strings.Contains(words, a.Name) {
			t.Fatalf("the report names the server %s", a.Name)
		}
	}
}

func TestGapPaper(t *testing.T) {
	r := svendborg
	r.Answers = slices.Clone(r.Answers)
	for i := range r.Answers {
		if a := r.Answers[i].Answer; a != nil {
			answer := *a
			answer.Owner, answer.Evidence = "=HYPERLINK(\"http://example.org\")", "+45 <b>æøå</b>"
			r.Answers[i].Answer = &answer
		}
	}
	html, book := printed(t, func() report.Paper { return report.GapPaper(r, "da") })
	speaks(t, html)
	for _, k := range r.Catalogue.Controls {
		if !strings.Contains(html, k.ID+" ") {
			t.Errorf("control %s is not in the report", k.ID)
		}
		if side := k.Split.Municipality; !strings.Contains(text(html), side.DA) || strings.Contains(text(html), side.EN) {
			t.Errorf("control %s does not say in Danish alone what the municipality does", k.ID)
		}
	}
	if strings.Contains(html, "<b>æøå</b>") {
		t.Error("what people wrote is run as HTML")
	}
	names, cells := sheets(t, book)
	if len(names) < 9 || !strings.Contains(fmt.Sprint(cells), "=HYPERLINK") {
		t.Errorf("sheets %v; what begins like a formula is lost", names)
	}
	english, err := report.GapPaper(r, "en").HTML()
	if err != nil || !strings.Contains(text(string(english)), "Fulfilment of goals") || strings.Contains(string(english), "⟦") {
		t.Errorf("in English: %v", err)
	}
	shared := r
	shared.Shared, shared.Move, shared.Assessment = true, nil, r.Assessment.Only([]string{"21e"})
	part, err := report.GapPaper(shared, "da").HTML()
	if err != nil || strings.Contains(string(part), "20-01") || !strings.Contains(string(part), "Her vises kun de områder") {
		t.Errorf("what is not shared stands in the report, or that it is a part is not said: %v", err)
	}
}

func TestJointPaper(t *testing.T) {
	html, book := printed(t, func() report.Paper { return report.JointPaper(together, "da") })
	speaks(t, html)
	for _, m := range whole.Municipalities {
		if strings.Contains(text(html), m.Name) {
			t.Errorf("%s is named and has not agreed", m.Name)
		}
	}
	names, cells := sheets(t, book)
	want := []string{"Fælles gap-rapport", "1 Resultatet samlet", "2 Mønstre", "3 Fire indsatsfelter", "4 Forslag til fælles indsats", "5 Gode eksempler", "6 Kommuner, der ligner hinanden", "7 Hvad flytningen lukker og åbn", "8 Handlinger", "9 Metode, kilder og forbehold"}
	if !slices.Equal(names, want) {
		t.Errorf("sheets %q, want %q", names, want)
	}
	for _, words := range []string{"I dag", "Dagen efter flytning, med aftale", "Efter ny vurdering, uden aftale"} {
		if !strings.Contains(fmt.Sprint(cells["7 Hvad flytningen lukker og åbn"]), words) {
			t.Errorf("the lever does not show %q", words)
		}
	}
	few := 0
	for _, p := range together.Patterns {
		if p.Few {
			few++
			if p.Points != 0 || p.Shortfall != 0 {
				t.Errorf("%s: one or two are short, and what they lack is told: %+v", p.Control, p)
			}
		}
	}
	if few == 0 || !strings.Contains(html, "færre end tre") {
		t.Error("the demo has no control that one or two are short of: the small-number rule is not tried")
	}
}

// Whoever agreed is named as a good example, and nobody else.
func TestJointPaperNamesThoseWhoAgreed(t *testing.T) {
	r := together
	r.Patterns = slices.Clone(r.Patterns)
	i := slices.IndexFunc(r.Patterns, func(p nis2.Pattern) bool { return p.Short > 0 && p.Examples > 0 })
	if i < 0 {
		t.Fatal("the demo has no good example")
	}
	r.Patterns[i].Teachers = []string{"479"}
	html, err := report.JointPaper(r, "da").HTML()
	if err != nil || strings.Count(string(html), "Svendborg") != 1 {
		t.Errorf("Svendborg agreed and stands there %d times (%v)", strings.Count(string(html), "Svendborg"), err)
	}
	none, err := report.JointPaper(hub.JointReport{JointView: hub.JointView{Catalogue: r.Catalogue, Joint: nis2.JointOf(r.Catalogue, nis2.JointInput{Assessments: gaps[:2]})}}, "da").HTML()
	if err != nil || !strings.Contains(string(none), "for få kommuner") || strings.Contains(string(none), "Mønstre") {
		t.Errorf("two municipalities give a joint report: %v", err)
	}
}

// BenchmarkJointXLSX is the joint report of 98 municipalities from their assessments to the workbook.
func BenchmarkJointXLSX(b *testing.B) {
	cat, err := nis2.Load()
	check(err)
	today := inventory.NewDate(2026, time.November, 21)
	s := inventory.Snapshot{}
	var codes []string
	for i := range 98 {
		codes = append(codes, fmt.Sprint(101+i))
		s.Municipalities = append(s.Municipalities, inventory.Municipality{Code: codes[i], Name: "Kommune " + codes[i]})
	}
	all, err := nis2.Assess(cat, nis2.Input{Snapshot: &s, AsOf: today, Answers: nis2.DemoAnswers(cat, codes, 1, today)})
	check(err)
	for b.Loop() {
		joint := nis2.JointOf(cat, nis2.JointInput{Assessments: all})
		book, err := report.JointPaper(hub.JointReport{JointView: hub.JointView{Catalogue: cat, Joint: joint}}, "da").XLSX()
		check(err)
		b.ReportMetric(float64(len(book)), "bytes")
	}
}
