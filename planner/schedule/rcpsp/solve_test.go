package rcpsp_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/scheduletest"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

func solve(t interface{ Fatal(...any) }, p rcpsp.Problem, l rcpsp.Limits) rcpsp.Solution {
	s, err := rcpsp.Solve(context.Background(), p, l)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var shapes = map[string]scheduletest.Shape{
	"plain":       {Tasks: 25, Modes: 1},
	"modes":       {Tasks: 15, Modes: 3},
	"curves":      {Tasks: 20, Modes: 1, Curves: true},
	"windows":     {Tasks: 20, Modes: 2, Curves: true, Windows: true},
	"costs":       {Tasks: 20, Modes: 1, Costs: true},
	"everything":  {Tasks: 20, Modes: 3, Curves: true, Windows: true, Costs: true},
	"hardly any":  {Tasks: 2, Modes: 1},
	"many ways":   {Tasks: 8, Modes: 6},
	"cost, modes": {Tasks: 12, Modes: 3, Costs: true},
}

// Every schedule passes the check, and tells its own last end and bound truly.
func TestSchedulesKeepAllRules(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			s := solve(t, p, rcpsp.Limits{Schedules: 300, Seed: 1, Bound: true})
			if faults := verify.Check(p, s.Starts); len(faults) > 0 {
				t.Fatalf("%v\n%+v\n%+v", faults, p, s)
			}
			last, cost := 0, int64(0)
			for i, task := range p.Tasks {
				end := s.Starts[i].Slot + task.Modes[s.Starts[i].Mode].Duration
				last = max(last, end)
				cost += task.Weight*int64(end) + task.Tardy*int64(max(0, end-task.Due))
			}
			if s.Makespan != last || s.Cost != cost || s.Bound > last || s.CostBound > s.Cost || !s.Feasible() {
				t.Fatalf("told last end %d, cost %d, bound %d; counted %d, %d", s.Makespan, s.Cost, s.Bound, last, cost)
			}
		}))
	}
}

// The order in which tasks are given, and the number of workers, change nothing: neither without a
// beginning nor with one, and with starts that are expected.
func TestOrderOfInputIsIrrelevant(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			shuffled, order := scheduletest.Shuffle(t, p)
			both := func(l rcpsp.Limits, from []rcpsp.Start) []rcpsp.Start {
				other := l
				other.Workers = 3
				if from != nil {
					l.From, other.From = from, make([]rcpsp.Start, len(from))
					for i, to := range order {
						other.From[to] = from[i]
					}
				}
				a, b := solve(t, p, l), solve(t, shuffled, other)
				back := make([]rcpsp.Start, len(order))
				for i, to := range order {
					back[i] = b.Starts[to]
				}
				if diff := cmp.Diff(a.Starts, back); diff != "" {
					t.Fatalf("another order of input gave another schedule (-given +shuffled):\n%s", diff)
				}
				return a.Starts
			}
			first := both(rcpsp.Limits{Schedules: 400, Seed: 7}, nil)
			for i, to := range order {
				if i%3 > 0 {
					p.Tasks[i].Keep, p.Tasks[i].Move = &first[i], int64(i%3)
					shuffled.Tasks[to].Keep, shuffled.Tasks[to].Move = &first[i], int64(i%3)
				}
			}
			p.Resources[0].Capacity++
			both(rcpsp.Limits{Schedules: 100, Seed: 8}, first)
		}))
	}
}

// Searching longer never gives a worse schedule.
func TestMoreSchedulesAreNeverWorse(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			last, cost := 1<<30, int64(1)<<62
			for _, schedules := range []int64{1, 30, 300, 900} {
				s := solve(t, p, rcpsp.Limits{Schedules: schedules, Seed: 3})
				if shape.Costs && s.Cost > cost || !shape.Costs && s.Makespan > last {
					t.Fatalf("%d schedules: last end %d, cost %d; with fewer %d, %d", schedules, s.Makespan, s.Cost, last, cost)
				}
				last, cost = s.Makespan, s.Cost
			}
		}))
	}
}

