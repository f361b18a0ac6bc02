package rcpsp_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/scheduletest"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// Small problems are solved to the best that trying every order and mode finds, be it the last end or
// the cost, and proven to be: one schedule is generated, so that going through them all has to find it.
func TestSmallProblemsAreSolvedToTheBest(t *testing.T) {
	last := func(sum int64, _ rcpsp.Task, end int) int64 { return max(sum, int64(end)) }
	cost := func(sum int64, t rcpsp.Task, end int) int64 {
		return sum + t.Weight*int64(end) + t.Tardy*int64(max(0, end-t.Due))
	}
	for name, c := range map[string]struct {
		shape scheduletest.Shape
		add   func(int64, rcpsp.Task, int) int64
	}{
		"plain":   {scheduletest.Shape{Tasks: 8, Modes: 1}, last},
		"modes":   {scheduletest.Shape{Tasks: 7, Modes: 2}, last},
		"curves":  {scheduletest.Shape{Tasks: 7, Modes: 1, Curves: true}, last},
		"windows": {scheduletest.Shape{Tasks: 6, Modes: 2, Curves: true, Windows: true}, last},
		"cost":    {scheduletest.Shape{Tasks: 7, Modes: 1, Curves: true, Windows: true, Costs: true}, cost},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := scheduletest.Draw(t, c.shape)
			for _, task := range p.Tasks { // none before one it waits for: orders do not give all of these
				for k, l := range task.After {
					task.After[k].Lag = max(l.Lag, -p.Tasks[l.Task].Modes[0].Duration)
				}
			}
			s := solve(t, p, rcpsp.Limits{Schedules: 1, Seed: 1})
			got, bound := int64(s.Makespan), int64(s.Bound)
			if c.shape.Costs {
				got, bound = s.Cost, s.CostBound
			}
			if best := try(p, c.add); got != best || bound != best {
				t.Fatalf("%d, bound %d, best %d\n%+v", got, bound, best, p)
			}
		}))
	}
}

// try goes through all orders and modes and gives the least that the ends of the tasks add up to. Some
// best schedule starts every task as early as the ones before it in some order allow.
func try(p rcpsp.Problem, add func(sum int64, t rcpsp.Task, end int) int64) int64 {
	n := len(p.Tasks)
	best := int64(1) << 60
	starts := make([]rcpsp.Start, n)
	placed := make([]bool, n)
	var place func(k int, sum int64)
	place = func(k int, sum int64) {
		if sum >= best {
			return
		}
		if k == n {
			best = sum
			return
		}
		for i, task := range p.Tasks {
			if placed[i] {
				continue
			}
			ready, from := true, task.Release
			for _, l := range task.After {
				ready = ready && placed[l.Task]
				from = max(from, starts[l.Task].Slot+p.Tasks[l.Task].Modes[starts[l.Task].Mode].Duration+l.Lag)
			}
			if !ready {
				continue
			}
			placed[i] = true
			for m, way := range task.Modes {
				for s := from; s < from+100; s++ {
					starts[i] = rcpsp.Start{Slot: s, Mode: m}
					if fits(p, starts, placed, i) {
						place(k+1, add(sum, task, s+way.Duration))
						break
					}
				}
			}
			placed[i] = false
		}
	}
	place(0, 0)
	return best
}

// Tasks that start before one they wait for, and tasks that are expected somewhere, stand as well as
// trying every slot finds.
func TestTasksThatStandElsewhereStandBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := scheduletest.Draw(t, scheduletest.Shape{Tasks: 4, Modes: 1, Curves: true, Windows: true, Costs: true})
		p.Slots = 9
		for i := range p.Tasks {
			task := &p.Tasks[i]
			for k := range task.After {
				task.After[k].Lag -= rapid.IntRange(0, 3).Draw(t, "sooner")
			}
			if rapid.Bool().Draw(t, "expected") {
				task.Keep, task.Move = &rcpsp.Start{Slot: rapid.IntRange(0, 8).Draw(t, "keep")}, rapid.Int64Range(1, 9).Draw(t, "move")
			}
		}
		worth := func(starts []rcpsp.Start) (sum int64) {
			for i, task := range p.Tasks {
				end := starts[i].Slot + task.Modes[0].Duration
				sum += task.Weight*int64(end) + task.Tardy*int64(max(0, end-task.Due))
				if task.Keep != nil && *task.Keep != starts[i] {
					sum += task.Move
				}
			}
			return sum
		}
		s := solve(t, p, rcpsp.Limits{Schedules: 1})
		if faults := verify.Check(p, s.Starts); s.Feasible() && len(faults) > 0 {
			t.Fatal(faults)
		}
		starts := make([]rcpsp.Start, len(p.Tasks))
		var every func(i int)
		every = func(i int) {
			if i < len(starts) {
				for starts[i].Slot = range p.Slots {
					every(i + 1)
				}
			} else if (!s.Feasible() || worth(starts) < worth(s.Starts)) && len(verify.Check(p, starts)) == 0 {
				t.Fatalf("%v would be better than %v\n%+v", starts, s.Starts, p)
			}
		}
		every(0)
	})
}

// fits tells whether task i stands well among the placed ones, asking the checker.
func fits(p rcpsp.Problem, starts []rcpsp.Start, placed []bool, i int) bool {
	sub := rcpsp.Problem{Resources: p.Resources, Stocks: p.Stocks}
	var at []rcpsp.Start
	for k, on := range placed {
		if on {
			task := p.Tasks[k]
			task.After = nil
			if k != i {
				task.Closed, task.Release = nil, 0
			}
			sub.Tasks = append(sub.Tasks, task)
			at = append(at, starts[k])
		}
	}
	return len(verify.Check(sub, at)) == 0
}
