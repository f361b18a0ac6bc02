package simulated

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// device answers SNMP. For a host it stands beside its server; the others are devices only.
type device struct {
	member  *member
	kind    inventory.Kind
	name    string
	site    string
	zone    string
	model   model
	version int // index in model.versions
	serial  string
	mac     string // of the first port; the others follow in the last octet
	ip      netip.Addr
	host    *server // set for hypervisors and servers
	ports   []*port
	speaks  string // 1, 2c or 3
	weak    bool   // the community is a well-known default
	telnet  bool   // management also open on telnet, as the register knows
	until   inventory.Date
	cpuBase float64
	booted  time.Time
	boots   int
	fault   fault
}

// port is one interface of a device.
type port struct {
	device   *device
	index    int
	name     string
	alias    string
	mac      string
	megabits int
	up       bool
	load     float64 // share of the speed in the busy hour
	peer     *port   // at the other end of the cable
}

// model is an invented product in the dress of a common maker's SNMP answers, so that recognising
// it is as hard as in real life. Model names contain Demo: no existing product is meant.
type model struct {
	kind     inventory.Kind
	vendor   string
	name     string
	objectID string
	descr    string // {v} the version, {n} the model, {h} the host's name, {s} the serial number
	versions []string
	ports    int
	portName string // {i} the number
	megabits int
	lldp     bool
	cpu      bool // HOST-RESOURCES is served
	// Where the maker's own objects hold serial number, model and version; empty: only in ENTITY-MIB.
	serialAt, modelAt, versionAt string
}

var models = []model{
	{inventory.KindSwitch, "Cisco", "DEMO-2448", "1.3.6.1.4.1.9.1.9001",
		"Cisco IOS Software, {n} Software ({n}-LANBASEK9-M), Version {v}, RELEASE SOFTWARE (fc3)",
		[]string{"15.2(7)E9", "15.2(4)E10", "15.0(2)SE11"}, 28, "GigabitEthernet1/0/{i}", 1000, true, false, "", "", ""},
	{inventory.KindSwitch, "HPE", "Demo 2930", "1.3.6.1.4.1.11.2.3.7.11.9001",
		"HP {n} Switch, revision {v}, ROM WC.16.01.0008",
		[]string{"WC.16.11.0018", "WC.16.08.0005", "WC.16.02.0012"}, 28, "{i}", 1000, true, false, "", "", ""},
	{inventory.KindSwitch, "Juniper", "demo-ex48", "1.3.6.1.4.1.2636.1.1.1.2.9001",
		"Juniper Networks, Inc. {n} Ethernet Switch, kernel JUNOS {v}, Build date: 2023-03-01 00:00:00 UTC",
		[]string{"22.4R3-S2", "20.4R3-S7", "15.1R7-S8"}, 28, "ge-0/0/{i}", 1000, true, true, "", "", ""},
	{inventory.KindRouter, "Cisco", "ISR-DEMO", "1.3.6.1.4.1.9.1.9002",
		"Cisco IOS Software [Demo], {n} Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version {v}, RELEASE SOFTWARE (fc1)",
		[]string{"17.9.5a", "17.3.4a", "16.6.4"}, 6, "GigabitEthernet0/0/{i}", 1000, true, false, "", "", ""},
	{inventory.KindFirewall, "Fortinet", "Demo-200", "1.3.6.1.4.1.12356.101.1.9001",
		"{h}", []string{"v7.4.8,build2795,250523 (GA)", "v7.0.12,build0523,230606 (GA)", "v6.2.10,build1263,210913 (GA)"}, 12, "port{i}", 1000, true, true, "1.3.6.1.4.1.12356.100.1.1.1", "", "1.3.6.1.4.1.12356.101.4.1.1"},
	{inventory.KindWLAN, "Aruba", "ArubaDemo-7205", "1.3.6.1.4.1.14823.1.1.9001",
		"ArubaOS (MODEL: {n}), Version {v}", []string{"8.10.0.18 (91853)", "8.6.0.9 (79813)", "6.5.4.18 (78025)"}, 6, "GE0/0/{i}", 10000, true, true, "1.3.6.1.4.1.14823.2.2.1.2.1.29", "", ""},
	{inventory.KindStorage, "NetApp", "Demo-FAS", "1.3.6.1.4.1.789.2.5",
		"NetApp Release {v}: Mon Jan 15 12:00:00 UTC 2024", []string{"9.13.1P9", "9.9.1P15", "8.3.2P12"}, 4, "e0{i}", 10000, false, true, "1.3.6.1.4.1.789.1.1.9", "1.3.6.1.4.1.789.1.1.5", "1.3.6.1.4.1.789.1.1.2"},
	{inventory.KindUPS, "APC", "DEMO9630", "1.3.6.1.4.1.318.1.3.27",
		"APC Web/SNMP Management Card (MB:v4.1.0 PF:v{v} PN:apc_hw05_aos.bin AF1:v{v} AN1:apc_hw05_sumx.bin MN:{n} HR:05 SN: {s} MD:01/15/2019)",
		[]string{"6.9.6", "6.5.6", "5.1.1"}, 1, "eth0", 100, false, false, "1.3.6.1.4.1.318.1.1.1.1.2.3", "1.3.6.1.4.1.318.1.1.1.1.1.1", ""},
	{inventory.KindPrinter, "HP", "Demo LaserJet 500", "1.3.6.1.4.1.11.2.3.9.1",
		"HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM {v},CIDATE 08/13/2018",
		[]string{"JSI24220036", "JSI23700015", "JDI22200014"}, 1, "eth0", 100, false, true, "", "", ""},
	{inventory.KindLoadBalancer, "F5", "BIG-IP Demo", "1.3.6.1.4.1.3375.2.1.3.4.43",
		"{n} : Linux 3.10.0-862 : BIG-IP software release {v}", []string{"16.1.5", "15.1.10", "13.1.3"}, 8, "1.{i}", 10000, true, true, "1.3.6.1.4.1.3375.2.1.3.3.3", "1.3.6.1.4.1.3375.2.1.3.5.2", "1.3.6.1.4.1.3375.2.1.4.2"},
}

