package snmp_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/collectortest"
	"github.com/samdrift/samdrift/inventory"
)

// fullMIB is a switch with something in most tables.
func fullMIB(ports int) []gosnmp.SnmpPDU {
	mib := switchMIB(ports)
	for i := 1; i <= ports; i++ {
		at := func(oid string) string { return fmt.Sprintf(".1.3.6.1.2.1.%s.%d", oid, i) }
		mib = append(mib,
			octets(at("47.1.1.1.1.7"), fmt.Sprintf("part %d", i)), octets(at("47.1.1.1.1.11"), fmt.Sprintf("SN%04d", i)),
			integer(at("25.3.3.1.2"), i%100), octets(at("25.6.3.1.2"), fmt.Sprintf("package%d_1.0_amd64", i)),
			octets(at("25.2.3.1.3"), fmt.Sprintf("/vol%d", i)), integer(at("25.2.3.1.4"), 4096), integer(at("25.2.3.1.5"), 1000), integer(at("25.2.3.1.6"), i),
			gosnmp.SnmpPDU{Name: at("25.2.3.1.2"), Type: gosnmp.ObjectIdentifier, Value: ".1.3.6.1.2.1.25.2.1.4"},
			octets(fmt.Sprintf(".1.0.8802.1.1.2.1.4.1.1.9.0.%d.1", i), fmt.Sprintf("neighbour%d", i)),
			octets(fmt.Sprintf(".1.0.8802.1.1.2.1.4.1.1.7.0.%d.1", i), "uplink"),
		)
	}
	return mib
}

func (a *agent) socketsSeen() (n int) {
	a.sockets.Range(func(_, _ any) bool { n++; return true })
	return n
}

// However many tables are read at a time, and whichever is ready first, the result is the same.
func TestResultDoesNotDependOnTablesInFlight(t *testing.T) {
	var lost atomic.Int64
	a := startAgent(t, fullMIB(30), func(_, answer *packet) []byte {
		if lost.Add(1)%9 == 0 {
			return nil // shuffles which table is ready first
		}
		return encoded(t, answer)
	})
	c := config(target(a, "2c"))
	c.Timeout, c.Retries = 80*time.Millisecond, 5
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	c.Now = func() time.Time { return at }
	var first inventory.Observation
	var measured []collectors.Sample
	for i, tables := range []int{1, 2, 4, 4, 8} {
		c.TablesInFlight = tables
		o, sink := look(t, c)
		if i == 0 {
			first, measured = o, sink.Samples()
			if o.Status != inventory.StatusOK || len(o.Asset.Neighbours) != 30 || len(o.Asset.Components) != 30 || len(o.Asset.Volumes) != 30 {
				t.Fatalf("status %s (%s): not all was read", o.Status, o.Error)
			}
			continue
		}
		if diff := cmp.Diff(first, o); diff != "" {
			t.Errorf("%d tables in flight (-one +%d):\n%s", tables, tables, diff)
		}
		if diff := cmp.Diff(measured, sink.Samples()); diff != "" {
			t.Errorf("samples with %d tables in flight (-one +%d):\n%s", tables, tables, diff)
		}
	}
}

// The answers to one table are withheld until another is asked for: reading one after the other would
// never get there.
func TestTablesAreReadSideBySide(t *testing.T) {
	other := false
	a := startAgent(t, fullMIB(10), func(request, answer *packet) []byte {
		other = other || inTable(request, ".1.3.6.1.2.1.47")
		if inTable(request, ifTable) && !other {
			return nil
		}
		return encoded(t, answer)
	})
	o, _ := look(t, config(target(a, "2c")))
	if o.Status != inventory.StatusOK || len(o.Asset.Interfaces) != 10 {
		t.Errorf("status %s (%s), %d interfaces", o.Status, o.Error, len(o.Asset.Interfaces))
	}
	if n := a.socketsSeen(); n < 2 || n > 3 {
		t.Errorf("%d sockets for one device, want 2 or 3", n)
	}
}

// Slow is what takes most of the second that config gives an answer.
func TestWeakDevicesAreAskedOneThingAtATime(t *testing.T) {
	for name, c := range map[string]struct {
		version string
		delay   time.Duration
	}{"SNMPv1": {version: "1"}, "slow to answer": {version: "2c", delay: 700 * time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			delay := c.delay
			a := startAgent(t, fullMIB(3), func(_, answer *packet) []byte {
				time.Sleep(delay)
				delay = 0
				return encoded(t, answer)
			})
			o, _ := look(t, config(target(a, c.version)))
			if n := a.socketsSeen(); o.Status != inventory.StatusOK || n != 1 {
				t.Errorf("status %s (%s), %d sockets", o.Status, o.Error, n)
			}
		})
	}
}

