package chance

import (
	"math"
	"math/rand/v2"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// attempts is how often a task is repeated at most; then it is taken to succeed.
const attempts = 50

// worker makes runs one after the other.
type worker struct {
	*setting
	table    *rcpsp.Timetable
	source   *rand.PCG
	random   *rand.Rand
	start    []int // of the first attempt in this run
	length   []int // of the first attempt
	end      []int // of the last one; never for a task that finds no room
	seen     []int // runs made when the task was last found on a chain
	bookings [][]booking
	ends     []int
	beyond   int
	critical []int // runs, by task
	punctual []int
}

// booking is one attempt of a task.
type booking struct{ task, from, to int }

const never = math.MaxInt32

func (s *setting) worker() *worker {
	n := len(s.starts)
	source := rand.NewPCG(0, 0)
	return &worker{setting: s, table: s.table.Clone(), source: source, random: rand.New(source), start: make([]int, n), length: make([]int, n), end: make([]int, n), seen: make([]int, n),
		bookings: make([][]booking, len(s.problem.Resources)), critical: make([]int, n), punctual: make([]int, n)}
}

// run makes one run: every task in the planned order, each as early as it may.
func (w *worker) run(seed, number uint64) {
	w.source.Seed(seed, number)
	w.table.Load(w.setting.table)
	for r := range w.bookings {
		w.bookings[r] = w.bookings[r][:0]
	}
	factor := math.Exp(w.common * w.random.NormFloat64())
	last := -1
	for i := range w.starts {
		w.place(i, factor)
		if w.end[i] <= w.planned[i] {
			w.punctual[i]++
		}
		if last < 0 || w.end[i] >= w.end[last] {
			last = i
		}
	}
	switch {
	case last < 0: // no tasks
		w.ends = append(w.ends, 0)
	case w.end[last] == never:
		w.beyond++
	default:
		w.ends = append(w.ends, w.end[last])
	}
	made := len(w.ends) + w.beyond
	for i := last; i >= 0 && w.seen[i] < made; i = w.blamed(i) {
		w.seen[i] = made
		w.critical[i]++
	}
}

// place books a task, and again as long as it fails.
func (w *worker) place(i int, factor float64) {
	at, risk := w.starts[i], w.risks[i]
	from, _ := w.ready(i)
	w.start[i], w.end[i] = never, never
	if at.Slot == rcpsp.Unplaced || from == never {
		return
	}
	from = max(from, at.Slot)
	for range attempts {
		slots := w.planned[i] - at.Slot
		if risk.High > 0 {
			slots = max(1, int(math.Round(w.pert.draw(risk, w.random.Float64())*factor)))
		}
		fails := risk.Fails > 0 && w.random.Float64() < risk.Fails
		s := from
		if w.problem.Tasks[i].Fixed == nil || s != at.Slot { // a promise is kept as given, whatever it breaks
			s = w.table.Earliest(i, w.uses[i], slots, from, w.table.Slots())
		}
		if s < 0 {
			w.end[i] = never
			return
		}
		if w.start[i] == never {
			w.start[i], w.length[i] = s, slots
		}
		w.end[i] = s + slots
		w.table.Book(w.uses[i], s, w.end[i])
		for _, u := range w.uses[i] {
			w.bookings[u.Resource] = append(w.bookings[u.Resource], booking{i, s, w.end[i]})
		}
		if !fails {
			return
		}
		from = w.end[i] + risk.Again
	}
}

// ready is the slot from which a task's links let it start in this run, and the task that holds it
// longest, -1 for none.
func (w *worker) ready(i int) (slot, last int) {
	last = -1
	for _, l := range w.problem.Tasks[i].After {
		from := w.end[l.Task]
		if from != never {
			from += l.Lag
		}
		if from > slot {
			slot, last = from, l.Task
		}
	}
	return max(slot, w.problem.Tasks[i].Release), last
}

// blamed is the task that kept a task from starting earlier in this run, -1 when none did: the one it
// waits for, or the one that took most of what was missing in the last slot in which it was not closed.
func (w *worker) blamed(i int) int {
	ready, last := w.ready(i)
	if w.start[i] == never {
		return last
	}
	t := w.table.Latest(i, nil, w.length[i], 0, w.start[i]-1+w.length[i])
	switch {
	case t < 0 || t < w.problem.Tasks[i].Release:
		return -1
	case t < ready:
		return last
	}
	for _, u := range w.uses[i] {
		free := w.table.Free(u.Resource)
		for slot := t; slot < min(w.start[i], t+w.length[i]); slot++ {
			if free[slot] < u.Amount {
				return w.most(u.Resource, slot, i)
			}
		}
	}
	return -1
}

// most is the task, begun before another one, that uses most of a resource in a slot; -1 when there is
// none.
func (w *worker) most(resource, slot, than int) int {
	best, amount := -1, int64(0)
	for _, b := range w.bookings[resource] {
		if slot < b.from || b.to <= slot || w.start[b.task] >= w.start[than] {
			continue
		}
		for _, u := range w.uses[b.task] {
			if u.Resource == resource && u.Amount > amount {
				best, amount = b.task, u.Amount
			}
		}
	}
	return best
}
