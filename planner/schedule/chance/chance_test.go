package chance_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/chance"
	"github.com/samdrift/samdrift/planner/schedule/nation"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/scheduletest"
)

func run(t interface{ Fatal(...any) }, p rcpsp.Problem, starts []rcpsp.Start, m chance.Model, o chance.Options) chance.Result {
	r, err := chance.Run(context.Background(), p, starts, m, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func way(slots int, amount int64) []rcpsp.Mode {
	return []rcpsp.Mode{{Duration: slots, Uses: []rcpsp.Use{{Amount: amount}}}}
}

// Without risks every run is the plan.
func TestWithoutRisksEveryRunIsThePlan(t *testing.T) {
	for name, shape := range map[string]scheduletest.Shape{
		"windows": {Tasks: 15, Modes: 2, Curves: true, Windows: true},
		"costs":   {Tasks: 15, Modes: 1, Curves: true, Costs: true},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: 30})
			if err != nil {
				t.Fatal(err)
			}
			r := run(t, p, s.Starts, chance.Model{Common: 0.5}, chance.Options{Runs: 3})
			if end, known := r.End(0.5); end != s.Makespan || !known || r.By(s.Makespan) != 1 || s.Makespan > 0 && r.By(s.Makespan-1) != 0 {
				t.Fatalf("ends %v, planned %d", r.Ends, s.Makespan)
			}
			for i, share := range r.OnTime {
				if share != 1 {
					t.Fatalf("task %d is on time in %g of the runs", i, share)
				}
			}
		}))
	}
}

// A task of one night that fails with probability 1/4 has ended after k nights with 1 - 1/4^k.
func TestRepeatsFollowTheGeometricDistribution(t *testing.T) {
	p := rcpsp.Problem{Slots: 50, Resources: []rcpsp.Resource{{Capacity: 1}}, Tasks: []rcpsp.Task{{ID: "cutover", Modes: way(1, 1)}}}
	r := run(t, p, []rcpsp.Start{{}}, chance.Model{Risks: []chance.Risk{{Fails: 0.25}}}, chance.Options{Runs: 40_000, Seed: 1, Workers: 2})
	for k := 1; k < 5; k++ {
		if want := 1 - math.Pow(0.25, float64(k)); math.Abs(r.By(k)-want) > 0.008 {
			t.Errorf("by night %d: %g, want %g", k, r.By(k), want)
		}
	}
	if math.Abs(r.OnTime[0]-0.75) > 0.008 || r.Critical[0] != 1 {
		t.Errorf("on time %g, critical %g", r.OnTime[0], r.Critical[0])
	}
}

// The drawn durations have the mean and the spread of the PERT distribution.
func TestDurationsFollowPERT(t *testing.T) {
	for _, c := range []chance.Risk{{Low: 100, Likely: 100, High: 400}, {Low: 100, Likely: 200, High: 400}, {Low: 100, Likely: 400, High: 400}, {Low: 150, Likely: 150, High: 150}} {
		p := rcpsp.Problem{Slots: 1000, Tasks: []rcpsp.Task{{ID: "seed", Modes: way(100, 0)}}}
		p.Tasks[0].Modes[0].Uses = nil
		r := run(t, p, []rcpsp.Start{{}}, chance.Model{Risks: []chance.Risk{c}}, chance.Options{Runs: 20_000, Seed: 2})
		sum, squares := 0.0, 0.0
		for _, e := range r.Ends {
			sum += float64(e)
			squares += float64(e) * float64(e)
		}
		mean := sum / float64(r.Runs())
		deviation := math.Sqrt(max(0, squares/float64(r.Runs())-mean*mean))
		wantMean := (c.Low + 4*c.Likely + c.High) / 6
		wantDeviation := math.Sqrt((wantMean - c.Low) * (c.High - wantMean) / 7)
		if math.Abs(mean-wantMean) > 2 || math.Abs(deviation-wantDeviation) > 2 {
			t.Errorf("%v: mean %.1f, deviation %.1f, want %.1f, %.1f", c, mean, deviation, wantMean, wantDeviation)
		}
	}
}

