package snmp_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/collectortest"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

// config is for devices on loopback: what does not answer at once never will.
func config(targets ...snmp.Target) snmp.Config {
	c := snmp.DefaultConfig()
	c.Targets = targets
	c.Timeout, c.Retries = time.Second, 1 // patient: other tests run at the same time
	return c
}

func newCollector(t testing.TB, c snmp.Config) *snmp.Collector {
	t.Helper()
	collector, err := snmp.New(c, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return collector
}

// look collects one target and gives what was seen.
func look(t testing.TB, c snmp.Config) (inventory.Observation, *collectortest.Recorder) {
	t.Helper()
	sink := &collectortest.Recorder{}
	if err := newCollector(t, c).Collect(context.Background(), sink); err != nil {
		t.Fatal(err)
	}
	seen := sink.Observations()
	if len(seen) != 1 {
		t.Fatalf("%d observations, want 1", len(seen))
	}
	return seen[0], sink
}

func target(a *agent, version string) snmp.Target {
	return snmp.Target{Name: "sw-test", Address: a.address, Municipality: "461", Site: "odense-1", Version: version, Community: "test"}
}

// missing skips a test that needs a program of Debian's, and fails it in CI where all must be there.
func missing(t testing.TB, program, install string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed, and in CI nothing may be skipped: %s", program, install)
	}
	t.Skipf("SKIPPED, %s IS NOT INSTALLED: %s", program, install)
}

func TestSuite(t *testing.T) {
	t.Parallel() // it mostly waits for answers that do not come
	honest := startAgent(t, switchMIB(4), nil)
	silent := startAgent(t, nil, func(_, _ *packet) []byte { return nil })
	collectortest.Run(t, func() collectors.Collector {
		wrong := target(honest, "2c")
		wrong.Name, wrong.Community = "wrong", "wrong"
		dead := target(silent, "2c")
		dead.Name = "dead"
		return newCollector(t, config(target(honest, "2c"), wrong, dead))
	}, collectortest.Want{Targets: 3, Failed: 2})
}

func TestCollectsASwitch(t *testing.T) {
	for _, version := range []string{"1", "2c"} {
		t.Run("v"+version, func(t *testing.T) {
			a := startAgent(t, switchMIB(50), nil)
			o, sink := look(t, config(target(a, version)))
			if o.Status != inventory.StatusOK || o.Asset == nil {
				t.Fatalf("status %s, error %q", o.Status, o.Error)
			}
			if got := o.Tables["interfaces"]; got != (inventory.TableStatus{State: "complete", Rows: 50}) {
				t.Errorf("interfaces: %+v", got)
			}
			want := inventory.Interface{
				Index: 50, Name: "Gi1/0/50", Descr: "GigabitEthernet1/0/50", Alias: "room 50", Type: "ethernetCsmacd",
				SpeedBPS: 1_000_000_000, MAC: "00:1b:54:00:00:32", Admin: "up", Oper: "up", MTU: 1500,
			}
			if diff := cmp.Diff(want, o.Asset.Interfaces[49]); diff != "" {
				t.Errorf("last interface (-want +got):\n%s", diff)
			}
			got := o.Asset
			id := [...]string{got.Name, got.Vendor, string(got.Kind), got.Platform, got.Firmware, got.OS.Name}
			if id != [...]string{"sw-test", "Cisco", "switch", "ios", "15.2(7)E4", "Cisco IOS"} {
				t.Errorf("identity %v", id)
			}
			if diff := cmp.Diff([]string{"snmpv" + version}, got.Management.Protocols); diff != "" {
				t.Error(diff)
			}
			if got.Management.DefaultCommunity == nil || *got.Management.DefaultCommunity {
				t.Error("the community is known not to be a default one")
			}
			label := map[string]string{"ifIndex": "50", "ifName": "Gi1/0/50", "municipality": "461", "site": "odense-1", "instance": "sw-test", "job": "snmp"}
			s, ok := sink.Sample("ifHCInOctets", label)
			if version == "2c" && (!ok || s.Value != 50_000) {
				t.Errorf("ifHCInOctets %v %v", ok, s)
			}
			if version == "1" && ok {
				t.Error("SNMPv1 has no 64-bit counters")
			}
			for name, value := range map[string]float64{"samdrift_device_up": 1, "samdrift_uptime_seconds": 1234.56, "ifOperStatus": 1} {
				if s, ok := sink.Sample(name, map[string]string{"instance": "sw-test"}); !ok || name != "ifOperStatus" && s.Value != value {
					t.Errorf("sample %s: %v %v, want %v", name, ok, s.Value, value)
				}
			}
		})
	}
}

