package schedule_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/schedule"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

var monday = inventory.NewDate(2027, time.January, 4)

// job takes a day to seed over a link that carries 1 GB a day.
func job(id string, servers int) schedule.Job { return schedule.Job{ID: id, Servers: servers, GB: 1} }

func wave(jobs ...schedule.Job) schedule.Wave { return schedule.Wave{GBPerDay: 1, Jobs: jobs} }

// problem has one centre whose crews manage some servers a night, every night.
func problem(servers, deadline int, lanes ...schedule.Lane) schedule.Problem {
	p := schedule.Problem{AsOf: monday, Deadline: monday.AddDays(deadline), Search: 2000, Lanes: lanes,
		Centres: []schedule.Centre{{Name: "c", Servers: []schedule.Step{{From: monday, Amount: servers}}}}}
	for i := range p.Nights {
		p.Nights[i] = true
	}
	for i := range p.Lanes {
		p.Lanes[i].Name = string(rune('a' + i))
		p.Lanes[i].ServerDay = 10
	}
	return p
}

func dates(t interface {
	Helper()
	Fatal(...any)
}, p schedule.Problem) schedule.Schedule {
	t.Helper()
	s, err := schedule.Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The date is the first that no rule rejects, and each rejected day is told.
func TestEachRuleRejectsItsDays(t *testing.T) {
	one, two, third := job("one", 3), job("two", 2), job("three", 1)
	one.GB, two.GB, third.GB = 2, 2, 4
	lane := schedule.Lane{Release: monday + 5, Frozen: []schedule.Span{{From: monday + 15, To: monday + 17, Name: 7}},
		Waves: []schedule.Wave{wave(one, two), wave(third)}}
	p := problem(4, 100, lane)
	p.LeadDays, p.HypercareDays = 3, 2
	p.Nights = [7]bool{time.Tuesday: true, time.Wednesday: true, time.Thursday: true}
	// Seeding from day 5, Saturday 9 January, one group after the other. Day 8 is Tuesday 12 January.
	days := func(rule schedule.Rule, freeze, first, last, days int) schedule.Rejection {
		return schedule.Rejection{Rule: rule, Freeze: freeze, Days: days, First: monday.AddDays(first), Last: monday.AddDays(last)}
	}
	lead, window := days(schedule.Lead, -1, 1, 2, 2), days(schedule.Release, -1, 3, 4, 2)
	want := [][]schedule.Placed{{
		{Seed: monday + 5, SeedDays: 2, Night: monday + 8, Rejected: []schedule.Rejection{
			lead, window, days(schedule.Seeding, -1, 5, 6, 2), days(schedule.Weekday, -1, 7, 7, 1)}},
		{Seed: monday + 7, SeedDays: 2, Night: monday + 9, HeldBy: "one", Rejected: []schedule.Rejection{
			lead, window, days(schedule.LinkFull, -1, 5, 6, 2), days(schedule.Seeding, -1, 7, 8, 2)}},
	}, {
		{Seed: monday + 18, SeedDays: 4, Night: monday + 22, HeldBy: "two", Rejected: []schedule.Rejection{
			days(schedule.Order, -1, 5, 9, 5), days(schedule.Weekday, -1, 14, 21, 5), days(schedule.Frozen, 7, 15, 17, 3),
			lead, window, days(schedule.Hypercare, -1, 10, 11, 2), days(schedule.Seeding, -1, 12, 13, 2)}},
	}}
	if diff := cmp.Diff(want, dates(t, p).Lanes[0], cmpopts.IgnoreFields(schedule.Placed{}, "Slack")); diff != "" {
		t.Errorf("dates (-want +got):\n%s", diff)
	}
}

// rules gives what rejected a job, most days first.
func rules(p schedule.Placed) (out []schedule.Rule) {
	for _, r := range p.Rejected {
		out = append(out, r.Rule)
	}
	return out
}

func TestWhatHasNoDate(t *testing.T) {
	long, big := job("long", 1), job("big", 2)
	long.GB = 11
	foundation := wave(long)
	foundation.Foundation = true
	p := problem(2, 10,
		schedule.Lane{Blocked: true, Waves: []schedule.Wave{wave(job("blocked", 1))}},
		schedule.Lane{Waves: []schedule.Wave{foundation, wave(job("resting", 1))}},
		schedule.Lane{Centre: 1, Waves: []schedule.Wave{wave(big), wave(job("next", 1))}})
	p.Centres = append(p.Centres, schedule.Centre{Name: "d", Servers: []schedule.Step{{From: monday, Amount: 1}, {From: monday + 9, Amount: 2}}})
	p.Lanes[2].Waves[1].Jobs[0].Pin = monday + 10
	p.Lanes[2].Frozen = []schedule.Span{{From: monday + 9, To: monday + 10, Name: 2}}
	got := dates(t, p)
	for _, c := range []struct {
		lane, wave int
		want       []schedule.Rule
	}{
		{0, 0, []schedule.Rule{schedule.Foundation}},
		{1, 0, []schedule.Rule{schedule.Seeding}}, // ten days are not enough for its data
		{1, 1, []schedule.Rule{schedule.Foundation}},
		{2, 0, []schedule.Rule{schedule.CrewFull, schedule.Frozen, schedule.Seeding}},
	} {
		j := got.Lanes[c.lane][c.wave][0]
		days := 0
		for _, r := range j.Rejected {
			days += r.Days
		}
		if diff := cmp.Diff(c.want, rules(j)); diff != "" || j.Night != 0 || days != 10 {
			t.Errorf("lane %d wave %d has night %s with reasons for %d of 10 days (-want +got):\n%s", c.lane, c.wave, j.Night, days, diff)
		}
	}
	if next := got.Lanes[2][1][0]; next.Night != monday+10 {
		t.Errorf("what people set stands on %s, whatever holds the wave before", next.Night)
	}
}

// Each limit shifts the second of two groups that would otherwise share the first night.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*schedule.Problem)
		rule   schedule.Rule
		night  inventory.Date // of the second
	}{
		"none":         {func(*schedule.Problem) {}, "", monday + 2},
		"crews":        {func(p *schedule.Problem) { p.Centres[0].Servers[0].Amount = 1 }, schedule.CrewFull, monday + 3},
		"groups":       {func(p *schedule.Problem) { p.Centres[0].Groups = 1 }, schedule.GroupsFull, monday + 3},
		"staff leaves": {func(p *schedule.Problem) { p.Lanes[0].Local = []schedule.Step{{monday, 9}, {monday + 2, 1}} }, schedule.LocalFull, monday + 3},
		"staff joins": {func(p *schedule.Problem) {
			p.Centres[0].Servers = []schedule.Step{{monday, 0}, {monday + 6, 9}}
		}, schedule.CrewFull, monday + 6},
		"window": {func(p *schedule.Problem) {
			p.Lanes[0].Waves[0].Jobs[1].Windows = []schedule.Span{{From: monday + 4, To: monday + 4}, {From: monday + 8, To: monday + 9}}
		}, schedule.Window, monday + 4},
		"set by people": {func(p *schedule.Problem) { p.Lanes[0].Waves[0].Jobs[1].Pin = monday + 7 }, schedule.Pinned, monday + 7},
	} {
		t.Run(name, func(t *testing.T) {
			w := wave(job("one", 1), job("two", 1))
			w.GBPerDay = 2
			p := problem(9, 20, schedule.Lane{Waves: []schedule.Wave{w}})
			c.change(&p)
			second := dates(t, p).Lanes[0][0][1]
			if second.Night != c.night || c.rule != "" && !slices.Contains(rules(second), c.rule) {
				t.Errorf("the second group has %s because of %v, want %s because of %q", second.Night, rules(second), c.night, c.rule)
			}
		})
	}
}

