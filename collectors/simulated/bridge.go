package simulated

import (
	"slices"
	"time"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
	"github.com/samdrift/samdrift/inventory"
)

// vlans are those that every invented switch knows.
var vlans = []struct {
	id   uint32
	name string
}{{1, "default"}, {10, "administration"}, {20, "servere"}, {30, "klienter"}}

// serverVLAN is where the equipment stands that a switch has learned.
const serverVLAN = 20

// bridge serves BRIDGE-MIB and Q-BRIDGE-MIB: the VLANs, and behind which port each neighbour's hardware
// address was learned. That is how equipment is placed that tells nothing of itself.
func (b *mib) bridge() {
	v := b.device
	b.Column(responder.MustOID("1.3.6.1.2.1.17.1.4.1.2"), count(len(v.ports)), func(row int, _ time.Time) responder.Value {
		return responder.Integer(int64(v.ports[row].index))
	})
	rows := make([]responder.OID, len(vlans))
	for i, x := range vlans {
		rows[i] = responder.OID{x.id}
	}
	add := b.table("1.3.6.1.2.1.17.7.1.4.3.1", rows)
	add(1, func(row int, _ time.Time) responder.Value { return responder.Text(vlans[row].name) })
	add(5, func(int, time.Time) responder.Value { return responder.Integer(1) }) // active

	learned := map[string]*port{}
	var addresses []responder.OID
	for _, p := range v.ports {
		if p.peer == nil {
			continue
		}
		at := responder.OID{serverVLAN}
		for _, octet := range octets(p.peer.mac) {
			at = append(at, uint32(octet))
		}
		learned[at.String()] = p
		addresses = append(addresses, at)
	}
	slices.SortFunc(addresses, func(a, b responder.OID) int { return slices.Compare(a, b) })
	add = b.table("1.3.6.1.2.1.17.7.1.2.2.1", addresses)
	add(2, func(row int, _ time.Time) responder.Value {
		return responder.Integer(int64(learned[addresses[row].String()].index))
	})
	add(3, func(int, time.Time) responder.Value { return responder.Integer(3) }) // learned
}

// stranger is what an access switch of each municipality sees at a port and that no register knows.
const (
	strangerName = "ap-ukendt"
	strangerMAC  = "02:00:5e:de:00:01"
)

// seesStranger tells whether a switch is the one that has an unknown neighbour: the municipality's first
// beyond the server room.
func (v *device) seesStranger() bool {
	switches := 0
	for _, x := range v.member.devices {
		if x.kind != inventory.KindSwitch {
			continue
		}
		if switches++; switches == coreSwitches+1 {
			return x == v
		}
	}
	return false
}
