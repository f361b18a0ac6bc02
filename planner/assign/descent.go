package assign

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// bid is an item that waits for a slot: how much it would lose by not getting its best one.
type bid struct {
	item, slot int32
	regret     int64
}

// gain is what an item's cost changes by when it goes to another slot; below 0 is better.
type gain struct {
	item  int32
	delta int64
}

// fill places the items that are left out into the given slots where there is room: the item that
// would lose most by not getting its best slot goes first. Noise above 0 makes it less exact.
func (s *state) fill(items, slots []int32, noise float64, r *rand.Rand) {
	heap := s.scratch.heap[:0]
	for _, i := range items {
		heap = append(heap, s.bid(i, slots, noise, r))
	}
	for k := len(heap)/2 - 1; k >= 0; k-- {
		sink(heap, k)
	}
	for len(heap) > 0 {
		b := heap[0]
		if b.slot == s.none() || s.fits(b.item, b.slot) {
			if b.slot != s.none() {
				s.move(b.item, b.slot)
			}
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		} else {
			heap[0] = s.bid(b.item, slots, noise, r)
		}
		if len(heap) > 0 {
			sink(heap, 0)
		}
	}
	s.scratch.heap = heap
}

// bid finds the best slot of an item as things stand.
func (s *state) bid(i int32, slots []int32, noise float64, r *rand.Rand) bid {
	first, second, where := s.out[i], s.out[i], s.none()
	for _, a := range slots {
		c := s.price(i, a)
		if noise > 0 && c != never {
			c += int64(noise * r.Float64() * float64(c))
		}
		if c >= second || !s.fits(i, a) {
			continue
		}
		if c < first {
			first, second, where = c, first, a
		} else {
			second = c
		}
	}
	return bid{i, where, second - first}
}

// sink restores the heap's order, greatest regret first, below one place.
func sink(h []bid, k int) {
	for {
		c := 2*k + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && h[c+1].regret > h[c].regret {
			c++
		}
		if h[k].regret >= h[c].regret {
			return
		}
		h[k], h[c] = h[c], h[k]
		k = c
	}
}

// descend improves the items of some slots by moves, swaps and better sites until none of them helps.
func (s *state) descend(slots []int32) {
	for {
		moved := s.shifts(slots)
		swapped := s.exchanges(slots)
		if !moved && !swapped && !s.resites(slots) {
			return
		}
	}
}

// shifts moves single items to slots that are cheaper for them.
func (s *state) shifts(slots []int32) (any bool) {
	try := func(a int32) {
		for k := 0; k < len(s.members[a]); k++ {
			i := s.members[a][k]
			best, to := s.price(i, a), a
			for _, b := range slots {
				if c := s.price(i, b); c < best && s.fits(i, b) {
					best, to = c, b
				}
			}
			if to != a {
				s.move(i, to)
				any = true
				k--
			}
		}
	}
	try(s.none())
	for _, a := range slots {
		try(a)
	}
	return any
}

// exchanges swaps two items of different slots where that is cheaper.
func (s *state) exchanges(slots []int32) (any bool) {
	for x, a := range slots {
		for _, b := range slots[x+1:] {
			any = s.exchange(a, b) || any
		}
		any = s.exchange(a, s.none()) || any
	}
	return any
}

func (s *state) exchange(a, b int32) (any bool) {
	left, right := s.gains(s.scratch.left[:0], a, b), s.gains(s.scratch.right[:0], b, a)
	s.scratch.left, s.scratch.right = left, right
	if len(left) == 0 || len(right) == 0 {
		return false
	}
	leastLeft, leastRight := left[0].delta, right[0].delta
	for _, g := range left {
		leastLeft = min(leastLeft, g.delta)
	}
	for _, g := range right {
		leastRight = min(leastRight, g.delta)
	}
	if leastLeft+leastRight >= 0 {
		return false
	}
	left, right = below(left, -leastRight), below(right, -leastLeft)
	for _, g := range left {
		for k, h := range right {
			if g.delta+h.delta >= 0 {
				break
			}
			if s.at[h.item] != b || !s.swaps(g.item, h.item) {
				continue
			}
			s.take(g.item)
			s.take(h.item)
			s.put(g.item, b)
			s.put(h.item, a)
			right = slices.Delete(right, k, k+1)
			any = true
			break
		}
	}
	return any
}

// gains lists what the items of slot a would gain in slot b.
func (s *state) gains(out []gain, a, b int32) []gain {
	here, there := s.row(a), s.row(b)
	for _, i := range s.members[a] {
		if c := there[i]; c != never {
			out = append(out, gain{i, c - here[i]})
		}
	}
	return out
}

// below keeps the gains under a limit, best first.
func below(g []gain, limit int64) []gain {
	n := 0
	for _, v := range g {
		if v.delta < limit {
			g[n] = v
			n++
		}
	}
	slices.SortFunc(g[:n], func(a, b gain) int {
		if a.delta != b.delta {
			return cmp.Compare(a.delta, b.delta)
		}
		return cmp.Compare(a.item, b.item)
	})
	return g[:n]
}

// resites moves slots to better sites for the items they hold.
func (s *state) resites(slots []int32) (any bool) {
	if s.slots == s.sites {
		return false
	}
	for _, a := range slots {
		if to, ok := s.bestSite(a); ok {
			s.relocate(a, to)
			any = true
		}
	}
	return any
}

// bestSite finds a closed site that serves the slot's items cheaper than its own.
func (s *state) bestSite(a int32) (int32, bool) {
	from := s.site[a]
	if s.must[from] {
		return 0, false
	}
	sum := int64(0)
	for _, i := range s.members[a] {
		sum += s.price(i, a)
	}
	best, to := sum, from
	for _, j := range s.around(s.members[a]) {
		if s.slotOf[j] >= 0 || !s.holds(a, j) {
			continue
		}
		row, c := s.model.cost[int(j)*s.items:(int(j)+1)*s.items], int64(0)
		for _, i := range s.members[a] {
			if c += row[i]; c >= best {
				break
			}
		}
		if c < best {
			best, to = c, j
		}
	}
	return to, to != from
}

// holds tells whether site j has room for what slot a carries.
func (s *state) holds(a, j int32) bool {
	from := s.site[a]
	for r := range s.resources {
		if s.free[int(a)*s.resources+r]+s.capacity[int(j)*s.resources+r]-s.capacity[int(from)*s.resources+r] < 0 {
			return false
		}
	}
	return true
}

// around lists the sites worth a try for some items: their homes, or all when there are few.
func (s *state) around(items []int32) []int32 {
	sites := s.scratch.sites[:0]
	if s.sites <= 32 {
		for j := range s.sites {
			sites = append(sites, int32(j))
		}
	} else {
		s.scratch.stamp++
		for _, i := range items {
			if j := s.home[i]; s.scratch.mark[j] != s.scratch.stamp {
				s.scratch.mark[j] = s.scratch.stamp
				sites = append(sites, j)
			}
		}
	}
	s.scratch.sites = sites
	return sites
}
