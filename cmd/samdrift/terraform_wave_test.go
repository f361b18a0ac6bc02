package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

// wave is a data directory whose estate has servers on a vCenter, and the command line over it.
type wave struct {
	t       *testing.T
	dir     string
	vcenter *vcentertest.World
}

// samdrift runs one command line, wants its exit code, and gives what it printed.
func (w *wave) samdrift(want int, args ...string) (stdout, stderr string) {
	w.t.Helper()
	var out, faults bytes.Buffer
	args = append(args, "--config", filepath.Join(w.dir, "samdrift.yaml"), "--as-of", "2026-11-21")
	if code := run(w.t.Context(), args, streams{strings.NewReader(""), &out, &faults}); code != want {
		w.t.Fatalf("samdrift %s ends with %d, want %d: %s%s", strings.Join(args, " "), code, want, out.String(), faults.String())
	}
	return out.String(), faults.String()
}

// configure writes the configuration, with as many units in a run as are given.
func (w *wave) configure(mirror string, unitsPerRun int) {
	w.t.Helper()
	text := fmt.Sprintf(`dir: %s
members: ["450", "461"]
vcenters: {nyborg: {server: %q, user: {env: TEST_VCENTER_USER}, password: {env: TEST_VCENTER_PASSWORD}, insecure: true}}
terraform:
  provider_mirror: %s
  limits: {units_per_run: %d}
  agreements:
    450-461:
      {platform: vsphere, source: nyborg, networks: {%s: %s},
      destination: {datacenter: %s, cluster: %s, datastore: %s, folder: %s}}
`, filepath.Join(w.dir, "data"), w.vcenter.Login.Server, mirror, unitsPerRun, vcentertest.FromNet, vcentertest.ToNet,
		vcentertest.Datacenter, vcentertest.To, vcentertest.ToStore, vcentertest.ToFolder)
	if err := os.WriteFile(filepath.Join(w.dir, "samdrift.yaml"), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// importEstate gives the data directory the servers of the vCenter.
func (w *wave) importEstate() {
	w.t.Helper()
	machines, err := w.vcenter.Login.Read(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	s := inventory.Snapshot{Schema: inventory.SchemaVersion, TakenAt: time.Now().UTC(),
		Municipalities: []inventory.Municipality{{Code: "450", Name: "Nyborg"}, {Code: "461", Name: "Odense"}},
		Centres:        []inventory.Centre{{ID: "fyn", Name: "Fyn", Host: "461", Capacity: inventory.Capacity{VCPUs: 1000, MemoryGB: 9000, StorageGB: 90_000, Users: 50_000}}},
		Agreements:     []inventory.Agreement{{ID: "450-461", Customer: "450", Host: "461", Centre: "fyn", State: inventory.StateAgreement}},
	}
	for i, m := range machines {
		s.Assets = append(s.Assets, inventory.Asset{ID: fmt.Sprintf("a%d", i+1), Municipality: "450", Kind: inventory.KindVM, Name: m.Name, UUID: m.UUID, VCPUs: m.CPUs, MemoryBytes: m.MemoryMB << 20})
	}
	file := filepath.Join(w.dir, "estate.json")
	if err := writeFile(file, s.Encode); err != nil {
		w.t.Fatal(err)
	}
	w.samdrift(exitOK, "inventory", "import", file)
}

// A wave is applied as one run: its limits hold for all of it, a stop keeps it from beginning, and what
// became of each unit is told.
func TestApplyAWave(t *testing.T) {
	if _, err := terraform.FindEngine(t.Context(), terraform.DefaultConfig()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("NOT TESTED WITHOUT AN ENGINE: %v", err)
	}
	mirror := vcentertest.Mirror(t)
	w := &wave{t: t, dir: t.TempDir(), vcenter: vcentertest.New(t, 3)}
	t.Setenv("TEST_VCENTER_USER", w.vcenter.Login.User)
	t.Setenv("TEST_VCENTER_PASSWORD", w.vcenter.Login.Password)
	w.configure(mirror, 3)
	w.importEstate()
	w.samdrift(exitUsage, "terraform", "apply", "--agreement", "450-461")
	w.samdrift(exitUsage, "terraform", "apply", "450-a1", "--wave", "450-w1")
	w.samdrift(exitNotFound, "terraform", "apply", "--agreement", "450-461", "--wave", "9")
	w.samdrift(exitNotFound, "terraform", "apply", "--wave", "450-w1") // nothing of it is planned yet
	w.samdrift(exitOK, "terraform", "plan", "--agreement", "450-461", "--wave", "1", "--by", "Carl")
	apply := []string{"terraform", "apply", "--agreement", "450-461", "--wave", "1", "--by", "Carl"}
	w.approve("450-a1")
	_, told := w.samdrift(exitOK, apply...)
	w.tells(told, "450-a2: left out: no plan of it is approved; its next step is adopt\n", "450-a1: applied\n", "\n3 units: 1 applied, 2 left out\n")

	w.approve("450-a2")
	w.approve("450-a3")
	w.configure(mirror, 1)
	_, told = w.samdrift(exitFindings, apply...)
	w.tells(told, "changes 2 units, the limit is 1 in one run", "\n1 units: 1 left out\n")
	w.configure(mirror, 2)
	w.samdrift(exitOK, "terraform", "stop", "--by", "Bo", "--reason", "the link is down")
	_, told = w.samdrift(exitFindings, apply...)
	w.tells(told, "450-a2: NOT BEGUN: ", "450-a3: NOT BEGUN: ", "stopped by Bo: the link is down", "\n3 units: 2 not begun, 1 left out\n")
	w.samdrift(exitOK, "terraform", "resume", "--by", "Carl", "--reason", "it is up again")
	out, told := w.samdrift(exitOK, append(apply, "--output", "json")...)
	w.tells(told, "3 units: 2 applied, 1 left out\n")
	w.tells(out, `"unit":"450-a1","kind":"left_out"`, `"unit":"450-a2","kind":"applied"`, `"unit":"450-a3","kind":"applied"`)

	w.vcenter.Change(t, "DC0_C0_RP0_VM0", types.VirtualMachineConfigSpec{NumCPUs: 4}) // putting it back would power-cycle the server
	w.samdrift(exitFindings, "terraform", "plan", "--unit", "450-a1")
	_, told = w.samdrift(exitFindings, apply...)
	w.tells(told, "unit 450-a1: refused to apply: attribute: ", "num_cpus", "no plan of it is approved", "\n3 units: 3 left out\n")
	if n := w.vcenter.PowerCalls(); n > 0 {
		t.Errorf("%d power calls", n)
	}
}

// approve approves the present plan of a unit: as an emergency, for the national calendar may freeze the
// day of the test.
func (w *wave) approve(unit string) {
	w.t.Helper()
	w.samdrift(exitOK, "terraform", "approve", unit, "--by", "Dorte", "--emergency", "a test on any day")
}

// tells wants texts in what was printed.
func (w *wave) tells(printed string, want ...string) {
	w.t.Helper()
	for _, text := range want {
		if !strings.Contains(printed, text) {
			w.t.Errorf("%q is not told in:\n%s", text, printed)
		}
	}
}
