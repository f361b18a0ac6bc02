package snmp

import (
	"net"
	"net/netip"
	"slices"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// What is told of a neighbour, in the order of lldpTable's columns.
const (
	remChassisSubtype = iota
	remChassisID
	remPortSubtype
	remPortID
	remPortDescr
	remSysName
	remSysDescr
)

// lldpTable is where LLDP neighbours are told.
type lldpTable struct {
	makers  []uint32 // only on devices of these; empty: on all
	entry   string
	columns []string // what stands under entry
	port    int      // where the index tells the local port
	ifIndex bool     // it tells it by its ifIndex
}

// lldpTables in the order they are tried; the first with neighbours wins. LLDP-MIB (IEEE 802.1AB) stands
// under 1.0.8802, outside the tree that walks of "all" usually start from.
var lldpTables = []lldpTable{
	{nil, ".1.0.8802.1.1.2.1.4.1.1.", []string{"4", "5", "6", "7", "8", "9", "10"}, 1, false},
	{nil, ".1.3.111.2.802.1.1.13.1.4.1.1.", []string{"5", "6", "7", "8", "9", "10", "11"}, 1, true}, // LLDP-V2-MIB
	{[]uint32{makerNokia}, ".1.3.6.1.4.1.6527.3.1.2.59.4.1.1.", []string{"4", "5", "6", "7", "8", "9", "10"}, 1, true},
	{[]uint32{makerTPLink}, ".1.3.6.1.4.1.11863.6.35.1.2.2.1.", []string{"3", "4", "5", "6", "8", "9", "10"}, 0, true},
}

const (
	lldpLocPortID    = ".1.0.8802.1.1.2.1.3.7.1.3"
	lldpLocPortDescr = ".1.0.8802.1.1.2.1.3.7.1.4"

	chassisSubtypeMAC     = 4
	chassisSubtypeNetwork = 5
	portSubtypeMAC        = 3
	portSubtypeNetwork    = 4
	noMAC                 = "00:00:00:00:00:00"
)

func readLLDP(s *session, l *look) inventory.TableStatus {
	var grids []*grid
	for _, t := range lldpTables {
		if len(t.makers) > 0 && !l.madeBy(t.makers...) {
			continue
		}
		columns := make([]string, len(t.columns))
		for i, column := range t.columns {
			columns[i] = t.entry + column
		}
		g := s.walk(columns...)
		grids = append(grids, g)
		rows := g.indexes()
		if len(rows) == 0 {
			continue
		}
		ports := newLocalPorts(l.asset.Interfaces)
		var told *grid
		switch {
		case l.madeBy(makerMikroTik):
			// It leaves the local port out of the index, and tells it in a table of its own.
			told = s.walk(mtxrNeighborInterface)
			grids = append(grids, told)
		case !t.ifIndex:
			local, b := s.walk(lldpLocPortID, lldpLocPortDescr), l.bridge.read(s)
			ports.learn(l.asset.Interfaces, local, func(port int) (int, bool) { return b.interfaceOf(port, l) }, l.portName)
			grids = append(grids, local, b.grid)
		}
		for _, index := range rows {
			l.addNeighbour(t.neighbour(g, index, ports, told))
		}
		whole := status(grids...)
		whole.Rows = len(rows)
		return whole
	}
	return status(grids...)
}

// neighbour reads one row. told has the ifIndex of its port where the index does not.
func (t lldpTable) neighbour(g *grid, index string, ports *localPorts, told *grid) inventory.Neighbour {
	localPort := ""
	if numbers, ok := oidNumbers(index); ok && len(numbers) > t.port+1 {
		localPort = ports.name(int(numbers[t.port]))
	} else if len(numbers) == 2 { // some agents leave out the time mark
		localPort = ports.name(int(numbers[0]))
	} else if told != nil && present(told.cells[0][index]) {
		localPort = ports.name(int(told.number(0, index)))
	} else {
		g.fault("the index of LLDP neighbours does not tell their local port")
	}
	chassis := lldpID(g.cells[remChassisID][index], g.number(remChassisSubtype, index), chassisSubtypeMAC, chassisSubtypeNetwork)
	if chassis == noMAC {
		chassis = ""
	}
	port := lldpID(g.cells[remPortID][index], g.number(remPortSubtype, index), portSubtypeMAC, portSubtypeNetwork)
	return inventory.Neighbour{
		Protocol: "lldp", LocalPort: localPort,
		RemoteName:     or(g.text(remSysName, index), chassis),
		RemotePort:     or(port, g.text(remPortDescr, index)), // some agents send only one of the two
		RemotePlatform: g.text(remSysDescr, index),
		RemoteID:       plainMAC(chassis),
	}
}

// plainMAC writes a hardware address that a device tells as text like any other, and leaves other texts.
func plainMAC(id string) string {
	if mac, err := net.ParseMAC(id); err == nil && len(mac) == macBytes {
		return mac.String()
	}
	return id
}

// addNeighbour adds a neighbour once. One without any name tells nothing.
func (l *look) addNeighbour(n inventory.Neighbour) {
	if n.RemoteName != "" && !slices.Contains(l.asset.Neighbours, n) {
		l.asset.Neighbours = append(l.asset.Neighbours, n)
	}
}

// lldpID reads an LLDP identifier as its subtype says: hardware address, network address or text.
func lldpID(pdu gosnmp.SnmpPDU, subtype, mac, network int64) string {
	raw, _ := pdu.Value.([]byte)
	switch {
	case subtype == mac && len(raw) == macBytes:
		return macOrZero(pdu)
	case subtype == network && len(raw) > 1: // the first byte is the address family
		if ip, ok := netip.AddrFromSlice(raw[1:]); ok {
			return ip.String()
		}
	}
	return text(pdu)
}
