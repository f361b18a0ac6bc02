package clash_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/clash"
	"github.com/samdrift/samdrift/planner/schedule/nation"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/scheduletest"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

func find(t interface{ Fatal(...any) }, p rcpsp.Problem) clash.Result {
	r, err := clash.Find(context.Background(), p, rcpsp.Limits{Schedules: 500, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func way(slots int, amount int64) []rcpsp.Mode {
	return []rcpsp.Mode{{Duration: slots, Uses: []rcpsp.Use{{Amount: amount}}}}
}

// Each kind of rule is named when it is to blame, and nothing else.
func TestEachKindOfClash(t *testing.T) {
	crew := []rcpsp.Resource{{Name: "crew", Capacity: 1}}
	freeze := []rcpsp.Span{{From: 0, To: 2, Name: "weekend"}, {From: 3, To: 7, Name: "payroll"}, {From: 30, To: 40, Name: "summer"}}
	other := rcpsp.Task{ID: "other", Modes: way(3, 1), Release: 2, Deadline: 80, Closed: freeze}
	for name, c := range map[string]struct {
		p    rcpsp.Problem
		want []string
	}{
		"link": {rcpsp.Problem{Slots: 90, Resources: crew, Tasks: []rcpsp.Task{
			{ID: "a", Modes: way(3, 1)}, {ID: "b", Modes: way(2, 1), After: []rcpsp.Link{{Task: 0, Lag: 2}}, Deadline: 6}, other}},
			[]string{`the deadline of "b"`, `what "b" waits for`}},
		"crew": {rcpsp.Problem{Slots: 90, Resources: crew, Tasks: []rcpsp.Task{
			{ID: "a", Modes: way(3, 1), Deadline: 4}, {ID: "b", Modes: way(2, 1), Deadline: 4}, other}},
			[]string{`the deadline of "a"`, `the deadline of "b"`, `the capacity of "crew"`}},
		"freeze": {rcpsp.Problem{Slots: 90, Resources: crew, Tasks: []rcpsp.Task{
			{ID: "a", Modes: way(2, 1), Closed: freeze, Deadline: 8}, other}},
			[]string{`the deadline of "a"`, `the closed slots "weekend"`, `the closed slots "payroll"`}},
		"promise": {rcpsp.Problem{Slots: 90, Resources: crew, Tasks: []rcpsp.Task{
			{ID: "a", Modes: way(2, 1), Fixed: &rcpsp.Start{Slot: 3}}, {ID: "b", Modes: way(2, 1), Fixed: &rcpsp.Start{Slot: 4}}, other}},
			[]string{`the promised start of "a"`, `the promised start of "b"`, `the capacity of "crew"`}},
		"release": {rcpsp.Problem{Slots: 90, Resources: crew, Tasks: []rcpsp.Task{{ID: "a", Modes: way(2, 1), Release: 5, Deadline: 6}, other}},
			[]string{`the deadline of "a"`, `the earliest start of "a"`}},
		"more than there is": {rcpsp.Problem{Slots: 90, Resources: crew, Tasks: []rcpsp.Task{{ID: "a", Modes: way(2, 2)}, other}},
			[]string{`the capacity of "crew"`}},
		"stock": {rcpsp.Problem{Slots: 90, Stocks: []int64{3}, Tasks: []rcpsp.Task{
			{ID: "a", Modes: []rcpsp.Mode{{Duration: 1, Draws: []int64{2}}}}, {ID: "b", Modes: []rcpsp.Mode{{Duration: 1, Draws: []int64{2}}}}}},
			[]string{"stock 0"}},
		"grid": {rcpsp.Problem{Slots: 6, Resources: crew, Tasks: []rcpsp.Task{
			{ID: "a", Modes: way(3, 1)}, {ID: "b", Modes: way(4, 1)}}},
			[]string{`the capacity of "crew"`, "the last slot"}},
		"grid alone": {rcpsp.Problem{Slots: 3, Resources: crew, Tasks: []rcpsp.Task{{ID: "a", Modes: way(4, 1)}}},
			[]string{"the last slot"}},
	} {
		r := find(t, c.p)
		var words []string
		for _, rule := range r.Rules {
			words = append(words, rule.String())
		}
		if diff := cmp.Diff(c.want, words); diff != "" || r.Verdict != clash.Impossible || !r.Minimal {
			t.Errorf("%s: %s, minimal %v (-want +got):\n%s", name, r.Verdict, r.Minimal, diff)
		}
	}
}

// tight draws a problem that may or may not have a schedule.
func tight(t *rapid.T, tasks int) rcpsp.Problem {
	p := scheduletest.Draw(t, scheduletest.Shape{Tasks: tasks, Modes: 1, Windows: true})
	p.Slots = 9
	for i := range p.Tasks {
		if rapid.Bool().Draw(t, "has a deadline") {
			p.Tasks[i].Deadline = rapid.IntRange(2, 9).Draw(t, "deadline")
		}
	}
	if rapid.Bool().Draw(t, "promise") {
		p.Tasks[0].Fixed = &rcpsp.Start{Slot: rapid.IntRange(0, 5).Draw(t, "at")}
	}
	return p
}

// What is called impossible has no schedule, what is called possible has one: trying all starts agrees.
func TestVerdictsAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := tight(t, 4)
		r := find(t, p)
		switch exists := try(p, nil); {
		case exists && r.Verdict == clash.Impossible:
			t.Fatalf("there is a schedule of %+v, but these are said to clash: %v", p, r.Rules)
		case !exists && r.Verdict == clash.Possible:
			t.Fatalf("there is no schedule of %+v, told %v", p, r.Starts)
		case r.Verdict == clash.Possible && len(verify.Check(p, r.Starts)) > 0:
			t.Fatal(verify.Check(p, r.Starts))
		}
	})
}

