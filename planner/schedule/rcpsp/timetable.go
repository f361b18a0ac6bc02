package rcpsp

// Timetable is for those who place tasks or judge places themselves, one after the other: it knows
// what is free of each resource in each slot and when each task may run. Tasks and resources are
// counted as in the Problem. It is not safe for concurrent changes; Clone gives each worker its own.
type Timetable struct {
	plan   *plan
	number []int32 // of the caller's tasks
	free   [][]int64
}

// NewTimetable makes one in which nothing is booked. The error tells what is wrong with the problem.
func NewTimetable(p Problem) (*Timetable, error) {
	c, err := compile(p)
	if err != nil {
		return nil, err
	}
	t := &Timetable{plan: c, number: make([]int32, c.n)}
	for j, i := range c.ids {
		t.number[i] = int32(j)
	}
	t.free = c.empty()
	return t, nil
}

// Empty gives one of the same problem in which nothing is booked.
func (t *Timetable) Empty() *Timetable {
	o := *t
	o.free = t.plan.empty()
	return &o
}

// empty is what is free of each resource in each slot while nothing is booked.
func (c *plan) empty() [][]int64 {
	free := make([][]int64, len(c.resources))
	for r := range free {
		free[r] = c.capacities(r)
	}
	return free
}

// Slots is how many slots there are: as given, or enough for everything to be done one after the other.
func (t *Timetable) Slots() int { return int(t.plan.horizon) }

// Free is what is left of a resource in each slot, below zero where too much is booked. Not to be
// changed.
func (t *Timetable) Free(resource int) []int64 { return t.free[resource] }

// Clone gives an independent copy.
func (t *Timetable) Clone() *Timetable {
	o := *t
	o.free = make([][]int64, len(t.free))
	for r, row := range t.free {
		o.free[r] = append([]int64(nil), row...)
	}
	return &o
}

// Load takes over what is booked in another timetable of the same problem.
func (t *Timetable) Load(o *Timetable) {
	for r, row := range o.free {
		copy(t.free[r], row)
	}
}

// Book occupies resources in the slots from one up to, not including, another. Slots behind the last
// one are left out.
func (t *Timetable) Book(uses []Use, from, to int) { t.book(uses, from, to, 1) }

// Release undoes Book.
func (t *Timetable) Release(uses []Use, from, to int) { t.book(uses, from, to, -1) }

func (t *Timetable) book(uses []Use, from, to int, sign int64) {
	n := t.Slots()
	for _, u := range uses {
		row := t.free[u.Resource][min(from, n):min(to, n)]
		for k := range row {
			row[k] -= sign * u.Amount
		}
	}
}

// Earliest is the first slot, from one on, in which a task that takes so many slots and uses so much
// may start and end by another; -1 when there is none. Links are the caller's to mind. Uses are a
// Mode's Demand.
func (t *Timetable) Earliest(task int, uses []Use, slots, from, by int) int {
	s := firstRoom(t.free, t.plan.closed[t.number[task]], uses, int32(slots), int32(from), int32(min(by, t.Slots())))
	return int(s)
}

// Latest is the last such slot from which the task ends by another; -1 when there is none.
func (t *Timetable) Latest(task int, uses []Use, slots, from, by int) int {
	s := lastRoom(t.free, t.plan.closed[t.number[task]], uses, int32(slots), int32(from), int32(min(by, t.Slots())))
	return int(s)
}

// Order lists the tasks by key, none before one it waits for, ties by how many links come before them
// and then by ID.
func (t *Timetable) Order(key []int64) []int {
	keys := make([]int64, len(key))
	for j, i := range t.plan.ids {
		keys[j] = key[i]
	}
	order := make([]int, 0, len(key))
	for _, j := range t.plan.precede(keys) {
		order = append(order, int(t.plan.ids[j]))
	}
	return order
}

// Demand is what a mode uses of each resource, each named once, those it needs nothing of left out.
func (m Mode) Demand() []Use { return merge(m.Uses) }

// firstRoom finds the first slot from lo on from which d slots are open, have room and end by hi;
// negative when there is none.
func firstRoom(free [][]int64, c *calendar, uses []Use, d, lo, hi int32) int32 {
	s := lo
search:
	for s+d <= hi {
		if c != nil {
			if s = c.forward(s, d); s+d > hi {
				return -1
			}
		}
		for _, u := range uses {
			row := free[u.Resource][s : s+d]
			for k := len(row) - 1; k >= 0; k-- {
				if row[k] < u.Amount {
					s += int32(k) + 1
					continue search
				}
			}
		}
		return s
	}
	return -1
}

// lastRoom finds the last slot, not before lo, from which d slots are open, have room and end by hi;
// negative when there is none.
func lastRoom(free [][]int64, c *calendar, uses []Use, d, lo, hi int32) int32 {
	s := hi - d
search:
	for s >= lo {
		if c != nil {
			if s = c.backward(s, d); s < lo {
				return -1
			}
		}
		for _, u := range uses {
			for k, room := range free[u.Resource][s : s+d] {
				if room < u.Amount {
					s += int32(k) - d
					continue search
				}
			}
		}
		return s
	}
	return -1
}
