package inventory_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
)

var (
	monday  = time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)
	members = []inventory.Municipality{{Code: "461", Name: "Odense"}, {Code: "479", Name: "Svendborg"}}
)

func empty() *inventory.Snapshot { return inventory.NewSnapshot(members, false, monday) }

func seen(collector, source string, at time.Time, a inventory.Asset) inventory.Observation {
	return inventory.Observation{
		Collector: collector, Source: source, Municipality: "461", At: at, Status: inventory.StatusOK, Asset: &a,
	}
}

// An asset keeps its id while its name, address and collector change, as long as its serial holds.
func TestOneAssetHoweverItIsSeen(t *testing.T) {
	first, _ := inventory.Merge(empty(), []inventory.Observation{
		seen("snmp", "10.0.0.1:161", monday, inventory.Asset{Name: "sw-1", Kind: inventory.KindSwitch, Serial: "SN100"}),
	}, monday)
	id := first.Assets[0].ID
	later := monday.Add(24 * time.Hour)
	second, changes := inventory.Merge(first, []inventory.Observation{
		seen("agent", "10.9.9.9:161", later, inventory.Asset{Name: "sw-core-1", Kind: inventory.KindSwitch, Serial: "sn100"}),
	}, later)
	if len(second.Assets) != 1 || second.Assets[0].ID != id {
		t.Fatalf("want the one asset %s, got %+v", id, second.Assets)
	}
	if first.Assets[0].Name != "sw-1" {
		t.Errorf("the earlier snapshot changed: name is now %q", first.Assets[0].Name)
	}
	var renamed bool
	for _, c := range changes {
		renamed = renamed || c.Field == "name" && c.From == "sw-1" && c.To == "sw-core-1" && c.Collector == "agent"
	}
	if !renamed {
		t.Errorf("the rename is not among the changes: %v", changes)
	}
}

// Two devices are never joined on an address or a name alone when their serials differ.
func TestReplacedDeviceIsANewAsset(t *testing.T) {
	s, _ := inventory.Merge(empty(), []inventory.Observation{
		seen("snmp", "10.0.0.1:161", monday, inventory.Asset{Name: "sw-1", Serial: "SN100"}),
		seen("snmp", "10.0.0.1:161", monday.Add(time.Hour), inventory.Asset{Name: "sw-1", Serial: "SN200"}),
	}, monday.Add(time.Hour))
	if len(s.Assets) != 2 {
		t.Fatalf("want two assets, got %d", len(s.Assets))
	}
}

func TestPlaceholderSerialsIdentifyNobody(t *testing.T) {
	for _, serial := range []string{"To Be Filled By O.E.M.", "0", "None", "00000000"} {
		s, _ := inventory.Merge(empty(), []inventory.Observation{
			seen("agent", "a", monday, inventory.Asset{Name: "srv-a", Serial: serial, UUID: "11111111-2222-3333-4444-555555555555"}),
			seen("agent", "b", monday, inventory.Asset{Name: "srv-b", Serial: serial, UUID: "11111111-2222-3333-4444-666666666666"}),
		}, monday)
		if len(s.Assets) != 2 {
			t.Errorf("serial %q joined two servers", serial)
		}
	}
}

// The agent knows the host better than the network does; a sheet adds what neither can see.
func TestTheBetterPlacedCollectorIsBelieved(t *testing.T) {
	s, _ := inventory.Merge(empty(), []inventory.Observation{
		seen("agent", "srv-1", monday, inventory.Asset{Name: "srv-1", Serial: "S1", MemoryBytes: 64 << 30}),
		seen("snmp", "10.0.0.5:161", monday.Add(time.Hour), inventory.Asset{Name: "srv-1.old", Serial: "S1", MemoryBytes: 63 << 30, Platform: "linux"}),
		seen("sheet", "servers.csv", monday.Add(2*time.Hour), inventory.Asset{Name: "srv-1", Owner: "Drift", Criticality: 3}),
	}, monday.Add(2*time.Hour))
	if len(s.Assets) != 1 {
		t.Fatalf("want one asset, got %d", len(s.Assets))
	}
	a := s.Assets[0]
	got := []any{a.Name, a.MemoryBytes, a.Platform, a.Owner, a.Criticality}
	want := []any{"srv-1", int64(64 << 30), "linux", "Drift", inventory.CriticalityBusiness}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for field, collector := range map[string]string{"memory_bytes": "agent", "platform": "snmp", "owner": "sheet"} {
		if origin, _ := a.Provenance.Of(field); origin.Collector != collector {
			t.Errorf("%s comes from %q, want %q", field, origin.Collector, collector)
		}
	}
}

