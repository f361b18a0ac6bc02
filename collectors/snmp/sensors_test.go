package snmp_test

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/collectors/collectortest"
	"github.com/samdrift/samdrift/inventory"
)

func objectID(oid, value string) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: oid, Type: gosnmp.ObjectIdentifier, Value: value}
}

// upsMIB is a power supply that speaks the standard MIB, on battery.
func upsMIB() []gosnmp.SnmpPDU {
	const ups = ".1.3.6.1.2.1.33.1."
	return []gosnmp.SnmpPDU{
		octets(".1.3.6.1.2.1.1.1.0", "UPS"), objectID(".1.3.6.1.2.1.1.2.0", ".1.3.6.1.2.1.33.250.10"),
		{Name: ".1.3.6.1.2.1.1.3.0", Type: gosnmp.TimeTicks, Value: uint32(5)}, octets(".1.3.6.1.2.1.1.5.0", "ups-kaelder"),
		integer(ups+"2.1.0", 2), integer(ups+"2.2.0", 90), integer(ups+"2.3.0", 41), integer(ups+"2.4.0", 87),
		integer(ups+"2.5.0", 541), integer(ups+"2.7.0", 24),
		integer(ups+"3.3.1.2.1", 499), integer(ups+"3.3.1.3.1", 231),
		integer(ups+"4.1.0", 5), integer(ups+"4.2.0", 500), integer(ups+"4.4.1.5.1", 33),
		integer(ups+"6.1.0", 1),
	}
}

