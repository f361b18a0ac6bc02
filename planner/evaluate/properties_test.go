package evaluate_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
)

// country makes up a plan of some municipalities for one or two centres, and the estate it stands on,
// with the gaps that real ones have.
func country(r *rand.Rand, municipalities, groups int) evaluate.Input {
	in := evaluate.Input{Snapshot: &inventory.Snapshot{}, Planning: planner.DefaultSettings(), Settings: evaluate.DefaultSettings()}
	in.Plan = planner.Plan{AsOf: date("2026-11-22"), Deadline: date("2027-12-31")}
	in.Settings.OldSites = map[string]evaluate.Price{}
	in.Settings.Joint = []evaluate.JointCost{{Name: "program", From: date("2026-12-01"), To: date("2029-06-30"), Price: price(1e6, 3e6, 7e6, "")}}
	s, p := in.Snapshot, &in.Plan
	centres := []string{"odense", "aarhus", "aalborg", "roskilde", "kolding"}
	for m := range municipalities {
		code, centre := fmt.Sprintf("%03d", 100+m), centres[m%len(centres)]
		s.Municipalities = append(s.Municipalities, inventory.Municipality{Code: code, Population: 10_000 + r.IntN(90_000), ITUsersEstimated: r.IntN(5) * 900})
		p.Assignments = append(p.Assignments, planner.Assignment{Municipality: code, Centre: centre})
		if r.IntN(3) > 0 {
			low := float64(r.IntN(400_000))
			in.Settings.OldSites[code] = price(low, low+1e5, low+2e5, "")
		}
		if r.IntN(3) > 0 {
			s.Links = append(s.Links, inventory.Link{Municipality: code, Centre: centre, Mbps: 100 + r.IntN(900), LatencyMS: float64(r.IntN(9))})
		}
		var before string
		for g := range groups {
			group(r, &in, code, centre, g, &before)
		}
	}
	for _, c := range centres {
		p.Capacity = append(p.Capacity, planner.CentreLoad{Centre: c, Capacity: inventory.Capacity{VCPUs: r.IntN(2000), MemoryGB: 1000}, Before: inventory.Capacity{VCPUs: r.IntN(500)}})
	}
	s.Sort()
	return in
}

// group adds one group with its servers, system, contract, traffic and wave.
func group(r *rand.Rand, in *evaluate.Input, code, centre string, n int, before *string) {
	s, p := in.Snapshot, &in.Plan
	id, wave := fmt.Sprintf("%s-g%03d", code, n), fmt.Sprintf("%s-w%d", code, n/6+1)
	g := planner.Group{ID: id, Municipality: code, Centre: centre, Criticality: inventory.Criticality(r.IntN(5)), Foundation: n == 0,
		Demand: inventory.Capacity{VCPUs: r.IntN(40), MemoryGB: r.IntN(200), StorageGB: r.IntN(2000)}, TransferGB: float64(r.IntN(3000))}
	for k := range 1 + r.IntN(6) {
		a := inventory.Asset{ID: fmt.Sprintf("%s-s%d", id, k), Municipality: code, Kind: inventory.KindVM}
		if r.IntN(2) == 0 {
			a.OS = inventory.OS{Name: "Windows Server", Cycle: "Windows Server 2016", EndOfSupport: date("2027-01-12")}
			a.Backup = &inventory.Backup{LastSuccess: p.AsOf.Time(), CopySite: "elsewhere"}
		}
		s.Assets, g.Assets = append(s.Assets, a), append(g.Assets, a.ID)
		if *before != "" {
			s.Flows = append(s.Flows, inventory.Flow{Municipality: code, From: a.ID, To: *before, Port: []int{443, 1433}[r.IntN(2)], BytesPerDay: int64(r.IntN(1e9))})
		}
		*before = a.ID
	}
	contract := inventory.Contract{ID: "c" + id, Municipality: code, NoticeMonths: r.IntN(12), AnnualDKK: int64(r.IntN(3)) * 200_000, ExitFeeDKK: int64(r.IntN(3)) * 50_000}
	if r.IntN(4) > 0 {
		contract.Until = p.AsOf.AddDays(r.IntN(900) - 100)
	}
	s.Contracts = append(s.Contracts, contract)
	s.Systems = append(s.Systems, inventory.System{ID: "y" + id, Municipality: code, Contract: contract.ID, Users: r.IntN(4) * 100})
	g.Systems = []string{"y" + id}
	if r.IntN(10) > 0 {
		g.Wave, g.Start = wave, p.AsOf.AddDays(28+n/6*30+r.IntN(10))
		g.Cutover, g.End = g.Start+7, g.Start+17
		if last := len(p.Waves) - 1; last >= 0 && p.Waves[last].ID == wave {
			w := &p.Waves[last]
			w.Start, w.End, w.Servers, w.Groups = min(w.Start, g.Start), max(w.End, g.End), w.Servers+len(g.Assets), append(w.Groups, id)
		} else {
			p.Waves = append(p.Waves, planner.Wave{ID: wave, Number: n/6 + 1, Municipality: code, Centre: centre, Groups: []string{id}, Servers: len(g.Assets), Start: g.Start, End: g.End})
		}
	}
	p.Groups = append(p.Groups, g)
}

