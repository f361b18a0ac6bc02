// Package recording turns the recorded answers of a real device (.snmprec, the format of snmpsim)
// into a view that a responder serves, so that the collector can be tried on devices that are not at
// hand. Read gives the view of one file; Serve answers for a device and its contexts on one socket.
package recording

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
)

// The tags of .snmprec lines: BER's, in decimal.
const (
	tagInteger   = "2"
	tagOctets    = "4"
	tagNull      = "5"
	tagOID       = "6"
	tagIP        = "64"
	tagCounter32 = "65"
	tagGauge32   = "66"
	tagTicks     = "67"
	tagOpaque    = "68"
	tagCounter64 = "70"
)

// longestLine is the longest line that is read; device configurations are kept in single values.
const longestLine = 16 << 20

// Recording is one recorded device.
type Recording struct {
	View    *responder.View
	Objects int // how many values it has
	Skipped int // lines that are no values: comments and what cannot be served
}

type varbind struct {
	oid   responder.OID
	value responder.Value
}

// Read reads a recording: a line is `OID|tag|value`, in any order; of OIDs that repeat the first
// counts. Lines that cannot be read are skipped and counted, since recordings are edited by hand.
func Read(r io.Reader) (*Recording, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), longestLine)
	var all []varbind
	rec := &Recording{View: &responder.View{}}
	for lines.Scan() {
		v, ok := parse(lines.Text())
		if !ok {
			rec.Skipped++
			continue
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read recording: %w", err)
	}
	slices.SortStableFunc(all, func(a, b varbind) int { return slices.Compare(a.oid, b.oid) })
	all = slices.CompactFunc(all, func(a, b varbind) bool { return slices.Equal(a.oid, b.oid) })
	rec.Objects = len(all)
	// Everything that SNMP names lies below iso (1), so the whole recording is one column.
	rows := make([]responder.OID, len(all))
	for i, v := range all {
		rows[i] = v.oid[1:]
	}
	rec.View.Column(responder.OID{1}, rows, func(row int, _ time.Time) responder.Value { return all[row].value })
	return rec, rec.View.Seal()
}

// parse reads one line.
func parse(line string) (varbind, bool) {
	name, rest, _ := strings.Cut(line, "|")
	tag, text, ok := strings.Cut(rest, "|")
	if !ok {
		return varbind{}, false
	}
	oid, err := responder.ParseOID(strings.TrimSpace(name))
	if err != nil || len(oid) < 2 || oid[0] != 1 {
		return varbind{}, false
	}
	value, err := parseValue(tag, text)
	return varbind{oid, value}, err == nil
}

// parseValue reads a value: the tag may end in x (hexadecimal) or e (backslash escapes).
func parseValue(tag, text string) (responder.Value, error) {
	octets := []byte(text)
	switch {
	case strings.HasSuffix(tag, "x"):
		b, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(text), "0x"))
		if err != nil {
			return responder.Value{}, err
		}
		tag, octets = strings.TrimSuffix(tag, "x"), b
	case strings.HasSuffix(tag, "e"):
		tag, octets = strings.TrimSuffix(tag, "e"), unescape(text)
	}
	switch tag {
	case tagOctets:
		return responder.Octets(octets), nil
	case tagOpaque:
		return responder.Opaque(octets), nil
	case tagNull:
		return responder.Null(), nil
	case tagOID:
		oid, err := responder.ParseOID(strings.TrimSpace(text))
		return responder.Object(oid), err
	case tagIP:
		address, ok := netip.AddrFromSlice(octets)
		if !ok || tag == tagIP && strings.Contains(text, ".") {
			var err error
			if address, err = netip.ParseAddr(strings.TrimSpace(text)); err != nil {
				return responder.Value{}, err
			}
		}
		return responder.IP(address), nil
	case tagInteger:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		return responder.Integer(n), err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return responder.Value{}, err
	}
	switch tag {
	case tagCounter32:
		return responder.Counter32(n), nil
	case tagGauge32:
		return responder.Gauge32(n), nil
	case tagTicks:
		return responder.Ticks(time.Duration(n) * 10 * time.Millisecond), nil
	case tagCounter64:
		return responder.Counter64(n), nil
	}
	return responder.Value{}, fmt.Errorf("tag %q is none of SNMP's", tag)
}

// unescape resolves \n, \r, \t, \\ and \xNN; other backslashes stand for themselves.
func unescape(text string) []byte {
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		i++
		switch text[i] {
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case '\\':
			out = append(out, '\\')
		case 'x':
			if b, err := hex.DecodeString(text[i+1 : min(i+3, len(text))]); err == nil && len(b) == 1 {
				out = append(out, b[0])
				i += 2
				continue
			}
			fallthrough
		default:
			out = append(out, '\\', text[i])
		}
	}
	return out
}
