package rcpsp

import "math"

// Packed arithmetic: the free amounts of four resources lie side by side in one word, 15 bits and a
// guard bit each. Taking a demand off leaves every guard bit set exactly when all four are enough.
const (
	lanes   = 4
	lane    = 16
	guards  = uint64(0x8000_8000_8000_8000)
	largest = int64(math.MaxInt16)
)

// packed is a plan with its demands and its free capacity over time in packed words.
type packed struct {
	*plan
	words  int
	base   []uint64 // free capacity per slot, fixed tasks taken off; behind the horizon everything is free
	first  []int32  // task -> its first mode in the lists below
	dur    []int32  // per mode
	dem    []uint64 // per mode, words each
	draws  []int64  // per mode, one for each stock
	preds  []edge   // all tasks' links one after the other
	succs  []edge
	predAt []int32
	succAt []int32
	most   int32 // longest duration
}

// pack tells whether a plan fits packed words, and packs it.
func pack(p *plan) (*packed, bool) {
	for _, r := range p.resources {
		if r.Capacity > largest {
			return nil, false
		}
		for _, c := range r.Changes {
			if c.Capacity > largest {
				return nil, false
			}
		}
	}
	q := &packed{plan: p, words: max(1, (len(p.resources)+lanes-1)/lanes), predAt: make([]int32, p.n+1), succAt: make([]int32, p.n+1)}
	for j := range p.n {
		q.first = append(q.first, int32(len(q.dur)))
		for _, m := range p.modes[j] {
			at := len(q.dem)
			q.dur = append(q.dur, m.dur)
			q.dem = append(q.dem, make([]uint64, q.words)...)
			for _, u := range m.uses {
				q.dem[at+u.Resource/lanes] += uint64(min(u.Amount, largest)) << (u.Resource % lanes * lane)
			}
			q.draws = append(q.draws, make([]int64, len(p.stocks))...)
			copy(q.draws[len(q.draws)-len(p.stocks):], m.draws)
			q.most = max(q.most, m.dur)
		}
		q.preds, q.succs = append(q.preds, p.preds[j]...), append(q.succs, p.succs[j]...)
		q.predAt[j+1], q.succAt[j+1] = int32(len(q.preds)), int32(len(q.succs))
	}
	q.first = append(q.first, int32(len(q.dur)))
	q.base = make([]uint64, (int(p.horizon)+int(q.most)+1)*q.words)
	for i := range q.base {
		q.base[i] = guards | ^guards
	}
	for r := range p.resources {
		w, shift := r/lanes, r%lanes*lane
		for t, capacity := range p.capacities(r) {
			at := t*q.words + w
			q.base[at] = q.base[at]&^(uint64(0x7fff)<<shift) | uint64(capacity)<<shift
		}
	}
	for j := range p.n {
		if !p.fixed[j] {
			continue
		}
		m, s := q.first[j], p.pinned[j]
		for t := s; t < min(p.horizon, s+q.dur[m]); t++ {
			for w := range q.words {
				at := int(t)*q.words + w
				if rest := q.base[at] - q.dem[int(m)*q.words+w]; rest&guards == guards {
					q.base[at] = rest
				} else {
					q.base[at] = guards // promised beyond what there is: nothing is left for others
				}
			}
		}
	}
	return q, true
}

// board is one worker's schedule under construction.
type board struct {
	*packed
	free   []uint64
	dirty  [2]int32 // slots of free that differ from base
	mode   []int32  // per task, index in dur
	start  []int32
	end    []int32
	lost   int // tasks without a slot
	count  []int32
	sorted []int32
	list   []int32
	pick   *random // when set, tasks may change to a mode that ends earlier
	rest   []int64 // of each stock, after the modes chosen so far
	runs   int64   // schedules generated
}

func newBoard(q *packed) *board {
	b := &board{packed: q, free: append([]uint64(nil), q.base...), mode: append([]int32(nil), q.first[:q.n]...),
		start: make([]int32, q.n), end: make([]int32, q.n), sorted: make([]int32, q.n), list: make([]int32, q.n), count: make([]int32, int(q.horizon)+int(q.most)+4)}
	b.dirty = [2]int32{q.horizon, 0}
	return b
}

func (b *board) clear() {
	if lo, hi := b.dirty[0], b.dirty[1]; lo < hi {
		w := int32(b.words)
		copy(b.free[lo*w:hi*w], b.base[lo*w:hi*w])
	}
	b.dirty = [2]int32{b.horizon, 0}
	b.lost = 0
	b.runs++
	if b.pick != nil {
		b.tally()
	}
}

// forward gives each task in turn its earliest slots, and returns the last end.
func (b *board) forward(list []int32) int32 {
	b.clear()
	if b.overlap {
		copy(list, b.precede(places(list)))
	}
	last := int32(0)
	lo, hi := b.horizon, int32(0)
	for _, j := range list {
		m := b.mode[j]
		d := b.dur[m]
		s := b.release[j]
		for _, e := range b.preds[b.predAt[j]:b.predAt[j+1]] {
			s = max(s, b.end[e.task]+e.lag)
		}
		if b.pick != nil {
			m = b.soonest(j, s)
			d = b.dur[m]
		}
		switch {
		case b.fixed[j]:
			s = b.pinned[j]
			b.start[j], b.end[j] = s, s+d
			last = max(last, s+d)
			continue
		case b.closed[j] != nil:
			s = b.earliestOpen(s, d, m, b.closed[j])
		case b.words == 1:
			s = earliest1(b.free, s, d, b.dem[m])
		default:
			s = b.earliest(s, d, m)
		}
		if s+d > b.horizon {
			b.lost++
			b.start[j], b.end[j] = b.horizon+1, b.horizon+1 // no slot; what follows has none either
			last = b.horizon + 1
			continue
		}
		e := s + d
		b.start[j], b.end[j] = s, e
		b.take(s, e, m)
		lo, hi, last = min(lo, s), max(hi, e), max(last, e)
	}
	b.dirty = [2]int32{lo, hi}
	return last
}

