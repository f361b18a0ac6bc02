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
// inventoried whole, but measured are no more than this, the classes of measuredClasses in their order.
const mostMeasured = 128

// measuredClasses are the classes that become samples, the most telling first. Counts do not: most are
// of traffic, which other tools do better.
var measuredClasses = []string{
	"charge", "runtime", "load", "temperature", "humidity", "state", "fanspeed", "power", "percent", "voltage", "current", "dbm", "frequency",
}

// measurement is a sensor with what its state means for whoever looks after the device, of verdicts;
// empty for a class other than state and for a number without a known meaning.
type measurement struct {
	inventory.Sensor
	verdict string
	room    bool // a temperature of the room and not of the device
}

// hostedBy are the sysObjectIDs of general agents, below which any vendor's MIB may be found.
var hostedBy = []string{
	"1.3.6.1.4.1.8072", "1.3.6.1.4.1.2021", "1.3.6.1.4.1.311", "1.3.6.1.4.1.42", "1.3.6.1.4.1.6876", "1.3.6.1.4.1.12325",
}

// readSensors reads what the device measures of itself.
func readSensors(s *session, l *look) inventory.TableStatus {
	found, grids, there := s.readings(l, sensorReadings, ciscoSensorRoot, entSensorRoot)
	for _, root := range there {
		entities, g := readEntitySensors(s, l, root)
		if root == entSensorRoot {
			// Cisco devices tell the same sensor in both tables.
			entities = slices.DeleteFunc(entities, func(m measurement) bool {
				twin := strings.TrimPrefix(ciscoSensorRoot, ".") + strings.TrimPrefix("."+m.OID, entSensorRoot)
				return slices.ContainsFunc(found, func(f measurement) bool { return f.OID == twin && f.Class == m.Class })
			})
		}
		found, grids = append(entities, found...), append(grids, g)
	}
	seen := map[string]bool{}
	found = slices.DeleteFunc(found, func(m measurement) bool {
		key := m.Class + " " + m.OID
		defer func() { seen[key] = true }()
		return seen[key]
	})
	for _, m := range found {
		l.asset.Sensors = append(l.asset.Sensors, m.Sensor)
	}
	l.measureSensors(found)
	result := status(grids...)
	if result.Rows = len(l.asset.Sensors); result.Rows == 0 && result.State == inventory.TableComplete {
		result.State = inventory.TableAbsent
	}
	return result
}

// readings reads all tables of one purpose. Those that the maker's devices do not have are not asked
// for, the rest are probed for many at a time; which of the other roots have anything is found on the
// way.
func (s *session) readings(l *look, purpose string, others ...string) (found []measurement, grids []*grid, present []string) {
	objectID := strings.TrimPrefix(l.asset.Management.SysObjectID, ".")
	var candidates []*readingTable
	var roots []string
	for _, t := range measured() {
		if t.purpose == purpose && t.meant(objectID) {
			candidates = append(candidates, t)
			roots = append(roots, t.Root)
		}
	}
	there, whole := s.probe(append(roots, others...))
	grids = []*grid{whole}
	for _, t := range candidates {
		if there[t.Root] {
			g := s.walk(t.columns...)
			grids = append(grids, g)
			found = append(found, t.evaluate(g, clock{l.start, l.uptime})...)
		}
	}
	for _, root := range others {
		if there[root] {
			present = append(present, root)
		}
	}
	return found, grids, present
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
func (t *readingTable) evaluate(g *grid, c clock) []measurement {
	table := rows{}
	for i, column := range t.columns {
		table[column] = g.cells[i]
	}
	var found []measurement
	for i := range t.Readings {
		r := &t.Readings[i]
		for _, index := range slices.SortedFunc(maps.Keys(table[r.Value]), compareOIDs) {
			if sensor, ok := r.sensor(table, index, c); ok {
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
		some := roots[:min(len(roots), probeTogether, s.most())]
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
			s.shrinkTo(len(some) / 2)
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

// measureSensors makes samples of the readings: of a state its verdict, 0 ok, 1 warning, 2 critical or
// 3 unknown, of the others the value.
func (l *look) measureSensors(found []measurement) {
	rank := func(m measurement) int { return slices.Index(measuredClasses, m.Class) }
	found = slices.DeleteFunc(slices.Clone(found), func(m measurement) bool { return rank(m) < 0 })
	slices.SortStableFunc(found, func(a, b measurement) int { return rank(a) - rank(b) })
	for _, m := range found[:min(mostMeasured, len(found))] {
		label := map[string]string{"class": m.Class, "name": m.Name, "oid": m.OID}
		if m.room {
			label["place"] = "room"
		}
		if m.Class != "state" {
			l.measure("samdrift_sensor_value", label, m.Value)
			continue
		}
		delete(label, "class")
		verdict := slices.Index(verdicts, m.verdict)
		if verdict < 0 {
			verdict = slices.Index(verdicts, "unknown")
		}
		l.measure("samdrift_sensor_state", label, float64(verdict))
	}
}