// A device that goes silent costs the retries of what is under way, not those of every table.
func TestSilenceIsPaidForOnce(t *testing.T) {
	dead, after := false, atomic.Int64{}
	a := startAgent(t, fullMIB(40), func(request, answer *packet) []byte {
		dead = dead || inTable(request, ifTable+".1.2.20")
		if dead {
			after.Add(1)
			return nil
		}
		return encoded(t, answer)
	})
	c := config(target(a, "2c"))
	c.MaxRepetitions, c.Timeout = 10, 250*time.Millisecond // a row of interfaces at a time; patient, since tests run beside others
	o, _ := look(t, c)
	// Three tables under way, each asked twice and then the device twice whether it lives.
	if o.Status != inventory.StatusPartial || after.Load() > 12 {
		t.Errorf("status %s, asked %d times after the device had died", o.Status, after.Load())
	}
	if n := len(o.Asset.Interfaces); n == 0 || n > 39 {
		t.Errorf("%d interfaces kept", n)
	}
}

func TestDeviceThatSpeaksOnlySNMPv1(t *testing.T) {
	t.Parallel() // it mostly waits for answers that do not come
	for version, want := range map[string]struct {
		status inventory.Status
		says   string
	}{"": {status: inventory.StatusOK}, "2c": {inventory.StatusRefused, "set version to 1"}} {
		a := startAgent(t, fullMIB(3), func(request, answer *packet) []byte {
			if request.Version != gosnmp.Version1 {
				return nil
			}
			return encoded(t, answer)
		})
		o, _ := look(t, config(target(a, version)))
		if o.Status != want.status || !strings.Contains(o.Error, want.says) {
			t.Errorf("version %q: status %s (%s), want %s", version, o.Status, o.Error, want.status)
		}
		if o.Asset != nil && (!slices.Equal(o.Asset.Management.Protocols, []string{"snmpv1"}) || len(o.Asset.Interfaces) != 3) {
			t.Errorf("version %q: protocols %v, %d interfaces", version, o.Asset.Management.Protocols, len(o.Asset.Interfaces))
		}
	}
}

// Two devices with the same name stay two, each with its own samples.
func TestDuplicateNames(t *testing.T) {
	first, second := target(startAgent(t, switchMIB(2), nil), "2c"), target(startAgent(t, switchMIB(3), nil), "2c")
	first.Name, second.Name = "", ""
	sink := &collectortest.Recorder{}
	if err := newCollector(t, config(first, second)).Collect(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	ports := map[string]int{}
	for _, o := range sink.Observations() {
		ports[o.Source] = len(o.Asset.Interfaces)
	}
	if ports[first.Address] != 2 || ports[second.Address] != 3 {
		t.Errorf("ports %v", ports)
	}
	for _, at := range []string{first.Address, second.Address} {
		if _, ok := sink.Sample("samdrift_device_up", map[string]string{"instance": at}); !ok {
			t.Errorf("no sample of %s", at)
		}
	}
}

// Some switches answer every 64-bit counter with zero; old ones have none at all. The 32-bit ones
// count on when they wrap.
func TestOldCounters(t *testing.T) {
	for name, keep := range map[string]bool{"64-bit counters are zero": true, "no 64-bit counters": false} {
		t.Run(name, func(t *testing.T) {
			var mib []gosnmp.SnmpPDU
			for _, p := range switchMIB(2) {
				hc := strings.HasPrefix(p.Name, ".1.3.6.1.2.1.31.1.1.1.6.") || strings.HasPrefix(p.Name, ".1.3.6.1.2.1.31.1.1.1.10.")
				if hc {
					p.Value = uint64(0)
				}
				if !hc || keep {
					mib = append(mib, p)
				}
			}
			const in, out = ".1.3.6.1.2.1.2.2.1.10.1", ".1.3.6.1.2.1.2.2.1.16.1"
			count := func(oid string, n uint32) gosnmp.SnmpPDU {
				return gosnmp.SnmpPDU{Name: oid, Type: gosnmp.Counter32, Value: n}
			}
			mib = append(mib, count(in, 0), count(out, 7))
			var octets atomic.Uint32
			a := startAgent(t, mib, func(_, answer *packet) []byte {
				for i := range answer.Variables {
					if answer.Variables[i].Name == in {
						answer.Variables[i].Value = octets.Load()
					}
				}
				return encoded(t, answer)
			})
			c := config(target(a, "2c"))
			now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
			c.Now = func() time.Time { return now }
			collector := newCollector(t, c)
			for look, want := range []float64{1<<32 - 100, 1<<32 + 23} {
				octets.Store(uint32(int64(want)))
				sink := &collectortest.Recorder{}
				if err := collector.Poll(t.Context(), sink); err != nil {
					t.Fatal(err)
				}
				if s, ok := sink.Sample("ifInOctets", map[string]string{"ifIndex": "1"}); !ok || s.Value != want {
					t.Errorf("look %d: ifInOctets %v %v, want %v", look+1, ok, s.Value, want)
				}
				if _, ok := sink.Sample("ifHCInOctets", map[string]string{"ifIndex": "1"}); ok {
					t.Errorf("look %d: a 64-bit counter that does not count was measured", look+1)
				}
				now = now.Add(20 * time.Second)
			}
		})
	}
}
