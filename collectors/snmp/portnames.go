package snmp

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	zyxelPort  = regexp.MustCompile(`^swp(\d+)$`)
	tpLinkPort = regexp.MustCompile(`(?i)^gigabitethernet (\d+/\d+/\d+) : (copper|fiber)$`)
)

// zyxelUnit is how many port numbers each unit of a Zyxel stack has.
const zyxelUnit = 64

// portName gives the name that is printed on a port and used by its neighbours, where the agent calls it
// otherwise: Zyxel's swp00 is port 1/01, TP-Link's "gigabitEthernet 1/0/24 : copper" is
// GigabitEthernet1/0/24.
func (l *look) portName(name string) string {
	switch l.maker() {
	case makerZyxel:
		if m := zyxelPort.FindStringSubmatch(name); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				return fmt.Sprintf("%d/%02d", n/zyxelUnit+1, n%zyxelUnit+1)
			}
		}
	case makerTPLink:
		if m := tpLinkPort.FindStringSubmatch(name); m != nil {
			if strings.EqualFold(m[2], "fiber") {
				return "FiberEthernet" + m[1]
			}
			return "GigabitEthernet" + m[1]
		}
	}
	return name
}

// readPortAliases fills in what people call the ports, where the maker keeps that in a table of its own:
// Brocade by the port of the fabric, Moxa by ifIndex below the model's own OID.
func readPortAliases(s *session, l *look) *grid {
	column, offset := "", 0
	switch l.maker() {
	case makerBrocade:
		column, offset = ".1.3.6.1.4.1.1588.2.1.1.1.6.2.1.36", brocadePorts-1 // swFCPortName
	case makerMoxa:
		column = "." + strings.TrimPrefix(l.asset.Management.SysObjectID, ".") + ".1.9.1.1.7" // portName
	default:
		return newGrid(0)
	}
	g := s.walk(column)
	for index := range g.cells[0] {
		if i := l.interfaceAt(int(lastNumber(index)) + offset); i != nil {
			i.Alias = or(i.Alias, g.text(0, index))
		}
	}
	return g
}