// Of three lanes only one may move at once, and the others say so.
func TestLanesQueue(t *testing.T) {
	lane := func(id string) schedule.Lane { return schedule.Lane{Waves: []schedule.Wave{wave(job(id, 1))}} }
	p := problem(9, 30, lane("x"), lane("y"), lane("z"))
	p.HypercareDays, p.MaxMoving = 3, 1
	nights := map[inventory.Date]bool{}
	for _, l := range dates(t, p).Lanes {
		nights[l[0][0].Night] = true
		if l[0][0].Night != monday+2 && !slices.Contains(rules(l[0][0]), schedule.Queue) {
			t.Errorf("%+v does not say that others go first", l[0][0])
		}
	}
	if diff := cmp.Diff(map[inventory.Date]bool{monday + 2: true, monday + 7: true, monday + 12: true}, nights); diff != "" {
		t.Errorf("nights (-want +got):\n%s", diff)
	}
}

// Lanes change places when that lets more servers make the deadline: the short lane is first in the
// list, but only the long one has no time to lose.
func TestTheOrderOfLanesIsChosen(t *testing.T) {
	long := schedule.Lane{Waves: []schedule.Wave{wave(job("l1", 2)), wave(job("l2", 2)), wave(job("l3", 2))}}
	short := schedule.Lane{Waves: []schedule.Wave{wave(job("s1", 2)), wave(job("s2", 2))}}
	p := problem(2, 8, short, long)
	p.HypercareDays = 2
	for i, lane := range dates(t, p).Lanes {
		for k, w := range lane {
			if w[0].Night == 0 {
				t.Errorf("lane %d wave %d has no night, though another order has room for it", i, k)
			}
		}
	}
}

