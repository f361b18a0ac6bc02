package responder

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OID is an object identifier.
type OID []uint32

// ParseOID reads "1.3.6.1", with or without a leading dot.
func ParseOID(text string) (OID, error) {
	var o OID
	for part := range strings.SplitSeq(strings.TrimPrefix(text, "."), ".") {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("OID %q: %q is not a number", text, part)
		}
		o = append(o, uint32(n))
	}
	return o, nil
}

// MustOID is ParseOID for texts that stand in the program.
func MustOID(text string) OID {
	o, err := ParseOID(text)
	if err != nil {
		panic(err)
	}
	return o
}

// String gives the numbers with dots.
func (o OID) String() string {
	parts := make([]string, len(o))
	for i, n := range o {
		parts[i] = strconv.FormatUint(uint64(n), 10)
	}
	return strings.Join(parts, ".")
}

// With gives the OID with more numbers after it.
func (o OID) With(more ...uint32) OID { return append(slices.Clone(o), more...) }

func (o OID) hasPrefix(p OID) bool { return len(o) >= len(p) && slices.Equal(o[:len(p)], p) }

// Value is what an object is worth at a moment.
type Value struct {
	tag    byte
	number uint64
	octets []byte
	oid    OID
}

// Integer is a signed number.
func Integer(n int64) Value { return Value{tag: tagInteger, number: uint64(n)} }

// Octets is a byte string.
func Octets(b []byte) Value { return Value{tag: tagOctets, octets: b} }

// Text is a byte string that people read.
func Text(s string) Value { return Octets([]byte(s)) }

// Object is an object identifier.
func Object(o OID) Value { return Value{tag: tagOID, oid: o} }

// IP is an IPv4 address.
func IP(a netip.Addr) Value { return Value{tag: tagIP, octets: a.AsSlice()} }

// Counter32 is a counter that starts again at 2^32.
func Counter32(n uint64) Value { return Value{tag: tagCounter32, number: n & 0xffffffff} }

// Gauge32 is a level, held at the largest that fits.
func Gauge32(n uint64) Value { return Value{tag: tagGauge32, number: min(n, 0xffffffff)} }

// Ticks is a time span in hundredths of a second.
func Ticks(d time.Duration) Value {
	return Value{tag: tagTicks, number: uint64(max(0, d)/(10*time.Millisecond)) & 0xffffffff}
}

// Counter64 is a counter of 64 bits, which SNMPv1 cannot carry.
func Counter64(n uint64) Value { return Value{tag: tagCounter64, number: n} }

// Opaque is wrapped BER, which some agents carry floating-point numbers in.
func Opaque(b []byte) Value { return Value{tag: tagOpaque, octets: b} }

// Null is a value that is none.
func Null() Value { return Value{tag: tagNull} }

// append appends the value in BER.
func (v Value) append(to []byte) []byte {
	switch v.tag {
	case tagInteger:
		return appendInteger(to, int64(v.number))
	case tagOctets, tagIP, tagOpaque:
		return appendTLV(to, v.tag, v.octets)
	case tagOID:
		return appendOID(to, v.oid)
	case tagCounter32, tagGauge32, tagTicks, tagCounter64:
		return appendUnsigned(to, v.tag, v.number)
	}
	return append(to, v.tag, 0) // null and the exceptions of version 2
}

// column is one object type: an OID and, under it, rows by their index in ascending order.
type column struct {
	oid  OID
	rows []OID
	get  func(row int, now time.Time) Value
}

// View is all that a device serves. Values are worked out when asked for, so a view is small
// however much it shows. Build it with Scalar and Column, then Seal it.
type View struct {
	columns []column
}

// Scalar adds an object with one instance, .0.
func (v *View) Scalar(oid OID, get func(now time.Time) Value) {
	v.Column(oid, []OID{{0}}, func(_ int, now time.Time) Value { return get(now) })
}

// Column adds a table's column. The rows' indexes must ascend; columns may share them.
func (v *View) Column(oid OID, rows []OID, get func(row int, now time.Time) Value) {
	if len(rows) > 0 {
		v.columns = append(v.columns, column{oid: oid, rows: rows, get: get})
	}
}

// Seal puts the view in order and reports what a device could not serve.
func (v *View) Seal() error {
	slices.SortFunc(v.columns, func(a, b column) int { return slices.Compare(a.oid, b.oid) })
	for i, c := range v.columns {
		if !slices.IsSortedFunc(c.rows, func(a, b OID) int { return slices.Compare(a, b) }) {
			return fmt.Errorf("column %s: rows do not ascend", c.oid)
		}
		if i > 0 && c.oid.hasPrefix(v.columns[i-1].oid) {
			return fmt.Errorf("column %s lies inside column %s", c.oid, v.columns[i-1].oid)
		}
	}
	return nil
}

// get gives the value of an instance; ok is false when there is none, and object then tells
// whether there are other instances of the same object.
func (v *View) get(o OID, now time.Time) (value Value, object, ok bool) {
	i, found := slices.BinarySearchFunc(v.columns, o, func(c column, o OID) int { return slices.Compare(c.oid, o) })
	if !found {
		i--
	}
	if i < 0 || !o.hasPrefix(v.columns[i].oid) {
		return Value{}, false, false
	}
	c := v.columns[i]
	row, found := slices.BinarySearchFunc(c.rows, o[len(c.oid):], func(a, b OID) int { return slices.Compare(a, b) })
	if !found {
		return Value{}, true, false
	}
	return c.get(row, now), true, true
}

// next gives the first instance after an OID.
func (v *View) next(o OID, now time.Time) (OID, Value, bool) {
	i, found := slices.BinarySearchFunc(v.columns, o, func(c column, o OID) int { return slices.Compare(c.oid, o) })
	if !found && i > 0 && o.hasPrefix(v.columns[i-1].oid) {
		c := v.columns[i-1]
		row, exact := slices.BinarySearchFunc(c.rows, o[len(c.oid):], func(a, b OID) int { return slices.Compare(a, b) })
		if exact {
			row++
		}
		if row < len(c.rows) {
			return c.oid.With(c.rows[row]...), c.get(row, now), true
		}
	}
	if i == len(v.columns) {
		return nil, Value{}, false
	}
	c := v.columns[i]
	return c.oid.With(c.rows[0]...), c.get(0, now), true
}
