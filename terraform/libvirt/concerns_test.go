package libvirt_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform/libvirt/libvirttest"
)

// What stands in the way of a move is said by a real libvirt, not found out at night. A key with a ! is
// one that blocks.
func TestConcerns(t *testing.T) {
	w := libvirttest.New(t)
	outside := filepath.Join(t.TempDir(), "outside.img")
	if err := os.WriteFile(outside, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	shared, base := w.Disk(t, "shared.qcow2"), w.Disk(t, "base.qcow2")
	file := func(path, more string) string {
		return fmt.Sprintf("<disk type='file' device='disk'><source file='%s'/><target dev='vdb' bus='virtio'/>%s</disk>", path, more)
	}
	tests := []struct {
		name  string
		more  string   // among its devices
		virsh []string // done to it, with its name put in for NAME; several are parted by ;
		want  string
	}{
		{"off", "", nil, ""},
		{"running", "", []string{"start NAME"}, "tools"},
		{"paused", "", []string{"start NAME", "suspend NAME"}, "paused!"},
		{"to-be-restarted", "", []string{"start NAME", "setvcpus NAME 2 --maximum --config"}, "pending! tools"},
		{"saved", "", []string{"start NAME", "managedsave NAME"}, "saved_state!"},
		{"snapshot", "", []string{"snapshot-create-as NAME before"}, "snapshot!"},
		{"hot-plug", "", []string{"setvcpus NAME 4 --maximum --config"}, "cpus"},
		{"outside", file(outside, ""), nil, "pool!"},
		{"shareable", file(w.Disk(t, "s.qcow2"), "<shareable/>"), nil, "shared_disk!"},
		{"shared-1", file(shared, ""), nil, "shared_disk!"},
		{"shared-2", file(shared, ""), nil, "shared_disk!"},
		{"linked", strings.Replace(file(w.Disk(t, "upper.qcow2"), "<backingStore type='file'><format type='qcow2'/><source file='"+base+"'/></backingStore>"),
			"<source", "<driver name='qemu' type='qcow2'/><source", 1), nil, "backing!"},
		{"raw", "<disk type='block' device='disk'><source dev='/dev/sdx'/><target dev='vdb' bus='virtio'/></disk>", nil, "rdm!"},
		{"remote-disk", "<disk type='network' device='disk'><source protocol='nbd' name='x'><host name='127.0.0.1' port='1'/></source><target dev='vdb' bus='virtio'/></disk>", nil, "disk_kind!"},
		{"floppy", "<disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>", nil, "disk_kind!"},
		{"cd", "<disk type='file' device='cdrom'><source file='" + outside + "'/><target dev='sdb' bus='sata'/><readonly/></disk>", nil, "cdrom"},
		{"usb", "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev>", nil, "usb!"},
		{"pci", "<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x06' slot='0x02' function='0x0'/></source></hostdev>", nil, "passthrough!"},
		{"folder", "<filesystem type='mount'><source dir='/srv'/><target dir='srv'/></filesystem>", nil, "filesystem!"},
	}
	want := map[string]string{}
	for i, tt := range tests {
		w.Server(t, tt.name, fmt.Sprintf("4223a9d1-7a49-4d5e-9d7b-52d2d1d0%04d", i), tt.more)
		for _, command := range tt.virsh {
			w.Virsh(t, strings.Fields(strings.ReplaceAll(command, "NAME", tt.name))...)
		}
		want[tt.name] = tt.want
	}
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range machines {
		var keys []string
		for _, c := range m.Concerns {
			key := c.Key
			if c.Blocking {
				key += "!"
			}
			if c.Detail == "" {
				t.Errorf("%s: concern %s says nothing", m.Name, c.Key)
			}
			keys = append(keys, key)
		}
		got[m.Name] = strings.Join(keys, " ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("concerns of each server (-want +got):\n%s", diff)
	}
}
