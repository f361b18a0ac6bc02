package snmp

import (
	"strconv"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of entPhysicalTable (ENTITY-MIB, RFC 6933).
const (
	entDescr = iota
	entContainedIn
	entClass
	entName
	entHardware
	entFirmware
	entSoftware
	entSerial
	entMaker
	entModel
)

var entityColumns = []string{
	entDescr:       ".1.3.6.1.2.1.47.1.1.1.1.2",
	entContainedIn: ".1.3.6.1.2.1.47.1.1.1.1.4",
	entClass:       ".1.3.6.1.2.1.47.1.1.1.1.5",
	entName:        ".1.3.6.1.2.1.47.1.1.1.1.7",
	entHardware:    ".1.3.6.1.2.1.47.1.1.1.1.8",
	entFirmware:    ".1.3.6.1.2.1.47.1.1.1.1.9",
	entSoftware:    ".1.3.6.1.2.1.47.1.1.1.1.10",
	entSerial:      ".1.3.6.1.2.1.47.1.1.1.1.11",
	entMaker:       ".1.3.6.1.2.1.47.1.1.1.1.12",
	entModel:       ".1.3.6.1.2.1.47.1.1.1.1.13",
}

var entityClasses = []string{
	1: "other", 2: "unknown", 3: "chassis", 4: "backplane", 5: "container", 6: "powerSupply", 7: "fan",
	8: "sensor", 9: "module", 10: "port", 11: "stack", 12: "cpu", 13: "energyObject", 14: "battery", 15: "storageDrive",
}

// entity is a physical part with the columns that only identification needs.
type entity struct {
	inventory.Component
	descr, maker, hardware, firmware, software string
}

// column gives what the rules call a column of the part.
func (e entity) column(name string) string {
	switch name {
	case "model":
		return e.Model
	case "serial":
		return e.Serial
	case "software":
		return e.software
	case "firmware":
		return e.firmware
	case "hardware":
		return e.hardware
	case "name":
		return e.Name
	case "descr":
		return e.descr
	case "maker":
		return e.maker
	}
	return ""
}

// Huawei's own names of the boards in entPhysicalTable, which are those on the price list: newer devices
// have the first.
var huaweiModels = []string{".1.3.6.1.4.1.2011.5.25.31.1.1.2.1.11", ".1.3.6.1.4.1.2011.5.25.31.1.1.1.1.43"}

// readEntities reads entPhysicalTable, or where there is none what the maker has in its place.
func readEntities(s *session, l *look) inventory.TableStatus {
	g := s.walk(entityColumns...)
	grids := []*grid{g}
	models := newGrid(len(huaweiModels))
	if len(g.indexes()) > 0 && l.madeBy(makerHuawei) {
		models = s.walk(huaweiModels...)
		grids = append(grids, models)
	}
	for _, index := range g.indexes() {
		n, err := strconv.Atoi(index)
		if err != nil {
			g.fault("entity index %s is not one number", index)
			continue
		}
		e := entity{
			Component: inventory.Component{
				Index:  n,
				Name:   or(g.text(entName, index), g.text(entDescr, index)),
				Model:  or(models.text(0, index), or(g.text(entModel, index), models.text(1, index))),
				Serial: g.text(entSerial, index),
				Parent: int(g.number(entContainedIn, index)),
			},
			descr: g.text(entDescr, index), maker: g.text(entMaker, index), hardware: g.text(entHardware, index),
			firmware: g.text(entFirmware, index), software: g.text(entSoftware, index),
		}
		if class := g.number(entClass, index); class > 0 && class < int64(len(entityClasses)) {
			e.Class = entityClasses[class]
		}
		l.addEntity(e)
	}
	switch {
	case len(l.entities) > 0:
	case l.madeBy(makerJuniper):
		grids = append(grids, readContents(s, l)...)
	case l.madeBy(makerNortel):
		grids = append(grids, readNortelParts(s, l))
	case l.madeBy(makerFoundry, makerBrocade):
		grids = append(grids, readFoundryUnits(s, l))
	case l.madeBy(makerAruba):
		grids = append(grids, readArubaCluster(s, l))
	}
	whole := status(grids...)
	whole.Rows = len(l.entities)
	return whole
}

func (l *look) addEntity(e entity) {
	l.entities = append(l.entities, e)
	l.asset.Components = append(l.asset.Components, e.Component)
}