// try goes through all starts.
func try(p rcpsp.Problem, starts []rcpsp.Start) bool {
	if len(starts) == len(p.Tasks) {
		return len(verify.Check(p, starts)) == 0
	}
	for slot := 0; slot <= p.Slots; slot++ {
		if try(p, append(starts, rcpsp.Start{Slot: slot})) {
			return true
		}
	}
	return false
}

// A clash clashes by itself, and without any one of its rules it is no longer proven to.
func TestClashesAreMinimal(t *testing.T) {
	impossible := 0
	rapid.Check(t, func(t *rapid.T) {
		p := tight(t, 10)
		r := find(t, p)
		if r.Verdict != clash.Impossible {
			return
		}
		impossible++
		rules := r.Rules
		if n := len(rules); n > 0 && rules[n-1].Kind == clash.Grid {
			rules = rules[:n-1]
		}
		if find(t, clash.Only(p, rules)).Verdict != clash.Impossible {
			t.Fatalf("%v do not clash by themselves", rules)
		}
		for k := range rules {
			rest := append(append([]clash.Rule(nil), rules[:k]...), rules[k+1:]...)
			if find(t, clash.Only(p, rest)).Verdict == clash.Impossible {
				t.Fatalf("%v clash without %v", rest, rules[k])
			}
		}
	})
	if impossible == 0 {
		t.Error("no problem drawn was impossible")
	}
}

// A search that is not long enough does not claim that there is no schedule.
func TestNotFoundIsNotImpossible(t *testing.T) {
	p := rcpsp.Problem{Slots: 8, Resources: []rcpsp.Resource{{Name: "crew", Capacity: 4}}}
	for _, d := range []int{2, 3, 5, 6, 4, 4, 4, 4} { // 8 x 4 fits only when 2 goes with 6 and 3 with 5
		p.Tasks = append(p.Tasks, rcpsp.Task{ID: string(rune('a' + len(p.Tasks))), Modes: way(d, 1)})
	}
	if r := find(t, p); r.Verdict != clash.Possible {
		t.Errorf("with a search: %s", r.Verdict)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	p.Tasks[0].Deadline = 1
	r, err := clash.Find(ctx, p, rcpsp.Limits{Schedules: 1})
	if err != nil || r.Verdict != clash.Unknown {
		t.Errorf("without time: %s, %v", r.Verdict, err)
	}
}

func TestFaultyProblemsAreRefused(t *testing.T) {
	if _, err := clash.Find(context.Background(), rcpsp.Problem{Tasks: []rcpsp.Task{{ID: "a"}}}, rcpsp.Limits{}); err == nil {
		t.Error("a task without a mode is taken")
	}
}

// BenchmarkCountry finds out why a municipality of a country cannot be done by a deadline.
func BenchmarkCountry(b *testing.B) {
	p := nation.Denmark(1).Problem()
	p.Tasks[2001].Deadline = p.Tasks[2000].Release + 3
	for b.Loop() {
		r := find(b, p)
		if r.Verdict != clash.Impossible {
			b.Fatal(r.Verdict)
		}
		b.ReportMetric(float64(len(r.Rules)), "rules")
	}
}
