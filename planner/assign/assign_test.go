package assign_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/assign/check"
	"github.com/samdrift/samdrift/planner/instances"
)

// every calls f with each assignment of up to 8 items that the check finds nothing wrong with.
func every(p assign.Problem, f func(bin []int)) {
	bin := make([]int, len(p.Cost))
	var walk func(i int)
	walk = func(i int) {
		if i == len(bin) {
			if len(check.Assignment(p, bin)) == 0 {
				f(bin)
			}
			return
		}
		for j, c := range p.Cost[i] {
			if c != assign.Forbidden {
				bin[i] = j
				walk(i + 1)
			}
		}
		if p.Refuse != nil {
			bin[i] = assign.Refused
			walk(i + 1)
		}
	}
	walk(0)
}

// small draws a problem that can be solved by trying everything.
func small(t *rapid.T) assign.Problem {
	items, sites := rapid.IntRange(0, 6).Draw(t, "items"), rapid.IntRange(1, 4).Draw(t, "sites")
	resources := rapid.IntRange(1, 3).Draw(t, "resources")
	draw := func(name string, least, most int64) int64 { return rapid.Int64Range(least, most).Draw(t, name) }
	p := assign.Problem{}
	for range items {
		var cost, demand []int64
		for range sites {
			cost = append(cost, draw("cost", -1, 30))
		}
		for range resources {
			demand = append(demand, draw("demand", 0, 10))
		}
		p.Cost, p.Demand = append(p.Cost, cost), append(p.Demand, demand)
	}
	for range sites {
		var capacity []int64
		for range resources {
			capacity = append(capacity, draw("capacity", 0, 30))
		}
		p.Capacity = append(p.Capacity, capacity)
	}
	if rapid.Bool().Draw(t, "refusable") {
		p.Refuse = []int64{}
		for range items {
			p.Refuse = append(p.Refuse, draw("refuse", 0, 40))
		}
	}
	p.MaxOpen = rapid.IntRange(0, sites).Draw(t, "max open")
	if rapid.Bool().Draw(t, "must") {
		p.Must = []int{rapid.IntRange(0, sites-1).Draw(t, "which")}
	}
	if rapid.IntRange(0, 3).Draw(t, "least") == 0 {
		for range sites {
			row := make([]int64, resources)
			row[0] = draw("at least", 0, 6)
			p.Least = append(p.Least, row)
		}
	}
	if items > 1 {
		pair := rapid.Custom(func(t *rapid.T) [2]int {
			a := rapid.IntRange(0, items-2).Draw(t, "a")
			return [2]int{a, rapid.IntRange(a+1, items-1).Draw(t, "b")}
		})
		p.Together = rapid.SliceOfN(pair, 0, 2).Draw(t, "together")
		p.Apart = rapid.SliceOfN(pair, 0, 2).Draw(t, "apart")
	}
	return p
}

var brief = assign.Options{Seed: 1, Rounds: 400}

func TestSearchFindsWhatTryingAllFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		best, found := int64(math.MaxInt64), false
		every(p, func(bin []int) { best, found = min(best, check.Cost(p, bin)), true })
		s := assign.Search(context.Background(), p, brief)
		if broken := check.Solution(p, s); len(broken) > 0 {
			t.Fatal(broken)
		}
		if !s.Proven || s.Feasible != found || found && s.Cost != best {
			t.Fatalf("got %+v, want feasible %v at %d, proven", s, found, best)
		}
	})
}

func TestSearchFarthestFindsWhatTryingAllFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		p.Refuse = nil
		var distance [][]int64
		for range p.Cost {
			row := make([]int64, len(p.Capacity))
			for j := range row {
				row[j] = rapid.Int64Range(0, 9).Draw(t, "distance")
			}
			distance = append(distance, row)
		}
		far, cost, found := int64(math.MaxInt64), int64(0), false
		every(p, func(bin []int) {
			d := int64(0)
			for i, j := range bin {
				d = max(d, distance[i][j])
			}
			if c := check.Cost(p, bin); !found || d < far || d == far && c < cost {
				far, cost, found = d, c, true
			}
		})
		s := assign.SearchFarthest(context.Background(), p, distance, brief)
		if broken := check.Solution(p, s.Solution); len(broken) > 0 {
			t.Fatal(broken)
		}
		if s.Feasible != found || found && (s.Distance != far || s.Cost != cost || !s.Narrowest || !s.Proven) {
			t.Fatalf("got %+v, want feasible %v, distance %d at cost %d, proven", s, found, far, cost)
		}
	})
}

// More room never makes the best answer dearer, and an order of the items is no fact about them.
func TestSearchProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		p.Least = nil
		s := assign.Search(context.Background(), p, brief)

		wider := p
		wider.Capacity = nil
		for _, row := range p.Capacity {
			row = slices.Clone(row)
			row[0] += rapid.Int64Range(0, 10).Draw(t, "more")
			wider.Capacity = append(wider.Capacity, row)
		}
		if w := assign.Search(context.Background(), wider, brief); s.Feasible && (!w.Feasible || w.Cost > s.Cost) {
			t.Fatalf("more room made it dearer: %+v, then %+v", s, w)
		}

		turned := assign.Problem{Capacity: p.Capacity, MaxOpen: p.MaxOpen, Must: p.Must}
		n := len(p.Cost)
		for i := range n {
			turned.Cost, turned.Demand = append(turned.Cost, p.Cost[n-1-i]), append(turned.Demand, p.Demand[n-1-i])
			if p.Refuse != nil {
				turned.Refuse = append(turned.Refuse, p.Refuse[n-1-i])
			}
		}
		if p.Refuse != nil && n == 0 {
			turned.Refuse = p.Refuse
		}
		for _, pair := range p.Together {
			turned.Together = append(turned.Together, [2]int{n - 1 - pair[0], n - 1 - pair[1]})
		}
		for _, pair := range p.Apart {
			turned.Apart = append(turned.Apart, [2]int{n - 1 - pair[0], n - 1 - pair[1]})
		}
		if w := assign.Search(context.Background(), turned, brief); w.Feasible != s.Feasible || w.Cost != s.Cost {
			t.Fatalf("turned around it is %+v, before %+v", w, s)
		}
	})
}

