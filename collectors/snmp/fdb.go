package snmp

import (
	"cmp"
	"maps"
	"net"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// The forwarding tables: which hardware address a bridge has learned on which port.
const (
	dot1dTpFdbPort   = ".1.3.6.1.2.1.17.4.3.1.2" // index: MAC
	dot1dTpFdbStatus = ".1.3.6.1.2.1.17.4.3.1.3"
	dot1qTpFdbPort   = ".1.3.6.1.2.1.17.7.1.2.2.1.2" // index: database, MAC
	dot1qTpFdbStatus = ".1.3.6.1.2.1.17.7.1.2.2.1.3"
	hwDynFdbPort     = ".1.3.6.1.4.1.2011.5.25.42.2.1.3.1.4" // index: MAC, VLAN and more; an ifIndex

	fdbLearned = 3 // dot1dTpFdbStatus; the others are the bridge's own addresses and fixed entries
	macBytes   = 6
)

// stations collects a forwarding table, each station once.
type stations map[inventory.Station]bool

// readStations reads the forwarding table by the first of the ways that gives something: per VLAN
// database, Huawei's own table, per VLAN in a context of its own (Cisco), and without VLANs.
func readStations(s *session, l *look) inventory.TableStatus {
	found := stations{}
	byDatabase := s.walk(dot1qTpFdbPort, dot1qTpFdbStatus)
	grids := []*grid{byDatabase}
	if len(byDatabase.cells[0]) > 0 {
		b := l.bridge.read(s)
		vlans, databases := readDatabases(s, l)
		grids = append(append(grids, b.grid), databases...)
		found.take(byDatabase, func(numbers []uint32) (int, bool) {
			if len(numbers) != 1 {
				return 0, false
			}
			return vlans.of(int64(numbers[0])), true
		}, func(port int) (int, bool) { return b.interfaceOf(port, l) })
	}
	if len(found) == 0 && l.madeBy(makerHuawei) {
		grids = append(grids, found.huawei(s))
	}
	if len(found) == 0 && l.perVLANContexts() {
		grids = append(grids, readContexts(s, l, found)...)
	}
	if len(found) == 0 {
		g := s.walk(dot1dTpFdbPort, dot1dTpFdbStatus)
		b := l.bridge.read(s)
		grids = append(grids, g, b.grid)
		found.take(g, func(numbers []uint32) (int, bool) { return 0, len(numbers) == 0 },
			func(port int) (int, bool) { return b.interfaceOf(port, l) })
	}
	whole := status(grids...)
	if whole.Rows = len(found); whole.Rows == 0 && whole.State == inventory.TableComplete {
		whole.State = inventory.TableAbsent
	}
	l.asset.Stations = slices.SortedFunc(maps.Keys(found), func(a, b inventory.Station) int {
		return cmp.Or(a.VLAN-b.VLAN, cmp.Compare(a.MAC, b.MAC), a.Interface-b.Interface)
	})
	return whole
}

// take adds the learned stations of a walk over port and status. What stands before the MAC in the
// index tells the VLAN.
func (f stations) take(g *grid, vlanOf func([]uint32) (int, bool), interfaceOf func(int) (int, bool)) {
	for index, pdu := range g.cells[0] {
		if state, told := number(g.cells[1][index]); told && state != fdbLearned {
			continue
		}
		numbers, ok := oidNumbers(index)
		if !ok || len(numbers) < macBytes {
			continue
		}
		mac, ok := macOfNumbers(numbers[len(numbers)-macBytes:])
		vlan, fits := vlanOf(numbers[:len(numbers)-macBytes])
		port, isPort := number(pdu)
		if !ok || !fits || !isPort {
			continue
		}
		if ifIndex, ok := interfaceOf(int(port)); ok {
			f[inventory.Station{MAC: mac, VLAN: vlan, Interface: ifIndex}] = true
		}
	}
}

// huawei reads Huawei's own table.
func (f stations) huawei(s *session) *grid {
	g := s.walk(hwDynFdbPort)
	for index, pdu := range g.cells[0] {
		numbers, ok := oidNumbers(index)
		if !ok || len(numbers) <= macBytes || numbers[macBytes] > mostVLAN {
			continue
		}
		mac, ok := macOfNumbers(numbers[:macBytes])
		if ifIndex, isPort := number(pdu); ok && isPort && ifIndex > 0 {
			f[inventory.Station{MAC: mac, VLAN: int(numbers[macBytes]), Interface: int(ifIndex)}] = true
		}
	}
	return g
}

// databases tells which VLAN a forwarding database belongs to.
type databases struct {
	vlans map[int64]int
	known map[int]bool // the device's VLANs
}

// readDatabases reads which VLAN uses which database.
func readDatabases(s *session, l *look) (databases, []*grid) {
	d := databases{vlans: map[int64]int{}, known: map[int]bool{}}
	for _, v := range l.asset.VLANs {
		d.known[v.ID] = true
	}
	current := s.walk(dot1qVlanFdbID)
	for _, index := range current.indexes() {
		d.add(current.number(0, index), lastNumber(index))
	}
	grids := []*grid{current}
	if l.madeBy(makerJuniper) {
		l2ald, ex := s.walk(jnxL2aldVlanTag, jnxL2aldVlanFdbID), s.walk(jnxExVlanTag)
		for _, index := range l2ald.indexes() {
			d.add(l2ald.number(1, index), l2ald.number(0, index))
		}
		for _, index := range ex.indexes() {
			d.add(lastNumber(index), ex.number(0, index)) // numbered as the databases are
		}
		grids = append(grids, l2ald, ex)
	}
	return d, grids
}

func (d databases) add(database, vlan int64) {
	if vlan >= 1 && vlan <= mostVLAN && d.vlans[database] == 0 {
		d.vlans[database] = int(vlan)
	}
}

// of gives the VLAN of a database. Without any table that tells, most agents number databases as their
// VLANs.
func (d databases) of(database int64) int {
	if vlan, ok := d.vlans[database]; ok {
		return vlan
	}
	if len(d.vlans) == 0 && database >= 1 && database <= mostVLAN && (len(d.known) == 0 || d.known[int(database)]) {
		return int(database)
	}
	return 0
}

// macOfNumbers makes a hardware address of six numbers of an index.
func macOfNumbers(numbers []uint32) (string, bool) {
	raw, ok := bytesOfNumbers(numbers)
	if !ok || len(raw) != macBytes {
		return "", false
	}
	return net.HardwareAddr(raw).String(), true
}
