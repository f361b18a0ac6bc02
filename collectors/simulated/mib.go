package simulated

import (
	"encoding/hex"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
	"github.com/samdrift/samdrift/inventory"
)

// mib builds what a device serves. Tables are columns over shared row indexes; values are worked
// out when they are asked for.
type mib struct {
	*responder.View
	estate *Estate
	device *device
}

func (e *Estate) view(v *device) *responder.View {
	b := &mib{View: &responder.View{}, estate: e, device: v}
	b.system()
	b.interfaces()
	b.addresses()
	if v.host == nil || v.kind == inventory.KindHypervisor {
		b.entity()
		b.makersOwn()
	}
	if v.model.lldp {
		b.lldp()
	}
	if v.model.cpu {
		b.hostResources()
	}
	switch v.kind {
	case inventory.KindUPS:
		b.battery()
		b.power()
		b.selfTest()
	case inventory.KindPrinter:
		b.printer()
		b.toner()
	case inventory.KindSwitch:
		b.bridge()
	}
	return b.View
}

// fixed adds an object whose value never changes.
func (b *mib) fixed(oid string, v responder.Value) {
	b.Scalar(responder.MustOID(oid), func(time.Time) responder.Value { return v })
}

// table gives a function that adds columns below an entry, for the same rows.
func (b *mib) table(entry string, rows []responder.OID) func(column uint32, get func(row int, now time.Time) responder.Value) {
	at := responder.MustOID(entry)
	return func(column uint32, get func(row int, now time.Time) responder.Value) {
		b.Column(at.With(column), rows, get)
	}
}

// count gives the row indexes 1 to n.
func count(n int) []responder.OID {
	rows := make([]responder.OID, n)
	for i := range rows {
		rows[i] = responder.OID{uint32(i + 1)}
	}
	return rows
}

func (b *mib) system() {
	v := b.device
	b.fixed("1.3.6.1.2.1.1.1", responder.Text(v.descr()))
	b.fixed("1.3.6.1.2.1.1.2", responder.Object(responder.MustOID(v.model.objectID)))
	b.Scalar(responder.MustOID("1.3.6.1.2.1.1.3"), func(now time.Time) responder.Value { return responder.Ticks(now.Sub(v.booted)) })
	b.fixed("1.3.6.1.2.1.1.4", responder.Text("Demodata: "+v.member.Name))
	b.fixed("1.3.6.1.2.1.1.5", responder.Text(v.name))
	b.fixed("1.3.6.1.2.1.1.6", responder.Text(v.site))
	b.fixed("1.3.6.1.2.1.1.7", responder.Integer(72))
}

// interfaces serves IF-MIB. Interface numbers are those of the ports.
func (b *mib) interfaces() {
	e, ports := b.estate, b.device.ports
	stated := len(ports)
	if b.device.fault == faultLies {
		stated = 3*stated + 7
	}
	b.fixed("1.3.6.1.2.1.2.1", responder.Integer(int64(stated)))
	rows := count(len(ports))
	of := func(get func(p *port, now time.Time) responder.Value) func(int, time.Time) responder.Value {
		return func(row int, now time.Time) responder.Value { return get(ports[row], now) }
	}
	still := func(get func(p *port) responder.Value) func(int, time.Time) responder.Value {
		return func(row int, _ time.Time) responder.Value { return get(ports[row]) }
	}
	oper := func(p *port) responder.Value {
		if p.up {
			return responder.Integer(1)
		}
		return responder.Integer(2)
	}
	add := b.table("1.3.6.1.2.1.2.2.1", rows)
	add(1, still(func(p *port) responder.Value { return responder.Integer(int64(p.index)) }))
	add(2, still(func(p *port) responder.Value { return responder.Text(p.name) }))
	add(3, still(func(*port) responder.Value { return responder.Integer(6) })) // ethernetCsmacd
	add(4, still(func(*port) responder.Value { return responder.Integer(1500) }))
	add(5, still(func(p *port) responder.Value { return responder.Gauge32(uint64(p.megabits) * 1_000_000) }))
	add(6, still(func(p *port) responder.Value { return responder.Octets(octets(p.mac)) }))
	add(7, still(func(*port) responder.Value { return responder.Integer(1) }))
	add(8, still(oper))
	add(10, of(func(p *port, now time.Time) responder.Value { return responder.Counter32(e.octets(p, false, now)) }))
	add(14, still(func(*port) responder.Value { return responder.Counter32(0) }))
	add(16, of(func(p *port, now time.Time) responder.Value { return responder.Counter32(e.octets(p, true, now)) }))
	add(20, still(func(*port) responder.Value { return responder.Counter32(0) }))
	add = b.table("1.3.6.1.2.1.31.1.1.1", rows)
	add(1, still(func(p *port) responder.Value { return responder.Text(p.name) }))
	add(6, of(func(p *port, now time.Time) responder.Value { return responder.Counter64(e.octets(p, false, now)) }))
	add(10, of(func(p *port, now time.Time) responder.Value { return responder.Counter64(e.octets(p, true, now)) }))
	add(15, still(func(p *port) responder.Value { return responder.Gauge32(uint64(p.megabits)) }))
	add(18, still(func(p *port) responder.Value { return responder.Text(p.alias) }))
}

