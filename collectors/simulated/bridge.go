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

// power serves the part of UPS-MIB that tells how hard the UPS works.
func (b *mib) power() {
	e, v := b.estate, b.device
	b.fixed("1.3.6.1.2.1.33.1.2.7", responder.Integer(24)) // battery, celsius
	b.fixed("1.3.6.1.2.1.33.1.3.2", responder.Integer(1))
	b.Column(responder.MustOID("1.3.6.1.2.1.33.1.3.3.1.3"), count(1), func(_ int, now time.Time) responder.Value {
		return responder.Integer(int64(230 + 3*e.wobble(v.name+" mains", now)))
	})
	b.fixed("1.3.6.1.2.1.33.1.4.3", responder.Integer(1))
	b.Column(responder.MustOID("1.3.6.1.2.1.33.1.4.4.1.5"), count(1), func(_ int, now time.Time) responder.Value {
		return responder.Integer(int64(40 + 15*e.wobble(v.name+" load", now)))
	})
}

// selfTest serves what the maker's own MIB tells of the latest test of the battery, and the thermometer
// that hangs on the card.
func (b *mib) selfTest() {
	e, v := b.estate, b.device
	ago := max(3, int(220+220*e.wobble(v.name+" test", time.Unix(0, 0)))) // days; the same at every look
	b.fixed("1.3.6.1.4.1.318.1.1.1.7.2.3", responder.Integer(1))          // passed
	b.fixed("1.3.6.1.4.1.318.1.1.1.7.2.4", responder.Text(e.config.AsOf.AddDate(0, 0, -ago).Format("01/02/2006")))
	add := b.table("1.3.6.1.4.1.318.1.1.10.2.3.2.1", count(1))
	add(2, func(int, time.Time) responder.Value { return responder.Text("Demo rum") })
	add(4, func(_ int, now time.Time) responder.Value {
		return responder.Integer(int64(22 + 2*e.wobble(v.name+" room", now)))
	})
	add(5, func(int, time.Time) responder.Value { return responder.Integer(1) }) // celsius
	add(6, func(int, time.Time) responder.Value { return responder.Integer(45) })
}

// toner serves the supplies of Printer-MIB. The waste container does not tell how full it is.
func (b *mib) toner() {
	e, v := b.estate, b.device
	supplies := []struct {
		name       string
		kind, full int64
	}{{"Black Cartridge", 3, 100}, {"Waste Container", 4, -2}}
	rows := []responder.OID{{1, 1}, {1, 2}}
	add := b.table("1.3.6.1.2.1.43.11.1.1", rows)
	add(5, func(row int, _ time.Time) responder.Value { return responder.Integer(supplies[row].kind) })
	add(6, func(row int, _ time.Time) responder.Value { return responder.Text(supplies[row].name) })
	add(7, func(int, time.Time) responder.Value { return responder.Integer(19) }) // percent
	add(8, func(row int, _ time.Time) responder.Value { return responder.Integer(supplies[row].full) })
	left := int64(55 + 40*e.wobble(v.name+" toner", time.Unix(0, 0))) // the same at every look
	add(9, func(row int, _ time.Time) responder.Value {
		if row > 0 {
			return responder.Integer(-2) // not known
		}
		return responder.Integer(left)
	})
}
