package snmp

import (
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

const (
	ifInOctets  = ".1.3.6.1.2.1.2.2.1.10"
	ifOutOctets = ".1.3.6.1.2.1.2.2.1.16"
)

// readCounters measures the interfaces. The 32-bit counters, which wrap within seconds on a fast
// port, are asked for only where the device has no 64-bit ones.
func readCounters(s *session, l *look) inventory.TableStatus {
	g := s.walk(counterColumns...)
	rows := g.indexes()
	labels := map[string]map[string]string{}
	short := false
	for _, index := range rows {
		label := map[string]string{"ifIndex": index, "ifName": or(g.text(countName, index), g.text(countDescr, index))}
		labels[index] = label
		if oper, ok := float(g.cells[countOper][index]); ok {
			l.measure("ifOperStatus", label, oper)
		}
		in, hasIn := float(g.cells[countHCIn][index])
		out, hasOut := float(g.cells[countHCOut][index])
		if !hasIn || !hasOut {
			short = true
			continue
		}
		l.measure("ifHCInOctets", label, in)
		l.measure("ifHCOutOctets", label, out)
	}
	if !short {
		return status(g)
	}
	old := s.walk(ifInOctets, ifOutOctets)
	for _, index := range rows {
		if _, has := g.cells[countHCIn][index]; has {
			continue
		}
		if in, ok := float(old.cells[0][index]); ok {
			l.measure("ifInOctets", labels[index], in)
		}
		if out, ok := float(old.cells[1][index]); ok {
			l.measure("ifOutOctets", labels[index], out)
		}
	}
	whole := status(g, old)
	whole.Rows = len(rows)
	return whole
}
