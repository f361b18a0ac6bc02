package replan_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/nation"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/replan"
	"github.com/samdrift/samdrift/planner/schedule/scheduletest"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// fataler is a test, a benchmark or a drawn case.
type fataler interface{ Fatal(...any) }

func solve(t fataler, p rcpsp.Problem, schedules int64) rcpsp.Solution {
	s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: schedules, Seed: 1, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mend(t fataler, p rcpsp.Problem, present []rcpsp.Start, o replan.Options) replan.Result {
	r, err := replan.Plan(context.Background(), p, present, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// One crew, a task a slot: the crew is away when the third and fourth would run.
func TestOnlyWhatMustMoveMoves(t *testing.T) {
	p := rcpsp.Problem{Slots: 20, Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1}}}
	var present []rcpsp.Start
	for i := range 6 {
		p.Tasks = append(p.Tasks, rcpsp.Task{ID: fmt.Sprint("task ", i+1), Weight: 1, Modes: []rcpsp.Mode{{Duration: 1, Uses: []rcpsp.Use{{Amount: 1}}}}})
		present = append(present, rcpsp.Start{Slot: i})
	}
	p.Tasks = append(p.Tasks, rcpsp.Task{ID: "new", Modes: p.Tasks[0].Modes})
	present = append(present, rcpsp.Start{Slot: rcpsp.Unplaced})
	p.Resources[0] = p.Resources[0].With(2, 4, 0)
	o := replan.Options{Now: 1, Commit: 2, Penalty: 100, Limits: rcpsp.Limits{Schedules: 2000}}
	r := mend(t, p, present, o)
	want := []replan.Change{
		{2, "task 3", rcpsp.Start{Slot: 2}, rcpsp.Start{Slot: 6}},
		{3, "task 4", rcpsp.Start{Slot: 3}, rcpsp.Start{Slot: 7}},
		{6, "new", rcpsp.Start{Slot: rcpsp.Unplaced}, rcpsp.Start{Slot: 8}},
	}
	if diff := cmp.Diff(want, r.Changes); diff != "" || r.Free != 4 || !cmp.Equal(r.Broken, []int{2}) || r.Moved != 2 {
		t.Errorf("free %d, broken %v, moved %d, changes (-want +got):\n%s", r.Free, r.Broken, r.Moved, diff)
	}
	if want[0].Slots() != 4 || want[2].Slots() != 0 {
		t.Errorf("moved by %d and %d slots", want[0].Slots(), want[2].Slots())
	}
}

// The mended schedule keeps all rules of the problem as it now is, what has begun or is committed stays
// unless it is told broken, nothing else starts before it may, and no other change is left out.
func TestWhatIsCommittedStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := scheduletest.Draw(t, scheduletest.Shape{Tasks: 15, Modes: 2, Windows: true, Costs: true})
		present := solve(t, p, 30).Starts
		now, commit := rapid.IntRange(0, 6).Draw(t, "now"), rapid.IntRange(0, 4).Draw(t, "commit")
		p.Resources[0] = p.Resources[0].With(now, now+3, rapid.Int64Range(0, 2).Draw(t, "left"))
		r := mend(t, p, present, replan.Options{Now: now, Commit: commit, Penalty: rapid.Int64Range(0, 50).Draw(t, "penalty"),
			Limits: rcpsp.Limits{Schedules: 200}})
		if faults := verify.Check(r.Problem, r.Starts); len(faults) > 0 {
			t.Fatal(faults)
		}
		changed := map[int]bool{}
		for _, c := range r.Changes {
			changed[c.Task] = true
		}
		broken := map[int]bool{}
		for _, i := range r.Broken {
			broken[i] = true
		}
		for i, to := range r.Starts {
			if changed[i] != (to != present[i]) {
				t.Fatalf("task %d goes from %v to %v, told %v", i, present[i], to, changed[i])
			}
			switch at := present[i].Slot; {
			case at < now && broken[i], at >= now+commit && broken[i]:
				t.Fatalf("task %d at %d is told broken", i, at)
			case at < now+commit && !broken[i] && changed[i]:
				t.Fatalf("task %d at %d was to stay", i, at)
			case changed[i] && to.Slot < now+commit:
				t.Fatalf("task %d moves to %d", i, to.Slot)
			}
		}
	})
}

// What has begun is not judged: it may have broken rules that were made since.
func TestWhatHasBegunIsNotJudged(t *testing.T) {
	way := []rcpsp.Mode{{Duration: 3, Uses: []rcpsp.Use{{Amount: 1}}}}
	p := rcpsp.Problem{Slots: 20, Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1}}, Tasks: []rcpsp.Task{
		{ID: "a", Modes: way, Deadline: 2, Release: 1},
		{ID: "b", Modes: way, After: []rcpsp.Link{{Task: 0}}},
		{ID: "c", Modes: way, After: []rcpsp.Link{{Task: 1}}},
	}}
	r := mend(t, p, []rcpsp.Start{{Slot: 0}, {Slot: 2}, {Slot: 4}}, replan.Options{Now: 3, Limits: rcpsp.Limits{Schedules: 50}})
	if diff := cmp.Diff([]rcpsp.Start{{Slot: 0}, {Slot: 2}, {Slot: 5}}, r.Starts); diff != "" || !r.Feasible() {
		t.Errorf("feasible %v (-want +got):\n%s", r.Feasible(), diff)
	}
	if faults := verify.Check(r.Problem, r.Starts); len(faults) > 0 {
		t.Error(faults)
	}
}

