package snmp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// JUNIPER-MIB: jnxContainersTable has the kinds of slots, jnxContentsTable what is in them. Its index is
// the kind of slot and the place on up to three levels.
var (
	jnxContainers = []string{".1.3.6.1.4.1.2636.3.1.6.1.4", ".1.3.6.1.4.1.2636.3.1.6.1.6"} // within, description
	jnxContents   = []string{
		".1.3.6.1.4.1.2636.3.1.8.1.6", ".1.3.6.1.4.1.2636.3.1.8.1.7", ".1.3.6.1.4.1.2636.3.1.8.1.10", // description, serial, part
	}
)

const (
	jnxBoxSerial = ".1.3.6.1.4.1.2636.3.1.3.0"
	jnxChassis   = 1 // the container that is the device itself
)

// jnxClasses are the classes of what is in a slot, by a word of the slot's description.
var jnxClasses = []struct{ word, class string }{
	{"power", "powerSupply"}, {"fan", "fan"}, {"routing engine", "cpu"}, {"fpc", "module"}, {"pic", "module"}, {"mic", "module"}, {"cb", "module"},
}

// readContents reads the parts of Juniper's devices without ENTITY-MIB. Parts are numbered by their
// places: 1010002 is in the first place of the first of slots 2.
func readContents(s *session, l *look) []*grid {
	slots, parts := s.walk(jnxContainers...), s.walk(jnxContents...)
	if len(slots.indexes())+len(parts.indexes()) == 0 {
		return []*grid{slots, parts}
	}
	serials, err := s.get(jnxBoxSerial)
	if err != nil {
		slots.fault("%v", err)
	}
	for _, index := range slots.indexes() {
		n, err := strconv.Atoi(index)
		if err != nil {
			continue
		}
		e := entity{Component: inventory.Component{Index: n, Class: "container", Name: slots.text(1, index), Parent: int(slots.number(0, index))}, descr: slots.text(1, index)}
		if n == jnxChassis {
			e.Class, e.Serial = "chassis", text(serials[jnxBoxSerial])
		}
		l.addEntity(e)
	}
	for _, index := range parts.indexes() {
		at, ok := oidNumbers(index)
		if !ok || len(at) != 4 || at[0] == jnxChassis || at[1] > 999 || at[2] > 99 || at[3] > 99 {
			continue
		}
		slot := strconv.Itoa(int(at[0]))
		l.addEntity(entity{
			Component: inventory.Component{
				Index: int(at[1])*1_000_000 + int(at[2])*10_000 + int(at[3])*100 + int(at[0]), Parent: int(at[0]),
				Class: jnxClass(slots.text(1, slot)), Name: parts.text(0, index), Serial: parts.text(1, index), Model: parts.text(2, index),
			},
			descr: parts.text(0, index), maker: "Juniper",
		})
	}
	return []*grid{slots, parts}
}

func jnxClass(slot string) string {
	slot = strings.ToLower(slot)
	for _, c := range jnxClasses {
		if strings.Contains(slot, c.word) {
			return c.class
		}
	}
	return ""
}

// s5ChasComTable of Nortel's and Avaya's stackable switches: description, version, serial. Its index is
// group, part and part of a part.
var nortelParts = []string{".1.3.6.1.4.1.45.1.6.3.3.1.1.5", ".1.3.6.1.4.1.45.1.6.3.3.1.1.6", ".1.3.6.1.4.1.45.1.6.3.3.1.1.7"}

func readNortelParts(s *session, l *look) *grid {
	g := s.walk(nortelParts...)
	for _, index := range g.indexes() {
		at, ok := oidNumbers(index)
		if !ok || len(at) != 3 || at[1] > 9999 || at[2] > 99 {
			continue
		}
		l.addEntity(entity{
			Component: inventory.Component{Index: int(at[0])*1_000_000 + int(at[1])*100 + int(at[2]), Class: "module", Name: g.text(0, index), Serial: g.text(2, index)},
			descr:     g.text(0, index), hardware: g.text(1, index), maker: "Avaya",
		})
	}
	return g
}

// foundryUnits are the serials of a stack's units (FOUNDRY-SN-AGENT-MIB).
const foundryUnits = ".1.3.6.1.4.1.1991.1.1.1.4.1.1.2"

func readFoundryUnits(s *session, l *look) *grid {
	g := s.walk(foundryUnits)
	for _, index := range g.indexes() {
		if n, err := strconv.Atoi(index); err == nil {
			l.addEntity(entity{Component: inventory.Component{Index: n, Class: "chassis", Name: fmt.Sprintf("Unit %d", n), Serial: g.text(0, index)}})
		}
	}
	return g
}

// The access points of an Aruba Instant cluster: name, serial, model. The cluster itself is the chassis.
var (
	arubaPoints  = []string{".1.3.6.1.4.1.14823.2.3.3.1.2.1.1.2", ".1.3.6.1.4.1.14823.2.3.3.1.2.1.1.4", ".1.3.6.1.4.1.14823.2.3.3.1.2.1.1.6"}
	arubaCluster = []string{".1.3.6.1.4.1.14823.2.3.3.1.1.1.0", ".1.3.6.1.4.1.14823.2.3.3.1.1.2.0"} // key, name
)

func readArubaCluster(s *session, l *look) *grid {
	g := s.walk(arubaPoints...)
	if len(g.indexes()) == 0 {
		return g
	}
	cluster, err := s.get(arubaCluster...)
	if err != nil {
		g.fault("%v", err)
	}
	l.addEntity(entity{Component: inventory.Component{
		Index: 1, Class: "chassis", Name: text(cluster[arubaCluster[1]]), Serial: text(cluster[arubaCluster[0]]), Model: "Instant Virtual Controller Cluster",
	}})
	for i, index := range g.indexes() {
		l.addEntity(entity{Component: inventory.Component{
			Index: 2 + i, Class: "other", Name: g.text(0, index), Serial: g.text(1, index), Model: g.text(2, index), Parent: 1,
		}})
	}
	return g
}
