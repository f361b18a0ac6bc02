package simulated

import (
	"fmt"
	"net/netip"

	"github.com/samdrift/samdrift/inventory"
)

// centre is the slug of the centre that Odense hosts.
const centre = "kit-fyn"

// server is a host: a virtual machine, a physical server or a hypervisor.
type server struct {
	member *member
	name   string
	role   string // see roles
	kind   inventory.Kind
	site   string
	os     release

	vcpus  int
	memory int64
	vendor string
	model  string
	serial string // physical hosts
	uuid   string // virtual machines
	mac    string
	ip     netip.Addr
	on     *server // its hypervisor
	disks  []disk

	cpuBase, memoryBase float64 // percent
	systems             []*system
	backup              *backup // nil: no backup agent tells
	hasAgent            bool    // samdrift-agent is on it
	hasSNMP             bool
	movedTo             string // centre it already runs at
}

// disk is a volume with the fill it had on Config.AsOf and how fast it grows.
type disk struct {
	mount  string
	bytes  int64
	fill   float64 // share
	growth float64 // share per day
	shared string  // the cluster's id of the disk; empty: local
	idle   bool    // a cluster's passive node sees the disk but has not mounted it
}

// role is what a server is for.
type role struct {
	key       string
	linux     bool // may run Linux
	vcpus     int
	memoryGB  int
	dataGB    [2]int // size of the data volume from, to
	port      int
	process   string
	linuxProc string
	software  string
}

// roles by their key, as it stands in host names.
var roles = map[string]role{
	"dc":  {"dc", false, 4, 16, [2]int{}, 389, "lsass", "", "Directory services"},
	"dns": {"dns", true, 2, 4, [2]int{}, 53, "dns", "named", "Name server"},
	"bck": {"bck", false, 8, 64, [2]int{8000, 24000}, 6160, "backupsvc", "", "Demo Backup Server"},
	"mon": {"mon", true, 4, 16, [2]int{200, 600}, 9090, "monitor", "monitor", "Demo Monitor"},
	"mgw": {"mgw", true, 2, 8, [2]int{}, 25, "smtpd", "master", "Mail gateway"},
	"jmp": {"jmp", false, 4, 16, [2]int{}, 3389, "TermService", "", "Remote access"},
	"fil": {"fil", false, 4, 16, [2]int{1500, 7000}, 445, "System", "", "File services"},
	"sql": {"sql", false, 8, 64, [2]int{200, 1800}, 1433, "sqlservr", "", "SQL database engine"},
	"pg":  {"pg", true, 4, 32, [2]int{100, 900}, 5432, "postgres", "postgres", "PostgreSQL"},
	"app": {"app", true, 4, 16, [2]int{60, 300}, 8443, "appserver", "java", "Application server"},
	"web": {"web", true, 2, 8, [2]int{}, 443, "w3wp", "nginx", "Web server"},
}

// foundations are the shared services that every other server leans on.
var foundations = []struct {
	name, role  string
	criticality inventory.Criticality
}{
	{"Katalogtjeneste", "dc", 4}, {"DNS og DHCP", "dns", 4}, {"Backup", "bck", 3},
	{"Overvågning", "mon", 3}, {"Mailgateway", "mgw", 3}, {"Fjernadgang", "jmp", 3},
}

// buildHypervisors gives the hosts that the virtual machines run on.
func (m *member) buildHypervisors() {
	for n := range m.outline.hypervisors {
		h := &server{
			member: m, name: m.name("esx", n+1), role: "esx", kind: inventory.KindHypervisor, site: m.sites[0].ID,
			os: m.release(esxi), vcpus: 64, memory: 768 << 30, vendor: "Demo Hardware", model: "Demo R640",
			serial: m.serial(), mac: m.mac(), ip: m.ip(1, 200+n), cpuBase: m.dice.real(20, 55), memoryBase: m.dice.real(50, 85),
			disks:   []disk{{mount: fmt.Sprintf("datastore%d", n+1), bytes: 20 << 40, fill: m.dice.real(0.4, 0.8), growth: 0.0005}},
			hasSNMP: true,
		}
		m.hypervisors = append(m.hypervisors, h)
	}
}

