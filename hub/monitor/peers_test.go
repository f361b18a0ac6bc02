package monitor_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"

	"github.com/samdrift/samdrift/hub/monitor"
)

// need gives the path of a program, or skips the test; in CI nothing may be missing.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	text := "SKIPPED: " + program + " is missing: apt-get install prometheus"
	if os.Getenv("CI") != "" {
		t.Fatal(text)
	}
	t.Skip(text)
	return ""
}

func TestPromtoolAsksTheHub(t *testing.T) {
	promtool := need(t, "promtool")
	m := open(t, t.TempDir())
	estate(t, m)
	address := serve(t, m, monitor.Scope{Municipalities: []string{"461"}}) + "/prometheus"
	moment := fmt.Sprint(now.Unix())
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"query", "instant", "--time=" + moment, address, "sum(samdrift_device_up)"}, "=> 3 @"},
		{[]string{"query", "range", "--start=" + fmt.Sprint(now.Unix()-30), "--end=" + moment, address, "count(samdrift_device_up)"}, "3 @"},
		{[]string{"query", "series", "--match=samdrift_device_up", address}, `instance="461/odense"`},
		{[]string{"query", "labels", address, "instance"}, "461/nyborg"},
	} {
		if c.args[1] == "series" || c.args[1] == "labels" {
			c.args = slices.Insert(c.args, 2, "--start="+fmt.Sprint(now.Unix()-600), "--end="+moment)
		}
		out, err := exec.CommandContext(t.Context(), promtool, c.args...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), c.want) || strings.Contains(string(out), "450") {
			t.Errorf("promtool %v: %v\n%s\nwant %q and nothing of 450", c.args, err, out, c.want)
		}
	}
	out, err := exec.CommandContext(t.Context(), promtool, "query", "instant", serve(t, m, monitor.Scope{})+"/prometheus", "1").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "403") {
		t.Errorf("promtool without scope: %v %s, want 403", err, out)
	}
}

func TestPromtoolChecksTheRules(t *testing.T) {
	promtool := need(t, "promtool")
	files, err := filepath.Glob("rules/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	if out, err := exec.CommandContext(t.Context(), promtool, append([]string{"check", "rules", "--lint-fatal"}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("promtool check rules: %v\n%s", err, out)
	}
}

// receiver takes remote write 1.0 and keeps what came, one line per sample.
type receiver struct {
	mu      sync.Mutex
	lines   []string
	headers http.Header
	down    int // how many requests to refuse first
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down > 0 {
		r.down--
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	packed, err := io.ReadAll(req.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	raw, err := snappy.Decode(nil, packed)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var got prompb.WriteRequest
	if err := got.Unmarshal(raw); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.headers = req.Header.Clone()
	for _, series := range got.Timeseries {
		var l []string
		for _, label := range series.Labels {
			l = append(l, label.Name+"="+label.Value)
		}
		for _, s := range series.Samples {
			r.lines = append(r.lines, fmt.Sprintf("%s %g %d", strings.Join(l, ","), s.Value, s.Timestamp))
		}
	}
}

func (r *receiver) has(line string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.lines, line)
}

// until waits for something that other processes bring about.
func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if true() {
			return
		}
	}
	t.Fatalf("not within 60 s: %s", what)
}

func TestRemoteWriteReachesAReceiver(t *testing.T) {
	to := &receiver{down: 2}
	server := httptest.NewServer(to)
	t.Cleanup(server.Close)
	m := open(t, t.TempDir(), func(c *monitor.Config) {
		c.Now = time.Now
		c.RemoteWrite = []monitor.RemoteWrite{{URL: server.URL, Headers: map[string]monitor.Secret{"X-Scope-OrgID": "samdrift", "Authorization": "Bearer hemmelig"}}}
	})
	s := sample("samdrift_device_up", "461", "odense", "sw1", 1, 0)
	s.At = time.Now()
	store(t, m, s)
	line := fmt.Sprintf("__name__=samdrift_device_up,centre=odense,instance=sw1,job=snmp,municipality=461 1 %d", s.At.UnixMilli())
	until(t, "the sample comes, though the receiver was away twice", func() bool { return to.has(line) })
	to.mu.Lock()
	defer to.mu.Unlock()
	if to.headers.Get("X-Scope-OrgID") != "samdrift" || to.headers.Get("Authorization") != "Bearer hemmelig" ||
		to.headers.Get("X-Prometheus-Remote-Write-Version") != "0.1.0" {
		t.Errorf("headers: %v", to.headers)
	}
}

func TestRemoteWriteReachesPrometheus(t *testing.T) {
	program := need(t, "prometheus")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	peer := exec.Command(program, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--web.enable-remote-write-receiver")
	peer.Stdout, peer.Stderr = &said, &said
	if err := peer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = peer.Process.Kill()
		_ = peer.Wait()
		if t.Failed() {
			t.Logf("prometheus said:\n%s", said.String())
		}
	})
	m := flapping(t, []string{"461"}, func(c *monitor.Config) {
		c.RemoteWrite = []monitor.RemoteWrite{{URL: "http://" + address + "/api/v1/write"}}
	})
	count := func(query string) bool {
		resp, err := http.Get("http://" + address + "/api/v1/query?query=" + query)
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		return err == nil && strings.Contains(string(body), "sw-461")
	}
	until(t, "Prometheus has the sample", func() bool { return count("samdrift_device_up") })
	until(t, "Prometheus has the alert that the hub's rule found", func() bool { return count("ALERTS") })
	if c := m.Counts(); c.Stored == 0 {
		t.Errorf("counts: %+v", c)
	}
}
