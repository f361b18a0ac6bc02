package simulated

import "net/netip"

// flow is traffic towards a server. From is nil for a client outside the estate, known by its
// address only.
type flow struct {
	from   *server
	client netip.Addr
	to     *server
	port   int
	bytes  int64 // per day
}

const (
	megabyte = 1_000_000
	gigabyte = 1_000_000_000
)

// buildFlows gives who talks to whom: inside each system, everything to the shared services,
// integrations across systems, clients, and noise.
func (m *member) buildFlows() {
	byRole := map[string][]*server{}
	for _, s := range m.servers {
		byRole[s.role] = append(byRole[s.role], s)
	}
	for i, s := range m.servers {
		m.sharedServices(s, i, byRole)
	}
	for _, s := range m.systems {
		if len(s.servers) > 1 && !s.foundation() {
			m.withinSystem(s)
		}
	}
	m.integrations()
	m.clients()
}

func (m *member) flow(from, to *server, port int, low, high float64) {
	if from != to {
		m.flows = append(m.flows, flow{from: from, to: to, port: port, bytes: int64(m.dice.real(low, high))})
	}
}

// sharedServices lets a server sign in, look up names, be backed up and be watched.
func (m *member) sharedServices(s *server, at int, byRole map[string][]*server) {
	one := func(key string) *server { return byRole[key][at%len(byRole[key])] }
	m.flow(s, one("dc"), 389, 2*megabyte, 60*megabyte)
	if s.windows() {
		m.flow(s, one("dc"), 88, 1*megabyte, 8*megabyte)
	}
	m.flow(s, one("dns"), 53, 0.2*megabyte, 6*megabyte)
	m.flow(s, one("mon"), 9090, 3*megabyte, 15*megabyte)
	if s.backup != nil && s.backup.lag != never {
		m.flow(s, one("bck"), 6160, 1*gigabyte, 30*gigabyte)
	}
	if s.role == "app" && m.dice.chance(0.3) {
		m.flow(s, one("mgw"), 25, 0.1*megabyte, 5*megabyte)
	}
	if m.dice.chance(0.4) {
		m.flow(one("jmp"), s, 3389, 0.1*megabyte, 40*megabyte)
	}
}

// withinSystem ties the parts of one system: web to application, application to database.
func (m *member) withinSystem(s *system) {
	for _, from := range s.servers {
		for _, to := range s.servers {
			switch {
			case from.role == "web" && to.role == "app":
				m.flow(from, to, roles["app"].port, 0.2*gigabyte, 9*gigabyte)
			case from.role == "app" && (to.role == "sql" || to.role == "pg") && to.active():
				m.flow(from, to, roles[to.role].port, 0.5*gigabyte, 40*gigabyte)
			}
		}
	}
}

// active tells whether the server is not a cluster's passive node.
func (s *server) active() bool {
	for _, d := range s.disks {
		if d.idle {
			return false
		}
	}
	return true
}

// integrations let application servers call those of other systems: most a little, a few much.
func (m *member) integrations() {
	var apps []*server
	for _, s := range m.servers {
		if s.role == "app" {
			apps = append(apps, s)
		}
	}
	for _, from := range apps {
		if !m.dice.chance(0.5) {
			continue
		}
		to := pick(m.dice, apps)
		if m.dice.chance(0.8) {
			m.flow(from, to, roles["app"].port, 0.02*megabyte, 0.9*megabyte)
		} else {
			m.flow(from, to, roles["app"].port, 5*megabyte, 900*megabyte)
		}
	}
}

// clients are users' machines: many small flows to what people work with.
func (m *member) clients() {
	n := 0
	for _, s := range m.servers {
		if s.role != "web" && s.role != "app" && s.role != "fil" {
			continue
		}
		for range 2 {
			m.flows = append(m.flows, flow{
				client: m.ip(100+n/250, 1+n%250), to: s, port: roles[s.role].port,
				bytes: int64(m.dice.real(0.1*megabyte, 200*megabyte)),
			})
			n++
		}
	}
}
