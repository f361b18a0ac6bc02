package monitor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub/monitor"
)

// now is the moment at which every test takes place.
var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var everything = monitor.Scope{All: true}

// open opens a monitor in dir whose clock stands at now, and closes it with the test.
func open(t *testing.T, dir string, change ...func(*monitor.Config)) *monitor.Monitor {
	t.Helper()
	cfg := monitor.DefaultConfig()
	cfg.Dir = dir
	cfg.Now = func() time.Time { return now }
	for _, c := range change {
		c(&cfg)
	}
	m, err := monitor.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// sample makes a sample of one instance in a municipality run by a centre.
func sample(name, municipality, centre, instance string, value float64, ago time.Duration) collectors.Sample {
	return collectors.Sample{Name: name, Value: value, At: now.Add(-ago), Labels: map[string]string{
		"municipality": municipality, "centre": centre, "instance": instance, "job": "snmp",
	}}
}

func store(t *testing.T, m *monitor.Monitor, samples ...collectors.Sample) {
	t.Helper()
	if err := m.Append(t.Context(), samples); err != nil {
		t.Fatal(err)
	}
}

// instances asks which instances a query sees within a scope.
func instances(t *testing.T, m *monitor.Monitor, s monitor.Scope, query string) []string {
	t.Helper()
	found, err := m.Instant(monitor.WithScope(t.Context(), s), query, now)
	if err != nil {
		t.Fatal(err)
	}
	return sortedInstances(found)
}

func TestSamplesComeBack(t *testing.T) {
	m := open(t, t.TempDir())
	for i := 4; i >= 0; i-- {
		store(t, m, sample("samdrift_cpu_load_percent", "461", "odense", "sw1", float64(10*i), time.Duration(i)*time.Minute))
	}
	ctx := monitor.WithScope(t.Context(), everything)

	got, err := m.Instant(ctx, "samdrift_cpu_load_percent", now.Add(-time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{"__name__": "samdrift_cpu_load_percent", "municipality": "461", "centre": "odense", "instance": "sw1", "job": "snmp"}
	want := []monitor.Series{{Labels: labels, Points: []monitor.Point{{At: now.Add(-time.Minute), Value: 10}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("instant (-want +got):\n%s", diff)
	}

	got, err = m.Range(ctx, "samdrift_cpu_load_percent / 10", now.Add(-2*time.Minute), now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	delete(labels, "__name__")
	want = []monitor.Series{{Labels: labels, Points: []monitor.Point{
		{At: now.Add(-2 * time.Minute), Value: 2}, {At: now.Add(-time.Minute), Value: 1}, {At: now, Value: 0},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("range (-want +got):\n%s", diff)
	}

	got, err = m.Instant(ctx, "1 + 1", now)
	if diff := cmp.Diff([]monitor.Series{{Labels: map[string]string{}, Points: []monitor.Point{{At: now, Value: 2}}}}, got); err != nil || diff != "" {
		t.Errorf("scalar: %v (-want +got):\n%s", err, diff)
	}
	got, err = m.Instant(ctx, "samdrift_cpu_load_percent / 0", now)
	if err != nil || len(got) != 1 || len(got[0].Points) != 0 {
		t.Errorf("0/0 gives %v, %v; want a series without a point: not known", got, err)
	}
}

func TestBadQueriesSayWhich(t *testing.T) {
	m := open(t, t.TempDir(), func(c *monitor.Config) { c.MaxQuerySamples = 3 })
	for i := range 5 {
		store(t, m, sample("samdrift_device_up", "461", "odense", fmt.Sprint("sw", i), 1, 0))
	}
	ctx := monitor.WithScope(t.Context(), everything)
	for _, query := range []string{"sum(", `"text"`, "samdrift_device_up"} {
		if _, err := m.Instant(ctx, query, now); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", query)) {
			t.Errorf("query %s: error %v, want one that quotes it", query, err)
		}
	}
	if _, err := m.Range(ctx, "1", now, now.Add(-time.Minute), time.Minute); err == nil {
		t.Error("a range that ends before its start is answered")
	}
	if _, err := m.Range(ctx, "1", now, now, 0); err == nil {
		t.Error("a range without step is answered")
	}
}

func TestNothingIsDroppedUncounted(t *testing.T) {
	m := open(t, t.TempDir())
	up := func(v float64, ago time.Duration) collectors.Sample {
		return sample("samdrift_device_up", "461", "odense", "sw1", v, ago)
	}
	store(t, m, up(1, 30*time.Minute), up(1, 0))
	store(t, m, up(1, 0))               // the same again: harmless
	store(t, m, up(0, 5*time.Minute))   // late, but within the window
	store(t, m, up(0, 15*time.Minute))  // too late
	store(t, m, up(0, -11*time.Minute)) // in the future
	store(t, m, up(1, -time.Minute))    // a little ahead is a clock, not a fault
	store(t, m, collectors.Sample{Name: "no name", At: now}, collectors.Sample{Name: "samdrift_device_up"},
		collectors.Sample{Name: "x", At: now, Labels: map[string]string{"__name__": "y"}},
		collectors.Sample{Name: "x", At: now, Labels: map[string]string{"volume": "\xff"}},
		up(1, -2*time.Minute)) // a good one among bad ones
	want := monitor.Counts{Stored: 6, Late: 1, Future: 1, Invalid: 4}
	if diff := cmp.Diff(want, m.Counts()); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}

	store(t, m, up(0, -2*time.Minute)) // another value for a moment that has one
	ctx := monitor.WithScope(t.Context(), everything)
	got, err := m.Instant(ctx, "samdrift_device_up", now.Add(2*time.Minute))
	if err != nil || len(got) != 1 || got[0].Points[0].Value != 1 {
		t.Errorf("after a contradiction: %v, %v; want the first value to stand", got, err)
	}
	if c := m.Counts(); c.Duplicate != 1 {
		t.Errorf("counts %+v, want one duplicate", c)
	}
	got, err = m.Instant(ctx, "count_over_time(samdrift_device_up[1h])", now.Add(2*time.Minute))
	if err != nil || len(got) != 1 || got[0].Points[0].Value != 5 {
		t.Errorf("samples kept: %v, %v; want 5", got, err)
	}
}

func TestDataSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	cfg := monitor.DefaultConfig()
	cfg.Dir, cfg.Now = dir, func() time.Time { return now }
	m, err := monitor.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	store(t, m, sample("samdrift_device_up", "461", "odense", "sw1", 1, time.Minute))
	if err := errors.Join(m.Close(), m.Close()); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	if got := instances(t, again, everything, "samdrift_device_up"); !cmp.Equal(got, []string{"sw1"}) {
		t.Errorf("after a restart the database has %v, want sw1", got)
	}
	store(t, again, sample("samdrift_device_up", "461", "odense", "sw1", 1, 0))
}

func TestSecondProcessIsTold(t *testing.T) {
	dir := t.TempDir()
	m := open(t, dir)
	store(t, m, sample("samdrift_device_up", "461", "odense", "sw1", 1, 0))
	out, err := again(t, "open", dir)
	if err == nil {
		t.Fatal("a second process opens the same directory")
	}
	for _, want := range []string{dir, "in use by another process", "--dir"} {
		if !strings.Contains(out, want) {
			t.Errorf("the second process says %q, want it to name %q", out, want)
		}
	}
	store(t, m, sample("samdrift_device_up", "461", "odense", "sw2", 1, 0))
	if got := instances(t, m, everything, "samdrift_device_up"); !cmp.Equal(got, []string{"sw1", "sw2"}) {
		t.Errorf("after a second process tried, the first has %v", got)
	}
}

func TestFullDiskKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	out, err := again(t, "fill", dir)
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{dir, "disk full", "metrics.retention"} {
		if !strings.Contains(out, want) {
			t.Errorf("a full disk says %q, want it to name %q", out, want)
		}
	}
	m := open(t, dir)
	if got := instances(t, m, everything, `samdrift_device_up{instance="first"}`); !cmp.Equal(got, []string{"first"}) {
		t.Errorf("after a full disk the database has %v, want what was stored before", got)
	}
	store(t, m, sample("samdrift_device_up", "461", "odense", "after", 1, 0))
	if got := instances(t, m, everything, `samdrift_device_up{instance="after"}`); !cmp.Equal(got, []string{"after"}) {
		t.Errorf("with space again the database has %v", got)
	}
}

func TestUnusableDirectory(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := monitor.DefaultConfig()
	cfg.Dir = file
	if _, err := monitor.Open(t.Context(), cfg, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file as directory: %v, want an error that names it", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	cfg.Dir = t.TempDir()
	if _, err := monitor.Open(ended, cfg, slog.New(slog.DiscardHandler)); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestConfigNamesEveryFault(t *testing.T) {
	bad := monitor.Config{OutOfOrder: -1, RemoteWrite: []monitor.RemoteWrite{
		{URL: "ftp://h/"}, {URL: "http://u:hemmelig@h/"}, {URL: "http://h/w"}, {URL: "http://h/w", Timeout: -1},
	}, FlushDeadline: -1}
	err := bad.Validate()
	if err == nil {
		t.Fatal("an empty configuration is valid")
	}
	for _, want := range []string{"dir", "retention", "out_of_order", "evaluation_interval", "query_timeout", "max_query_samples",
		"max_concurrent_queries", "flush_deadline", "Now", "remote_write[0].url", "remote_write[1].url", "stands twice", "remote_write[3].timeout"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not name %s:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "hemmelig") {
		t.Errorf("error tells a password:\n%v", err)
	}
	good := monitor.DefaultConfig()
	good.Dir = "x"
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s", monitor.Secret("hemmelig"), monitor.RemoteWrite{Headers: map[string]monitor.Secret{"a": "hemmelig"}}, monitor.Secret("hemmelig"), monitor.Secret("hemmelig"))
	if strings.Contains(out.String(), "hemmelig") {
		t.Errorf("a secret is printed: %s", out.String())
	}
}

func TestLastSeen(t *testing.T) {
	m := open(t, t.TempDir())
	store(t, m,
		sample("samdrift_device_up", "461", "odense", "alive", 1, 10*time.Minute),
		sample("samdrift_device_up", "461", "odense", "lost", 1, 10*time.Minute),
		sample("samdrift_device_up", "461", "odense", "never", 0, 10*time.Minute),
		sample("samdrift_device_up", "450", "nyborg", "alive", 1, 10*time.Minute),
	)
	store(t, m,
		sample("samdrift_device_up", "461", "odense", "alive", 1, time.Minute),
		sample("samdrift_uptime_seconds", "461", "odense", "alive", 77, 0),
		sample("samdrift_device_up", "461", "odense", "lost", 0, time.Minute),
		sample("samdrift_snmp_scrape_duration_seconds", "461", "odense", "lost", 9, 0),
		sample("samdrift_cpu_load_percent", "461", "odense", "agent", 3, 2*time.Minute),
	)
	at := func(ago time.Duration) time.Time { return now.Add(-ago) }
	want := map[monitor.Target]time.Time{
		{Municipality: "461", Instance: "alive"}: at(0),
		{Municipality: "461", Instance: "lost"}:  at(10 * time.Minute),
		{Municipality: "461", Instance: "agent"}: at(2 * time.Minute),
	}
	got, err := m.LastSeen(monitor.WithScope(t.Context(), monitor.Scope{Municipalities: []string{"461"}}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("last seen (-want +got):\n%s", diff)
	}
	if _, err := m.LastSeen(t.Context()); !errors.Is(err, monitor.ErrNoScope) {
		t.Errorf("without scope: %v, want ErrNoScope", err)
	}
}
