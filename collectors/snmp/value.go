package snmp

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gosnmp/gosnmp"
)

// longest is how much of one text is kept; real descriptions stay far below.
const longest = 4096

// newlines makes all ends of lines one.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// plain tells whether bytes are printable ASCII and no more than most, as nearly all are.
func plain(raw []byte, most int) bool {
	for _, b := range raw {
		if b < ' ' || b >= 0x7f {
			return false
		}
	}
	return len(raw) <= most
}

// clean makes device bytes a text: NULs and spaces around it go, bytes that are not UTF-8 and control
// characters show as \x1b, so that nothing is lost and nothing breaks a terminal, page or file. A
// text longer than most is cut and ends with "…".
func clean(raw []byte, most int) string {
	if plain(raw, most) {
		return string(bytes.Trim(raw, " "))
	}
	trimmed := strings.Trim(string(raw), "\x00 \t\r\n")
	raw = []byte(newlines.Replace(trimmed))
	var b strings.Builder
	for len(raw) > 0 {
		if b.Len() > most {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRune(raw)
		switch {
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\n' && r != '\t', r == 0x7f, r >= 0x80 && r < 0xa0:
			for _, c := range raw[:size] {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			b.Write(raw[:size])
		}
		raw = raw[size:]
	}
	return b.String()
}

// text gives a varbind as a text, or nothing when it is none.
func text(pdu gosnmp.SnmpPDU) string {
	switch v := pdu.Value.(type) {
	case []byte:
		return clean(v, longest)
	case string:
		return clean([]byte(strings.TrimPrefix(v, ".")), longest)
	}
	if n, ok := number(pdu); ok {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// number gives a varbind as an integer. Counter64 values above 2^63-1 are no integer here; use
// float for counters.
func number(pdu gosnmp.SnmpPDU) (int64, bool) {
	switch v := pdu.Value.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case uint:
		return int64(v), uint64(v) <= math.MaxInt64
	case uint32:
		return int64(v), true
	case uint64:
		return int64(v), v <= math.MaxInt64
	}
	return 0, false
}

// float gives a varbind as a floating-point number, for samples.
func float(pdu gosnmp.SnmpPDU) (float64, bool) {
	switch v := pdu.Value.(type) {
	case uint64:
		return float64(v), true
	case float32:
		return float64(v), true
	case float64:
		return v, true
	}
	n, ok := number(pdu)
	return float64(n), ok
}

// macOf gives a hardware address of six bytes as lower-case hex with colons. Addresses of other
// lengths and all zeroes are none.
func macOf(pdu gosnmp.SnmpPDU) string {
	b, ok := pdu.Value.([]byte)
	if !ok || len(b) != 6 || string(b) == "\x00\x00\x00\x00\x00\x00" {
		return ""
	}
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5])
}

// oidNumbers splits "1.3.6" or ".1.3.6" into its numbers.
func oidNumbers(oid string) ([]uint32, bool) {
	oid = strings.TrimPrefix(oid, ".")
	if oid == "" {
		return nil, false
	}
	numbers := make([]uint32, 0, 16)
	for part := range strings.SplitSeq(oid, ".") {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, uint32(n))
	}
	return numbers, true
}

// compareOIDs orders two dotted OIDs (or indexes) number by number.
func compareOIDs(a, b string) int {
	a, b = strings.TrimPrefix(a, "."), strings.TrimPrefix(b, ".")
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if x != y {
			// Without leading zeroes the longer number is the larger.
			if len(x) != len(y) {
				return len(x) - len(y)
			}
			return strings.Compare(x, y)
		}
	}
	return len(a) - len(b)
}
