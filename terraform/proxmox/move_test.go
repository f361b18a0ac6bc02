package proxmox_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/mirrortest"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/proxmox/proxmoxtest"
)

// moves is an agreement's servers on a cluster, one unit each, with a real engine and the real provider.
type moves struct {
	*proxmoxtest.World
	runner *terraform.Runner
	dir    string
	plan   planner.Plan
	snap   *inventory.Snapshot
	ground terraform.Grounds
}

func newMoves(t *testing.T, servers ...proxmoxtest.Server) *moves {
	t.Helper()
	engine, err := terraform.FindEngine(t.Context(), terraform.DefaultConfig())
	if err != nil {
		text := fmt.Sprintf("NOT TESTED AGAINST A REAL ENGINE: %v", err)
		if os.Getenv("CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	m := &moves{World: proxmoxtest.New(t, servers...), dir: t.TempDir()}
	m.runner = &terraform.Runner{Engine: engine, Config: terraform.DefaultConfig(), Now: func() time.Time {
		return time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	}}
	m.runner.Config.ProviderMirror = mirrortest.Folder(t, platform.Proxmox{})
	m.runner.Environments = map[string]map[string]string{"kit": m.Login.Environment()}
	m.snap = &inventory.Snapshot{
		Municipalities: []inventory.Municipality{{Code: "450", Name: "Nyborg"}},
		Agreements:     []inventory.Agreement{{ID: "nyborg-odense", Customer: "450", Host: "461", Centre: "odense", State: inventory.StatePlanned}},
	}
	machines, err := m.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.plan.Waves = []planner.Wave{{ID: "450-1"}}
	for i, machine := range machines {
		id := fmt.Sprintf("a%d", i)
		m.snap.Assets = append(m.snap.Assets, inventory.Asset{ID: id, Name: machine.Name, UUID: machine.UUID, Municipality: "450"})
		m.plan.Groups = append(m.plan.Groups, planner.Group{ID: "450-" + id, Municipality: "450", Centre: "odense", Name: machine.Name,
			Assets: []string{id}, Wave: "450-1", Cutover: inventory.NewDate(2027, time.March, 1)})
	}
	m.snap.Sort()
	m.ground = terraform.Grounds{Machines: terraform.Attach(m.snap, machines), Stages: map[string]platform.Stage{},
		Mappings: map[string]terraform.Mapping{"nyborg-odense": {
			Platform: "proxmox", Source: "kit", Destination: platform.Location{Cluster: "pve2", Pool: "odense", Datastore: "ceph1"},
			Networks: map[string]string{"vmbr0": "vmbr2", "vmbr0/20": "vmbr2/120", "vmbr1": "vmbr1"},
		}}}
	return m
}

// to renders every unit in a stage, and plans it.
func (m *moves) to(t *testing.T, stage platform.Stage) ([]terraform.Unit, []terraform.UnitPlan) {
	t.Helper()
	for _, g := range m.plan.Groups {
		m.ground.Stages[g.ID] = stage
	}
	units, err := terraform.Render(m.plan, m.snap, m.ground)
	if err != nil {
		t.Fatal(err)
	}
	return units, m.planned(t, units)
}

// planned writes and plans units.
func (m *moves) planned(t *testing.T, units []terraform.Unit) []terraform.UnitPlan {
	t.Helper()
	if err := terraform.Write(m.dir, units); err != nil {
		t.Fatal(err)
	}
	result, err := m.runner.Plan(t.Context(), m.dir, units, terraform.PlanOptions{By: "Anna"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range result.Plans {
		if p.Error != "" {
			t.Fatal(p.Error)
		}
	}
	return result.Plans
}

// carry approves and applies planned units, some at a time, and reads them back from the cluster.
func (m *moves) carry(t *testing.T, units []terraform.Unit, plans []terraform.UnitPlan) {
	t.Helper()
	var work errgroup.Group
	for i, u := range units {
		a, err := terraform.Approve(plans[i], "Bo", m.runner.Now(), terraform.Terms{Valid: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		work.Go(func() error {
			_, err := m.runner.Apply(t.Context(), m.dir, u, a)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	machines, err := m.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := terraform.Attach(m.snap, machines)
	for _, u := range units {
		for _, c := range terraform.ReadBack(u, now) {
			if !c.OK {
				t.Errorf("unit %s: %s: %s is %q, want %q", u.ID, c.Server, c.What, c.Got, c.Want)
			}
		}
	}
}

// changed lists the attributes that a plan would change.
func changed(p terraform.UnitPlan) []string {
	var list []string
	for _, c := range p.Changes {
		list = append(list, c.Attribute)
	}
	return list
}

// The whole way with the real provider: servers are adopted without one call that changes anything, moved to
// another node, pool, bridge and VLAN, read back, and one is taken back. No call touches their power, and
// nothing but their place is another afterwards.
func TestMoveWithinACluster(t *testing.T) {
	t.Parallel() // it mostly waits for the engine
	m := newMoves(t, estate()...)
	before := m.Server(100)
	units, plans := m.to(t, platform.Adopt)
	for _, p := range plans {
		if p.Import != 1 || p.Change+p.Add+p.Destroy > 0 || len(p.Refusals) > 0 {
			t.Errorf("adoption of %s: %d imports, changes %v, refused %v", p.Unit, p.Import, changed(p), p.Refusals)
		}
	}
	m.carry(t, units, plans)
	m.called(t)

	units, plans = m.to(t, platform.Place)
	want := []string{"delete_unreferenced_disks_on_destroy", "ipv4_addresses", "ipv6_addresses", "migrate", "network_device.0.bridge", "network_device.0.vlan_id",
		"network_interface_names", "node_name", "pool_id", "purge_on_destroy", "reboot_after_update"}
	web := slices.IndexFunc(units, func(u terraform.Unit) bool { return u.Machines[0].Name == "nyb-web-01" })
	if diff := cmp.Diff(want, changed(plans[web])); diff != "" {
		t.Errorf("attributes that the move changes (-want +got):\n%s", diff)
	}
	m.carry(t, units, plans)
	// The provider takes a server out of one pool and puts it into the other; 102 was in none.
	m.called(t, "POST cluster/ha/resources/vm:101/migrate", "POST nodes/pve1/qemu/100/migrate", "POST nodes/pve1/qemu/102/migrate",
		"PUT nodes/pve2/qemu/100/config", "PUT nodes/pve2/qemu/101/config", "PUT nodes/pve2/qemu/102/config",
		"PUT pools", "PUT pools", "PUT pools", "PUT pools", "PUT pools")
	after := m.Server(100)
	if before.Config["net0"] == after.Config["net0"] {
		t.Error("the card is where it was")
	}
	delete(before.Config, "net0")
	delete(after.Config, "net0")
	// The provider sends every card when one changes, and spells out what was left to the default.
	after.Config["net1"] = strings.NewReplacer("firewall=0,", "", "12.500000", "12.5").Replace(after.Config["net1"])
	if diff := cmp.Diff(before.Config, after.Config); diff != "" {
		t.Errorf("settings that a move must not touch (-before +after):\n%s", diff)
	}

	units, plans = m.to(t, platform.Rollback)
	a, err := terraform.Approve(plans[web], "Bo", m.runner.Now(), terraform.Terms{Valid: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	m.Change(100, func(s *proxmoxtest.Server) { s.Config["cores"] = "8" }) // somebody did, after the approval
	var refused *terraform.RefusedError
	if _, err := m.runner.Apply(t.Context(), m.dir, units[web], a); !errors.As(err, &refused) || refused.Refusals[0].Gate != terraform.GateChanged {
		t.Errorf("error %v, want a refusal because the server is another than the one that was approved", err)
	}
	m.called(t)
	m.Change(100, func(s *proxmoxtest.Server) { s.Config["cores"] = "2" })
	m.carry(t, units[web:web+1], plans[web:web+1])
	if s := m.Server(100); s.Node != "pve1" || s.Pool != "nyborg" || !strings.Contains(s.Config["net0"], "bridge=vmbr0,firewall=1,tag=20") {
		t.Errorf("the server is not back: node %s, pool %s, %s", s.Node, s.Pool, s.Config["net0"])
	}

	// The provider would power the servers off for this.
	m.Changes()
	mapping := m.ground.Mappings["nyborg-odense"]
	mapping.Destination.Datastore = "cephfs"
	m.ground.Mappings["nyborg-odense"] = mapping
	_, plans = m.to(t, platform.Place)
	for _, p := range plans {
		wantRefused(t, p, "disk")
	}
	m.called(t)
}

// called wants exactly these calls for changes, in any order.
func (m *moves) called(t *testing.T, want ...string) {
	t.Helper()
	calls := m.Changes()
	slices.Sort(calls)
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("calls for changes (-want +got):\n%s", diff)
	}
}

// wantRefused wants a plan refused for an attribute.
func wantRefused(t *testing.T, p terraform.UnitPlan, attribute string) {
	t.Helper()
	if !slices.ContainsFunc(p.Refusals, func(r terraform.Refusal) bool {
		return r.Gate == terraform.GateAttribute && r.Attribute == attribute
	}) {
		t.Errorf("the plan changes %v, and is refused by %v: want %s among them", changed(p), p.Refusals, attribute)
	}
}

// What is written is what the provider's schema has; and without the lines that tell the engine to keep what
// it read, adoption would change settings that the provider stops a server for. The gate refuses that.
func TestWhatIsWritten(t *testing.T) {
	t.Parallel() // it mostly waits for the engine
	m := newMoves(t, bare())
	units, _ := m.to(t, platform.Adopt)
	u := units[0]
	u.Files = map[string][]byte{"main.tf": withoutLifecycle(t, u.Files["main.tf"])}
	wantRefused(t, m.planned(t, []terraform.Unit{u})[0], "keyboard_layout")
	m.called(t)
	for _, name := range []string{"proxmox-adopt.tf", "proxmox-after.tf"} {
		text, err := os.ReadFile(filepath.Join("..", "platform", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"init", "validate"} {
			run := exec.CommandContext(t.Context(), m.runner.Engine.Path, command, "-no-color")
			run.Dir, run.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TF_CLI_CONFIG_FILE=" + filepath.Join(m.dir, ".engine", "config.tfrc")}
			if out, err := run.CombinedOutput(); err != nil {
				t.Errorf("%s: %s: %v\n%s", name, command, err, out)
			}
		}
	}
}

// withoutLifecycle takes out what tells the engine to keep what it read.
func withoutLifecycle(t *testing.T, text []byte) []byte {
	t.Helper()
	file, diags := hclwrite.ParseConfig(text, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, b := range file.Body().Blocks() {
		if b.Type() == "resource" {
			b.Body().RemoveBlock(b.Body().FirstMatchingBlock("lifecycle", nil))
		}
	}
	return file.Bytes()
}
