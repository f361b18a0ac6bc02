package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Step is a value that holds from a day until the next step.
type Step struct {
	Day   inventory.Date
	Value float64
}

// StepsLine is one line of steps. Class names its look: used, peak, expected, actual.
type StepsLine struct {
	Class string
	Words string // tooltip
	Steps []Step // by day
}

// StepsLevel is a value that holds all the time, such as a limit.
type StepsLevel struct {
	Class string // limit, edge
	Words string // drawn above its line
	Value float64
}

// StepsOptions are the frame of a chart of steps.
type StepsOptions struct {
	Title    string
	From, To inventory.Date // shown, both included
	Levels   []StepsLevel
	Value    func(float64) string // words for a value
	Months   func(time.Month) string
	Filled   bool // the area below the first line is filled
}

const (
	stepsWidth, stepsHeight        = 520.0, 170.0
	stepsLeft, stepsTop, stepsFoot = 72.0, 16.0, 20.0
)

// Steps draws values that change at once on a day and hold until the next: a centre filling up, crews
// in use, what has moved. Values that are no numbers are left out.
func Steps(lines []StepsLine, o StepsOptions) template.HTML {
	var d drawing
	bottom, top := stepsRange(lines, o.Levels)
	days := max(float64(o.To-o.From)+1, 1)
	x := func(day inventory.Date) float64 {
		return stepsLeft + (stepsWidth-stepsLeft-6)*min(max(float64(day-o.From)/days, 0), 1)
	}
	y := func(v float64) float64 {
		return stepsTop + (stepsHeight-stepsTop-stepsFoot)*(1-(v-bottom)/(top-bottom))
	}
	for _, v := range []float64{bottom, (bottom + top) / 2, top} {
		d.add(`<line class="grid" x1="%v" x2="%v" y1="%v" y2="%v"/><text class="axis" x="%v" y="%v" text-anchor="end">%v</text>`,
			stepsLeft, stepsWidth-6, y(v), y(v), stepsLeft-5, y(v)+4, o.Value(v))
	}
	stepsMonths(&d, o, x)
	for i, line := range lines {
		path, ok := stepsPath(line.Steps, o.To, x, y)
		if !ok {
			continue
		}
		if i == 0 && o.Filled {
			d.add(`<path class="area" d="%vV%vH%vZ"/>`, path, y(bottom), x(line.Steps[0].Day))
		}
		d.add(`<path class="steps %v" d="%v"><title>%v</title></path>`, line.Class, path, line.Words)
	}
	for _, level := range o.Levels {
		d.add(`<line class="level %v" x1="%v" x2="%v" y1="%v" y2="%v"/><text class="axis" x="%v" y="%v" text-anchor="end">%v</text>`,
			level.Class, stepsLeft, stepsWidth-6, y(level.Value), y(level.Value), stepsWidth-8, y(level.Value)-4, level.Words)
	}
	return d.image("stepschart", o.Title, stepsWidth, stepsHeight)
}

// stepsRange gives a scale that holds nought, every value and every level.
func stepsRange(lines []StepsLine, levels []StepsLevel) (bottom, top float64) {
	take := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			bottom, top = min(bottom, v), max(top, v)
		}
	}
	for _, line := range lines {
		for _, s := range line.Steps {
			take(s.Value)
		}
	}
	for _, level := range levels {
		take(level.Value)
	}
	if top == bottom {
		top++
	}
	return bottom, top
}

// stepsMonths writes the first month of each quarter, or of each half-year where time is long.
func stepsMonths(d *drawing, o StepsOptions, x func(inventory.Date) float64) {
	every := 3
	if o.To-o.From > 900 {
		every = 6
	}
	free := 0.0
	for day := monthAfter(o.From - 1); day <= o.To; day = monthAfter(day) {
		at := day.Time()
		text := fmt.Sprintf("%s %d", initials(o.Months(at.Month()), 3), at.Year())
		left := min(x(day), stepsWidth-6-textWidth(text, 11))
		if (int(at.Month())-1)%every == 0 && left >= free {
			d.add(`<line class="grid" x1="%v" x2="%v" y1="%v" y2="%v"/><text class="axis" x="%v" y="%v">%v</text>`,
				x(day), x(day), stepsTop, stepsHeight-stepsFoot, left, stepsHeight-5, text)
			free = left + textWidth(text, 11)
		}
	}
}

// stepsPath gives the line; false where there is no number to draw.
func stepsPath(steps []Step, to inventory.Date, x func(inventory.Date) float64, y func(float64) float64) (string, bool) {
	var path strings.Builder
	for _, s := range steps {
		switch {
		case math.IsNaN(s.Value) || math.IsInf(s.Value, 0):
			continue
		case path.Len() == 0:
			fmt.Fprintf(&path, "M%s %s", short(x(s.Day)), short(y(s.Value)))
		default:
			fmt.Fprintf(&path, "H%sV%s", short(x(s.Day)), short(y(s.Value)))
		}
	}
	if path.Len() == 0 {
		return "", false
	}
	fmt.Fprintf(&path, "H%s", short(x(to+1)))
	return path.String(), true
}
