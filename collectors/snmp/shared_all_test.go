package snmp_test

import (
	"bufio"
	"compress/bzip2"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/samdrift/samdrift/collectors/collectortest"
	"github.com/samdrift/samdrift/collectors/simulated/recording"
	"github.com/samdrift/samdrift/collectors/simulated/responder"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

// Every recording and walk that lies beside the project, as it was recorded and then with a fault:
// nothing may crash, hang or give broken text, and faults that can be got round must lose nothing.
func TestSharedRecordingsWithFaults(t *testing.T) {
	if !exists(sharedRecordings) {
		t.Skipf("SKIPPED, NO RECORDINGS BESIDE THE PROJECT: put them into %s", sharedRecordings)
	}
	var agents []*responder.Agent
	var ids []string
	for _, folder := range []string{"recordings", "detect", "fullwalks"} {
		paths, err := filepath.Glob(filepath.Join(sharedRecordings, folder, "*"+recording.Suffix+"*"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no recordings in %s (%v)", folder, err)
		}
		for _, path := range paths {
			if strings.Contains(filepath.Base(path), "@") {
				continue // a context of another
			}
			agents, ids = append(agents, &responder.Agent{View: viewOf(t, path), V1: "test", V2c: "test"}), append(ids, folder+"/"+filepath.Base(path))
		}
	}
	clean := collectAll(t, ids, agents)
	for i, id := range ids {
		if o := clean[id]; o.Status != inventory.StatusOK && o.Status != inventory.StatusPartial {
			t.Errorf("%s: %s (%s)", id, o.Status, o.Error)
		}
		spoil(agents[i], i, clean[id])
	}
	faulty := collectAll(t, ids, agents)
	for i, id := range ids {
		before, after := clean[id], faulty[id]
		switch agents[i].V2c == "test" {
		case false:
			if after.Status != inventory.StatusUnreachable {
				t.Errorf("%s with another community: %s (%s)", id, after.Status, after.Error)
			}
		default:
			if before.Asset == nil || after.Asset == nil {
				t.Errorf("%s: nothing of it was kept: %s", id, after.Error)
			} else if f := agents[i].Faults; (f.Loss > 0 || f.TooBig > 0) && len(after.Asset.Interfaces) != len(before.Asset.Interfaces) {
				t.Errorf("%s with %+v: %d interfaces, want %d: %+v", id, f, len(after.Asset.Interfaces), len(before.Asset.Interfaces), after.Tables["interfaces"])
			}
		}
	}
}

// spoil gives a device one of the faults of real ones.
func spoil(a *responder.Agent, i int, o inventory.Observation) {
	row := func(share float64) responder.OID {
		ports := o.Asset.Interfaces
		return responder.MustOID("1.3.6.1.2.1.2.2.1.2").With(uint32(ports[int(share*float64(len(ports)-1))].Index))
	}
	hasPorts := o.Asset != nil && len(o.Asset.Interfaces) > 1
	switch kind := i % 8; {
	case i%16 == 3:
		a.V1, a.V2c = "other", "other"
	case kind == 0:
		a.Faults.TooBig = 10
	case kind == 1 && hasPorts:
		a.Faults.LoopAfter, a.Faults.LoopTo = row(1), row(0)
	case kind == 2 && hasPorts:
		a.Faults.StopAfter = row(0.5)
	case kind == 4:
		a.MaxSize = 484
	default:
		a.Faults.Loss = 0.05
	}
}

func viewOf(t *testing.T, path string) *responder.View {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var r io.Reader = bufio.NewReader(file)
	if strings.HasSuffix(path, ".bz2") {
		r = bzip2.NewReader(r)
	}
	rec, err := recording.Read(r)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rec.View
}

// collectAll looks at all devices and checks what must hold for any of them.
func collectAll(t *testing.T, ids []string, agents []*responder.Agent) map[string]inventory.Observation {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	defer serving.Wait()
	defer cancel()
	c := snmp.DefaultConfig()
	// Loopback is quick, and what is silent stays so. The budget is for busy machines.
	c.Timeout, c.Retries, c.Concurrency, c.DeviceBudget = 150*time.Millisecond, 3, 32, 5*time.Minute
	for i, a := range agents {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c.Targets = append(c.Targets, snmp.Target{Name: ids[i], Address: conn.LocalAddr().String(), Community: "test"})
		serving.Go(func() {
			if err := responder.Serve(ctx, conn, a, time.Now); err != nil {
				t.Error(err)
			}
		})
	}
	sink := &collectortest.Recorder{}
	if err := newCollector(t, c).Collect(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	seen := map[string]inventory.Observation{}
	for _, o := range sink.Observations() {
		seen[o.Instance] = o
		text, err := json.Marshal(o)
		if err != nil || !utf8.Valid(text) || strings.Contains(string(text), `\ufffd`) {
			t.Errorf("%s: not clean: %v", o.Instance, err)
		}
		if strings.Contains(o.Error, "panic") || strings.Contains(o.Error, "budget") {
			t.Errorf("%s: %s", o.Instance, o.Error)
		}
	}
	if len(seen) != len(ids) {
		t.Fatal(fmt.Errorf("%d observations of %d devices", len(seen), len(ids)))
	}
	return seen
}