// buildDevices gives the network and its equipment, and the SNMP side of hypervisors and servers.
func (m *member) buildDevices(asOf inventory.Date) {
	o := m.outline
	for _, kind := range []struct {
		kind  inventory.Kind
		key   string
		count int
	}{
		{inventory.KindSwitch, "sw", o.switches}, {inventory.KindRouter, "rt", o.routers},
		{inventory.KindFirewall, "fw", o.firewalls}, {inventory.KindWLAN, "wlc", o.wlan},
		{inventory.KindLoadBalancer, "lb", o.balancers}, {inventory.KindStorage, "st", o.storage},
		{inventory.KindUPS, "ups", o.ups}, {inventory.KindPrinter, "prn", o.printers},
	} {
		for n := range kind.count {
			m.addDevice(kind.kind, m.name(kind.key, n+1), m.placeOf(kind.kind, n), asOf)
		}
	}
	for _, h := range append(append([]*server{}, m.hypervisors...), m.servers...) {
		if h.hasSNMP {
			m.addHostDevice(h)
		}
	}
	m.wire()
	m.extraEquipment(asOf)
}

// placeOf spreads switches, UPSs and printers over the sites; the rest stands in the server room.
func (m *member) placeOf(kind inventory.Kind, n int) string {
	switch {
	case kind == inventory.KindSwitch && n < coreSwitches, kind == inventory.KindUPS && n == 0:
		return m.sites[0].ID
	case kind == inventory.KindSwitch, kind == inventory.KindUPS, kind == inventory.KindPrinter:
		return m.sites[1+n%(len(m.sites)-1)].ID
	}
	return m.sites[0].ID
}

func (m *member) addDevice(kind inventory.Kind, name, site string, asOf inventory.Date) {
	d := m.dice
	var fitting []model
	for _, k := range models {
		if k.kind == kind {
			fitting = append(fitting, k)
		}
	}
	v := &device{
		member: m, kind: kind, name: name, site: site, model: pick(d, fitting), serial: m.serial(),
		ip: m.ip(1+len(m.devices)/190, 5+len(m.devices)%190),
	}
	v.mac = m.block(v.model.ports)
	v.version = weighted(d, []int{0, 1, 2}, func(i int) int {
		return []int{int(80 * m.care), 25, int(60 * (1 - m.care))}[i]
	})
	v.until = asOf.AddDays(d.between(-600+int(500*m.care), 2200))
	v.cpuBase = d.real(2, 35)
	v.throwManagement(kind == inventory.KindUPS || kind == inventory.KindPrinter)
	for n := range v.model.ports {
		v.addPort(after(v.mac, n), n == 0 || d.chance(0.6), d.real(0.002, 0.3))
	}
	m.devices = append(m.devices, v)
}