func TestDefaultCommunityIsNoted(t *testing.T) {
	at := target(startAgent(t, switchMIB(1), nil), "2c")
	at.Community = "public"
	o, _ := look(t, config(at))
	if o.Asset == nil || o.Asset.Management.DefaultCommunity == nil || !*o.Asset.Management.DefaultCommunity {
		t.Errorf("status %s (%s): that the community is a default one is not noted", o.Status, o.Error)
	}
}

// Devices behind one address are told apart by name, or by their order where they have none.
func TestSeveralDevicesBehindOneAddress(t *testing.T) {
	a := startAgent(t, switchMIB(1), nil)
	named := target(a, "2c")
	first, second := named, named
	first.Name, second.Name, second.Community = "", "", "public"
	sink := &collectortest.Recorder{}
	if err := newCollector(t, config(named, first, second)).Collect(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	var instances, records []string
	for _, o := range sink.Observations() {
		instances = append(instances, o.Instance)
		records = append(records, snmp.NewRecord(o).Target)
	}
	if diff := cmp.Diff([]string{"#1", "#2", "sw-test"}, instances); diff != "" {
		t.Errorf("instances (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{a.address, a.address, "sw-test"}, records); diff != "" {
		t.Errorf("targets of the records (-want +got):\n%s", diff)
	}
	for _, instance := range []string{"sw-test", a.address + "#1", a.address + "#2"} {
		if _, ok := sink.Sample("samdrift_device_up", map[string]string{"instance": instance}); !ok {
			t.Errorf("no sample of instance %s", instance)
		}
	}
}

func TestSoftwareMayBeLeftOut(t *testing.T) {
	mib := append(switchMIB(1), octets(".1.3.6.1.2.1.25.6.3.1.2.1", "bash_5.2.15-2+b7_amd64"),
		octets(".1.3.6.1.2.1.25.6.3.1.2.2", "kernel-4.18.0-553.el8_10.x86_64"), octets(".1.3.6.1.2.1.25.6.3.1.2.3", "Microsoft SQL Server 2019 (64-bit)"))
	a := startAgent(t, mib, nil)
	c := config(target(a, "2c"))
	o, _ := look(t, c)
	want := []inventory.Software{{Name: "bash", Version: "5.2.15-2+b7"}, {Name: "kernel", Version: "4.18.0-553.el8_10"}, {Name: "Microsoft SQL Server 2019 (64-bit)"}}
	if diff := cmp.Diff(want, o.Asset.Software); diff != "" {
		t.Errorf("software (-want +got):\n%s", diff)
	}
	c.Software = false
	o, _ = look(t, c)
	if _, asked := o.Tables["software"]; asked || len(o.Asset.Software) > 0 {
		t.Error("software was asked for although it is switched off")
	}
}

func TestOnlyTheTablesAskedFor(t *testing.T) {
	c := config(target(startAgent(t, fullMIB(3), nil), "2c"))
	c.Tables = []string{"entity", "lldp"}
	o, _ := look(t, c)
	var read []string
	for name := range o.Tables {
		read = append(read, name)
	}
	slices.Sort(read)
	if !slices.Equal(read, []string{"entity", "lldp", "system"}) || len(o.Asset.Components) != 3 || len(o.Asset.Interfaces) != 0 {
		t.Errorf("read %v", read)
	}
	c.Tables = []string{"enttiy"}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), `"enttiy"`) {
		t.Errorf("an unknown table: %v", err)
	}
}

