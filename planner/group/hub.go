package group

import (
	"cmp"
	"maps"
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
	Peers  int  // distinct servers: on the role's ports, or for Shared on any
	Median int  // peers of the municipality's median server, for Shared
	Port   int  // the well-known port that most of them use; 0 for Shared
	Chosen bool // people have called it a shared service; the rest says what is seen of it, if anything
}

// minPortPeers is how many servers must use a role's well-known ports on a server before it counts as
// a shared service: two could be a pair that belongs together. In a large municipality it is 2 % of the
// servers, because a few ports are always used for something else than what they are known for.
const minPortPeers = 3

func (p Problem) portPeers() int { return max(minPortPeers, p.Servers/50) }

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

// domainPorts are those on which a directory answers about its accounts. Directory servers that talk on
// them hold the same directory.
var domainPorts = map[int]bool{88: true, 389: true, 464: true, 636: true, 3268: true, 3269: true}

// findHubs gives the foundations, by server: what detect finds, less what people say is none, and what
// they say is one. The second list is what they have overruled.
func findHubs(p Problem) (hubs, overruled []Hub) {
	found := detect(p)
	for _, s := range p.NotFoundation {
		if h, ok := found[s]; ok {
			overruled = append(overruled, h)
			delete(found, s)
		}
	}
	for _, s := range p.Foundation {
		h, ok := found[s]
		if !ok {
			h = Hub{Server: s, Role: Shared}
		}
		h.Chosen = true
		found[s] = h
	}
	byServer := func(a, b Hub) int { return cmp.Compare(a.Server, b.Server) }
	slices.SortFunc(overruled, byServer)
	return slices.SortedFunc(maps.Values(found), byServer), overruled
}

// detect finds the shared services: servers whose well-known port several others use, and servers
// that talk with more than four times as many as the median server, or with more than 12 % of all
// (and twice the median). Weak flows count here: a name lookup is small and still a dependency.
func detect(p Problem) map[int]Hub {
	found, peers := byPort(p)
	byDegree(p, peers, found)
	return found
}

// byPort finds the servers that others use on the ports of a shared service. What is left is who
// talks with whom on other ports: were the well-known ones counted too, every server that asks the
// directory, the backup and the monitoring would look well connected.
func byPort(p Problem) (found map[int]Hub, peers []map[int]bool) {
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
	peers = make([]map[int]bool, p.Servers)
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

	found = map[int]Hub{}
	for k, ports := range users {
		if len(ports) < p.portPeers() {
			continue
		}
		h := Hub{Server: k.server, Role: k.role, Peers: len(ports), Port: mostUsed(ports)}
		old, ok := found[k.server]
		if !ok || cmp.Or(cmp.Compare(old.Peers, h.Peers), cmp.Compare(h.Role.rank(), old.Role.rank())) < 0 {
			found[k.server] = h
		}
	}
	return found, peers
}

// byDegree adds the servers that talk with far more others than most do.
func byDegree(p Problem, peers []map[int]bool, found map[int]Hub) {
	var connected []int
	for _, ps := range peers {
		if len(ps) > 0 {
			connected = append(connected, len(ps))
		}
	}
	if len(connected) == 0 {
		return
	}
	slices.Sort(connected)
	median := connected[(len(connected)-1)/2]
	for i, ps := range peers {
		d := len(ps)
		if _, ok := found[i]; ok || d < minDegree {
			continue
		}
		if d > 4*median || (100*d > 12*p.Servers && d > 2*median) {
			found[i] = Hub{Server: i, Role: Shared, Peers: d, Median: median}
		}
	}
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
