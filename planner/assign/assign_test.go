package assign_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/assign"
)

// bruteForce tries every assignment.
func bruteForce(p assign.Problem) (best int64, found bool) {
	bin := make([]int, len(p.Cost))
	var walk func(i int, cost int64)
	walk = func(i int, cost int64) {
		if i == len(bin) {
			for j, capacity := range p.Capacity {
				for r, c := range capacity {
					for k, b := range bin {
						if b == j {
							c -= p.Demand[k][r]
						}
					}
					if c < 0 {
						return
					}
				}
			}
			if !found || cost < best {
				best, found = cost, true
			}
			return
		}
		for j, c := range p.Cost[i] {
			if c != assign.Forbidden {
				bin[i] = j
				walk(i+1, cost+c)
			}
		}
		if p.Refuse != nil {
			bin[i] = assign.Refused
			walk(i+1, cost+p.Refuse[i])
		}
	}
	walk(0, 0)
	return best, found
}

// price adds up a solution and complains when it breaks a rule.
func price(t interface{ Fatalf(string, ...any) }, p assign.Problem, s assign.Solution) (total int64) {
	for i, j := range s.Bin {
		switch {
		case j == assign.Refused && p.Refuse == nil:
			t.Fatalf("item %d is left out though every item must be placed", i)
		case j == assign.Refused:
			total += p.Refuse[i]
		case p.Cost[i][j] == assign.Forbidden:
			t.Fatalf("item %d is in bin %d, which is forbidden", i, j)
		default:
			total += p.Cost[i][j]
		}
	}
	for j, capacity := range p.Capacity {
		for r, c := range capacity {
			for i, b := range s.Bin {
				if b == j {
					c -= p.Demand[i][r]
				}
			}
			if c < 0 {
				t.Fatalf("bin %d lacks %d of resource %d", j, -c, r)
			}
		}
	}
	return total
}

func TestSolveAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items, bins, resources := rapid.IntRange(0, 8).Draw(t, "items"), rapid.IntRange(1, 3).Draw(t, "bins"), rapid.IntRange(1, 4).Draw(t, "resources")
		matrix := func(name string, rows, columns int, from, to int64) [][]int64 {
			m := make([][]int64, rows)
			for i := range m {
				m[i] = rapid.SliceOfN(rapid.Int64Range(from, to), columns, columns).Draw(t, name)
			}
			return m
		}
		p := assign.Problem{
			Cost:     matrix("cost", items, bins, assign.Forbidden, 50),
			Demand:   matrix("demand", items, resources, 0, 10),
			Capacity: matrix("capacity", bins, resources, 0, 40),
		}
		if rapid.Bool().Draw(t, "may refuse") {
			p.Refuse = rapid.SliceOfN(rapid.Int64Range(0, 200), items, items).Draw(t, "refuse")
		}
		want, feasible := bruteForce(p)
		got := assign.Solve(p)
		if !got.Proven {
			t.Fatalf("not proven after %d nodes", got.Nodes)
		}
		if got.Feasible != feasible {
			t.Fatalf("feasible = %v, want %v", got.Feasible, feasible)
		}
		if !feasible {
			return
		}
		if total := price(t, p, got); got.Cost != want || total != want || got.Bound != float64(want) {
			t.Fatalf("cost %d, counted %d, bound %g; the best is %d", got.Cost, total, got.Bound, want)
		}
	})
}

// country makes a random problem of national size: tight is the share of all room that is asked for.
func country(seed uint64, items, bins int, tight float64) assign.Problem {
	r := rand.New(rand.NewPCG(seed, 1))
	type point struct{ x, y float64 }
	place := func() point { return point{r.Float64() * 350, r.Float64() * 400} }
	centres := make([]point, bins)
	for j := range centres {
		centres[j] = place()
	}
	p := assign.Problem{Capacity: make([][]int64, bins)}
	sum := make([]int64, 4)
	for range items {
		at, users := place(), int64(500+r.ExpFloat64()*4000)
		demand := []int64{users / 3, users * 2, users * 20, users}
		for k := range demand {
			demand[k] += int64(r.Float64() * 0.3 * float64(demand[k]))
			sum[k] += demand[k]
		}
		cost := make([]int64, bins)
		for j, c := range centres {
			cost[j] = users * int64(10*math.Hypot(at.x-c.x, at.y-c.y))
		}
		p.Cost, p.Demand = append(p.Cost, cost), append(p.Demand, demand)
	}
	for j := range p.Capacity {
		p.Capacity[j] = make([]int64, 4)
		share := (0.8 + 0.4*r.Float64()) / float64(bins) / tight
		for k := range sum {
			p.Capacity[j][k] = int64(float64(sum[k]) * share)
		}
	}
	return p
}

func TestSolveNationalSize(t *testing.T) {
	for _, c := range []struct {
		seed   uint64
		proven bool // within the budget; the others must still come close
	}{{0, true}, {4, true}, {6, true}, {9, true}, {5, false}} {
		p := country(c.seed, 98, 5, 0.8)
		s := assign.Solve(p)
		if !s.Feasible {
			t.Fatalf("seed %d: no answer found", c.seed)
		}
		if total := price(t, p, s); total != s.Cost || s.Bound > float64(s.Cost) {
			t.Errorf("seed %d: cost %d, counted %d, bound %g", c.seed, s.Cost, total, s.Bound)
		}
		if gap := (float64(s.Cost) - s.Bound) / float64(s.Cost); gap > 0.01 {
			t.Errorf("seed %d: gap %.3f %%, want at most 1 %%", c.seed, 100*gap)
		}
		if c.proven && !s.Proven {
			t.Errorf("seed %d: not proven after %d branches", c.seed, s.Nodes)
		}
		if c.proven {
			if diff := cmp.Diff(s, assign.Solve(p)); diff != "" {
				t.Errorf("seed %d: a second run differs:\n%s", c.seed, diff)
			}
		}
	}
}

func TestSolveKnowsThatThereIsNoRoom(t *testing.T) {
	p := country(1, 98, 5, 1.05)
	s := assign.Solve(p)
	if s.Feasible || !s.Proven {
		t.Errorf("feasible %v, proven %v; demand is above all capacity, which is plain to see", s.Feasible, s.Proven)
	}
}

func BenchmarkSolve(b *testing.B) {
	for _, tight := range []float64{0.6, 0.8, 0.9} {
		b.Run(fmt.Sprintf("98x5/%g", tight), func(b *testing.B) {
			for i := range b.N {
				s := assign.Solve(country(uint64(i%20), 98, 5, tight))
				b.ReportMetric(float64(s.Nodes), "nodes")
			}
		})
	}
}