// Agents number LLDP ports by the bridge, by ifIndex or by a count of their own.
func TestLLDPLocalPorts(t *testing.T) {
	const remote, local, bridge = ".1.0.8802.1.1.2.1.4.1.1.", ".1.0.8802.1.1.2.1.3.7.1.", ".1.3.6.1.2.1.17.1.4.1.2."
	neighbour := func(port string) []gosnmp.SnmpPDU {
		at := ".0." + port + ".1"
		return []gosnmp.SnmpPDU{
			integer(remote+"4"+at, 4), octets(remote+"5"+at, "\x00\x1b\x54\xaa\xbb\xcc"), integer(remote+"6"+at, 5), octets(remote+"7"+at, "Gi0/1"),
			octets(remote+"9"+at, "core"), octets(remote+"10"+at, "Cisco IOS"),
		}
	}
	for name, c := range map[string]struct {
		mib  []gosnmp.SnmpPDU
		want string
	}{
		"ifIndex":                             {neighbour("3"), "Gi1/0/3"},
		"bridge port":                         {append(neighbour("51"), integer(bridge+"51", 3)), "Gi1/0/3"},
		"bridge port that is also an ifIndex": {append(neighbour("1"), integer(bridge+"1", 4), integer(bridge+"2", 3)), "Gi1/0/4"},
		"names prove ifIndex": {append(neighbour("2"), integer(bridge+"1", 4), integer(bridge+"2", 3),
			octets(local+"3.4", "Gi1/0/4"), octets(local+"3.1", "Gi1/0/1")), "Gi1/0/2"},
		"own count with a name":          {append(neighbour("501"), octets(local+"3.501", "Gi1/0/2")), "Gi1/0/2"},
		"own count with a description":   {append(neighbour("501"), octets(local+"3.501", "x"), octets(local+"4.501", "GigabitEthernet1/0/2")), "Gi1/0/2"},
		"own count with an unknown name": {append(neighbour("501"), octets(local+"3.501", "mgmt0")), "mgmt0"},
		"nothing known":                  {neighbour("501"), "501"},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := look(t, config(target(startAgent(t, append(switchMIB(4), c.mib...), nil), "2c")))
			want := []inventory.Neighbour{{Protocol: "lldp", LocalPort: c.want, RemoteName: "core", RemotePort: "Gi0/1", RemotePlatform: "Cisco IOS", RemoteID: "00:1b:54:aa:bb:cc"}}
			if diff := cmp.Diff(want, o.Asset.Neighbours); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// BenchmarkCollect looks at a switch of 48 ports over and over, sixteen at a time.
func BenchmarkCollect(b *testing.B) {
	var targets []snmp.Target
	for range 16 {
		a := startAgent(b, switchMIB(48), nil)
		at := target(a, "2c")
		at.Name = a.address
		targets = append(targets, at)
	}
	collector := newCollector(b, config(targets...))
	b.ReportAllocs()
	devices := 0
	for b.Loop() {
		if err := collector.Collect(b.Context(), &collectortest.Recorder{}); err != nil {
			b.Fatal(err)
		}
		devices += len(targets)
	}
	b.ReportMetric(float64(devices)/b.Elapsed().Seconds(), "devices/s")
}

// A slow device, one that does not answer and one that breaks everything must not delay the rest.
func TestOneBadDeviceStopsNoOther(t *testing.T) {
	t.Parallel() // it mostly waits for answers that do not come
	good := startAgent(t, switchMIB(10), nil)
	hanging := startAgent(t, nil, func(_, _ *packet) []byte { return nil })
	garbage := startAgent(t, switchMIB(1), func(_, _ *packet) []byte { return []byte{0x30, 0x84, 0xff, 0xff} })
	var targets []snmp.Target
	for _, a := range []*agent{hanging, garbage, good} {
		at := target(a, "2c")
		at.Name = a.address
		targets = append(targets, at)
	}
	sink := &collectortest.Recorder{}
	if err := newCollector(t, config(targets...)).Collect(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	want := map[string]inventory.Status{
		hanging.address: inventory.StatusUnreachable, garbage.address: inventory.StatusFailed, good.address: inventory.StatusOK,
	}
	got := map[string]inventory.Status{}
	for _, o := range sink.Observations() {
		got[o.Source] = o.Status
		if o.Status != inventory.StatusOK && o.Error == "" {
			t.Errorf("%s: no reason given", o.Source)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDeviceBudget(t *testing.T) {
	t.Parallel()
	slow := startAgent(t, switchMIB(400), func(request, answer *packet) []byte {
		if inTable(request, ifTable) {
			time.Sleep(30 * time.Millisecond)
		}
		return encoded(t, answer)
	})
	c := config(target(slow, "1")) // a row at a time
	c.DeviceBudget = 2 * time.Second
	o, _ := look(t, c)
	table := o.Tables["interfaces"]
	if o.Status != inventory.StatusPartial || table.State != inventory.TablePartial || !strings.Contains(table.Reason, "2s") {
		t.Errorf("status %s, interfaces %+v: want partial with the budget named", o.Status, table)
	}
	if n := len(o.Asset.Interfaces); n == 0 || n >= 400 {
		t.Errorf("%d interfaces kept, want some", n)
	}
}

func TestSinkErrorNamesTheTarget(t *testing.T) {
	a := startAgent(t, switchMIB(1), nil)
	full := errors.New("disk full")
	err := newCollector(t, config(target(a, "2c"))).Collect(t.Context(), &collectortest.Recorder{Fail: full})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "sw-test") {
		t.Errorf("got %v", err)
	}
}