// A task that takes longer pushes what waits for it past the freeze, and what shares its crew behind it
// in the planned order; nothing begins before its planned start.
func TestDelaysPushInThePlannedOrder(t *testing.T) {
	p := rcpsp.Problem{Slots: 20, Resources: []rcpsp.Resource{{Capacity: 1}}, Tasks: []rcpsp.Task{
		{ID: "a", Modes: way(2, 1)},
		{ID: "b", Modes: way(1, 1)},
		{ID: "c", Modes: way(1, 0), After: []rcpsp.Link{{Task: 1, Lag: 1}}, Closed: []rcpsp.Span{{From: 6, To: 9}}},
		{ID: "later", Modes: way(1, 1), Fixed: &rcpsp.Start{Slot: 15}},
	}}
	starts := []rcpsp.Start{{Slot: 0}, {Slot: 2}, {Slot: 4}, {Slot: 15}}
	for slots, want := range map[float64][]float64{2: {1, 1, 1, 1}, 3: {0, 0, 0, 1}, 4: {0, 0, 0, 1}} {
		r := run(t, p, starts, chance.Model{Risks: []chance.Risk{{Low: slots, Likely: slots, High: slots}, {}, {}, {}}}, chance.Options{Runs: 2})
		if diff := cmp.Diff(want, r.OnTime); diff != "" {
			t.Errorf("a takes %g: on time (-want +got):\n%s", slots, diff)
		}
	}
	p.Tasks, starts = p.Tasks[:3], starts[:3]
	r := run(t, p, starts, chance.Model{Risks: []chance.Risk{{Low: 4, Likely: 4, High: 4}, {}, {}}}, chance.Options{Runs: 2})
	if diff := cmp.Diff([]int{10, 10}, r.Ends); diff != "" {
		t.Errorf("a takes 4, b runs at 4, c waits until 9 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]float64{1, 1, 1}, r.Critical); diff != "" {
		t.Errorf("critical (-want +got):\n%s", diff)
	}
}

// Nothing begins before its planned start, and a failed attempt is repeated after the wait.
func TestPlannedStartsAndWaitsAreKept(t *testing.T) {
	p := rcpsp.Problem{Slots: 500, Resources: []rcpsp.Resource{{Capacity: 1}}, Tasks: []rcpsp.Task{{ID: "cutover", Modes: way(1, 1)}}}
	r := run(t, p, []rcpsp.Start{{Slot: 5}}, chance.Model{Risks: []chance.Risk{{Fails: 0.5, Again: 6}}}, chance.Options{Runs: 200, Seed: 1})
	for _, end := range r.Ends {
		if end < 6 || (end-6)%7 != 0 {
			t.Fatalf("a cutover planned for 5 that is repeated a week later ends at %d", end)
		}
	}
	if r.Ends[0] != 6 || r.Ends[199] == 6 {
		t.Errorf("ends from %d to %d", r.Ends[0], r.Ends[199])
	}
}

// All drawn durations of a run share one factor, whose logarithm has the deviation given.
func TestDurationsShareAFactor(t *testing.T) {
	p := rcpsp.Problem{Slots: 10_000}
	var m chance.Model
	for i := range 4 { // one after the other: without a shared factor, their sum would vary half as much
		p.Tasks = append(p.Tasks, rcpsp.Task{ID: fmt.Sprint(i), Modes: []rcpsp.Mode{{Duration: 1}}})
		if i > 0 {
			p.Tasks[i].After = []rcpsp.Link{{Task: i - 1}}
		}
		m.Risks = append(m.Risks, chance.Risk{Low: 100, Likely: 100, High: 100})
	}
	m.Common = 0.2
	r := run(t, p, []rcpsp.Start{{Slot: 0}, {Slot: 1}, {Slot: 2}, {Slot: 3}}, m, chance.Options{Runs: 10_000, Seed: 1})
	sum, squares := 0.0, 0.0
	for _, end := range r.Ends {
		x := math.Log(float64(end) / 400)
		sum, squares = sum+x, squares+x*x
	}
	mean := sum / 10_000
	if deviation := math.Sqrt(squares/10_000 - mean*mean); math.Abs(mean) > 0.01 || math.Abs(deviation-0.2) > 0.01 {
		t.Errorf("the factor's logarithm has mean %.3f and deviation %.3f", mean, deviation)
	}
}

// What cannot end within the grid is told so, not guessed.
func TestBeyondTheGridIsUnknown(t *testing.T) {
	p := rcpsp.Problem{Slots: 3, Resources: []rcpsp.Resource{{Capacity: 1}}, Tasks: []rcpsp.Task{{ID: "a", Modes: way(2, 1)}}}
	r := run(t, p, []rcpsp.Start{{}}, chance.Model{Risks: []chance.Risk{{Fails: 0.5}}}, chance.Options{Runs: 1000, Seed: 1})
	if _, known := r.End(0.8); known || r.Beyond < 400 || r.By(100) > 0.6 || r.Runs() != 1000 {
		t.Errorf("P80 known %v, %d of %d runs beyond", known, r.Beyond, r.Runs())
	}
	if end, known := r.End(0.3); end != 2 || !known {
		t.Errorf("P30 %d, %v", end, known)
	}
	r = run(t, p, []rcpsp.Start{{Slot: rcpsp.Unplaced}}, chance.Model{}, chance.Options{})
	if r.Beyond != 1000 || r.OnTime[0] != 0 {
		t.Errorf("a task without a start: %d of 1,000 runs beyond, on time in %g", r.Beyond, r.OnTime[0])
	}
}

// The number of workers and the order of input change nothing; another seed does.
func TestSameSeedSameResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := scheduletest.Draw(t, scheduletest.Shape{Tasks: 15, Modes: 2, Curves: true, Windows: true})
		s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: 10})
		if err != nil {
			t.Fatal(err)
		}
		shuffled, order := scheduletest.Shuffle(t, p)
		n := len(order)
		starts := make([]rcpsp.Start, n)
		m, other := chance.Model{Common: 0.2, Risks: make([]chance.Risk, n)}, chance.Model{Common: 0.2, Risks: make([]chance.Risk, n)}
		for i, to := range order {
			m.Risks[i] = chance.Risk{Low: 1, Likely: 2, High: float64(2 + i%3), Fails: 0.1}
			starts[to], other.Risks[to] = s.Starts[i], m.Risks[i]
		}
		a := run(t, p, s.Starts, m, chance.Options{Runs: 40, Seed: 5})
		b := run(t, shuffled, starts, other, chance.Options{Runs: 40, Seed: 5, Workers: 3})
		for i, to := range order {
			if a.OnTime[i] != b.OnTime[to] {
				t.Fatalf("task %d is on time in %g and %g", i, a.OnTime[i], b.OnTime[to])
			}
		}
		if diff := cmp.Diff(a.Ends, b.Ends); diff != "" {
			t.Fatalf("ends (-given +shuffled):\n%s", diff)
		}
	})
}

