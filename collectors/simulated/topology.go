package simulated

import (
	"fmt"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// coreSwitches is how many of a municipality's switches stand in the server room and carry the rest.
const coreSwitches = 2

// wire joins the devices: everything in the server room and the last port of every other switch
// goes to a core switch, the router to the firewall, small equipment to a switch of its site. A switch
// gets more ports as needed.
func (m *member) wire() {
	var cores, firewalls []*device
	for _, v := range m.devices {
		switch {
		case v.kind == inventory.KindSwitch && len(cores) < coreSwitches:
			cores = append(cores, v)
		case v.kind == inventory.KindFirewall:
			firewalls = append(firewalls, v)
		}
	}
	join(cores[0].port(0), cores[1].port(0))
	used := map[*device]int{cores[0]: 1, cores[1]: 1} // ports taken from below
	toward := func(v, hub *device, own int) {
		join(v.port(own), hub.port(used[hub]))
		used[hub]++
	}
	for n, v := range m.devices {
		core := cores[n%coreSwitches]
		switch v.kind {
		case inventory.KindVM: // its cable is its hypervisor's
		case inventory.KindRouter:
			toward(v, firewalls[0], 0)
		case inventory.KindFirewall:
			used[v] = 1
			toward(v, core, 0)
		case inventory.KindSwitch:
			if v != cores[0] && v != cores[1] {
				toward(v, core, len(v.ports)-1)
			}
		case inventory.KindUPS, inventory.KindPrinter:
			toward(v, m.switchAt(v.site, core), 0)
		default:
			toward(v, core, 0)
		}
	}
}

// switchAt gives a switch of a site, or another where the site has none.
func (m *member) switchAt(site string, otherwise *device) *device {
	for _, v := range m.devices {
		if v.kind == inventory.KindSwitch && v.site == site {
			return v
		}
	}
	return otherwise
}

// join puts a cable between two ports.
func join(a, b *port) {
	a.peer, a.alias, a.up = b, "til "+b.device.name, true
	b.peer, b.alias, b.up = a, "til "+a.device.name, true
}

// port gives the port at a position, with as many more put in as that takes.
func (v *device) port(at int) *port {
	for len(v.ports) <= at {
		v.addPort(v.member.mac(), false, 0.05)
	}
	return v.ports[at]
}

// addPort puts in one more port of the model's kind.
func (v *device) addPort(mac string, up bool, load float64) {
	n := len(v.ports) + 1
	v.ports = append(v.ports, &port{
		device: v, index: n, name: strings.ReplaceAll(v.model.portName, "{i}", fmt.Sprint(n)), mac: mac,
		megabits: v.model.megabits, up: up, load: load,
	})
}

// block takes n hardware addresses in a row and gives the first.
func (m *member) block(n int) string {
	first := m.mac()
	m.macs += n - 1
	return first
}

// after gives the n-th address after one from block.
func after(mac string, n int) string {
	var o [6]int
	// The text comes from mac and always has six octets.
	_, _ = fmt.Sscanf(mac, "%02x:%02x:%02x:%02x:%02x:%02x", &o[0], &o[1], &o[2], &o[3], &o[4], &o[5])
	low := o[3]<<16 | o[4]<<8 | o[5] + n
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], low>>16&0xff, low>>8&0xff, low&0xff)
}