func drawn(t *rapid.T) evaluate.Input {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	return country(r, rapid.IntRange(1, 8).Draw(t, "municipalities"), rapid.IntRange(0, 20).Draw(t, "groups"))
}

func evaluated(t *rapid.T, in evaluate.Input) evaluate.Evaluation {
	e, err := evaluate.Evaluate(in)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func shuffle[T any](s []T) {
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// equal compares sums of whole kroner exactly.
func equal(t *rapid.T, what string, got, want planner.Range) {
	if got != want {
		t.Fatalf("%s sums to %+v, want %+v", what, got, want)
	}
}

// However the money is parted, it is the same money, to the krone and to the øre.
func TestSumsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := evaluated(t, drawn(t))
		c := e.Cost
		var parts, running, direct, joint, municipalities, weeks, earlier planner.Range
		for _, p := range c.Parts {
			if p.Total == nil {
				continue
			}
			parts = parts.Plus(*p.Total)
			if p.Part == planner.PartDouble || p.Part == evaluate.PartOldSite || p.Part == evaluate.PartLease {
				running = running.Plus(*p.Total)
			}
		}
		for _, y := range c.ByYear {
			direct, joint = direct.Plus(y.Direct), joint.Plus(y.Joint)
			equal(t, "year", y.Total, y.Direct.Plus(y.Joint))
		}
		for _, m := range c.ByMunicipality {
			municipalities = municipalities.Plus(m.Total)
		}
		for _, w := range c.Weeks {
			weeks = weeks.Plus(w.Total)
		}
		for _, m := range c.WeekEarlier.ByMunicipality {
			earlier = earlier.Plus(m.Total)
		}
		equal(t, "parts", parts, c.Total)
		equal(t, "direct costs of the years", direct, c.Total)
		equal(t, "joint costs of the years", joint, c.Joint)
		equal(t, "municipalities", municipalities, c.Total)
		equal(t, "weeks", weeks, running)
		equal(t, "a week earlier", earlier, c.WeekEarlier.Total)
		for _, a := range e.Allocations {
			var sum evaluate.Ore
			for _, s := range a.Shares {
				sum = evaluate.Ore{Low: sum.Low + s.Amount.Low, Likely: sum.Likely + s.Amount.Likely, High: sum.High + s.Amount.High}
			}
			if len(a.Shares) > 0 && (sum != a.Total || a.Total != evaluate.OreOf(c.Joint)) {
				t.Fatalf("key %s shares %+v of %+v", a.Key.Name, sum, a.Total)
			}
			if (len(a.Shares) == 0) == (len(a.Unknown) == 0) {
				t.Fatalf("key %s shares %d and lacks %v", a.Key.Name, len(a.Shares), a.Unknown)
			}
		}
	})
}

// Present values: the municipalities' sum to the plan's, ranges are in order, and money later counts less.
func TestValueLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t)
		in.Settings.Keys = []evaluate.Key{{Name: "equal", Equal: 1}}
		e := evaluated(t, in)
		var sum planner.Range
		for _, o := range e.Outcomes {
			sum = sum.Plus(o.NPV)
		}
		if off := math.Abs(sum.Likely-e.Value.NPV.Likely) + math.Abs(sum.Low-e.Value.NPV.Low) + math.Abs(sum.High-e.Value.NPV.High); off > 1 {
			t.Fatalf("municipalities sum to %+v, the plan is worth %+v", sum, e.Value.NPV)
		}
		for _, c := range e.Comparison {
			if c.NPV.Low > c.NPV.Likely || c.NPV.Likely > c.NPV.High || c.Socio.Likely > 0 != (c.NPV.Likely > 0) {
				t.Fatalf("%s is out of order: %+v", c.Key, c)
			}
		}
		for i, y := range e.Value.Years[1:] {
			if y.Discount >= e.Value.Years[i].Discount {
				t.Fatalf("year %d counts as much as the year before", y.Year)
			}
		}
		in.Settings.RunningChange.High += 100
		in.Settings.RunningChange.Likely += 50
		if dearer := evaluated(t, in).Value.NPV; dearer.Likely > e.Value.NPV.Likely || dearer.Low > e.Value.NPV.Low {
			t.Fatalf("dearer running made %+v of %+v", dearer, e.Value.NPV)
		}
	})
}

