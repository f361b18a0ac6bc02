package assign

import "slices"

// state is an answer that is being changed: which site each slot stands on, and which items it holds.
// The last slot holds the items that are left out.
type state struct {
	*model
	site    []int32 // slot → site
	slotOf  []int32 // site → slot, or -1
	at      []int32 // item → slot
	place   []int32 // item → its place among the slot's members
	members [][]int32
	free    []int64 // slot × resource
	cost    int64   // of all items, left out ones with their penalty
	scratch scratch
}

// scratch is memory that the moves use again and again.
type scratch struct {
	heap        []bid
	left, right []gain
	sites       []int32
	mark        []int32
	stamp       int32
	items       []int32
}

func newState(m *model, sites []int32) *state {
	s := &state{model: m, site: slices.Clone(sites), slotOf: make([]int32, m.sites), at: make([]int32, m.items),
		place: make([]int32, m.items), members: make([][]int32, len(sites)+1), free: make([]int64, len(sites)*m.resources)}
	s.scratch.mark = make([]int32, max(m.sites, m.items))
	for j := range s.slotOf {
		s.slotOf[j] = -1
	}
	for a, j := range sites {
		s.slotOf[j] = int32(a)
		copy(s.free[a*m.resources:(a+1)*m.resources], m.capacity[int(j)*m.resources:])
	}
	for i := range m.items {
		s.at[i] = -1
		s.put(int32(i), s.none())
	}
	return s
}

// none is the slot of what is left out.
func (s *state) none() int32 { return int32(len(s.site)) }

// price is the cost of an item in a slot.
func (s *state) price(i, a int32) int64 {
	if a == s.none() {
		return s.out[i]
	}
	return s.model.cost[int(s.site[a])*s.items+int(i)]
}

// row is what all items cost in a slot.
func (s *state) row(a int32) []int64 {
	if a == s.none() {
		return s.out
	}
	return s.model.cost[int(s.site[a])*s.items : (int(s.site[a])+1)*s.items]
}

// put places an item that is in no slot.
func (s *state) put(i, a int32) {
	s.at[i], s.place[i] = a, int32(len(s.members[a]))
	s.members[a] = append(s.members[a], i)
	s.cost += s.price(i, a)
	if a != s.none() {
		for r := range s.resources {
			s.free[int(a)*s.resources+r] -= s.demand[int(i)*s.resources+r]
		}
	}
}

// take removes an item from its slot.
func (s *state) take(i int32) {
	a := s.at[i]
	in := s.members[a]
	last := in[len(in)-1]
	in[s.place[i]] = last
	s.place[last] = s.place[i]
	s.members[a] = in[:len(in)-1]
	s.at[i] = -1
	s.cost -= s.price(i, a)
	if a != s.none() {
		for r := range s.resources {
			s.free[int(a)*s.resources+r] += s.demand[int(i)*s.resources+r]
		}
	}
}

func (s *state) move(i, a int32) {
	s.take(i)
	s.put(i, a)
}

// fits tells whether an item may join a slot.
func (s *state) fits(i, a int32) bool {
	if a == s.none() {
		return true
	}
	d, f := s.demand[int(i)*s.resources:(int(i)+1)*s.resources], s.free[int(a)*s.resources:]
	for r, v := range d {
		if v > f[r] {
			return false
		}
	}
	for _, k := range s.apart[i] {
		if s.at[k] == a {
			return false
		}
	}
	return s.price(i, a) != never
}

// swaps tells whether i and k may change places.
func (s *state) swaps(i, k int32) bool {
	a, b := s.at[i], s.at[k]
	for r := range s.resources {
		d := s.demand[int(i)*s.resources+r] - s.demand[int(k)*s.resources+r]
		if (b != s.none() && d > s.free[int(b)*s.resources+r]) || (a != s.none() && -d > s.free[int(a)*s.resources+r]) {
			return false
		}
	}
	for _, o := range s.apart[i] {
		if s.at[o] == b && o != k {
			return false
		}
	}
	for _, o := range s.apart[k] {
		if s.at[o] == a && o != i {
			return false
		}
	}
	return true
}

// relocate moves a slot to another site. Its items stay with it; what they cost there is the caller's
// to check.
func (s *state) relocate(a, to int32) {
	from := s.site[a]
	s.slotOf[from], s.slotOf[to], s.site[a] = -1, a, to
	for r := range s.resources {
		s.free[int(a)*s.resources+r] += s.capacity[int(to)*s.resources+r] - s.capacity[int(from)*s.resources+r]
	}
	for _, i := range s.members[a] {
		s.cost += s.model.cost[int(to)*s.items+int(i)] - s.model.cost[int(from)*s.items+int(i)]
	}
}

// short is the penalty for open centres that take less than they must.
func (s *state) short() (total int64) {
	if s.least == nil {
		return 0
	}
	for a, j := range s.site {
		if len(s.members[a]) == 0 && !s.must[j] {
			continue
		}
		for r := range s.resources {
			used := s.capacity[int(j)*s.resources+r] - s.free[a*s.resources+r]
			total += max(0, s.least[int(j)*s.resources+r]-used) * s.shortRate
		}
	}
	return total
}

// answer is a finished assignment: the site of each item, -1 when it is left out.
type answer struct {
	bin  []int32
	cost int64
}

// answer gives the assignment, or nothing when it breaks a rule that the search only punishes.
func (s *state) answer() (answer, bool) {
	if s.short() > 0 || (!s.refusable && len(s.members[s.none()]) > 0) {
		return answer{}, false
	}
	a := answer{bin: make([]int32, s.items), cost: s.cost}
	for i, slot := range s.at {
		a.bin[i] = -1
		if slot != s.none() {
			a.bin[i] = s.site[slot]
		}
	}
	return a, true
}
