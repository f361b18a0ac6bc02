package hub_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

// serverRoom is Nyborg's: a firewall with three ports, a UPS with a thermometer, and a link to the centre, each
// measured for some hours.
type serverRoom struct {
	hours    int
	critical float64 // the state of the UPS
	celsius  float64
}

func (serverRoom) Name() string { return "room" }

func (r serverRoom) Collect(ctx context.Context, sink collectors.Sink) error {
	now := time.Now()
	test := inventory.Sensor{OID: "1", Class: "date", Name: "Battery test", Value: float64(inventory.DateOf(now).AddDays(-30))}
	port := func(n int) inventory.Interface {
		return inventory.Interface{Index: n, Name: fmt.Sprint("p", n), Type: "ethernetCsmacd", Oper: "up", SpeedBPS: 1_000_000}
	}
	for _, a := range []inventory.Asset{
		{Name: "nyb-fw", Kind: inventory.KindFirewall, Serial: "FW", Site: "serverrum", Criticality: inventory.CriticalityBusiness, Interfaces: []inventory.Interface{port(1), port(2), port(3)}},
		{Name: "nyb-ups", Kind: inventory.KindUPS, Serial: "UPS", Site: "serverrum", Sensors: []inventory.Sensor{test}},
	} {
		o := inventory.Observation{Collector: "room", Source: a.Name, Instance: a.Name, Municipality: "450", At: now, Status: inventory.StatusOK, Asset: &a}
		if a.Kind == inventory.KindUPS {
			o.Register = &inventory.Register{Links: []inventory.Link{{ID: "link-450", Municipality: "450", Centre: "fyn", Mbps: 1}, {ID: "spare-450", Municipality: "450", Centre: "fyn", Mbps: 1}}}
		}
		if err := sink.Observe(ctx, o); err != nil {
			return err
		}
	}
	labels := func(instance string, more ...string) map[string]string {
		m := map[string]string{"municipality": "450", "instance": instance, "job": "room"}
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	var samples []collectors.Sample
	add := func(name string, value float64, at time.Time, labels map[string]string) {
		samples = append(samples, collectors.Sample{Name: name, Value: value, At: at, Labels: labels})
	}
	first := now.Add(-time.Duration(r.hours) * time.Hour)
	for at := first; at.Before(now); at = at.Add(5 * time.Minute) {
		bytes := at.Sub(first).Seconds() * 1_000_000 / 8 // at full speed
		add("ifHCInOctets", 0.5*bytes, at, labels("nyb-fw", "ifIndex", "1"))
		add("ifHCOutOctets", 0.95*bytes, at, labels("nyb-fw", "ifIndex", "1"))
		add("ifInOctets", 0.2*bytes, at, labels("nyb-fw", "ifIndex", "2"))
		add("ifOutOctets", 0.2*bytes, at, labels("nyb-fw", "ifIndex", "2"))
		add("ifHCInOctets", 0.2*bytes, at, labels("nyb-fw", "ifIndex", "3"))
		add("samdrift_link_utilisation_ratio", 0.4, at, labels("link-450"))
	}
	add("samdrift_sensor_state", r.critical, now, labels("nyb-ups", "name", "Output status"))
	add("samdrift_sensor_state", 3, now, labels("nyb-ups", "name", "Battery status"))
	add("samdrift_sensor_value", r.celsius, now, labels("nyb-ups", "class", "temperature", "place", "room", "name", "Rum"))
	add("samdrift_sensor_value", 60, now, labels("nyb-ups", "class", "temperature", "name", "Battery"))
	return sink.Measure(ctx, samples)
}

// What the hub's own time series tell of server rooms and links counts.
func TestRoomsAndLinksFromTheHubsTimeSeries(t *testing.T) {
	type found struct{ Failing, Unknown []string }
	for _, c := range []struct {
		name         string
		room         serverRoom
		rooms, links found
	}{
		{"a full port, a sound room", serverRoom{hours: 27, critical: 1, celsius: 22}, found{}, found{[]string{"nyb-fw"}, []string{"link:spare-450"}}},
		{"too hot, and measured for hours only", serverRoom{hours: 22, critical: 0, celsius: 40}, found{[]string{"room:serverrum"}, nil}, found{nil, []string{"link:link-450", "link:spare-450", "nyb-fw"}}},
		{"a UPS in trouble", serverRoom{hours: 1, critical: 2, celsius: 22}, found{[]string{"room:serverrum"}, nil}, found{nil, []string{"link:link-450", "link:spare-450", "nyb-fw"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			h := open(t, dir, nil)
			for _, x := range []collectors.Collector{estate{unmeasured: true}, c.room, estate{}} {
				if err := h.Collect(t.Context(), x); err != nil {
					t.Fatal(err)
				}
			}
			result := func(h *hub.Hub, control string) found {
				t.Helper()
				a, _, err := h.GapOf(t.Context(), admin, "450")
				if err != nil {
					t.Fatal(err)
				}
				name := assetNames(t, h)
				named := func(ids []string) (names []string) {
					for _, id := range ids {
						if n := name[id]; n != "" {
							id = n
						}
						if id != "nyb-app-1" { // its volumes are another test's
							names = append(names, id)
						}
					}
					slices.Sort(names)
					return names
				}
				for _, r := range a.Controls {
					if r.ID == control && r.Members != nil {
						return found{named(r.Members.FailingIDs), named(r.Members.UnknownIDs)}
					}
				}
				t.Fatalf("%s was not measured", control)
				return found{}
			}
			if diff := cmp.Diff(c.rooms, result(h, "21c-07")) + cmp.Diff(c.links, result(h, "21c-08")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// assetNames gives the name of every asset by its id.
func assetNames(t *testing.T, h *hub.Hub) map[string]string {
	t.Helper()
	list, err := h.Assets(t.Context(), admin, hub.AssetQuery{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, row := range list.Rows {
		names[row.ID] = row.Name
	}
	return names
}
