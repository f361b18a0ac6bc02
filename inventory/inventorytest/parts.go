package inventorytest

import (
	"fmt"

	"github.com/samdrift/samdrift/inventory"
)

// part is a class of assets, with its share in a thousand and how many rows of each table it has.
type part struct {
	share                     int
	kind                      inventory.Kind
	prefix, vendor            string
	platform, collector       string
	ports, components, vlans  int
	stations, resolved        int
	neighbours, sensors       int
	supplies, guests, volumes int
	software, listeners       int
	flows                     int
}

// parts are the estate: what municipalities' networks, server rooms and desks hold, with about two
// switch ports to everything that is plugged in. Their shares add up to a thousand.
var parts = []part{
	{share: 40, kind: inventory.KindSwitch, prefix: "sw", vendor: "Aruba", platform: "procurve", collector: "snmp", ports: 52, components: 14, vlans: 12, stations: 90, resolved: 6, neighbours: 4, sensors: 12},
	{share: 3, kind: inventory.KindRouter, prefix: "rt", vendor: "Cisco", platform: "iosxe", collector: "snmp", ports: 90, components: 30, vlans: 60, stations: 400, resolved: 500, neighbours: 8, sensors: 40},
	{share: 4, kind: inventory.KindFirewall, prefix: "fw", vendor: "Fortinet", platform: "fortigate", collector: "snmp", ports: 30, components: 4, vlans: 20, resolved: 300, sensors: 20},
	{share: 140, kind: inventory.KindWLAN, prefix: "ap", vendor: "Aruba", platform: "arubaos", collector: "snmp", ports: 4, components: 1, neighbours: 1},
	{share: 80, kind: inventory.KindPrinter, prefix: "pr", vendor: "HP", platform: "jetdirect", collector: "snmp", ports: 2, supplies: 5},
	{share: 15, kind: inventory.KindUPS, prefix: "ups", vendor: "APC", platform: "apc", collector: "snmp", ports: 1, sensors: 14},
	{share: 8, kind: inventory.KindHypervisor, prefix: "esx", vendor: "Dell", platform: "vmware-esxi", collector: "snmp", ports: 12, components: 6, vlans: 10, guests: 24, volumes: 4, sensors: 20},
	{share: 15, kind: inventory.KindServer, prefix: "srv", vendor: "HPE", platform: "linux", collector: "agent", ports: 6, volumes: 6, software: 40, listeners: 12, flows: 4},
	{share: 195, kind: inventory.KindVM, prefix: "vm", vendor: "VMware", platform: "windows", collector: "agent", ports: 2, volumes: 3, software: 40, listeners: 12, flows: 4},
	{share: 500, kind: inventory.KindEndpoint, prefix: "pc", vendor: "Lenovo", platform: "windows", collector: "sheet", ports: 2, volumes: 1},
}

// kindAt gives the class that a draw below a thousand falls in.
func (m *maker) kindAt(draw int) int {
	for i, p := range parts {
		if draw -= p.share; draw < 0 {
			return i
		}
	}
	return len(parts) - 1
}

// fill adds the rows of every table.
func (m *maker) fill(a *inventory.Asset, p part) {
	changed := -1 // the port that changed since the last round
	if m.now.IntN(50) == 0 {
		changed = m.now.IntN(p.ports)
	}
	for n := range p.ports {
		x := inventory.Interface{
			Index: n + 1, Name: fmt.Sprintf("%d/%d", n/24+1, n%24+1), Descr: fmt.Sprintf("Port %d", n+1), Type: "ethernetCsmacd",
			SpeedBPS: 1_000_000_000, MAC: mac(m.i, n), Admin: "up", Oper: "up", MTU: 1500,
		}
		if n%3 == 0 {
			x.Alias = fmt.Sprintf("room %d outlet %d", m.fixed.IntN(400), n)
		}
		if n == changed && m.round%2 == 1 {
			x.Oper = "down"
		}
		a.Interfaces = append(a.Interfaces, x)
	}
	for n := range p.components {
		a.Components = append(a.Components, inventory.Component{Index: n + 1, Class: "module", Name: fmt.Sprintf("Module %d", n), Model: fmt.Sprintf("J%d", m.fixed.IntN(9000)), Serial: fmt.Sprintf("C%08X", m.fixed.Uint32()), Parent: min(n, 1)})
	}
	for n := range p.vlans {
		a.VLANs = append(a.VLANs, inventory.VLAN{ID: 10 + n, Name: fmt.Sprintf("vlan-%d", 10+n)})
	}
	for n := range p.stations {
		a.Stations = append(a.Stations, inventory.Station{MAC: mac(m.other(), 0), VLAN: 10 + n%12, Interface: n%p.ports + 1})
	}
	for n := range p.resolved {
		other := m.other()
		a.Resolved = append(a.Resolved, inventory.Resolved{IP: m.ip(other), MAC: mac(other, 0), Interface: n%p.ports + 1})
	}
	for n := range p.neighbours {
		a.Neighbours = append(a.Neighbours, inventory.Neighbour{Protocol: "lldp", LocalPort: fmt.Sprintf("1/%d", n+1), RemoteName: fmt.Sprintf("sw-%d", m.fixed.IntN(4000)), RemotePort: "1/24"})
	}
	for n := range p.sensors {
		a.Sensors = append(a.Sensors, inventory.Sensor{OID: fmt.Sprintf("1.3.6.1.4.1.9.9.91.1.1.1.1.4.%d", n), Class: "temperature", Name: fmt.Sprintf("Sensor %d", n), Value: float64(m.now.IntN(500)) / 10, Unit: "celsius"})
	}
	for n := range p.supplies {
		level := float64(m.now.IntN(100))
		a.Supplies = append(a.Supplies, inventory.Supply{Name: fmt.Sprintf("Cartridge %d", n), LevelPercent: &level})
	}
	for n := range p.guests {
		a.Guests = append(a.Guests, inventory.Guest{Name: fmt.Sprintf("vm-%d", m.fixed.IntN(20_000)), ID: fmt.Sprint(n), State: "on", VCPUs: 4, MemoryBytes: 16 << 30})
	}
	for n := range p.volumes {
		a.Volumes = append(a.Volumes, inventory.Volume{Name: fmt.Sprintf("Volume %d", n), TotalBytes: 200 << 30, UsedBytes: m.now.Int64N(200 << 30)})
	}
	for range p.software {
		a.Software = append(a.Software, inventory.Software{Name: fmt.Sprintf("Product number %d", m.fixed.IntN(600)), Version: fmt.Sprintf("%d.%d.0", m.fixed.IntN(12), m.fixed.IntN(30))})
	}
	for range p.listeners {
		a.Listeners = append(a.Listeners, inventory.Listener{Protocol: "tcp", Port: 1 + m.fixed.IntN(60_000), Process: fmt.Sprintf("service-%d.exe", m.fixed.IntN(80))})
	}
}