// What a collector knows to be empty now is taken back, unless a better placed one says otherwise.
func TestWhatWasSaidCanBeTakenBack(t *testing.T) {
	emptied := seen("move", "srv-1", monday.Add(2*time.Hour), inventory.Asset{Name: "srv-1", Serial: "S1"})
	emptied.Emptied = []string{"operated_by", "memory_bytes"}
	s, _ := inventory.Merge(empty(), []inventory.Observation{
		seen("agent", "srv-1", monday, inventory.Asset{Name: "srv-1", Serial: "S1", MemoryBytes: 64 << 30}),
		seen("move", "srv-1", monday.Add(time.Hour), inventory.Asset{Name: "srv-1", Serial: "S1", OperatedBy: "fyn"}),
	}, monday.Add(time.Hour))
	if s.Assets[0].OperatedBy != "fyn" {
		t.Fatalf("operated by %q", s.Assets[0].OperatedBy)
	}
	s, changes := inventory.Merge(s, []inventory.Observation{emptied}, monday.Add(2*time.Hour))
	if len(changes) == 0 {
		t.Error("nobody is told that it was taken back")
	}
	if a := s.Assets[0]; a.OperatedBy != "" || a.MemoryBytes != 64<<30 {
		t.Errorf("operated by %q with %d bytes of memory", a.OperatedBy, a.MemoryBytes)
	}
}

// A look that fails keeps what was known, and stays visible as failed.
func TestFailedLookLosesNothing(t *testing.T) {
	s, _ := inventory.Merge(empty(), []inventory.Observation{
		seen("snmp", "10.0.0.1:161", monday, inventory.Asset{Name: "sw-1", Serial: "SN100"}),
	}, monday)
	later := monday.Add(20 * 24 * time.Hour)
	s, _ = inventory.Merge(s, []inventory.Observation{{
		Collector: "snmp", Source: "10.0.0.1:161", Municipality: "461", At: later,
		Status: inventory.StatusUnreachable, Error: "no answer",
	}}, later)
	if len(s.Assets) != 1 || s.Assets[0].Serial != "SN100" {
		t.Fatalf("the asset is lost: %+v", s.Assets)
	}
	a, c := s.Assets[0], s.Collections[0]
	if a.Presence != inventory.Stale || a.Sources[0].Status != inventory.StatusUnreachable {
		t.Errorf("presence %q, source status %q; want stale and unreachable", a.Presence, a.Sources[0].Status)
	}
	if c.Asset != a.ID || c.Error != "no answer" || !c.LastOK.Equal(monday) {
		t.Errorf("collection forgot its asset or its last good look: %+v", c)
	}
}

// Private address ranges overlap between municipalities: a flow is resolved only within its own.
func TestFlowsStayWithinTheMunicipality(t *testing.T) {
	address := []inventory.Address{{IP: "10.0.0.5"}}
	here := seen("agent", "a", monday, inventory.Asset{Name: "db-1", Serial: "A", Addresses: address})
	there := seen("agent", "b", monday, inventory.Asset{Name: "db-1", Serial: "B", Addresses: address})
	there.Municipality = "479"
	web := seen("agent", "c", monday, inventory.Asset{Name: "web-1", Serial: "C", Addresses: []inventory.Address{{IP: "10.0.0.6"}}})
	web.Flows = []inventory.Flow{{FromIP: "10.0.0.6", ToIP: "10.0.0.5", Protocol: "tcp", Port: 1433, BytesPerDay: 10}}
	here.Flows = []inventory.Flow{{FromIP: "10.0.0.99", ToIP: "10.0.0.5", Protocol: "tcp", Port: 1433, BytesPerDay: 7}}
	s, _ := inventory.Merge(empty(), []inventory.Observation{here, there, web}, monday)
	if len(s.Flows) != 2 {
		t.Fatalf("want the flow of the web server and the one the database saw from a host without agent, got %+v", s.Flows)
	}
	to, ok := s.Asset(s.Flows[0].To)
	if !ok || to.Municipality != "461" {
		t.Errorf("flow goes to %+v, want the database of 461", to)
	}
	web.Flows = []inventory.Flow{{FromIP: "10.0.0.6", ToIP: "10.0.0.7", Protocol: "tcp", Port: 443}}
	web.At = monday.Add(time.Hour)
	s, _ = inventory.Merge(s, []inventory.Observation{web}, web.At)
	if len(s.Flows) != 3 || !s.Flows[0].LastSeen.Equal(monday) || s.Flows[1].ToIP != "10.0.0.7" || s.Flows[1].To != "" || !s.Flows[1].LastSeen.Equal(web.At) {
		t.Errorf("a new look keeps what it did not see as seen before and leaves unknown ends unknown, got %+v", s.Flows)
	}
}

