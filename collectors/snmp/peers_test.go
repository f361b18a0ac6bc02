package snmp_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/collectors/collectortest"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

var update = flag.Bool("update", false, "write the golden files anew")

// freeAddress gives a UDP address that nobody uses, nor takes before a peer is started on it: one of
// loopback's sixteen million, with a port below those that systems hand out by themselves.
func freeAddress(t testing.TB) string {
	t.Helper()
	var err error
	for range 10 {
		address := fmt.Sprintf("127.%d.%d.%d:1161", 100+rand.N(100), rand.N(256), 1+rand.N(254))
		var conn net.PacketConn
		if conn, err = net.ListenPacket("udp4", address); err == nil {
			_ = conn.Close()
			return address
		}
	}
	t.Fatal(err)
	return ""
}

// startPeer runs a program until the test ends, and waits until ready says so.
func startPeer(t testing.TB, ready func() bool, program string, args ...string) {
	t.Helper()
	var output bytes.Buffer
	peer := exec.Command(program, args...)
	peer.Stdout, peer.Stderr = &output, &output
	peer.Env = append(os.Environ(), "SNMP_PERSISTENT_DIR="+t.TempDir(), "SNMPCONFPATH="+t.TempDir())
	peer.Dir = t.TempDir()
	if err := peer.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- peer.Wait() }()
	t.Cleanup(func() {
		_ = peer.Process.Kill()
		if err := <-ended; err == nil {
			t.Log("the peer had ended by itself")
		}
	})
	for end := time.Now().Add(2 * time.Minute); !ready(); {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", program, err, output.String())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not answer\n%s", program, output.String())
		}
	}
}