// With nothing changed, and a price on moving, nothing moves that does not pay.
func TestAHighPenaltyKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := scheduletest.Draw(t, scheduletest.Shape{Tasks: 15, Modes: 2, Curves: true, Windows: true, Costs: true})
		present := solve(t, p, 5)
		r := mend(t, p, present.Starts, replan.Options{Penalty: 1 << 30, Limits: rcpsp.Limits{Schedules: 100}})
		if len(r.Changes) > 0 || r.Cost != present.Cost {
			t.Fatalf("%+v", r.Changes)
		}
	})
}

func TestWrongInputIsRefused(t *testing.T) {
	p := rcpsp.Problem{Tasks: []rcpsp.Task{{ID: "a", Modes: []rcpsp.Mode{{Duration: 1}}}}}
	for name, c := range map[string]struct {
		present []rcpsp.Start
		o       replan.Options
	}{
		"no starts":    {nil, replan.Options{}},
		"no such mode": {[]rcpsp.Start{{Mode: 1}}, replan.Options{}},
		"negative":     {[]rcpsp.Start{{}}, replan.Options{Commit: -1}},
		"no part":      {[]rcpsp.Start{{}}, replan.Options{Parts: []int{}}},
	} {
		if _, err := replan.Plan(context.Background(), p, c.present, c.o); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// halved takes half the crew of one centre away for 90 days from a slot on.
func halved(p rcpsp.Problem, now int) rcpsp.Problem {
	p.Resources = slices.Clone(p.Resources)
	p.Resources[0] = p.Resources[0].With(now, now+90, p.Resources[0].At(now)/2)
	return p
}

// changed is the share of a country's groups, each a seeding and a cutover, that may move and do.
func changed(r replan.Result, before []rcpsp.Start) float64 {
	moved, groups := 0, 0
	for i := 0; i < len(before); i += 2 {
		if r.Problem.Tasks[i+1].Fixed == nil {
			groups++
			if r.Starts[i] != before[i] || r.Starts[i+1] != before[i+1] {
				moved++
			}
		}
	}
	return float64(moved) / float64(groups)
}

// groups tells which group each task of a country belongs to.
func groups(p rcpsp.Problem) []int {
	parts := make([]int, len(p.Tasks))
	for i := range parts {
		parts[i] = i / 2
	}
	return parts
}

// With half the crew of a centre away, a country is mended with few changes for hardly more than planning
// anew with as many steps costs; and with fewer changes where that is asked for.
func TestHalfCrewChangesLittleAndCostsLittle(t *testing.T) {
	const now, steps = 200, 40_000
	p := nation.Denmark(2).Problem()
	before := solve(t, p, steps).Starts
	p = halved(p, now)
	o := replan.Options{Now: now, Commit: 21, Penalty: 10_000, Parts: groups(p), Limits: rcpsp.Limits{Schedules: steps, Workers: 2}}
	other := anew(t, p, before, o)
	for _, c := range []struct{ most, dearer float64 }{{0.2, 0.01}, {0.12, 0.025}} {
		o.Most = c.most
		r := mend(t, p, before, o)
		if faults := verify.Check(r.Problem, r.Starts); len(faults) > 0 {
			t.Fatal(faults[0])
		}
		share, dearer := changed(r, before), float64(r.Cost)/float64(other.Cost)-1
		t.Logf("%.1f %% changed, cost %+.2f %%", 100*share, 100*dearer)
		if share > c.most || dearer > c.dearer {
			t.Errorf("more than %g %% changed, or for more than %g %% more", 100*c.most, 100*c.dearer)
		}
	}
}

// BenchmarkHalfCrew takes half the crew of one centre of six countries away, and compares which groups
// change (their cutover or their seeding) and what it costs with planning anew by as many steps.
func BenchmarkHalfCrew(b *testing.B) {
	const now, steps = 200, 100_000
	for seed := uint64(1); seed <= 6; seed++ {
		p := nation.Denmark(seed).Problem()
		before := solve(b, p, steps).Starts
		p = halved(p, now)
		for _, c := range []struct {
			name    string
			plan    func(fataler, rcpsp.Problem, []rcpsp.Start, replan.Options) replan.Result
			penalty int64
		}{{"anew", anew, 0}, {"penalty 20000", mend, 20_000}} {
			b.Run(fmt.Sprintf("country %d/%s", seed, c.name), func(b *testing.B) {
				var r replan.Result
				for b.Loop() {
					r = c.plan(b, p, before, replan.Options{Now: now, Commit: 21, Penalty: c.penalty, Most: 0.2, Parts: groups(p), Limits: rcpsp.Limits{Schedules: steps, Workers: 2}})
				}
				if faults := verify.Check(r.Problem, r.Starts); len(faults) > 0 {
					b.Fatal(faults[0])
				}
				b.ReportMetric(100*changed(r, before), "changed-%")
				b.ReportMetric(float64(r.Cost)/1e6, "cost/mio")
			})
		}
	}
}

// anew plans all that is free without regard to where it stood.
func anew(b fataler, p rcpsp.Problem, present []rcpsp.Start, o replan.Options) replan.Result {
	steps := o.Limits.Schedules
	o.Limits.Schedules = 1
	r := mend(b, p, present, o)
	for i := range r.Problem.Tasks {
		r.Problem.Tasks[i].Keep = nil
	}
	r.Solution = solve(b, r.Problem, steps)
	return r
}
