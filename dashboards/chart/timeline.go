package chart

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Timeline is a chart of days that may be wider and higher than the screen. Head and Body are drawn
// apart, each at its true size, so that a page can keep the head in sight and put the rows' names in
// a column of its own beside the body, one name for each TimelineRow height.
type Timeline struct {
	From, To inventory.Date // shown, both included
	PerDay   float64        // width of a day in pixels
	Title    string
	Months   func(time.Month) string
	Marks    []GanttMark
	Bands    []TimelineBand // behind all rows
}

// TimelineRow is one line: a municipality, a wave or a group.
type TimelineRow struct {
	Bars  []TimelineBar
	Bands []TimelineBand // days that concern this row alone
}

// TimelineBand is a stretch of days, both included, that is drawn behind the bars.
type TimelineBand struct {
	From, To inventory.Date
	Class    string // freeze, local, advisory, window, ends
	Words    string // tooltip
}

// TimelineBar is a move: data are seeded from Seed until the first night of cutover, and followed up
// after the last one until End. A move whose nights are not known is one plain bar.
type TimelineBar struct {
	Seed, First, Last, End inventory.Date
	Was                    inventory.Date // the first night before a change; 0: not changed
	Latest                 inventory.Date // the last night it could slip to; 0: not drawn
	Class                  string         // certainty, and critical, pinned or moved
	ID                     string         // of what can be moved by hand; empty: it cannot
	Href                   string
	Words                  string // tooltip and name
	Stop                   bool   // a stop for the keyboard; else reached with the mouse, or through the names beside
}

// The heights of the parts, which the stylesheet of the page repeats.
const (
	TimelineHead = 60
	TimelineStep = 26
)

func (t Timeline) at(day inventory.Date) float64 { return t.PerDay * float64(day-t.From) }

// Width gives the width of head and body in pixels.
func (t Timeline) Width() float64 { return t.at(t.To + 1) }

// open begins a drawing of its true size.
func (t Timeline) open(class, role string, height float64) *drawing {
	d := &drawing{}
	d.add(`<svg class="timeline %v" width="%v" height="%v" %v>`, class, t.Width(), height, template.HTML(role))
	return d
}

// Body draws the rows.
func (t Timeline) Body(rows []TimelineRow) template.HTML {
	height := float64(TimelineStep * max(len(rows), 1))
	var label drawing
	label.add(`role="group" aria-label="%v"`, t.Title)
	d := t.open("body", label.String(), height)
	for _, b := range t.Bands {
		t.band(d, b, 0, height)
	}
	t.grid(d, len(rows), height)
	for i, row := range rows {
		y := float64(TimelineStep * i)
		for _, b := range row.Bands {
			t.band(d, b, y+1, TimelineStep-2)
		}
		for _, b := range row.Bars {
			t.bar(d, b, y)
		}
	}
	for _, m := range t.Marks {
		if m.Day >= t.From && m.Day <= t.To {
			d.add(`<line class="mark %v" x1="%v" x2="%v" y1="0" y2="%v"/>`, m.Class, t.at(m.Day), t.at(m.Day), height)
		}
	}
	return template.HTML(d.String() + "</svg>") // add escaped every text
}

// grid draws the lines between rows and between months as one path.
func (t Timeline) grid(d *drawing, rows int, height float64) {
	var path strings.Builder
	for i := 1; i <= rows; i++ {
		fmt.Fprintf(&path, "M0 %dH%s", TimelineStep*i, short(t.Width()))
	}
	for day := monthAfter(t.From); day <= t.To; day = monthAfter(day) {
		fmt.Fprintf(&path, "M%s 0V%s", short(t.at(day)), short(height))
	}
	d.add(`<path class="grid" d="%v"/>`, path.String())
}

func (t Timeline) band(d *drawing, b TimelineBand, y, height float64) {
	if b.To < t.From || b.From > t.To {
		return
	}
	from, to := t.at(max(b.From, t.From)), t.at(min(b.To, t.To)+1)
	d.add(`<rect class="band %v" x="%v" y="%v" width="%v" height="%v"><title>%v</title></rect>`, b.Class, from, y, max(to-from, 2), height, b.Words)
}

// bar draws a move: seeding above, the nights of cutover in full height, follow-up below.
func (t Timeline) bar(d *drawing, b TimelineBar, y float64) {
	element := "g"
	if b.Href != "" {
		element = "a"
	}
	d.add(`<%v class="move %v"`, element, b.Class)
	if b.Href != "" {
		d.add(` href="%v"`, b.Href)
	}
	if b.Stop {
		d.add(` aria-label="%v"`, b.Words)
	} else if b.Href != "" {
		d.add(` tabindex="-1" aria-hidden="true"`)
	}
	if b.ID != "" {
		d.add(` id="%v" data-move="%v" data-day="%v"`, "m-"+b.ID, b.ID, b.First.String())
	}
	d.add(`><title>%v</title>`, b.Words)
	box := func(class string, from, to inventory.Date, top, height, least float64) {
		if to >= from {
			d.add(`<rect class="%v" x="%v" y="%v" width="%v" height="%v"/>`, class, t.at(from), y+top, max(t.at(to+1)-t.at(from), least), height)
		}
	}
	if !b.First.Known() {
		box("plain", b.Seed, b.End, 6, 14, 3)
	} else {
		if b.Latest > b.Last {
			d.add(`<path class="slack" d="M%v %vH%v"/>`, t.at(b.Last+1), y+13, t.at(b.Latest+1))
		}
		box("seed", b.Seed, b.First-1, 6, 7, 1)
		box("care", b.Last+1, b.End, 13, 7, 1)
		if b.Was.Known() {
			box("was", b.Was, b.Was+b.Last-b.First, 3, 20, 4)
		}
		box("night", b.First, b.Last, 3, 20, 4)
	}
	if b.ID != "" {
		middle := (t.at(b.First) + t.at(b.Last+1)) / 2
		reach := max(t.at(b.Last+1)-t.at(b.First), 24) / 2
		d.add(`<rect class="hit" x="%v" y="%v" width="%v" height="26"/>`, middle-reach, y, 2*reach)
	}
	d.add(`</%v>`, element)
}

// monthAfter gives the first day of the month after a day's own.
func monthAfter(day inventory.Date) inventory.Date {
	at := day.Time()
	return inventory.NewDate(at.Year(), at.Month()+1, 1)
}
