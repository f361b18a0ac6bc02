package chart

import (
	"html/template"
	"strconv"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// The least widths of a day at which its number, or the number of its week, can be read.
const (
	dayShown  = 15.0
	weekShown = 20.0 / 7
)

// Head draws the calendar above the rows: years and months, or months with weeks or days, as wide as
// a day is; and the words of the marks above them.
func (t Timeline) Head() template.HTML {
	d := t.open("head", `aria-hidden="true"`, TimelineHead)
	weeks, days := t.PerDay >= weekShown, t.PerDay >= dayShown
	for day := t.From; day <= t.To; day = monthAfter(day) {
		at, next := day.Time(), min(monthAfter(day), t.To+1)
		room := t.at(next) - t.at(day)
		year := strconv.Itoa(at.Year())
		if weeks || days {
			t.word(d, "year", day, 42, room, t.Months(at.Month())+" "+year, t.Months(at.Month()))
			continue
		}
		if at.Month() == time.January || day == t.From {
			d.add(`<text class="year" x="%v" y="42">%v</text>`, t.at(day)+3, year)
		}
		t.word(d, "month", day, 56, room, t.Months(at.Month()), initials(t.Months(at.Month()), 3), initials(t.Months(at.Month()), 1))
	}
	switch {
	case days:
		for day := t.From; day <= t.To; day++ {
			class := "month"
			if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
				class = "month rest"
			}
			t.word(d, class, day, 56, t.PerDay+8, strconv.Itoa(day.Time().Day()))
		}
	case weeks:
		for day := t.From.AddDays((8 - int(t.From.Weekday())) % 7); day <= t.To; day += 7 {
			_, week := day.Time().ISOWeek()
			t.word(d, "month", day, 56, 7*t.PerDay+4, strconv.Itoa(week))
		}
	}
	d.marks(t.Marks, t.From, t.To, t.at, TimelineHead, t.Width())
	return template.HTML(d.String() + "</svg>") // add escaped every text
}

// word writes the first text that fits.
func (t Timeline) word(d *drawing, class string, day inventory.Date, y, room float64, texts ...string) {
	for _, text := range texts {
		if textWidth(text, 11)+4 <= room {
			d.add(`<text class="%v" x="%v" y="%v">%v</text>`, class, t.at(day)+3, y, text)
			return
		}
	}
}

// initials gives the first letters of a word.
func initials(word string, n int) string {
	letters := []rune(word)
	return string(letters[:min(n, len(letters))])
}
