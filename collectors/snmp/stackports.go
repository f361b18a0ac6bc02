package snmp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// The ports that join the members of a Juniper virtual chassis: administrative and operational state. The
// index is the member and the port's name.
var vcPorts = []string{".1.3.6.1.4.1.2636.3.40.1.4.1.2.1.3", ".1.3.6.1.4.1.2636.3.40.1.4.1.2.1.4"}

// vcPortIndex stands before the numbers of these ports, which have no ifIndex: 10,000,000, 1,000 for each
// member, and the port.
const vcPortIndex = 10_000_000

// readStackPorts adds the ports between the members of a stack, where IF-MIB leaves them out.
func readStackPorts(s *session, l *look) *grid {
	g := s.walk(vcPorts...)
	for _, index := range g.indexes() {
		numbers, ok := oidNumbers(index)
		if !ok || len(numbers) < 3 || int(numbers[1]) != len(numbers)-2 {
			continue
		}
		raw, ok := bytesOfNumbers(numbers[2:])
		if !ok {
			continue
		}
		name := clean(raw, longest)
		port, err := strconv.Atoi(name[strings.LastIndexAny(name, "/-")+1:])
		if err != nil || port < 0 || port > 999 || numbers[0] > 99 {
			continue
		}
		full := fmt.Sprintf("fpc%d.%s", numbers[0], name)
		l.asset.Interfaces = append(l.asset.Interfaces, inventory.Interface{
			Index: vcPortIndex + int(numbers[0])*1000 + port, Name: full, Descr: full, Type: "stackToStack",
			Admin: stateName(g.cells[0][index]), Oper: stateName(g.cells[1][index]),
		})
	}
	return g
}
