package snmp

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// Sensors that are entities of their own: entPhySensorTable (ENTITY-SENSOR-MIB, RFC 3433) and
// entSensorValueTable (CISCO-ENTITY-SENSOR-MIB), which numbers its columns otherwise.
const (
	entSensorRoot   = ".1.3.6.1.2.1.99.1.1.1"
	ciscoSensorRoot = ".1.3.6.1.4.1.9.9.91.1.1.1.1"
)

// The columns of both, numbered 1 to 5 beneath either root.
const (
	sensorType = iota
	sensorScale
	sensorPrecision
	sensorValue
	sensorStatus
)

// sensorClasses are the data types that are readings; the numbers are those of both MIBs.
var sensorClasses = map[int64]string{
	3: "voltage", 4: "voltage", 5: "current", 6: "power", 7: "frequency", 8: "temperature", 9: "humidity", 10: "fanspeed", 14: "dbm",
}

// sensorUnits is the scale that stands for 10^0; each step is three powers of ten.
const sensorUnits = 9

// sensorUnavailable is the status of a sensor that has no value now.
const sensorUnavailable = 2

// readEntitySensors reads one of the two tables. Values are scaled exactly: raw * 10^scale /
// 10^precision.
func readEntitySensors(s *session, l *look, root string) ([]measurement, *grid) {
	var found []measurement
	g := s.walk(root+".1", root+".2", root+".3", root+".4", root+".5")
	names := l.entityNames(s, g.indexes())
	arista := beneath(strings.TrimPrefix(l.asset.Management.SysObjectID, "."), []string{"1.3.6.1.4.1.30065"})
	for _, index := range g.indexes() {
		class, known := sensorClasses[g.number(sensorType, index)]
		raw, ok := float(g.cells[sensorValue][index])
		if !known || !ok || g.number(sensorStatus, index) == sensorUnavailable {
			continue
		}
		value, ok := entityValue(raw, g.number(sensorScale, index), g.number(sensorPrecision, index))
		if !ok {
			continue
		}
		name := or(names[index], class+" "+index)
		if class == "power" && arista && opticalPower(name) {
			// Arista tells optical power in watts; everyone reads it in dBm.
			class, value = "dbm", 10*math.Log10(value*1000)
			if math.IsInf(value, 0) || math.IsNaN(value) {
				continue
			}
		}
		if implausible(class, value) {
			continue
		}
		found = append(found, measurement{Sensor: inventory.Sensor{
			OID: strings.TrimPrefix(root, ".") + ".4." + index, Class: class, Name: name, Value: value, Unit: units[class],
		}})
	}
	return found, g
}

// The two columns of entPhysicalTable that a sensor's name is in.
var (
	entNameColumn  = entityColumns[entName]
	entDescrColumn = entityColumns[entDescr]
)

// entityNames gives the names of entities, asking for them where they have not been read: in polls.
func (l *look) entityNames(s *session, indexes []string) map[string]string {
	names := map[string]string{}
	if len(l.entities) > 0 {
		for _, e := range l.entities {
			names[strconv.Itoa(e.Index)] = e.Name
		}
		return names
	}
	for some := range slices.Chunk(indexes, getTogether/2) {
		var oids []string
		for _, index := range some {
			oids = append(oids, entNameColumn+"."+index, entDescrColumn+"."+index)
		}
		values, err := s.get(oids...)
		if err != nil {
			return names
		}
		for _, index := range some {
			names[index] = or(text(values[entNameColumn+"."+index]), text(values[entDescrColumn+"."+index]))
		}
	}
	return names
}

// implausible tells whether a value is what agents say when a sensor has none, or when they mistake
// the scale: nothing in a rack has a thousand volts.
func implausible(class string, value float64) bool {
	switch class {
	case "temperature":
		return value > 200 || value <= -127
	case "voltage", "current":
		return math.Abs(value) > 1000
	}
	return false
}

// entityValue scales a raw value.
func entityValue(raw float64, scale, precision int64) (float64, bool) {
	power := 0
	if scale >= 1 && scale <= 17 {
		power = 3 * int(scale-sensorUnits)
	}
	// A negative precision counts reliable digits. Some Cisco software tells a nonsense number.
	if precision > 0 && precision <= 9 {
		power -= int(precision)
	}
	value := raw
	if power < 0 {
		value /= math.Pow10(-power)
	} else {
		value *= math.Pow10(power)
	}
	return value, !math.IsInf(value, 0) && !math.IsNaN(value)
}

// opticalPower tells whether a sensor's name is that of an optic's light.
func opticalPower(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "rx power") || strings.Contains(name, "tx power")
}
