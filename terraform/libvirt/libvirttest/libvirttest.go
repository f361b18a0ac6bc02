// Package libvirttest is a libvirt for tests: the real libvirtd of the machine, with files, processes and
// a network of its own, so that it neither sees nor changes what else runs there, and all of it ends with
// the test. Its servers are real processes of QEMU under emulation (no /dev/kvm is needed), with empty
// disks: nothing boots in them.
package libvirttest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/terraform/libvirt"
)

// Names of the estate.
const (
	Pool    = "lab"
	Network = "lab"
)

// World is a host with libvirt.
type World struct {
	Login libvirt.Login
	dir   string
}

// daemonConfig and driverConfig are libvirtd's own: a socket in the world's folder, and QEMU without what
// only an installed system has.
const (
	daemonConfig = `unix_sock_dir = %q
unix_sock_rw_perms = "0777"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_outputs = "3:stderr"
`
	driverConfig = `user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
cgroup_controllers = []
namespaces = []
security_driver = "none"
stdio_handler = "file"
`
)

// start lays empty folders over those that libvirtd writes to, which only its own processes see. The shell
// stays, as the parent of processes that have lost theirs: libvirtd would wait 40 s for each to end.
const start = `set -e
for d in /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt /run; do mount -t tmpfs none $d; done
cp "$1/qemu.conf" /etc/libvirt/
libvirtd -f "$1/libvirtd.conf"
`

// New starts a libvirt with a pool and a network. It skips the test where it cannot; in CI that is a fault.
func New(t testing.TB) *World {
	t.Helper()
	for command, pack := range map[string]string{"libvirtd": "libvirt-daemon-system", "virsh": "libvirt-clients",
		"qemu-system-x86_64": "qemu-system-x86", "qemu-img": "qemu-utils", "unshare": "util-linux"} {
		if _, err := find(command); err != nil {
			lacking(t, fmt.Sprintf("%v (Debian: apt-get install %s)", err, pack))
		}
	}
	dir, err := os.MkdirTemp("", "lv") // short: the path of a socket has 107 bytes at the most
	if err != nil {
		t.Fatal(err)
	}
	w := &World{dir: dir, Login: libvirt.Login{URI: "qemu+unix:///system?socket=" + filepath.Join(dir, "libvirt-sock")}}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	for name, text := range map[string]string{"libvirtd.conf": fmt.Sprintf(daemonConfig, dir), "qemu.conf": driverConfig} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.launch(t)
	if err := os.Mkdir(filepath.Join(dir, "pool"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.Virsh(t, "pool-define-as", Pool, "dir", "--target", filepath.Join(dir, "pool"))
	w.Virsh(t, "pool-start", Pool)
	w.define(t, "net-define", "<network><name>"+Network+"</name></network>") // without addresses: nothing serves them here
	w.Virsh(t, "net-start", Network)
	return w
}

// find looks where daemons lie too.
func find(command string) (string, error) {
	if path, err := exec.LookPath(command); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", command))
}

func lacking(t testing.TB, what string) {
	t.Helper()
	text := "NOT TESTED AGAINST A REAL LIBVIRT: " + what
	if os.Getenv("CI") != "" {
		t.Fatal(text)
	}
	t.Skip(text)
}

// launch starts libvirtd in namespaces of its own and waits until it answers. Whatever it starts ends with it.
func (w *World) launch(t testing.TB) {
	t.Helper()
	arguments := []string{"--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"}
	if os.Geteuid() != 0 {
		arguments = append(arguments, "--user", "--map-root-user")
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	command := exec.CommandContext(ctx, "unshare", append(arguments, "sh", "-c", start, "sh", w.dir)...)
	command.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + w.dir}
	log, err := os.Create(filepath.Join(w.dir, "libvirtd.log"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = command.Wait() }() // it is killed at the end
	t.Cleanup(func() { stop(); <-ended; _ = log.Close() })
	for range 600 {
		if _, err := w.Login.Read(t.Context()); err == nil {
			return
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(log.Name())
			lacking(t, fmt.Sprintf("libvirtd does not start in namespaces of its own, which needs root or user namespaces: %s", text))
		case <-time.After(100 * time.Millisecond):
		}
	}
	text, _ := os.ReadFile(log.Name())
	t.Fatalf("libvirtd does not answer for a minute: %s", text)
}

// Virsh runs libvirt's own command and gives what it says.
func (w *World) Virsh(t testing.TB, arguments ...string) string {
	t.Helper()
	out, err := exec.Command("virsh", append([]string{"-q", "-c", w.Login.URI}, arguments...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("virsh %s: %v: %s", strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

// define hands a description to one of virsh's commands that read it from a file.
func (w *World) define(t testing.TB, command, description string) {
	t.Helper()
	file := filepath.Join(w.dir, "description.xml")
	if err := os.WriteFile(file, []byte(description), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Virsh(t, command, file)
}

// Disk makes an empty disk in the pool and gives its path.
func (w *World) Disk(t testing.TB, name string) string {
	t.Helper()
	w.Virsh(t, "vol-create-as", Pool, name, "64M", "--format", "qcow2")
	return filepath.Join(w.dir, "pool", name)
}

// Server defines a server with one CPU, a disk in the pool, an empty CD drive and a card in the network;
// more is put among its devices. It is off.
func (w *World) Server(t testing.TB, name, uuid, more string) {
	t.Helper()
	w.define(t, "define", fmt.Sprintf(`<domain type='qemu'>
  <name>%s</name>
  <uuid>%s</uuid>
  <description>made for a test</description>
  <memory unit='MiB'>32</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
    <interface type='network'><source network='%s'/></interface>
    %s
  </devices>
</domain>`, name, uuid, w.Disk(t, name+".qcow2"), Network, more))
}

// State is all that libvirt says of a server: what changes when it is started, stopped or defined anew. A
// running server has a number that is new at each start.
func (w *World) State(t testing.TB, name string) string {
	t.Helper()
	return strings.Join([]string{w.Virsh(t, "domid", name), w.Virsh(t, "domstate", "--reason", name),
		w.Virsh(t, "dumpxml", name), w.Virsh(t, "dumpxml", "--inactive", name)}, "\n")
}
