package snmp

import (
	"regexp"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// clock is what days are worked out from: when the device was looked at, and how long it said it had
// been up.
type clock struct {
	now    time.Time
	uptime time.Duration
}

// engineTime is snmpEngineTime, the seconds since the agent started. Unlike sysUpTime, which begins anew
// after 497 days, it counts for 68 years.
const engineTime = ".1.3.6.1.6.3.10.2.1.3"

const datedUptime = "uptime"

// dates are the ways in which devices tell a day. Each gives the unknown day for what is none, and for one
// that has not come yet: a device whose clock is wrong tells nothing.
var dates = map[string]func(raw, engine gosnmp.SnmpPDU, c clock) inventory.Date{
	"american":  americanDate,
	datedUptime: uptimeDate,
}

var americanShape = regexp.MustCompile(`^\d{1,2}/\d{1,2}/(\d{2}|\d{4})$`)

// americanDate reads month, day and year of two or four digits.
func americanDate(raw, _ gosnmp.SnmpPDU, c clock) inventory.Date {
	shape := americanShape.FindStringSubmatch(text(raw))
	if shape == nil {
		return 0
	}
	layout := "1/2/2006"
	if len(shape[1]) == 2 {
		layout = "1/2/06"
	}
	at, err := time.Parse(layout, shape[0])
	if err != nil || at.Year() < 1990 || inventory.DateOf(at) > inventory.DateOf(c.now) {
		return 0
	}
	return inventory.DateOf(at)
}

// uptimeDate reads a TimeStamp: what sysUpTime was at the time, in hundredths of a second. Zero stands for
// never, and one that is larger than the uptime is of an earlier start. Once the uptime may have begun anew
// nobody can tell.
func uptimeDate(raw, engine gosnmp.SnmpPDU, c clock) inventory.Date {
	ticks, ok := number(raw)
	then := time.Duration(ticks) * 10 * time.Millisecond
	if up, told := number(engine); !ok || ticks <= 0 || then > c.uptime || told && up >= wrap/100 {
		return 0
	}
	return inventory.DateOf(c.now.Add(then - c.uptime))
}