// draw makes up a small problem.
func draw(t *rapid.T, lanes, waves, jobs int) schedule.Problem {
	p := problem(rapid.IntRange(1, 6).Draw(t, "crews"), rapid.IntRange(-2, 40).Draw(t, "deadline"))
	p.LeadDays, p.HypercareDays = rapid.IntRange(0, 6).Draw(t, "lead"), rapid.IntRange(0, 4).Draw(t, "care")
	p.MaxMoving = max(0, rapid.IntRange(-3, 2).Draw(t, "moving"))
	p.Search = 500
	for i := range p.Nights {
		p.Nights[i] = rapid.IntRange(0, 3).Draw(t, "night") > 0
	}
	if rapid.Bool().Draw(t, "contract") {
		p.Contracts = []schedule.Contract{{ID: "c", Until: monday.AddDays(rapid.IntRange(0, 30).Draw(t, "until")), DayCost: 100}}
	}
	p.Centres = append(p.Centres, schedule.Centre{Name: "d", Groups: 1, Servers: []schedule.Step{{monday, 3}, {monday + 9, 6}}})
	for i := range rapid.IntRange(0, lanes).Draw(t, "lanes") {
		l := schedule.Lane{Name: string(rune('a' + i)), Centre: rapid.IntRange(0, 1).Draw(t, "centre"), ServerDay: 10}
		if rapid.Bool().Draw(t, "released") {
			l.Release = monday.AddDays(rapid.IntRange(-5, 20).Draw(t, "release"))
		}
		if rapid.Bool().Draw(t, "frozen") {
			from := monday.AddDays(rapid.IntRange(0, 20).Draw(t, "from"))
			l.Frozen = append(l.Frozen, schedule.Span{From: from, To: from.AddDays(rapid.IntRange(0, 9).Draw(t, "days"))})
		}
		most := p.Centres[l.Centre].Servers[0].Amount
		for k := range rapid.IntRange(1, waves).Draw(t, "waves") {
			w := schedule.Wave{Foundation: k == 0 && rapid.Bool().Draw(t, "foundation"), GBPerDay: float64(rapid.IntRange(1, 4).Draw(t, "link"))}
			for n := range rapid.IntRange(1, jobs).Draw(t, "jobs") {
				j := job(l.Name+string(rune('0'+k))+string(rune('0'+n)), rapid.IntRange(1, most).Draw(t, "servers"))
				j.GB = float64(rapid.IntRange(0, 8).Draw(t, "gb"))
				if len(p.Contracts) > 0 && n == 0 {
					j.Contracts = []int{0}
				}
				w.Jobs = append(w.Jobs, j)
			}
			l.Waves = append(l.Waves, w)
		}
		p.Lanes = append(p.Lanes, l)
	}
	return p
}

// Whatever the problem, the solver's own verifier finds nothing wrong, the reasons cover all days,
// slack stays within the deadline, the bounds are below what was found, and nothing depends on chance.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, 4, 3, 4)
		got := dates(t, p)
		if diff := cmp.Diff(got, dates(t, p)); diff != "" {
			t.Fatalf("the same problem gave another schedule:\n%s", diff)
		}
		if got.CostBound > got.Cost || got.Bound > got.LastEnd {
			t.Fatalf("bounds %d and %s, found %d and %s", got.CostBound, got.Bound, got.Cost, got.LastEnd)
		}
		tasks, starts, err := schedule.Tasks(p)
		if err != nil {
			t.Fatal(err)
		}
		if faults := verify.Check(tasks, starts); len(faults) > 0 {
			t.Fatal(faults)
		}
		for i, lane := range got.Lanes {
			for k, w := range lane {
				for n, j := range w {
					days, want := 0, int(j.Night-p.AsOf)-1
					if j.Night == 0 {
						want = max(0, int(p.Deadline-p.AsOf))
					}
					for _, r := range j.Rejected {
						days += r.Days
						if r.First <= p.AsOf || r.Last < r.First || j.Night != 0 && r.Last >= j.Night {
							t.Fatalf("lane %d wave %d job %d: %+v cannot be", i, k, n, r)
						}
					}
					if days != want || j.Slack < 0 || j.Night != 0 && j.Night.AddDays(j.Slack) > p.Deadline {
						t.Fatalf("lane %d wave %d job %d: reasons for %d of %d days, slack %d from %s", i, k, n, days, want, j.Slack, j.Night)
					}
				}
			}
		}
	})
}
