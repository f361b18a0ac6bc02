package chart

import (
	"cmp"
	"html/template"
	"slices"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// GanttRow is one line of the chart, such as a municipality.
type GanttRow struct {
	Label string
	Bars  []GanttBar
}

// GanttBar is a stretch of days, both included.
type GanttBar struct {
	From, To inventory.Date
	Label    string // drawn where it fits
	Words    string // tooltip
	Class    string // certainty: decided, ambition, proposal
}

// GanttMark is a day with a line and a word above it.
type GanttMark struct {
	Day   inventory.Date
	Label string
	Class string // today, deadline
}

// GanttOptions are the frame of the chart.
type GanttOptions struct {
	Title  string
	Marks  []GanttMark
	Months func(time.Month) string // name of a month
}

const (
	ganttWidth = 1000.0
	ganttLabel = 130.0
	ganttRow   = 26.0
	ganttHead  = 58.0 // marks, years, months
)

// Gantt draws rows of bars over months. The time shown is that of the bars and marks, in whole months.
func Gantt(rows []GanttRow, o GanttOptions) template.HTML {
	var d drawing
	first, last := ganttRange(rows, o.Marks)
	days := max(float64(last-first)+1, 1)
	at := func(day inventory.Date) float64 {
		return ganttLabel + (ganttWidth-ganttLabel-8)*float64(day-first)/days
	}
	height := ganttHead + ganttRow*float64(len(rows)) + 6
	d.months(first, last, at, height, o)
	for i, row := range rows {
		y := ganttHead + ganttRow*float64(i)
		d.add(`<line class="grid" x1="0" x2="%v" y1="%v" y2="%v"/><text class="row" x="2" y="%v">%v</text>`, ganttWidth, y, y, y+17, row.Label)
		for _, bar := range row.Bars {
			x, w := at(bar.From), max(at(bar.To+1)-at(bar.From), 3)
			d.add(`<rect class="bar %v" x="%v" y="%v" width="%v" height="16" rx="2"><title>%v</title></rect>`, bar.Class, x, y+5, w, bar.Words)
			if textWidth(bar.Label, 11) < w {
				d.add(`<text class="barlabel" x="%v" y="%v">%v</text>`, x+w/2, y+17, bar.Label)
			}
		}
	}
	d.marks(o.Marks, first, last, at, height, ganttWidth)
	return d.image("gantt", o.Title, ganttWidth, height)
}

// ganttRange gives the first day of the first month and the last day of the last one.
func ganttRange(rows []GanttRow, marks []GanttMark) (first, last inventory.Date) {
	take := func(from, to inventory.Date) {
		if from.Known() && (first == 0 || from < first) {
			first = from
		}
		last = max(last, to)
	}
	for _, row := range rows {
		for _, bar := range row.Bars {
			take(bar.From, bar.To)
		}
	}
	for _, m := range marks {
		take(m.Day, m.Day)
	}
	f, l := first.Time(), last.Time()
	if !first.Known() {
		return inventory.NewDate(2026, time.January, 1), inventory.NewDate(2026, time.January, 31)
	}
	return inventory.NewDate(f.Year(), f.Month(), 1), inventory.NewDate(l.Year(), l.Month()+1, 1).AddDays(-1)
}

// months draws the head: years, and months where they fit.
func (d *drawing) months(first, last inventory.Date, at func(inventory.Date) float64, height float64, o GanttOptions) {
	for day := first; day <= last; {
		t := day.Time()
		next := inventory.NewDate(t.Year(), t.Month()+1, 1)
		x, w := at(day), at(next)-at(day)
		d.add(`<line class="grid" x1="%v" x2="%v" y1="%v" y2="%v"/>`, x, x, ganttHead-18, height)
		if t.Month() == time.January || day == first {
			d.add(`<text class="year" x="%v" y="%v">%d</text>`, x+3, ganttHead-24, t.Year())
		}
		name := []rune(o.Months(t.Month()))
		for _, length := range []int{len(name), 3, 1} {
			text := string(name[:min(length, len(name))])
			if textWidth(text, 11)+4 < w {
				d.add(`<text class="month" x="%v" y="%v">%v</text>`, x+3, ganttHead-7, text)
				break
			}
		}
		day = next
	}
}

// marks draws the lines of single days. Their words stand above the years; one that would run into
// the one before it, or out of the chart, stands to the left of its line.
func (d *drawing) marks(marks []GanttMark, first, last inventory.Date, at func(inventory.Date) float64, height, width float64) {
	marks = slices.SortedFunc(slices.Values(marks), func(a, b GanttMark) int { return cmp.Compare(a.Day, b.Day) })
	taken := 0.0 // right end of the last word
	for _, m := range marks {
		if m.Day < first || m.Day > last {
			continue
		}
		x, w := at(m.Day), textWidth(m.Label, 12)
		d.add(`<line class="mark %v" x1="%v" x2="%v" y1="16" y2="%v"/>`, m.Class, x, x, height)
		anchor, from := "start", x+3
		if x+3+w > width {
			anchor, from = "end", x-3-w
		}
		y := 12.0
		if from < taken {
			y = 26
		}
		tx := x + 3
		if anchor == "end" {
			tx = x - 3
		}
		d.add(`<text class="marklabel %v" x="%v" y="%v" text-anchor="%v">%v</text>`, m.Class, tx, y, anchor, m.Label)
		taken = from + w
	}
}
