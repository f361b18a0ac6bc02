package snmp

import (
	"cmp"
	"math"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// verdicts are what a state means for whoever looks after the device, by their number in samples.
var verdicts = []string{"ok", "warning", "critical", "unknown"}

// splitState parts a state's meaning into the verdict and the device's own word, which is the verdict
// where none is given.
func splitState(meaning string) (verdict, word string) {
	verdict, word, _ = strings.Cut(meaning, " ")
	return verdict, cmp.Or(word, verdict)
}

// conversions turn what a device measures into the unit of the class.
var conversions = map[string]func(float64) float64{
	"fahrenheit": func(f float64) float64 { return (f - 32) / 1.8 },
	"milliwatts": func(mw float64) float64 { return 10 * math.Log10(mw) },
	"microwatts": func(uw float64) float64 { return 10 * math.Log10(uw/1000) },
	"hours":      func(h float64) float64 { return h * 60 },
	"seconds":    func(s float64) float64 { return s / 60 },
}

// placeholder is a part of a name that is filled in: {column}, {column@from:to}, {#}, {#n}.
var placeholder = regexp.MustCompile(`\{[^{}]+\}`)

// leading is the number that a text starts with.
var leading = regexp.MustCompile(`^\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)`)

// rows is what was read of a table: cells by column and index.
type rows map[string]map[string]gosnmp.SnmpPDU

// cell gives a column's value in a row. A reference "column@from:to" takes only the numbers from..to
// of the index, counted from 0, or from its end when negative; either may be left out.
func (r rows) cell(reference, index string) gosnmp.SnmpPDU {
	column, part, cut := strings.Cut(reference, "@")
	if cut {
		index = partOf(index, part)
	}
	return r[column][index]
}

// partOf gives the numbers from..to of an index, or nothing when it has not so many.
func partOf(index, part string) string {
	numbers := strings.Split(index, ".")
	bound := func(text string, otherwise int) int {
		n, err := strconv.Atoi(text)
		switch {
		case err != nil:
			return otherwise
		case n < 0:
			return n + len(numbers)
		}
		return n
	}
	from, to, _ := strings.Cut(part, ":")
	a, b := bound(from, 0), bound(to, len(numbers))
	if a < 0 || b > len(numbers) || a >= b {
		return ""
	}
	return strings.Join(numbers[a:b], ".")
}

// sensor makes the reading of one row, if there is one.
func (r *reading) sensor(table rows, index string, c clock) (measurement, bool) {
	raw := table[r.Value][index]
	if !r.applies(table, index) || slices.Contains(r.Skip, text(raw)) {
		return measurement{}, false
	}
	s := measurement{Sensor: inventory.Sensor{
		OID: strings.TrimPrefix(r.Value, ".") + "." + index, Class: r.Class, Unit: units[r.Class], Name: r.nameOf(table, index),
	}, room: r.Room}
	if r.Class == "date" {
		day := dates[r.Dated](raw, table[engineTime][index], c)
		s.Value = float64(day)
		return s, day.Known()
	}
	value, ok := r.number(raw)
	if !ok {
		return s, false
	}
	if r.Class == "state" {
		s.Value = value
		if meaning, known := r.States.numbers[int(value)]; known {
			s.verdict, s.State = splitState(meaning)
		}
		return s, true
	}
	s.Value, ok = r.scaled(value, table, index)
	if ok && len(r.Range) == 2 {
		ok = s.Value >= r.Range[0] && s.Value <= r.Range[1]
	}
	return s, ok && (r.Class != "temperature" || !implausible(r.Class, s.Value))
}

// applies tells whether the row is one of those that the reading means.
func (r *reading) applies(table rows, index string) bool {
	if r.Index.Regexp != nil && !r.Index.MatchString(index) {
		return false
	}
	for reference, p := range r.When {
		if !p.MatchString(text(table.cell(reference, index))) {
			return false
		}
	}
	for reference, p := range r.Unless {
		if p.MatchString(text(table.cell(reference, index))) {
			return false
		}
	}
	return true
}

// number gives the raw value as a number: of a text what it starts with, of a state told in words the
// number that stands for it.
func (r *reading) number(raw gosnmp.SnmpPDU) (float64, bool) {
	if r.Bits {
		return firstBit(raw)
	}
	if value, ok := float(raw); ok {
		return value, !math.IsNaN(value) && !math.IsInf(value, 0)
	}
	words := text(raw)
	if len(r.Texts) > 0 {
		n, ok := r.Texts[strings.ToLower(words)]
		return float64(n), ok
	}
	if r.Pattern.Regexp != nil {
		words = r.Pattern.find(words)
	}
	m := leading.FindStringSubmatch(words)
	if m == nil {
		return 0, false
	}
	value, err := strconv.ParseFloat(m[1], 64)
	return value, err == nil && !math.IsInf(value, 0)
}

// firstBit counts to the first bit that is set in a string of them, or gives 0 when none is.
func firstBit(raw gosnmp.SnmpPDU) (float64, bool) {
	set, ok := raw.Value.([]byte)
	for i, b := range set {
		if b != 0 {
			return float64(8*i + bits.LeadingZeros8(b) + 1), true
		}
	}
	return 0, ok
}

// scaled brings a raw number into the unit of the class.
func (r *reading) scaled(value float64, table rows, index string) (float64, bool) {
	value = value * cmp.Or(r.Multiply, 1) / cmp.Or(r.Divide, 1)
	if r.Decimals != "" {
		n, ok := number(table.cell(r.Decimals, index))
		if !ok || n < -12 || n > 12 {
			return 0, false
		}
		value /= math.Pow10(int(n))
	}
	if r.Scale != "" {
		n, _ := float(table.cell(r.Scale, index))
		switch {
		case n < 0:
			value /= -n
		case n > 0:
			value *= n
		}
	}
	value += r.Add
	if r.Convert != "" {
		value = conversions[r.Convert](value)
	}
	// Twelve digits are more than any device has; the rest is noise of dividing.
	value, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 12, 64), 64)
	return value, err == nil && !math.IsNaN(value) && !math.IsInf(value, 0)
}

// nameOf fills in the name: {column} and {column@from:to} with another column's text, {#} with the
// index, {#n} with its n-th number, counted from 1 or, when negative, from its end. Where a device does
// not tell the first of them, the index stands in.
func (r *reading) nameOf(table rows, index string) string {
	first := true
	name := placeholder.ReplaceAllStringFunc(r.Name, func(p string) string {
		p = p[1 : len(p)-1]
		told := text(table.cell(p, index))
		if nth, ok := strings.CutPrefix(p, "#"); ok {
			told = indexNumber(index, nth)
		}
		if told == "" && first && len(placeholder.FindString(r.Name)) < len(r.Name) {
			told = index
		}
		first = false
		return told
	})
	name = strings.Join(strings.Fields(name), " ")
	return cmp.Or(name, strings.TrimSpace(r.Class+" "+index))
}

func indexNumber(index, nth string) string {
	n, err := strconv.Atoi(nth)
	switch {
	case err != nil:
		return index
	case n > 0:
		n--
	}
	numbers := strings.Split(index, ".")
	if n < 0 {
		n += len(numbers)
	}
	if n < 0 || n >= len(numbers) {
		return ""
	}
	return numbers[n]
}
