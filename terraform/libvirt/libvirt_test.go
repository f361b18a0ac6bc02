package libvirt_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/samdrift/samdrift/terraform/libvirt/libvirttest"
	"github.com/samdrift/samdrift/terraform/platform"
)

const (
	first  = "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001"
	second = "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a002"
)

// A real libvirt tells about a server that runs and one that is off.
func TestRead(t *testing.T) {
	w := libvirttest.New(t)
	w.Server(t, "lab-01", first, "")
	w.Server(t, "lab-02", second, "")
	w.Virsh(t, "start", "lab-01")
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(machines) != 2 || !machines[0].On || machines[1].On {
		t.Fatalf("%+v", machines)
	}
	got := machines[0]
	want := platform.Machine{UUID: first, ImportID: first, Name: "lab-01", CPUs: 1, Cores: 1, MemoryMB: 32, On: true,
		Location: platform.Location{Cluster: got.Location.Cluster, Datastore: libvirttest.Pool},
		Disks: []platform.Disk{{Label: got.Disks[0].Label, GB: 1, Datastore: libvirttest.Pool, Bus: "virtio"},
			{Unit: 1, Bus: "sata", Mode: "cdrom"}},
		NICs:     []platform.NIC{{Network: libvirttest.Network, MAC: got.NICs[0].MAC, Static: true}},
		Settings: map[string]any{"description": "made for a test", "autostart": false},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(platform.Machine{}, "Concerns")); diff != "" {
		t.Errorf("first server (-want +got):\n%s", diff)
	}
}
