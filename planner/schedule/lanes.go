package schedule

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// The search places whole lanes, one after the other: each job in the order of its lane takes the first
// room that is free. Then a few lanes that share a centre are taken out and put back in another order,
// and the change is kept when the schedule is no worse than it was memory changes ago.
const (
	memory    = 50
	mostLanes = 4
)

// value is what a schedule is judged by, most important first.
type value [4]int64

const (
	broken   = iota // rules that a pin breaks within its lane
	unplaced        // servers without a night
	waiting         // cost
	ends            // sum of the lanes' ends
)

func (v value) less(o value) bool { return slices.Compare(v[:], o[:]) < 0 }

func (v value) plus(o value, sign int64) value {
	for k := range v {
		v[k] += sign * o[k]
	}
	return v
}

// judge gives what a lane adds to the value of a schedule, and its first seeding, -1 for none.
func (m *model) judge(i int, starts []rcpsp.Start) (v value, first int) {
	l := m.in.Lanes[i]
	first = -1
	latest, moved := 0, 0           // cutover, and servers
	var last map[int]inventory.Date // by contract: its last cutover
	if len(m.in.Contracts) > 0 {
		last = map[int]inventory.Date{}
	}
	for k, w := range l.Waves {
		for n, j := range w.Jobs {
			cut := m.cut[i][k][n]
			at := starts[cut].Slot
			if at == rcpsp.Unplaced {
				v[unplaced] += int64(j.Servers)
				continue
			}
			if j.Pin != 0 && m.ready(starts, cut) > at {
				v[broken]++
			}
			if s := starts[cut-1].Slot; first < 0 || s < first {
				first = s
			}
			latest, moved = max(latest, at), moved+j.Servers
			v[waiting] += l.ServerDay * int64(j.Servers) * int64(m.length(cut-1)-at)
			for _, c := range j.Contracts {
				last[c] = max(last[c], m.in.day(at))
			}
		}
	}
	for c, night := range last {
		v[waiting] += m.in.Contracts[c].DayCost * int64(max(0, night-m.in.Contracts[c].Until))
	}
	if first >= 0 {
		end := latest + 1 + m.in.HypercareDays
		v[waiting] += l.ServerDay * int64(moved) * int64(end)
		v[ends] = int64(end)
		v[waiting] += l.Late * int64(max(0, m.in.day(end-1)-l.Lease))
	}
	return v, first
}

// board is a schedule of some of the lanes.
type board struct {
	*model
	table  *rcpsp.Timetable
	starts []rcpsp.Start
	worth  []value // per lane that is placed
	from   []int   // per lane: its first seeding, -1 while it is not placed
	to     []int   // per lane: the slot in which its last hypercare is over
	sum    value
}

func newBoard(m *model) (*board, error) {
	var err error
	if m.empty, err = rcpsp.NewTimetable(m.tasks); err != nil {
		return nil, err
	}
	b := &board{model: m, table: m.empty.Empty(), starts: make([]rcpsp.Start, len(m.tasks.Tasks)), worth: make([]value, len(m.in.Lanes)),
		from: make([]int, len(m.in.Lanes)), to: make([]int, len(m.in.Lanes))}
	for t := range b.starts {
		b.starts[t].Slot = rcpsp.Unplaced
		if f := m.tasks.Tasks[t].Fixed; f != nil {
			b.book(t, f.Slot)
		}
	}
	for i := range b.from {
		b.from[i] = -1
	}
	return b, nil
}

func (b *board) book(t, slot int) {
	b.starts[t].Slot = slot
	b.table.Book(b.demand[t], slot, slot+b.length(t))
}

func (b *board) free(t int) {
	if at := b.starts[t].Slot; at != rcpsp.Unplaced {
		b.table.Release(b.demand[t], at, at+b.length(t))
		b.starts[t].Slot = rcpsp.Unplaced
	}
}

// put places a lane as early as it can go, and no sooner than a place among those that may move at
// once is free.
func (b *board) put(i int) {
	for begin := 0; ; {
		b.lane(i, begin)
		next := b.crowded(i)
		if next <= begin {
			break
		}
		begin = next
		b.take(i)
	}
	b.sum = b.sum.plus(b.worth[i], 1)
}

// out takes a lane off the board.
func (b *board) out(i int) {
	b.sum = b.sum.plus(b.worth[i], -1)
	b.worth[i] = value{}
	b.take(i)
}

func (b *board) take(i int) {
	for t := b.start[i]; t <= b.done[i]; t++ {
		if b.tasks.Tasks[t].Fixed == nil {
			b.free(t)
		}
	}
	b.from[i] = -1
}

// crowded gives the slot in which the next of too many lanes that move at once is over, zero when there
// are not too many.
func (b *board) crowded(i int) int {
	most := b.in.MaxMoving
	if most <= 0 || b.from[i] < 0 || b.from[i] >= b.to[i] {
		return 0
	}
	var others []int
	for o, l := range b.in.Lanes {
		if o != i && l.Centre == b.in.Lanes[i].Centre && b.from[o] >= 0 && b.from[o] < b.to[i] && b.from[i] < b.to[o] {
			others = append(others, o)
		}
	}
	for _, at := range others { // the number is largest where one of them begins
		begin, n, next := max(b.from[i], b.from[at]), 0, b.to[at]
		for _, o := range others {
			if b.from[o] <= begin && begin < b.to[o] {
				n++
				next = min(next, b.to[o])
			}
		}
		if n >= most {
			return next
		}
	}
	return 0
}

