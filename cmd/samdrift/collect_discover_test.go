package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
)

// command runs a command line and gives what it printed.
func command(t *testing.T, want int, args ...string) (out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, streams{strings.NewReader(""), &stdout, &stderr}); code != want {
		t.Fatalf("%v ended with %d, want %d: %s", args, code, want, stderr.String())
	}
	return stdout.String(), stderr.String()
}

// Search and collect are two lines: what the first prints the second reads.
func TestDiscoverThenCollect(t *testing.T) {
	view := &responder.View{}
	view.Scalar(responder.MustOID("1.3.6.1.2.1.1.5"), func(time.Time) responder.Value { return responder.Text("found-switch") })
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := responder.Serve(ctx, conn, &responder.Agent{View: view, V2c: "hidden-secret"}, time.Now); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); serving.Wait() })

	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Setenv("TEST_COMMUNITY", "hidden-secret")
	credentials := write("credentials.yaml", "credentials:\n  - {name: none, community: other}\n  - {name: shared, community: {env: TEST_COMMUNITY}}\n")
	port := conn.LocalAddr().(*net.UDPAddr).Port
	scopes := write("scopes.yaml", fmt.Sprintf("scopes:\n  - {name: test, cidrs: [127.0.0.0/29], municipality: \"461\", port: %d}\n", port))
	state := filepath.Join(dir, "state.json")

	for output, name := range map[string]string{"json": "found.json", "csv": "found.csv"} {
		found, said := command(t, exitOK, "collect", "discover", "127.0.0.0/30", "--scope", scopes, "--credentials", credentials,
			"--timeout", "100ms", "--state", state, "--output", output)
		if strings.Contains(found+said, "hidden-secret") || !strings.Contains(said, "1 devices found") {
			t.Errorf("printed %s and said %s", found, said)
		}
		records, _ := command(t, exitOK, "collect", "snmp", "--targets", write(name, found), "--credentials", credentials, "--output", "json")
		if !strings.Contains(records, `"sys_name":"found-switch"`) || strings.Count(records, "\n") != 1 {
			t.Errorf("collected %s", records)
		}
	}
	remembered, err := os.ReadFile(state)
	if want := fmt.Sprintf("{\n  \"127.0.0.1:%d\": \"shared\"\n}\n", port); err != nil || string(remembered) != want {
		t.Errorf("remembered %s (%v), want %s", remembered, err, want)
	}
	shown, _ := command(t, exitOK, "collect", "discover", "127.0.0.1", "--port", fmt.Sprint(port), "--credentials", credentials, "--timeout", "100ms")
	if !strings.Contains(shown, "found-switch") || !strings.Contains(shown, "not encrypted") {
		t.Errorf("shown as %s", shown)
	}
}

func TestDiscoverRefuses(t *testing.T) {
	dir := t.TempDir()
	credentials, scopes := filepath.Join(dir, "credentials.yaml"), filepath.Join(dir, "scopes.yaml")
	for path, text := range map[string]string{
		credentials: "credentials: [{name: a, community: secret}]\n", scopes: "scopes: [{name: here, cidrs: [10.46.0.0/16]}]\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for says, args := range map[string][]string{
		"no credentials to try": {"10.46.0.0/24"},
		"nothing to search":     {"--credentials", credentials},
		"--crawl needs --scope": {"10.46.0.0/24", "--crawl", "--credentials", credentials},
		"--yes-large":           {"10.0.0.0/8", "--credentials", credentials},
		"2^32 addresses":        {"0.0.0.0/0", "--yes-large", "--credentials", credentials},
		"lies in no scope":      {"10.47.0.0/24", "--scope", scopes, "--credentials", credentials},
		"no range of addresses": {"10.46.0.0/33", "--credentials", credentials},
		"--exclude":             {"10.46.0.0/24", "--exclude", "here", "--credentials", credentials},
		"rate is 0":             {"10.46.0.0/24", "--rate", "0", "--credentials", credentials},
	} {
		if _, said := command(t, exitUsage, append([]string{"collect", "discover"}, args...)...); !strings.Contains(said, says) {
			t.Errorf("%v: said %q, want %q", args, said, says)
		}
	}
}
