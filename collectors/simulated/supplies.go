package simulated

import (
	"time"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
)

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
