package proxmox_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/proxmox"
	"github.com/samdrift/samdrift/terraform/proxmox/proxmoxtest"
)

func read(t *testing.T, w *proxmoxtest.World) map[string]platform.Machine {
	t.Helper()
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if calls := w.Changes(); len(calls) > 0 {
		t.Errorf("reading called for changes: %q", calls)
	}
	if !slices.IsSortedFunc(machines, func(a, b platform.Machine) int { return strings.Compare(a.UUID, b.UUID) }) {
		t.Error("servers are not sorted by UUID")
	}
	byName := map[string]platform.Machine{}
	for _, m := range machines {
		byName[m.Name] = m
	}
	return byName
}

func TestRead(t *testing.T) {
	down := proxmoxtest.Server{ID: 103, Node: "pve3", Config: map[string]string{"name": "out-of-reach"}}
	machines := read(t, proxmoxtest.New(t, append(estate(), down)...))
	want := map[string]platform.Machine{
		"nyb-web-01": {
			UUID: "03f72037-6d9e-46cd-8ea9-01f8cc736134", Name: "nyb-web-01", ImportID: "pve1/100", CPUs: 4, Cores: 2, MemoryMB: 8192,
			Guest: "l26", Firmware: "seabios", On: true, Location: platform.Location{Cluster: "pve1", Pool: "nyborg", Datastore: "ceph1"},
			Disks: []platform.Disk{{Label: "scsi0", GB: 40, Datastore: "ceph1"}, {Label: "scsi2", GB: 200, Unit: 2, Datastore: "ceph1"},
				{Label: "scsi10", GB: 1024, Unit: 10, Datastore: "ceph1"}},
			NICs: []platform.NIC{{Network: "vmbr0/20", Adapter: "virtio", MAC: "BC:24:11:00:00:01"}, {Network: "vmbr1", Adapter: "e1000", MAC: "BC:24:11:00:00:02"}},
			Settings: map[string]any{"disk.scsi0.discard": "on", "disk.scsi0.iothread": true, "disk.scsi0.ssd": true,
				"disk.scsi2.aio": "native", "disk.scsi2.backup": false, "disk.scsi2.cache": "writeback", "disk.scsi2.replicate": false, "disk.scsi2.serial": "a1",
				"disk.scsi2.speed.iops_write_burstable": int64(500), "disk.scsi2.speed.read": int64(100),
				"network_device.0.firewall": true, "network_device.1.disconnected": true, "network_device.1.mtu": int64(1400),
				"network_device.1.queues": int64(4), "network_device.1.rate_limit": 12.5, "network_device.1.trunks": "30;40"},
		},
		"nyb-app-01": {
			UUID: "6c305acb-a6b6-4cdd-a431-129be2dda0cf", Name: "nyb-app-01", ImportID: "pve1/101", CPUs: 4, Cores: 4, MemoryMB: 16384,
			Guest: "win11", Firmware: "ovmf", On: true, Location: platform.Location{Cluster: "pve1", Pool: "nyborg", Datastore: "ceph1"},
			Disks:    []platform.Disk{{Label: "sata0", GB: 100, Datastore: "ceph1"}},
			NICs:     []platform.NIC{{Network: "vmbr0/20", Adapter: "virtio", MAC: "BC:24:11:00:00:03"}},
			Settings: map[string]any{},
			Concerns: []platform.Concern{
				{Key: "ha", Detail: "the high availability manager looks after it (started), and its rules may take it back"},
				{Key: "cpu", Detail: "it sees its node's own processor (host): on another model of processor it may fail while it runs"},
				{Key: "tools", Detail: "the guest agent is not switched on: it may not shut down in an orderly way from outside"},
				{Key: "tpm", Detail: "it has a virtual TPM on ceph1:vm-101-disk-1: a copy without it cannot open what is sealed with it"},
			},
		},
		"VM 102": {
			UUID: "53704878-ec92-4e5e-9387-d2826499f8bf", Name: "VM 102", ImportID: "pve1/102", CPUs: 1, Cores: 1, MemoryMB: 512,
			Guest: "other", Firmware: "seabios", On: true, Location: platform.Location{Cluster: "pve1", Datastore: "ceph1"},
			Disks:    []platform.Disk{{Label: "virtio0", GB: 8, Datastore: "ceph1"}},
			NICs:     []platform.NIC{{Network: "vmbr0", Adapter: "virtio", MAC: "BC:24:11:00:00:04"}},
			Settings: map[string]any{},
			Concerns: []platform.Concern{{Key: "tools", Detail: "the guest agent is not switched on: it may not shut down in an orderly way from outside"}},
		},
	}
	if diff := cmp.Diff(want, machines); diff != "" {
		t.Errorf("servers (-want +got):\n%s", diff)
	}
}

