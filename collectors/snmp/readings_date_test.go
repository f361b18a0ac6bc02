package snmp

import (
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// Days are told in each maker's way, and a day that nobody can be sure of is none.
func TestDates(t *testing.T) {
	c := clock{now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), uptime: 400 * 24 * time.Hour}
	words := func(s string) gosnmp.SnmpPDU {
		return gosnmp.SnmpPDU{Type: gosnmp.OctetString, Value: []byte(s)}
	}
	ticks := func(after time.Duration) gosnmp.SnmpPDU {
		return gosnmp.SnmpPDU{Type: gosnmp.TimeTicks, Value: uint32(after / (10 * time.Millisecond))}
	}
	seconds := func(n int) gosnmp.SnmpPDU { return gosnmp.SnmpPDU{Type: gosnmp.Integer, Value: n} }
	const day = 24 * time.Hour
	for _, x := range []struct {
		name, way   string
		raw, engine gosnmp.SnmpPDU
		want        string
	}{
		{"the month comes first", "american", words("08/28/2026"), gosnmp.SnmpPDU{}, "2026-08-28"},
		{"two digits of the year", "american", words("1/2/26"), gosnmp.SnmpPDU{}, "2026-01-02"},
		{"today", "american", words("11/21/2026"), gosnmp.SnmpPDU{}, "2026-11-21"},
		{"a clock that is ahead", "american", words("11/22/2026"), gosnmp.SnmpPDU{}, ""},
		{"a clock that was never set", "american", words("01/01/1980"), gosnmp.SnmpPDU{}, ""},
		{"no thirteenth month", "american", words("28/08/2026"), gosnmp.SnmpPDU{}, ""},
		{"never", "american", words("Unknown"), gosnmp.SnmpPDU{}, ""},
		{"nothing", "american", gosnmp.SnmpPDU{}, gosnmp.SnmpPDU{}, ""},

		{"since the start", datedUptime, ticks(390 * day), gosnmp.SnmpPDU{}, "2026-11-11"},
		{"more than a year ago", datedUptime, ticks(day), gosnmp.SnmpPDU{}, "2025-10-18"},
		{"the agent counts the same", datedUptime, ticks(390 * day), seconds(400 * 86400), "2026-11-11"},
		{"the uptime has begun anew", datedUptime, ticks(390 * day), seconds(897 * 86400), ""},
		{"of an earlier start", datedUptime, ticks(401 * day), gosnmp.SnmpPDU{}, ""},
		{"zero is never", datedUptime, ticks(0), gosnmp.SnmpPDU{}, ""},
		{"no number", datedUptime, words("soon"), gosnmp.SnmpPDU{}, ""},
	} {
		if got := dates[x.way](x.raw, x.engine, c).String(); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}
