package snmp

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of LLDP-MIB (IEEE 802.1AB). It stands under 1.0.8802, outside the tree that walks of "all"
// usually start from.
const (
	remChassisSubtype = iota
	remChassisID
	remPortSubtype
	remPortID
	remPortDescr
	remSysName
	remSysDescr
)

var lldpRemoteColumns = []string{
	remChassisSubtype: ".1.0.8802.1.1.2.1.4.1.1.4",
	remChassisID:      ".1.0.8802.1.1.2.1.4.1.1.5",
	remPortSubtype:    ".1.0.8802.1.1.2.1.4.1.1.6",
	remPortID:         ".1.0.8802.1.1.2.1.4.1.1.7",
	remPortDescr:      ".1.0.8802.1.1.2.1.4.1.1.8",
	remSysName:        ".1.0.8802.1.1.2.1.4.1.1.9",
	remSysDescr:       ".1.0.8802.1.1.2.1.4.1.1.10",
}

const (
	lldpLocPortID         = ".1.0.8802.1.1.2.1.3.7.1.3"
	lldpLocPortDescr      = ".1.0.8802.1.1.2.1.3.7.1.4"
	dot1dBasePortIfIndex  = ".1.3.6.1.2.1.17.1.4.1.2"
	chassisSubtypeMAC     = 4
	chassisSubtypeNetwork = 5
	portSubtypeMAC        = 3
	portSubtypeNetwork    = 4
)

func readLLDP(s *session, l *look) inventory.TableStatus {
	remote := s.walk(lldpRemoteColumns...)
	rows := remote.indexes()
	if len(rows) == 0 {
		return status(remote)
	}
	local := s.walk(lldpLocPortID, lldpLocPortDescr)
	bridge := s.walk(dot1dBasePortIfIndex)
	ports := newLocalPorts(l.asset.Interfaces, local, bridge)
	for _, index := range rows {
		// The index is lldpRemTimeMark, lldpRemLocalPortNum, lldpRemIndex.
		numbers, ok := oidNumbers(index)
		localPort := ""
		if ok && len(numbers) == 3 {
			localPort = ports.name(int(numbers[1]))
		} else {
			remote.fault("the index of LLDP neighbours does not tell their local port")
		}
		n := inventory.Neighbour{
			Protocol: "lldp", LocalPort: localPort,
			RemoteName: or(remote.text(remSysName, index),
				lldpID(remote.cells[remChassisID][index], remote.number(remChassisSubtype, index), chassisSubtypeMAC, chassisSubtypeNetwork)),
			RemotePort: lldpID(remote.cells[remPortID][index], remote.number(remPortSubtype, index), portSubtypeMAC, portSubtypeNetwork),
			// Some agents send only one of the two.
			RemotePlatform: remote.text(remSysDescr, index),
		}
		n.RemotePort = or(n.RemotePort, remote.text(remPortDescr, index))
		if !slices.Contains(l.asset.Neighbours, n) {
			l.asset.Neighbours = append(l.asset.Neighbours, n)
		}
	}
	whole := status(remote, local, bridge)
	whole.Rows = len(rows)
	return whole
}

// lldpID reads an LLDP identifier as its subtype says: hardware address, network address or text.
func lldpID(pdu gosnmp.SnmpPDU, subtype, mac, network int64) string {
	raw, _ := pdu.Value.([]byte)
	switch {
	case subtype == mac && len(raw) == 6:
		return macOf(pdu)
	case subtype == network && len(raw) > 1: // the first byte is the address family
		if ip, ok := netip.AddrFromSlice(raw[1:]); ok {
			return ip.String()
		}
	}
	return text(pdu)
}

// localPorts finds the interface behind an LLDP port number. The standard leaves open what the number
// is: agents use the bridge's port number, the ifIndex, or a count of their own with the name in
// lldpLocPortTable.
type localPorts struct {
	byIndex map[int]string // interface name by ifIndex
	named   map[int]string // by port number, where lldpLocPortTable names an interface without doubt
	labels  map[int]string // what lldpLocPortTable says, as it stands
	bridge  map[int]int    // ifIndex by bridge port
	// bridgeFirst: where names prove one way of numbering, it is used for the ports without a name.
	bridgeFirst bool
}

func newLocalPorts(interfaces []inventory.Interface, local, bridge *grid) *localPorts {
	p := &localPorts{byIndex: map[int]string{}, named: map[int]string{}, labels: map[int]string{}, bridge: map[int]int{}}
	for _, i := range interfaces {
		p.byIndex[i.Index] = i.Name
	}
	for port, pdu := range bridge.cells[0] {
		n, err := strconv.Atoi(port)
		if index, ok := number(pdu); ok && err == nil {
			p.bridge[n] = int(index)
		}
	}
	bridgeRight, indexRight := 0, 0
	for _, port := range local.indexes() {
		n, err := strconv.Atoi(port)
		if err != nil {
			continue
		}
		id, descr := local.text(0, port), local.text(1, port)
		p.labels[n] = or(descr, id)
		i, ok := onlyInterface(interfaces, id)
		if !ok {
			i, ok = onlyInterface(interfaces, descr)
		}
		if !ok {
			continue
		}
		p.named[n] = i.Name
		if p.bridge[n] == i.Index {
			bridgeRight++
		}
		if n == i.Index {
			indexRight++
		}
	}
	p.bridgeFirst = bridgeRight >= indexRight
	return p
}

// name gives the interface's name, else what the agent calls the port, else its number.
func (p *localPorts) name(port int) string {
	if name, ok := p.named[port]; ok {
		return name
	}
	behindBridge, onBridge := p.byIndex[p.bridge[port]]
	direct, isIndex := p.byIndex[port]
	switch {
	case onBridge && (p.bridgeFirst || !isIndex):
		return behindBridge
	case isIndex:
		return direct
	}
	return or(p.labels[port], fmt.Sprint(port))
}

// onlyInterface finds the one interface with this name or description; when several have it, none.
func onlyInterface(interfaces []inventory.Interface, name string) (inventory.Interface, bool) {
	if name == "" {
		return inventory.Interface{}, false
	}
	for _, field := range []func(inventory.Interface) string{
		func(i inventory.Interface) string { return i.Name },
		func(i inventory.Interface) string { return i.Descr },
		func(i inventory.Interface) string { return i.Alias },
	} {
		found, times := inventory.Interface{}, 0
		for _, i := range interfaces {
			if strings.EqualFold(field(i), name) {
				found, times = i, times+1
			}
		}
		if times == 1 {
			return found, true
		}
	}
	return inventory.Interface{}, false
}
