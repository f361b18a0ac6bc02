package snmp

import (
	"net/netip"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// portTable is a table of neighbours that tells the local port by its ifIndex as the first number of
// the index. The columns are full OIDs; an empty one is not told.
type portTable struct {
	protocol             string
	makers               []uint32 // only on devices of these; empty: on all
	name, port, platform string
	otherName            string // where the first says nothing
	localPort            string // column with the ifIndex, where the index does not tell it
	told                 string // column of another protocol that has a neighbour already
}

// mtxrNeighborInterface tells the ifIndex of a MikroTik device's neighbour.
const mtxrNeighborInterface = ".1.3.6.1.4.1.14988.1.1.11.1.1.8"

// CDP is spoken by many makers (CISCO-CDP-MIB); Foundry's FDP has the same form.
var (
	cdpTable = portTable{
		protocol: "cdp",
		name:     ".1.3.6.1.4.1.9.9.23.1.2.1.1.6", otherName: ".1.3.6.1.4.1.9.9.23.1.2.1.1.17",
		port: ".1.3.6.1.4.1.9.9.23.1.2.1.1.7", platform: ".1.3.6.1.4.1.9.9.23.1.2.1.1.8",
	}
	fdpTable = portTable{
		protocol: "fdp", makers: []uint32{makerFoundry, makerBrocade},
		name: ".1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1.3", port: ".1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1.7",
		platform: ".1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1.8",
	}
	// MikroTik's table has the neighbours of all protocols; LLDP-MIB has the same index there.
	mndpTable = portTable{
		protocol: "mndp", makers: []uint32{makerMikroTik},
		name: ".1.3.6.1.4.1.14988.1.1.11.1.1.6", otherName: ".1.3.6.1.4.1.14988.1.1.11.1.1.3",
		platform: ".1.3.6.1.4.1.14988.1.1.11.1.1.5", localPort: mtxrNeighborInterface,
		told: ".1.0.8802.1.1.2.1.4.1.1.5",
	}
)

func readCDP(s *session, l *look) inventory.TableStatus  { return cdpTable.read(s, l) }
func readFDP(s *session, l *look) inventory.TableStatus  { return fdpTable.read(s, l) }
func readMNDP(s *session, l *look) inventory.TableStatus { return mndpTable.read(s, l) }

func (t portTable) read(s *session, l *look) inventory.TableStatus {
	if len(t.makers) > 0 && !l.madeBy(t.makers...) {
		return inventory.TableStatus{State: inventory.TableAbsent}
	}
	var columns []string
	at := map[string]int{}
	for _, column := range []string{t.name, t.otherName, t.port, t.platform, t.localPort, t.told} {
		if column != "" {
			at[column], columns = len(columns), append(columns, column)
		}
	}
	g := s.walk(columns...)
	cell := func(column, index string) gosnmp.SnmpPDU {
		if i, ok := at[column]; ok {
			return g.cells[i][index]
		}
		return gosnmp.SnmpPDU{}
	}
	ports := newLocalPorts(l.asset.Interfaces)
	for _, index := range g.indexes() {
		numbers, ok := oidNumbers(index)
		if !ok || present(cell(t.told, index)) {
			continue
		}
		ifIndex := int64(numbers[0])
		if n, told := number(cell(t.localPort, index)); told {
			ifIndex = n
		}
		l.addNeighbour(inventory.Neighbour{
			Protocol: t.protocol, LocalPort: ports.name(int(ifIndex)),
			RemoteName: or(deviceID(cell(t.name, index)), deviceID(cell(t.otherName, index))),
			RemotePort: deviceID(cell(t.port, index)), RemotePlatform: text(cell(t.platform, index)),
		})
	}
	return status(g)
}

// deviceID reads what a device calls itself: a name, or the bytes of a hardware or network address.
func deviceID(pdu gosnmp.SnmpPDU) string {
	raw, _ := pdu.Value.([]byte)
	if printable(raw) {
		return text(pdu)
	}
	if mac := macOf(pdu); mac != "" {
		return mac
	}
	if ip, ok := netip.AddrFromSlice(raw); ok {
		return ip.String()
	}
	return text(pdu)
}

// printable tells whether bytes are a text.
func printable(raw []byte) bool {
	for _, b := range raw {
		if b < ' ' || b == 0x7f {
			return false
		}
	}
	return true
}