// buildServers gives the shared services, then database clusters, then the systems that are run at
// home until the servers are used up.
func (m *member) buildServers(asOf inventory.Date) {
	budget := m.outline.servers
	for _, f := range foundations {
		n := 1
		if f.role == "dc" || f.role == "dns" {
			n = 2
		}
		if budget > 100 {
			n *= 2
		}
		s := m.addSystem(product{f.name, "It og digitalisering", f.criticality, confidential, true}, asOf)
		for range n {
			s.runOn(m.addServer(f.role))
		}
	}
	var clusters [][]*server
	for n := range 1 + budget/60 {
		a, b := m.addServer("sql"), m.addServer("sql")
		data := disk{mount: `E:\`, bytes: int64(m.dice.between(1, 4)) << 40, fill: m.dice.real(0.3, 0.85),
			growth: 0.0004, shared: fmt.Sprintf("%s-csv-%02d", m.outline.prefix, n+1)}
		a.disks, b.disks = append(a.disks, data), append(b.disks, data)
		b.disks[len(b.disks)-1].idle = true
		clusters = append(clusters, []*server{a, b})
	}
	for _, s := range m.homeOrder() {
		if len(m.servers) >= budget {
			break
		}
		m.house(s, clusters)
	}
	for i, s := range m.servers {
		m.finish(s, i, asOf)
	}
	m.move()
}

// homeOrder lists the systems in the order in which they are run at home: first those that usually
// are, each kind in thrown order.
func (m *member) homeOrder() []*system {
	var often, seldom []*system
	for _, s := range m.systems {
		switch {
		case s.Hosting == inventory.HostingOwn:
		case s.product.own:
			often = append(often, s)
		default:
			seldom = append(seldom, s)
		}
	}
	for _, list := range [][]*system{often, seldom} {
		m.dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	return append(often, seldom...)
}

// house builds the servers of one system, from everything on one to a web, two application and a
// database server.
func (m *member) house(s *system, clusters [][]*server) {
	switch throw := m.dice.Float64(); {
	case s.Name == "Fildeling":
		s.runOn(m.addServer("fil"))
	case throw < 0.35:
		s.runOn(m.addServer("app"))
	case throw < 0.6:
		s.runOn(m.addServer("app"))
		s.runOn(pick(m.dice, clusters)...)
	case throw < 0.88:
		s.runOn(m.addServer("app"), m.addServer(pick(m.dice, []string{"sql", "pg"})))
	default:
		s.runOn(m.addServer("web"), m.addServer("app"), m.addServer("app"), m.addServer(pick(m.dice, []string{"sql", "pg"})))
	}
}

// addServer builds one server of a role.
func (m *member) addServer(key string) *server {
	d, r := m.dice, roles[key]
	n := 1
	for _, s := range m.servers {
		if s.role == key {
			n++
		}
	}
	at := len(m.servers)
	s := &server{
		member: m, name: m.name(key, n), role: key, kind: inventory.KindVM, site: m.sites[0].ID,
		vcpus: r.vcpus << d.IntN(2), memory: int64(r.memoryGB<<d.IntN(2)) << 30,
		vendor: "Demo Virtual Platform", model: "Virtual machine", mac: m.vmMAC(),
		ip: m.ip(10+at/240, 10+at%240), cpuBase: d.real(3, 45), memoryBase: d.real(30, 85),
	}
	system := disk{mount: `C:\`, bytes: int64(pick(d, []int{80, 100, 120})) << 30, fill: d.real(0.35, 0.9), growth: d.real(0, 0.0008)}
	s.os = m.release(windows)
	if r.linux && d.chance(0.55) {
		s.os, system.mount = m.release(linux), "/"
	}
	s.disks = []disk{system}
	if r.dataGB[1] > 0 {
		data := disk{mount: `D:\`, bytes: int64(d.between(r.dataGB[0], r.dataGB[1])) << 30, fill: d.real(0.2, 0.9), growth: d.real(0, 0.002)}
		if !s.windows() {
			data.mount = "/srv"
		}
		s.disks = append(s.disks, data)
	}
	m.servers = append(m.servers, s)
	return s
}

// finish decides what holds for every server: where it runs, who looks at it, when it was backed up.
func (m *member) finish(s *server, at int, asOf inventory.Date) {
	d := m.dice
	if s.role == "bck" || d.chance(0.05) {
		s.kind, s.vendor, s.model, s.serial = inventory.KindServer, "Demo Hardware", "Demo R440", m.serial()
		s.mac = m.mac()
	} else {
		s.on = m.hypervisors[at%len(m.hypervisors)]
		s.uuid = fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", d.Uint32(), d.Uint32()&0xffff, d.Uint32()&0xfff, d.Uint32()&0xfff, d.Uint64()&0xffffffffffff)
	}
	s.hasAgent = d.chance(0.93)
	s.hasSNMP = at%18 == 7
	s.backup = m.throwBackup(s, asOf)
}

// move puts what already runs at the centre there: everything once the agreement is in stable
// operation, some systems while it is moving.
func (m *member) move() {
	if m.moved() {
		for _, s := range m.servers {
			s.movedTo = centre
		}
	}
	for i, s := range m.systems {
		if s.Hosting != inventory.HostingOwn {
			continue
		}
		alone := m.outline.state == inventory.StateMoving && i%3 == 0 && len(s.servers) > 0
		for _, v := range s.servers {
			alone = alone && len(v.systems) == 1 && !s.foundation()
		}
		if alone || m.moved() {
			s.Hosting, s.OperatedBy = inventory.HostingCentre, centre
			for _, v := range s.servers {
				v.movedTo = centre
			}
		}
	}
}

// foundation tells whether the system is one of the shared services.
func (s *system) foundation() bool {
	for _, f := range foundations {
		if f.name == s.product.name {
			return true
		}
	}
	return false
}

// release throws an operating system: the less care, the older.
func (m *member) release(of []release) release {
	return weighted(m.dice, of, func(r release) int {
		return int(100 * (m.care*float64(r.careful) + (1-m.care)*float64(r.careless)))
	})
}

// windows tells whether the server runs Windows.
func (s *server) windows() bool { return s.os.name == "Windows Server" }

// process is the program that serves the role's port.
func (s *server) process() string {
	r := roles[s.role]
	if !s.windows() && r.linuxProc != "" {
		return r.linuxProc
	}
	return r.process
}
