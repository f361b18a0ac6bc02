package inventory

import (
	"fmt"
	"time"
)

// Date is a calendar day without a time zone, counted in days since 1970-01-01.
// The zero value means "not known". It reads and writes as ISO 8601 ("2027-12-31").
type Date int32

// NewDate gives the date of a year, month and day.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf gives the calendar day of t in t's own time zone.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return 0
	}
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads "2006-01-02". An empty text gives the unknown date.
func ParseDate(text string) (Date, error) {
	if text == "" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("date %q: want YYYY-MM-DD, for example 2027-12-31", text)
	}
	return DateOf(t), nil
}

// Known tells whether the date is known.
func (d Date) Known() bool { return d != 0 }

// Time gives midnight UTC of the day, or the zero time when the date is unknown.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(int64(d)*86400, 0).UTC()
}

// AddDays gives the date n days later (earlier when n is negative).
func (d Date) AddDays(n int) Date { return d + Date(n) }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// Monday gives the first day of the date's week.
func (d Date) Monday() Date { return d - Date(d.Weekday()+6)%7 }

// String gives the ISO text, or an empty string when the date is unknown.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes the ISO text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO text.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
