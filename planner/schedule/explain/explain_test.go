package explain_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/explain"
	"github.com/samdrift/samdrift/planner/schedule/nation"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/scheduletest"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

func explained(t interface{ Fatal(...any) }, p rcpsp.Problem, schedules int64) (*explain.Schedule, []rcpsp.Start) {
	s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: schedules, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	e, err := explain.New(p, s.Starts)
	if err != nil {
		t.Fatal(err)
	}
	return e, s.Starts
}

func way(slots int, amount int64) []rcpsp.Mode {
	return []rcpsp.Mode{{Duration: slots, Uses: []rcpsp.Use{{Amount: amount}}}}
}

// example has one task for each kind of reason.
var example = rcpsp.Problem{
	Slots:     14,
	Resources: []rcpsp.Resource{{Name: "crew", Capacity: 2}},
	Tasks: []rcpsp.Task{
		{ID: "seed", Modes: way(3, 1)},
		{ID: "cutover", Modes: way(1, 2), After: []rcpsp.Link{{Task: 0, Lag: 1}}, Closed: []rcpsp.Span{{From: 4, To: 6, Name: "payroll"}}},
		{ID: "rival", Modes: way(2, 2), Release: 1},
		{ID: "promised", Modes: way(1, 1), Fixed: &rcpsp.Start{Slot: 11}},
		{ID: "too late", Modes: way(2, 2), Deadline: 4},
		{ID: "lazy", Modes: way(1, 1)},
	},
}

var exampleStarts = []rcpsp.Start{{Slot: 0}, {Slot: 6}, {Slot: 7}, {Slot: 11}, {Slot: rcpsp.Unplaced}, {Slot: 10}}

func TestEachKindOfReason(t *testing.T) {
	e, err := explain.New(example, exampleStarts)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]explain.Reason{
		nil,
		{{explain.Closed, -1, "payroll", 2, 4, 5}, {explain.After, 0, "seed", 4, 0, 3}},
		{{explain.Resource, 0, "crew", 4, 1, 6}, {explain.Order, -1, "", 2, 3, 4}, {explain.Release, -1, "", 1, 0, 0}},
		{{explain.Promise, -1, "", 8, 0, 10}, {explain.Resource, 0, "crew", 3, 6, 8}},
		{{explain.Deadline, -1, "", 11, 3, 13}, {explain.Resource, 0, "crew", 3, 0, 2}},
		{{explain.Order, -1, "", 7, 0, 9}, {explain.Resource, 0, "crew", 3, 6, 8}},
	}
	for i, task := range example.Tasks {
		if diff := cmp.Diff(want[i], e.Task(i)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", task.ID, diff)
		}
	}
	chain := []explain.Step{{2, want[2][0]}, {1, want[1][1]}, {0, explain.Reason{}}}
	if diff := cmp.Diff(chain, e.Chain(2)); diff != "" {
		t.Errorf("chain (-want +got):\n%s", diff)
	}
	totals := []explain.Reason{
		{explain.Resource, 0, "crew", 13, 0, 8}, {explain.Deadline, -1, "", 11, 3, 13}, {explain.Order, -1, "", 9, 0, 9}, {explain.Promise, -1, "", 8, 0, 10},
		{explain.After, -1, "", 4, 0, 3}, {explain.Closed, -1, "payroll", 2, 4, 5}, {explain.Release, -1, "", 1, 0, 0},
	}
	if diff := cmp.Diff(totals, e.Totals()); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	slack := []explain.Slack{{2, 6}, {7, 6}, {5, 2}, {0, 0}, {0, 0}, {3, 3}}
	if diff := cmp.Diff(slack, e.Slack(14)); diff != "" {
		t.Errorf("slack (-want +got):\n%s", diff)
	}
}

// rules says which fault of the verifier bears out a reason.
var rules = map[explain.Kind][]string{
	explain.Release: {"release"}, explain.After: {"link"}, explain.Closed: {"closed"}, explain.Resource: {"capacity"},
	explain.Promise: {"fixed"},
}

// The counts add up to the start, and each rejection is borne out by the verifier: a task put into a
// rejected slot breaks that rule; put where the reason is only the order, it breaks none of its own.
func TestTheVerifierBearsOutEveryReason(t *testing.T) {
	for name, shape := range map[string]scheduletest.Shape{
		"windows": {Tasks: 12, Modes: 2, Curves: true, Windows: true},
		"costs":   {Tasks: 12, Modes: 1, Curves: true, Costs: true},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			if rapid.Bool().Draw(t, "promise") {
				p.Tasks[0].Fixed = &rcpsp.Start{Slot: rapid.IntRange(3, 9).Draw(t, "promised")}
				p.Tasks[0].Release, p.Tasks[0].Modes[0].Uses = 0, nil
			}
			e, starts := explained(t, p, 20)
			for i := range p.Tasks {
				total := 0
				for _, r := range e.Task(i) {
					total += r.Slots
					for _, slot := range []int{r.First, r.Last} {
						bears(t, p, starts, i, slot, r)
					}
				}
				if total != starts[i].Slot {
					t.Fatalf("task %d starts at %d, reasons count %d: %+v", i, starts[i].Slot, total, e.Task(i))
				}
			}
		}))
	}
}

