package assign

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// searcher improves one answer by tearing down and rebuilding small regions of it. A worse region is
// kept with a chance that falls as the search cools down; each cooling is longer than the one before.
type searcher struct {
	*state
	r          *rand.Rand
	best       answer
	found      bool
	rounds     int
	from, span int // the cooling that is under way
	coolings   int
	typical    float64 // an item's cost at the start
	hot        float64 // the temperature that the cooling starts at
	penalty    int64   // of the state, for least loads
	region     []int32
	undo       undo
	share      func(answer)          // tells others of a better answer; may be nil
	others     func() (answer, bool) // the best answer that anyone has; may be nil
}

// undo is what a region was before it was torn down.
type undo struct {
	site  []int32
	items []int32
	at    []int32
}

func newSearcher(m *model, seed, stream uint64) *searcher {
	w := &searcher{r: rand.New(rand.NewPCG(seed, stream))}
	w.state = newState(m, m.firstSites(w.r))
	all := make([]int32, m.items)
	for i := range all {
		all[i] = int32(i)
	}
	w.fill(all, w.every(), 0, w.r)
	for a := range w.site {
		if in := w.members[a]; len(in) > 0 {
			w.region = w.nearest(w.region[:0], in[0], min(len(w.site), 7))
			w.descend(w.region)
		}
	}
	w.penalty = w.short()
	typical := 0.0
	for i := range m.items {
		typical += float64(w.price(int32(i), w.at[i])) / float64(m.items)
	}
	w.typical = typical
	w.hot = w.typical * w.heat()
	w.span = 40 * len(w.site)
	w.keep()
	return w
}

// firstSites picks sites far from each other's items: those that must be open, then again and again
// one at home for an item drawn by what it costs now.
func (m *model) firstSites(r *rand.Rand) []int32 {
	var sites []int32
	open := make([]bool, m.sites)
	near := make([]int64, m.items)
	for i := range near {
		near[i] = never
	}
	add := func(j int) {
		open[j] = true
		sites = append(sites, int32(j))
		for i := range near {
			near[i] = min(near[i], m.cost[j*m.items+i])
		}
	}
	for j, must := range m.must {
		if must || m.slots == m.sites {
			add(j)
		}
	}
	for len(sites) < m.slots {
		total := 0.0
		for i, c := range near {
			if !open[m.home[i]] {
				total += float64(min(c, 2*m.weight[i]))
			}
		}
		x, pick := r.Float64()*total, -1
		for i, c := range near {
			if open[m.home[i]] {
				continue
			}
			if pick = int(m.home[i]); x <= float64(min(c, 2*m.weight[i])) {
				break
			}
			x -= float64(min(c, 2*m.weight[i]))
		}
		for j := 0; pick < 0; j++ {
			if !open[j] {
				pick = j
			}
		}
		add(pick)
	}
	return sites
}

func (s *state) every() []int32 {
	slots := make([]int32, len(s.site))
	for a := range slots {
		slots[a] = int32(a)
	}
	return slots
}

// keep remembers the state when it is the best answer so far.
func (w *searcher) keep() {
	if w.found && w.cost >= w.best.cost {
		return
	}
	if a, ok := w.answer(); ok {
		w.best, w.found = a, true
		if w.share != nil {
			w.share(a)
		}
	}
}

// run rebuilds regions until the context ends or the rounds are used up.
func (w *searcher) run(ctx context.Context, rounds int) {
	if w.items == 0 || len(w.site) == 0 {
		return
	}
	for n := 0; rounds == 0 || n < rounds; n++ {
		if ctx.Err() != nil {
			return
		}
		w.step()
	}
}

// step tears down a region, rebuilds it, and keeps it or puts it back.
func (w *searcher) step() {
	w.rounds++
	done := float64(w.rounds-w.from) / float64(w.span)
	if done >= 1 {
		w.from, w.span, done = w.rounds, w.span*3/2, 0
		w.reheat()
	}
	before := w.cost + w.penalty
	temperature := w.hot * math.Pow(coolTo*w.typical/w.hot, done)
	limit := before + int64(temperature*w.r.ExpFloat64())

	i := int32(w.r.IntN(w.items))
	far := len(w.site) < w.sites && w.r.IntN(8) == 0
	if far {
		i = w.draw(-1)
	}
	w.region = w.nearest(w.region[:0], i, w.breadth())
	if far {
		w.region = w.nearest(w.region, w.draw(1), 2)
	}
	w.save()
	switch {
	case len(w.site) < w.sites && (far || w.r.IntN(10) < 7):
		w.reopen(far)
	default:
		w.scatter()
	}
	w.descend(w.region)
	penalty := w.short()
	if w.cost+penalty > limit {
		w.restore()
		return
	}
	w.penalty = penalty
	w.keep()
}

// reheat starts another cooling, now hotter, now milder, from the best answer that anyone has or from
// where this search stands.
func (w *searcher) reheat() {
	w.coolings++
	w.hot = w.typical * w.heat() * [3]float64{1, 0.4, 2.5}[w.coolings%3]
	if w.others == nil {
		return
	}
	if a, ok := w.others(); ok && a.cost < w.cost && w.coolings%2 == 0 {
		w.adopt(a)
	}
}

