package snmp

import (
	"cmp"

	"github.com/samdrift/samdrift/inventory"
)

// The VLAN that a port puts untagged frames into: by bridge port in Q-BRIDGE-MIB and its successor, by
// ifIndex with Cisco.
const (
	dot1qPvid       = ".1.3.6.1.2.1.17.7.1.4.5.1.1"
	ieee8021Pvid    = ".1.3.111.2.802.1.1.4.1.4.5.1.1" // index: component, bridge port
	vmVlan          = ".1.3.6.1.4.1.9.9.68.1.2.2.1.2"
	vlanTrunkNative = ".1.3.6.1.4.1.9.9.46.1.6.1.1.5"
	vlanTrunkState  = ".1.3.6.1.4.1.9.9.46.1.6.1.1.14"

	trunking = 1 // vlanTrunkPortDynamicStatus
)

// readUntagged finds the untagged VLAN of each port. On Cisco's trunks it is the native VLAN.
func readUntagged(s *session, l *look) inventory.TableStatus {
	vlans := map[int]int{}
	var grids []*grid
	if l.madeBy(makerCisco) {
		access, trunk := s.walk(vmVlan), s.walk(vlanTrunkState, vlanTrunkNative)
		for _, port := range trunk.indexes() {
			if trunk.number(0, port) == trunking {
				addUntagged(vlans, int(lastNumber(port)), trunk.number(1, port))
			}
		}
		for _, port := range access.indexes() {
			addUntagged(vlans, int(lastNumber(port)), access.number(0, port))
		}
		for _, port := range trunk.indexes() { // trunks that are down
			addUntagged(vlans, int(lastNumber(port)), trunk.number(1, port))
		}
		grids = append(grids, access, trunk)
	}
	if len(vlans) == 0 {
		g := s.walk(dot1qPvid, ieee8021Pvid)
		grids = append(grids, g)
		for _, port := range g.indexes() {
			vlan := cmp.Or(g.number(0, port), g.number(1, port))
			if ifIndex, ok := l.bridge.read(s).interfaceOf(int(lastNumber(port)), l); ok {
				addUntagged(vlans, ifIndex, vlan)
			}
		}
		if len(g.indexes()) > 0 {
			grids = append(grids, l.bridge.read(s).grid)
		}
	}
	for at := range l.asset.Interfaces {
		l.asset.Interfaces[at].VLAN = vlans[l.asset.Interfaces[at].Index]
	}
	whole := status(grids...)
	whole.Rows = len(vlans)
	return whole
}

// addUntagged keeps the first VLAN told of a port.
func addUntagged(vlans map[int]int, ifIndex int, vlan int64) {
	if vlan >= 1 && vlan <= mostVLAN && vlans[ifIndex] == 0 {
		vlans[ifIndex] = int(vlan)
	}
}
