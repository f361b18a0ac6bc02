package vcenter_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

func TestRead(t *testing.T) {
	w := vcentertest.New(t, 2)
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(machines) != 2 {
		t.Fatalf("%d servers, want 2", len(machines))
	}
	got := machines[0]
	if got.UUID == "" || got.NICs[0].MAC == "" || got.Settings["hardware_version"] != int64(13) {
		t.Errorf("identity is not whole: %+v", got)
	}
	want := platform.Machine{
		UUID: got.UUID, ImportID: "/DC0/vm/" + got.Name, Name: got.Name, CPUs: 1, Cores: 1, MemoryMB: 32,
		Guest: "debian10_64Guest", Firmware: "bios", On: true,
		Location: platform.Location{Datacenter: vcentertest.Datacenter, Cluster: vcentertest.From, Datastore: vcentertest.FromStore},
		Disks:    []platform.Disk{{Label: "disk0", GB: 10, Datastore: vcentertest.FromStore, Thin: true, Mode: "persistent", Sharing: "sharingNone"}},
		NICs:     []platform.NIC{{Network: vcentertest.FromNet, Adapter: "e1000", MAC: got.NICs[0].MAC}},
		Settings: got.Settings, Concerns: got.Concerns,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("first server (-want +got):\n%s", diff)
	}
}

// What stands in the way of a move is said by the vCenter, not found out at night.
func TestConcerns(t *testing.T) {
	w := vcentertest.New(t, 1)
	name := read(t, w)[0].Name
	w.Change(t, name, types.VirtualMachineConfigSpec{DeviceChange: []types.BaseVirtualDeviceConfigSpec{
		&types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: &types.VirtualUSB{VirtualDevice: types.VirtualDevice{Key: -1}}},
		&types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationAdd, Device: &types.VirtualTPM{VirtualDevice: types.VirtualDevice{Key: -2}}},
	}})
	w.Snapshot(t, name, "before the update")
	blocking := map[string]bool{}
	for _, c := range read(t, w)[0].Concerns {
		if c.Detail == "" {
			t.Errorf("concern %s says nothing", c.Key)
		}
		blocking[c.Key] = c.Blocking
	}
	if diff := cmp.Diff(map[string]bool{"usb": true, "tpm": true, "snapshot": true, "tools": false}, blocking); diff != "" {
		t.Errorf("concerns and whether they block (-want +got):\n%s", diff)
	}
}

func read(t *testing.T, w *vcentertest.World) []platform.Machine {
	t.Helper()
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return machines
}

func TestReadFails(t *testing.T) {
	w := vcentertest.New(t, 1)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, run := range map[string]func() error{
		"nobody there": func() error {
			_, err := vcenter.Login{Server: "127.0.0.1:1", User: "u", Password: "h3mmelig"}.Read(t.Context())
			return err
		},
		"a certificate that nobody vouches for": func() error {
			strict := w.Login
			strict.Insecure = false
			_, err := strict.Read(t.Context())
			return err
		},
		"stopped": func() error { _, err := w.Login.Read(cancelled); return err },
	} {
		err := run()
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if !strings.Contains(err.Error(), "vCenter 127.0.0.1") || strings.Contains(err.Error(), "h3mmelig") || strings.Contains(err.Error(), w.Login.Password+"@") {
			t.Errorf("%s: error %q should name the vCenter and tell no password", name, err)
		}
	}
}
