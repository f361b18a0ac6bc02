package shadow_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/nation"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/scheduletest"
	"github.com/samdrift/samdrift/planner/schedule/shadow"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// Six cutovers of one night by one crew; the second crew has nothing to do.
func example() (rcpsp.Problem, []rcpsp.Start) {
	p := rcpsp.Problem{Slots: 8, Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1}, {Name: "idle", Capacity: 1}}}
	starts := make([]rcpsp.Start, 7)
	for i := range 6 {
		p.Tasks = append(p.Tasks, rcpsp.Task{ID: fmt.Sprint("cutover ", i), Weight: 10,
			Modes: []rcpsp.Mode{{Duration: 1, Uses: []rcpsp.Use{{Resource: 0, Amount: 1}}}}, Closed: []rcpsp.Span{{From: 0, To: 2, Name: "payroll"}}})
		starts[i].Slot = 2 + i
	}
	p.Tasks = append(p.Tasks, rcpsp.Task{ID: "survey", Release: 3, Weight: 1, Modes: []rcpsp.Mode{{Duration: 2}}})
	starts[6].Slot = 3
	return p, starts
}

func TestEffects(t *testing.T) {
	p, starts := example()
	reliefs := []shadow.Relief{
		{Kind: shadow.Capacity, Resource: 0, Amount: 1},
		{Kind: shadow.Capacity, Resource: 1, Amount: 1},
		{Kind: shadow.Opening, Name: "payroll"},
		{Kind: shadow.Release, Task: 6, Amount: 2},
		{Kind: shadow.Time, Amount: 7},
	}
	base, effects, err := shadow.Effects(context.Background(), p, starts, reliefs, rcpsp.Limits{Schedules: 1000})
	if err != nil {
		t.Fatal(err)
	}
	want := []shadow.Effect{
		{Relief: reliefs[0], Cost: 10 * (3 + 4 + 5 + 6 + 7 + 8 - 2*(3+4+5)), Earlier: 3},
		{Relief: reliefs[1]},
		{Relief: reliefs[2], Cost: 10 * 6 * 2, Earlier: 2},
		{Relief: reliefs[3], Cost: 2},
		{Relief: reliefs[4]},
	}
	if diff := cmp.Diff(want, effects, cmpopts.IgnoreFields(shadow.Effect{}, "Solution")); diff != "" || base.Cost != 10*33+5 {
		t.Errorf("base cost %d, effects (-want +got):\n%s", base.Cost, diff)
	}
}

// More time lets tasks be placed that had no slot, and deadlines be kept.
func TestMoreTimePlacesMore(t *testing.T) {
	p, starts := example()
	p.Slots = 6
	starts[4].Slot, starts[5].Slot = rcpsp.Unplaced, rcpsp.Unplaced
	p.Tasks[6].Deadline = 4
	_, effects, err := shadow.Effects(context.Background(), p, starts, []shadow.Relief{{Kind: shadow.Time, Amount: 1},
		{Kind: shadow.Deadline, Task: 6, Amount: 1}}, rcpsp.Limits{Schedules: 500})
	if err != nil {
		t.Fatal(err)
	}
	if e := effects[0]; e.Placed != 1 || e.Timely != 1 {
		t.Errorf("a slot more: %d more placed, %d less late", e.Placed, e.Timely)
	}
	if e := effects[1]; e.Placed != 0 || e.Timely != 1 {
		t.Errorf("a later deadline: %d more placed, %d less late", e.Placed, e.Timely)
	}
}

// No relief makes anything worse, and each effect is shown by a schedule of the looser problem.
func TestEffectsAreNeverNegative(t *testing.T) {
	for name, shape := range map[string]scheduletest.Shape{
		"end":  {Tasks: 15, Modes: 2, Curves: true, Windows: true},
		"cost": {Tasks: 15, Modes: 1, Curves: true, Windows: true, Costs: true},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: 1})
			if err != nil {
				t.Fatal(err)
			}
			reliefs := []shadow.Relief{{Kind: shadow.Capacity, Amount: 1}, {Kind: shadow.Opening, Name: "freeze"}, {Kind: shadow.Time, Amount: 3}, {Kind: shadow.Release, Amount: 2}}
			base, effects, err := shadow.Effects(context.Background(), p, s.Starts, reliefs, rcpsp.Limits{Schedules: 60, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			if base.Makespan > s.Makespan && !shape.Costs || base.Cost > s.Cost && shape.Costs {
				t.Fatalf("the comparison ends at %d and costs %d, the schedule given %d, %d", base.Makespan, base.Cost, s.Makespan, s.Cost)
			}
			for _, e := range effects {
				looser, err := e.Apply(p)
				if err != nil {
					t.Fatal(err)
				}
				if faults := verify.Check(looser, e.Solution.Starts); len(faults) > 0 {
					t.Fatal(faults)
				}
				if e.Placed < 0 || e.Timely < 0 || shape.Costs && e.Cost < 0 || !shape.Costs && e.Earlier < 0 {
					t.Fatalf("%+v", e)
				}
			}
		}))
	}
}

func TestWrongReliefsAreRefused(t *testing.T) {
	p, starts := example()
	for _, r := range []shadow.Relief{
		{Kind: shadow.Capacity, Amount: 0}, {Kind: shadow.Capacity, Resource: 2, Amount: 1}, {Kind: shadow.Release, Task: 9, Amount: 1}, {Kind: "wish", Amount: 1},
	} {
		if _, _, err := shadow.Effects(context.Background(), p, starts, []shadow.Relief{r}, rcpsp.Limits{Schedules: 1}); err == nil {
			t.Errorf("%+v is taken", r)
		}
	}
}

// BenchmarkCountry asks what one more server a night at each centre of a country would give.
func BenchmarkCountry(b *testing.B) {
	p := nation.Denmark(1).Problem()
	s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: 20_000, Workers: 2})
	if err != nil {
		b.Fatal(err)
	}
	var reliefs []shadow.Relief
	for centre := range 5 {
		reliefs = append(reliefs, shadow.Relief{Kind: shadow.Capacity, Resource: 2 * centre, Amount: 1})
	}
	for b.Loop() {
		_, effects, err := shadow.Effects(context.Background(), p, s.Starts, reliefs, rcpsp.Limits{Schedules: 20_000, Workers: 2})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(effects[0].Cost)/1e6, "saved/mio")
	}
}
