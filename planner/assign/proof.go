package assign

import (
	"container/heap"
	"context"
	"math"
	"sync"
)

// proof is the tree of branches that are still to be searched. The branch with the least bound is
// next, so that the bound on all answers rises as the search goes on.
type proof struct {
	mu      sync.Mutex
	changed *sync.Cond
	open    branches
	busy    int // branches being searched
	nodes   int
	made    int
	cells   int // memory of the open branches
	stopped bool
}

// roomy is how much memory open branches may take before the newest goes first, which opens no more
// than it must: bytes.
const roomy = 200 << 20

type branches []*node

func (b branches) Len() int { return len(b) }
func (b branches) Less(i, k int) bool {
	if b[i].bound != b[k].bound {
		return b[i].bound < b[k].bound
	}
	return b[i].number > b[k].number
}
func (b branches) Swap(i, k int) { b[i], b[k] = b[k], b[i] }
func (b *branches) Push(n any)   { *b = append(*b, n.(*node)) }
func (b *branches) Pop() any {
	last := (*b)[len(*b)-1]
	*b = (*b)[:len(*b)-1]
	return last
}

// prove bounds all answers of a model from below by the given number of workers, from some prices, and
// tells whether none is better than the best found. left limits each worker's pricings; below 0: none.
// The prices are moved to where the bound is best.
func (m *model) prove(ctx context.Context, b *record, workers, left int, pi []float64) (bound float64, proven bool, nodes int) {
	root := m.root()
	first := m.closer(ctx, b, left)
	bound = first.ascend(root, pi, 1_000, first.limit)
	if first.dear(bound) {
		return bound, true, 0
	}
	if !m.closable() {
		return bound, false, 0
	}
	root.bound = bound
	root.pi = append([]float64(nil), pi...)
	t := &proof{}
	t.changed = sync.NewCond(&t.mu)
	t.add(root)
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			c := first
			if k > 0 {
				c = m.closer(ctx, b, left)
			}
			c.offer = nil
			t.work(c)
		})
	}
	wg.Wait()
	least := math.Inf(1)
	for _, n := range t.open {
		least = min(least, n.bound)
	}
	return max(bound, least), len(t.open) == 0 || first.dear(least), t.nodes
}

func (t *proof) add(n *node) {
	t.made++
	n.number = t.made
	t.cells += len(n.banned)
	heap.Push(&t.open, n)
}

// work searches branches until none is open or the limits are used up.
func (t *proof) work(c *closer) {
	for {
		t.mu.Lock()
		for len(t.open) == 0 && t.busy > 0 && !t.stopped {
			t.changed.Wait()
		}
		if len(t.open) == 0 || t.stopped || c.ended() {
			t.stopped = t.stopped || c.ended()
			t.changed.Broadcast()
			t.mu.Unlock()
			return
		}
		n := t.next()
		t.busy++
		t.nodes++
		t.mu.Unlock()
		children, done := []*node(nil), true
		if !c.dear(n.bound) {
			children, done = c.branch(n)
		}
		t.mu.Lock()
		t.busy--
		if !done {
			t.add(n)
		}
		for _, child := range children {
			t.add(child)
		}
		t.changed.Broadcast()
		t.mu.Unlock()
	}
}

func (t *proof) next() *node {
	at := 0
	if t.cells > roomy {
		for k, n := range t.open {
			if n.number > t.open[at].number {
				at = k
			}
		}
	}
	n := heap.Remove(&t.open, at).(*node)
	t.cells -= len(n.banned)
	return n
}
