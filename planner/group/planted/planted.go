// Package planted makes up municipalities whose true move groups are known, to measure what the
// grouping finds. Everything is invented and seeded: the same Estate gives the same servers.
//
// Planted estates flatter every method, because they are made the way the method thinks. They show that
// nothing is broken, not how a real municipality comes out.
package planted

import (
	"math"
	"math/rand/v2"

	"github.com/samdrift/samdrift/planner/group"
)

// Estate says what to make up.
//
// Foundations: two directory servers that also answer names (one domain), a backup server, a monitoring
// server, an update server, a jump host and a print server, for every 1,000 servers or part of them. All
// servers use the first four; the jump host reaches two of three, the print server is used by one in five.
//
// Systems: one to three web servers, one to four application servers, one or two database servers (two
// are a cluster: they share a disk), and for one system in three a file server of its own, until the
// servers are used up. That gives groups of about four. Web calls application, application calls
// database, all at a log-normal volume around 150 MB a day.
//
// Between systems: nightly copies, two for every five systems, around 300 MB. Noise: one flow per two
// servers between any two, most of them below 1 MB a day and seen on few days.
type Estate struct {
	Seed    uint64
	Servers int // at least 30, or there is no room for systems
	// WrongPorts is the share of all flows, 0-1, that run on a port of another class than they should.
	WrongPorts float64
	// Online is the share of systems, 0-1, that another system's servers are asked by at once: by calls
	// (11 in 20), by a message queue (6) or by reading its database (3), at 10 to 20 MB a day. Such systems
	// do depend on each other; that they are two groups is known only to whoever planted them.
	Online float64
	// Persistence tells of each flow on how many days it was seen; without it nothing is known of that.
	Persistence bool
}

// wrongPorts are what a flow may run on when its port says something wrong.
var wrongPorts = []int{22, 25, 443, 445, 1433, 3306, 3389, 5672, 8080}

// Make gives the municipality, and for each server the number of its true group.
func (e Estate) Make() (group.Problem, []int) {
	m := &maker{Estate: e, r: rand.New(rand.NewPCG(e.Seed, 62)), truth: make([]int, e.Servers)}
	m.p = group.Problem{Servers: e.Servers, MaxServers: 40, MinBytes: 1_000_000}
	m.foundations()
	for m.next < e.Servers {
		m.system()
	}
	for _, s := range m.systems {
		m.integrate(s)
	}
	for range e.Servers / 2 {
		from, to := m.any(), m.any()
		m.flow(from, to, wrongPorts[m.r.IntN(len(wrongPorts))], 0.3e6, 1.2, 0.3*m.r.Float64())
	}
	return m.p, m.truth
}

type maker struct {
	Estate
	r       *rand.Rand
	p       group.Problem
	truth   []int
	next    int   // the next free server
	groups  int   // made so far
	first   int   // the first server that is no foundation
	systems []app // made so far
}

// app is a system by its tiers.
type app struct{ web, logic, data []int }

// take gives the next n servers, or as many as are left, to the present group.
func (m *maker) take(n int) []int {
	var servers []int
	for ; n > 0 && m.next < m.Servers; n-- {
		m.truth[m.next] = m.groups
		servers = append(servers, m.next)
		m.next++
	}
	return servers
}

func (m *maker) any() int { return m.first + m.r.IntN(m.Servers-m.first) }

// flow adds traffic with a log-normal volume around a median.
func (m *maker) flow(from, to, port int, median, spread, persistence float64) {
	bytes := median * math.Exp(spread*m.r.NormFloat64())
	if m.r.Float64() < m.WrongPorts {
		port = wrongPorts[m.r.IntN(len(wrongPorts))]
	}
	if !m.Persistence {
		persistence = 0
	}
	if from != to {
		m.p.Flows = append(m.p.Flows, group.Flow{From: from, To: to, Port: port, Bytes: int64(bytes), Persistence: persistence})
	}
}

// foundations makes the shared services and all that is asked of them.
func (m *maker) foundations() {
	sets := (m.Servers + 999) / 1000
	for set := range sets {
		one := func() int { s := m.take(1)[0]; m.groups++; return s }
		dc := m.take(2)
		m.groups++
		backup, monitor, updates, jump, printer := one(), one(), one(), one(), one()
		m.first = sets * 7
		m.flow(dc[0], dc[1], 389, 50e6, 0.5, 1)
		for s := m.first; s < m.Servers; s++ {
			if s%sets != set {
				continue // asks another set
			}
			home := dc[m.r.IntN(2)]
			m.flow(s, home, 389, 3e6, 1, 1)
			m.flow(s, home, 53, 2e6, 1, 1)
			m.flow(backup, s, 6160, 5e9, 1, 1)
			m.flow(monitor, s, 9100, 4e6, 0.3, 1)
			m.flow(s, updates, 8530, 5e6, 1, 0.3)
			if m.r.IntN(3) > 0 {
				m.flow(jump, s, 3389, 10e6, 1, 0.2)
			}
			if m.r.IntN(5) == 0 {
				m.flow(s, printer, 445, 10e6, 1, 0.7)
			}
		}
	}
}

// system makes one system and the traffic within it.
func (m *maker) system() {
	const median, spread = 150e6, 1.2
	var a app
	dataPort := []int{1433, 1521, 3306, 5432}[m.r.IntN(4)]
	a.data = m.take(1 + m.r.IntN(4)/3)
	a.logic = m.take(1 + m.r.IntN(3)*m.r.IntN(2))
	if len(a.logic) == 0 {
		a.logic = a.data // the last server of all: both in one
	}
	a.web = m.take(m.r.IntN(3))
	if len(a.data) == 2 {
		m.p.Ties = append(m.p.Ties, group.Tie{Servers: a.data})
	}
	for _, s := range a.logic {
		m.flow(s, a.data[m.r.IntN(len(a.data))], dataPort, median, spread, 1)
	}
	for _, s := range a.web {
		m.flow(s, a.logic[m.r.IntN(len(a.logic))], []int{443, 8080}[m.r.IntN(2)], median, spread, 1)
		m.flow(s, a.logic[m.r.IntN(len(a.logic))], 443, median/5, spread, 0.9)
	}
	if m.r.IntN(3) == 0 {
		for _, share := range m.take(1) {
			for _, s := range a.logic {
				m.flow(s, share, 445, median, spread, 0.9)
			}
		}
	}
	m.groups++
	m.systems = append(m.systems, a)
}

// integrate gives a system its traffic with others.
func (m *maker) integrate(a app) {
	from := a.logic[m.r.IntN(len(a.logic))]
	for range 2 {
		if m.r.IntN(5) == 0 {
			to := m.systems[m.r.IntN(len(m.systems))]
			m.flow(from, to.data[0], 22, 300e6, 1.2, 1)
		}
	}
	if m.r.Float64() >= m.Online {
		return
	}
	to := m.systems[m.r.IntN(len(m.systems))]
	called := to.logic[m.r.IntN(len(to.logic))]
	switch k := m.r.IntN(20); {
	case k < 11:
		m.flow(from, called, 443, 20e6, 1.2, 0.9)
	case k < 17:
		m.flow(from, called, 5672, 10e6, 1.2, 0.9)
	default:
		m.flow(from, to.data[0], 1433, 10e6, 1.2, 0.5)
	}
}
