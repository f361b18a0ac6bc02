package simulated_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/collectortest"
	"github.com/samdrift/samdrift/collectors/simulated"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
)

// network lets an estate answer until the test ends.
func network(t *testing.T, e *simulated.Estate) *simulated.Network {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	n, err := e.Serve(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := n.Wait(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// run runs one of net-snmp's programs and gives what it wrote, or skips the test.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		const missing = "%s is not installed, so the demo's devices are not checked against net-snmp: apt-get install snmp"
		if os.Getenv("CI") != "" {
			t.Fatalf(missing, name)
		}
		t.Skipf("SKIPPED: "+missing, name)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		return err.Error() + ": " + string(out)
	}
	return string(out)
}

func TestDevicesAnswerNetSNMP(t *testing.T) {
	n := network(t, estate(t, 1))
	walked := map[string]int{}
	for _, target := range n.Targets() {
		// Three of each version; which of them have a fault is not known here, so most must answer.
		if walked[target.Version] == 3 {
			continue
		}
		access := []string{"-v" + target.Version, "-c", target.Community.Reveal()}
		if target.Version == snmp.Version3 {
			protocols := map[string]string{"sha": "SHA", "sha256": "SHA-256", "aes": "AES", "aes256": "AES-256"}
			c := target.Credentials
			access = []string{"-v3", "-l", c.SecurityLevel, "-u", c.User, "-a", protocols[c.AuthProtocol], "-A", c.AuthPassword.Reveal(),
				"-x", protocols[c.PrivProtocol], "-X", c.PrivPassword.Reveal()}
		}
		walk := "snmpbulkwalk"
		if target.Version == snmp.Version1 {
			walk = "snmpwalk"
		}
		got := run(t, walk, append(access, "-On", "-t", "1", "-r", "0", target.Address, ".1")...)
		if strings.Contains(got, `STRING: "`+target.Name+`"`) && strings.Contains(got, ".1.3.6.1.2.1.2.2.1.10.1 = Counter32") &&
			strings.Contains(got, ".1.0.8802") == strings.Contains(got, ".1.0.8802.1.1.2.1.3.1.0") {
			walked[target.Version]++
		}
	}
	for _, version := range []string{snmp.Version1, snmp.Version2c, snmp.Version3} {
		if walked[version] < 3 {
			t.Errorf("%d devices of version %s were walked whole, want 3", walked[version], version)
		}
	}
}

// TestDemoIsCollectedWhole runs the product's own collector over the whole demo network and merges
// everything: hosts seen by agent, network and register must become one asset each.
func TestDemoIsCollectedWhole(t *testing.T) {
	e, err := simulated.New(simulated.Config{Seed: 1, AsOf: asOf})
	if err != nil {
		t.Fatal(err)
	}
	n := network(t, e)
	l := &ledger{}
	c, err := snmp.New(n.Config(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(e.Collectors(), collectors.Collector(c)) {
		if err := c.Collect(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	statuses := map[inventory.Status]int{}
	for _, o := range l.observations {
		if o.Collector != snmp.Name {
			continue
		}
		statuses[o.Status]++
		if o.Status != inventory.StatusOK {
			t.Logf("%s %s: %s: %s", o.Instance, o.Source, o.Status, o.Error)
		}
	}
	if len(n.Targets()) < 250 || statuses[inventory.StatusOK] < 250 {
		t.Errorf("%d devices, answered %v; want 250 or more sound ones", len(n.Targets()), statuses)
	}
	if statuses[inventory.StatusUnreachable] < 2 || statuses[inventory.StatusRefused] != 1 || statuses[inventory.StatusPartial] < 2 {
		t.Errorf("statuses are %v; want 2 or more unreachable, 1 refused and some partial", statuses)
	}
	var members []inventory.Municipality
	for _, code := range e.Municipalities() {
		m, _ := facts.Municipality(code)
		members = append(members, m)
	}
	s, _ := inventory.Merge(inventory.NewSnapshot(members, true, time.Now()), l.observations, time.Now())
	names := map[string]int{}
	kinds := map[inventory.Kind]int{}
	neighbours, cables := 0, 0
	for _, a := range s.Assets {
		names[a.Municipality+" "+a.Name]++
		kinds[a.Kind]++
		for _, neighbour := range a.Neighbours {
			neighbours++
			if names[a.Municipality+" "+neighbour.RemoteName] > 0 {
				cables++
			}
		}
	}
	for name, n := range names {
		if n > 1 {
			t.Errorf("%s stands %d times in the inventory", name, n)
		}
	}
	if len(s.Assets) < 800 || len(s.Assets) > 950 {
		t.Errorf("%d assets, want 800 to 950: %v", len(s.Assets), kinds)
	}
	// What is on no list and of no make that the rules know may stay unknown; it must be little.
	if kinds[inventory.KindUnknown] > 20 || kinds[inventory.KindVM] < 450 || kinds[inventory.KindSwitch] < 120 {
		t.Errorf("kinds are %v", kinds)
	}
	if neighbours < 200 || cables == 0 {
		t.Errorf("%d neighbours, %d of them found", neighbours, cables)
	}
	t.Log(statuses, kinds, len(s.Assets), neighbours)
}

func TestServePassesOverWhatIsOccupied(t *testing.T) {
	taken, err := net.ListenPacket("udp4", "127.10.0.1:0")
	if err != nil {
		t.Skipf("SKIPPED: this system has no 127.10.0.1 (Linux has): %v", err)
	}
	defer func() { _ = taken.Close() }()
	e, err := simulated.New(simulated.Config{Seed: 1, AsOf: asOf, Port: taken.LocalAddr().(*net.UDPAddr).Port})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, target := range network(t, e).Targets() {
		if seen[target.Address] || target.Address == taken.LocalAddr().String() {
			t.Errorf("%s was given out twice", target.Address)
		}
		seen[target.Address] = true
	}
}

// TestCollectorsKeepTheContract holds both collectors against the suite for all collectors.
func TestCollectorsKeepTheContract(t *testing.T) {
	l := look(t, estate(t, 1))
	for i, name := range []string{"agent", "sheet"} {
		want := collectortest.Want{}
		for _, o := range l.observations {
			if o.Collector == name {
				want.Targets++
				if o.Status != inventory.StatusOK {
					want.Failed++
				}
			}
		}
		t.Run(name, func(t *testing.T) {
			collectortest.Run(t, func() collectors.Collector { return estate(t, 1).Collectors()[i] }, want)
		})
	}
}
