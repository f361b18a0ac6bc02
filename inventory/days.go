package inventory

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// DaysKept is how many days back it is remembered on which of them something was seen: a quarter, so that
// what runs once a month shows as that.
const DaysKept = 90

// highMask leaves the bits that DaysKept has beyond 64.
const highMask = 1<<(DaysKept-64) - 1

// Days is a set of calendar days in UTC. Only the DaysKept days up to the latest one are remembered, so
// that a set takes 16 bytes; the order in which days are added does not matter. The zero value is empty.
//
// As text it is the latest day and, in hexadecimal, one bit for each day back from it: "2026-11-22:5" is
// that day and the one two days before.
type Days struct {
	last Date
	high uint32 // 64 days before last and further back
	low  uint64 // bit 0: last itself
}

// Last is the latest day; unknown when the set is empty.
func (d Days) Last() Date { return d.last }

// Count tells how many of the remembered days are in the set.
func (d Days) Count() int { return bits.OnesCount64(d.low) + bits.OnesCount32(d.high) }

// With adds a day.
func (d Days) With(day Date) Days { return d.Union(Days{last: day, low: 1}) }

// Union gives the days that are in either set.
func (d Days) Union(e Days) Days {
	if e.last > d.last {
		d, e = e, d
	}
	e = e.upTo(d.last)
	return Days{d.last, d.high | e.high, d.low | e.low}
}

// upTo counts the days back from a later day; those that are too far back from it are forgotten.
func (d Days) upTo(last Date) Days {
	n := uint(last - d.last)
	switch {
	case d.low == 0 && d.high == 0, n >= DaysKept:
		return Days{last: last}
	case n >= 64:
		return Days{last: last, high: uint32(d.low<<(n-64)) & highMask}
	}
	high := uint64(d.high)<<n | d.low>>(64-n)
	return Days{last, uint32(high & highMask), d.low << n}
}

// Equal tells whether both hold the same days.
func (d Days) Equal(e Days) bool { return d == e }

// MarshalText gives the text form.
func (d Days) MarshalText() ([]byte, error) {
	if d.last == 0 {
		return nil, nil
	}
	mask := strconv.FormatUint(d.low, 16)
	if d.high != 0 {
		mask = fmt.Sprintf("%x%016x", d.high, d.low)
	}
	return []byte(d.last.String() + ":" + mask), nil
}

// UnmarshalText reads the text form.
func (d *Days) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Days{}
		return nil
	}
	day, mask, _ := strings.Cut(string(text), ":")
	last, err := ParseDate(day)
	cut := max(0, len(mask)-16)
	low, errLow := strconv.ParseUint(mask[cut:], 16, 64)
	var high uint64
	var errHigh error
	if cut > 0 {
		high, errHigh = strconv.ParseUint(mask[:cut], 16, 32)
	}
	if err != nil || !last.Known() || errLow != nil || errHigh != nil || high > highMask || low&1 == 0 {
		return fmt.Errorf("days %q: want the latest day and a bit for each day back from it, at most %d, as 2026-11-22:5", text, DaysKept)
	}
	*d = Days{last, uint32(high), low}
	return nil
}
