package snmp

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// Who is a member of which aggregate, by IEEE8023-LAG-MIB, Cisco's PAgP and IF-MIB's layers.
const (
	dot3adSelectedAggID = ".1.2.840.10006.300.43.1.2.1.1.12"
	dot3adAttachedAggID = ".1.2.840.10006.300.43.1.2.1.1.13"
	pagpGroupIfIndex    = ".1.3.6.1.4.1.9.9.98.1.1.1.1.8"
	ifStackStatus       = ".1.3.6.1.2.1.31.1.2.1.3" // index: the higher interface, the lower one
)

// aggregateTypes are the interface types that only aggregates have. aggregateName is how they are called
// where the type does not tell: VLANs, which stand above their ports too, may be of the same one.
var (
	aggregateTypes = []string{"ieee8023adLag", "propMultiplexor"}
	aggregateName  = regexp.MustCompile(`(?i)^(po|port-?channel|trk|ae|bond|lag|be|bundle-ether|eth-trunk|bagg|bridge-aggregation) ?\d+$`)
)

// readLAGs finds the aggregate that each port is a member of. A port that could join an aggregate but
// has not is a member of none; some agents then name the port itself.
func readLAGs(s *session, l *look) inventory.TableStatus {
	g := s.walk(dot3adAttachedAggID, dot3adSelectedAggID)
	grids, members := []*grid{g}, map[int]int{}
	for _, port := range g.indexes() {
		l.addMember(members, port, g.number(0, port))
		l.addMember(members, port, g.number(1, port))
	}
	if len(members) == 0 && l.madeBy(makerCisco) {
		g = s.walk(pagpGroupIfIndex)
		grids = append(grids, g)
		for _, port := range g.indexes() {
			l.addMember(members, port, g.number(0, port))
		}
	}
	if len(members) == 0 && slices.ContainsFunc(l.asset.Interfaces, isAggregate) {
		g = s.walk(ifStackStatus)
		grids = append(grids, g)
		for _, index := range g.indexes() {
			higher, lower, _ := strings.Cut(index, ".")
			n, err := strconv.Atoi(higher)
			if i := l.interfaceAt(n); err == nil && i != nil && isAggregate(*i) {
				l.addMember(members, lower, int64(n))
			}
		}
	}
	for at := range l.asset.Interfaces {
		l.asset.Interfaces[at].LAG = members[l.asset.Interfaces[at].Index]
	}
	whole := status(grids...)
	whole.Rows = len(members)
	if whole.Rows == 0 && whole.State == inventory.TableComplete {
		whole.State = inventory.TableAbsent
	}
	return whole
}

// addMember notes that a port is a member of an aggregate, if both are interfaces and no others.
func (l *look) addMember(members map[int]int, port string, aggregate int64) {
	n, err := strconv.Atoi(port)
	if err != nil || int64(n) == aggregate || members[n] != 0 {
		return
	}
	if p, a := l.interfaceAt(n), l.interfaceAt(int(aggregate)); p != nil && a != nil && !isAggregate(*p) {
		members[n] = int(aggregate)
	}
}

func isAggregate(i inventory.Interface) bool {
	return slices.Contains(aggregateTypes, i.Type) || aggregateName.MatchString(i.Name)
}

// interfaceAt gives the interface with an ifIndex, or nil.
func (l *look) interfaceAt(ifIndex int) *inventory.Interface {
	for at := range l.asset.Interfaces {
		if i := &l.asset.Interfaces[at]; i.Index == ifIndex {
			return i
		}
	}
	return nil
}
