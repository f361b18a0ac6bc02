package snmp

import (
	"math"
	"strconv"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of ifTable and ifXTable (IF-MIB, RFC 2863); both have the ifIndex as index, so they are
// walked together.
const (
	ifDescr = iota
	ifType
	ifMTU
	ifSpeed
	ifPhysAddress
	ifAdminStatus
	ifOperStatus
	ifName
	ifHighSpeed
	ifAlias
)

var interfaceColumns = []string{
	ifDescr:       ".1.3.6.1.2.1.2.2.1.2",
	ifType:        ".1.3.6.1.2.1.2.2.1.3",
	ifMTU:         ".1.3.6.1.2.1.2.2.1.4",
	ifSpeed:       ".1.3.6.1.2.1.2.2.1.5",
	ifPhysAddress: ".1.3.6.1.2.1.2.2.1.6",
	ifAdminStatus: ".1.3.6.1.2.1.2.2.1.7",
	ifOperStatus:  ".1.3.6.1.2.1.2.2.1.8",
	ifName:        ".1.3.6.1.2.1.31.1.1.1.1",
	ifHighSpeed:   ".1.3.6.1.2.1.31.1.1.1.15",
	ifAlias:       ".1.3.6.1.2.1.31.1.1.1.18",
}

// readInterfaces reads the ports. Rows without any name are left-overs of interfaces that are gone,
// unless the agent names none at all.
func readInterfaces(s *session, l *look) inventory.TableStatus {
	g := s.walk(interfaceColumns...)
	named := len(g.cells[ifDescr])+len(g.cells[ifName]) > 0
	for _, index := range g.indexes() {
		n, err := strconv.Atoi(index)
		if err != nil {
			g.fault("interface index %s is not one number", index)
			continue
		}
		name, descr := l.portName(g.text(ifName, index)), g.text(ifDescr, index)
		_, described := g.cells[ifDescr][index]
		if named && name == "" && !described {
			continue
		}
		i := inventory.Interface{
			Index: n,
			Descr: or(descr, g.text(ifName, index)),
			Name:  or(name, l.portName(descr)),
			Alias: g.text(ifAlias, index),
			MTU:   int(g.number(ifMTU, index)),
			MAC:   macOrZero(g.cells[ifPhysAddress][index]),
			Admin: stateName(g.cells[ifAdminStatus][index]),
			Oper:  stateName(g.cells[ifOperStatus][index]),
		}
		if number, ok := number(g.cells[ifType][index]); ok {
			i.Type = ifTypeName(number)
		}
		i.SpeedBPS = speed(g.number(ifSpeed, index), g.number(ifHighSpeed, index))
		l.asset.Interfaces = append(l.asset.Interfaces, i)
	}
	grids := []*grid{g, readPortAliases(s, l)}
	if l.madeBy(makerJuniper) {
		grids = append(grids, readStackPorts(s, l))
	}
	whole := status(grids...)
	whole.Rows = len(l.asset.Interfaces)
	return whole
}

// macOrZero is macOf, but tells of a port that says its hardware address is all zeroes.
func macOrZero(pdu gosnmp.SnmpPDU) string {
	if b, ok := pdu.Value.([]byte); ok && string(b) == "\x00\x00\x00\x00\x00\x00" {
		return "00:00:00:00:00:00"
	}
	return macOf(pdu)
}

// mostMbps is faster than any port: agents that know no speed count down from zero and say more.
const mostMbps = 100_000_000

// speed gives bit/s from ifSpeed (bit/s, at most 32 bits) and ifHighSpeed (Mbit/s, rounded).
func speed(bps, mbps int64) int64 {
	if mbps < 0 || mbps > mostMbps {
		mbps = 0
	}
	if high := mbps * 1_000_000; high > math.MaxUint32 || bps <= 0 || bps >= math.MaxUint32 && high > 0 {
		return high
	}
	return bps
}

// stateNames are the values of ifOperStatus; ifAdminStatus has the first three.
var stateNames = []string{1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent", 7: "lowerLayerDown"}

func stateName(pdu gosnmp.SnmpPDU) string {
	n, ok := number(pdu)
	if !ok {
		return ""
	}
	if n < 1 || n >= int64(len(stateNames)) {
		return "unknown"
	}
	return stateNames[n]
}
