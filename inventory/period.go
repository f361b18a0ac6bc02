package inventory

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Period is a coarse date as people state it ("Q1 2026", "autumn 2025", "2027", "2026-03-14"),
// with the first and last day it may mean. Precise dates replace coarse ones as plans sharpen;
// until then the text is kept as it was said.
type Period struct {
	Text string `json:"text"`
	From Date   `json:"from,omitzero"`
	To   Date   `json:"to,omitzero"`
}

// Known tells whether anything was said.
func (p Period) Known() bool { return p.Text != "" }

var (
	quarterWord = regexp.MustCompile(`^(?:q([1-4])|([1-4])\. ?kvartal) (\d{4})$`)
	halfWord    = regexp.MustCompile(`^(?:h([12])|([12])\. ?halvår) (\d{4})$`)
	seasonWord  = regexp.MustCompile(`^(spring|summer|autumn|winter|forår|sommer|efterår|vinter|late|ultimo|early|primo) (\d{4})$`)
	monthWord   = regexp.MustCompile(`^(\d{4})-(\d{2})$`)
	yearWord    = regexp.MustCompile(`^(\d{4})$`)
	beforeWord  = regexp.MustCompile(`^(?:before|før) (\d{4}-\d{2}-\d{2})$`)
)

// seasons gives the first month and the number of months a season word covers.
// Winter is read as the first months of the year that is named.
var seasons = map[string][2]int{
	"spring": {3, 3}, "forår": {3, 3}, "summer": {6, 3}, "sommer": {6, 3},
	"autumn": {9, 3}, "efterår": {9, 3}, "winter": {1, 2}, "vinter": {1, 2},
	"early": {1, 3}, "primo": {1, 3}, "late": {10, 3}, "ultimo": {10, 3},
}

// ParsePeriod reads a day, month, quarter, half, season or year, in English or Danish.
func ParsePeriod(text string) (Period, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Period{}, nil
	}
	lower := strings.ToLower(text)
	if d, err := ParseDate(lower); err == nil {
		return Period{Text: text, From: d, To: d}, nil
	}
	span := func(year string, month, months int) (Period, error) {
		y, err := strconv.Atoi(year)
		if err != nil {
			return Period{}, fmt.Errorf("period %q: %w", text, err)
		}
		first := NewDate(y, time.Month(month), 1)
		last := NewDate(y, time.Month(month+months), 1).AddDays(-1)
		return Period{Text: text, From: first, To: last}, nil
	}
	number := func(alternatives ...string) int {
		for _, a := range alternatives {
			if n, err := strconv.Atoi(a); err == nil {
				return n
			}
		}
		return 1
	}
	if m := quarterWord.FindStringSubmatch(lower); m != nil {
		return span(m[3], 3*number(m[1], m[2])-2, 3)
	}
	if m := halfWord.FindStringSubmatch(lower); m != nil {
		return span(m[3], 6*number(m[1], m[2])-5, 6)
	}
	if m := seasonWord.FindStringSubmatch(lower); m != nil {
		s := seasons[m[1]]
		return span(m[2], s[0], s[1])
	}
	if m := monthWord.FindStringSubmatch(lower); m != nil {
		if n := number(m[2]); n >= 1 && n <= 12 {
			return span(m[1], n, 1)
		}
	}
	if m := yearWord.FindStringSubmatch(lower); m != nil {
		return span(m[1], 1, 12)
	}
	if m := beforeWord.FindStringSubmatch(lower); m != nil {
		d, err := ParseDate(m[1])
		if err != nil {
			return Period{}, err
		}
		return Period{Text: text, To: d.AddDays(-1)}, nil
	}
	return Period{}, fmt.Errorf("period %q: want a day (2026-03-14), month (2026-03), quarter (Q1 2026), half (H1 2026), season (autumn 2025) or year (2026)", text)
}
