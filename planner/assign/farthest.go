package assign

import (
	"context"
	"slices"
)

// Farthest is an answer to the p-centre problem.
type Farthest struct {
	Solution        // its Cost, Bound and Proven hold among answers with this Distance
	Distance  int64 // the greatest distance from any item to its centre
	AtLeast   int64 // no answer has a smaller greatest distance
	Narrowest bool  // Distance equals AtLeast
}

// SearchFarthest makes the greatest distance as small as it can, and then the cost: the p-centre
// problem, lexicographic. Distance is item × centre, 0 or more; p.Refuse must be nil. It ends when
// both are proven, when every step has used up its limits, or when the context ends.
func SearchFarthest(ctx context.Context, p Problem, distance [][]int64, o Options) Farthest {
	best := Farthest{Solution: Search(ctx, p, Options{Seed: o.Seed, Rounds: 76})}
	if !best.Feasible && !best.Proven {
		best.Solution = Search(ctx, p, o)
	}
	if !best.Feasible {
		return best
	}
	radii := radiuses(p, distance)
	if len(best.Bin) == 0 {
		best.Narrowest = true
		return best
	}
	best.Distance = reach(best.Bin, distance)
	low, _ := slices.BinarySearch(radii, alone(p, distance))
	high, _ := slices.BinarySearch(radii, best.Distance)
	rounds := 76
	open := map[int]int{} // radii tried in vain, with the rounds they had
	for low < high && ctx.Err() == nil && (o.Rounds == 0 || rounds <= max(o.Rounds, 76)) {
		at := pick(low, high, open, rounds)
		if at < 0 {
			rounds *= stageGrowth
			continue
		}
		if bin := gather(ctx, p, distance, radii[at], o.Seed, rounds); bin != nil && reach(bin, distance) < best.Distance {
			best.Solution, best.Distance = p.stated(bin), reach(bin, distance)
			high, _ = slices.BinarySearch(radii, best.Distance)
		}
		if at >= high {
			continue
		}
		switch bin, impossible := placeAll(ctx, confine(p, distance, radii[at]), Options{Seed: o.Seed, Rounds: rounds}); {
		case impossible:
			low = at + 1
		case bin != nil:
			best.Solution, best.Distance = p.stated(bin), reach(bin, distance)
			high, _ = slices.BinarySearch(radii, best.Distance)
		default:
			open[at] = rounds
		}
	}
	best.AtLeast, best.Narrowest = radii[low], low == high
	if s := Search(ctx, confine(p, distance, best.Distance), o); s.Feasible && (s.Cost <= best.Cost || reach(s.Bin, distance) < best.Distance) {
		best.Solution, best.Distance = s, reach(s.Bin, distance)
	} else {
		best.Proven = false
		best.Bound = min(best.Bound, s.Bound)
	}
	return best
}

// gather looks for an answer within a radius: what lies beyond costs far more than what lies within. It
// gives the best found, which may reach farther; nothing when it found none.
func gather(ctx context.Context, p Problem, distance [][]int64, radius int64, seed uint64, rounds int) []int {
	const beyond = 50
	cost := make([][]int64, len(p.Cost))
	for i, row := range p.Cost {
		cost[i] = slices.Clone(distance[i])
		for j, c := range row {
			if c == Forbidden {
				cost[i][j] = Forbidden
			} else {
				cost[i][j] += beyond * max(0, distance[i][j]-radius)
			}
		}
	}
	p.Cost = cost
	m := newModel(p)
	w := newSearcher(m, seed, uint64(radius))
	w.run(ctx, rounds)
	if !w.found {
		return nil
	}
	return m.solution(&record{best: w.best, found: true}, 0, false).Bin
}

// stated is an answer of which only the assignment is known.
func (p Problem) stated(bin []int) Solution {
	s := Solution{Feasible: true, Bin: bin, Open: slices.Clone(p.Must)}
	for i, j := range bin {
		s.Cost += p.Cost[i][j]
		s.Open = append(s.Open, j)
	}
	slices.Sort(s.Open)
	s.Open = slices.Compact(s.Open)
	return s
}

// pick chooses the middlemost radius below high that has not had so many rounds; -1: none is left.
func pick(low, high int, open map[int]int, rounds int) int {
	best, middle := -1, (low+high)/2
	for at := low; at < high; at++ {
		if open[at] < rounds && (best < 0 || abs(at-middle) < abs(best-middle)) {
			best = at
		}
	}
	return best
}

func abs(v int) int { return max(v, -v) }

// radiuses lists the distances that can be the greatest one, in order.
func radiuses(p Problem, distance [][]int64) []int64 {
	var all []int64
	for i, row := range distance {
		for j, d := range row {
			if p.Cost[i][j] != Forbidden {
				all = append(all, d)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// alone is what some item is away from its nearest centre at least.
func alone(p Problem, distance [][]int64) (far int64) {
	for i, row := range distance {
		near := never
		for j, d := range row {
			if p.Cost[i][j] != Forbidden {
				near = min(near, d)
			}
		}
		far = max(far, near)
	}
	return far
}

// reach is the greatest distance in an answer.
func reach(bin []int, distance [][]int64) (far int64) {
	for i, j := range bin {
		far = max(far, distance[i][j])
	}
	return far
}

// confine forbids what is farther than a radius.
func confine(p Problem, distance [][]int64, radius int64) Problem {
	cost := make([][]int64, len(p.Cost))
	for i, row := range p.Cost {
		cost[i] = slices.Clone(row)
		for j := range cost[i] {
			if distance[i][j] > radius {
				cost[i][j] = Forbidden
			}
		}
	}
	p.Cost = cost
	return p
}

// placeAll counts the items that must stay out, and bounds the count. It gives an answer that leaves none
// out, or the proof that there is no such answer; neither when it found neither.
func placeAll(ctx context.Context, p Problem, o Options) (bin []int, impossible bool) {
	cost, refuse := make([][]int64, len(p.Cost)), make([]int64, len(p.Cost))
	for i, row := range p.Cost {
		cost[i] = slices.Clone(row)
		for j, c := range row {
			if c != Forbidden {
				cost[i][j] = 0
			}
		}
		refuse[i] = 1
	}
	p.Cost, p.Refuse = cost, refuse
	switch s := Search(ctx, p, o); {
	case !s.Feasible:
		return nil, s.Proven // not even with items left out
	case s.Cost == 0:
		return s.Bin, false
	default:
		return nil, s.Bound > 1e-6
	}
}
