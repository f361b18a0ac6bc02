package facts

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/inventory"
)

// Freeze is a stretch of days, both included, of the Danish municipal year. Nothing should be cut
// over on strict ones; the others are advice.
type Freeze struct {
	From   inventory.Date
	To     inventory.Date
	DA, EN string
	Strict bool
}

//go:embed freezes.yaml
var freezesYAML []byte

// freezeRule is one line of the embedded calendar: a name and exactly one way to find its days.
type freezeRule struct {
	DA       string   `yaml:"da"`
	EN       string   `yaml:"en"`
	Strict   bool     `yaml:"strict"`
	Days     []string `yaml:"days"`
	Easter   []int    `yaml:"easter"`
	Weeks    []int    `yaml:"weeks"`
	Payday   *int     `yaml:"payday"`
	Election []int    `yaml:"election"`
}

// freezeRules reads the embedded calendar once. A fault in it is a fault of the build, which the
// package's test finds, so it panics.
var freezeRules = sync.OnceValue(func() []freezeRule {
	var file struct {
		Source  string       `yaml:"source"`
		AsOf    string       `yaml:"as_of"`
		Freezes []freezeRule `yaml:"freezes"`
	}
	d := yaml.NewDecoder(strings.NewReader(string(freezesYAML)))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		panic(fmt.Sprintf("embedded freezes.yaml: %v", err))
	}
	return file.Freezes
})

// Freezes gives the freezes that begin in the year, by first day. One that runs over New Year
// belongs to the year in which it begins.
func Freezes(year int) []Freeze {
	var out []Freeze
	for _, r := range freezeRules() {
		for _, span := range r.spans(year) {
			out = append(out, Freeze{From: span[0], To: span[1], DA: r.DA, EN: r.EN, Strict: r.Strict})
		}
	}
	slices.SortFunc(out, func(a, b Freeze) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.DA, b.DA))
	})
	return out
}

// spans gives the first and last days of the rule in the year.
func (r freezeRule) spans(year int) [][2]inventory.Date {
	switch {
	case r.Days != nil:
		from, to := monthDay(year, r.Days[0]), monthDay(year, r.Days[1])
		if to < from {
			to = monthDay(year+1, r.Days[1])
		}
		return [][2]inventory.Date{{from, to}}
	case r.Easter != nil:
		e := Easter(year)
		return [][2]inventory.Date{{e.AddDays(r.Easter[0]), e.AddDays(r.Easter[1])}}
	case r.Weeks != nil:
		first := isoWeek(year, r.Weeks[0])
		return [][2]inventory.Date{{first, isoWeek(year, r.Weeks[1]).AddDays(6)}}
	case r.Payday != nil:
		var spans [][2]inventory.Date
		for month := time.January; month <= time.December; month++ {
			last := LastBankDay(year, month)
			first := last
			for range *r.Payday {
				for first = first.AddDays(-1); !BankDay(first); first = first.AddDays(-1) {
				}
			}
			spans = append(spans, [2]inventory.Date{first, last})
		}
		return spans
	case r.Election != nil:
		if (year-2025)%4 != 0 {
			return nil
		}
		day := inventory.NewDate(year, time.November, 1)
		for day.Weekday() != time.Tuesday {
			day++
		}
		day = day.AddDays(14)
		return [][2]inventory.Date{{day.AddDays(-r.Election[0]), day.AddDays(r.Election[1])}}
	}
	return nil
}

// Holiday is a Danish public holiday.
type Holiday struct {
	Day    inventory.Date
	DA, EN string
}

// Holidays gives the public holidays (helligdage) of the year in order. Store Bededag was one
// until 2023.
func Holidays(year int) []Holiday {
	e := Easter(year)
	days := []Holiday{
		{inventory.NewDate(year, time.January, 1), "Nytårsdag", "New Year's Day"},
		{e.AddDays(-3), "Skærtorsdag", "Maundy Thursday"},
		{e.AddDays(-2), "Langfredag", "Good Friday"},
		{e, "Påskedag", "Easter Sunday"},
		{e.AddDays(1), "2. påskedag", "Easter Monday"},
		{e.AddDays(39), "Kristi himmelfartsdag", "Ascension Day"},
		{e.AddDays(49), "Pinsedag", "Whit Sunday"},
		{e.AddDays(50), "2. pinsedag", "Whit Monday"},
		{inventory.NewDate(year, time.December, 25), "Juledag", "Christmas Day"},
		{inventory.NewDate(year, time.December, 26), "2. juledag", "Boxing Day"},
	}
	if year < 2024 {
		days = append(days, Holiday{e.AddDays(26), "Store bededag", "Great Prayer Day"})
	}
	slices.SortFunc(days, func(a, b Holiday) int { return cmp.Compare(a.Day, b.Day) })
	return days
}

// BankDay tells whether Danish banks settle payments on the day: no weekend, no public holiday, and
// none of the days on which banks are closed by custom.
func BankDay(d inventory.Date) bool {
	if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	year, month, day := d.Time().Date()
	switch {
	case month == time.June && day == 5, month == time.December && (day == 24 || day == 31), d == Easter(year).AddDays(40):
		return false
	}
	return !slices.ContainsFunc(Holidays(year), func(h Holiday) bool { return h.Day == d })
}

// LastBankDay gives the day on which municipalities pay wages and benefits in the month.
func LastBankDay(year int, month time.Month) inventory.Date {
	d := inventory.NewDate(year, month+1, 1).AddDays(-1)
	for !BankDay(d) {
		d--
	}
	return d
}

// Easter gives Easter Sunday of a Gregorian year (the anonymous algorithm of Meeus, Jones and Butcher).
func Easter(year int) inventory.Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return inventory.NewDate(year, time.Month(n/31), n%31+1)
}

// isoWeek gives the Monday of an ISO week. Week 1 is the one with 4 January in it.
func isoWeek(year, week int) inventory.Date {
	d := inventory.NewDate(year, time.January, 4)
	for d.Weekday() != time.Monday {
		d--
	}
	return d.AddDays(7 * (week - 1))
}

// monthDay reads "MM-DD" of the embedded calendar in a year.
func monthDay(year int, text string) inventory.Date {
	m, err1 := strconv.Atoi(text[:2])
	d, err2 := strconv.Atoi(text[3:])
	if err1 != nil || err2 != nil {
		panic(fmt.Sprintf("embedded freezes.yaml: day %q, want MM-DD", text))
	}
	return inventory.NewDate(year, time.Month(m), d)
}
