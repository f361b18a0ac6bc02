package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"
)

// Point is a value at a time.
type Point struct {
	At    time.Time
	Value float64
}

// LineOptions are the frame of a line chart.
type LineOptions struct {
	Title  string
	From   time.Time // of the time shown
	To     time.Time
	Max    float64                // top of the scale; 0: the highest value
	Value  func(float64) string   // words for a value
	Moment func(time.Time) string // words for a time
}

const (
	lineWidth, lineHeight       = 520.0, 150.0
	lineLeft, lineTop, lineFoot = 64.0, 10.0, 22.0
)

// Line draws values over time. A stretch without data is a gap in the line, not a slope across it.
func Line(points []Point, o LineOptions) template.HTML {
	var d drawing
	top := o.Max
	for _, p := range points {
		if o.Max == 0 && !math.IsInf(p.Value, 0) {
			top = max(top, p.Value)
		}
	}
	if top <= 0 || math.IsNaN(top) {
		top = 1
	}
	span := o.To.Sub(o.From).Seconds()
	x := func(t time.Time) float64 {
		if span <= 0 {
			return lineLeft
		}
		return lineLeft + (lineWidth-lineLeft-6)*min(max(t.Sub(o.From).Seconds()/span, 0), 1)
	}
	y := func(v float64) float64 {
		return lineTop + (lineHeight-lineTop-lineFoot)*(1-min(max(v/top, 0), 1))
	}
	for _, share := range []float64{0, 0.5, 1} {
		v := top * share
		if share == 0.5 && o.Value(v) == o.Value(top) {
			continue // a scale of yes and no has no middle
		}
		d.add(`<line class="grid" x1="%v" x2="%v" y1="%v" y2="%v"/><text class="axis" x="%v" y="%v" text-anchor="end">%v</text>`,
			lineLeft, lineWidth-6, y(v), y(v), lineLeft-5, y(v)+4, o.Value(v))
	}
	d.add(`<text class="axis" x="%v" y="%v">%v</text><text class="axis" x="%v" y="%v" text-anchor="end">%v</text>`,
		lineLeft, lineHeight-6, o.Moment(o.From), lineWidth-6, lineHeight-6, o.Moment(o.To))
	for _, part := range unbroken(points) {
		if len(part) == 1 {
			d.add(`<circle class="dot" cx="%v" cy="%v" r="2"/>`, x(part[0].At), y(part[0].Value))
			continue
		}
		d.add(`<polyline class="line" points="%v"/>`, polyline(part, x, y))
	}
	return d.image("linechart", o.Title, lineWidth, lineHeight)
}

// Sparkline draws a small line without scale, 0 to top. Fewer than two points give nothing.
func Sparkline(points []Point, top float64, title string) template.HTML {
	if len(points) < 2 || top <= 0 {
		return ""
	}
	const width, height = 90.0, 18.0
	first, last := points[0].At, points[len(points)-1].At
	span := last.Sub(first).Seconds()
	if span <= 0 {
		return ""
	}
	var d drawing
	d.add(`<polyline class="line" points="%v"/>`, polyline(points,
		func(t time.Time) float64 { return width * t.Sub(first).Seconds() / span },
		func(v float64) float64 { return 1 + (height-2)*(1-min(max(v/top, 0), 1)) }))
	return d.image("spark", title, width, height)
}

func polyline(points []Point, x func(time.Time) float64, y func(float64) float64) string {
	pairs := make([]string, len(points))
	for i, p := range points {
		pairs[i] = fmt.Sprintf("%s,%s", short(x(p.At)), short(y(p.Value)))
	}
	return strings.Join(pairs, " ")
}

// unbroken cuts points where the distance in time is more than three times the usual one.
func unbroken(points []Point) [][]Point {
	if len(points) < 3 {
		return [][]Point{points}
	}
	usual := points[1].At.Sub(points[0].At)
	for i := 2; i < len(points); i++ {
		usual = min(usual, points[i].At.Sub(points[i-1].At))
	}
	var parts [][]Point
	start := 0
	for i := 1; i < len(points); i++ {
		if points[i].At.Sub(points[i-1].At) > 3*usual {
			parts = append(parts, points[start:i])
			start = i
		}
	}
	return append(parts, points[start:])
}
