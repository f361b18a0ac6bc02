package rcpsp

// table is a schedule that is changed piece by piece: the free capacity of each resource in each slot,
// and where each task stands. It suits thousands of tasks that each use few of many resources.
type table struct {
	*plan
	free  [][]int64 // per resource and slot
	rest  []int64   // of each stock
	start []int32   // Unplaced: not in the table
	mode  []int32   // index in plan.modes
	value value
}

// value is what is kept low, most important first.
type value struct {
	unplaced int64
	late     int64
	cost     int64
	ends     int64 // sum of all ends: what draws a schedule together when nothing costs
}

func (v value) less(w value) bool {
	switch {
	case v.unplaced != w.unplaced:
		return v.unplaced < w.unplaced
	case v.late != w.late:
		return v.late < w.late
	case v.cost != w.cost:
		return v.cost < w.cost
	}
	return v.ends < w.ends
}

func newTable(p *plan) *table {
	t := &table{plan: p, rest: append([]int64(nil), p.stocks...), start: make([]int32, p.n), mode: make([]int32, p.n)}
	t.free = p.empty()
	t.value.unplaced = int64(p.n)
	for j := range t.start {
		t.start[j] = Unplaced
	}
	for j := range t.start {
		if p.fixed[j] {
			t.put(int32(j), p.pinned[j], 0)
		}
	}
	return t
}

// put books a task.
func (t *table) put(j, s, m int32) { t.book(j, s, m, 1) }

// remove takes a task out.
func (t *table) remove(j int32) {
	t.book(j, t.start[j], t.mode[j], -1)
	t.start[j] = Unplaced
}

func (t *table) book(j, s, m int32, sign int64) {
	way := &t.modes[j][m]
	e := s + way.dur
	for _, u := range way.uses {
		amount := sign * u.Amount
		row := t.free[u.Resource][min(s, t.horizon):min(e, t.horizon)]
		for k := range row {
			row[k] -= amount
		}
	}
	for k, d := range way.draws {
		before := max(0, -t.rest[k])
		t.rest[k] -= sign * d
		t.value.late += max(0, -t.rest[k]) - before
	}
	t.start[j], t.mode[j] = s, m
	t.value.unplaced -= sign
	if e > t.latest[j] {
		t.value.late += sign * int64(e-t.latest[j])
	}
	t.value.cost += sign * (t.costOf(j, e) + t.moveCost(j, s, m))
	t.value.ends += sign * int64(e)
}

// costOf is what an end of a task costs.
func (p *plan) costOf(j, e int32) int64 {
	return p.weight[j]*int64(e) + p.tardy[j]*int64(max(0, e-p.due[j]))
}

// moveCost is what it costs the search that a task does not stand where it is expected.
func (p *plan) moveCost(j, s, m int32) int64 {
	if p.move[j] == 0 || p.keep[j] == (place{s, m}) {
		return 0
	}
	return p.move[j]
}

// insert books a task at its earliest slots between its placed neighbours, in the mode that draws
// least beyond the stocks, then ends first; or where it is expected, if that costs no more. False: there is no room.
func (t *table) insert(j int32) bool {
	lo, hi := t.release[j], t.horizon
	for _, l := range t.preds[j] {
		if t.start[l.task] == Unplaced {
			return false
		}
		lo = max(lo, t.start[l.task]+t.modes[l.task][t.mode[l.task]].dur+l.lag)
	}
	for _, l := range t.succs[j] {
		if s := t.start[l.task]; s != Unplaced {
			hi = min(hi, s-l.lag)
		}
	}
	best, at, end := int32(-1), int32(0), far
	var over int64
	for m := range t.modes[j] {
		way := &t.modes[j][m]
		s := t.earliest(j, way, lo, hi)
		if s < 0 {
			continue
		}
		var more int64
		for k, d := range way.draws {
			more += max(0, d-max(0, t.rest[k]))
		}
		if best < 0 || more < over || more == over && s+way.dur < end {
			best, at, end, over = int32(m), s, s+way.dur, more
		}
	}
	if best < 0 {
		return false
	}
	if k := t.keep[j]; t.move[j] > 0 && k.mode >= 0 && k.slot != at {
		way := &t.modes[j][k.mode]
		if t.costOf(j, k.slot+way.dur) <= t.costOf(j, end)+t.move[j] && t.fits(j, k, lo, hi) {
			at, best = k.slot, k.mode
		}
	}
	t.put(j, at, best)
	return true
}

// fits tells whether a task can stand in a place between two slots, with what the stocks leave.
func (t *table) fits(j int32, k place, lo, hi int32) bool {
	way := &t.modes[j][k.mode]
	for s, d := range way.draws {
		if d > max(0, t.rest[s]) {
			return false
		}
	}
	return k.slot >= lo && k.slot+way.dur <= hi && t.earliest(j, way, k.slot, k.slot+way.dur) == k.slot
}

// first is the first slot from lo on where a task has room in one of its modes; the horizon when there
// is none.
func (t *table) first(j, lo int32) int32 {
	first := t.horizon
	for m := range t.modes[j] {
		if s := t.earliest(j, &t.modes[j][m], lo, t.horizon); s >= 0 {
			first = min(first, s)
		}
	}
	return first
}

// earliest finds the first slot from lo on where a task has room and ends by hi; negative when there
// is none.
func (t *table) earliest(j int32, way *mode, lo, hi int32) int32 {
	return firstRoom(t.free, t.closed[j], way.uses, way.dur, lo, hi)
}

// build places all tasks by priority, predecessors first, and tells the order used.
func (t *table) build(order []int32) {
	for _, j := range order {
		if !t.fixed[j] {
			t.insert(j)
		}
	}
}
