package snmp

import (
	"maps"
	"slices"
	"strconv"
	"sync"
)

// dot1dBasePortIfIndex (BRIDGE-MIB, RFC 4188) tells which interface a port of the bridge is.
const dot1dBasePortIfIndex = ".1.3.6.1.2.1.17.1.4.1.2"

// bridge is the numbering of a device's bridge ports. Several tables need it; it is read once.
type bridge struct {
	once  sync.Once
	grid  *grid
	ports map[int]int // ifIndex by bridge port

	sorted  []int // the bridge ports
	byIndex bool  // they are numbered by ifIndex
}

// read reads the numbering if nobody has yet.
func (b *bridge) read(s *session) *bridge {
	b.once.Do(func() {
		b.grid = s.walk(dot1dBasePortIfIndex)
		b.ports = basePorts(b.grid)
		b.sorted = slices.Sorted(maps.Keys(b.ports))
		b.byIndex = true
		for port, ifIndex := range b.ports {
			b.byIndex = b.byIndex && port == ifIndex
		}
	})
	return b
}

// basePorts gives the ifIndex of each bridge port in a walk of dot1dBasePortIfIndex.
func basePorts(g *grid) map[int]int {
	ports := map[int]int{}
	for port, pdu := range g.cells[0] {
		n, err := strconv.Atoi(port)
		if index, ok := number(pdu); ok && err == nil && index > 0 {
			ports[n] = int(index)
		}
	}
	return ports
}

// interfaceOf gives the ifIndex behind a bridge port. Agents that tell no numbering, or one that leads
// to no interface, count their bridge ports as their interfaces. TP-Link numbers the ports by ifIndex
// and still counts them from one in its tables. Routers number bridge ports that are no interface's.
func (b *bridge) interfaceOf(port int, l *look) (ifIndex int, ok bool) {
	if ifIndex, ok = b.ports[port]; ok && l.interfaceAt(ifIndex) != nil {
		return ifIndex, true
	}
	if !ok && len(b.grid.cells[0]) > 0 {
		if l.madeBy(makerTPLink) && b.byIndex && port >= 1 && port <= len(b.sorted) {
			return b.sorted[port-1], true
		}
		return 0, false
	}
	return port, l.interfaceAt(port) != nil
}
