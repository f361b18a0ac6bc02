// Package scheduletest draws small scheduling problems for property tests, so that each package that
// works on schedules is tried on the same kinds of them.
package scheduletest

import (
	"fmt"
	"math/rand/v2"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Shape says which features a drawn problem has.
type Shape struct {
	Tasks, Modes    int  // at most
	Curves, Windows bool // capacity curves; releases and closed stretches
	Costs           bool
}

// Draw makes a problem in which everything fits into the grid.
func Draw(t *rapid.T, s Shape) rcpsp.Problem {
	p := rcpsp.Problem{}
	n := rapid.IntRange(1, s.Tasks).Draw(t, "tasks")
	for r := range rapid.IntRange(1, 5).Draw(t, "resources") {
		res := rcpsp.Resource{Name: fmt.Sprint("r", r), Capacity: rapid.Int64Range(2, 6).Draw(t, "capacity")}
		if s.Curves && rapid.Bool().Draw(t, "curve") {
			res.Changes = []rcpsp.Change{{From: 2, Capacity: rapid.Int64Range(0, 4).Draw(t, "dip")}, {From: 5, Capacity: 6}}
		}
		p.Resources = append(p.Resources, res)
	}
	if s.Modes > 1 {
		p.Stocks = []int64{int64(2 * n)}
	}
	for i := range n {
		task := rcpsp.Task{ID: fmt.Sprintf("t%02d", i)}
		for range rapid.IntRange(1, s.Modes).Draw(t, "modes") {
			m := rcpsp.Mode{Duration: rapid.IntRange(0, 3).Draw(t, "duration")}
			for r := range p.Resources {
				m.Uses = append(m.Uses, rcpsp.Use{Resource: r, Amount: rapid.Int64Range(0, 2).Draw(t, "use")})
			}
			if s.Modes > 1 {
				m.Draws = []int64{rapid.Int64Range(0, 3).Draw(t, "draw")}
			}
			task.Modes = append(task.Modes, m)
		}
		if s.Modes > 1 { // one way is always cheap in stock, so that something is always possible
			task.Modes[0].Draws = []int64{0}
		}
		for k := range i {
			if rapid.IntRange(0, 3).Draw(t, "after") == 0 {
				task.After = append(task.After, rcpsp.Link{Task: k, Lag: rapid.IntRange(-1, 2).Draw(t, "lag")})
			}
		}
		if s.Windows && rapid.Bool().Draw(t, "window") {
			task.Release = rapid.IntRange(0, 4).Draw(t, "release")
			from := rapid.IntRange(0, 6).Draw(t, "closed")
			task.Closed = []rcpsp.Span{{From: from, To: from + rapid.IntRange(1, 3).Draw(t, "for"), Name: "freeze"}}
		}
		if s.Costs {
			task.Weight = rapid.Int64Range(0, 5).Draw(t, "weight")
			task.Due, task.Tardy = rapid.IntRange(0, 6).Draw(t, "due"), rapid.Int64Range(0, 9).Draw(t, "tardy")
		}
		p.Tasks = append(p.Tasks, task)
	}
	return p
}

// Shuffle gives the same problem with its tasks in another order, and where each task went.
func Shuffle(t *rapid.T, p rcpsp.Problem) (shuffled rcpsp.Problem, to []int) {
	to = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 0)).Perm(len(p.Tasks))
	shuffled = p
	shuffled.Tasks = make([]rcpsp.Task, len(p.Tasks))
	for i, k := range to {
		task := p.Tasks[i]
		task.After = nil
		for _, l := range p.Tasks[i].After {
			task.After = append(task.After, rcpsp.Link{Task: to[l.Task], Lag: l.Lag})
		}
		shuffled.Tasks[k] = task
	}
	return shuffled, to
}
