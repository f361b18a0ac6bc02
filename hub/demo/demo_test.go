package demo_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/demo"
	"github.com/samdrift/samdrift/inventory"
)

var (
	once   sync.Once
	shared *demo.Demo
)

// collected gives the demo after one full look, made once for all tests of this package.
func collected(t *testing.T) *demo.Demo {
	t.Helper()
	once.Do(func() {
		d, err := demo.Open(context.Background(), demo.DefaultOptions(folder), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		shared = d
		if err := d.Collect(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
	if shared == nil {
		t.Fatal("the demo could not be opened, see the first test")
	}
	return shared
}

var folder string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "samdrift-demo-test-")
	if err != nil {
		panic(err)
	}
	folder = dir
	code := m.Run()
	if shared != nil {
		if err := shared.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// The demo holds what docs/demo.md promises, collected over real SNMP and through agents' documents.
func TestDemoIsCollected(t *testing.T) {
	d := collected(t)
	admin := demo.People()[3]
	o, err := d.Hub.Overview(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	if !o.Demo {
		t.Error("the demo does not say that it is one")
	}
	if o.Totals.Municipalities != 9 || o.Totals.Assets < 700 {
		t.Errorf("%d municipalities and %d assets, want 9 and at least 700", o.Totals.Municipalities, o.Totals.Assets)
	}
	collections, _, err := d.Hub.Collections(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	ended := map[string]int{}
	for _, c := range collections {
		if c.Collector == "snmp" {
			ended[string(c.Status)]++
		}
	}
	t.Logf("SNMP: %v; totals %+v; partial %+v", ended, o.Totals, o.Partial)
	if ended["ok"] < 250 {
		t.Errorf("%d devices answered fully, want at least 250", ended["ok"])
	}
	for _, wanted := range []string{"partial", "unreachable"} {
		if ended[wanted] == 0 {
			t.Errorf("no device ended %s: real life has them", wanted)
		}
	}
	plan, err := d.Hub.Plan(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("plan: %d groups, %d waves, feasible %v, last wave %s, refusals %v", len(plan.Plan.Groups), len(plan.Plan.Waves), plan.Plan.Feasible, plan.Plan.LastWaveEnd, plan.Plan.Refusals)
	read := 0
	for _, r := range plan.Plan.Assumptions {
		if r.Rule == "power_read" {
			read++
		}
	}
	c := plan.Plan.Capacity[0]
	t.Logf("KIT Fyn: %+v before, %+v after, of %+v; power was read in %d municipalities", c.Before, c.After, c.Capacity, read)
	for _, x := range [][3]inventory.Milli{{c.Before.PowerKW, c.After.PowerKW, c.Capacity.PowerKW}, {c.Before.StaffFTE, c.After.StaffFTE, c.Capacity.StaffFTE}} {
		if before, after, whole := x[0], x[1], x[2]; before <= 0 || after <= before || after > whole*8/10 {
			t.Errorf("the centre's power or staff goes from %s to %s of %s, want more than before and at most 80 %%", before, after, whole)
		}
	}
	if read < 7 {
		t.Errorf("power was read in %d municipalities, want all that still have hypervisors and servers to move", read)
	}
	gap, err := d.Hub.Gap(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range gap.Own {
		t.Logf("gap %s: H %.3f P %.3f V %.3f %s", a.Municipality, a.Overall.Headline, a.Overall.Proven, a.Overall.Coverage, a.Light)
	}
	list, err := d.Hub.Assets(t.Context(), admin, hub.AssetQuery{Finding: hub.FindingPastSupport})
	if err != nil || list.Total == 0 {
		t.Errorf("%d assets past their support, %v; real life has them", list.Total, err)
	}
}
