package evaluate_test

import (
	"math"
	"testing"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
)

// The estate here is invented; only codes and names of municipalities are real.

func date(text string) inventory.Date {
	d, err := inventory.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func rng(low, likely, high float64) planner.Range {
	return planner.Range{Low: low, Likely: likely, High: high}
}

func price(low, likely, high float64, source string) evaluate.Price {
	return evaluate.Price{Range: rng(low, likely, high), Source: source}
}

func ptr[T any](v T) *T { return &v }

// example is a plan small enough to reckon by hand. Faaborg-Midtfyn (430) moves two groups to the centre
// at Odense (461), which hosts it and moves nothing: group a, two servers, and group b, three, which runs
// until 19 February 2027.
func example() evaluate.Input {
	s := &inventory.Snapshot{Schema: 1, TakenAt: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	s.Municipalities = []inventory.Municipality{
		{Code: "430", Name: "Faaborg-Midtfyn", Population: 50_000, ITUsersEstimated: 1_000},
		{Code: "461", Name: "Odense", Population: 200_000, ITUsersEstimated: 3_000},
	}
	s.Centres = []inventory.Centre{{ID: "odense", Host: "461", Capacity: inventory.Capacity{VCPUs: 150, MemoryGB: 10_000}}}
	s.Sites = []inventory.Site{{ID: "faaborg", Municipality: "430"}}
	s.Links = []inventory.Link{{ID: "l1", Municipality: "430", Centre: "odense", Mbps: 100, LatencyMS: 6}}
	for _, id := range []string{"a1", "a2", "b1", "b2", "b3"} {
		s.Assets = append(s.Assets, inventory.Asset{ID: id, Municipality: "430", Kind: inventory.KindVM, Name: id,
			OS:      inventory.OS{Name: "Debian", Cycle: "Debian 12", EndOfSupport: date("2030-01-01")},
			Volumes: []inventory.Volume{{TotalBytes: 100e9, UsedBytes: 50e9}},
			Backup:  &inventory.Backup{LastSuccess: s.TakenAt, RestoreOK: ptr(true), CopySite: "faaborg"}})
	}
	s.Assets = append(s.Assets, inventory.Asset{ID: "o1", Municipality: "461", Kind: inventory.KindVM})
	s.Systems = []inventory.System{
		{ID: "ya", Municipality: "430", Name: "A", Users: 200, Owner: "Ældre", Contract: "ca", Criticality: inventory.CriticalityMedium, Assets: []string{"a1", "a2"}},
		{ID: "yb", Municipality: "430", Name: "B", Users: 50, Owner: "Skole", Contract: "cb", Criticality: inventory.CriticalityBusiness, Assets: []string{"b1", "b2", "b3"}},
	}
	s.Contracts = []inventory.Contract{
		{ID: "ca", Municipality: "430", Supplier: "Fictional A/S", Until: date("2026-12-31"), AnnualDKK: 73_000},
		{ID: "cb", Municipality: "430", Supplier: "Fictional A/S", Until: date("2027-12-31"), AnnualDKK: 1_200, NoticeMonths: 6, ExitFeeDKK: 500},
	}
	s.Flows = []inventory.Flow{
		{Municipality: "430", FromIP: "10.0.0.9", ToIP: "10.0.0.1", Port: 443, To: "a1", BytesPerDay: 10.8e9},
		{Municipality: "430", FromIP: "10.0.0.2", ToIP: "10.0.0.3", Port: 1433, From: "a2", To: "b1", BytesPerDay: 5.4e9},
		{Municipality: "430", FromIP: "10.0.0.4", ToIP: "10.0.0.5", Port: 443, From: "b2", To: "b3", BytesPerDay: 1e9},
	}
	a := planner.Group{ID: "ga", Municipality: "430", Centre: "odense", Wave: "430-w1", Assets: []string{"a1", "a2"}, Systems: []string{"ya"},
		Criticality: inventory.CriticalityMedium, Demand: inventory.Capacity{VCPUs: 10, MemoryGB: 40, StorageGB: 200}, TransferGB: 100,
		Cut:   []planner.CutEdge{{Group: "gb", BytesPerDay: 5.4e9, Port: 1433}},
		Start: date("2026-12-21"), Cutover: date("2027-01-05"), End: date("2027-01-15")}
	b := planner.Group{ID: "gb", Municipality: "430", Centre: "odense", Wave: "430-w2", Assets: []string{"b1", "b2", "b3"}, Systems: []string{"yb"},
		Criticality: inventory.CriticalityBusiness, Demand: inventory.Capacity{VCPUs: 20, MemoryGB: 80, StorageGB: 300}, TransferGB: 150,
		Cut:   []planner.CutEdge{{Group: "ga", BytesPerDay: 5.4e9, Port: 1433}},
		Start: date("2027-02-01"), Cutover: date("2027-02-09"), End: date("2027-02-19")}
	wave := func(g planner.Group, n int) planner.Wave {
		return planner.Wave{ID: g.Wave, Number: n, Municipality: "430", Centre: "odense", Groups: []string{g.ID}, Servers: len(g.Assets), Start: g.Start, End: g.End}
	}
	in := evaluate.Input{Snapshot: s, Planning: planner.DefaultSettings(), Settings: evaluate.DefaultSettings()}
	in.Plan = planner.Plan{AsOf: date("2026-12-01"), Deadline: date("2027-12-31"), Snapshot: "abc",
		Assignments: []planner.Assignment{{Municipality: "430", Centre: "odense"}, {Municipality: "461", Centre: "odense", Host: true}},
		Groups:      []planner.Group{a, b}, Waves: []planner.Wave{wave(a, 1), wave(b, 2)},
		Capacity: []planner.CentreLoad{{Centre: "odense", Capacity: s.Centres[0].Capacity, Before: inventory.Capacity{VCPUs: 100, MemoryGB: 400, StorageGB: 4000, Users: 3000}}}}
	in.Planning.PriceServerMove, in.Planning.PriceGroupTest, in.Planning.PriceServerWeekDouble = rng(10, 20, 30), rng(100, 100, 100), rng(7, 14, 21)
	in.Planning.Leases = []planner.Lease{{Municipality: "430", Until: date("2027-02-09"), DKKPerDay: 100}}
	in.Settings.OldSites = map[string]evaluate.Price{"430": price(365, 730, 1_095, "budget 2027")}
	in.Settings.RunningChange = price(0, 0, 0, "")
	return in
}

func run(t *testing.T, in evaluate.Input) evaluate.Evaluation {
	t.Helper()
	e, err := evaluate.Evaluate(in)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(b)) }

func same(t *testing.T, what string, got, want planner.Range) {
	t.Helper()
	if !near(got.Low, want.Low) || !near(got.Likely, want.Likely) || !near(got.High, want.High) {
		t.Errorf("%s is %+v, want %+v", what, got, want)
	}
}