// octets gives a hardware address as bytes.
func octets(mac string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(mac, ":", ""))
	if err != nil {
		panic("simulated estate: " + err.Error()) // addresses come from member.mac
	}
	return b
}

// networkBits is the length of the prefix of the networks that devices and servers stand in.
const networkBits = 22

// addresses serves the device's one address in both the old table and the new.
func (b *mib) addresses() {
	v := b.device
	o := v.ip.As4()
	last := []uint32{uint32(o[0]), uint32(o[1]), uint32(o[2]), uint32(o[3])}
	mask, _ := netip.AddrFromSlice(net.CIDRMask(networkBits, 32)) // always four bytes
	add := b.table("1.3.6.1.2.1.4.20.1", []responder.OID{last})
	add(1, func(int, time.Time) responder.Value { return responder.IP(v.ip) })
	add(2, func(int, time.Time) responder.Value { return responder.Integer(1) })
	add(3, func(int, time.Time) responder.Value { return responder.IP(mask) })
	prefix := netip.PrefixFrom(v.ip, networkBits).Masked().Addr().As4()
	pointer := responder.MustOID("1.3.6.1.2.1.4.32.1.5.1.1.4").With(
		uint32(prefix[0]), uint32(prefix[1]), uint32(prefix[2]), uint32(prefix[3]), networkBits)
	add = b.table("1.3.6.1.2.1.4.34.1", []responder.OID{append(responder.OID{1, 4}, last...)})
	add(3, func(int, time.Time) responder.Value { return responder.Integer(1) })
	add(4, func(int, time.Time) responder.Value { return responder.Integer(1) })
	add(5, func(int, time.Time) responder.Value { return responder.Object(pointer) })
}

// part is a row of the component table.
type part struct {
	class               int64 // PhysicalClass of ENTITY-MIB
	name, model, serial string
	within              int64
}

// entity serves ENTITY-MIB: the chassis, its power supplies and fan, and a switch's optics.
func (b *mib) entity() {
	v := b.device
	parts := []part{
		{3, "Chassis", v.model.name, v.serial, 0},
		{6, "Power Supply 1", "DEMO-PSU", v.serial + "P1", 1},
		{7, "Fan 1", "", "", 1},
	}
	switch v.kind {
	case inventory.KindSwitch:
		for _, p := range v.ports {
			if p.peer != nil {
				parts = append(parts, part{9, "Optic " + p.name, "DEMO-SFP-10G", v.serial + "X" + p.mac[15:], 1})
			}
		}
		parts = append(parts, part{8, "Chassis Temperature", "", "", 1})
		b.sensor(len(parts), celsius, func(now time.Time) float64 { return 34 + 6*b.estate.wobble(v.name+" temperature", now) })
	case inventory.KindHypervisor:
		// The same at every look, so that the same seed gives the same plan.
		parts = append(parts, part{8, "Power Consumption", "", "", 1})
		b.sensor(len(parts), watts, func(time.Time) float64 { return 200 + 5*v.host.cpuBase })
	}
	add := b.table("1.3.6.1.2.1.47.1.1.1.1", count(len(parts)))
	text := func(get func(part) string) func(int, time.Time) responder.Value {
		return func(row int, _ time.Time) responder.Value { return responder.Text(get(parts[row])) }
	}
	chassis := func(s string) func(part) string {
		return func(p part) string {
			if p.class == 3 {
				return s
			}
			return ""
		}
	}
	version := v.model.versions[v.version]
	add(2, text(func(p part) string { return strings.TrimSpace(p.model + " " + p.name) }))
	add(4, func(row int, _ time.Time) responder.Value { return responder.Integer(parts[row].within) })
	add(5, func(row int, _ time.Time) responder.Value { return responder.Integer(parts[row].class) })
	add(7, text(func(p part) string { return p.name }))
	add(8, text(chassis("V01")))
	add(10, text(chassis(version)))
	add(11, text(func(p part) string { return p.serial }))
	add(12, text(chassis(v.model.vendor)))
	add(13, text(func(p part) string { return p.model }))
}