// bears asks the verifier about a task moved to a slot, the tasks that wait for it left aside.
func bears(t *rapid.T, p rcpsp.Problem, starts []rcpsp.Start, i, slot int, r explain.Reason) {
	moved := append([]rcpsp.Start(nil), starts...)
	moved[i].Slot = slot
	broken := map[string]bool{}
	for _, f := range verify.Check(p, moved) {
		if f.Task == p.Tasks[i].ID || f.Rule == "capacity" {
			broken[f.Rule] = true
		}
	}
	if r.Kind == explain.Order && len(broken) > 0 {
		t.Fatalf("task %d could start at %d by %+v, the verifier says %v", i, slot, r, broken)
	}
	for _, rule := range rules[r.Kind] {
		unasked := r.Kind == explain.Closed && p.Tasks[i].Fixed != nil // the verifier lets a promise stand there
		if !broken[rule] && !unasked {
			t.Fatalf("task %d at %d: %+v, but the verifier says %v", i, slot, r, broken)
		}
	}
}

// A task that slips by its slack alone, and all that slip together, leave a schedule that keeps all rules.
func TestSlackIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := scheduletest.Draw(t, scheduletest.Shape{Tasks: 12, Modes: 2, Curves: true, Windows: true})
		e, starts := explained(t, p, 20)
		last := 0
		for i, at := range starts {
			last = max(last, at.Slot+p.Tasks[i].Modes[at.Mode].Duration)
		}
		by := last + rapid.IntRange(0, 5).Draw(t, "room")
		p.Slots = by
		late := append([]rcpsp.Start(nil), starts...)
		for i, slack := range e.Slack(by) {
			alone := append([]rcpsp.Start(nil), starts...)
			alone[i].Slot += slack.Alone
			if faults := verify.Check(p, alone); len(faults) > 0 {
				t.Fatalf("task %d slips alone by %d: %v", i, slack.Alone, faults)
			}
			late[i].Slot += slack.Together
		}
		if faults := verify.Check(p, late); len(faults) > 0 {
			t.Fatalf("all slip together: %v", faults)
		}
	})
}

// With time to spare and nothing in the way, all slack is what is left.
func TestSlackOfAChain(t *testing.T) {
	p := rcpsp.Problem{Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1}}, Tasks: []rcpsp.Task{
		{ID: "a", Modes: way(2, 1)}, {ID: "b", Modes: way(2, 1), After: []rcpsp.Link{{Task: 0}}}, {ID: "c", Modes: way(1, 0)},
	}}
	e, err := explain.New(p, []rcpsp.Start{{Slot: 0}, {Slot: 2}, {Slot: 0}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]explain.Slack{{0, 0}, {0, 0}, {3, 3}}, e.Slack(0)); diff != "" {
		t.Errorf("by the present end (-want +got):\n%s", diff)
	}
	p.Slots = 7
	if e, err = explain.New(p, []rcpsp.Start{{Slot: 0}, {Slot: 2}, {Slot: 0}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]explain.Slack{{0, 3}, {3, 3}, {6, 6}}, e.Slack(7)); diff != "" {
		t.Errorf("by slot 7 (-want +got):\n%s", diff)
	}
}

// A chain ends, leads from each task to one that stands before it or that it waits for, and the
// critical one begins with the last end.
func TestChainsLeadBack(t *testing.T) {
	p := nation.Nation{Seed: 1, Municipalities: 12, Groups: 600, Centres: 2, Days: 730}.Problem()
	e, starts := explained(t, p, 1)
	chain := e.Critical()
	for _, at := range starts {
		if at.Slot > starts[chain[0].Task].Slot {
			t.Fatalf("the critical chain begins at slot %d, a task starts at %d", starts[chain[0].Task].Slot, at.Slot)
		}
	}
	for k, step := range chain[1:] {
		if before := chain[k]; starts[step.Task].Slot >= starts[before.Task].Slot {
			t.Errorf("step %d leads from slot %d to %d", k, starts[before.Task].Slot, starts[step.Task].Slot)
		}
	}
	root := chain[len(chain)-1].Reason.Kind
	if len(chain) < 10 || root == explain.After {
		t.Errorf("a chain of %d steps that ends with %q", len(chain), root)
	}
}

func TestWrongStartsAreRefused(t *testing.T) {
	for _, starts := range [][]rcpsp.Start{nil, make([]rcpsp.Start, 5), {{}, {}, {}, {}, {}, {Mode: 1}}, {{}, {}, {}, {}, {}, {Slot: -2}}} {
		if _, err := explain.New(example, starts); err == nil {
			t.Errorf("%v is taken", starts)
		}
	}
}

// BenchmarkCountry explains every date of a country.
func BenchmarkCountry(b *testing.B) {
	p := nation.Denmark(1).Problem()
	e, starts := explained(b, p, 1)
	b.Run("reasons", func(b *testing.B) {
		for b.Loop() {
			for i := range p.Tasks {
				e.Task(i)
			}
		}
	})
	b.Run("slack", func(b *testing.B) {
		for b.Loop() {
			e.Slack(p.Slots)
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := explain.New(p, starts); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("critical chain", func(b *testing.B) {
		for b.Loop() {
			e.Critical()
		}
	})
}
