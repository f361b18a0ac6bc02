package group

import (
	"cmp"
	"slices"
)

// Role is the shared service that a foundation gives.
type Role string

// The roles, in the order in which they are built up at the centre.
const (
	Directory  Role = "directory"  // Active Directory, DNS, time
	Backup     Role = "backup"     // backup servers
	Monitoring Role = "monitoring" // monitoring, logs, updates
	Shared     Role = "shared"     // talks with so many that no group can own it
)

// Roles lists the roles in that order.
var Roles = []Role{Directory, Backup, Monitoring, Shared}

func (r Role) rank() int { return slices.Index(Roles, r) }

// Hub is a server that many others depend on, and why it is taken for one.
type Hub struct {
	Server int
	Role   Role
	Peers  int // distinct servers: on the role's ports, or for Shared on any
	Median int // peers of the municipality's median server, for Shared
	Port   int // the well-known port that most of them use; 0 for Shared
}

// minPortPeers is how many servers must use a role's well-known ports on a server before it counts as
// a shared service: two could be a pair that belongs together.
const minPortPeers = 3

// minDegree keeps small municipalities from taking every second server for a hub.
const minDegree = 8

// service is a well-known port of a shared service, and which end of a flow is the hub.
type service struct {
	role Role
	hub  end
}

type end int

const (
	listener end = iota // clients ask the hub
	asker               // the hub asks the clients: monitoring that polls
	either              // products differ: some backup servers fetch, others are sent to
)

var services = map[int]service{
	53: {Directory, listener}, 88: {Directory, listener}, 123: {Directory, listener}, 389: {Directory, listener},
	464: {Directory, listener}, 636: {Directory, listener}, 3268: {Directory, listener}, 3269: {Directory, listener},

	1500: {Backup, either}, 6160: {Backup, either}, 6161: {Backup, either}, 6162: {Backup, either}, 8400: {Backup, either},
	9392: {Backup, either}, 10000: {Backup, either}, 10005: {Backup, either}, 13724: {Backup, either}, 13782: {Backup, either},

	162: {Monitoring, listener}, 514: {Monitoring, listener}, 1514: {Monitoring, listener}, 6514: {Monitoring, listener},
	8530: {Monitoring, listener}, 8531: {Monitoring, listener}, 9090: {Monitoring, listener}, 10051: {Monitoring, listener},
	161: {Monitoring, asker}, 5666: {Monitoring, asker}, 9100: {Monitoring, asker}, 9182: {Monitoring, asker}, 10050: {Monitoring, asker},
}

// findHubs finds the shared services: servers whose well-known port several others use, and servers
// that talk with more than four times as many as the median server, or with more than 12 % of all
// (and twice the median). Weak flows count here: a name lookup is small and still a dependency.
func findHubs(p Problem) []Hub {
	type key struct {
		server int
		role   Role
	}
	users := map[key]map[int]int{} // user → the port it uses first
	use := func(k key, user, port int) {
		if users[k] == nil {
			users[k] = map[int]int{}
		}
		if first, ok := users[k][user]; !ok || port < first {
			users[k][user] = port
		}
	}
	peers := make([]map[int]bool, p.Servers)
	for i := range peers {
		peers[i] = map[int]bool{}
	}
	for _, f := range p.Flows {
		if f.From == f.To {
			continue
		}
		s, wellKnown := services[f.Port]
		if !wellKnown {
			peers[f.From][f.To] = true
			peers[f.To][f.From] = true
			continue
		}
		if s.hub != asker {
			use(key{f.To, s.role}, f.From, f.Port)
		}
		if s.hub != listener {
			use(key{f.From, s.role}, f.To, f.Port)
		}
	}

	found := map[int]Hub{}
	for k, ports := range users {
		if len(ports) < minPortPeers {
			continue
		}
		h := Hub{Server: k.server, Role: k.role, Peers: len(ports), Port: mostUsed(ports)}
		old, ok := found[k.server]
		if !ok || cmp.Or(cmp.Compare(old.Peers, h.Peers), cmp.Compare(h.Role.rank(), old.Role.rank())) < 0 {
			found[k.server] = h
		}
	}

	// Well-known ports are left out of the degree, or every server that asks the directory, the
	// backup and the monitoring would look well connected.
	degrees := make([]int, p.Servers)
	var connected []int
	for i, ps := range peers {
		degrees[i] = len(ps)
		if len(ps) > 0 {
			connected = append(connected, len(ps))
		}
	}
	slices.Sort(connected)
	if len(connected) > 0 {
		median := connected[(len(connected)-1)/2]
		for i, d := range degrees {
			if _, ok := found[i]; ok || d < minDegree {
				continue
			}
			if d > 4*median || (100*d > 12*p.Servers && d > 2*median) {
				found[i] = Hub{Server: i, Role: Shared, Peers: d, Median: median}
			}
		}
	}
	hubs := make([]Hub, 0, len(found))
	for _, h := range found {
		hubs = append(hubs, h)
	}
	slices.SortFunc(hubs, func(a, b Hub) int { return cmp.Compare(a.Server, b.Server) })
	return hubs
}

// mostUsed gives the port that most users share, the lowest of equals.
func mostUsed(ports map[int]int) int {
	n := map[int]int{}
	for _, port := range ports {
		n[port]++
	}
	best := 0
	for port, count := range n {
		if count > n[best] || (count == n[best] && port < best) {
			best = port
		}
	}
	return best
}