func TestSensorsOfAPowerSupply(t *testing.T) {
	for _, version := range []string{"1", "2c"} {
		t.Run("v"+version, func(t *testing.T) {
			a := startAgent(t, upsMIB(), nil)
			o, sink := look(t, config(target(a, version)))
			if o.Status != inventory.StatusOK {
				t.Fatalf("status %s: %s", o.Status, o.Error)
			}
			var got []string
			for _, s := range o.Asset.Sensors {
				got = append(got, fmt.Sprintf("%s %s %s=%v%s %s", s.OID[len("1.3.6.1.2.1.33.1."):], s.Class, s.Name, s.Value, s.Unit, s.State))
			}
			want := []string{
				"2.1.0 state Battery status=2 batteryNormal",
				"2.2.0 runtime Time on battery=1.5minutes ",
				"2.3.0 runtime Estimated battery time remaining=41minutes ",
				"2.4.0 charge Battery charge remaining=87percent ",
				"2.5.0 voltage Battery=54.1volts ",
				"2.7.0 temperature Battery=24celsius ",
				"3.3.1.2.1 frequency Input phase 1=49.9hertz ",
				"3.3.1.3.1 voltage Input phase 1=231volts ",
				"4.1.0 state Output source=5 battery",
				"4.2.0 frequency Output=50hertz ",
				"4.4.1.5.1 load Output phase 1=33percent ",
				"6.1.0 count Alarms=1 ",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, c := range []struct {
				metric string
				labels map[string]string
				value  float64
			}{
				{"samdrift_sensor_value", map[string]string{"class": "charge", "name": "Battery charge remaining", "oid": "1.3.6.1.2.1.33.1.2.4.0"}, 87},
				{"samdrift_sensor_state", map[string]string{"name": "Battery status"}, 0},
				{"samdrift_sensor_state", map[string]string{"name": "Output source"}, 1},
			} {
				if s, ok := sink.Sample(c.metric, c.labels); !ok || s.Value != c.value {
					t.Errorf("%s %v: %v %v, want %v", c.metric, c.labels, ok, s.Value, c.value)
				}
			}
			if s, ok := sink.Sample("samdrift_sensor_value", map[string]string{"class": "count"}); ok {
				t.Errorf("counts are not measured, got %v", s)
			}
		})
	}
}

// A device without any readings is asked a few questions about them, not one for each table that its
// maker's devices may have.
func TestAbsentReadingsCostLittle(t *testing.T) {
	var probes atomic.Int64
	a := startAgent(t, switchMIB(4), func(request, answer *gosnmp.SnmpPacket) []byte {
		if request.PDUType == gosnmp.GetNextRequest {
			probes.Add(1)
		}
		return encoded(t, answer)
	})
	o, _ := look(t, config(target(a, "2c")))
	if got := o.Tables["sensors"]; got.State != inventory.TableAbsent {
		t.Errorf("sensors: %+v", got)
	}
	if n := probes.Load(); n == 0 || n > 8 {
		t.Errorf("%d probes, want a few", n)
	}
}

// A chassis with hundreds of sensors is listed whole, but measured only in part: temperatures before
// voltages.
func TestMeasuresTheMostTelling(t *testing.T) {
	mib := switchMIB(1)
	const sensors = 300
	for i := 1; i <= sensors; i++ {
		column := func(n int) string { return ".1.3.6.1.2.1.99.1.1.1." + strconv.Itoa(n) + "." + strconv.Itoa(i) }
		kind := 4 // volts
		if i%3 == 0 {
			kind = 8 // celsius
		}
		mib = append(mib, integer(column(1), kind), integer(column(2), 9), integer(column(3), 1), integer(column(4), 400), integer(column(5), 1))
	}
	a := startAgent(t, mib, nil)
	o, sink := look(t, config(target(a, "2c")))
	if len(o.Asset.Sensors) != sensors || o.Tables["sensors"].Rows != sensors {
		t.Errorf("%d sensors, %+v", len(o.Asset.Sensors), o.Tables["sensors"])
	}
	if got := o.Asset.Sensors[0]; got.Value != 40 || got.Class != "voltage" || got.OID != "1.3.6.1.2.1.99.1.1.1.4.1" {
		t.Errorf("first sensor %+v", got)
	}
	count := map[string]int{}
	for _, s := range sink.Samples() {
		if s.Name == "samdrift_sensor_value" {
			count[s.Labels["class"]]++
		}
	}
	if count["temperature"] != sensors/3 || count["voltage"] == 0 || count["temperature"]+count["voltage"] >= sensors {
		t.Errorf("measured %v", count)
	}
}

func TestSuppliesOfAPrinter(t *testing.T) {
	row := func(table string, column, i int) string {
		return fmt.Sprintf(".1.3.6.1.2.1.43.%s.%d.1.%d", table, column, i)
	}
	mib := []gosnmp.SnmpPDU{
		octets(".1.3.6.1.2.1.1.1.0", "Printer"), objectID(".1.3.6.1.2.1.1.2.0", ".1.3.6.1.4.1.11.2.3.9.1"),
		{Name: ".1.3.6.1.2.1.1.3.0", Type: gosnmp.TimeTicks, Value: uint32(5)},
		octets(row("11.1.1", 6, 1), "Black Cartridge, PN 123, SN 4"), integer(row("11.1.1", 8, 1), 2000), integer(row("11.1.1", 9, 1), 500),
		octets(row("11.1.1", 6, 2), "Waste Toner Box"), integer(row("11.1.1", 8, 2), -2), integer(row("11.1.1", 9, 2), -3),
		octets(row("11.1.1", 6, 3), "Fuser"), integer(row("11.1.1", 8, 3), 100), integer(row("11.1.1", 9, 3), -2),
		octets(row("8.2.1", 13, 1), "Tray 1"), integer(row("8.2.1", 9, 1), 550), integer(row("8.2.1", 10, 1), 0),
	}
	a := startAgent(t, mib, nil)
	o, sink := look(t, config(target(a, "2c")))
	percent := func(p float64) *float64 { return &p }
	want := []inventory.Supply{
		{Name: "Black Cartridge", LevelPercent: percent(25)},
		{Name: "Waste Toner Box", LevelPercent: percent(50)},
		{Name: "Fuser"},
		{Name: "Tray 1", LevelPercent: percent(0)},
	}
	if diff := cmp.Diff(want, o.Asset.Supplies); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := o.Tables["supplies"]; got != (inventory.TableStatus{State: inventory.TableComplete, Rows: 4}) {
		t.Errorf("supplies: %+v", got)
	}
	if s, ok := sink.Sample("samdrift_supply_level_percent", map[string]string{"name": "Black Cartridge"}); !ok || s.Value != 25 {
		t.Errorf("level: %v %v", ok, s.Value)
	}
	if _, ok := sink.Sample("samdrift_supply_level_percent", map[string]string{"name": "Fuser"}); ok {
		t.Error("an unknown level is measured")
	}
}

// Polls measure the same readings as full looks do, and name them alike.
func TestPollsMeasureSensors(t *testing.T) {
	a := startAgent(t, upsMIB(), nil)
	sink := &collectortest.Recorder{}
	if err := newCollector(t, config(target(a, "2c"))).Poll(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	if s, ok := sink.Sample("samdrift_sensor_value", map[string]string{"class": "load", "name": "Output phase 1"}); !ok || s.Value != 33 {
		t.Errorf("load: %v %v", ok, s.Value)
	}
}