// What stands in the way of a move is said by the cluster, not found out at night. Each case changes the
// Linux server, which has no concerns, in one way.
func TestConcerns(t *testing.T) {
	set := func(key, value string) func(*proxmoxtest.Server) {
		return func(s *proxmoxtest.Server) { s.Config[key] = value }
	}
	const blocks, known = true, false
	for name, tt := range map[string]struct {
		change func(*proxmoxtest.Server)
		want   map[string]bool // key → whether it blocks
		say    string
	}{
		"none":                 {func(*proxmoxtest.Server) {}, map[string]bool{}, ""},
		"template":             {set("template", "1"), map[string]bool{"template": blocks}, ""},
		"lock":                 {set("lock", "backup"), map[string]bool{"lock": blocks}, "backup"},
		"raw QEMU settings":    {set("args", "-device vfio-pci"), map[string]bool{"args": blocks}, ""},
		"encrypted memory":     {set("amd-sev", "std"), map[string]bool{"encrypted": blocks}, ""},
		"card":                 {set("hostpci0", "0000:01:00,pcie=1"), map[string]bool{"passthrough": blocks}, "hostpci0"},
		"card by its mapping":  {set("hostpci1", "mapping=gpu"), map[string]bool{"passthrough": blocks}, ""},
		"USB device":           {set("usb0", "host=0bc2:2038,usb3=1"), map[string]bool{"usb": blocks}, "0bc2:2038"},
		"USB by its mapping":   {set("usb0", "mapping=dongle"), map[string]bool{"usb": blocks}, ""},
		"USB over the console": {set("usb0", "spice"), map[string]bool{}, ""},
		"serial port":          {set("serial1", "/dev/ttyS0"), map[string]bool{"usb": blocks}, "/dev/ttyS0"},
		"shared folder":        {set("virtiofs0", "dirid=data"), map[string]bool{"local_resource": blocks}, ""},
		"TPM":                  {set("tpmstate0", "ceph1:vm-100-disk-9,size=4M,version=v2.0"), map[string]bool{"tpm": known}, ""},
		"local storage":        {set("scsi1", "local-lvm:vm-100-disk-3,size=8G"), map[string]bool{"local_storage": known}, "local-lvm"},
		"storage of one node":  {set("scsi1", "fast:vm-100-disk-3,size=8G"), map[string]bool{"local_storage": blocks}, "only node pve1"},
		"unseen storage":       {set("scsi1", "secret:vm-100-disk-3,size=8G"), map[string]bool{"local_storage": blocks}, "secret"},
		"raw disk":             {set("scsi1", "/dev/disk/by-id/wwn-0x5000,size=8G"), map[string]bool{"rdm": blocks}, "by-id"},
		"odd size":             {set("scsi1", "ceph1:vm-100-disk-3,size=512M"), map[string]bool{"disk_kind": blocks}, "512M"},
		"no size":              {set("scsi1", "ceph1:vm-100-disk-3"), map[string]bool{"disk_kind": blocks}, ""},
		"shared disk":          {set("scsi1", "ceph1:vm-101-disk-5,size=8G"), map[string]bool{"shared_disk": blocks}, "[100 101]"},
		"forgotten disk":       {set("unused0", "ceph1:vm-100-disk-3"), map[string]bool{"unused_disk": known}, ""},
		"image inserted":       {set("ide2", "cephfs:iso/debian.iso,media=cdrom,size=600M"), map[string]bool{"cdrom": known}, "debian.iso"},
		"image of the node":    {set("ide2", "local-lvm:iso/debian.iso,media=cdrom,size=600M"), map[string]bool{"cdrom": blocks}, ""},
		"drive of the node":    {set("ide2", "cdrom,media=cdrom"), map[string]bool{"cdrom": blocks}, ""},
		"missing card":         {set("net3", "virtio=BC:24:11:00:00:09,bridge=vmbr0"), map[string]bool{"nic_gap": blocks}, "net2"},
		"card from the future": {set("net1", "virtio=BC:24:11:00:00:02,bridge=vmbr1,colour=blue"), map[string]bool{"unread_setting": blocks}, "net1.colour"},
		"disk of nothing":      {set("scsi1", "size=8G"), map[string]bool{"unread_setting": blocks}, "scsi1"},
		"nonsense":             {set("scsi1", "size=1G,size=2G"), map[string]bool{"unread_setting": blocks}, "scsi1"},
		"unknown settings":     {set("quantum0", "entangled"), map[string]bool{"unknown_setting": known}, "quantum0"},
		"own processor":        {set("cpu", "host,flags=+aes"), map[string]bool{"cpu": known}, ""},
		"pinned":               {set("affinity", "0,4-7"), map[string]bool{"affinity": known}, "0,4-7"},
		"no agent":             {set("agent", "0"), map[string]bool{"tools": known}, ""},
		"silent agent":         {func(s *proxmoxtest.Server) { s.Agent = http.StatusInternalServerError }, map[string]bool{"tools": known}, "15 minutes"},
		"agent not to be read": {func(s *proxmoxtest.Server) { s.Agent = http.StatusForbidden }, map[string]bool{}, ""},
		"off with an agent": {func(s *proxmoxtest.Server) {
			s.Running, s.Agent = false, http.StatusInternalServerError
		}, map[string]bool{}, ""},
		"high availability": {func(s *proxmoxtest.Server) { s.HA = "started" }, map[string]bool{"ha": known}, ""},
		"pending":           {func(s *proxmoxtest.Server) { s.Pending = map[string]string{"memory": "16384"} }, map[string]bool{"pending": known}, "memory"},
		"snapshots": {func(s *proxmoxtest.Server) {
			s.Snapshots = []map[string]any{{"name": "later", "snaptime": 1720320445}, {"name": "before the update", "snaptime": 1720234045}}
		}, map[string]bool{"snapshot": blocks}, `"before the update" of 2024-07-06`},
	} {
		t.Run(name, func(t *testing.T) {
			other := windows()
			other.Config["scsi1"] = "ceph1:vm-101-disk-5,size=8G"
			server := linux()
			tt.change(&server)
			got, said := map[string]bool{}, ""
			for _, c := range read(t, proxmoxtest.New(t, server, other))["nyb-web-01"].Concerns {
				got[c.Key] = c.Blocking
				said += c.Detail + "\n"
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("concerns and whether they block (-want +got):\n%s", diff)
			}
			if !strings.Contains(said, tt.say) {
				t.Errorf("%q does not say %q", said, tt.say)
			}
		})
	}
}

