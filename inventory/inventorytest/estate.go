// Package inventorytest makes large estates for benchmarks and tests: seeded, so that two runs see
// the same, and of realistic sizes, so that figures mean something: switches carry 52 ports with stations
// behind them, routers their ARP tables, servers their software, volumes and traffic.
//
// Every observation is decoded from JSON before it is handed out, as if it came over a wire: no two
// share memory, and what a receiver saves by sharing shows in its figures.
package inventorytest

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Estate says what to make.
type Estate struct {
	Assets         int
	Seed           uint64
	Municipalities []string // codes; the assets are dealt out among them
}

// Round yields one look at every asset at a time. Rounds differ in what differs between two looks in
// life: readings and learned stations everywhere, and a port, version or name on one asset in fifty.
func (e Estate) Round(round int, at time.Time) iter.Seq[inventory.Observation] {
	return func(yield func(inventory.Observation) bool) {
		for i := range e.Assets {
			m := &maker{
				i: i, round: round, at: at,
				fixed: rand.New(rand.NewPCG(e.Seed, uint64(i))),
				now:   rand.New(rand.NewPCG(e.Seed+uint64(round)+1, uint64(i))),
			}
			o := m.observation(e.Municipalities[i%len(e.Municipalities)])
			if !yield(overTheWire(o)) {
				return
			}
		}
	}
}

// overTheWire gives the observation memory of its own.
func overTheWire(o inventory.Observation) inventory.Observation {
	data, err := json.Marshal(o)
	if err != nil {
		panic("observation cannot be encoded: " + err.Error()) // plain data made above
	}
	var own inventory.Observation
	if err := json.Unmarshal(data, &own); err != nil {
		panic("observation cannot be decoded: " + err.Error())
	}
	return own
}

// maker makes one look. What it draws from fixed is the same in every round, from now it differs.
type maker struct {
	i, round   int
	at         time.Time
	fixed, now *rand.Rand
}

func (m *maker) observation(code string) inventory.Observation {
	p := parts[m.kindAt(m.fixed.IntN(1000))]
	name := fmt.Sprintf("%s-%s-%05d", code, p.prefix, m.i)
	a := &inventory.Asset{
		Name: name, Kind: p.kind, Vendor: p.vendor, Model: fmt.Sprintf("%s-%d", p.prefix, m.fixed.IntN(40)),
		Serial: fmt.Sprintf("SN%08X", m.fixed.Uint32()), Platform: p.platform, Firmware: m.version(),
		Addresses: []inventory.Address{{IP: m.ip(m.i), Prefix: 22, Interface: 1}},
	}
	o := inventory.Observation{
		Collector: p.collector, Source: m.ip(m.i) + ":161", Instance: name, Municipality: code,
		Site: fmt.Sprintf("%s-site-%d", code, m.fixed.IntN(40)), At: m.at, Status: inventory.StatusOK, Asset: a,
		Tables: map[string]inventory.TableStatus{"interfaces": {State: inventory.TableComplete, Rows: p.ports}},
	}
	m.fill(a, p)
	if p.collector != "snmp" {
		a.UUID = fmt.Sprintf("%08x-0000-4000-8000-%012x", m.fixed.Uint32(), m.i)
		a.OS = inventory.OS{Name: p.platform, Version: fmt.Sprint(8 + m.fixed.IntN(5))}
		for range p.flows {
			o.Flows = append(o.Flows, inventory.Flow{
				FromIP: m.ip(m.i), ToIP: m.ip(m.fixed.IntN(50_000)), Protocol: "tcp", Port: 1 + m.fixed.IntN(60_000), BytesPerDay: m.now.Int64N(1 << 40),
			})
		}
	} else {
		a.Management = inventory.Management{
			Protocols: []string{"snmpv2c"}, SysName: name, SysObjectID: fmt.Sprintf("1.3.6.1.4.1.%d.1.%d", m.fixed.IntN(50_000), m.fixed.IntN(900)),
			SysDescr: fmt.Sprintf("%s %s, Software Version %s, Copyright and a line or two that every maker adds", p.vendor, a.Model, a.Firmware),
			EngineID: fmt.Sprintf("80000009%016x", m.fixed.Uint64()),
		}
	}
	return o
}

// version changes on one asset in fifty in each round.
func (m *maker) version() string {
	v := m.fixed.IntN(20)
	if m.now.IntN(50) == 0 {
		v += m.round
	}
	return fmt.Sprintf("16.%d.%d", v, m.fixed.IntN(9))
}

func (m *maker) ip(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255) }

// other gives an asset that this one sees, the same as in the round before nine times of ten.
func (m *maker) other() int {
	i := m.fixed.IntN(50_000)
	if m.now.IntN(10) == 0 {
		return m.now.IntN(50_000)
	}
	return i
}

// mac gives the hardware address of a port of an asset.
func mac(asset, port int) string {
	return fmt.Sprintf("00:16:%02x:%02x:%02x:%02x", byte(asset>>8), byte(asset), byte(port), byte(asset>>16)|byte(port>>8)<<4)
}