// heat is the share of an item's typical cost that a cooling starts at: large clusters have more to
// rearrange.
func (w *searcher) heat() float64 {
	return min(4, max(0.6, 0.1*float64(w.items)/float64(len(w.site))))
}

// adopt takes over an answer.
func (w *searcher) adopt(a answer) {
	for i := range w.items {
		w.take(int32(i))
	}
	open := make([]bool, w.sites)
	for _, j := range a.bin {
		if j >= 0 {
			open[j] = true
		}
	}
	// Slots whose site the answer does not use give way to the sites that it does.
	spare := w.every()
	spare = slices.DeleteFunc(spare, func(s int32) bool { return open[w.site[s]] || w.must[w.site[s]] })
	for j := range w.sites {
		if open[j] && w.slotOf[j] < 0 {
			w.relocate(spare[0], int32(j))
			spare = spare[1:]
		}
	}
	for i, j := range a.bin {
		if j < 0 {
			w.put(int32(i), w.none())
		} else {
			w.put(int32(i), w.slotOf[j])
		}
	}
	w.penalty = w.short()
}

const draws = 3

// coolTo is the share of an item's typical cost that a cooling ends at.
const coolTo = 0.01

// draw picks the dearest (sign 1) or the cheapest (sign -1) of a few items.
func (w *searcher) draw(sign int64) int32 {
	pick, best := int32(0), int64(math.MinInt64)
	for range draws {
		i := int32(w.r.IntN(w.items))
		if c := sign * w.price(i, w.at[i]); c > best {
			pick, best = i, c
		}
	}
	return pick
}

// breadth is how many slots a region has: as many as keep a rebuild short.
func (w *searcher) breadth() int {
	each := max(1, w.items/len(w.site))
	most := min(6, max(2, 160/each))
	return min(len(w.site), 2+w.r.IntN(most))
}

// nearest adds the slots that are cheapest for an item, in order, without those already there.
func (w *searcher) nearest(region []int32, i int32, n int) []int32 {
	start := len(region)
	var costs [8]int64
next:
	for a := range w.site {
		c := w.price(i, int32(a))
		if k := len(region) - start; k == n && c >= costs[k-1] {
			continue
		}
		for _, b := range region[:start] {
			if b == int32(a) {
				continue next
			}
		}
		if len(region)-start < n {
			region = append(region, 0)
		}
		k := len(region) - 1
		for ; k > start && costs[k-1-start] > c; k-- {
			region[k], costs[k-start] = region[k-1], costs[k-1-start]
		}
		region[k], costs[k-start] = int32(a), c
	}
	return region
}

func (w *searcher) save() {
	u := &w.undo
	u.site, u.items, u.at = u.site[:0], u.items[:0], u.at[:0]
	for _, a := range w.region {
		u.site = append(u.site, w.site[a])
		u.items = append(u.items, w.members[a]...)
	}
	u.items = append(u.items, w.members[w.none()]...)
	for _, i := range u.items {
		u.at = append(u.at, w.at[i])
	}
}

func (w *searcher) restore() {
	u := &w.undo
	for _, i := range u.items {
		w.take(i)
	}
	for k, a := range w.region {
		w.slotOf[w.site[a]] = -1
		w.site[a] = u.site[k]
	}
	for k, a := range w.region {
		w.slotOf[u.site[k]] = a
		copy(w.free[int(a)*w.resources:(int(a)+1)*w.resources], w.capacity[int(u.site[k])*w.resources:])
	}
	for k, i := range u.items {
		w.put(i, u.at[k])
	}
}

// reopen closes one slot of the region, opens another site for it, and deals all items out anew. When
// the region has a far part, the slot goes from the near part to the far one.
func (w *searcher) reopen(far bool) {
	var movable [10]int32
	n := 0
	for _, a := range w.region {
		if !w.must[w.site[a]] {
			movable[n] = a
			n++
		}
	}
	if n == 0 {
		w.scatter()
		return
	}
	closing := movable[w.r.IntN(n)]
	if far {
		closing = movable[0]
	}
	to := int32(-1)
	for range 6 {
		from := w.region[w.r.IntN(len(w.region))]
		if far {
			from = w.region[len(w.region)-1]
		}
		if len(w.members[from]) == 0 {
			continue
		}
		j := w.home[w.members[from][w.r.IntN(len(w.members[from]))]]
		if w.sites <= 128 && w.r.IntN(4) == 0 {
			j = int32(w.r.IntN(w.sites))
		}
		if w.slotOf[j] < 0 {
			to = j
			break
		}
	}
	if to < 0 {
		w.scatter()
		return
	}
	for _, i := range w.undo.items {
		if w.at[i] != w.none() {
			w.move(i, w.none())
		}
	}
	w.relocate(closing, to)
	w.fill(w.undo.items, w.region, 0, w.r)
}

// scatter takes some of the region's items out and deals them out anew with a little noise.
func (w *searcher) scatter() {
	share := 0.1 + 0.4*w.r.Float64()
	items := w.scratch.items[:0]
	for _, i := range w.undo.items {
		if w.at[i] == w.none() || w.r.Float64() < share {
			items = append(items, i)
			if w.at[i] != w.none() {
				w.move(i, w.none())
			}
		}
	}
	w.scratch.items = items
	w.fill(items, w.region, 0.05, w.r)
}
