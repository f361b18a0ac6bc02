package inventory

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Milli is a figure of up to three decimals, kept as whole thousandths so that sums are exact: kilowatts
// are kept as watts, 2.5 full-time equivalents as 2,500. It reads and writes as the decimal number.
type Milli int

// Float gives the figure as a floating-point number.
func (m Milli) Float() float64 { return float64(m) / 1000 }

// String writes the figure plainly, without zeros at the end: "12.5".
func (m Milli) String() string { return strconv.FormatFloat(m.Float(), 'f', -1, 64) }

// MarshalJSON writes the figure as a number.
func (m Milli) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalJSON reads a number.
func (m *Milli) UnmarshalJSON(data []byte) error {
	return m.read(func(v any) error { return json.Unmarshal(data, v) })
}

// UnmarshalYAML reads a number.
func (m *Milli) UnmarshalYAML(unmarshal func(any) error) error { return m.read(unmarshal) }

// read refuses what a size cannot be, and what rounding would make another figure.
func (m *Milli) read(unmarshal func(any) error) error {
	var v float64
	if err := unmarshal(&v); err != nil {
		return err
	}
	whole := math.Round(1000 * v)
	if !(v >= 0 && v <= math.MaxInt32) || math.Abs(1000*v-whole) > 1e-3 {
		return fmt.Errorf("figure %g: want 0 or more with at most three decimals, for example 12.5", v)
	}
	*m = Milli(whole)
	return nil
}