// addHostDevice gives a host its SNMP side, with the address and hardware address that its agent
// reports too: the two looks must become one asset.
func (m *member) addHostDevice(h *server) {
	v := &device{
		member: m, kind: h.kind, name: h.name, site: h.site, serial: h.serial, mac: h.mac, ip: h.ip, host: h,
		model: hostModel(h),
	}
	v.throwManagement(false)
	v.addPort(h.mac, true, m.dice.real(0.005, 0.2))
	if h.kind == inventory.KindHypervisor {
		v.addPort(m.mac(), true, m.dice.real(0.005, 0.2))
	}
	m.devices = append(m.devices, v)
}

// hostModel dresses a host's answers as its operating system's SNMP service does.
func hostModel(h *server) model {
	k := model{kind: h.kind, vendor: h.vendor, name: h.model, versions: []string{h.os.version}, cpu: true, megabits: 10000, portName: "eth{i}"}
	switch {
	case h.kind == inventory.KindHypervisor:
		k.portName = "vmnic{i}"
		k.objectID, k.lldp = "1.3.6.1.4.1.6876.4.1", true
		k.descr = "VMware ESXi {v} build-" + h.os.build + " VMware, Inc. x86_64"
	case h.windows():
		k.portName = "Ethernet{i}"
		k.objectID = "1.3.6.1.4.1.311.1.1.3.1.2"
		kernel := map[string]string{"2012 R2": "6.3", "2008 R2": "6.1"}[h.os.version]
		k.descr = "Hardware: Intel64 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - Software: Windows Version " +
			cmp.Or(kernel, "10.0") + " (Build " + h.os.build + " Multiprocessor Free)"
	default:
		k.objectID = "1.3.6.1.4.1.8072.3.2.10"
		k.descr = "Linux {h} " + h.os.build + " #1 SMP " + h.os.name + " " + h.os.version + " x86_64"
	}
	return k
}

// throwManagement decides how the device is managed: SNMPv3 where care is taken, else a community,
// sometimes the factory's; simple equipment seldom knows better than version 1.
func (v *device) throwManagement(simple bool) {
	d, care := v.member.dice, v.member.care
	switch {
	case simple && d.chance(0.3):
		v.speaks = "1"
	case !simple && d.chance(0.95*care), simple && d.chance(0.5*care):
		v.speaks = "3"
	default:
		v.speaks = "2c"
	}
	// Who looks after things at all has no factory community left.
	v.weak = v.speaks != "3" && care < 0.78 && d.chance(0.1+0.7*(1-care))
	v.boots, v.booted = d.between(2, 40), v.member.since.Add(-time.Duration(d.between(1, 400*24))*time.Hour)
	v.telnet = v.host == nil && d.chance(0.3*(1-care))
	switch {
	case d.chance(0.3 + 0.65*care):
		v.zone = "mgmt"
	case d.chance(0.5):
		v.zone = "client"
	}
}

// extraEquipment is what no collector reaches and only the register knows: power strips, an
// appliance, servers kept as spares or taken out of use.
func (m *member) extraEquipment(asOf inventory.Date) {
	add := func(kind inventory.Kind, key string, status inventory.AssetStatus) {
		m.extras = append(m.extras, inventory.Asset{
			Municipality: m.Code, Site: m.sites[0].ID, Kind: kind, Name: m.name(key, 1), Status: status,
			Vendor: "Demo Hardware", Serial: m.serial(), Owner: "It og digitalisering",
			Criticality: inventory.CriticalityLow, Class: internal,
			HardwareEndOfSupport: asOf.AddDays(m.dice.between(-900, 1500)),
		})
	}
	add(inventory.KindPDU, "pdu", inventory.InService)
	add(inventory.KindAppliance, "fax", inventory.InService)
	add(inventory.KindServer, "res", inventory.Spare)
	add(inventory.KindServer, "old", inventory.Retired)
}

// descr is the device's sysDescr.
func (v *device) descr() string {
	return strings.NewReplacer("{n}", v.model.name, "{v}", v.model.versions[v.version], "{h}", v.name, "{s}", v.serial).Replace(v.model.descr)
}
