package simulated_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/simulated"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
)

var asOf = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// ledger is a sink that keeps everything.
type ledger struct {
	mu           sync.Mutex
	observations []inventory.Observation
	samples      []collectors.Sample
}

func (l *ledger) Observe(_ context.Context, o inventory.Observation) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.observations = append(l.observations, o)
	return nil
}

func (l *ledger) Measure(_ context.Context, samples []collectors.Sample) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.samples = append(l.samples, samples...)
	return nil
}

// first is the estate of seed 1, which most tests look at; an estate never changes.
var first = sync.OnceValues(func() (*simulated.Estate, error) {
	return simulated.New(simulated.Config{Seed: 1, AsOf: asOf, Now: func() time.Time { return asOf }})
})

func estate(t *testing.T, seed uint64) *simulated.Estate {
	t.Helper()
	if seed == 1 {
		e, err := first()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e, err := simulated.New(simulated.Config{Seed: seed, AsOf: asOf, Now: func() time.Time { return asOf }})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// look lets every collector of the estate look and measure once.
func look(t *testing.T, e *simulated.Estate) *ledger {
	t.Helper()
	l := &ledger{}
	for _, c := range e.Collectors() {
		if err := c.Collect(t.Context(), l); err != nil {
			t.Fatalf("collector %s: %v", c.Name(), err)
		}
		if p, ok := c.(collectors.Poller); ok {
			if err := p.Poll(t.Context(), l); err != nil {
				t.Fatalf("poll %s: %v", c.Name(), err)
			}
		}
	}
	return l
}

// snapshot merges what the collectors saw.
func snapshot(t *testing.T, e *simulated.Estate) *inventory.Snapshot {
	t.Helper()
	var members []inventory.Municipality
	for _, code := range e.Municipalities() {
		m, ok := facts.Municipality(code)
		if !ok {
			t.Fatalf("no facts for %s", code)
		}
		members = append(members, m)
	}
	s, _ := inventory.Merge(inventory.NewSnapshot(members, true, asOf), look(t, e).observations, asOf)
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnySeedGivesAWholeEstate(t *testing.T) {
	for seed := range uint64(3) {
		s := snapshot(t, estate(t, seed+41))
		if n := len(s.Assets); n < 780 || n > 950 || len(s.Flows) < 3000 || len(s.Systems) < 1700 {
			t.Errorf("seed %d: %d assets, %d flows, %d systems", seed+41, n, len(s.Flows), len(s.Systems))
		}
	}
}

func TestSameSeedGivesSameBytes(t *testing.T) {
	text := func(seed uint64) []byte {
		e, err := simulated.New(simulated.Config{Seed: seed, AsOf: asOf, Now: func() time.Time { return asOf }})
		if err != nil {
			t.Fatal(err)
		}
		l := look(t, e)
		data, err := json.Marshal(map[string]any{"observations": l.observations, "samples": l.samples})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	one := text(1)
	if !bytes.Equal(one, text(1)) {
		t.Error("seed 1 gave two different estates")
	}
	if bytes.Equal(one, text(2)) {
		t.Error("seeds 1 and 2 gave the same estate")
	}
}

func TestEstateIsOfTheAgreedSize(t *testing.T) {
	s := snapshot(t, estate(t, 1))
	if n := len(s.Assets); n < 780 || n > 950 {
		t.Errorf("%d assets, want 800-900 or near", n)
	}
	systems := map[string]int{}
	for _, x := range s.Systems {
		systems[x.Municipality]++
	}
	if n := systems["461"]; n < 290 || n > 320 {
		t.Errorf("Odense has %d systems, want about 300", n)
	}
	if systems["492"] >= systems["479"] {
		t.Errorf("Ærø has %d systems, Svendborg %d", systems["492"], systems["479"])
	}
	if len(s.Centres) != 1 || len(s.Links) != 9 || len(s.Agreements) != 8 || len(s.Contracts) < 500 {
		t.Errorf("%d centres, %d links, %d agreements, %d contracts", len(s.Centres), len(s.Links), len(s.Agreements), len(s.Contracts))
	}
	resolved := 0
	for _, f := range s.Flows {
		if f.To == "" {
			t.Fatalf("flow to %s in %s reaches nobody", f.ToIP, f.Municipality)
		}
		if f.From != "" {
			resolved++
		}
	}
	if resolved < 2000 {
		t.Errorf("%d flows between known servers of %d", resolved, len(s.Flows))
	}
}

func TestAgreementsStandAsToldInPublic(t *testing.T) {
	s := snapshot(t, estate(t, 1))
	got := map[string]string{}
	for _, a := range s.Agreements {
		if a.Host != "461" || a.Centre != "kit-fyn" {
			t.Errorf("agreement %s goes to %s at %s", a.ID, a.Host, a.Centre)
		}
		got[a.Customer] = string(a.State) + " " + a.Window.Text
	}
	want := map[string]string{
		"420": "dialogue ", "430": "planned Q1 2026", "440": "moving 2025", "450": "analysis late 2025",
		"479": "stable before 2025-09-01", "480": "analysis late 2025", "482": "agreement autumn 2025", "492": "agreement autumn 2025",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("agreements (-want +got):\n%s", diff)
	}
	servers, moved := map[string]int{}, map[string]int{}
	for _, a := range s.Assets {
		if a.Kind.Moves() && (a.Status == "" || a.Status == inventory.InService) {
			servers[a.Municipality]++
			if a.OperatedBy == "kit-fyn" {
				moved[a.Municipality]++
			}
		}
	}
	for code, n := range servers {
		switch {
		case code == "479" && moved[code] != n:
			t.Errorf("Svendborg has moved, but %d of its %d servers have not", n-moved[code], n)
		case code == "440" && (moved[code] == 0 || moved[code] == n):
			t.Errorf("Kerteminde is moving: %d of %d servers have moved, want some", moved[code], n)
		case code != "479" && code != "440" && moved[code] > 0:
			t.Errorf("%s has moved %d servers before its move", code, moved[code])
		}
	}
}

// TestRealLifeIsInIt checks for the faults and gaps that the rest of samdrift must cope with.
func TestRealLifeIsInIt(t *testing.T) {
	s := snapshot(t, estate(t, 1))
	count := map[string]int{}
	shared := map[string]int{}
	for _, a := range s.Assets {
		tally := func(what string, is bool) {
			if is {
				count[what]++
			}
		}
		tally("old Windows", a.OS.Name == "Windows Server" && strings.HasPrefix(a.OS.Version, "20") && a.OS.Version < "2016")
		tally("no owner", a.Owner == "")
		tally("no class", a.Class == "")
		tally("no zone", a.Management.Zone == "")
		tally("device in client network", a.Management.Zone == "client")
		tally("snmpv1", len(a.Management.Protocols) > 0 && a.Management.Protocols[0] == "snmpv1")
		tally("telnet", len(a.Management.Protocols) > 2)
		tally("hardware out of support", a.HardwareEndOfSupport.Known() && a.HardwareEndOfSupport.Time().Before(asOf))
		tally("exception", a.Exception.Until.Known())
		tally("spare", a.Status == inventory.Spare)
		if a.Kind == inventory.KindVM {
			tally("backup not known", a.Backup == nil)
			tally("backup never", a.Backup != nil && a.Backup.LastSuccess.IsZero() && !a.Backup.Exempt)
			tally("backup old", a.Backup != nil && !a.Backup.LastSuccess.IsZero() && asOf.Sub(a.Backup.LastSuccess) > 48*time.Hour)
			tally("restore never tested", a.Backup != nil && !a.Backup.RestoreTestAt.Known())
			tally("no runs_on", a.RunsOn == "")
		}
		for _, v := range a.Volumes {
			if v.SharedID != "" {
				shared[a.Municipality+v.SharedID]++
			}
		}
	}
	for _, c := range s.Contracts {
		if c.Until.Known() && c.Until.Time().Before(asOf) {
			count["contract ended"]++
		}
		if len(c.Clauses) == 0 {
			count["clauses not filled in"]++
		}
	}
	for _, x := range s.Systems {
		if x.Hosting == inventory.HostingSupplier {
			count["hosted by supplier"]++
		}
		if len(x.RunsOn) > len(x.Assets) {
			t.Errorf("system %s runs on %v, of which only %d are known", x.ID, x.RunsOn, len(x.Assets))
		}
	}
	for _, what := range []string{
		"old Windows", "no owner", "no class", "no zone", "device in client network", "snmpv1", "telnet",
		"hardware out of support", "exception", "spare", "backup not known", "backup never", "backup old",
		"restore never tested", "contract ended", "clauses not filled in", "hosted by supplier",
	} {
		if count[what] == 0 {
			t.Errorf("the estate has no case of %q", what)
		}
	}
	for id, n := range shared {
		if n != 2 {
			t.Errorf("shared disk %s is seen by %d servers, want the two of its cluster", id, n)
		}
	}
	if len(shared) < 9 {
		t.Errorf("%d shared disks, want one or more per municipality", len(shared))
	}
	t.Log(count, len(s.Assets), len(s.Systems), len(s.Contracts), len(s.Flows))
}

func TestEveryObservationSaysDemo(t *testing.T) {
	sources := map[string]bool{}
	for _, o := range look(t, estate(t, 1)).observations {
		if !strings.HasPrefix(o.Source, "Demodata ") {
			t.Errorf("source %q does not say that it is demo data", o.Source)
		}
		if key := o.Collector + o.Source; sources[key] {
			t.Errorf("source %q stands twice", o.Source)
		} else {
			sources[key] = true
		}
	}
}

func TestSamplesLiveByTheClock(t *testing.T) {
	at := func(now time.Time) map[string]float64 {
		e, err := simulated.New(simulated.Config{Seed: 1, AsOf: asOf, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for _, s := range look(t, e).samples {
			key := s.Name + " " + s.Labels["instance"] + " " + s.Labels["volume"] + s.Labels["perspective"]
			if _, twice := out[key]; twice {
				t.Fatalf("series %s %v was measured twice", s.Name, s.Labels)
			}
			out[key] = s.Value
		}
		return out
	}
	now, later := at(asOf), at(asOf.Add(72*time.Hour))
	names := map[string]int{}
	grown := 0
	for key, value := range now {
		name, _, _ := strings.Cut(key, " ")
		names[name]++
		if name == "samdrift_storage_used_bytes" && later[key] > value {
			grown++
		}
	}
	for _, name := range []string{
		"samdrift_device_up", "samdrift_cpu_load_percent", "samdrift_memory_used_percent", "samdrift_storage_used_bytes",
		"samdrift_storage_size_bytes", "samdrift_link_latency_seconds", "samdrift_link_utilisation_ratio", "samdrift_service_up",
	} {
		if names[name] == 0 {
			t.Errorf("no samples of %s", name)
		}
	}
	if grown < names["samdrift_storage_used_bytes"]/2 {
		t.Errorf("only %d of %d volumes filled up in three days", grown, names["samdrift_storage_used_bytes"])
	}
}

// Where the centre runs a system, its operators look too; now and then they miss what users see.
func TestSomeOutagesOnlyUsersSee(t *testing.T) {
	now := asOf
	e, err := simulated.New(simulated.Config{Seed: 1, AsOf: asOf, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	missed, both := 0, 0
	for range 24 {
		now = now.Add(time.Hour)
		views := map[string]map[string]float64{}
		for _, c := range e.Collectors() {
			p, ok := c.(collectors.Poller)
			if !ok {
				continue
			}
			seen := &ledger{}
			if err := p.Poll(t.Context(), seen); err != nil {
				t.Fatal(err)
			}
			for _, s := range seen.samples {
				if s.Name == "samdrift_service_up" {
					if views[s.Labels["instance"]] == nil {
						views[s.Labels["instance"]] = map[string]float64{}
					}
					views[s.Labels["instance"]][s.Labels["perspective"]] = s.Value
				}
			}
		}
		for _, v := range views {
			operator, runs := v["operator"]
			if !runs {
				continue
			}
			both++
			if operator == 1 && v["municipality"] == 0 {
				missed++
			}
			if operator == 0 && v["municipality"] == 1 {
				t.Error("users have a system whose servers are silent")
			}
		}
	}
	if both == 0 || missed == 0 || missed > both/20 {
		t.Errorf("%d of %d looks showed an outage that only users saw; want a few", missed, both)
	}
}

func TestNewRefusesWhatItCannotBuild(t *testing.T) {
	if _, err := simulated.New(simulated.Config{Seed: 1}); err == nil || !strings.Contains(err.Error(), "AsOf is missing") {
		t.Errorf("error without a day is %v", err)
	}
	if _, err := simulated.New(simulated.Config{Seed: 1, AsOf: asOf, Port: 70000}); err == nil {
		t.Error("port 70000 was taken")
	}
}
