// Package chart makes the charts of pages and reports as SVG text. Functions are pure: the same
// values give the same bytes.
//
// An SVG carries geometry and classes only. Colours are in CSS, which stands on the variables that
// a page or report defines (--ink, --muted, --line, --surface, --primary, --err), so that dark mode,
// print and a strict content security policy work. No meaning is in colour alone: each mark has
// words, and the caller puts a table beside the chart.
package chart

import (
	_ "embed" // the stylesheet
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// CSS is the stylesheet of all charts.
//
//go:embed chart.css
var CSS string

// drawing collects the elements of one SVG.
type drawing struct{ strings.Builder }

// add writes a piece of SVG. Texts must be passed as arguments: strings are escaped, numbers are
// written short and finite.
func (d *drawing) add(format string, args ...any) {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			args[i] = html.EscapeString(v)
		case float64:
			args[i] = short(v)
		}
	}
	fmt.Fprintf(&d.Builder, format, args...)
}

// short writes a coordinate with at most one decimal. What is not finite becomes 0, so that no input
// can break a drawing.
func short(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	text := strconv.FormatFloat(v, 'f', 1, 64)
	text = strings.TrimSuffix(text, ".0")
	if text == "-0" {
		return "0"
	}
	return text
}

// image wraps the elements in an SVG that stands as one picture with a title.
func (d *drawing) image(class, title string, width, height float64) template.HTML {
	var b drawing
	b.add(`<svg class="chart %v" viewBox="0 0 %v %v" role="img" aria-label="%v" preserveAspectRatio="xMinYMin meet">`, class, width, height, title)
	return template.HTML(b.String() + d.String() + "</svg>") // add escaped every text
}

// textWidth estimates how wide a text of the given size is drawn, generously.
func textWidth(text string, size float64) float64 {
	return float64(len([]rune(text))) * size * 0.6
}
