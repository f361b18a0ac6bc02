package snmp

import "github.com/samdrift/samdrift/inventory"

// hrProcessorLoad is the load of each processor in percent (HOST-RESOURCES-MIB, RFC 2790).
const hrProcessorLoad = ".1.3.6.1.2.1.25.3.3.1.2"

// readProcessors counts the processors and measures their mean load. Equipment that does not have the
// standard table is asked for its maker's own figures.
func readProcessors(s *session, l *look) inventory.TableStatus {
	g := s.walk(hrProcessorLoad)
	sum, n := 0.0, 0
	add := func(load float64) {
		// Agents that do not know the load say -1; anything above 100 is no percentage.
		if load >= 0 && load <= 100 {
			sum, n = sum+load, n+1
		}
	}
	for _, pdu := range g.cells[0] {
		if load, ok := float(pdu); ok {
			add(load)
		}
	}
	l.asset.VCPUs = len(g.cells[0])
	result := status(g)
	if n == 0 {
		own, grids, _ := s.readings(l, loadReadings)
		for _, reading := range own {
			add(reading.Value)
		}
		if result = status(append(grids, g)...); n > 0 {
			result.Rows = n
		}
	}
	if n > 0 {
		l.measure("samdrift_cpu_load_percent", nil, sum/float64(n))
	}
	return result
}