// The data types of sensors in ENTITY-SENSOR-MIB.
const (
	watts   = 6
	celsius = 8
)

// sensor serves ENTITY-SENSOR-MIB for the row of the component table that is given, in whole units.
func (b *mib) sensor(component int, kind int64, value func(now time.Time) float64) {
	add := b.table("1.3.6.1.2.1.99.1.1.1", []responder.OID{{uint32(component)}})
	for column, v := range map[uint32]int64{1: kind, 2: 9, 3: 0, 5: 1} { // units, no decimals, working
		add(column, func(int, time.Time) responder.Value { return responder.Integer(v) })
	}
	add(4, func(_ int, now time.Time) responder.Value { return responder.Integer(int64(value(now))) })
}

// makersOwn serves the maker's objects for serial number, model and version.
func (b *mib) makersOwn() {
	v := b.device
	for _, own := range []struct{ oid, text string }{
		{v.model.serialAt, v.serial}, {v.model.modelAt, v.model.name}, {v.model.versionAt, v.model.versions[v.version]},
	} {
		if own.oid != "" {
			b.fixed(own.oid, responder.Text(own.text))
		}
	}
}

// lldp serves LLDP-MIB: the device itself, its ports, and who is at the other end of each cable.
func (b *mib) lldp() {
	v := b.device
	const mib = "1.0.8802.1.1.2.1."
	b.fixed(mib+"3.1", responder.Integer(4)) // chassis id is a hardware address
	b.fixed(mib+"3.2", responder.Octets(octets(v.ports[0].mac)))
	b.fixed(mib+"3.3", responder.Text(v.name))
	b.fixed(mib+"3.4", responder.Text(v.descr()))
	add := b.table(mib+"3.7.1", count(len(v.ports)))
	add(2, func(int, time.Time) responder.Value { return responder.Integer(5) }) // interface name
	add(3, func(row int, _ time.Time) responder.Value { return responder.Text(v.ports[row].name) })
	add(4, func(row int, _ time.Time) responder.Value { return responder.Text(v.ports[row].alias) })
	var seen []neighbour
	for _, p := range v.ports {
		if p.peer != nil && p.peer.device.model.lldp {
			seen = append(seen, neighbour{p, p.peer.name, p.peer.alias, p.peer.device.ports[0].mac, p.peer.device.name, p.peer.device.descr()})
		}
	}
	if v.seesStranger() {
		seen = append(seen, neighbour{v.ports[len(v.ports)-2], "eth0", "", strangerMAC, strangerName, "Wireless access point"})
	}
	slices.SortFunc(seen, func(a, b neighbour) int { return a.at.index - b.at.index })
	var rows []responder.OID
	for _, n := range seen {
		rows = append(rows, responder.OID{0, uint32(n.at.index), 1})
	}
	add = b.table(mib+"4.1.1", rows)
	text := func(get func(neighbour) string) func(int, time.Time) responder.Value {
		return func(row int, _ time.Time) responder.Value { return responder.Text(get(seen[row])) }
	}
	add(4, func(int, time.Time) responder.Value { return responder.Integer(4) })
	add(5, func(row int, _ time.Time) responder.Value { return responder.Octets(octets(seen[row].mac)) })
	add(6, func(int, time.Time) responder.Value { return responder.Integer(5) })
	add(7, text(func(n neighbour) string { return n.port }))
	add(8, text(func(n neighbour) string { return n.alias }))
	add(9, text(func(n neighbour) string { return n.name }))
	add(10, text(func(n neighbour) string { return n.descr }))
}

// neighbour is what a device says is at the other end of one of its ports.
type neighbour struct {
	at                            *port
	port, alias, mac, name, descr string
}

// battery serves the part of UPS-MIB that tells whether a power cut would be survived.
func (b *mib) battery() {
	e, v := b.estate, b.device
	b.fixed("1.3.6.1.2.1.33.1.2.1", responder.Integer(2))  // battery normal
	b.fixed("1.3.6.1.2.1.33.1.2.3", responder.Integer(38)) // minutes left
	b.Scalar(responder.MustOID("1.3.6.1.2.1.33.1.2.4"), func(now time.Time) responder.Value {
		return responder.Integer(98 + int64(2*e.wobble(v.name+" battery", now)))
	})
}

// printer serves what a print server asks for: model and serial number.
func (b *mib) printer() {
	v := b.device
	b.Column(responder.MustOID("1.3.6.1.2.1.25.3.2.1.3"), count(1), func(int, time.Time) responder.Value { return responder.Text(v.model.name) })
	b.Column(responder.MustOID("1.3.6.1.2.1.43.5.1.1.17"), count(1), func(int, time.Time) responder.Value { return responder.Text(v.serial) })
}
