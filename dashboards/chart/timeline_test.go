package chart_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/dashboards/chart"
)

// numbers gives the values of an attribute of every element of a class.
func numbers(t *testing.T, svg, class, attribute string) []float64 {
	t.Helper()
	var values []float64
	for _, element := range regexp.MustCompile(`<\w+ class="`+class+`"[^>]*>`).FindAllString(svg, -1) {
		m := regexp.MustCompile(` ` + attribute + `="([-\d.]+)"`).FindStringSubmatch(element)
		if m == nil {
			t.Fatalf("%s has no %s", element, attribute)
		}
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

// The parts of a move stand where their days are: seeding up to the first night, follow-up after the
// last one, a change beside what was before.
func TestTimelinePutsDaysInTheirPlace(t *testing.T) {
	line := chart.Timeline{From: day("2027-01-01"), To: day("2027-03-31"), PerDay: 10, Title: "Plan", Months: months}
	svg := string(line.Body([]chart.TimelineRow{{}, {Bars: []chart.TimelineBar{{
		Seed: day("2027-01-03"), First: day("2027-01-11"), Last: day("2027-01-12"), End: day("2027-01-22"), Was: day("2027-01-05"), Latest: day("2027-02-01"),
		Class: "proposal", ID: "g1", Href: "/plan/groups/g1", Words: `System "8"`, Stop: true,
	}}}}))
	wellFormed(t, svg)
	for class, want := range map[string][2]float64{"seed": {20, 80}, "night": {100, 20}, "care": {120, 100}, "was": {40, 20}} {
		x, width := numbers(t, svg, class, "x"), numbers(t, svg, class, "width")
		if len(x) != 1 || x[0] != want[0] || width[0] != want[1] {
			t.Errorf("%s stands at %v, %v wide; want %v", class, x, width, want)
		}
	}
	if y := numbers(t, svg, "night", "y"); y[0] <= chart.TimelineStep || y[0] >= 2*chart.TimelineStep {
		t.Errorf("the second row's bar is drawn at height %v", y[0])
	}
	for _, want := range []string{`data-move="g1"`, `data-day="2027-01-11"`, `id="m-g1"`, `aria-label="System &#34;8&#34;"`, `width="900"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing in %s", want, svg)
		}
	}
}

// What the keyboard need not stop at is no stop, and what cannot be moved has no handle.
func TestTimelineWithoutStops(t *testing.T) {
	line := chart.Timeline{From: day("2027-01-01"), To: day("2027-03-31"), PerDay: 2, Months: months}
	svg := string(line.Body([]chart.TimelineRow{{Bars: []chart.TimelineBar{{Seed: day("2027-01-03"), End: day("2027-01-22"), Href: "/plan/waves/w1", Words: "bølge"}}}}))
	wellFormed(t, svg)
	if !strings.Contains(svg, `tabindex="-1" aria-hidden="true"`) || strings.Contains(svg, "data-move") || strings.Contains(svg, `class="night"`) {
		t.Errorf("a wave whose nights are hidden is a stop or can be moved: %s", svg)
	}
}

// Whatever the days and the scale, the drawing holds together and stays within its width.
func TestTimelineOfAnyDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := day("2026-01-01").AddDays(rapid.IntRange(0, 900).Draw(t, "from"))
		line := chart.Timeline{From: from, To: from.AddDays(rapid.IntRange(0, 900).Draw(t, "days")), PerDay: rapid.SampledFrom([]float64{1.5, 6, 20}).Draw(t, "scale"), Months: months}
		seed := from.AddDays(rapid.IntRange(-50, 900).Draw(t, "seed"))
		first := seed.AddDays(rapid.IntRange(0, 40).Draw(t, "first"))
		line.Marks = []chart.GanttMark{{Day: seed, Label: "I dag", Class: "today"}}
		line.Bands = []chart.TimelineBand{{From: seed, To: first, Class: "freeze", Words: "jul"}}
		head := string(line.Head())
		wellFormed(t, head)
		wellFormed(t, string(line.Body([]chart.TimelineRow{{Bars: []chart.TimelineBar{{Seed: seed, First: first, Last: first, End: first.AddDays(10), Words: "x"}}}})))
		for _, m := range regexp.MustCompile(`<text class="(?:year|month|month rest)" x="([\d.-]+)"`).FindAllStringSubmatch(head, -1) {
			if x, _ := strconv.ParseFloat(m[1], 64); x < 0 || x > line.Width()+3 {
				t.Fatalf("a word at %v in a head %v wide", x, line.Width())
			}
		}
	})
}

func TestStepsHoldUntilTheNext(t *testing.T) {
	o := chart.StepsOptions{Title: "vCPU", From: day("2027-01-01"), To: day("2027-12-31"), Months: months, Filled: true,
		Value: func(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }, Levels: []chart.StepsLevel{{Class: "limit", Words: "80 %", Value: 100}}}
	svg := string(chart.Steps([]chart.StepsLine{{Class: "used", Words: "brugt", Steps: []chart.Step{{day("2027-01-01"), 20}, {day("2027-07-01"), 80}}}}, o))
	wellFormed(t, svg)
	path := regexp.MustCompile(`class="steps used" d="M[\d.]+ ([\d.]+)H([\d.]+)V([\d.]+)H`).FindStringSubmatch(svg)
	if path == nil {
		t.Fatalf("no line of steps in %s", svg)
	}
	low, _ := strconv.ParseFloat(path[1], 64)
	high, _ := strconv.ParseFloat(path[3], 64)
	limit := numbers(t, svg, "level limit", "y1")[0]
	if !(low > high && high > limit) {
		t.Errorf("20 at %v, 80 at %v, the limit of 100 at %v: more is not higher", low, high, limit)
	}
	for name, lines := range map[string][]chart.StepsLine{"no lines": nil, "no numbers": {{Steps: []chart.Step{{day("2027-01-01"), math.NaN()}, {day("2027-01-02"), math.Inf(1)}}}}, "below nought": {{Steps: []chart.Step{{day("2027-01-01"), -5}}}}} {
		t.Run(name, func(t *testing.T) { wellFormed(t, string(chart.Steps(lines, o))) })
	}
}