func TestCriticalityComesFromTheMostCriticalSystemUnlessStated(t *testing.T) {
	register := inventory.Observation{Collector: "sheet", Source: "systems.csv", Municipality: "461", At: monday, Status: inventory.StatusOK,
		Register: &inventory.Register{Systems: []inventory.System{
			{ID: "s1", Municipality: "461", Name: "ESDH", Criticality: 3, RunsOn: []string{"SRV-1", "srv-2", "srv-9"}},
			{ID: "s2", Municipality: "461", Name: "Intranet", Criticality: 1, RunsOn: []string{"srv-1"}},
		}}}
	s, _ := inventory.Merge(empty(), []inventory.Observation{register,
		seen("agent", "1", monday, inventory.Asset{Name: "srv-1", Serial: "1"}),
		seen("agent", "2", monday, inventory.Asset{Name: "srv-2", Serial: "2"}),
		seen("sheet", "2", monday, inventory.Asset{Name: "srv-2", Criticality: 4}),
	}, monday)
	got := map[string]inventory.Criticality{}
	for _, a := range s.Assets {
		got[a.Name] = a.Criticality
	}
	if d := cmp.Diff(map[string]inventory.Criticality{"srv-1": 3, "srv-2": 4}, got); d != "" {
		t.Error(d)
	}
	if n := len(s.Systems[0].Assets); n != 2 {
		t.Errorf("ESDH resolves to %d assets, want the two that exist", n)
	}
}

// The order in which observations arrive does not matter, and a snapshot reads back as it was written.
func TestMergeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		observations := rapid.SliceOfN(rapid.Custom(observation), 1, 30).Draw(t, "observations")
		one, _ := inventory.Merge(empty(), observations, monday)
		shuffled := append([]inventory.Observation(nil), observations...)
		seed := rapid.Uint64().Draw(t, "seed")
		r := rand.New(rand.NewPCG(seed, seed))
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		two, _ := inventory.Merge(empty(), shuffled, monday)
		if one.Hash() != two.Hash() {
			t.Fatalf("order matters:\n%s", cmp.Diff(one, two))
		}
		if err := one.Validate(); err != nil {
			t.Fatal(err)
		}
		again, changes := inventory.Merge(one, observations, monday)
		if again.Hash() != one.Hash() || len(changes) != 0 {
			t.Fatalf("seeing the same again changes the estate: %v", changes)
		}
		var b bytes.Buffer
		if err := one.Encode(&b); err != nil {
			t.Fatal(err)
		}
		read, err := inventory.DecodeSnapshot(&b)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(one, read); d != "" {
			t.Fatalf("does not read back:\n%s", d)
		}
	})
}

// observation draws a look at one of a few servers, each with its own serial, at its own minute.
func observation(t *rapid.T) inventory.Observation {
	n := rapid.IntRange(0, 5).Draw(t, "server")
	minute := rapid.IntRange(0, 500).Draw(t, "minute")
	name := rapid.SampledFrom([]string{"srv", "db", "web"}).Draw(t, "name")
	o := seen(rapid.SampledFrom([]string{"snmp", "agent"}).Draw(t, "collector"), string(rune('a'+n)),
		monday.Add(time.Duration(minute*10+n)*time.Minute-200*time.Hour),
		inventory.Asset{Name: name, Serial: strings.Repeat("S", n+1) + "1", VCPUs: rapid.IntRange(0, 4).Draw(t, "vcpus")})
	if rapid.Bool().Draw(t, "flows") {
		o.Flows = []inventory.Flow{{FromIP: "10.0.0.1", ToIP: "10.0.0.2", Protocol: "tcp", Port: 1 + n}}
	}
	return o
}