// backward gives each task in turn, from the back of the list, its latest slots before limit. It
// returns the first start, or a negative number when a task found no slots.
func (b *board) backward(list []int32, limit int32) int32 {
	b.clear()
	if b.overlap {
		copy(list, b.precede(places(list)))
	}
	first := limit
	lo, hi := b.horizon, int32(0)
	for i := len(list) - 1; i >= 0; i-- {
		j := list[i]
		m := b.mode[j]
		d := b.dur[m]
		e := min(limit, b.latest[j])
		for _, l := range b.succs[b.succAt[j]:b.succAt[j+1]] {
			e = min(e, b.start[l.task]-l.lag)
		}
		if b.pick != nil {
			m = b.latestStart(j, e)
			d = b.dur[m]
		}
		s := e - d
		switch {
		case b.fixed[j]:
			s = b.pinned[j]
			b.start[j], b.end[j] = s, s+d
			first = min(first, s)
			continue
		case s < 0:
		case b.closed[j] != nil:
			s = b.latestOpen(s, d, m, b.closed[j])
		case b.words == 1:
			s = latest1(b.free, s, d, b.dem[m])
		default:
			s = b.latestFit(s, d, m)
		}
		if s < b.release[j] {
			b.dirty = [2]int32{min(lo, hi), hi}
			return -1
		}
		b.start[j], b.end[j] = s, s+d
		b.take(s, s+d, m)
		lo, hi, first = min(lo, s), max(hi, s+d), min(first, s)
	}
	b.dirty = [2]int32{lo, hi}
	return first
}

func (b *board) take(s, e, m int32) {
	if b.words == 1 {
		d := b.dem[m]
		for t, f := range b.free[s:e] {
			b.free[int(s)+t] = f - d
		}
		return
	}
	dem := b.dem[int(m)*b.words : int(m+1)*b.words]
	for t := s; t < e; t++ {
		row := b.free[int(t)*b.words:]
		for w, d := range dem {
			row[w] -= d
		}
	}
}

// earliest1 finds the first slot >= s from which d slots have room for dem. It looks at the far end of
// the stretch first, since a full slot there rules out most starts at once.
func earliest1(free []uint64, s, d int32, dem uint64) int32 {
	if d == 0 || dem == 0 {
		return s
	}
	known := s // slots from s to known-1 have room
	for {
		t := s + d - 1
		if int(t) >= len(free) {
			return s
		}
		for t >= known && (free[t]-dem)&guards == guards {
			t--
		}
		if t < known {
			return s
		}
		known, s = s+d, t+1
	}
}

// latest1 finds the last slot <= s from which d slots have room; negative when there is none.
func latest1(free []uint64, s, d int32, dem uint64) int32 {
	if d == 0 || dem == 0 {
		return s
	}
	known := s + d // slots from known to s+d-1 have room
	for s >= 0 {
		t := s
		for t < known && (free[t]-dem)&guards == guards {
			t++
		}
		if t >= known {
			return s
		}
		known, s = s, t-d
	}
	return s
}

func (b *board) fits(t, m int32) bool {
	row := b.free[int(t)*b.words:]
	for w, d := range b.dem[int(m)*b.words : int(m+1)*b.words] {
		if (row[w]-d)&guards != guards {
			return false
		}
	}
	return true
}

func (b *board) earliest(s, d, m int32) int32 {
	known := s
	for d > 0 && (int(s)+int(d))*b.words <= len(b.free) {
		t := s + d - 1
		for t >= known && b.fits(t, m) {
			t--
		}
		if t < known {
			return s
		}
		known, s = s+d, t+1
	}
	return s
}

func (b *board) latestFit(s, d, m int32) int32 {
	known := s + d
	for d > 0 && s >= 0 {
		t := s
		for t < known && b.fits(t, m) {
			t++
		}
		if t >= known {
			return s
		}
		known, s = s, t-d
	}
	return s
}

func (b *board) earliestOpen(s, d, m int32, c *calendar) int32 {
	for s < b.horizon {
		s = c.forward(s, d)
		if s >= b.horizon {
			break
		}
		t := b.earliest(s, d, m)
		if t == s {
			break
		}
		s = t
	}
	return s
}

func (b *board) latestOpen(s, d, m int32, c *calendar) int32 {
	for s >= 0 {
		s = c.backward(s, d)
		if s < 0 {
			break
		}
		t := b.latestFit(s, d, m)
		if t == s {
			break
		}
		s = t
	}
	return s
}

// order lists the tasks by key (a slot), ties by number, by counting.
func (b *board) order(key []int32, lo, hi int32, into []int32) {
	count := b.count[:hi-lo+2]
	clear(count)
	for _, k := range key {
		count[k-lo+1]++
	}
	for t := 1; t < len(count); t++ {
		count[t] += count[t-1]
	}
	for j, k := range key {
		into[count[k-lo]] = int32(j)
		count[k-lo]++
	}
}

// places gives each task's place in a list, as a key to order by.
func places(list []int32) []int64 {
	key := make([]int64, len(list))
	for k, j := range list {
		key[j] = int64(k)
	}
	return key
}
