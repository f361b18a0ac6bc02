package locale

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // Copenhagen also on machines without zone files

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// Number writes a number with a fixed number of decimals: 1.234,5 or 1,234.5.
func (l *Locale) Number(v float64, decimals int) string {
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	thousand, point := ".", ","
	if l.Lang == "en" {
		thousand, point = ",", "."
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + thousand + whole[i:]
	}
	if fraction != "" {
		whole += point + fraction
	}
	if v < 0 && strings.Trim(text, "0.") != "" {
		return "−" + whole
	}
	return whole
}

// Int writes a whole number.
func (l *Locale) Int(n int64) string { return l.Number(float64(n), 0) }

// Plain writes a number that came as text with a decimal point, with as many decimals as it came with.
func (l *Locale) Plain(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	_, fraction, _ := strings.Cut(text, ".")
	return l.Number(v, len(fraction))
}

// Percent writes a share 0-1 as percentage with one decimal: 12,5 %.
func (l *Locale) Percent(share float64) string { return l.Number(100*share, 1) + nbsp + "%" }

// Percent0 writes a share 0-1 as whole percentage.
func (l *Locale) Percent0(share float64) string { return l.Number(100*share, 0) + nbsp + "%" }

// Money writes an amount in DKK as people read it: 950 kr., 12 t. kr., 1,3 mio. kr.
func (l *Locale) Money(dkk float64) string {
	million, thousand, krone := "mio."+nbsp+"kr.", "t."+nbsp+"kr.", "kr."
	if l.Lang == "en" {
		million, thousand, krone = "million"+nbsp+"DKK", "thousand"+nbsp+"DKK", "DKK"
	}
	switch size := math.Abs(dkk); {
	case size >= 10_000_000:
		return l.Number(dkk/1e6, 0) + nbsp + million
	case size >= 1_000_000:
		return l.Number(dkk/1e6, 1) + nbsp + million
	case size >= 10_000:
		return l.Number(dkk/1e3, 0) + nbsp + thousand
	default:
		return l.Number(dkk, 0) + nbsp + krone
	}
}

// MoneyRange writes a three-point estimate: likely, with low and high after it.
func (l *Locale) MoneyRange(r planner.Range) string {
	if r == (planner.Range{}) {
		return l.Money(0)
	}
	return l.T("money.range", "likely", l.Money(r.Likely), "low", l.Money(r.Low), "high", l.Money(r.High))
}

// Bytes writes a size with a unit of 1024: 1,4 TB. Zero is not known.
func (l *Locale) Bytes(n int64) string {
	if n == 0 {
		return l.T("unknown")
	}
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	v, i := float64(n), 0
	for v >= 1024 && i < len(units)-1 {
		v, i = v/1024, i+1
	}
	decimals := 0
	if v < 10 && i > 0 {
		decimals = 1
	}
	return l.Number(v, decimals) + nbsp + units[i]
}

// BitsPerSecond writes a speed with a unit of 1000. Zero is not known.
func (l *Locale) BitsPerSecond(n int64) string {
	if n == 0 {
		return l.T("unknown")
	}
	units := []string{"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"}
	v, i := float64(n), 0
	for v >= 1000 && i < len(units)-1 {
		v, i = v/1000, i+1
	}
	decimals := 0
	if v != math.Trunc(v) && v < 10 {
		decimals = 1
	}
	return l.Number(v, decimals) + nbsp + units[i]
}

// copenhagen is the users' time zone.
var copenhagen = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic("embedded time zones lack Europe/Copenhagen: " + err.Error())
	}
	return zone
}()

// Date writes a day shortly: 21.11.2026, in English 21 Nov 2026. An unknown day gives the word for unknown.
func (l *Locale) Date(d inventory.Date) string {
	if !d.Known() {
		return l.T("unknown")
	}
	if l.Lang == "en" {
		return d.Time().Format("2 Jan 2006")
	}
	return d.Time().Format("02.01.2006")
}

// DateLong writes a day in full: 21. november 2026.
func (l *Locale) DateLong(d inventory.Date) string {
	if !d.Known() {
		return l.T("unknown")
	}
	t := d.Time()
	if l.Lang == "en" {
		return t.Format("2 January 2006")
	}
	return fmt.Sprintf("%d. %s %d", t.Day(), l.Month(t.Month()), t.Year())
}

// Month gives the name of a month.
func (l *Locale) Month(m time.Month) string { return l.T("month." + strconv.Itoa(int(m))) }

// Time writes a moment in Danish time: 21.11.2026 kl. 14.30. The zero time gives the word for unknown.
func (l *Locale) Time(t time.Time) string {
	if t.IsZero() {
		return l.T("unknown")
	}
	t = t.In(copenhagen)
	if l.Lang == "en" {
		return t.Format("2 Jan 2006 15:04")
	}
	return t.Format("02.01.2006") + " kl." + nbsp + t.Format("15.04")
}

// Week writes the ISO week of a day: uge 47, 2026.
func (l *Locale) Week(d inventory.Date) string {
	if !d.Known() {
		return l.T("unknown")
	}
	year, week := d.Time().ISOWeek()
	return l.T("week", "week", strconv.Itoa(week), "year", strconv.Itoa(year))
}

// Period writes a coarse date as it was said, in the language: Q1 2026 is 1. kvartal 2026.
func (l *Locale) Period(p inventory.Period) string {
	if !p.Known() {
		return l.T("unknown")
	}
	if p.From == p.To && p.From.Known() {
		return l.DateLong(p.From)
	}
	return l.periodText(p.Text)
}

// Half writes a half year, "2026-2", as people say it, and leaves anything else as it is.
func (l *Locale) Half(period string) string {
	year, half, ok := strings.Cut(period, "-")
	if !ok || half != "1" && half != "2" {
		return period
	}
	return l.T("report.half."+half, "year", year)
}

// periodWords are the words of coarse dates, English to Danish.
var periodWords = [][2]string{
	{"spring", "forår"}, {"summer", "sommer"}, {"autumn", "efterår"}, {"winter", "vinter"},
	{"late", "ultimo"}, {"early", "primo"}, {"before", "før"},
}

// periodText puts the words of a coarse date into the language and leaves what it does not know.
func (l *Locale) periodText(text string) string {
	parts := strings.Fields(text)
	for i, part := range parts {
		lower := strings.ToLower(part)
		for _, w := range periodWords {
			if l.Lang == "da" && lower == w[0] {
				parts[i] = w[1]
			} else if l.Lang == "en" && lower == w[1] {
				parts[i] = w[0]
			}
		}
		if l.Lang == "da" && len(lower) == 2 {
			switch {
			case lower[0] == 'q' && lower[1] >= '1' && lower[1] <= '4':
				parts[i] = lower[1:] + ". kvartal"
			case lower[0] == 'h' && (lower[1] == '1' || lower[1] == '2'):
				parts[i] = lower[1:] + ". halvår"
			}
		}
		if d, err := inventory.ParseDate(part); err == nil && d.Known() {
			parts[i] = l.DateLong(d)
		}
	}
	return strings.Join(parts, " ")
}