func TestReplication(t *testing.T) {
	w := proxmoxtest.New(t, linux())
	w.Replication = []map[string]any{
		{"id": "100-0", "guest": 100, "jobnum": 0, "type": "local", "source": "pve1", "target": "pve2", "schedule": "*/15"},
		{"id": "100-1", "guest": 100, "jobnum": 1, "type": "local", "source": "pve1", "target": "pve3", "disable": 1},
	}
	concerns := read(t, w)["nyb-web-01"].Concerns
	if len(concerns) != 1 || concerns[0].Key != "replication" || concerns[0].Blocking || !strings.Contains(concerns[0].Detail, "pve2:") {
		t.Errorf("concerns %+v, want the job that is not disabled", concerns)
	}
}

// A server that moves while the cluster is read is found where it then is; one that cannot be found is said.
func TestReadWhileAServerMoves(t *testing.T) {
	server := linux()
	server.Node, server.Was, server.Late = "pve2", "pve1", 1
	w := proxmoxtest.New(t, server, windows())
	if m := read(t, w); m["nyb-web-01"].ImportID != "pve2/100" || m["nyb-app-01"].ImportID != "pve1/101" {
		t.Errorf("servers %v", slices.Sorted(maps.Keys(m)))
	}
	server.Late = 9
	if _, err := proxmoxtest.New(t, server).Login.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "servers [100] were moved") {
		t.Errorf("error %v, want one that names the server", err)
	}
}

func TestReadFails(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		spoil func(*proxmoxtest.World)
		want  string
	}{
		"nobody there":                          {func(w *proxmoxtest.World) { w.Login.Server = "127.0.0.1:1" }, "connection refused"},
		"a certificate that nobody vouches for": {func(w *proxmoxtest.World) { w.Login.Insecure = false }, "certificate"},
		"another secret":                        {func(w *proxmoxtest.World) { w.Login.TokenSecret = "00000000-h3mmelig" }, "401 invalid token value!: the token is not known"},
		"an old release":                        {func(w *proxmoxtest.World) { w.Version = "7.4-17" }, `Proxmox VE "7.4-17"`},
		"a release that is none":                {func(w *proxmoxtest.World) { w.Version = "unknown" }, "upgrade it"},
		"a token without privileges":            {func(w *proxmoxtest.World) { w.Blind = true }, "PVEAuditor on /"},
		"a server that fails":                   {func(w *proxmoxtest.World) { w.Broken = 100 }, "node pve1, server 100 (nyb-web-01): /api2/json/nodes/pve1/qemu/100/config: 595 No route to host"},
	} {
		t.Run(name, func(t *testing.T) {
			w := proxmoxtest.New(t, estate()...)
			login := &w.Login
			before := *login
			tt.spoil(w)
			used := *login
			if name == "another secret" { // the world keeps its own
				*login = before
			}
			_, err := used.Read(t.Context())
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "proxmox "+used.Server) {
				t.Errorf("error %v, want one that names the cluster and says %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), used.TokenSecret) {
				t.Errorf("error %q tells the secret", err)
			}
		})
	}
	if _, err := proxmoxtest.New(t).Login.Read(cancelled); err == nil {
		t.Error("a stopped reading is no error")
	}
}

func TestEnvironment(t *testing.T) {
	for server, want := range map[string]string{
		"pve.nyborg.dk": "https://pve.nyborg.dk:8006/", "10.1.2.3:443": "https://10.1.2.3:443/", "fd00::1": "https://[fd00::1]:8006/", "[fd00::1]": "https://[fd00::1]:8006/",
	} {
		got := proxmox.Login{Server: server, TokenID: "samdrift@pve!move", TokenSecret: "s"}.Environment()
		if diff := cmp.Diff(map[string]string{"PROXMOX_VE_ENDPOINT": want, "PROXMOX_VE_API_TOKEN": "samdrift@pve!move=s", "PROXMOX_VE_INSECURE": "false"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", server, diff)
		}
	}
}

var _ platform.Source = proxmox.Login{}
