package snmp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// localPorts finds the interface behind an LLDP port number. The standard leaves open what the number
// is: agents use the bridge's port number, the ifIndex, or a count of their own with the name, the
// alias or the hardware address in lldpLocPortTable.
type localPorts struct {
	byIndex map[int]string // interface name by ifIndex
	named   map[int]string // by port number, where lldpLocPortTable names an interface without doubt
	labels  map[int]string // what lldpLocPortTable says, as it stands
	bridge  func(port int) (ifIndex int, ok bool)
	// bridgeFirst: where names prove one way of numbering, it is used for the ports without a name.
	bridgeFirst bool
}

// newLocalPorts knows ports by their ifIndex only.
func newLocalPorts(interfaces []inventory.Interface) *localPorts {
	p := &localPorts{byIndex: map[int]string{}, bridge: func(int) (int, bool) { return 0, false }}
	for _, i := range interfaces {
		p.byIndex[i.Index] = i.Name
	}
	return p
}

// learn takes in what the agent calls its ports, and how it numbers the bridge's. label gives the name
// that the interface is known by.
func (p *localPorts) learn(interfaces []inventory.Interface, local *grid, bridge func(int) (int, bool), label func(string) string) {
	p.named, p.labels, p.bridge = map[int]string{}, map[int]string{}, bridge
	bridgeRight, indexRight := 0, 0
	for _, port := range local.indexes() {
		n, err := strconv.Atoi(port)
		if err != nil {
			continue
		}
		id, descr := label(local.text(0, port)), label(local.text(1, port))
		p.labels[n] = or(descr, id)
		i, ok := p.identified(interfaces, n, local.cells[0][port], id, descr)
		if !ok {
			continue
		}
		p.named[n] = i.Name
		if behind, ok := p.bridge(n); ok && behind == i.Index {
			bridgeRight++
		}
		if n == i.Index {
			indexRight++
		}
	}
	p.bridgeFirst = bridgeRight >= indexRight
}

// identified finds the one interface that a port's identifier or description names. Where several have
// the name, the one that the number points to is meant.
func (p *localPorts) identified(interfaces []inventory.Interface, port int, raw gosnmp.SnmpPDU, id, descr string) (inventory.Interface, bool) {
	for _, name := range []string{id, descr, macOf(raw)} {
		if name == "" {
			continue
		}
		for _, field := range interfaceNames {
			var found []inventory.Interface
			for _, i := range interfaces {
				if strings.EqualFold(field(i), name) {
					found = append(found, i)
				}
			}
			if len(found) == 1 {
				return found[0], true
			}
			behind, _ := p.bridge(port)
			for _, i := range found {
				if i.Index == port || i.Index == behind {
					return i, true
				}
			}
		}
	}
	return inventory.Interface{}, false
}

// interfaceNames are what others may call an interface by, the surest first.
var interfaceNames = []func(inventory.Interface) string{
	func(i inventory.Interface) string { return i.Name },
	func(i inventory.Interface) string { return i.Descr },
	func(i inventory.Interface) string { return i.Alias },
	func(i inventory.Interface) string { return i.MAC },
}

// name gives the interface's name, else what the agent calls the port, else its number.
func (p *localPorts) name(port int) string {
	if name, ok := p.named[port]; ok {
		return name
	}
	behind, _ := p.bridge(port)
	behindBridge, onBridge := p.byIndex[behind]
	direct, isIndex := p.byIndex[port]
	switch {
	case onBridge && (p.bridgeFirst || !isIndex):
		return behindBridge
	case isIndex:
		return direct
	}
	return or(p.labels[port], fmt.Sprint(port))
}
