package facts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
)

func TestEaster(t *testing.T) {
	for year, want := range map[int]string{
		1818: "1818-03-22", 1943: "1943-04-25", 2000: "2000-04-23", 2024: "2024-03-31",
		2026: "2026-04-05", 2027: "2027-03-28", 2028: "2028-04-16", 2038: "2038-04-25",
	} {
		if got := facts.Easter(year).String(); got != want {
			t.Errorf("Easter(%d) = %s, want %s", year, got, want)
		}
	}
}

func TestHolidays(t *testing.T) {
	days := func(year int) (out []string) {
		for _, h := range facts.Holidays(year) {
			out = append(out, h.Day.String()+" "+h.DA)
		}
		return out
	}
	want := []string{
		"2027-01-01 Nytårsdag", "2027-03-25 Skærtorsdag", "2027-03-26 Langfredag", "2027-03-28 Påskedag",
		"2027-03-29 2. påskedag", "2027-05-06 Kristi himmelfartsdag", "2027-05-16 Pinsedag",
		"2027-05-17 2. pinsedag", "2027-12-25 Juledag", "2027-12-26 2. juledag",
	}
	if diff := cmp.Diff(want, days(2027)); diff != "" {
		t.Errorf("holidays of 2027 (-want +got):\n%s", diff)
	}
	if got := len(days(2023)); got != 11 {
		t.Errorf("2023 has %d holidays, want 11: Store Bededag still counted then", got)
	}
}

func TestLastBankDay(t *testing.T) {
	for _, c := range []struct {
		year  int
		month time.Month
		want  string
	}{
		{2027, time.January, "2027-01-29"},   // the 31st is a Sunday
		{2027, time.March, "2027-03-31"},     // after Easter
		{2027, time.December, "2027-12-30"},  // banks close on the 31st
		{2024, time.March, "2024-03-27"},     // Maundy Thursday to Easter Sunday end the month
		{2026, time.May, "2026-05-29"},       // weekend
		{2028, time.February, "2028-02-29"},  // leap year
		{2026, time.December, "2026-12-30"},  // a Wednesday
		{2027, time.February, "2027-02-26"},  // weekend
		{2025, time.May, "2025-05-28"},       // Ascension on the 29th and the Friday after it
		{2027, time.September, "2027-09-30"}, // plain
	} {
		if got := facts.LastBankDay(c.year, c.month).String(); got != c.want {
			t.Errorf("LastBankDay(%d, %s) = %s, want %s", c.year, c.month, got, c.want)
		}
	}
}

func TestFreezes(t *testing.T) {
	frozen := func(day string) (names []string) {
		d, err := inventory.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		for year := d.Time().Year() - 1; year <= d.Time().Year(); year++ {
			for _, f := range facts.Freezes(year) {
				if f.Strict && f.From <= d && d <= f.To {
					names = append(names, f.EN)
				}
			}
		}
		return names
	}
	for _, c := range []struct {
		day  string
		want []string
	}{
		{"2027-01-02", []string{"Christmas and New Year"}},
		{"2027-02-18", []string{"Winter holiday"}},
		{"2027-03-24", []string{"Easter", "Pay and benefit runs"}}, // bank days before the 31st: the 30th and the 24th
		{"2027-05-28", []string{"Pay and benefit runs"}},
		{"2027-07-20", []string{"Summer holiday"}},
		{"2027-10-19", []string{"Autumn holiday"}},
		{"2029-11-20", []string{"Municipal election"}},
		{"2028-11-21", nil},
		{"2027-09-08", nil}, // the budget season is advice
		{"2027-11-10", nil},
	} {
		if diff := cmp.Diff(c.want, frozen(c.day)); diff != "" {
			t.Errorf("strict freezes on %s (-want +got):\n%s", c.day, diff)
		}
	}
	for year := 2024; year <= 2040; year++ {
		for i, f := range facts.Freezes(year) {
			if f.To < f.From || f.DA == "" || f.EN == "" || f.From.Time().Year() != year {
				t.Errorf("%d: freeze %d is misshapen: %+v", year, i, f)
			}
		}
	}
}
