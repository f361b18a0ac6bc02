package schedule_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/schedule"
)

var monday = inventory.NewDate(2027, time.January, 4)

func everyNight() (nights [7]bool) {
	for i := range nights {
		nights[i] = true
	}
	return nights
}

func TestSeedDays(t *testing.T) {
	for _, c := range []struct {
		name             string
		gb, perDay, rate float64
		days             int
		ok               bool
	}{
		{"60 TB over 7.9 TB a day, 2 % changes", 60_000, 7_900, 0.02, 9, true},
		{"nothing still takes a day", 0, 10, 0.02, 1, true},
		{"exactly two days", 200, 100, 0, 2, true},
		{"a byte more is three", 200.1, 100, 0, 3, true},
		{"changes fill the link", 1000, 20, 0.02, 0, false},
		{"changes outrun the link", 1000, 10, 0.02, 0, false},
		{"centuries", 1e9, 1, 0, 0, false},
	} {
		if days, ok := schedule.SeedDays(c.gb, c.perDay, c.rate); days != c.days || ok != c.ok {
			t.Errorf("%s: %d days, %v; want %d, %v", c.name, days, ok, c.days, c.ok)
		}
	}
}

func TestPack(t *testing.T) {
	limits := schedule.Limits{MaxServers: 10, PilotServers: 3, MaxSeedDays: 5, GBPerDay: 100}
	ordinary := func(servers int, gb float64) schedule.Load { return schedule.Load{Servers: servers, GB: gb} }
	for _, c := range []struct {
		name  string
		loads []schedule.Load
		want  [][]int
	}{
		{"nothing", nil, nil},
		{"foundation, pilot, rest", []schedule.Load{{Foundation: true, Servers: 2}, {Foundation: true, Servers: 1}, ordinary(2, 0), ordinary(1, 0), ordinary(4, 0), ordinary(6, 0), ordinary(1, 0)},
			[][]int{{0, 1}, {2, 3}, {4, 5}, {6}}},
		{"a large first group is the pilot alone", []schedule.Load{ordinary(8, 0), ordinary(1, 0), ordinary(1, 0)}, [][]int{{0}, {1, 2}}},
		{"the link cuts a wave", []schedule.Load{ordinary(1, 10), ordinary(1, 300), ordinary(1, 300), ordinary(1, 100)}, [][]int{{0, 1}, {2, 3}}},
		{"more than the limit stands alone", []schedule.Load{ordinary(1, 0), ordinary(20, 0), ordinary(1, 0)}, [][]int{{0}, {1}, {2}}},
	} {
		if diff := cmp.Diff(c.want, schedule.Pack(c.loads, limits)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// One lane, one job: the date is the first that no rule rejects, and each rejected day is told.
func TestEachRuleRejectsItsDays(t *testing.T) {
	nights := [7]bool{time.Tuesday: true, time.Wednesday: true, time.Thursday: true}
	p := schedule.Problem{AsOf: monday, Deadline: monday + 100, LeadDays: 3, HypercareDays: 2, Nights: nights, Crews: 1, PerCrew: 4,
		Lanes: []schedule.Lane{{
			Centre: "c", Release: monday + 5,
			Frozen: []schedule.Span{{From: monday + 15, To: monday + 16, Name: 7}},
			Waves:  []schedule.Wave{{SeedDays: 4, Servers: []int{3, 2}}, {SeedDays: 6, Servers: []int{1}}},
		}},
	}
	// Seeding from day 5 (Saturday 9 January) for four days; day 9 is Wednesday 13 January.
	got := schedule.Solve(p).Lanes[0]
	want := []schedule.Dates{
		{Start: monday + 5, Jobs: []schedule.Placed{
			{Night: monday + 9, Slack: 84, Rejected: []schedule.Rejection{
				{Rule: schedule.Seeding, Freeze: -1, Days: 4, First: monday + 5, Last: monday + 8},
				{Rule: schedule.Lead, Freeze: -1, Days: 2, First: monday + 1, Last: monday + 2},
				{Rule: schedule.Window, Freeze: -1, Days: 2, First: monday + 3, Last: monday + 4}}},
			{Night: monday + 10, Slack: 83, Rejected: []schedule.Rejection{
				{Rule: schedule.Seeding, Freeze: -1, Days: 4, First: monday + 5, Last: monday + 8},
				{Rule: schedule.Lead, Freeze: -1, Days: 2, First: monday + 1, Last: monday + 2},
				{Rule: schedule.Window, Freeze: -1, Days: 2, First: monday + 3, Last: monday + 4},
				{Rule: schedule.CrewFull, Freeze: -1, Days: 1, First: monday + 9, Last: monday + 9}}},
		}},
		{Start: monday + 11, Jobs: []schedule.Placed{
			{Night: monday + 17, Slack: 83, Rejected: []schedule.Rejection{
				{Rule: schedule.Order, Freeze: -1, Days: 6, First: monday + 5, Last: monday + 10},
				{Rule: schedule.Seeding, Freeze: -1, Days: 4, First: monday + 13, Last: monday + 16},
				{Rule: schedule.Lead, Freeze: -1, Days: 2, First: monday + 1, Last: monday + 2},
				{Rule: schedule.Window, Freeze: -1, Days: 2, First: monday + 3, Last: monday + 4},
				{Rule: schedule.Hypercare, Freeze: -1, Days: 2, First: monday + 11, Last: monday + 12}}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dates (-want +got):\n%s", diff)
	}

	p.Lanes[0].Frozen = append(p.Lanes[0].Frozen, schedule.Span{From: monday + 8, To: monday + 12, Name: 3})
	first := schedule.Solve(p).Lanes[0][0].Jobs[0]
	if first.Night != monday+17 {
		t.Errorf("with days 8-12 and 15-16 frozen the first night is %s, want %s", first.Night, monday+17)
	}
	frozen := map[int]int{}
	for _, r := range first.Rejected {
		if r.Rule == schedule.Frozen {
			frozen[r.Freeze] = r.Days
		}
	}
	if diff := cmp.Diff(map[int]int{3: 2, 7: 2}, frozen); diff != "" {
		t.Errorf("nights rejected by each freeze (-want +got):\n%s", diff)
	}
}

func TestWhatHasNoDate(t *testing.T) {
	p := schedule.Problem{AsOf: monday, Deadline: monday + 10, Nights: everyNight(), Crews: 1, PerCrew: 1,
		Lanes: []schedule.Lane{
			{Centre: "a", Blocked: true, Waves: []schedule.Wave{{SeedDays: 1, Servers: []int{1}}}},
			{Centre: "b", Waves: []schedule.Wave{{Foundation: true, SeedDays: 11, Servers: []int{1}}, {SeedDays: 1, Servers: []int{1}}}},
			{Centre: "c", Waves: []schedule.Wave{{SeedDays: 1, Servers: []int{2}}, {SeedDays: 1, Servers: []int{1}}}},
		},
	}
	got := schedule.Solve(p)
	rules := func(lane, wave int) (out []schedule.Rule) {
		j := got.Lanes[lane][wave].Jobs[0]
		if j.Night != 0 {
			t.Errorf("lane %d wave %d has night %s, want none", lane, wave, j.Night)
		}
		days := 0
		for _, r := range j.Rejected {
			out = append(out, r.Rule)
			days += r.Days
		}
		if days != 10 {
			t.Errorf("lane %d wave %d: reasons for %d days, there are 10", lane, wave, days)
		}
		return out
	}
	for _, c := range []struct {
		lane, wave int
		want       []schedule.Rule
	}{
		{0, 0, []schedule.Rule{schedule.Foundation}},
		{1, 0, []schedule.Rule{schedule.Seeding}},
		{1, 1, []schedule.Rule{schedule.Foundation}},
		{2, 0, []schedule.Rule{schedule.CrewFull, schedule.Seeding}}, // two servers, one crew that manages one
	} {
		if diff := cmp.Diff(c.want, rules(c.lane, c.wave)); diff != "" {
			t.Errorf("lane %d wave %d (-want +got):\n%s", c.lane, c.wave, diff)
		}
	}
	if got.Lanes[2][1].Jobs[0].Night == 0 {
		t.Error("an ordinary group that cannot be placed keeps the next wave from a date")
	}
}

// Lanes are exchanged when that lets more servers make the deadline: the short lane is first in the
// list, but only the long one has no time to lose.
func TestTheOrderOfLanesIsChosen(t *testing.T) {
	long := schedule.Lane{Centre: "c"}
	for range 3 {
		long.Waves = append(long.Waves, schedule.Wave{SeedDays: 1, Servers: []int{2}})
	}
	short := schedule.Lane{Centre: "c", Waves: []schedule.Wave{{SeedDays: 1, Servers: []int{2, 2}}}}
	p := schedule.Problem{AsOf: monday, Deadline: monday + 8, LeadDays: 1, HypercareDays: 2, Nights: everyNight(), Crews: 1, PerCrew: 2,
		Lanes: []schedule.Lane{short, long}}
	for i, lane := range schedule.Solve(p).Lanes {
		for k, w := range lane {
			for _, j := range w.Jobs {
				if j.Night == 0 {
					t.Errorf("lane %d wave %d has no night, though another order has room for it", i, k)
				}
			}
		}
	}
}

// TestLaws draws random problems. planner.Check verifies whole plans; here the parts that it does not
// see are looked at: the reasons cover all days, and slack can really be used.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := schedule.Problem{AsOf: monday, Deadline: monday + inventory.Date(rapid.IntRange(-3, 90).Draw(t, "deadline")),
			LeadDays: rapid.IntRange(0, 10).Draw(t, "lead"), HypercareDays: rapid.IntRange(0, 6).Draw(t, "care"),
			Crews: rapid.IntRange(1, 3).Draw(t, "crews"), PerCrew: rapid.IntRange(1, 4).Draw(t, "per crew")}
		for i := range p.Nights {
			p.Nights[i] = rapid.Bool().Draw(t, "night")
		}
		for range rapid.IntRange(0, 4).Draw(t, "lanes") {
			l := schedule.Lane{Centre: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "centre")}
			if rapid.Bool().Draw(t, "released") {
				l.Release = monday + inventory.Date(rapid.IntRange(-5, 40).Draw(t, "release"))
			}
			for n := range rapid.IntRange(0, 3).Draw(t, "freezes") {
				from := monday + inventory.Date(rapid.IntRange(0, 60).Draw(t, "from"))
				l.Frozen = append(l.Frozen, schedule.Span{From: from, To: from + inventory.Date(rapid.IntRange(0, 9).Draw(t, "days")), Name: n})
			}
			for k := range rapid.IntRange(0, 4).Draw(t, "waves") {
				l.Waves = append(l.Waves, schedule.Wave{Foundation: k == 0, SeedDays: rapid.IntRange(1, 8).Draw(t, "seed"),
					Servers: rapid.SliceOfN(rapid.IntRange(1, 6), 1, 5).Draw(t, "servers")})
			}
			p.Lanes = append(p.Lanes, l)
		}
		got := schedule.Solve(p)
		if diff := cmp.Diff(got, schedule.Solve(p)); diff != "" {
			t.Fatalf("the same problem gave another schedule:\n%s", diff)
		}
		for i, lane := range got.Lanes {
			for k, w := range lane {
				for j, placed := range w.Jobs {
					days := 0
					for _, r := range placed.Rejected {
						days += r.Days
						if r.First <= p.AsOf || r.Last < r.First || (placed.Night != 0 && r.Last >= placed.Night) {
							t.Fatalf("lane %d wave %d job %d: %+v cannot be", i, k, j, r)
						}
					}
					want := int(placed.Night-p.AsOf) - 1
					if placed.Night == 0 {
						want = max(0, int(p.Deadline-p.AsOf))
					}
					if days != want {
						t.Fatalf("lane %d wave %d job %d: reasons for %d days, want %d", i, k, j, days, want)
					}
					if placed.Slack < 0 || placed.Night != 0 && placed.Night.AddDays(placed.Slack) > p.Deadline {
						t.Fatalf("lane %d wave %d job %d: slack %d from %s", i, k, j, placed.Slack, placed.Night)
					}
				}
			}
		}
	})
}

func TestLinkThatBarelyCarriesTheChanges(t *testing.T) {
	days, ok := schedule.SeedDays(1000, 20.5, 0.02)
	if !ok || days != int(math.Ceil(1000/0.5)) {
		t.Errorf("%d days, %v; half a GB a day is left of the link", days, ok)
	}
}
