package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/samdrift/samdrift/hub/demo"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"samdrift": main})
}

// The command line as people use it: each file in testdata/script is a story. $DEMO is a filled
// data directory, made once.
func TestScripts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	out, err := os.Create(filepath.Join(t.TempDir(), "once.json"))
	if err != nil {
		t.Fatal(err)
	}
	code := run(context.Background(), []string{"demo", "--once", "--dir", dir, "--output", "json"}, streams{strings.NewReader(""), out, os.Stderr})
	if err := out.Close(); err != nil || code != exitOK {
		t.Fatalf("demo --once ended with %d, %v", code, err)
	}
	checkOnce(t, out.Name())
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("DEMO", dir)
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "data"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"waitfor": waitFor, "capture": capture, "gapcontract": gapContract},
	})
}

// capture keeps the first group of a pattern in what the last command printed as a variable.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("nothing printed matches %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// waitFor waits until a file is there.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	for range 4800 { // eight minutes: race tests on a busy machine are slow
		if _, err := os.Stat(args[0]); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("%s did not appear", args[0])
}

// checkOnce holds the result of the whole way to its contract.
func checkOnce(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r demoResult
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatalf("not one JSON object: %v in %.200s", err, data)
	}
	if r.Municipalities != 9 || r.Assets < 700 || r.Systems == 0 || len(r.NIS2) != 9 || !r.Demo {
		t.Errorf("%d municipalities, %d assets, %d systems, %d NIS2 results, demo %v", r.Municipalities, r.Assets, r.Systems, len(r.NIS2), r.Demo)
	}
	if d := r.SNMPDevices; d.Asked < 250 || d.Answered+d.Failed != d.Asked || d.Partial == 0 || d.Failed == 0 {
		t.Errorf("SNMP devices: %+v", d)
	}
	for _, n := range r.NIS2 {
		if n.Headline <= 0 || n.Headline > 1 || n.Proven > n.Headline || n.Coverage < n.Headline {
			t.Errorf("NIS2 of %s: %+v", n.Municipality, n)
		}
	}
	if !r.Plan.Feasible || r.Plan.Waves == 0 || r.Plan.LastWaveEnd > 21183 { // 31 December 2027
		t.Errorf("plan: %+v", r.Plan)
	}
	rendered := 0
	for _, s := range r.Terraform {
		rendered += s.Rendered
		if s.Planned != 0 && (s.Planned != s.Rendered || s.Add == 0 || s.Destroy != 0 || len(s.Errors) > 0) {
			t.Errorf("Terraform: %+v", s)
		}
	}
	if rendered == 0 {
		t.Error("nothing was rendered")
	}
	html, err := os.ReadFile(r.Report.HTML)
	if err != nil || !strings.Contains(string(html), r.Report.Snapshot) || !strings.Contains(string(html), "Demodata") {
		t.Errorf("the report %s lacks its hash or the word Demodata: %v", r.Report.HTML, err)
	}
}

// Every sample in docs is valid, and every broken configuration is refused with what its first line says.
func TestConfigurations(t *testing.T) {
	sample := filepath.Join("..", "..", "docs", "samdrift.yaml")
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseConfig(sample, data); err != nil {
		t.Errorf("the sample is refused: %v", err)
	}
	broken, err := filepath.Glob(filepath.Join("testdata", "invalid", "*.yaml"))
	if err != nil || len(broken) == 0 {
		t.Fatalf("no broken configurations: %v", err)
	}
	for _, path := range broken {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(data), "\n")
		_, err = parseConfig(path, data)
		for _, want := range strings.Split(strings.TrimPrefix(first, "# want: "), " & ") {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %q, got %v", path, want, err)
			}
		}
	}
}

func TestPortInUseIsNamed(t *testing.T) {
	ln, err := openPort(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	if _, err := openPort(t.Context(), ln.Addr().String()); err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("want an error that names --listen, got %v", err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte("listen: 127.0.0.1:1\nmembers: [\"461\"]\n"))
	f.Add([]byte("database: {env: X}\nplanner: {deadline: 2027-12-31}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := parseConfig("f.yaml", data); err != nil && !strings.HasPrefix(err.Error(), "f.yaml") {
			t.Errorf("an error that does not name its file: %v", err)
		}
	})
}

// The demo's people are those that the README and the links name.
func TestDemoHasOnePersonPerRole(t *testing.T) {
	roles := map[string]bool{}
	for _, p := range demo.People() {
		roles[string(p.Role)] = true
	}
	if len(roles) != 4 {
		t.Errorf("roles: %v", roles)
	}
}