// answers tells whether a target answers.
func answers(t testing.TB, target snmp.Target) bool {
	sink := &collectortest.Recorder{}
	if err := newCollector(t, config(target)).Poll(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	s, _ := sink.Sample("samdrift_device_up", nil)
	return s.Value == 1
}

// startSnmpd runs Debian's agent with a v2c community and a v3 user.
func startSnmpd(t *testing.T) (address string) {
	t.Helper()
	program, err := exec.LookPath("snmpd")
	if err != nil {
		if program = "/usr/sbin/snmpd"; !exists(program) {
			missing(t, "snmpd", "apt-get install snmpd")
		}
	}
	address = freeAddress(t)
	conf := filepath.Join(t.TempDir(), "snmpd.conf")
	lines := fmt.Sprintf(`agentaddress udp:%s
sysName peer
sysDescr Linux peer 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64
sysLocation test
rocommunity test-ro
createUser auther SHA-256 "auth-password" AES-256 "priv-password"
rouser auther priv
`, address)
	if err := os.WriteFile(conf, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	target := snmp.Target{Address: address, Municipality: "461", Community: "test-ro"}
	startPeer(t, func() bool { return answers(t, target) }, program, "-f", "-C", "-c", conf, "-Le", "-p", filepath.Join(t.TempDir(), "pid"))
	return address
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestSnmpd(t *testing.T) {
	t.Parallel() // it mostly waits for answers that do not come
	address := startSnmpd(t)
	user := snmp.Credentials{User: "auther", AuthProtocol: "SHA-256", AuthPassword: "auth-password", PrivProtocol: "AES-256", PrivPassword: "priv-password"}
	with := func(change func(*snmp.Target)) snmp.Target {
		target := snmp.Target{Address: address, Municipality: "461", Credentials: user}
		change(&target)
		return target
	}
	cases := map[string]struct {
		target snmp.Target
		status inventory.Status
		says   string // in the error, or the protocol noted
	}{
		"v2c":             {snmp.Target{Address: address, Municipality: "461", Community: "test-ro"}, inventory.StatusOK, "snmpv2c"},
		"v1":              {snmp.Target{Address: address, Municipality: "461", Community: "test-ro", Version: "1"}, inventory.StatusOK, "snmpv1"},
		"v3 authPriv":     {with(func(*snmp.Target) {}), inventory.StatusOK, "snmpv3-authpriv"},
		"wrong community": {snmp.Target{Address: address, Municipality: "461", Community: "wrong"}, inventory.StatusUnreachable, "the community is wrong"},
		"nothing listens": {snmp.Target{Address: freeAddress(t), Municipality: "461", Community: "x"}, inventory.StatusUnreachable, "nothing listens"},
		"unknown user":    {with(func(t *snmp.Target) { t.Credentials.User = "nobody" }), inventory.StatusRefused, `no SNMPv3 user "nobody"`},
		"wrong auth password": {with(func(t *snmp.Target) { t.Credentials.AuthPassword = "wrong-password" }),
			inventory.StatusRefused, "auth_password or auth_protocol"},
		"wrong auth protocol": {with(func(t *snmp.Target) { t.Credentials.AuthProtocol = "sha512" }),
			inventory.StatusRefused, "auth_password or auth_protocol (sha512)"},
		"wrong priv password": {with(func(t *snmp.Target) { t.Credentials.PrivPassword = "wrong-password" }),
			inventory.StatusRefused, "priv_password or priv_protocol"},
		"level too low": {with(func(t *snmp.Target) { t.Credentials.PrivPassword, t.Credentials.PrivProtocol = "", "" }),
			inventory.StatusRefused, "denies"},
		"unknown context": {with(func(t *snmp.Target) { t.Context = "vlan-10" }), inventory.StatusRefused, `"vlan-10"`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, sink := look(t, config(c.target))
			if o.Status != c.status {
				t.Fatalf("status %s (%s), want %s", o.Status, o.Error, c.status)
			}
			if c.status != inventory.StatusOK {
				if !strings.Contains(o.Error, c.says) {
					t.Errorf("error %q does not say %q", o.Error, c.says)
				}
				for _, secret := range []string{"test-ro", "auth-password", "priv-password", "wrong-password"} {
					if strings.Contains(o.Error, secret) {
						t.Errorf("error %q tells a secret", o.Error)
					}
				}
				return
			}
			if got := o.Asset.Management.Protocols; !slices.Equal(got, []string{c.says}) {
				t.Errorf("protocols %v", got)
			}
			if o.Asset.Name != "peer" || o.Asset.Platform != "linux" || o.Asset.OS.Name != "Debian" || o.Asset.MemoryBytes == 0 {
				t.Errorf("name %q, platform %q, OS %v, memory %d", o.Asset.Name, o.Asset.Platform, o.Asset.OS, o.Asset.MemoryBytes)
			}
			if interfaces, err := net.Interfaces(); err == nil && len(o.Asset.Interfaces) != len(interfaces) {
				t.Errorf("%d interfaces, the machine has %d", len(o.Asset.Interfaces), len(interfaces))
			}
			if strings.HasPrefix(c.says, "snmpv3") == (o.Asset.Management.EngineID == "") {
				t.Errorf("engine id %q", o.Asset.Management.EngineID)
			}
			if _, ok := sink.Sample("samdrift_uptime_seconds", nil); !ok {
				t.Error("no uptime measured")
			}
		})
	}
}

// startSnmpsim serves a folder of recordings; the community is a file's name.
func startSnmpsim(t *testing.T, folder string) (address string) {
	t.Helper()
	program, err := exec.LookPath("snmpsimd")
	if err != nil {
		missing(t, "snmpsimd", "apt-get install snmpsim")
	}
	names, err := filepath.Glob(filepath.Join(folder, "*.snmprec"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no recordings in %s (%v)", folder, err)
	}
	address = freeAddress(t)
	args := []string{"--v2c-arch", "--data-dir=" + folder, "--cache-dir=" + openFolder(t),
		"--agent-udpv4-endpoint=" + address}
	if os.Geteuid() == 0 { // it refuses to serve as root
		args = append(args, "--process-user=nobody", "--process-group=nogroup")
	}
	first := strings.TrimSuffix(filepath.Base(names[0]), ".snmprec")
	target := snmp.Target{Address: address, Community: snmp.Secret(first)}
	startPeer(t, func() bool { return answers(t, target) }, program, args...)
	return address
}

func TestSnmpsim(t *testing.T) {
	// The simulator drops its rights, so it must be able to read the folder.
	folder := openFolder(t)
	recordings, err := filepath.Glob("testdata/recordings/*.snmprec")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range recordings {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(name)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	address := startSnmpsim(t, folder)
	for _, name := range recordings {
		id := strings.TrimSuffix(filepath.Base(name), ".snmprec")
		if strings.Contains(id, "@") {
			continue // a context of another
		}
		t.Run(id, func(t *testing.T) {
			settings := config(snmp.Target{Name: id, Address: address, Community: snmp.Secret(id)})
			settings.Timeout = 10 * time.Second // the simulator is slow
			o, _ := look(t, settings)
			o.Source, o.Duration = "127.0.0.1:161", 0
			got, err := json.MarshalIndent(snmp.NewRecord(o), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(name, ".snmprec") + ".json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// openFolder gives a temporary folder that a program without rights may use too.
func openFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "recordings")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	return folder
}
