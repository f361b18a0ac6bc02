package evaluate_test

import (
	"math"
	"testing"

	"github.com/samdrift/samdrift/planner/evaluate"
)

// 44 kroner fall in 2026 and 3,294 in 2027. The running cost falls by 365 a year after 19 February 2027:
// by 316 in the 316 days that are left of 2027, by 365 in 2028.
func TestNetPresentValueByHand(t *testing.T) {
	in := example()
	in.Settings.Economy.Years = 2
	in.Settings.RunningChangeOf = map[string]evaluate.Price{"430": price(-365, -365, -365, "")}
	v := run(t, in).Value
	want := -44 - (3294-316)/1.035 + 365/(1.035*1.035)
	if !near(v.NPV.Likely, want) {
		t.Errorf("NPV is %+v, want %g", v.NPV, want)
	}
	if !near(v.Socio.Likely, want*1.28) || !near(v.SocioDistorted.Likely, want*1.28*1.1) {
		t.Errorf("in consumer prices it is %g and %g, want %g and a tenth more", v.Socio.Likely, v.SocioDistorted.Likely, want*1.28)
	}
	if len(v.Years) != 3 || v.Years[2].Year != 2028 || !near(v.Years[2].Budget.Likely, -365*1.025*1.025) {
		t.Errorf("years are %+v", v.Years)
	}
	if v.NPV.Low > v.NPV.Likely || v.NPV.Likely > v.NPV.High {
		t.Errorf("%+v is out of order", v.NPV)
	}
}

// The guidance's rates: 3.5 % up to year 35, 2.5 % for each year after.
func TestDiscountChangesAfterYear35(t *testing.T) {
	in := example()
	in.Settings.Economy.Years = 40
	years := run(t, in).Value.Years
	for year, want := range map[int]float64{0: 1, 1: 1 / 1.035, 35: math.Pow(1.035, -35), 36: math.Pow(1.035, -35) / 1.025, 40: math.Pow(1.035, -35) * math.Pow(1.025, -5)} {
		if got := years[year].Discount; !near(got, want) {
			t.Errorf("factor of year %d is %g, want %g", year, got, want)
		}
	}
}

func TestWinnersLosersAndNeither(t *testing.T) {
	in := example()
	verdict := func(low, likely, high float64) evaluate.Verdict {
		in.Settings.RunningChangeOf = map[string]evaluate.Price{"430": price(low, likely, high, "")}
		return run(t, in).Outcomes[0].Verdict
	}
	for _, c := range []struct {
		low, likely, high float64
		want              evaluate.Verdict
	}{{-30_000, -25_000, -20_000, evaluate.Gains}, {0, 0, 0, evaluate.Loses}, {-30_000, 0, 30_000, evaluate.Either}} {
		if got := verdict(c.low, c.likely, c.high); got != c.want {
			t.Errorf("a change of %g to %g a year: %s, want %s", c.low, c.high, got, c.want)
		}
	}
	if o := run(t, in).Outcomes[1]; o.Municipality != "461" || o.NPV.Likely != 0 || o.Verdict != evaluate.Unmoved {
		t.Errorf("the host, which moves nothing, comes out at %+v", o)
	}
}

// 250,000 of the country's people live here; the grant for all is 195 million for 2026 to 2029.
func TestFunding(t *testing.T) {
	in := example()
	in.Settings.Grants = []evaluate.Grant{{Year: 2027, DKK: 1_000, Source: "tilsagn"}, {Year: 2027, DKK: 500, Source: "tilsagn"}, {Year: 2030, DKK: 7}}
	f := run(t, in).Funding
	if f.National.DKK != 195_000_000 || *f.PopulationOf < 0.04 || *f.PopulationOf > 0.05 || !near(*f.Yardstick, 195e6**f.PopulationOf) || f.Basis.Source == "" {
		t.Errorf("funding is %+v", f)
	}
	if len(f.Years) != 5 || f.Years[0].Granted != nil || f.Years[0].Gap != nil || f.Years[4].Inside || !f.Years[1].Inside {
		t.Fatalf("years are %+v", f.Years)
	}
	y := f.Years[1]
	if *y.Granted != 1_500 || !near(y.Gap.Likely, 3294-1500) || y.Basis.Source != "tilsagn" {
		t.Errorf("2027 is %+v, want a gap of 1,794", y)
	}
	same(t, "sum", y.Sum, rng(2469, 3338, 94_357))
	if !near(y.Left.Low, *f.Yardstick-94_357) || !near(y.Left.High, *f.Yardstick-2469) {
		t.Errorf("left is %+v", y.Left)
	}
	in.Snapshot.Municipalities[0].Population = 0
	if f := run(t, in).Funding; f.PopulationOf != nil || f.Yardstick != nil || f.Years[1].Left != nil {
		t.Errorf("with a population unknown: %+v, want no yardstick", f)
	}
	if g := f.Years[4]; g.Basis.Kind != evaluate.Assumption || !near(g.Gap.Likely, -7) {
		t.Errorf("a grant without source is %+v", g)
	}
}

// One municipality, five servers, 500 a server at once over the 395 days from 1 December 2026 to the
// deadline, of which 31 fall in 2026, and 10 a server and year from 31 December 2027 on.
func TestComparisonByTheSameFormulas(t *testing.T) {
	in := example()
	in.Settings.Economy.Years = 2
	in.Settings.Options = []evaluate.Option{{Key: "market", PerServer: price(500, 500, 500, ""), PerMunicipality: price(1450, 1450, 1450, "tilbud"), RunningChange: price(10, 10, 10, ""), LeavesContracts: true}}
	e := run(t, in)
	if len(e.Comparison) != 2 || e.Comparison[0].Key != evaluate.PlanKey || e.Comparison[0].NPV != e.Value.NPV {
		t.Fatalf("comparison is %+v", e.Comparison)
	}
	c := e.Comparison[1]
	same(t, "one-off", c.OneOff, rng(3950, 3950+500, 3950+1100))
	same(t, "running", c.RunningChange, rng(50, 50, 50))
	want := -310 - (3950-310+500+50.0/365)/1.035 - 50/(1.035*1.035)
	if !near(c.NPV.Likely, want) {
		t.Errorf("NPV is %g, want %g", c.NPV.Likely, want)
	}
	if c.Basis[0].Basis.Kind != evaluate.FromSource || c.Basis[1].Basis.Kind != evaluate.Assumption {
		t.Errorf("it stands on %+v", c.Basis)
	}
}
