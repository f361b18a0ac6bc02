package assign

import (
	"context"
	"math"
	"slices"
	"sync"
)

// searchers is how many searches run side by side. It does not follow the machine: the answer must not.
const searchers = 2

// Search looks for the cheapest assignment until the answer is proven, the limits are used up or the
// context ends, whichever is first. Without limits and with a context that never ends it returns only
// when the answer is proven.
func Search(ctx context.Context, p Problem, o Options) Solution {
	m := newModel(p)
	if reason := m.hopeless(); reason != "" {
		s := m.solution(&record{}, 0, true)
		s.Reason = reason
		return s
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if o.Rounds > 0 {
		return m.measured(ctx, o)
	}
	return m.anytime(ctx, stop, o.Seed)
}

// record is the best answer so far, shared by those who look.
type record struct {
	mu    sync.Mutex
	best  answer
	found bool
}

func (b *record) offer(a answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.found || a.cost < b.best.cost {
		b.best, b.found = a, true
	}
}

func (b *record) get() (answer, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.best, b.found
}

func (b *record) cost() (int64, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.best.cost, b.found
}

// anytime runs the searches and the proof at once; each learns of the others' answers.
func (m *model) anytime(ctx context.Context, stop func(), seed uint64) Solution {
	var b record
	var wg sync.WaitGroup
	ws := make([]*searcher, searchers)
	start := func(k int) {
		ws[k] = newSearcher(m, seed, uint64(k))
		ws[k].share, ws[k].others = b.offer, b.get
		if ws[k].found {
			b.offer(ws[k].best)
		}
	}
	start(0)
	prices := ws[0].prices()
	for k := range ws {
		wg.Go(func() {
			if k > 0 {
				start(k)
			}
			ws[k].run(ctx, 0)
		})
	}
	// With few centres the search is soon done and the proof is what takes time; with many it is the
	// other way round.
	workers := 1
	if m.slots <= 8 {
		workers = 2
	}
	bound, proven, nodes := m.prove(ctx, &b, workers, -1, prices)
	if proven {
		stop()
	}
	wg.Wait()
	s := m.solution(&b, bound, proven)
	s.Nodes = nodes
	for _, w := range ws {
		s.Rounds += w.rounds
	}
	return s
}

// A measured search goes in stages. Each has four times the rounds of the one before; the proof takes
// so many pricings for each round.
const firstStage, stageGrowth, stepsPerRound = 19, 4, 3

// measured runs in steps of known size, so that the answer does not depend on the machine. The stages
// do not depend on how many follow, so that more rounds cannot make the answer worse.
func (m *model) measured(ctx context.Context, o Options) Solution {
	var b record
	ws := make([]*searcher, searchers)
	bound, proven, nodes := math.Inf(-1), false, 0
	var prices []float64
	done := 0
	for stage := firstStage; !proven && done < o.Rounds && ctx.Err() == nil; stage *= stageGrowth {
		upTo := min(stage, o.Rounds)
		var wg sync.WaitGroup
		for k := range ws {
			wg.Go(func() {
				if ws[k] == nil {
					ws[k] = newSearcher(m, o.Seed, uint64(k))
				}
				ws[k].run(ctx, upTo-done)
			})
		}
		wg.Wait()
		for _, w := range ws {
			if w.found {
				b.offer(w.best)
			}
		}
		if done = upTo; upTo == stage {
			if prices == nil {
				prices = ws[0].prices()
			}
			floor, sure, n := m.prove(ctx, &b, 1, stepsPerRound*stage, prices)
			bound, proven, nodes = max(bound, floor), sure, nodes+n
		}
	}
	s := m.solution(&b, bound, proven)
	s.Nodes = nodes
	for _, w := range ws {
		if w != nil {
			s.Rounds += w.rounds
		}
	}
	return s
}

func (m *model) closer(ctx context.Context, b *record, left int) *closer {
	x := newRelaxation(m)
	x.left = left
	x.stop = func() bool { return ctx.Err() != nil }
	x.offer = func(sites []int32) {
		if len(sites) == 0 {
			return
		}
		s := newState(m, sites)
		every := s.every()
		all := slices.Clone(s.members[s.none()])
		s.fill(all, every, 0, nil)
		s.descend(every)
		if a, ok := s.answer(); ok {
			b.offer(a)
		}
	}
	return &closer{relaxation: x, best: b.cost, found: b.offer}
}

// prices gives prices to start the bound from: what an item costs now, and its share of what all cost.
func (s *state) prices() []float64 {
	pi, sum := make([]float64, s.items), 0.0
	for i := range pi {
		pi[i] = float64(s.price(int32(i), s.at[i]))
		if s.at[i] == s.none() && !s.refusable {
			pi[i] = 0.3 * float64(s.weight[i])
		}
		sum += pi[i]
	}
	for i := range pi {
		pi[i] += sum / float64(len(pi))
		if s.refusable {
			pi[i] = min(pi[i], float64(s.out[i]))
		}
	}
	return pi
}

// solution puts the best answer into the problem's own terms.
func (m *model) solution(b *record, bound float64, proven bool) Solution {
	s := Solution{Feasible: b.found, Proven: proven, Bin: make([]int, len(m.part))}
	open := make([]bool, m.sites)
	copy(open, m.must)
	for i, k := range m.part {
		s.Bin[i] = Refused
		if b.found && b.best.bin[k] >= 0 {
			s.Bin[i] = int(b.best.bin[k])
			open[s.Bin[i]] = true
		}
	}
	if !b.found {
		return s
	}
	for j, o := range open {
		if o {
			s.Open = append(s.Open, j)
		}
	}
	s.Cost, s.Bound = b.best.cost, math.Min(bound, float64(b.best.cost))
	if proven {
		s.Bound = float64(s.Cost)
	}
	return s
}
