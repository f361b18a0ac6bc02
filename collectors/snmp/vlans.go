package snmp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// vlanTable is where VLANs are told. Of each row the VLAN is the last number of the index, or what a
// column says.
type vlanTable struct {
	makers []uint32 // only on devices of these; empty: on all
	name   string   // column of the names
	also   string   // column of the names in another table, asked for with the first
	id     string   // column of the VLANs, where the index does not tell them
	kind   string   // column that must be ethernetVLAN
}

// ethernetVLAN is the kind of VLAN in vtpVlanType; the others are FDDI's and Token Ring's.
const ethernetVLAN = 1

// Columns of Q-BRIDGE-MIB (RFC 4363) and its successor, IEEE8021-Q-BRIDGE-MIB.
const (
	dot1qVlanFdbID      = ".1.3.6.1.2.1.17.7.1.4.2.1.3" // index: time mark, VLAN
	dot1qVlanStaticName = ".1.3.6.1.2.1.17.7.1.4.3.1.1" // index: VLAN
	ieee8021VlanName    = ".1.3.111.2.802.1.1.4.1.4.3.1.3"

	jnxL2aldVlanTag   = ".1.3.6.1.4.1.2636.3.48.1.3.1.1.3"
	jnxL2aldVlanFdbID = ".1.3.6.1.4.1.2636.3.48.1.3.1.1.5"
	jnxExVlanTag      = ".1.3.6.1.4.1.2636.3.40.1.5.1.5.1.5"

	mostVLAN = 4094
)

// vlanTables in the order they are tried; the first that has VLANs wins. Makers whose standard table
// counts VLANs by other numbers, or lacks their names, come before it.
var vlanTables = []vlanTable{
	{[]uint32{makerCisco}, ".1.3.6.1.4.1.9.9.46.1.3.1.1.4", "", "", ".1.3.6.1.4.1.9.9.46.1.3.1.1.3"}, // vtpVlanName
	{[]uint32{makerJuniper}, ".1.3.6.1.4.1.2636.3.40.1.5.1.5.1.2", "", jnxExVlanTag, ""},
	{[]uint32{makerJuniper}, ".1.3.6.1.4.1.2636.3.48.1.3.1.1.2", "", jnxL2aldVlanTag, ""},
	{nil, dot1qVlanStaticName, ieee8021VlanName, "", ""},
	{[]uint32{makerHuawei}, ".1.3.6.1.4.1.2011.5.25.42.3.1.1.1.1.2", "", "", ""},                                      // hwL2VlanDescr
	{[]uint32{makerH3C, makerHuawei, makerHP}, ".1.3.6.1.4.1.25506.8.35.2.1.1.1.2", "", "", ""},                       // hh3cdot1qVlanName
	{[]uint32{makerNortel, makerRapidCity, makerExtreme}, ".1.3.6.1.4.1.2272.1.3.2.1.2", "", "", ""},                  // rcVlanName
	{[]uint32{makerExtreme}, ".1.3.6.1.4.1.1916.1.2.1.2.1.2", "", ".1.3.6.1.4.1.1916.1.2.1.2.1.10", ""},               // extremeVlanIfDescr
	{[]uint32{makerFoundry, makerBrocade}, ".1.3.6.1.4.1.1991.1.1.3.2.7.1.21", "", "", ""},                            // snVLanByPortCfgVLanName
	{[]uint32{makerAlcatel}, ".1.3.6.1.4.1.6486.800.1.2.1.3.1.1.1.1.1.2", "", "", ""},                                 // vlanDescription, AOS 6
	{[]uint32{makerAlcatel}, ".1.3.6.1.4.1.6486.801.1.2.1.3.1.1.1.1.1.2", "", "", ""},                                 // the same, AOS 7 and 8
	{[]uint32{makerTPLink}, ".1.3.6.1.4.1.11863.6.14.1.2.1.1.2", "", "", ""},                                          // dot1qVlanDescription
	{[]uint32{makerHP}, ".1.3.6.1.4.1.11.2.14.11.5.1.3.1.1.4.1.2", "", ".1.3.6.1.4.1.11.2.14.11.5.1.3.1.1.4.1.5", ""}, // hpVlanIdentName
}

// readVLANs lists the VLANs that the device knows. Agents that name none may still tell which are in
// use, by the standard's table of current VLANs or by the VLANs of their ports.
func readVLANs(s *session, l *look) inventory.TableStatus {
	var grids []*grid
	found := map[int]string{}
	for _, t := range vlanTables {
		if len(t.makers) > 0 && !l.madeBy(t.makers...) {
			continue
		}
		g := t.read(s, found)
		if grids = append(grids, g); len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		g := s.walk(dot1qVlanFdbID, dot1qPvid)
		for index := range g.cells[0] {
			addVLAN(found, lastNumber(index), "")
		}
		for index := range g.cells[1] {
			addVLAN(found, g.number(1, index), "")
		}
		grids = append(grids, g)
	}
	for id, name := range found {
		l.asset.VLANs = append(l.asset.VLANs, inventory.VLAN{ID: id, Name: name})
	}
	slices.SortFunc(l.asset.VLANs, func(a, b inventory.VLAN) int { return a.ID - b.ID })
	return status(grids...)
}

// read adds the VLANs of one table.
func (t vlanTable) read(s *session, found map[int]string) *grid {
	columns := []string{t.name}
	alsoAt, idAt, kindAt := 0, -1, -1
	if t.also != "" {
		alsoAt, columns = len(columns), append(columns, t.also)
	}
	if t.id != "" {
		idAt, columns = len(columns), append(columns, t.id)
	}
	if t.kind != "" {
		kindAt, columns = len(columns), append(columns, t.kind)
	}
	g := s.walk(columns...)
	for _, index := range g.indexes() {
		id := lastNumber(index)
		if idAt > 0 {
			id = g.number(idAt, index)
		}
		if kindAt > 0 {
			if kind, told := number(g.cells[kindAt][index]); told && kind != ethernetVLAN {
				continue
			}
		}
		addVLAN(found, id, or(g.text(0, index), g.text(alsoAt, index)))
	}
	return g
}

// addVLAN keeps the first name that is told of a VLAN. Numbers that cannot be a VLAN are something
// else, such as a private network inside the device.
func addVLAN(found map[int]string, id int64, name string) {
	if id < 1 || id > mostVLAN {
		return
	}
	found[int(id)] = or(found[int(id)], name)
}

// lastNumber gives the last number of an index, or 0.
func lastNumber(index string) int64 {
	n, err := strconv.ParseInt(index[strings.LastIndexByte(index, '.')+1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
