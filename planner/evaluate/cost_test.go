package evaluate_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
)

// Moves of five servers at 10 / 20 / 30, and two tests at 100. Group a runs twice for 60 days until
// 19 February, b for 18, at 1 / 2 / 3 a server and day. The old site costs 1 / 2 / 3 a day for the 45
// days from 5 January. The lease is over-run by 10 days at 100. Leaving contract cb costs nothing, 500,
// or 500 and half of 1,200. Contract ca is prolonged for 5 days at 200, with nothing or a tenth added,
// or for a year with a quarter added.
func TestCostByHand(t *testing.T) {
	c := run(t, example()).Cost
	want := map[planner.Part]planner.Range{
		planner.PartMove:       rng(50, 100, 150),
		planner.PartTest:       rng(200, 200, 200),
		planner.PartDouble:     rng(120+54, 240+108, 360+162),
		evaluate.PartOldSite:   rng(45, 90, 135),
		evaluate.PartLease:     rng(1000, 1000, 1000),
		planner.PartExit:       rng(0, 500, 1100),
		evaluate.PartExtension: rng(1000, 1100, 91_250),
	}
	if len(c.Parts) != len(want) {
		t.Errorf("%d parts, want %d", len(c.Parts), len(want))
	}
	for _, p := range c.Parts {
		same(t, string(p.Part), *p.Total, want[p.Part])
		if p.Basis.Kind == evaluate.FromSource && p.Basis.Source == "" || p.Basis.Kind == "" {
			t.Errorf("%s stands on %+v", p.Part, p.Basis)
		}
	}
	same(t, "total", c.Total, rng(2469, 3338, 94_357))
	same(t, "2026: eleven days of group a", c.ByYear[0].Direct, rng(22, 44, 66))
	// Seven days of a (2 servers), b (3 servers), the old site, and the lease.
	same(t, "a week earlier", c.WeekEarlier.Total, rng(14+21+7+700, 28+42+14+700, 42+63+21+700))
	if w := c.Weeks[0]; w.Monday != date("2026-12-21") || w.Servers != 2 {
		t.Errorf("first week is %+v, want two servers from 21 December", w)
	}
	same(t, "first week", c.Weeks[0].Total, rng(14, 28, 42))
	last := c.Weeks[len(c.Weeks)-1] // Monday 15 to Thursday 18 February; the lease also counts the 19th
	same(t, "last week", last.Total, rng(4*2+4*3+4*1+5*100, 8*2+8*3+4*2+500, 12*2+12*3+4*3+500))
	if last.Servers != 5 {
		t.Errorf("%d servers run twice in the last week, want 5", last.Servers)
	}
	if len(c.Unknown) != 0 {
		t.Errorf("unknown: %v, want nothing", c.Unknown)
	}
}

// What is not known is listed and leaves the sum as it is.
func TestUnknownIsListedAndNotCounted(t *testing.T) {
	in := example()
	in.Settings.OldSites = nil
	in.Snapshot.Contracts[0].AnnualDKK = 0
	in.Snapshot.Contracts[1].ExitFeeDKK = 0
	in.Snapshot.Contracts = append(in.Snapshot.Contracts, inventory.Contract{ID: "cc", Municipality: "430"})
	in.Snapshot.Systems = append(in.Snapshot.Systems, inventory.System{ID: "yc", Municipality: "430", Contract: "cc"})
	in.Plan.Groups[0].Systems = append(in.Plan.Groups[0].Systems, "yc")
	e := run(t, in)
	same(t, "total", e.Cost.Total, rng(50+200+174+1000, 100+200+348+1000, 150+200+522+1000))
	for i, rule := range []string{"old_site_unknown", "contract_ends_unknown", "exit_fees_unknown", "contract_prices_unknown"} {
		if u := e.Cost.Unknown[i]; u.Rule != rule || u.Params["municipality"] != "430" {
			t.Errorf("unknown %d is %v, want %s", i, u, rule)
		}
	}
	for _, p := range e.Cost.Parts {
		switch p.Part {
		case evaluate.PartOldSite, evaluate.PartExtension, planner.PartExit:
			if p.Total != nil || p.Basis.Kind != evaluate.NotKnown || len(p.Unknown) == 0 {
				t.Errorf("%s is %+v, want unknown and why", p.Part, p)
			}
		default:
			if p.Total == nil || len(p.Unknown) != 0 {
				t.Errorf("%s is %+v, want a figure", p.Part, p)
			}
		}
	}
	if got := e.Outcomes[0].Unknown; len(got) < 4 {
		t.Errorf("the municipality's outcome lists %v", got)
	}
}

