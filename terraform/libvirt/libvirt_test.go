package libvirt_test

import (
	"strings"
	"testing"
	"time"

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

// Over SSH the same is read, each time through a connection that ends with it, and only with the key and a
// host that is known.
func TestReadOverSSH(t *testing.T) {
	w := libvirttest.New(t)
	w.Server(t, "lab-01", first, "")
	want, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	login, host := w.OverSSH(t)
	for range 3 {
		got, err := login.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("over SSH (-direct +got):\n%s", diff)
		}
	}
	for range 100 { // the host hears of the end a moment later
		if open, _ := host.Connections(); open == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if open, ever := host.Connections(); open != 0 || ever != 3 {
		t.Errorf("%d connections are open of %d, want none of 3", open, ever)
	}
	_, other := w.OverSSH(t) // writes another key, and another known host
	if _, err := login.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "knownhosts") {
		t.Errorf("a host that is not known: %v", err)
	}
	if _, ever := other.Connections(); ever != 0 {
		t.Error("the wrong host was asked")
	}
}