// lane places all tasks of a lane from a slot on.
func (b *board) lane(i, begin int) {
	l := b.in.Lanes[i]
	b.book(b.start[i], begin)
	before, care, stuck := begin, 0, l.Blocked
	for k, w := range l.Waves {
		over, lost := before, false
		for n := range w.Jobs {
			cut := b.cut[i][k][n]
			if b.job(cut-1, cut, before, care, stuck) {
				over = max(over, b.starts[cut].Slot+1)
			} else {
				lost = true
			}
		}
		stuck = stuck || lost && w.Foundation
		b.book(b.over[i][k], over)
		before, care = over, b.in.HypercareDays
	}
	b.book(b.done[i], before+care)
	b.worth[i], b.from[i] = b.judge(i, b.starts)
	b.to[i] = before + care
}

// job places one job's seeding and cutover after a slot, with days of hypercare in between; false: it
// has no night. What people set stands where it is, whatever it breaks.
func (b *board) job(seed, cut, before, care int, stuck bool) bool {
	days := b.length(seed)
	if fixed := b.tasks.Tasks[cut].Fixed; fixed != nil {
		at := b.table.Latest(seed, b.demand[seed], days, before, fixed.Slot)
		if at < 0 {
			at = max(0, fixed.Slot-days)
		}
		b.book(seed, at)
		return true
	}
	if stuck {
		return false
	}
	at := b.table.Earliest(seed, b.demand[seed], days, before, b.tasks.Slots)
	if at < 0 {
		return false
	}
	night := b.table.Earliest(cut, b.demand[cut], 1, max(at+days, before+care), b.tasks.Slots)
	if night < 0 {
		return false
	}
	b.book(seed, at)
	b.book(cut, night)
	return true
}

// search finds the best order of the lanes that it can; budget is how many tasks may be placed anew.
func (b *board) search(budget int) {
	order := make([]int, len(b.in.Lanes))
	size := make([]int, len(order))
	for i, l := range b.in.Lanes {
		order[i] = i
		for _, w := range l.Waves {
			for _, j := range w.Jobs {
				size[i] += j.Servers
			}
		}
	}
	best := record{}
	for _, less := range []func(x, y int) int{
		func(x, y int) int { return x - y },
		func(x, y int) int { return cmp.Compare(b.in.Lanes[x].Release, b.in.Lanes[y].Release) },
		func(x, y int) int { return len(b.in.Lanes[y].Waves) - len(b.in.Lanes[x].Waves) },
		func(x, y int) int { return size[x] - size[y] },
	} {
		for i := range order {
			b.out(i)
		}
		slices.SortStableFunc(order, less)
		for _, i := range order {
			b.put(i)
		}
		if best.starts == nil || b.sum.less(best.sum) {
			best.save(b)
		}
	}
	best.load(b)
	b.improve(budget, &best)
	best.load(b)
}

// improve takes lanes out and puts them back, until the budget is used up.
func (b *board) improve(budget int, best *record) {
	rivals := make([][]int, len(b.in.Centres))
	for i, l := range b.in.Lanes {
		rivals[l.Centre] = append(rivals[l.Centre], i)
	}
	rivals = slices.DeleteFunc(rivals, func(r []int) bool { return len(r) < 2 })
	if len(rivals) == 0 {
		return
	}
	r := rand.New(rand.NewPCG(1, uint64(len(b.in.Lanes))))
	history := slices.Repeat([]value{b.sum}, memory)
	var was record
	for step, left := 0, budget; left > 0; step++ {
		lanes := rivals[r.IntN(len(rivals))]
		r.Shuffle(len(lanes), func(x, y int) { lanes[x], lanes[y] = lanes[y], lanes[x] })
		chosen := lanes[:min(len(lanes), 2+r.IntN(mostLanes-1))]
		before := b.sum
		was.keep(b, chosen)
		for _, i := range chosen {
			b.out(i)
		}
		for _, i := range chosen {
			b.put(i)
			left -= 1 + b.done[i] - b.start[i]
		}
		at := step % memory
		if before.less(b.sum) && history[at].less(b.sum) {
			for _, i := range chosen {
				b.out(i)
			}
			was.back(b, chosen)
		} else if b.sum.less(best.sum) {
			best.save(b)
		}
		if b.sum.less(history[at]) {
			history[at] = b.sum
		}
	}
}

// record remembers where lanes stood.
type record struct {
	starts   []rcpsp.Start
	worth    []value
	from, to []int
	sum      value
}

func (r *record) save(b *board) {
	r.starts = append(r.starts[:0], b.starts...)
	r.worth, r.from, r.to = append(r.worth[:0], b.worth...), append(r.from[:0], b.from...), append(r.to[:0], b.to...)
	r.sum = b.sum
}

// keep remembers some lanes only.
func (r *record) keep(b *board, lanes []int) {
	if r.starts == nil {
		r.save(b)
		return
	}
	for _, i := range lanes {
		copy(r.starts[b.start[i]:b.done[i]+1], b.starts[b.start[i]:b.done[i]+1])
		r.worth[i], r.from[i], r.to[i] = b.worth[i], b.from[i], b.to[i]
	}
}

// back puts some lanes where they stood.
func (r *record) back(b *board, lanes []int) {
	for _, i := range lanes {
		for t := b.start[i]; t <= b.done[i]; t++ {
			if slot := r.starts[t].Slot; slot != rcpsp.Unplaced && b.tasks.Tasks[t].Fixed == nil {
				b.book(t, slot)
			}
		}
		b.worth[i], b.from[i], b.to[i] = r.worth[i], r.from[i], r.to[i]
		b.sum = b.sum.plus(b.worth[i], 1)
	}
}

// load makes the board as it was when it was saved.
func (r *record) load(b *board) {
	all := make([]int, len(b.in.Lanes))
	for i := range all {
		all[i] = i
		b.out(i)
	}
	r.back(b, all)
}