// A contract that ended before today can only be prolonged from today on.
func TestExtensionStartsToday(t *testing.T) {
	in := example()
	in.Snapshot.Contracts[0].Until = date("2020-01-01")
	for _, p := range run(t, in).Cost.Parts {
		if p.Part == evaluate.PartExtension {
			same(t, "extension from 1 December to 5 January", *p.Total, rng(36*200, 36*200*1.1, 73_000*1.25))
		}
	}
}

func TestBasisTellsAssumptionFromSource(t *testing.T) {
	in := example()
	of := func(part planner.Part) evaluate.Basis {
		for _, p := range run(t, in).Cost.Parts {
			if p.Part == part {
				return p.Basis
			}
		}
		return evaluate.Basis{}
	}
	if b := of(planner.PartMove); b.Kind != evaluate.FromSource {
		t.Errorf("a price of the cooperation's own stands on %+v", b)
	}
	in.Planning.PriceServerMove = planner.DefaultSettings().PriceServerMove
	if b := of(planner.PartMove); b.Kind != evaluate.Assumption {
		t.Errorf("a default price stands on %+v", b)
	}
	in.Settings.OldSites["430"] = price(1, 2, 3, "")
	if b := of(evaluate.PartOldSite); b.Kind != evaluate.Assumption {
		t.Errorf("an old site without source stands on %+v", b)
	}
}

func TestJointCostsByYear(t *testing.T) {
	in := example()
	in.Settings.Joint = []evaluate.JointCost{{Name: "Programkontor", From: date("2027-01-01"), To: date("2028-12-31"), Price: price(731, 1462, 2193, "budget")}}
	c := run(t, in).Cost
	same(t, "joint", c.Joint, rng(731, 1462, 2193))
	same(t, "2027", c.ByYear[1].Joint, rng(365, 730, 1095))
	same(t, "2028, a leap year", c.ByYear[2].Joint, rng(366, 732, 1098))
	same(t, "direct costs are as before", c.Total, rng(2469, 3338, 94_357))
}

func TestInputThatMakesNoSense(t *testing.T) {
	for name, spoil := range map[string]func(*evaluate.Input){
		"no snapshot":      func(in *evaluate.Input) { in.Snapshot = nil },
		"no plan":          func(in *evaluate.Input) { in.Plan = planner.Plan{} },
		"no servers":       func(in *evaluate.Input) { in.Plan.Groups[0].Assets = nil },
		"no member":        func(in *evaluate.Input) { in.Plan.Groups[0].Municipality = "440" },
		"no horizon":       func(in *evaluate.Input) { in.Settings.Economy.Years = 0 },
		"points unordered": func(in *evaluate.Input) { in.Settings.RunningChange = price(3, 2, 1, "") },
		"negative price":   func(in *evaluate.Input) { in.Settings.OldSites["430"] = price(-1, 2, 3, "") },
		"empty key":        func(in *evaluate.Input) { in.Settings.Keys = []evaluate.Key{{Name: "nothing"}} },
		"joint backwards": func(in *evaluate.Input) {
			in.Settings.Joint = []evaluate.JointCost{{From: date("2027-01-02"), To: date("2027-01-01")}}
		},
		"negative weight": func(in *evaluate.Input) {
			in.Settings.Risk.Weights = map[evaluate.Factor]float64{evaluate.Churn: -1}
		},
	} {
		in := example()
		spoil(&in)
		if _, err := evaluate.Evaluate(in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestGroupsWithoutDateAreCountedAsUnknown(t *testing.T) {
	in := example()
	in.Plan.Groups[1].Wave = ""
	in.Plan.Waves = in.Plan.Waves[:1]
	unknown := run(t, in).Cost.Unknown
	if len(unknown) != 1 || unknown[0].Rule != "groups_without_date" || unknown[0].Params["count"] != "1" {
		t.Errorf("unknown: %v, want the group without a date", unknown)
	}
}

// Settings are read from a file over the defaults, and unknown keys are errors there.
func TestSettingsSurviveTheirYAML(t *testing.T) {
	in := example()
	in.Settings.Risk.TestedGroup = map[string]bool{"ga": true}
	in.Settings.Joint = []evaluate.JointCost{{Name: "program", From: date("2027-01-01"), To: date("2027-12-31"), Price: price(1, 2, 3, "budget")}}
	data, err := yaml.Marshal(in.Settings)
	if err != nil {
		t.Fatal(err)
	}
	var back evaluate.Settings
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(in.Settings, back, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("settings changed on the way (- before, + after):\n%s\n%s", d, data)
	}
}
