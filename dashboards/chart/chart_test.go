package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
)

func wellFormed(t interface {
	Helper()
	Fatalf(string, ...any)
}, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v in %.300s", err, svg)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "style=", "%!"} {
		if strings.Contains(svg, bad) {
			t.Fatalf("the drawing holds %q", bad)
		}
	}
}

func TestMapHasEveryMunicipalityOnce(t *testing.T) {
	places, labels := map[[2]int]string{}, map[string]string{}
	for _, c := range chart.Cells() {
		m, ok := facts.Municipality(c.Code)
		if !ok {
			t.Errorf("%s is no municipality", c.Code)
		}
		if other := places[[2]int{c.Column, c.Row}]; other != "" {
			t.Errorf("%s and %s share a cell", other, m.Name)
		}
		if other := labels[c.Label]; other != "" {
			t.Errorf("%s and %s share the label %s", other, m.Name, c.Label)
		}
		if n := len([]rune(c.Label)); n < 3 || n > 5 {
			t.Errorf("label %q of %s has %d letters", c.Label, m.Name, n)
		}
		places[[2]int{c.Column, c.Row}], labels[c.Label] = m.Name, m.Name
	}
	if len(places) != 98 {
		t.Errorf("%d cells, want 98", len(places))
	}
}

// People recognise the country: who lies north and west of whom stays so.
func TestMapKeepsTheCountrysOrder(t *testing.T) {
	at := map[string]chart.Cell{}
	for _, c := range chart.Cells() {
		m, _ := facts.Municipality(c.Code)
		at[m.Name] = c
	}
	for _, pair := range [][2]string{ // north of
		{"Hjørring", "Aalborg"}, {"Aalborg", "Randers"}, {"Randers", "Aarhus"}, {"Aarhus", "Horsens"}, {"Horsens", "Kolding"}, {"Kolding", "Haderslev"},
		{"Haderslev", "Sønderborg"}, {"Nordfyns", "Odense"}, {"Odense", "Faaborg-Midtfyn"}, {"Faaborg-Midtfyn", "Svendborg"}, {"Svendborg", "Ærø"},
		{"Helsingør", "København"}, {"København", "Køge"}, {"Køge", "Vordingborg"}, {"Vordingborg", "Guldborgsund"},
	} {
		if at[pair[0]].Row >= at[pair[1]].Row {
			t.Errorf("%s is not north of %s", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{ // west of
		{"Esbjerg", "Kolding"}, {"Kolding", "Odense"}, {"Assens", "Nyborg"}, {"Nyborg", "Slagelse"}, {"Slagelse", "Ringsted"}, {"Roskilde", "København"},
		{"Thisted", "Aalborg"}, {"Herning", "Silkeborg"}, {"Silkeborg", "Aarhus"}, {"Lolland", "Guldborgsund"}, {"København", "Bornholm"}, {"Frederikshavn", "Læsø"},
	} {
		if at[pair[0]].Column >= at[pair[1]].Column {
			t.Errorf("%s is not west of %s", pair[0], pair[1])
		}
	}
}

func TestMapLinksAndEscapes(t *testing.T) {
	svg := string(chart.HexMap("Kort", map[string]chart.Hex{
		"461": {Name: `Odense <b>&"`, Value: "100 %", Words: "vært", Class: "host", Href: "/municipalities/461"},
	}))
	wellFormed(t, svg)
	if !strings.Contains(svg, `aria-hidden="true"`) || !strings.Contains(svg, `href="/municipalities/461"`) || strings.Contains(svg, "<b>") {
		t.Errorf("links or escapes are wrong: %.400s", svg)
	}
	if plain := string(chart.HexMap("Kort", nil)); !strings.Contains(plain, `role="img"`) || strings.Count(plain, "<polygon") != 98 {
		t.Error("without links the map is one picture of 98 hexagons")
	}
}

func day(text string) inventory.Date {
	d, err := inventory.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func months(m time.Month) string { return m.String() }

// The words of marks never run into each other or out of the chart, wherever the days fall.
func TestGanttWordsKeepApart(t *testing.T) {
	label := regexp.MustCompile(`class="marklabel \w+" x="([\d.-]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]*)<`)
	rapid.Check(t, func(t *rapid.T) {
		today := day("2026-01-01").AddDays(rapid.IntRange(0, 1400).Draw(t, "today"))
		deadline := today.AddDays(rapid.IntRange(0, 800).Draw(t, "deadline"))
		from := today.AddDays(rapid.IntRange(-100, 300).Draw(t, "from"))
		svg := string(chart.Gantt([]chart.GanttRow{{Label: "Nyborg", Bars: []chart.GanttBar{
			{From: from, To: from.AddDays(rapid.IntRange(0, 400).Draw(t, "length")), Label: "1", Words: "bølge 1", Class: "proposal"},
		}}}, chart.GanttOptions{Title: "Plan", Months: months, Marks: []chart.GanttMark{{today, "I dag", "today"}, {deadline, "Frist 31.12.2027", "deadline"}}}))
		wellFormed(t, svg)
		type box struct{ from, to, y float64 }
		var boxes []box
		for _, m := range label.FindAllStringSubmatch(svg, -1) {
			x, _ := strconv.ParseFloat(m[1], 64)
			y, _ := strconv.ParseFloat(m[2], 64)
			w := float64(len([]rune(m[4]))) * 12 * 0.6
			if m[3] == "end" {
				x -= w
			}
			boxes = append(boxes, box{x, x + w, y})
		}
		for i, a := range boxes {
			if a.to > 1001 || a.from < 0 {
				t.Fatalf("words run out of the chart: %+v", a)
			}
			for _, b := range boxes[i+1:] {
				if a.y == b.y && a.from < b.to && b.from < a.to {
					t.Fatalf("words collide: %+v %+v", a, b)
				}
			}
		}
	})
}

func TestEmptyAndBrokenInputDraws(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }
	o := chart.LineOptions{Title: "Last", From: at, To: at, Value: number, Moment: func(t time.Time) string { return t.Format("15.04") }}
	for name, svg := range map[string]string{
		"empty gantt": string(chart.Gantt(nil, chart.GanttOptions{Title: "Plan", Months: months})),
		"empty line":  string(chart.Line(nil, o)),
		"broken line": string(chart.Line([]chart.Point{{at, math.NaN()}, {at, math.Inf(1)}, {at, -3}}, o)),
		"bars":        string(chart.Bars("Kapacitet", []chart.Bar{{Label: "vCPU"}, {Label: "GB", Before: 5, Added: 9, Whole: 10, Words: "14 af 10"}, {Label: "x", Before: math.NaN()}})),
	} {
		t.Run(name, func(t *testing.T) { wellFormed(t, svg) })
	}
	if chart.Sparkline([]chart.Point{{at, 1}}, 100, "") != "" {
		t.Error("one point is no line")
	}
}

// A stretch without data is a gap.
func TestLineShowsGaps(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	var points []chart.Point
	for _, minute := range []int{0, 1, 2, 3, 30, 31, 32} {
		points = append(points, chart.Point{At: at.Add(time.Duration(minute) * time.Minute), Value: 1})
	}
	svg := string(chart.Line(points, chart.LineOptions{From: at, To: at.Add(time.Hour), Value: func(float64) string { return "" }, Moment: func(time.Time) string { return "" }}))
	if n := strings.Count(svg, "<polyline"); n != 2 {
		t.Errorf("%d lines, want two with a gap between them", n)
	}
}

// Every number in a heat map can be read: contrast of at least 4.5 to 1 (WCAG 1.4.3).
func TestHeatCanBeRead(t *testing.T) {
	rules := regexp.MustCompile(`background:(#\w{6});color:(#\w{6})`).FindAllStringSubmatch(chart.HeatCSS(), -1)
	if len(rules) != 10 {
		t.Fatalf("%d rules, want nine steps and unknown", len(rules))
	}
	for _, r := range rules {
		a, b := luminance(r[1]), luminance(r[2])
		if contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05); contrast < 4.5 {
			t.Errorf("%s on %s has contrast %.2f", r[2], r[1], contrast)
		}
	}
	for share, want := range map[float64]string{-1: "heat-0", 0: "heat-0", 0.5: "heat-4", 1: "heat-8", 7: "heat-8", math.NaN(): "heat-unknown"} {
		if got := chart.HeatClass(share); got != want {
			t.Errorf("share %v is %s, want %s", share, got, want)
		}
	}
}

func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err)
		}
		c := float64(n) / 255
		if c <= 0.03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
