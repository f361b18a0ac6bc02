package rcpsp_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/scheduletest"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// A search that begins with a schedule is never worse than it, nor is it when there is more of a
// resource, whatever the order in which tasks are placed.
func TestBeginningWithAScheduleIsNeverWorse(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			before := solve(t, p, rcpsp.Limits{Schedules: 40, Seed: 1})
			r := rapid.IntRange(0, len(p.Resources)-1).Draw(t, "which")
			more := rapid.Int64Range(0, 2).Draw(t, "more")
			p.Resources[r].Capacity += more
			for k := range p.Resources[r].Changes {
				p.Resources[r].Changes[k].Capacity += more
			}
			s := solve(t, p, rcpsp.Limits{Schedules: rapid.Int64Range(1, 40).Draw(t, "schedules"), Seed: 2, From: before.Starts})
			if faults := verify.Check(p, s.Starts); len(faults) > 0 {
				t.Fatal(faults)
			}
			if shape.Costs && s.Cost > before.Cost || !shape.Costs && s.Makespan > before.Makespan {
				t.Fatalf("last end %d, cost %d; begun with %d, %d", s.Makespan, s.Cost, before.Makespan, before.Cost)
			}
		}))
	}
}

// A schedule that no longer fits, or never did, is a beginning all the same.
func TestBeginningWithAWrongSchedule(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			from := make([]rcpsp.Start, len(p.Tasks))
			for i := range from {
				from[i] = rcpsp.Start{Slot: rapid.IntRange(-1, 12).Draw(t, "slot"), Mode: rapid.IntRange(0, 3).Draw(t, "mode")}
			}
			s := solve(t, p, rcpsp.Limits{Schedules: 3, From: from})
			if faults := verify.Check(p, s.Starts); len(faults) > 0 {
				t.Fatal(faults)
			}
		}))
	}
	p := rcpsp.Problem{Tasks: []rcpsp.Task{{ID: "a", Modes: []rcpsp.Mode{{}}}}}
	if _, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{From: make([]rcpsp.Start, 2)}); err == nil {
		t.Error("two starts for one task are taken")
	}
}

// A task stays where it is expected as long as moving costs more than it saves, and no longer.
func TestExpectedStartsAreKeptWhileTheyPay(t *testing.T) {
	p := rcpsp.Problem{Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1}}, Tasks: []rcpsp.Task{
		{ID: "a", Weight: 10, Move: 41, Keep: &rcpsp.Start{Slot: 4}, Modes: []rcpsp.Mode{{Duration: 2, Uses: []rcpsp.Use{{Amount: 1}}}}},
		{ID: "b", Weight: 1, Modes: []rcpsp.Mode{{Duration: 2, Uses: []rcpsp.Use{{Amount: 1}}}}},
	}}
	if s := solve(t, p, rcpsp.Limits{Schedules: 200}); s.Starts[0].Slot != 4 || s.Moved != 0 || s.Cost != 62 {
		t.Errorf("moving costs 41 and saves 40: %+v", s)
	}
	p.Tasks[0].Move = 35
	if s := solve(t, p, rcpsp.Limits{Schedules: 200}); s.Starts[0].Slot != 0 || s.Moved != 1 || s.Cost != 24 {
		t.Errorf("moving costs 35 and saves 38 in all: %+v", s)
	}
}

// What has a schedule is never refuted: deadlines and promises are taken from one.
func TestWhatExistsIsNotRefuted(t *testing.T) {
	for name, shape := range shapes {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, shape)
			s := solve(t, p, rcpsp.Limits{Schedules: 100, Seed: 1})
			p.Slots = s.Makespan
			for i, at := range s.Starts {
				switch rapid.IntRange(0, 2).Draw(t, "rule") {
				case 0:
					p.Tasks[i].Deadline = at.Slot + p.Tasks[i].Modes[at.Mode].Duration
				case 1:
					p.Tasks[i].Fixed = &at
				}
			}
			if impossible, err := rcpsp.Refute(context.Background(), p); err != nil || impossible {
				t.Fatalf("refuted %v, %v; %+v", impossible, err, s.Starts)
			}
		}))
	}
}

// A freeze that ends what has to come before it too early is part of a proof.
func TestFreezesRefute(t *testing.T) {
	night := []rcpsp.Mode{{Duration: 1, Uses: []rcpsp.Use{{Amount: 1}}}}
	p := rcpsp.Problem{Slots: 20, Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1}}, Tasks: []rcpsp.Task{
		{ID: "a", Modes: night}, {ID: "b", Modes: night},
		{ID: "after both", Modes: []rcpsp.Mode{{Duration: 1}}, After: []rcpsp.Link{{Task: 0}, {Task: 1}}, Deadline: 6},
	}}
	for _, c := range []struct {
		closed []rcpsp.Span
		want   bool
	}{{nil, false}, {[]rcpsp.Span{{From: 3, To: 6}}, false}, {[]rcpsp.Span{{From: 2, To: 6}}, true}} {
		p.Tasks[2].Closed = c.closed
		if impossible, err := rcpsp.Refute(context.Background(), p); err != nil || impossible != c.want {
			t.Errorf("closed %v: refuted %v, %v", c.closed, impossible, err)
		}
	}
}

// A timetable finds the first and the last room that trying every slot finds.
func TestTimetableFindsRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := scheduletest.Draw(t, scheduletest.Shape{Tasks: 10, Modes: 1, Curves: true, Windows: true})
		p.Slots = 20
		table, err := rcpsp.NewTimetable(p)
		if err != nil {
			t.Fatal(err)
		}
		var starts []rcpsp.Start
		for i, task := range p.Tasks {
			p.Tasks[i].After, p.Tasks[i].Release = nil, 0
			uses, d := task.Modes[0].Demand(), task.Modes[0].Duration
			first, last := -1, -1
			for slot := 0; slot+d <= p.Slots; slot++ {
				some := p
				some.Tasks = p.Tasks[:i+1]
				if len(verify.Check(some, append(starts, rcpsp.Start{Slot: slot}))) == 0 {
					if first < 0 {
						first = slot
					}
					last = slot
				}
			}
			if a, b := table.Earliest(i, uses, d, 0, p.Slots), table.Latest(i, uses, d, 0, p.Slots); a != first || b != last {
				t.Fatalf("task %d: room from %d to %d, want %d to %d", i, a, b, first, last)
			}
			if first < 0 {
				return
			}
			table.Book(uses, first, first+d)
			starts = append(starts, rcpsp.Start{Slot: first})
		}
	})
}
