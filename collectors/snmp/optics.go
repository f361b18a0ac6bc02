package snmp

import (
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// opticsTable is where a maker tells of the optics in its ports, apart from ENTITY-MIB. Of a row's index
// the last number tells the port.
type opticsTable struct {
	makers                []uint32
	model, serial, vendor string
	entity                bool // the port is told by its entry in ENTITY-MIB, not by its ifIndex
	firstPort             int  // ifIndex of port 1, where ports are counted; 0: they are told by ifIndex
}

var opticsTables = []opticsTable{
	{makers: []uint32{makerH3C, makerHP}, // hh3cTransceiverInfoTable
		model: ".1.3.6.1.4.1.25506.2.70.1.1.1.2", serial: ".1.3.6.1.4.1.25506.2.70.1.1.1.5", vendor: ".1.3.6.1.4.1.25506.2.70.1.1.1.4"},
	{makers: []uint32{makerHuawei}, entity: true, // hwOpticalModuleInfoTable
		model: ".1.3.6.1.4.1.2011.5.25.31.1.1.3.1.25", serial: ".1.3.6.1.4.1.2011.5.25.31.1.1.3.1.4", vendor: ".1.3.6.1.4.1.2011.5.25.31.1.1.3.1.24"},
	{makers: []uint32{makerBrocade}, firstPort: brocadePorts, // connUnitPortTable (FCMGMT-MIB)
		model: ".1.3.6.1.3.94.1.10.1.13", serial: ".1.3.6.1.3.94.1.10.1.12", vendor: ".1.3.6.1.3.94.1.10.1.11"},
}

// brocadePorts is the ifIndex of port 1 of Brocade's fabric switches.
const brocadePorts = 1 << 30

// opticsIndex stands before the numbers of optics, where entPhysicalIndex cannot be.
const opticsIndex = 1 << 31

// readOptics adds the optics that ENTITY-MIB lacks, with their serials.
func readOptics(s *session, l *look) inventory.TableStatus {
	var grids []*grid
	known := map[string]bool{}
	for _, c := range l.asset.Components {
		known[c.Serial] = true
	}
	names := map[int]string{}
	for _, t := range opticsTables {
		if !l.madeBy(t.makers...) {
			continue
		}
		if t.entity {
			for _, c := range l.asset.Components {
				names[c.Index] = c.Name
			}
		} else {
			for _, i := range l.asset.Interfaces {
				names[i.Index] = i.Name
			}
		}
		g := s.walk(t.model, t.serial, t.vendor)
		grids = append(grids, g)
		for _, index := range g.indexes() {
			port := int(lastNumber(index))
			if t.firstPort > 0 {
				port += t.firstPort - 1
			}
			c := inventory.Component{
				Index: opticsIndex + port, Class: "module", Name: strings.TrimSpace(or(names[port], strconv.Itoa(port)) + " optic"),
				Model: g.text(0, index), Serial: plausible(g.text(1, index)),
			}
			if t.entity {
				c.Parent = port
			}
			if c.Serial != "" && !known[c.Serial] {
				known[c.Serial] = true
				l.asset.Components = append(l.asset.Components, c)
			}
		}
	}
	return status(grids...)
}
