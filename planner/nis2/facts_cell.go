package nis2

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/samdrift/samdrift/inventory"
)

// never is the end of what has no end, and notYet the day of what has not been done.
var (
	never  = inventory.NewDate(9999, time.December, 31)
	notYet = inventory.NewDate(1900, time.January, 1)
)

// field is one column of a dataset and where its value goes.
type field struct {
	name string
	into any      // *string, *present, *inventory.Date, *time.Time, *int, **bool, **int or **float64
	need bool     // may not be empty
	of   []string // the only values of a text
	most float64  // the largest number; 0: no limit. At most 1 is a share, which may also stand as "4,2 %"
	past bool     // a day that cannot come after the data were taken
	open bool     // a day that may be "none" or "ingen"
	sign bool     // a number that may be below zero
}

// set reads a cell. An empty one leaves the value unknown.
func (f field) set(text string, taken inventory.Date) (err error) {
	if text == "" {
		if f.need {
			return errors.New("is empty")
		}
		return nil
	}
	switch into := f.into.(type) {
	case *string:
		*into = text
		if f.of != nil {
			*into = strings.ToLower(text)
			if !slices.Contains(f.of, *into) {
				return fmt.Errorf("%q is none of %v", text, f.of)
			}
		}
	case *present:
		*into = true
	case *inventory.Date:
		if *into, err = f.day(text); err == nil && f.past && *into > taken {
			return fmt.Errorf("%q is after %s, the day on which the data were taken", text, taken)
		}
	case *time.Time:
		if *into, err = time.Parse(time.RFC3339, text); err != nil {
			return fmt.Errorf("%q: want date, time and zone, for example 2026-11-21T14:30:00+01:00", text)
		}
		if day := inventory.DateOf(into.UTC()); into.Year() < firstYear || f.past && day > taken {
			return fmt.Errorf("%q is before %d or after %s, the day on which the data were taken", text, firstYear, taken)
		}
	case **bool:
		*into, err = yesNo(text)
	case *int:
		*into, err = f.whole(text)
	case **int:
		n, wrong := f.whole(text)
		*into, err = &n, wrong
	case **float64:
		*into, err = f.number(text)
	default:
		return fmt.Errorf("no way to read a %T", into)
	}
	return err
}

// firstYear is before anything that is told here happened; an older day is a slip.
const firstYear = 1990

// day reads a date as 2026-12-24, 24-12-2026 or 24.12.2026. With strokes it could be American, so it is
// refused.
func (f field) day(text string) (inventory.Date, error) {
	if f.open && (strings.EqualFold(text, "none") || strings.EqualFold(text, "ingen")) {
		if f.past {
			return notYet, nil
		}
		return never, nil
	}
	for _, layout := range []string{time.DateOnly, "2-1-2006", "2.1.2006"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= firstYear {
			return inventory.DateOf(t), nil
		}
	}
	return 0, fmt.Errorf("%q: want a date as 2026-12-24 or 24-12-2026", text)
}

func yesNo(text string) (*bool, error) {
	var yes bool
	switch strings.ToLower(text) {
	case "true", "yes", "ja", "1":
		yes = true
	case "false", "no", "nej", "0":
	default:
		return nil, fmt.Errorf("%q: want yes or no (ja, nej, true, false, 1, 0), or nothing when it is unknown", text)
	}
	return &yes, nil
}

// number reads a number with decimal point or comma.
func (f field) number(text string) (*float64, error) {
	digits, percent := strings.CutSuffix(text, "%")
	if !strings.Contains(digits, ".") {
		digits = strings.Replace(digits, ",", ".", 1)
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if percent {
		n /= 100
	}
	if err != nil || math.IsNaN(n) || n < 0 && !f.sign || percent && f.most != 1 || f.most > 0 && n > f.most || math.IsInf(n, 0) {
		return nil, fmt.Errorf("%q: want a number%s", text, f.limit())
	}
	return &n, nil
}

func (f field) whole(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || f.most > 0 && float64(n) > f.most {
		return 0, fmt.Errorf("%q: want a whole number%s", text, f.limit())
	}
	return n, nil
}

func (f field) limit() string {
	if f.most > 0 {
		return fmt.Sprintf(" from 0 to %g", f.most)
	}
	if f.sign {
		return ""
	}
	return " from 0"
}

// personal tells whether a text looks like a person: an e-mail address, or words such as a name has.
func personal(text string) bool {
	if strings.Contains(text, "@") {
		return true
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '.' || r == ',' })
	if len(words) < 2 {
		return false
	}
	for _, w := range words {
		for _, r := range w {
			if !unicode.IsLetter(r) && r != '-' && r != '\'' {
				return false
			}
		}
	}
	return true
}

// keyOf is a key in place of a name. Whoever has the name can work the key out, so it is a pseudonym and
// hides nothing from the municipality itself, which must find the account again.
func keyOf(municipality, text string) string {
	sum := sha256.Sum256([]byte(municipality + ":" + strings.ToLower(text)))
	return "key:" + hex.EncodeToString(sum[:6])
}
