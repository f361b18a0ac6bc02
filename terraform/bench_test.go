package terraform_test

import (
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// BenchmarkRenderPlatform renders 25,000 servers for vSphere, one a unit, and puts them on disk: all new, and
// none of them changed.
func BenchmarkRenderPlatform(b *testing.B) {
	const servers = 25_000
	plan, snap := crowd(servers)
	ground := terraform.Grounds{Machines: map[string]platform.Machine{}, Mappings: map[string]terraform.Mapping{"nyborg-odense": {
		Platform: "vsphere", Source: "nyborg", Networks: map[string]string{"Server-20": "KIT-120"},
		Destination: platform.Location{Datacenter: "KIT", Cluster: "KIT-01", Datastore: "kit-ds1"},
	}}}
	for _, a := range snap.Assets {
		ground.Machines[a.ID] = platform.Machine{Asset: a.ID, Name: a.Name, ImportID: "/KIT/vm/" + a.Name, CPUs: 2, Cores: 1, MemoryMB: 8192, On: true,
			Location: platform.Location{Datacenter: "KIT", Cluster: "Nyborg", Datastore: "nyb-ds1"},
			Disks:    []platform.Disk{{Label: "disk0", GB: 80, Datastore: "nyb-ds1", Thin: true, Mode: "persistent", Sharing: "sharingNone"}},
			NICs:     []platform.NIC{{Network: "Server-20", Adapter: "vmxnet3"}},
			Settings: map[string]any{"annotation": "", "hardware_version": int64(19), "sync_time_with_host": false, "enable_logging": true}}
	}
	var units []terraform.Unit
	b.Run("render", func(b *testing.B) {
		watched := peak(b)
		for b.Loop() {
			var err error
			if units, err = terraform.Render(plan, snap, ground); err != nil || len(units) != servers || len(units[0].Refusals) > 0 {
				b.Fatalf("%d units, %v", len(units), err)
			}
		}
		watched()
		b.ReportAllocs()
	})
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if err := terraform.Write(b.TempDir(), units); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		dir := b.TempDir()
		if err := terraform.Write(dir, units); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := terraform.Write(dir, units); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// peak watches the memory that Go holds, what the benchmark made before included, until it is called.
func peak(b *testing.B) (report func()) {
	debug.FreeOSMemory()
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		var high uint64
		for {
			metrics.Read(held)
			high = max(high, held[0].Value.Uint64()-held[1].Value.Uint64())
			select {
			case <-stop:
				most <- high
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() {
		close(stop)
		b.ReportMetric(float64(<-most)/1e6, "MB-peak")
	}
}

// BenchmarkGates reads a plan with 2,000 changes of servers, each with sixty attributes.
func BenchmarkGates(b *testing.B) {
	plan := &tfjson.Plan{Config: &tfjson.Config{RootModule: &tfjson.ConfigModule{}}}
	for i := range 2000 {
		before, after := map[string]any{}, map[string]any{}
		for k := range 60 {
			before[fmt.Sprintf("attribute_%d", k)], after[fmt.Sprintf("attribute_%d", k)] = "x", "x"
		}
		disk := func(store string) []any {
			return []any{map[string]any{"label": "disk0", "size": 80, "datastore_id": store}}
		}
		before["disk"], after["disk"] = disk("datastore-1"), disk("datastore-2")
		before["resource_pool_id"], after["resource_pool_id"] = "resgroup-1", "resgroup-2"
		plan.ResourceChanges = append(plan.ResourceChanges, &tfjson.ResourceChange{
			Address: fmt.Sprintf("vsphere_virtual_machine.server_%d", i), Mode: tfjson.ManagedResourceMode, Type: "vsphere_virtual_machine",
			ProviderName: "registry.terraform.io/hashicorp/vsphere",
			Change:       &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionUpdate}, Before: before, After: after},
		})
	}
	rules := terraform.RulesFor("vsphere", platform.Place)
	for b.Loop() {
		if refusals := terraform.Gates(plan, rules); len(refusals) > 0 {
			b.Fatal(refusals)
		}
	}
}
