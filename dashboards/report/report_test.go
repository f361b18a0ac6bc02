package report_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/dashboards/report"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/demo"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

var (
	facts hub.ReportFacts
	whole *inventory.Snapshot
	gaps  []nis2.Assessment

	svendborg hub.GapReport
	together  hub.JointReport
)

func TestMain(m *testing.M) { os.Exit(withDemo(m)) }

// withDemo collects the demo once and takes its facts.
func withDemo(m *testing.M) int {
	dir, err := os.MkdirTemp("", "samdrift-report-test-")
	check(err)
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	d, err := demo.Open(ctx, demo.DefaultOptions(dir), slog.New(slog.DiscardHandler))
	check(err)
	defer func() { check(d.Close()) }()
	check(d.Collect(ctx))
	admin := demo.People()[3]
	facts, err = d.Hub.ReportFacts(ctx, admin)
	check(err)
	whole, err = d.Hub.Export(ctx, admin)
	check(err)
	gap, err := d.Hub.Gap(ctx, admin)
	check(err)
	gaps = gap.Own
	svendborg, err = d.Hub.GapReport(ctx, admin, "479")
	check(err)
	together, err = d.Hub.JointReport(ctx, demo.People()[2])
	check(err)
	return m.Run()
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func build(t *testing.T, f hub.ReportFacts, lang string) string {
	t.Helper()
	_, hash, err := report.Freeze(f)
	if err != nil {
		t.Fatal(err)
	}
	page, err := report.Build(f, hash, lang)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

var tag = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]+>`)

func text(html string) string {
	return strings.Join(strings.Fields(tag.ReplaceAllString(html, " ")), " ")
}

// The report carries the hash of the very bytes that are frozen, and is the same each time.
func TestReportStandsOnFrozenFacts(t *testing.T) {
	frozen, hash, err := report.Freeze(facts)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(frozen); hex.EncodeToString(sum[:]) != hash {
		t.Error("the hash is not that of the frozen bytes")
	}
	var read hub.ReportFacts
	if err := json.Unmarshal(frozen, &read); err != nil {
		t.Fatal(err)
	}
	again, _, err := report.Freeze(read)
	if err != nil || !bytes.Equal(frozen, again) {
		t.Errorf("the facts do not read back as they were frozen: %v", err)
	}
	page := build(t, facts, "da")
	if page != build(t, read, "da") {
		t.Error("the frozen facts give another page")
	}
	for _, want := range []string{hash, facts.Snapshot} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not carry %s", want)
		}
	}
}

func TestBothLanguagesHaveAllSections(t *testing.T) {
	for lang, words := range map[string][]string{
		"da": {"Ledelsesresumé", "Indstilling", "Det indstilles", "31. december 2027", "Opfyldelse af mål", "Besparelser er ikke forudsat", "Ikke oplyst"},
		"en": {"31 December 2027", "Savings are not presumed"},
	} {
		page := build(t, facts, lang)
		if !strings.Contains(page, `<html lang="`+lang+`"`) {
			t.Errorf("%s: the page does not name its language", lang)
		}
		if n := strings.Count(page, "<h2"); n < 13 {
			t.Errorf("%s: %d sections, want the outline's", lang, n)
		}
		plain := text(page)
		for _, want := range append(words, "Demodata") {
			if !strings.Contains(plain, want) {
				t.Errorf("%s: the page does not say %q", lang, want)
			}
		}
		for _, bad := range []string{"⟦", "NaN", "%!", "<nil>", "{{", "compliant", "overholder loven"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the page holds %q", lang, bad)
			}
		}
	}
}

// The steering group's report names no server and gives no municipality's own gap figure.
func TestReportNamesNoServerAndNoSingleGap(t *testing.T) {
	page := build(t, facts, "da")
	frozen, _, err := report.Freeze(facts)
	if err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{page, string(frozen)} {
		for _, a := range whole.Assets {
			if strings.Contains(where, a.ID) || len(a.Name) > 6 && strings.Contains(where, a.Name) {
				t.Fatalf("the report names %s", a.Name)
			}
		}
		for _, g := range gaps {
			for _, figure := range []float64{g.Overall.Headline, g.Overall.Proven} {
				if strings.Contains(where, fmt.Sprintf("%.10f", figure)[:10]) {
					t.Errorf("the report gives a gap figure of %s", g.Municipality)
				}
			}
		}
	}
}

// One file, no script, nothing loaded from elsewhere.
func TestReportIsSelfContained(t *testing.T) {
	page := build(t, facts, "da")
	for _, bad := range []string{"<script", "<link", "@import", "src=\"http", "url(http", "<iframe"} {
		if strings.Contains(page, bad) {
			t.Errorf("the report holds %q", bad)
		}
	}
	if !strings.Contains(page, "@page") && !strings.Contains(page, "@media print") {
		t.Error("the report says nothing of how it is printed")
	}
}

// What is not known is said to be unknown, and never drawn as fine.
func TestUnknownIsShownAsUnknown(t *testing.T) {
	empty := facts
	empty.Gap, empty.Previous, empty.Waves, empty.Risks, empty.Refusals = nil, nil, nil, nil, nil
	empty.Municipalities = append([]hub.ReportMunicipality(nil), facts.Municipalities...)
	for i := range empty.Municipalities {
		m := &empty.Municipalities[i]
		m.Availability, m.SecurityShared, m.SecurityLight = nil, false, ""
	}
	for _, lang := range []string{"da", "en"} {
		plain := text(build(t, empty, lang))
		want := map[string]string{"da": "ukendt", "en": "unknown"}[lang]
		if strings.Count(plain, want) < len(empty.Municipalities) {
			t.Errorf("%s: %q stands %d times", lang, want, strings.Count(plain, want))
		}
	}
	if _, err := report.Build(hub.ReportFacts{}, "", "da"); err != nil {
		t.Errorf("a report over nothing: %v", err)
	}
	if strings.Contains(text(build(t, func() hub.ReportFacts { f := facts; f.Demo = false; return f }(), "da")), "Demodata: alle tal") {
		t.Error("a report over real data says that it is invented")
	}
}
