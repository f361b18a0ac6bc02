package nis2

import (
	"strconv"

	"github.com/samdrift/samdrift/inventory"
)

// Uplink is a port of a business-critical network device over which others' traffic passes. How loaded it is
// counts in 21c-08.
type Uplink struct {
	Asset    string
	Index    int
	SpeedBPS int64
}

// Key names the uplink in Input.Loads, where a link to a centre stands under its own id. The value is the 95th
// percentile of its load over the last week in the direction that is loaded most, as a share of its speed 0-1;
// what was measured for less than a day is not in it.
func (u Uplink) Key() string { return u.Asset + " " + strconv.Itoa(u.Index) }

// Uplinks lists the uplinks of everybody's estate, so that their loads can be looked up.
func Uplinks(s *inventory.Snapshot) []Uplink {
	var list []Uplink
	for _, e := range estates(nil, Input{Snapshot: s}) {
		for _, a := range e.assets {
			if e.critical(a) >= inventory.CriticalityBusiness {
				list = append(list, e.uplinks(a)...)
			}
		}
	}
	return list
}

// notPorts are the types of interfaces that are only a view of a port, or no port at all.
var notPorts = map[string]bool{
	"other": true, "softwareLoopback": true, "propVirtual": true, "tunnel": true, "l2vlan": true, "l3ipvlan": true,
	"virtualIpAddress": true, "bridge": true, "mplsTunnel": true,
}

// uplinks gives a device's uplinks: of routers and firewalls every port that is up, of switches those whose
// neighbour is another network device.
func (e *estate) uplinks(a *inventory.Asset) []Uplink {
	facing := map[string]bool{}
	switch a.Kind {
	case inventory.KindRouter, inventory.KindFirewall:
	case inventory.KindSwitch:
		for _, n := range a.Neighbours {
			if other := e.named(n.RemoteName); other != nil && other != a && carries(other.Kind) {
				facing[n.LocalPort] = true
			}
		}
	default:
		return nil
	}
	var list []Uplink
	for _, p := range a.Interfaces {
		if p.Oper == "up" && p.SpeedBPS > 0 && !notPorts[p.Type] && (a.Kind != inventory.KindSwitch || facing[p.Name] || facing[p.Descr]) {
			list = append(list, Uplink{a.ID, p.Index, p.SpeedBPS})
		}
	}
	return list
}

// carries tells whether a kind of asset passes others' traffic on.
func carries(kind inventory.Kind) bool {
	return kind == inventory.KindSwitch || kind == inventory.KindRouter || kind == inventory.KindFirewall
}
