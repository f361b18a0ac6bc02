package grafana_test

import (
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/dashboards/grafana"
	"github.com/samdrift/samdrift/hub/monitor"
)

// estate makes the samples of a small municipality over ten minutes: devices, of which one comes
// and goes and is gone now, a link, and a service that only the municipality sees down.
func estate(until time.Time) []collectors.Sample {
	var all []collectors.Sample
	for i := 40; i >= 0; i-- {
		at := until.Add(-time.Duration(i) * 15 * time.Second)
		add := func(name, instance string, value float64, extra ...string) {
			l := map[string]string{"municipality": "461", "centre": "odense", "site": "s1", "role": "switch", "criticality": "3", "job": "snmp", "instance": instance}
			for j := 0; j+1 < len(extra); j += 2 {
				l[extra[j]] = extra[j+1]
			}
			all = append(all, collectors.Sample{Name: name, Labels: l, Value: value, At: at})
		}
		add("samdrift_device_up", "gone", float64(i%2))
		for _, d := range []string{"sw1", "sw2"} {
			add("samdrift_device_up", d, 1)
			add("samdrift_snmp_scrape_duration_seconds", d, 0.4)
			add("samdrift_uptime_seconds", d, 100_000-float64(i*15))
			add("samdrift_cpu_load_percent", d, 12)
			add("samdrift_memory_used_percent", d, 40)
			add("samdrift_storage_size_bytes", d, 1000, "volume", "/var")
			add("samdrift_storage_used_bytes", d, 600, "volume", "/var")
			add("samdrift_sensor_value", d, 31, "class", "temperature", "name", "Inlet", "oid", "1.3.6.1.2.1.99.1.1.1.4.1")
			add("samdrift_sensor_state", d, 2, "name", "Fan 1", "oid", "1.3.6.1.4.1.9.9.13.1.4.1.3.1")
			add("samdrift_supply_level_percent", d, 40, "name", "Black Toner")
			add("ifHCInOctets", d, float64(1_000_000-i*1500), "ifIndex", "1", "ifName", "ge-0/0/1")
			add("ifHCOutOctets", d, float64(1_000_000-i*3000), "ifIndex", "1", "ifName", "ge-0/0/1")
			add("ifOperStatus", d, 1, "ifIndex", "1", "ifName", "ge-0/0/1")
		}
		add("samdrift_link_latency_seconds", "link-461", 0.004)
		add("samdrift_link_utilisation_ratio", "link-461", 0.3)
		add("samdrift_service_up", "probe", 0, "service", "Opus", "perspective", "municipality")
		add("samdrift_service_up", "operator", 1, "service", "Opus", "perspective", "operator")
	}
	return all
}

// Every query of every dashboard gives an answer over such an estate, within the municipality's own
// scope: names and labels fit together, and nothing needs to see more than its own.
func TestEveryQueryHasAnAnswer(t *testing.T) {
	cfg := monitor.DefaultConfig()
	cfg.Dir, cfg.EvaluationInterval = t.TempDir(), time.Second
	m, err := monitor.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := m.Append(t.Context(), estate(time.Now())); err != nil {
		t.Fatal(err)
	}
	ctx := monitor.WithScope(t.Context(), monitor.Scope{Municipalities: []string{"461"}})
	open := map[string]string{}
	for _, d := range grafana.Dashboards(demo) {
		for _, q := range d.Queries() {
			q = strings.NewReplacer(`severity="critical"`, `severity="warning"`).Replace(q) // DeviceFlapping is a warning
			open[expand(q)] = d.UID
		}
	}
	// Recorded series and alerts come with the next evaluation of the rules.
	for deadline := time.Now().Add(60 * time.Second); len(open) > 0 && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		for q := range maps.Clone(open) {
			found, err := m.Instant(ctx, q, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if len(found) > 0 && len(found[0].Points) > 0 {
				delete(open, q)
			}
		}
	}
	for _, q := range slices.Sorted(maps.Keys(open)) {
		t.Errorf("%s: no answer to %s", open[q], q)
	}
}
