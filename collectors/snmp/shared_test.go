package snmp_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors/snmp"
)

// sharedRecordings are real devices recorded by others, with facts that another tool's tests assert.
// They are not part of the project.
const sharedRecordings = "../../../shared/snmp"

// A handful of real devices, one or two of each kind, served by Debian's snmpsim.
func TestSharedRecordings(t *testing.T) {
	if !exists(sharedRecordings) {
		t.Skipf("SKIPPED, NO RECORDINGS BESIDE THE PROJECT: put them into %s", sharedRecordings)
	}
	ids := []string{
		"procurve_e2910", "arubaos-cx_8360", "panos_440", "fortigate_500d", "apc_smt750x-nmc2", "dsm_ds214se-dsm7",
		"junos_qfx5100", "drac_r640", "raritan-pdu_px3", "vmware-esxi", "ricoh_mpc3002", "routeros_rb760igs",
	}
	folder := openFolder(t)
	for _, id := range ids {
		writeSorted(t, filepath.Join(sharedRecordings, "recordings", id+".snmprec"), filepath.Join(folder, id+".snmprec"))
	}
	address := startSnmpsim(t, folder)
	for _, id := range ids {
		t.Run(id, func(t *testing.T) {
			want := expected(t, id)
			settings := config(snmp.Target{Name: id, Address: address, Community: snmp.Secret(id)})
			settings.Timeout = 10 * time.Second // the simulator is slow
			o, _ := look(t, settings)
			got := snmp.NewRecord(o)
			if got.Status != "ok" {
				t.Errorf("status %s: %s", got.Status, got.Error)
			}
			if got.OS != want.OS {
				t.Errorf("os %q, want %q", got.OS, want.OS)
			}
			if got.Vendor == "" || got.Kind == "unknown" {
				t.Errorf("vendor %q, kind %q", got.Vendor, got.Kind)
			}
			for fact, pair := range map[string][2]string{
				"version": {got.Version, want.Device.Version}, "serial": {got.Serial, want.Device.Serial},
			} {
				if basis := want.Basis[fact]; basis == "literal" && pair[0] != pair[1] {
					t.Errorf("%s %q, want %q", fact, pair[0], pair[1])
				}
			}
			have := map[int]string{}
			for _, i := range got.Interfaces {
				have[i.Index] = i.Name
			}
			for _, p := range want.Ports {
				if name, ok := have[p.Index]; !ok || p.Name != "" && name != p.Name {
					t.Errorf("port %d is %q, want %q", p.Index, name, p.Name)
				}
			}
		})
	}
}

// facts of one recording, as far as they are compared here.
type facts struct {
	OS     string `json:"os"`
	Device struct {
		Version string `json:"version"`
		Serial  string `json:"serial"`
	} `json:"device"`
	Basis map[string]string `json:"basis"`
	Ports []struct {
		Index int    `json:"ifIndex"`
		Name  string `json:"ifName"`
	} `json:"ports"`
}

func expected(t *testing.T, id string) facts {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sharedRecordings, "expected", id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var f facts
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// writeSorted copies a recording in the order that agents answer in; of OIDs that repeat, the first
// wins.
func writeSorted(t *testing.T, from, to string) {
	t.Helper()
	file, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var lines []string
	lineReader := bufio.NewScanner(file)
	lineReader.Buffer(nil, 1<<24)
	for lineReader.Scan() {
		if line := lineReader.Text(); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if err := lineReader.Err(); err != nil {
		t.Fatal(err)
	}
	oid := func(line string) string { return strings.SplitN(line, "|", 2)[0] }
	slices.SortStableFunc(lines, func(a, b string) int { return compare(oid(a), oid(b)) })
	lines = slices.CompactFunc(lines, func(a, b string) bool { return oid(a) == oid(b) })
	if err := os.WriteFile(to, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}
