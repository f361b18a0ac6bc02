package track_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
)

// monday is the first day of the plan in these tests: Monday 4 January 2027.
var monday = inventory.NewDate(2027, time.January, 4)

// plan is four groups of ten servers, cut over on the Tuesdays of four weeks. The second exchanges
// traffic with the fourth; each week is a wave.
func plan() planner.Plan {
	p := planner.Plan{AsOf: monday.AddDays(-30), Deadline: monday.AddDays(60), Snapshot: "abc"}
	for i, id := range []string{"g1", "g2", "g3", "g4"} {
		start := monday.AddDays(7 * i)
		g := planner.Group{ID: id, Name: "System " + id, Municipality: "430", Centre: "odense", Wave: "430-w" + id[1:], Start: start, Cutover: start + 1, End: start + 4}
		for range 10 {
			g.Assets = append(g.Assets, id+"-"+string(rune('a'+len(g.Assets))))
		}
		if id == "g2" {
			g.Cut = []planner.CutEdge{{Group: "g4", BytesPerDay: 1}, {Group: "g4", BytesPerDay: 2}}
		}
		p.Groups = append(p.Groups, g)
		p.Waves = append(p.Waves, planner.Wave{ID: g.Wave, Municipality: "430", Centre: "odense", Groups: []string{id}, Servers: 10, Start: g.Start, End: g.End})
	}
	return p
}

func input(asOf inventory.Date, events ...track.Event) track.Input {
	return track.Input{Baseline: track.Freeze(plan(), "1", "styregruppen", monday.AddDays(-20)), Events: events, AsOf: asOf, Settings: track.DefaultSettings()}
}