// Medium problems are not always proven; what comes out must still pass, repeat, and never get worse
// with more rounds.
func TestSearchIsAnytimeAndRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := instances.Nation{
			Seed:           rapid.Uint64().Draw(t, "seed"),
			Municipalities: rapid.IntRange(10, 40).Draw(t, "municipalities"),
			Centres:        rapid.IntRange(1, 8).Draw(t, "centres"),
			Resources:      rapid.IntRange(1, 4).Draw(t, "resources"),
			Tightness:      rapid.Float64Range(0.5, 0.97).Draw(t, "tightness"),
		}
		p := n.Problem()
		o := assign.Options{Seed: 7, Rounds: 40}
		less := assign.Search(context.Background(), p, o)
		if broken := check.Solution(p, less); len(broken) > 0 {
			t.Fatal(broken)
		}
		if diff := cmp.Diff(less, assign.Search(context.Background(), p, o)); diff != "" {
			t.Fatalf("a second run differs:\n%s", diff)
		}
		o.Rounds = rapid.IntRange(41, 120).Draw(t, "more rounds")
		more := assign.Search(context.Background(), p, o)
		if broken := check.Solution(p, more); len(broken) > 0 {
			t.Fatal(broken)
		}
		if less.Feasible && (!more.Feasible || more.Cost > less.Cost || more.Bound < less.Bound-1e-6) {
			t.Fatalf("more rounds made it worse: %d ≥ %g, then %d ≥ %g", less.Cost, less.Bound, more.Cost, more.Bound)
		}
	})
}

func TestSearchStopsWithItsContext(t *testing.T) {
	n := instances.National(52)
	n.Resources, n.Tightness = 4, 0.9
	p := n.Problem()
	ctx, stop := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer stop()
	s := assign.Search(ctx, p, assign.Options{})
	if broken := check.Solution(p, s); len(broken) > 0 || !s.Feasible {
		t.Errorf("feasible %v, broken %v", s.Feasible, broken)
	}
}

// country is the choice among given centres: four resources of very different sizes.
func country(seed uint64, items, bins int, tight float64) assign.Problem {
	r := rand.New(rand.NewPCG(seed, 1))
	p := assign.Problem{Capacity: make([][]int64, bins)}
	sum := make([]int64, 4)
	for range items {
		users := int64(500 + r.ExpFloat64()*4000)
		cost := make([]int64, bins)
		for j := range cost {
			cost[j] = users * int64(r.IntN(3000))
		}
		demand := []int64{20 + users/20, 80 + users/5, 5_000 + users*int64(5+r.IntN(20)), users}
		for k, d := range demand {
			sum[k] += d
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
	for seed := range uint64(6) {
		p := country(seed, 98, 5, 0.8)
		s := assign.Solve(p)
		if broken := check.Solution(p, s); len(broken) > 0 || !s.Feasible {
			t.Errorf("seed %d: feasible %v, broken %v", seed, s.Feasible, broken)
		}
		if s.Gap() > 0.01 {
			t.Errorf("seed %d: gap %.3f %%, want at most 1 %%", seed, 100*s.Gap())
		}
	}
}

func TestSolveSaysWhyThereIsNoAnswer(t *testing.T) {
	for want, p := range map[string]assign.Problem{
		"resource 0: 12 is asked for, the 1 largest centres have 10": {
			Cost: [][]int64{{1, 1}, {1, 1}}, Demand: [][]int64{{6}, {6}}, Capacity: [][]int64{{10}, {8}}, MaxOpen: 1},
		"item 1 fits into no centre that it may go to": {
			Cost: [][]int64{{1, 1}, {1, assign.Forbidden}}, Demand: [][]int64{{1}, {9}}, Capacity: [][]int64{{5}, {20}}},
		"2 centres must be open and at most 1 may be": {
			Cost: [][]int64{{1, 1}}, Demand: [][]int64{{1}}, Capacity: [][]int64{{5}, {20}}, Must: []int{0, 1}, MaxOpen: 1},
	} {
		if s := assign.Solve(p); s.Feasible || !s.Proven || s.Reason != want {
			t.Errorf("got %+v, want reason %q", s, want)
		}
	}
}

func BenchmarkSolve(b *testing.B) {
	for _, tight := range []struct {
		name string
		v    float64
	}{{"0.6", 0.6}, {"0.8", 0.8}, {"0.9", 0.9}} {
		b.Run("98x5/"+tight.name, func(b *testing.B) {
			for i := range b.N {
				s := assign.Solve(country(uint64(i%20), 98, 5, tight.v))
				b.ReportMetric(float64(s.Nodes), "nodes")
			}
		})
	}
}