// Of a small problem the best schedule is found: with more of a resource, later deadlines, a longer grid
// or another seed it is never worse, and none is lost. One schedule is generated, so that nothing but
// going through them all can find it.
func TestMoreIsNeverWorse(t *testing.T) {
	for name, shape := range map[string]scheduletest.Shape{
		"plain":      {Tasks: 9, Modes: 1},
		"everything": {Tasks: 7, Modes: 2, Curves: true, Windows: true},
		"costs":      {Tasks: 7, Modes: 2, Curves: true, Windows: true, Costs: true},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			p.Slots = rapid.IntRange(6, 40).Draw(t, "slots")
			for i := range p.Tasks {
				if rapid.IntRange(0, 3).Draw(t, "due") == 0 {
					p.Tasks[i].Deadline = rapid.IntRange(3, 20).Draw(t, "deadline")
				}
			}
			before := solve(t, p, rcpsp.Limits{Schedules: 1, Seed: 1})
			switch r := rapid.IntRange(0, len(p.Resources)+1).Draw(t, "what"); r - len(p.Resources) {
			case 0:
				p.Slots += 2
			case 1:
				for i := range p.Tasks {
					if p.Tasks[i].Deadline > 0 {
						p.Tasks[i].Deadline += 2
					}
				}
			default:
				p.Resources[r].Capacity++
				for k := range p.Resources[r].Changes {
					p.Resources[r].Changes[k].Capacity++
				}
			}
			after := solve(t, p, rcpsp.Limits{Schedules: 1, Seed: rapid.Uint64().Draw(t, "seed")})
			if !before.Feasible() {
				return
			}
			if !after.Feasible() || shape.Costs && after.Cost > before.Cost || !shape.Costs && after.Makespan > before.Makespan {
				t.Fatalf("feasible %v, last end %d, cost %d; before %d, %d", after.Feasible(), after.Makespan, after.Cost, before.Makespan, before.Cost)
			}
		}))
	}
}

// What is promised stays, deadlines are kept where they can be, and told where they cannot.
func TestPromisesAndDeadlines(t *testing.T) {
	one := []rcpsp.Mode{{Duration: 2, Uses: []rcpsp.Use{{Amount: 1}}}}
	p := rcpsp.Problem{Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1}}, Tasks: []rcpsp.Task{
		{ID: "promised", Modes: one, Fixed: &rcpsp.Start{Slot: 1}},
		{ID: "free", Modes: one},
		{ID: "urgent", Modes: one, Deadline: 5},
	}}
	s := solve(t, p, rcpsp.Limits{Schedules: 200})
	if diff := cmp.Diff([]rcpsp.Start{{Slot: 1}, {Slot: 5}, {Slot: 3}}, s.Starts); diff != "" || !s.Feasible() {
		t.Errorf("feasible %v (-want +got):\n%s", s.Feasible(), diff)
	}
	p.Tasks[2].Deadline = 4
	if s = solve(t, p, rcpsp.Limits{Schedules: 200}); s.Feasible() || s.Late == 0 {
		t.Errorf("an impossible deadline: feasible %v, late %d", s.Feasible(), s.Late)
	}
	p.Slots = 3
	if s = solve(t, p, rcpsp.Limits{Schedules: 200}); s.Unplaced != 2 || s.Starts[1].Slot != rcpsp.Unplaced {
		t.Errorf("a grid with room for one: %+v", s)
	}
}

// A faulty problem is refused with every fault named.
func TestFaultyProblemsAreRefused(t *testing.T) {
	way := []rcpsp.Mode{{Duration: 1}}
	for want, p := range map[string]rcpsp.Problem{
		`schedule: two tasks are called "a"`: {Tasks: []rcpsp.Task{{ID: "a", Modes: way}, {ID: "a", Modes: way}}},
		`schedule: task "a" has no mode`:     {Tasks: []rcpsp.Task{{ID: "a"}}},
		`schedule: task "a" waits for itself through its links; cut the circle (greatest lags are not supported)`: {Tasks: []rcpsp.Task{
			{ID: "a", Modes: way, After: []rcpsp.Link{{Task: 1}}}, {ID: "b", Modes: way, After: []rcpsp.Link{{Task: 0}}}}},
		`schedule: task "a" asks for more of a resource than there ever is; split it or raise the capacity`: {
			Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1}},
			Tasks:     []rcpsp.Task{{ID: "a", Modes: []rcpsp.Mode{{Duration: 1, Uses: []rcpsp.Use{{Amount: 2}}}}}}},
	} {
		_, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{})
		if err == nil || err.Error() != want {
			t.Errorf("told %v, want %s", err, want)
		}
	}
}

// A search that is stopped before it begins still gives a schedule.
func TestAStoppedSearchGivesASchedule(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	rapid.Check(t, func(t *rapid.T) {
		p := scheduletest.Draw(t, shapes["everything"])
		s, err := rcpsp.Solve(ctx, p, rcpsp.Limits{Workers: 2})
		if err != nil || s.Unplaced > 0 || len(s.Starts) != len(p.Tasks) {
			t.Fatalf("%+v, %v", s, err)
		}
	})
}
