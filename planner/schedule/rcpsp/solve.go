package rcpsp

import (
	"cmp"
	"context"
	"fmt"
)

// geneticTasks is up to how many tasks the genetic algorithm is used.
const geneticTasks = 500

// Solve searches for a good schedule until a limit, the context or a proof ends the search. It always
// returns the best schedule found, even when the context has already ended; the error tells what is
// wrong with the problem itself.
func Solve(ctx context.Context, p Problem, l Limits) (Solution, error) {
	c, err := compile(p)
	if err != nil {
		return Solution{}, err
	}
	if l.From != nil && len(l.From) != c.n {
		return Solution{}, fmt.Errorf("schedule: %d starts to begin with for %d tasks; give one for each", len(l.From), c.n)
	}
	if l.Schedules <= 0 {
		if _, timed := ctx.Deadline(); !timed {
			l.Schedules = 5000
		}
	}
	if c.n == 0 {
		return Solution{Starts: []Start{}}, nil
	}
	bound := c.simpleBound()
	if l.Bound {
		bound = c.destructiveBound(ctx, bound, c.horizon)
	}
	if c.n <= geneticTasks && !c.costly {
		if q, ok := pack(c); ok {
			g := evolve(ctx, q, l, bound)
			return c.close(ctx, c.better(g.solution(bound), l.From)), nil
		}
	}
	best, runs := ruin(ctx, c, l)
	return c.close(ctx, c.solution(best.start, best.mode, runs, bound)), nil
}

// better is the solution, or what was to be begun with where that ends earlier.
func (c *plan) better(s Solution, from []Start) Solution {
	t := c.resume(from)
	if t == nil {
		return s
	}
	old := c.solution(t.start, t.mode, s.Schedules, int32(s.Bound))
	if cmp.Or(cmp.Compare(old.Unplaced, s.Unplaced), cmp.Compare(old.Late, s.Late), cmp.Compare(old.Makespan, s.Makespan)) < 0 {
		return old
	}
	return s
}

// solution tells the best individual.
func (g *genetic) solution(bound int32) Solution {
	start, mode := make([]int32, g.n), make([]int32, g.n)
	shift := int32(0)
	if g.open { // a schedule made from the back may start anywhere
		shift = g.best.low
	}
	for j := range start {
		mode[j] = g.best.mode[j] - g.first[j]
		start[j] = g.best.from[j] - shift
		if g.best.from[j] > g.horizon && !g.fixed[j] {
			start[j] = Unplaced
		}
	}
	return g.plan.solution(start, mode, g.runs, bound)
}

// solution writes starts in the caller's order of tasks.
func (c *plan) solution(start, mode []int32, runs int64, bound int32) Solution {
	s := Solution{Starts: make([]Start, c.n), Schedules: runs}
	rest := append([]int64(nil), c.stocks...)
	for j, i := range c.ids {
		if start[j] == Unplaced {
			s.Starts[i] = Start{Slot: Unplaced}
			s.Unplaced++
			continue
		}
		m := c.modes[j][mode[j]]
		s.Starts[i] = Start{Slot: int(start[j]), Mode: m.order}
		end := start[j] + m.dur
		s.Makespan = max(s.Makespan, int(end))
		s.Cost += c.costOf(int32(j), end)
		if c.moveCost(int32(j), start[j], mode[j]) > 0 {
			s.Moved++
		}
		s.Late += int64(max(0, end-c.latest[j]))
		for k, d := range m.draws {
			rest[k] -= d
		}
	}
	s.Bound = int(bound)
	if c.costly {
		s.CostBound = c.costBound()
	}
	for _, r := range rest {
		s.Late += max(0, -r)
	}
	return s
}