// Probabilities lie between 0 and 1 and widen with what is not known; a wave is never safer than its
// riskiest group; loads never shrink below production; and the same input in any order gives the same
// bytes.
func TestRiskAndLoadLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t)
		e := evaluated(t, in)
		worst, matrix := map[string]float64{}, 0
		for _, g := range e.Risk.Groups {
			if !(0 < g.P.Low && g.P.Low <= g.P.Likely && g.P.Likely <= g.P.High && g.P.High < 1) {
				t.Fatalf("probability of %s is %+v", g.Group, g.P)
			}
			worst[g.Wave] = max(worst[g.Wave], g.P.Likely)
		}
		for _, w := range e.Risk.Waves {
			if w.P.Likely < worst[w.Wave]-1e-12 || w.P.High > 1 {
				t.Fatalf("wave %s has %+v, its riskiest group %g", w.Wave, w.P, worst[w.Wave])
			}
		}
		for _, row := range e.Risk.Matrix {
			for _, n := range row {
				matrix += n
			}
		}
		if matrix+e.Risk.ImpactUnknown != len(e.Risk.Groups) {
			t.Fatalf("%d groups in the matrix and %d unknown, of %d", matrix, e.Risk.ImpactUnknown, len(e.Risk.Groups))
		}
		for _, s := range e.Capacity {
			if s.Peak.VCPUs < s.After.VCPUs || s.Peak.VCPUs < s.Before.VCPUs || s.After.Users < s.Before.Users {
				t.Fatalf("centre carries %+v", s)
			}
		}
		for _, l := range e.Links {
			if l.CrossingGB < 0 || l.BackupMbps.Low > l.BackupMbps.High || (l.Share == nil) != (l.Mbps == 0) || len(l.Chatty) > l.ChattyAll {
				t.Fatalf("link bears %+v", l)
			}
		}
		a, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		shuffle(in.Snapshot.Assets)
		shuffle(in.Snapshot.Systems)
		shuffle(in.Snapshot.Flows)
		shuffle(in.Snapshot.Links)
		shuffle(in.Snapshot.Contracts)
		shuffle(in.Snapshot.Municipalities)
		shuffle(in.Plan.Assignments)
		if b, _ := json.Marshal(evaluated(t, in)); string(a) != string(b) {
			t.Fatal("the order of the input changed the bytes")
		}
	})
}

// The evaluation reads the plan's own figures out of the same ledger, and ends each centre where the
// plan does.
func TestAgreesWithThePlan(t *testing.T) {
	in := example()
	s := in.Snapshot
	s.Centres[0].Capacity = inventory.Capacity{VCPUs: 1000, MemoryGB: 10_000, StorageGB: 100_000, Users: 10_000}
	plan, err := planner.Propose(planner.Input{Snapshot: s, AsOf: in.Plan.AsOf, Settings: in.Planning})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Waves) == 0 {
		t.Fatal("the plan moves nothing, so that this test shows nothing")
	}
	in.Plan = plan
	e := run(t, in)
	parts := map[planner.Part]planner.Range{}
	for _, p := range e.Cost.Parts {
		if p.Total != nil {
			parts[p.Part] = *p.Total
		}
	}
	for what, c := range map[string]struct{ got, want planner.Range }{
		"moves and tests": {parts[planner.PartMove].Plus(parts[planner.PartTest]), plan.Cost.Move},
		"double running":  {parts[planner.PartDouble], plan.Cost.DoubleRunning},
		"early exit":      {parts[planner.PartExit], plan.Cost.EarlyExit},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, the plan says %+v", what, c.got, c.want)
		}
	}
	if last := e.Capacity[len(e.Capacity)-1]; last.After != plan.Capacity[0].After {
		t.Errorf("the centre ends at %+v, the plan says %+v", last.After, plan.Capacity[0].After)
	}
}

// A country of 98 municipalities, 6,000 groups and about 21,000 servers, and one ten times as large.
func BenchmarkNation(b *testing.B) {
	for _, municipalities := range []int{98, 980} {
		b.Run(fmt.Sprint(municipalities), func(b *testing.B) {
			in := country(rand.New(rand.NewPCG(98, 1)), municipalities, 61)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := evaluate.Evaluate(in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(in.Plan.Groups)), "groups")
			b.ReportMetric(float64(len(in.Snapshot.Assets)), "servers")
		})
	}
}
