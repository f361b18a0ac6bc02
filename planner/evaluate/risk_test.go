package evaluate_test

import (
	"math"
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
)

func logistic(odds float64) float64 { return 1 / (1 + math.Exp(-odds)) }

// calm answers all that the example leaves open, so that every factor of both groups is known.
func calm() evaluate.Input {
	in := example()
	in.Settings.Risk.TestedGroup = map[string]bool{"ga": true, "yb": true}
	in.Planning.StaffTransfers = []planner.StaffTransfer{{Municipality: "430", On: date("2026-12-31"), Crews: 1}}
	return in
}

// Group a has two servers, both with traffic, one cut edge to a system with an owner, and 100 GB of which
// 2 GB change a day. Its 200 users lose 2, 6 or 24 hours if it goes wrong; of medium criticality an hour
// counts twice.
func TestRiskOfAGroupByHand(t *testing.T) {
	r := run(t, calm()).Risk
	g := r.Groups[0]
	p := logistic(-3 + 0.6*0.02)
	same(t, "probability", g.P, rng(p, p, p))
	same(t, "user-hours", *g.UserHours, rng(400, 1200, 4800))
	same(t, "weighted", *g.Weighted, rng(800, 2400, 9600))
	same(t, "expected", *g.Expected, rng(400*p, 1200*p, 4800*p))
	if g.Likelihood != 1 || g.Impact != 3 || r.Matrix[0][2] != 2 {
		t.Errorf("cell is %d, %d in %v, want 1, 3 with both groups in it", g.Likelihood, g.Impact, r.Matrix)
	}
	if len(g.Factors) != len(evaluate.Factors) {
		t.Errorf("%d factors named, want all %d", len(g.Factors), len(evaluate.Factors))
	}
}

// Both groups in one wave: 1 - (1-p)(1-q).
func TestRiskOfAWaveByHand(t *testing.T) {
	in := calm()
	in.Plan.Groups[1].Wave = "430-w1"
	in.Plan.Waves = in.Plan.Waves[:1]
	r := run(t, in).Risk
	p, q := r.Groups[0].P.Likely, r.Groups[1].P.Likely
	w := r.Waves[0]
	if want := 1 - (1-p)*(1-q); !near(w.P.Likely, want) {
		t.Errorf("probability is %g, want %g", w.P.Likely, want)
	}
	if want := r.Groups[0].Expected.Likely + r.Groups[1].Expected.Likely; !near(w.Expected.Likely, want) || !near(r.Expected.Likely, want) {
		t.Errorf("expected user-hours are %g and %g, want %g", w.Expected.Likely, r.Expected.Likely, want)
	}
	if w.Impact != 3 {
		t.Errorf("impact is %d, want that of the worse group", w.Impact)
	}
}

// Each factor, made worse or unknown alone, raises the probability or opens a range.
func TestEveryFactorCounts(t *testing.T) {
	before := run(t, calm()).Risk.Groups[0]
	for factor, c := range map[evaluate.Factor]struct {
		worse, unknown func(*evaluate.Input)
		value          float64
	}{
		evaluate.UnknownDependencies: {worse: func(in *evaluate.Input) { in.Snapshot.Flows, in.Snapshot.Systems[1].Owner = nil, "" }, value: 1},
		evaluate.EndOfLife: {value: 0.5,
			worse:   func(in *evaluate.Input) { in.Snapshot.Assets[0].OS.EndOfSupport = date("2027-01-04") },
			unknown: func(in *evaluate.Input) { in.Snapshot.Assets[0].OS.EndOfSupport = 0 }},
		evaluate.Size: {worse: func(in *evaluate.Input) { in.Planning.ServersPerCrewNight = 1 }, value: 1},
		evaluate.Churn: {value: 1,
			worse:   func(in *evaluate.Input) { in.Plan.Groups[0].TransferGB = 9_000 },
			unknown: func(in *evaluate.Input) { in.Snapshot.Assets[1].Volumes = nil }},
		evaluate.Appliance: {value: 0.5,
			worse:   func(in *evaluate.Input) { in.Snapshot.Assets[0].OS = inventory.OS{Name: "BoxOS"} },
			unknown: func(in *evaluate.Input) { in.Snapshot.Assets[0].OS = inventory.OS{} }},
		evaluate.NoRollback: {value: 0.75, // one has none, the other's was never tried
			worse: func(in *evaluate.Input) {
				in.Snapshot.Assets[0].Backup, in.Snapshot.Assets[1].Backup = &inventory.Backup{}, &inventory.Backup{LastSuccess: in.Snapshot.TakenAt}
			},
			unknown: func(in *evaluate.Input) { in.Snapshot.Assets[1].Backup = nil }},
		evaluate.NoTest: {value: 1,
			worse:   func(in *evaluate.Input) { in.Settings.Risk.TestedGroup["ya"] = false },
			unknown: func(in *evaluate.Input) { delete(in.Settings.Risk.TestedGroup, "ga") }},
		evaluate.StaffNotTransferred: {value: 1,
			worse:   func(in *evaluate.Input) { in.Planning.StaffTransfers[0].On = date("2027-01-06") },
			unknown: func(in *evaluate.Input) { in.Planning.StaffTransfers = nil }},
	} {
		t.Run(string(factor), func(t *testing.T) {
			find := func(spoil func(*evaluate.Input)) (evaluate.GroupRisk, evaluate.FactorValue) {
				in := calm()
				spoil(&in)
				g := run(t, in).Risk.Groups[0]
				for _, f := range g.Factors {
					if f.Factor == factor {
						return g, f
					}
				}
				t.Fatal("the factor is not named")
				return g, evaluate.FactorValue{}
			}
			g, f := find(c.worse)
			if f.Value == nil || !near(*f.Value, c.value) || g.P.Likely <= before.P.Likely {
				t.Errorf("value is %+v, probability %g, want %g and more than %g", f, g.P.Likely, c.value, before.P.Likely)
			}
			if c.unknown == nil {
				return // what is not known is itself what this factor counts
			}
			if g, f = find(c.unknown); f.Value != nil || g.P.Low >= g.P.Likely || g.P.Likely >= g.P.High {
				t.Errorf("unknown gives %+v and %+v, want no value and a range", f, g.P)
			}
		})
	}
}

func TestUnknownUsersHaveNoPlaceInTheMatrix(t *testing.T) {
	in := calm()
	in.Snapshot.Systems[1].Users = 0
	r := run(t, in).Risk
	g := r.Groups[1]
	if g.Users != nil || g.Expected != nil || g.Impact != 0 || r.ImpactUnknown != 1 || r.Waves[1].ImpactUnknown != 1 {
		t.Errorf("group is %+v, %d unknown in all", g, r.ImpactUnknown)
	}
	placed := 0
	for _, row := range r.Matrix {
		for _, n := range row {
			placed += n
		}
	}
	if placed != 1 {
		t.Errorf("%d groups are in the matrix, want one", placed)
	}
	in.Plan.Groups[1].Foundation = true
	if u := run(t, in).Risk.Groups[1].Users; u == nil || u.Likely != 1_000 {
		t.Errorf("a foundation has %v users, want everyone", u)
	}
}

func TestUsersOfSeveralSystemsMayOverlap(t *testing.T) {
	in := calm()
	in.Plan.Groups[0].Systems = []string{"ya", "yb"}
	same(t, "users", *run(t, in).Risk.Groups[0].Users, rng(200, 200, 250))
	in.Snapshot.Municipalities[0].ITUsersEstimated = 220
	same(t, "users of a small municipality", *run(t, in).Risk.Groups[0].Users, rng(200, 200, 220))
}
