package platform_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/samdrift/samdrift/terraform/platform"
)

// examples is a server as each platform's reader would give it.
var examples = map[string]platform.Machine{
	"libvirt": {Asset: "a1", UUID: "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001", Name: "lab-01", CPUs: 2, MemoryMB: 2048, On: true,
		Disks: []platform.Disk{{Label: "/var/lib/libvirt/images/lab-01.qcow2", GB: 20, Bus: "virtio"}, {Label: "/dev/vg0/data", Bus: "scsi", Mode: "block"},
			{Mode: "cloudinit"}, {Label: "/srv/iso/debian.iso", Mode: "cdrom"}, {Mode: "cdrom"}},
		NICs: []platform.NIC{{Network: "default", MAC: "52:54:00:00:00:01"}, {Network: "br0", Adapter: "bridge", MAC: "52:54:00:00:00:02"},
			{Network: "eth0", Adapter: "macvtap", MAC: "52:54:00:00:00:03"}, {Network: "user", Adapter: "user", MAC: "52:54:00:00:00:04"}},
		Settings: map[string]any{"autostart": true, "description": "the lab's"}},
	"proxmox": {Asset: "a1", ImportID: "pve1/4321", Name: "nyb-web-01", CPUs: 4, Cores: 2, MemoryMB: 8192, Guest: "l26", On: true,
		Location: platform.Location{Cluster: "pve1", Pool: "nyborg", Datastore: "ceph1"},
		Disks:    []platform.Disk{{Label: "scsi0", GB: 40, Datastore: "ceph1"}, {Label: "scsi1", GB: 200, Datastore: "ceph2"}},
		NICs:     []platform.NIC{{Network: "vmbr0/20", Adapter: "virtio", MAC: "BC:24:11:00:00:01"}, {Network: "vmbr1", Adapter: "e1000", MAC: "BC:24:11:00:00:02"}},
		Settings: map[string]any{"disk.scsi0.iothread": true, "disk.scsi1.discard": "on", "disk.scsi1.speed.read": int64(100), "network_device.0.firewall": true}},
	"azure": {Asset: "a1", Name: "nyb-web-01", Guest: "windows", On: true,
		ImportID: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/nyborg/providers/Microsoft.Compute/virtualMachines/nyb-web-01",
		Location: platform.Location{Cluster: "northeurope", Folder: "nyborg"},
		Disks:    []platform.Disk{{Label: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/nyborg/providers/Microsoft.Compute/disks/nyb-web-01-os", Mode: "ReadWrite"}},
		NICs:     []platform.NIC{{Network: "vnet-kit/snet-servers", Adapter: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/nyborg/providers/Microsoft.Network/networkInterfaces/nyb-web-01"}},
		Settings: map[string]any{"size": "Standard_D2s_v5", "zone": "1"}},
	"manual": {},
}

func TestGolden(t *testing.T) {
	for name, m := range examples {
		p, err := platform.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for stage, imports := range map[string]bool{"adopt": true, "after": false} {
			file := hclwrite.NewEmptyFile()
			if err := p.Write(file.Body(), []platform.Machine{m}, func(asset string) string { return "server_" + asset }, imports); err != nil {
				t.Fatal(err)
			}
			got, path := platform.Layout(file), filepath.Join("testdata", name+"-"+stage+".tf")
			if *update {
				if err := os.WriteFile(path, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got), -update writes it anew:\n%s", path, diff)
			}
			if _, diags := hclsyntax.ParseConfig(got, path, hcl.InitialPos); diags.HasErrors() {
				t.Errorf("%s is not HCL: %v", path, diags)
			}
		}
	}
}

// A server that was not read whole is refused by name, not written by half.
func TestHalfAServer(t *testing.T) {
	for name, spoil := range map[string]func(*platform.Machine){
		"libvirt no pool":    func(m *platform.Machine) { m.Disks = []platform.Disk{{GB: 20}} },
		"libvirt floppy":     func(m *platform.Machine) { m.Disks = []platform.Disk{{Mode: "file floppy"}} },
		"libvirt vhost card": func(m *platform.Machine) { m.NICs = []platform.NIC{{Adapter: "vhostuser"}} },
		"proxmox no node":    func(m *platform.Machine) { m.Location.Cluster = "" },
		"proxmox no number":  func(m *platform.Machine) { m.ImportID = "" },
		"proxmox odd VLAN":   func(m *platform.Machine) { m.NICs = []platform.NIC{{Network: "vmbr0/lan"}} },
		"azure no disk":      func(m *platform.Machine) { m.Disks = nil },
		"azure no card":      func(m *platform.Machine) { m.NICs = nil },
		"azure no size":      func(m *platform.Machine) { m.Settings = nil },
		"azure unmanaged":    func(m *platform.Machine) { m.Disks = []platform.Disk{{GB: 30, Mode: "ReadWrite"}} },
		"azure unknown kind": func(m *platform.Machine) { m.Guest = "" },
	} {
		key, _, _ := strings.Cut(name, " ")
		m := examples[key]
		spoil(&m)
		p, err := platform.Find(key)
		if err != nil {
			t.Fatal(err)
		}
		err = p.Write(hclwrite.NewEmptyFile().Body(), []platform.Machine{m}, func(a string) string { return a }, true)
		if err == nil || !strings.Contains(err.Error(), m.Name) {
			t.Errorf("%s: error %v, want one that names the server", name, err)
		}
	}
}

// No stage of any platform lets a plan build a machine or take one over where it should not; only a move
// changes more than what is the engine's own; and every rule names its provider.
func TestRules(t *testing.T) {
	for _, p := range platform.Platforms {
		provider := p.Provider()
		for _, stage := range platform.Stages {
			rules := p.Rules(stage)
			if len(rules) == 0 {
				t.Errorf("%s has no rules in stage %s, so its own HCL is refused", p.Name(), stage)
			}
			for kind, rule := range rules {
				if provider.Name == "" { // a record: it is no machine
					if kind != "terraform_data" || rule.Import {
						t.Errorf("%s: %s in stage %s: %+v", p.Name(), kind, stage, rule)
					}
					continue
				}
				if rule.Create || rule.Import != stage.Imports() || rule.Provider != provider.Source {
					t.Errorf("%s: %s in stage %s: %+v", p.Name(), kind, stage, rule)
				}
				if !stage.Imports() && !stage.Moves() && len(rule.Change) > 0 {
					t.Errorf("%s: stage %s changes %v of a %s", p.Name(), stage, rule.Change, kind)
				}
				for _, path := range p.Rules(platform.Adopt)[kind].Change {
					if slices.Contains(rule.Volatile, path) {
						t.Errorf("%s: %s is left out of the digest and may change", p.Name(), path)
					}
				}
			}
		}
	}
}

// Every task has a key and an owner, and none stands twice.
func TestManualTasks(t *testing.T) {
	seen := map[string]bool{}
	for _, stage := range platform.Stages {
		for _, task := range (platform.Manual{}).Tasks(stage) {
			if seen[task.Key] || !slices.Contains([]string{"municipality", "centre", "both"}, task.Owner) {
				t.Errorf("stage %s: %+v", stage, task)
			}
			seen[task.Key] = true
		}
	}
	if len(seen) == 0 {
		t.Error("people have nothing to do")
	}
}
