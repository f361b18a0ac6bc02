package platform_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/terraform/platform"
)

var update = flag.Bool("update", false, "write the golden files anew")

// servers are two of one group: one that is plain, one with a disk and a card elsewhere.
func servers() []platform.Machine {
	plain := platform.Machine{Asset: "a1", ImportID: "/DC/vm/Nyborg/nyb-esdh-01", UUID: "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001",
		Name: "nyb-esdh-01", CPUs: 4, Cores: 2, MemoryMB: 16384, Guest: "windows2019srv_64Guest", Firmware: "efi", On: true,
		Location: platform.Location{Datacenter: "DC", Cluster: "Nyborg", Datastore: "nyb-ds1", Folder: "Nyborg"},
		Disks:    []platform.Disk{{Label: "disk0", GB: 80, Datastore: "nyb-ds1", Thin: true, Mode: "persistent", Sharing: "sharingNone"}},
		NICs:     []platform.NIC{{Network: "Server-20", Adapter: "vmxnet3", MAC: "00:50:56:00:00:01"}},
		Settings: map[string]any{"annotation": "Ejer: ${file(\"/etc/passwd\")}", "hardware_version": int64(19), "sync_time_with_host": false},
	}
	other := plain
	other.Asset, other.Name, other.ImportID = "a2", "nyb-esdh-02", "/DC/vm/Nyborg/nyb-esdh-02"
	other.Location.Pool = "Produktion"
	other.Disks = append(other.Disks, platform.Disk{Label: "disk1", GB: 500, Unit: 15, Datastore: "nyb-ds2", Eager: true, Mode: "persistent", Sharing: "sharingNone"})
	other.NICs = append(other.NICs, platform.NIC{Network: "Backup-30", Adapter: "e1000e", MAC: "00:50:56:00:00:03", Static: true})
	return []platform.Machine{plain, other}
}

func write(t rapid.TB, machines []platform.Machine, imports bool) []byte {
	t.Helper()
	file := hclwrite.NewEmptyFile()
	if err := (platform.VSphere{}).Write(file.Body(), machines, func(asset string) string { return "server_" + asset }, imports); err != nil {
		t.Fatal(err)
	}
	return platform.Layout(file)
}

func TestVSphereGolden(t *testing.T) {
	for name, imports := range map[string]bool{"vsphere-adopt.tf": true, "vsphere-place.tf": false} {
		got := write(t, servers(), imports)
		path := filepath.Join("testdata", name)
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
			t.Errorf("%s (-want +got), -update writes it anew:\n%s", name, diff)
		}
	}
}

// Whatever an administrator called things, the HCL holds it as text and nothing else.
func TestVSphereNamesAreLiteral(t *testing.T) {
	name := rapid.OneOf(rapid.SampledFrom([]string{`${file("/etc/passwd")}`, "%{if true}", "a\"b", "Æ\\ø", "\n"}), rapid.StringMatching(`[a-zæøå${}%"\\ ]{1,12}`))
	rapid.Check(t, func(rt *rapid.T) {
		m := servers()[0]
		m.Name, m.Location.Folder, m.NICs[0].Network = name.Draw(rt, "name"), name.Draw(rt, "folder"), name.Draw(rt, "network")
		file, diags := hclsyntax.ParseConfig(write(rt, []platform.Machine{m}, true), "main.tf", hcl.InitialPos)
		if diags.HasErrors() {
			rt.Fatalf("not HCL: %v", diags)
		}
		for _, b := range file.Body.(*hclsyntax.Body).Blocks {
			if b.Type != "resource" {
				continue
			}
			for attribute, want := range map[string]string{"name": m.Name, "folder": m.Location.Folder} {
				v, diags := b.Body.Attributes[attribute].Expr.Value(nil)
				if diags.HasErrors() || v.AsString() != want {
					rt.Errorf("%s reads back as %#v, want %q (%v)", attribute, v, want, diags)
				}
			}
		}
	})
}

func TestVSphereRefusesHalfAPlace(t *testing.T) {
	m := servers()[0]
	m.Location.Cluster = ""
	err := (platform.VSphere{}).Write(hclwrite.NewEmptyFile().Body(), []platform.Machine{m}, func(a string) string { return a }, false)
	if err == nil || !strings.Contains(err.Error(), m.Name) {
		t.Errorf("error %v, want one that names the server", err)
	}
}