func TestWrongInputIsRefused(t *testing.T) {
	p := rcpsp.Problem{Tasks: []rcpsp.Task{{ID: "a", Modes: way(1, 0)}}}
	p.Tasks[0].Modes[0].Uses = nil
	for name, c := range map[string]struct {
		starts []rcpsp.Start
		m      chance.Model
	}{
		"no starts":    {nil, chance.Model{}},
		"no such mode": {[]rcpsp.Start{{Mode: 1}}, chance.Model{}},
		"low > high":   {[]rcpsp.Start{{}}, chance.Model{Risks: []chance.Risk{{Low: 2, Likely: 1, High: 3}}}},
		"always fails": {[]rcpsp.Start{{}}, chance.Model{Risks: []chance.Risk{{Fails: 1}}}},
		"not a number": {[]rcpsp.Start{{}}, chance.Model{Risks: []chance.Risk{{Low: math.NaN()}}}},
		"no factor":    {[]rcpsp.Start{{}}, chance.Model{Common: math.NaN()}},
		"wild":         {[]rcpsp.Start{{}}, chance.Model{Common: 3}},
	} {
		if _, err := chance.Run(context.Background(), p, c.starts, c.m, chance.Options{}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// A context that has ended leaves what was counted, and says so.
func TestAStoppedRunSaysSo(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	p := rcpsp.Problem{Tasks: []rcpsp.Task{{ID: "a", Modes: []rcpsp.Mode{{Duration: 1}}}}}
	if r, err := chance.Run(ctx, p, []rcpsp.Start{{}}, chance.Model{}, chance.Options{}); err == nil || r.Runs() != 0 || r.By(9) != 0 {
		t.Errorf("%d runs, error %v", r.Runs(), err)
	}
}

// BenchmarkCountry makes 1,000 runs of a country: seedings with a spread, one cutover in twenty fails.
func BenchmarkCountry(b *testing.B) {
	p := nation.Denmark(1).Problem()
	s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: 1})
	if err != nil {
		b.Fatal(err)
	}
	m := chance.Model{Common: 0.1}
	for i, task := range p.Tasks {
		d := float64(task.Modes[0].Duration)
		if i%2 == 0 {
			m.Risks = append(m.Risks, chance.Risk{Low: 0.7 * d, Likely: d, High: 2 * d})
		} else {
			m.Risks = append(m.Risks, chance.Risk{Fails: 0.05})
		}
	}
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint("workers ", workers), func(b *testing.B) {
			b.ReportAllocs()
			var r chance.Result
			for b.Loop() {
				r = run(b, p, s.Starts, m, chance.Options{Seed: 1, Workers: workers})
			}
			p80, _ := r.End(0.8)
			b.ReportMetric(float64(p80), "P80-day")
			b.ReportMetric(float64(s.Makespan), "planned-day")
		})
	}
}
