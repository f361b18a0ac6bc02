package proxmox

import (
	"encoding/json"
	"strings"
	"testing"
)

// Whatever a setting holds, a server comes out that can be judged: no crash, no disk of no size, and nothing
// that cannot be read goes without a concern. A password is in none.
func FuzzMachine(f *testing.F) {
	for _, seed := range [][2]string{
		{"scsi0", "local-lvm:vm-100-disk-0,size=32G,iothread=1"}, {"virtio15", "file=nfs:100/vm-100-disk-0.qcow2,size=1.5T"},
		{"net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=20,firewall=1"}, {"net1", "model=e1000,macaddr=BC:24:11:00:00:02,rate=12.5"},
		{"smbios1", "uuid=03f72037-6d9e-46cd-8ea9-01f8cc736134,base64=1,serial=YWJj"}, {"memory", "current=8192"}, {"agent", "enabled=1,type=isa"},
		{"ide2", "none,media=cdrom"}, {"ide0", "cdrom,media=cdrom"}, {"efidisk0", "ceph:vm-100-disk-1,efitype=4m,size=528K"}, {"tpmstate0", ":,version=v2.0"},
		{"hostpci0", "mapping=gpu"}, {"usb0", "spice,usb3=1"}, {"serial0", "socket"}, {"unused99999999999999999999", "=,="}, {"scsi1", "a=1,a=2"}, {"sata0", ",,,"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		text, err := json.Marshal(map[string]any{key: value, "cipassword": "h3mmelig"})
		if err != nil {
			t.Skip()
		}
		var c config
		if err := json.Unmarshal(text, &c); err != nil {
			t.Fatal(err)
		}
		g := guest{resource: resource{ID: 100, Node: "pve1"}, config: c}
		cl := cluster{storages: map[string]storage{"local-lvm": {nodes: []string{"pve1"}}}}
		cl.share(map[int]guest{100: g})
		m := machine(g, cl)
		for _, d := range m.Disks {
			if d.GB < 1 || d.Label == "" {
				t.Errorf("disk %+v of %q", d, value)
			}
		}
		judged := len(m.Disks)+len(m.NICs) > 0
		for _, c := range m.Concerns {
			if c.Key == "" || c.Detail == "" || strings.Contains(c.Detail, "h3mmelig") {
				t.Errorf("concern %+v", c)
			}
			judged = judged || c.Key == "unread_setting" || c.Key == "cdrom" || c.Key == "rdm" || c.Key == "local_storage"
		}
		if kind, _, ok := indexed(key); ok && kind == "scsi" && !judged && !strings.Contains(value, "cdrom") && !strings.Contains(value, "cloudinit") {
			t.Errorf("%s: %q is neither a disk nor a concern", key, value)
		}
	})
}