func compare(t *testing.T, in track.Input) track.Report {
	t.Helper()
	r, err := track.Compare(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// By the end of the third Tuesday (day 16 of the plan) 30 servers should have been done. 15 are: as much
// as the baseline had half-way through the second Tuesday, whose day begins at 8 and ends at 9 days.
func TestEarnedScheduleByHand(t *testing.T) {
	r := compare(t, input(monday.AddDays(15),
		track.Event{Kind: track.CutOver, Group: "g1", On: monday + 1},
		track.Event{Kind: track.CutOver, Group: "g2", On: monday + 10, Servers: 5}))
	s := r.Schedule
	if s.Planned != 30 || s.Earned != 15 || s.Total != 40 || !near(s.Elapsed, 16) || !near(s.EarnedT, 8.5) {
		t.Fatalf("schedule is %+v, want 30 planned, 15 of 40 earned, 8.5 of 16 days", s)
	}
	if !near(*s.SPI, 8.5/16) {
		t.Errorf("SPI is %g, want 8.5/16", *s.SPI)
	}
	// 23 planned days at that pace are 43.3 days.
	if want := monday.AddDays(42); *s.ByPace != want {
		t.Errorf("by pace it ends on %s, want %s", s.ByPace, want)
	}
}

// Done as planned, the index is one on every day, also on those on which the baseline stands still.
func TestOnTimeIsOneEveryDay(t *testing.T) {
	for day := range 22 {
		asOf := monday.AddDays(day)
		var events []track.Event
		for i, g := range plan().Groups {
			if g.Cutover <= asOf {
				events = append(events, track.Event{Kind: track.CutOver, Group: plan().Groups[i].ID, On: g.Cutover})
			}
		}
		s := compare(t, input(asOf, events...)).Schedule
		if s.SPI == nil || !near(*s.SPI, 1) {
			t.Errorf("%s: %+v, want an index of 1", asOf, s)
		}
	}
}

func TestAllDoneStopsTheClock(t *testing.T) {
	done := track.Event{Kind: track.Verified, On: monday + 11}
	var events []track.Event
	for _, g := range plan().Groups {
		done.Group = g.ID
		events = append(events, done)
	}
	r := compare(t, input(monday.AddDays(100), events...))
	// The baseline needed 23 days, the work took 12.
	if s := r.Schedule; s.SPI == nil || !near(*s.SPI, 23.0/12) || s.ByPace != nil {
		t.Errorf("schedule is %+v, want 23/12 and no pace to come", s)
	}
	if r.Forecast.Left != 0 || len(r.Forecast.Reasons) != 1 || r.Forecast.Reasons[0].Rule != "all_moved" {
		t.Errorf("forecast is %+v, want nothing left", r.Forecast)
	}
	for _, w := range r.Waves {
		if w.State != "verified" || w.Partial || w.GroupsDone != 1 {
			t.Errorf("wave is %+v, want all verified", w)
		}
	}
}

func TestStatesAndPartialActuals(t *testing.T) {
	e := func(kind track.Kind, day, servers int) track.Event {
		return track.Event{Kind: kind, Group: "g1", On: monday.AddDays(day), Servers: servers}
	}
	for _, c := range []struct {
		name           string
		events         []track.Event
		state          string
		partial        bool
		done, verified int
	}{
		{"nothing", nil, "planned", false, 0, 0},
		{"started", []track.Event{e(track.Started, 0, 0)}, "started", false, 0, 0},
		{"some servers", []track.Event{e(track.Started, 0, 0), e(track.CutOver, 1, 4)}, "cut_over", true, 4, 0},
		{"the rest", []track.Event{e(track.CutOver, 1, 4), e(track.CutOver, 2, 6)}, "cut_over", false, 10, 0},
		{"some verified", []track.Event{e(track.CutOver, 1, 0), e(track.Verified, 2, 3)}, "verified", true, 10, 3},
		{"verified without a word of the cutover", []track.Event{e(track.Verified, 2, 0)}, "verified", false, 10, 10},
		{"all rolled back", []track.Event{e(track.CutOver, 1, 0), e(track.RolledBack, 2, 0)}, "rolled_back", false, 0, 0},
		{"some rolled back", []track.Event{e(track.CutOver, 1, 0), e(track.Verified, 1, 0), e(track.RolledBack, 2, 3)}, "verified", true, 7, 7},
		{"started anew", []track.Event{e(track.Started, 0, 0), e(track.CutOver, 1, 0), e(track.RolledBack, 2, 0), e(track.Started, 3, 0)}, "started", false, 0, 0},
		{"told in another order", []track.Event{e(track.RolledBack, 2, 0), e(track.CutOver, 1, 0)}, "rolled_back", false, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := compare(t, input(monday.AddDays(5), c.events...)).Groups[0]
			if g.State != c.state || g.Partial != c.partial || g.Done != c.done || g.Verified != c.verified {
				t.Errorf("group is %+v, want %s, partial %t, %d done, %d verified", g, c.state, c.partial, c.done, c.verified)
			}
		})
	}
}

func TestWaveEventIsAboutAllItsGroups(t *testing.T) {
	r := compare(t, input(monday.AddDays(5), track.Event{Kind: track.CutOver, Wave: "430-w1", On: monday + 1}))
	if r.Groups[0].Done != 10 || r.Groups[1].Done != 0 || r.Waves[0].State != "cut_over" || r.Waves[0].Partial {
		t.Errorf("groups %+v, waves %+v", r.Groups[:2], r.Waves[0])
	}
}

// g2 is promised for the 12th and not done on the 20th: at least eight days late. That touches the later
// waves of the municipality, and the group that it exchanges traffic with.
func TestSlipNamesWhomItTouches(t *testing.T) {
	r := compare(t, input(monday.AddDays(16), track.Event{Kind: track.CutOver, Group: "g1", On: monday + 3}))
	want := []track.Slip{
		{Group: "g2", Name: "System g2", Wave: "430-w2", Municipality: "430", Centre: "odense", Planned: monday + 8, Expected: monday + 16, AtLeast: true,
			Days: 8, Waves: []string{"430-w3", "430-w4"}, Groups: []string{"g4"}},
		{Group: "g1", Name: "System g1", Wave: "430-w1", Municipality: "430", Centre: "odense", Planned: monday + 1, Expected: monday + 3, Done: true,
			Days: 2, Waves: []string{"430-w2", "430-w3", "430-w4"}, Groups: []string{}},
		{Group: "g3", Name: "System g3", Wave: "430-w3", Municipality: "430", Centre: "odense", Planned: monday + 15, Expected: monday + 16, AtLeast: true,
			Days: 1, Waves: []string{"430-w4"}, Groups: []string{}},
	}
	if d := cmp.Diff(want, r.Slips); d != "" {
		t.Errorf("slips (- want, + got):\n%s", d)
	}
	current := plan()
	current.Groups[1].Cutover = monday + 22
	in := input(monday.AddDays(16))
	in.Current = &current
	if g := compare(t, in).Groups[1]; g.Expected != monday+22 || g.AtLeast || g.SlipDays != 14 {
		t.Errorf("group is %+v, want today's plan to say when", g)
	}
}

func TestFoundationTouchesEveryoneWhoRestsOnIt(t *testing.T) {
	in := input(monday.AddDays(4))
	in.Baseline.Promises[0].Foundation = true
	if s := compare(t, in).Slips; len(s) != 1 || !slices.Equal(s[0].Groups, []string{"g2", "g3", "g4"}) {
		t.Errorf("slips are %+v, want g1 touching all others", s)
	}
}

func TestEventsThatFitNothingAreTold(t *testing.T) {
	r := compare(t, input(monday.AddDays(5),
		track.Event{Kind: "vanished", Group: "g1", On: monday},
		track.Event{Kind: track.CutOver, Group: "g1"},
		track.Event{Kind: track.CutOver, Group: "g1", On: monday.AddDays(6)},
		track.Event{Kind: track.CutOver, Group: "g1", On: monday, Servers: 11},
		track.Event{Kind: track.CutOver, Wave: "430-w1", On: monday, Servers: 3},
		track.Event{Kind: track.CutOver, Group: "nobody", Wave: "430-w1", On: monday}))
	rules := map[string]int{}
	for _, u := range r.Unmatched {
		rules[u.Rule]++
	}
	want := map[string]int{"event_kind_unknown": 1, "event_without_date": 1, "event_in_future": 1, "event_servers_wrong": 2, "event_subject_unknown": 1}
	if d := cmp.Diff(want, rules); d != "" {
		t.Errorf("unmatched (- want, + got):\n%s", d)
	}
	if r.Schedule.Earned != 0 {
		t.Errorf("%d servers earned by events that fit nothing", r.Schedule.Earned)
	}
}

// Weeks of 10, 12, 8, 10 and 0 net servers: the mean is 8, the moving ranges 2, 4, 2 and 10 have mean
// 4.5, so the limits are 8 ± 11.97.
func TestControlLimitsByHand(t *testing.T) {
	in := input(monday.AddDays(34)) // the Sunday of the fifth week
	in.Baseline.Promises = []track.Promise{{Group: "all", Wave: "w", Municipality: "430", Servers: 100, Start: monday, Cutover: monday + 1, End: monday + 9}}
	for i, n := range []int{10, 12, 8, 15} {
		in.Events = append(in.Events, track.Event{Kind: track.CutOver, Group: "all", On: monday.AddDays(7*i + 1), Servers: n})
	}
	in.Events = append(in.Events, track.Event{Kind: track.RolledBack, Group: "all", On: monday.AddDays(23), Servers: 5})
	th := compare(t, in).Throughput
	if len(th.Weeks) != 5 || th.Weeks[3].Servers != 10 || th.Weeks[4].Servers != 0 || th.ThisWeek != nil {
		t.Fatalf("weeks are %+v", th.Weeks)
	}
	if c := th.WeekLimit; c == nil || !near(c.Mean, 8) || !near(c.MovingRange, 4.5) || !near(c.Upper, 8+2.66*4.5) || !near(c.Lower, 8-2.66*4.5) || len(c.Signals) != 0 {
		t.Errorf("control is %+v, want 8 with limits at 11.97 on each side", c)
	}
	if want := (track.Night{Night: monday + 23, RolledBack: 5}); th.Nights[4] != want {
		t.Errorf("last night is %+v, want %+v", th.Nights[4], want)
	}
}

func TestSignals(t *testing.T) {
	in := input(0)
	in.Baseline.Promises = []track.Promise{{Group: "all", Servers: 1000, Start: monday, Cutover: monday + 1}}
	put := func(values ...int) []track.Signal {
		in.Events, in.AsOf = nil, monday.AddDays(7*len(values)-1)
		for i, n := range values {
			if n > 0 {
				in.Events = append(in.Events, track.Event{Kind: track.CutOver, Group: "all", On: monday.AddDays(7 * i), Servers: n})
			}
		}
		return compare(t, in).Throughput.WeekLimit.Signals
	}
	if s := put(10, 11, 10, 11, 10, 11, 10, 40, 10, 11, 10, 11, 10, 11); len(s) != 1 || s[0].Rule != "above" || s[0].On != monday.AddDays(49) {
		t.Errorf("signals are %+v, want the 40 above", s)
	}
	if s := put(9, 11, 9, 11, 9, 11, 9, 11, 16, 17, 16, 17, 16, 17, 16, 17); len(s) == 0 || s[len(s)-1].Rule != "run" {
		t.Errorf("signals are %+v, want a run", s)
	}
}

// Every actual week moved 10 servers, so every run ends in the same week: 15 left take two more weeks.
func TestForecastOfASteadyPace(t *testing.T) {
	in := input(monday.AddDays(27)) // the Sunday of the fourth week
	in.Baseline.Promises = []track.Promise{{Group: "all", Servers: 55, Start: monday, Cutover: monday + 1}}
	in.Baseline.Deadline = monday.AddDays(41)
	for i := range 4 {
		in.Events = append(in.Events, track.Event{Kind: track.CutOver, Group: "all", On: monday.AddDays(7 * i), Servers: 10})
	}
	f := compare(t, in).Forecast
	want := monday.AddDays(41) // the Sunday of the sixth week
	if f.Left != 15 || f.P50 == nil || *f.P50 != want || *f.P95 != want || *f.ByDeadline != 1 {
		t.Errorf("forecast is %+v, want 15 left and all by %s", f, want)
	}
	in.Baseline.Deadline--
	if f := compare(t, in).Forecast; *f.ByDeadline != 0 {
		t.Errorf("chance is %g the day before, want 0", *f.ByDeadline)
	}
	in.AsOf -= 7
	if f := compare(t, in).Forecast; f.P50 != nil || f.ByDeadline != nil || f.Reasons[0].Rule != "too_few_weeks" {
		t.Errorf("forecast is %+v, want nothing said from three weeks", f)
	}
}

// A member whose servers stay sees a baseline without groups of its own.
func TestBaselineThatPromisesNothing(t *testing.T) {
	in := input(monday)
	in.Baseline.Promises = nil
	r := compare(t, in)
	if r.Schedule.SPI != nil || r.Forecast.P50 != nil || len(r.Forecast.Reasons) != 1 || r.Forecast.Reasons[0].Rule != "nothing_promised" {
		t.Errorf("schedule %+v, forecast %+v, want nothing said", r.Schedule, r.Forecast)
	}
}

func TestForecastThatNeverEndsSaysSo(t *testing.T) {
	in := input(monday.AddDays(27))
	in.Events = []track.Event{{Kind: track.CutOver, Group: "g1", On: monday, Servers: 1}, {Kind: track.RolledBack, Group: "g1", On: monday.AddDays(7), Servers: 1}}
	f := compare(t, in).Forecast
	if f.P95 != nil || *f.ByDeadline > 0.6 || len(f.Reasons) != 1 || f.Reasons[0].Rule != "runs_never_end" {
		t.Errorf("forecast is %+v, want runs that never end", f)
	}
}

func TestSlipHistory(t *testing.T) {
	in := input(monday)
	first := track.Freeze(plan(), "0.9", "projektlederen", monday.AddDays(-40))
	first.Promises[2].Cutover -= 10
	in.Earlier = []track.Baseline{first}
	want := []track.History{{Group: "g3", Days: 10, Versions: []track.Version{
		{Version: "0.9", Frozen: monday.AddDays(-40), Cutover: monday + 5}, {Version: "1", Frozen: monday.AddDays(-20), Cutover: monday + 15}}}}
	if d := cmp.Diff(want, compare(t, in).History); d != "" {
		t.Errorf("history (- want, + got):\n%s", d)
	}
}

func TestBaselineSurvivesItsJSON(t *testing.T) {
	b := track.Freeze(plan(), "1", "styregruppen", monday)
	data, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var back track.Baseline
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b, back); d != "" {
		t.Errorf("baseline changed on the way (- before, + after):\n%s", d)
	}
	if want := []string{"g4"}; !slices.Equal(b.Promises[1].Partners, want) {
		t.Errorf("partners are %v, want %v", b.Promises[1].Partners, want)
	}
}

func TestInputThatMakesNoSense(t *testing.T) {
	for name, spoil := range map[string]func(*track.Input){
		"no date":    func(in *track.Input) { in.AsOf = 0 },
		"no servers": func(in *track.Input) { in.Baseline.Promises[1].Servers = 0 },
		"no runs":    func(in *track.Input) { in.Settings.Runs = 0 },
	} {
		in := input(monday)
		spoil(&in)
		if _, err := track.Compare(in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestPaceThatNeverEndsHasNoDate(t *testing.T) {
	in := input(monday.AddDays(2_000), track.Event{Kind: track.CutOver, Group: "g1", On: monday, Servers: 1})
	if s := compare(t, in).Schedule; s.SPI == nil || s.ByPace != nil {
		t.Errorf("schedule is %+v, want an index and no date", s)
	}
}
