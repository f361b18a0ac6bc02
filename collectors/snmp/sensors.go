package snmp

import (
	"maps"
	"slices"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// probeTogether is how many tables are probed for in one request: their names and first values fit
// one frame with room to spare.
const probeTogether = 24

// mostMeasured bounds the samples of one device's readings: a chassis with hundreds of optics is
// inventoried whole, but a poll measures no more than this.
const mostMeasured = 256

// hostedBy are the sysObjectIDs of general agents, below which any vendor's MIB may be found.
var hostedBy = []string{
	"1.3.6.1.4.1.8072", "1.3.6.1.4.1.2021", "1.3.6.1.4.1.311", "1.3.6.1.4.1.42", "1.3.6.1.4.1.6876", "1.3.6.1.4.1.12325",
}

// readSensors reads what the device measures of itself.
func readSensors(s *session, l *look) inventory.TableStatus {
	there, whole := s.probe([]string{entSensorRoot, ciscoSensorRoot})
	grids := []*grid{whole}
	var found []inventory.Sensor
	for _, root := range []string{ciscoSensorRoot, entSensorRoot} {
		if there[root] {
			sensors, g := readEntitySensors(s, l, root)
			found, grids = append(found, sensors...), append(grids, g)
		}
	}
	more, others := s.readings(l, sensorReadings)
	grids = append(grids, others...)
	seen := map[string]bool{}
	for _, sensor := range append(found, more...) {
		if key := sensor.Class + " " + sensor.OID; !seen[key] {
			seen[key] = true
			l.asset.Sensors = append(l.asset.Sensors, sensor)
		}
	}
	l.measureSensors()
	result := status(grids...)
	if result.Rows = len(l.asset.Sensors); result.Rows == 0 && result.State == inventory.TableComplete {
		result.State = inventory.TableAbsent
	}
	return result
}

// readings reads all tables of one purpose. Those that the maker's devices do not have are not asked
// for, the rest are probed for many at a time.
func (s *session) readings(l *look, purpose string) ([]inventory.Sensor, []*grid) {
	objectID := strings.TrimPrefix(l.asset.Management.SysObjectID, ".")
	var candidates []*readingTable
	var roots []string
	for _, t := range measured() {
		if t.purpose == purpose && t.meant(objectID) {
			candidates = append(candidates, t)
			roots = append(roots, t.Root)
		}
	}
	there, whole := s.probe(roots)
	grids := []*grid{whole}
	var found []inventory.Sensor
	for _, t := range candidates {
		if there[t.Root] {
			g := s.walk(t.columns...)
			grids = append(grids, g)
			found = append(found, t.evaluate(g)...)
		}
	}
	return found, grids
}

// meant tells whether devices with this sysObjectID may have the table.
func (t *readingTable) meant(objectID string) bool {
	if t.Any || beneath(objectID, t.Devices) {
		return true
	}
	return t.Hosted && (strings.Count(objectID, ".") < 6 || beneath(objectID, hostedBy))
}

func beneath(oid string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return oid == p || strings.HasPrefix(oid, p+".") })
}

// evaluate makes the readings of a table that was walked.
func (t *readingTable) evaluate(g *grid) []inventory.Sensor {
	table := rows{}
	for i, column := range t.columns {
		table[column] = g.cells[i]
	}
	var found []inventory.Sensor
	for i := range t.Readings {
		r := &t.Readings[i]
		for _, index := range slices.SortedFunc(maps.Keys(table[r.Value]), compareOIDs) {
			if sensor, ok := r.sensor(table, index); ok {
				found = append(found, sensor)
			}
		}
	}
	return found
}

// probe tells which of the roots have anything beneath them, asking for many in one request. The grid
// carries what went wrong.
func (s *session) probe(roots []string) (map[string]bool, *grid) {
	there := map[string]bool{}
	g := newGrid(0)
	roots = slices.Compact(slices.SortedFunc(slices.Values(roots), compareOIDs))
	for len(roots) > 0 {
		some := roots[:min(len(roots), probeTogether)]
		packet, err := s.request(func() (*gosnmp.SnmpPacket, error) { return s.client.GetNext(some) })
		if err != nil {
			g.fault("%v", err)
			break
		}
		if packet.Error != gosnmp.NoError {
			if at := int(packet.ErrorIndex) - 1; packet.Error != gosnmp.TooBig && at >= 0 && at < len(some) {
				// SNMPv1 refuses the whole request for one root that nothing follows.
				roots = slices.Delete(slices.Clone(roots), at, at+1)
				continue
			}
			if len(some) == 1 {
				roots = roots[1:]
				continue
			}
			half, faults := s.probe(some[:len(some)/2])
			for root := range half {
				there[root] = true
			}
			g.faults = append(g.faults, faults.faults...)
			roots = roots[len(some)/2:]
			continue
		}
		for i, pdu := range packet.Variables {
			if i < len(some) && present(pdu) && strings.HasPrefix(pdu.Name, some[i]+".") {
				there[some[i]] = true
			}
		}
		roots = roots[len(some):]
	}
	return there, g
}

// measureSensors makes samples of the readings. Of a state the sample is the number that the device
// tells.
func (l *look) measureSensors() {
	for _, s := range l.asset.Sensors[:min(mostMeasured, len(l.asset.Sensors))] {
		l.measure("samdrift_sensor_value", map[string]string{"class": s.Class, "name": s.Name, "oid": s.OID}, s.Value)
	}
}
