package scenario_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

var today = inventory.NewDate(2026, time.November, 21)

// base is an invented cooperation: two centres, and three municipalities of eight servers that move.
func base() planner.Input {
	s := inventory.Snapshot{Schema: 1, TakenAt: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), Demo: true}
	for _, m := range []struct {
		code, name string
		lat, lon   float64
	}{{"420", "Assens", 55.27, 9.90}, {"430", "Faaborg-Midtfyn", 55.10, 10.24}, {"450", "Nyborg", 55.31, 10.79}, {"461", "Odense", 55.40, 10.39}, {"479", "Svendborg", 55.06, 10.61}} {
		s.Municipalities = append(s.Municipalities, inventory.Municipality{Code: m.code, Name: m.name, Latitude: m.lat, Longitude: m.lon, ITUsersEstimated: 2000})
		for i := range 8 {
			s.Assets = append(s.Assets, inventory.Asset{ID: fmt.Sprintf("s%s-%d", m.code, i), Municipality: m.code, Kind: inventory.KindVM, Name: fmt.Sprintf("%s-app%d", m.name, i),
				VCPUs: 4, MemoryBytes: 16 << 30, Volumes: []inventory.Volume{{Name: "C:", TotalBytes: 100e9, UsedBytes: 60e9}}, Criticality: inventory.Criticality(1 + i%4)})
		}
		for _, centre := range []string{"odense", "svendborg"} {
			s.Links = append(s.Links, inventory.Link{ID: m.code + centre, Municipality: m.code, Centre: centre, Mbps: 1000})
		}
	}
	for _, c := range []struct{ id, host string }{{"odense", "461"}, {"svendborg", "479"}} {
		s.Centres = append(s.Centres, inventory.Centre{ID: c.id, Name: c.id, Host: c.host, Capacity: inventory.Capacity{VCPUs: 500, MemoryGB: 4000, StorageGB: 90_000, Users: 20_000}})
	}
	s.Sort()
	settings := planner.DefaultSettings()
	settings.Search = 500 // a quick plan differs as well as a good one
	return planner.Input{Snapshot: &s, AsOf: today, Settings: settings, Freezes: planner.DefaultFreezes(today, settings.Deadline)}
}

