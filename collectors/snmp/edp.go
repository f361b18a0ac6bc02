package snmp

import (
	"fmt"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of extremeEdpTable (EXTREME-EDP-MIB). Its index is the ifIndex and the neighbour's identity.
const (
	edpName = iota
	edpSlot
	edpPort
)

var edpColumns = []string{
	edpName: ".1.3.6.1.4.1.1916.1.13.2.1.3",
	edpSlot: ".1.3.6.1.4.1.1916.1.13.2.1.5",
	edpPort: ".1.3.6.1.4.1.1916.1.13.2.1.6",
}

// readEDP reads the neighbours of Extreme's own protocol.
func readEDP(s *session, l *look) inventory.TableStatus {
	if !l.madeBy(makerExtreme) {
		return inventory.TableStatus{State: inventory.TableAbsent}
	}
	g := s.walk(edpColumns...)
	ports := newLocalPorts(l.asset.Interfaces)
	for _, index := range g.indexes() {
		numbers, ok := oidNumbers(index)
		if !ok {
			continue
		}
		n := inventory.Neighbour{Protocol: "edp", LocalPort: ports.name(int(numbers[0])), RemoteName: g.text(edpName, index)}
		if port, told := number(g.cells[edpPort][index]); told {
			n.RemotePort = fmt.Sprintf("%d:%d", g.number(edpSlot, index), port)
		}
		l.addNeighbour(n)
	}
	return status(g)
}
