package snmp

import (
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of the interface counters.
const (
	countName = iota
	countDescr
	countOper
	countHCIn
	countHCOut
)

var counterColumns = []string{
	countName:  interfaceColumns[ifName],
	countDescr: interfaceColumns[ifDescr],
	countOper:  interfaceColumns[ifOperStatus],
	countHCIn:  ".1.3.6.1.2.1.31.1.1.1.6",
	countHCOut: ".1.3.6.1.2.1.31.1.1.1.10",
}

// Columns of the old counters, of 32 bits.
const (
	oldIn = iota
	oldOut
	oldSpeed
)

var oldCounterColumns = []string{
	oldIn:    ".1.3.6.1.2.1.2.2.1.10",
	oldOut:   ".1.3.6.1.2.1.2.2.1.16",
	oldSpeed: interfaceColumns[ifSpeed],
}

// readCounters measures the interfaces. The 32-bit counters, which wrap within seconds on a fast
// port, are asked for only where the device has no 64-bit ones, or none that count: there are
// switches that answer every 64-bit counter with zero.
func readCounters(s *session, l *look) inventory.TableStatus {
	g := s.walk(counterColumns...)
	rows := g.indexes()
	labels := map[string]map[string]string{}
	short, counts := false, false
	for _, index := range rows {
		label := l.labels(map[string]string{"ifIndex": index, "ifName": or(g.text(countName, index), g.text(countDescr, index))})
		labels[index] = label
		if oper, ok := float(g.cells[countOper][index]); ok {
			l.sample("ifOperStatus", label, oper)
		}
		in, hasIn := float(g.cells[countHCIn][index])
		out, hasOut := float(g.cells[countHCOut][index])
		short = short || !hasIn || !hasOut
		counts = counts || in > 0 || out > 0
	}
	grids := []*grid{g}
	old, oldCounts := newGrid(len(oldCounterColumns)), false
	if len(rows) > 0 && (short || !counts) {
		old = s.walk(oldCounterColumns...)
		grids = append(grids, old)
		for _, index := range rows {
			oldCounts = oldCounts || old.number(oldIn, index) > 0 || old.number(oldOut, index) > 0
		}
	}
	lost := 0
	for _, index := range rows {
		in, hasIn := float(g.cells[countHCIn][index])
		out, hasOut := float(g.cells[countHCOut][index])
		if hasIn && hasOut && (counts || !oldCounts) {
			l.sample("ifHCInOctets", labels[index], in)
			l.sample("ifHCOutOctets", labels[index], out)
			continue
		}
		speed := old.number(oldSpeed, index)
		if !l.measureOld("ifInOctets", labels[index], old.cells[oldIn][index], speed) ||
			!l.measureOld("ifOutOctets", labels[index], old.cells[oldOut][index], speed) {
			lost++
		}
	}
	whole := status(grids...)
	whole.Rows = len(rows)
	if lost > 0 && whole.Reason == "" {
		whole.Reason = fmt.Sprintf("%d ports have 32-bit counters only, which may wrap more than once between two looks at their speed and are left out: poll more often, or let the device speak SNMPv2c", lost)
	}
	return whole
}

// measureOld measures a 32-bit counter as one that does not wrap. It tells false when too much may
// have passed since the last look to know how often the counter wrapped: then nothing is measured.
func (l *look) measureOld(name string, label map[string]string, pdu gosnmp.SnmpPDU, speed int64) bool {
	raw, ok := number(pdu)
	if !ok {
		return true
	}
	total, sure := l.odometers.read(name+" "+label["ifIndex"], uint32(raw), speed, l.start, l.uptime)
	if sure {
		l.sample(name, label, float64(total))
	}
	return sure
}

// odometers remember one device's 32-bit counters from look to look. A reader that sees the raw
// numbers takes a wrap for a device that started again, and loses four billion bytes.
type odometers map[string]odometer

type odometer struct {
	raw    uint32
	total  uint64
	at     time.Time
	uptime time.Duration // of the device
}

// wrap is what a 32-bit counter can hold.
const wrap = 1 << 32

// read gives the count with all wraps since the first look. speed is the port's, in bit/s, 0 for not
// known; uptime is the device's. sure is false when the counter may have wrapped more than once.
func (o odometers) read(key string, raw uint32, speed int64, at time.Time, uptime time.Duration) (total uint64, sure bool) {
	last, known := o[key]
	now := odometer{raw: raw, total: uint64(raw), at: at, uptime: uptime}
	elapsed := at.Sub(last.at)
	sure = true
	switch moved := uint64(raw - last.raw); { // modulo 2^32, as the counter itself
	case !known || uptime < last.uptime:
		// Nothing to compare with, or the device has started again.
	case speed > 0 && float64(speed)/8*elapsed.Seconds() >= wrap:
		now.total, sure = last.total+moved, false
	case raw < last.raw && speed > 0 && float64(moved)*8 > 1.1*float64(speed)*elapsed.Seconds():
		// More than the port can carry: it was set to zero.
	default:
		now.total = last.total + moved
	}
	o[key] = now
	return now.total, sure
}