func propose(t interface {
	Helper()
	Fatal(...any)
}, in planner.Input) planner.Plan {
	t.Helper()
	p, err := planner.Propose(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// with gives the difference that some changes make to the base.
func with(t *testing.T, changes ...scenario.Change) scenario.Difference {
	t.Helper()
	in, err := scenario.Apply(base(), changes)
	if err != nil {
		t.Fatal(err)
	}
	return scenario.Compare(scenario.Side{Name: "a", Plan: propose(t, base())}, scenario.Side{Name: "b", Plan: propose(t, in), Changes: changes})
}

func setting(name, value string) scenario.Change {
	return scenario.Change{Kind: scenario.Setting, Setting: name, Value: json.RawMessage(value)}
}

func date(text string) inventory.Date {
	d, err := inventory.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// Each kind of change does what it says, and the difference names it as the cause.
func TestEachChangeIsSeenAndNamed(t *testing.T) {
	first := func(d scenario.Difference) scenario.GroupRow {
		t.Helper()
		if len(d.Groups) == 0 {
			t.Fatal("no group differs")
		}
		return d.Groups[0]
	}
	group := propose(t, base()).Groups[0] // of Assens
	night := group.Cutover.AddDays(28)
	for name, c := range map[string]struct {
		change scenario.Change
		check  func(scenario.Difference) bool
	}{
		"leave": {scenario.Change{Kind: scenario.Leave, Municipality: "420"}, func(d scenario.Difference) bool {
			return len(d.Centres) == 1 && d.Centres[0].Municipality == "420" && d.Centres[0].To == "" && first(d).What == scenario.Dissolved && d.After.Servers == d.Before.Servers-8
		}},
		"join": {scenario.Change{Kind: scenario.Join, Municipality: "482", Servers: 5}, func(d scenario.Difference) bool {
			return d.After.Servers == d.Before.Servers+5 && d.Centres[0].Municipality == "482" && d.Centres[0].To == "svendborg"
		}},
		"agreement": {scenario.Change{Kind: scenario.Agreement, Municipality: "450", State: inventory.StateAgreement, Centre: "svendborg", Window: "Q3 2027"}, func(d scenario.Difference) bool {
			return d.Centres[0].To == "svendborg" && slices.ContainsFunc(d.Groups, func(r scenario.GroupRow) bool { return r.Municipality == "450" && r.To >= date("2027-07-01") })
		}},
		"choose": {scenario.Change{Kind: scenario.Choose, Municipality: "420", Centre: "svendborg"}, func(d scenario.Difference) bool {
			return len(d.Centres) == 1 && d.Centres[0].From == "odense" && d.Centres[0].To == "svendborg" && d.After.UserKM > 0
		}},
		"capacity": {scenario.Change{Kind: scenario.Capacity, Centre: "odense", Capacity: &inventory.Capacity{VCPUs: 90, MemoryGB: 4000, StorageGB: 90_000, Users: 20_000}}, func(d scenario.Difference) bool {
			return len(d.Centres) > 0 && d.Centres[0].From == "odense" && d.Centres[0].To == "svendborg"
		}},
		"link": {scenario.Change{Kind: scenario.Link, Municipality: "420", Centre: "odense", Mbps: 5}, func(d scenario.Difference) bool {
			return first(d).Municipality == "420" && first(d).Days > 0 && strings.Contains(d.Words(first(d).Causes[0]), "seeding rejects")
		}},
		"setting": {setting("lead_days", "60"), func(d scenario.Difference) bool {
			return first(d).Days > 0 && first(d).Causes[0].How == "lead_time" && first(d).Causes[0].Days > 0
		}},
		"price": {setting("price_server_move_dkk", `{"low": 1, "likely": 2, "high": 3}`), func(d scenario.Difference) bool {
			return len(d.Groups) == 0 && len(d.Costs) == 3 && d.Costs[0].Likely < 0 && d.Costs[0].Causes[0].How == scenario.Direct
		}},
		"freeze": {scenario.Change{Kind: scenario.Freeze, From: group.Cutover, To: group.Cutover.AddDays(20), Municipality: "420", Name: "Budget"}, func(d scenario.Difference) bool {
			return slices.ContainsFunc(d.Groups, func(r scenario.GroupRow) bool {
				return r.Group == group.ID && r.Days > 0 && r.Causes[0].How == "freeze"
			})
		}},
		"pin": {scenario.Change{Kind: scenario.Pin, Group: group.ID, Date: night}, func(d scenario.Difference) bool {
			i := slices.IndexFunc(d.Groups, func(r scenario.GroupRow) bool { return r.Group == group.ID })
			return i >= 0 && d.Groups[i].To == night && d.Groups[i].Causes[0].How == scenario.Direct
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := with(t, c.change)
			if !c.check(d) {
				t.Errorf("%s: %+v", c.change, d)
			}
			for _, r := range d.Groups {
				if len(r.Causes) == 0 {
					t.Errorf("group %s differs for no cause", r.Group)
				}
			}
		})
	}
}

// More crews at one centre never make the plan worse, and the groups that gain say so.
func TestCrews(t *testing.T) {
	few := []scenario.Change{{Kind: scenario.Crews, Crews: 1}}
	more := append(slices.Clone(few), scenario.Change{Kind: scenario.Crews, Centre: "odense", Crews: 3, From: today})
	a, err := scenario.Apply(base(), few)
	if err != nil {
		t.Fatal(err)
	}
	b, err := scenario.Apply(base(), more)
	if err != nil {
		t.Fatal(err)
	}
	if want := []planner.CrewChange{{Centre: "odense", On: today, Crews: 2}}; a.Settings.CrewsPerCentre != 1 || cmp.Diff(want, b.Settings.CrewChanges) != "" {
		t.Errorf("settings %+v", b.Settings)
	}
	d := scenario.Compare(scenario.Side{Name: "few", Plan: propose(t, a), Changes: few}, scenario.Side{Name: "more", Plan: propose(t, b), Changes: more})
	if len(d.Changes) != 1 || d.Changes[0].Centre != "odense" || d.Changes[0].Only != scenario.OnlyTo {
		t.Errorf("changes %+v", d.Changes)
	}
}

// Nobody is cut over while a centre has no crew, and its crews come back.
func TestCrewsAreAwayForAWhile(t *testing.T) {
	from, to := date("2026-12-28"), date("2027-02-28")
	d := with(t, scenario.Change{Kind: scenario.Crews, Centre: "odense", From: from, To: to})
	if len(d.Groups) == 0 || !d.After.Feasible {
		t.Fatalf("%d groups differ, feasible %v", len(d.Groups), d.After.Feasible)
	}
	for _, r := range d.Groups {
		if r.CentreTo == "odense" && r.To >= from && r.To <= to {
			t.Errorf("group %s is cut over on %s without a crew", r.Group, r.To)
		}
		if r.Days > 0 && !slices.ContainsFunc(r.Causes, func(c scenario.Cause) bool { return c.How == "crew_full" && c.Days > 0 }) {
			t.Errorf("group %s waits for %+v", r.Group, r.Causes)
		}
	}
}

func TestLiftLetsOneMunicipalityOutOfANationalFreeze(t *testing.T) {
	in := base()
	in.Freezes = []planner.Freeze{{From: date("2027-02-01"), To: date("2027-02-28"), Name: planner.Text{EN: "Winter"}}}
	out, err := scenario.Apply(in, []scenario.Change{{Kind: scenario.Lift, Municipality: "420", From: date("2027-02-10"), To: date("2027-02-12")}})
	if err != nil {
		t.Fatal(err)
	}
	frozen := func(m string, d inventory.Date) bool {
		return slices.ContainsFunc(out.Freezes, func(f planner.Freeze) bool {
			return (f.Municipality == "" || f.Municipality == m) && f.From <= d && d <= f.To
		})
	}
	for day := date("2027-01-31"); day <= date("2027-03-01"); day++ {
		national := day >= date("2027-02-01") && day <= date("2027-02-28")
		lifted := day >= date("2027-02-10") && day <= date("2027-02-12")
		if frozen("450", day) != national || frozen("420", day) != (national && !lifted) {
			t.Errorf("%s: frozen for Nyborg %v, for Assens %v", day, frozen("450", day), frozen("420", day))
		}
	}
}

func TestFaultsAreNamed(t *testing.T) {
	for want, changes := range map[string][]scenario.Change{
		`kind "move" is none of`:                                {{Kind: "move"}},
		"change 1 (pin): date is missing":                       {{Kind: scenario.Pin, Group: "x"}},
		"change 1 (leave): centre says nothing here":            {{Kind: scenario.Leave, Municipality: "420", Centre: "odense"}},
		"change 2 (choose): change 1 is about the same":         {{Kind: scenario.Choose, Municipality: "420", Centre: "odense"}, {Kind: scenario.Choose, Municipality: "420", Centre: "svendborg"}},
		"municipality 420 leaves in this scenario":              {{Kind: scenario.Choose, Municipality: "420", Centre: "odense"}, {Kind: scenario.Leave, Municipality: "420"}},
		`there is no setting "speed"; settings are deadline`:    {setting("speed", "1")},
		"planner.headroom is 3, want more than 0":               {setting("headroom", "3")},
		"lead_days: the value soon is no JSON":                  {setting("lead_days", "soon")},
		"101 is no member here; members are 420, 430":           {{Kind: scenario.Leave, Municipality: "101"}},
		`there is no centre "lolland"; centres are odense`:      {{Kind: scenario.Choose, Municipality: "420", Centre: "lolland"}},
		"461 hosts odense":                                      {{Kind: scenario.Leave, Municipality: "461"}},
		"420 is a member already":                               {{Kind: scenario.Join, Municipality: "420", Servers: 3}},
		"it runs from 2027-02-02 to 2027-02-01, backwards":      {{Kind: scenario.Freeze, From: date("2027-02-02"), To: date("2027-02-01")}},
		"it has no agreement to treat so":                       {{Kind: scenario.Agreement, Municipality: "420", State: inventory.StateMoving}},
		"gives the same centre's crews for some":                {{Kind: scenario.Crews, Centre: "odense", Crews: 1}, {Kind: scenario.Crews, Centre: "odense", Crews: 3, From: today + 9}},
		"planner.crews_per_centre is 0, want more than 0":       {{Kind: scenario.Crews}},
		`period "soon": want a day`:                             {{Kind: scenario.Agreement, Municipality: "420", State: inventory.StateMoving, Window: "soon"}},
		"a number for every centre holds always; name a centre": {{Kind: scenario.Crews, Crews: 3, From: today}},
	} {
		if _, err := scenario.Apply(base(), changes); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// changes draws changes that do not contradict each other.
func changes(t *rapid.T) []scenario.Change {
	municipality := rapid.SampledFrom([]string{"420", "430", "450"})
	centre := rapid.SampledFrom([]string{"odense", "svendborg"})
	day := rapid.Int32Range(int32(today), int32(today)+400)
	var all []scenario.Change
	left := rapid.SampledFrom([]string{"", "420", "430"}).Draw(t, "leaves")
	if left != "" {
		all = append(all, scenario.Change{Kind: scenario.Leave, Municipality: left})
	}
	for range rapid.IntRange(0, 6).Draw(t, "n") {
		m := municipality.Draw(t, "municipality")
		from := inventory.Date(day.Draw(t, "from"))
		c := rapid.SampledFrom([]scenario.Change{
			setting("lead_days", fmt.Sprint(rapid.IntRange(0, 90).Draw(t, "lead"))),
			setting("hypercare_days", fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "hypercare"))),
			{Kind: scenario.Choose, Municipality: m, Centre: centre.Draw(t, "centre")},
			{Kind: scenario.Freeze, From: from, To: from + 9, Municipality: m, Name: "Closed"},
			{Kind: scenario.Lift, From: from, To: from + 5, Municipality: m},
			{Kind: scenario.Lift, From: from, To: from + 5},
			{Kind: scenario.Join, Municipality: "492", Servers: 2},
			{Kind: scenario.Link, Municipality: m, Centre: "odense", Mbps: 1 + int(from-today)},
			{Kind: scenario.Agreement, Municipality: m, State: inventory.StateAgreement, Centre: "odense", Window: from.String()},
			{Kind: scenario.Crews, Centre: "odense", Crews: 3, From: today + 30, To: from + 40},
		}).Draw(t, "change")
		if c.Municipality != left || left == "" {
			all = append(all, c)
		}
	}
	return scenario.Overlay(nil, all) // one of each thing
}

// Whatever the order of changes, they give the same input; and the input they are applied to stays.
func TestTheOrderOfChangesIsIrrelevant(t *testing.T) {
	before := base()
	hash := before.Snapshot.Hash()
	rapid.Check(t, func(t *rapid.T) {
		in := before
		all := changes(t)
		once, err := scenario.Apply(in, all)
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenario.Apply(in, rapid.Permutation(all).Draw(t, "order"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(once, again); diff != "" {
			t.Errorf("the order matters: %s", diff)
		}
		if in.Snapshot.Hash() != hash || cmp.Diff(in.Settings, base().Settings) != "" {
			t.Error("the base was changed")
		}
	})
}

// A plan does not differ from itself, and the differences of two plans are each other's mirror image.
func TestComparingIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ca, cb := changes(t), changes(t)
		side := func(name string, cs []scenario.Change) scenario.Side {
			in, err := scenario.Apply(base(), cs)
			if err != nil {
				t.Fatal(err)
			}
			return scenario.Side{Name: name, Plan: propose(t, in), Changes: cs}
		}
		a, b := side("a", ca), side("b", cb)
		if d := scenario.Compare(a, a); !d.Empty() || len(d.Changes) > 0 {
			t.Errorf("a plan differs from itself: %+v", d)
		}
		there, back := scenario.Compare(a, b), scenario.Compare(b, a)
		if len(there.Groups) != len(back.Groups) || len(there.Costs) != len(back.Costs) || len(there.Centres) != len(back.Centres) || len(there.Changes) != len(back.Changes) {
			t.Errorf("there %d groups, %d costs, %d centres; back %d, %d, %d", len(there.Groups), len(there.Costs), len(there.Centres), len(back.Groups), len(back.Costs), len(back.Centres))
		}
		if !there.Empty() && len(there.Changes) == 0 {
			t.Error("plans of the same changes differ")
		}
		for _, r := range there.Groups {
			if len(r.Causes) == 0 {
				t.Errorf("group %s differs for no cause", r.Group)
			}
		}
	})
}

// What is said later of a centre's crews takes the place of what was said before for some of the same days.
func TestLaterCrewsTakeThePlaceOfEarlierOnes(t *testing.T) {
	day := func(n int) inventory.Date { return inventory.NewDate(2027, time.February, n) }
	spring := scenario.Change{Kind: scenario.Crews, Centre: "fyn", Crews: 1, From: day(1), To: day(28)}
	other := scenario.Change{Kind: scenario.Crews, Centre: "jylland", Crews: 1, From: day(1), To: day(28)}
	ill := scenario.Change{Kind: scenario.Crews, Centre: "fyn", Crews: 0, From: day(10), To: day(20)}
	if got := scenario.Overlay([]scenario.Change{spring, other}, []scenario.Change{ill}); !cmp.Equal(got, []scenario.Change{ill, other}) {
		t.Errorf("got %v", got)
	}
}
