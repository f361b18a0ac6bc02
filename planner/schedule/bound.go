package schedule

import (
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// rest is what is left of a wave for bounds: its jobs with a night that people did not set.
type rest struct {
	lane    int
	servers int // of all jobs
	groups  int
	units   int // of the link, times days
	seed    int // least days of seeding
	head    int // no cutover of the wave before this slot
	tail    int // least slots from the end of its last cutover to the end of its lane
}

// counted lists the waves of a lane that count.
func (m *model) counted(i int) []rest {
	var out []rest
	for k, w := range m.in.Lanes[i].Waves {
		r := rest{lane: i}
		for n, j := range w.Jobs {
			if m.dropped[job{i, k, n}] || j.Pin != 0 {
				continue
			}
			days, units := j.seeding(w.GBPerDay)
			if r.groups == 0 || days < r.seed {
				r.seed = days
			}
			r.servers, r.groups, r.units = r.servers+j.Servers, r.groups+1, r.units+days*int(units)
		}
		if r.groups > 0 {
			out = append(out, r)
		}
	}
	tail := m.in.HypercareDays
	for k := len(out) - 1; k >= 0; k-- {
		out[k].tail = tail
		tail += 1 + m.in.HypercareDays
	}
	return out
}

// costBound is what waiting costs at least: each wave's groups run in two places until all later waves
// have had their hypercare, however the crews are shared.
func (m *model) costBound() int64 {
	sum := int64(0)
	for i, l := range m.in.Lanes {
		tails, next := m.counted(i), 0
		for k, w := range l.Waves {
			counted := false
			for n, j := range w.Jobs {
				if at := (job{i, k, n}); !m.dropped[at] && j.Pin == 0 {
					counted = true
					sum += l.ServerDay * int64(j.Servers) * int64(1+tails[next].tail+m.length(m.seeding(at)))
				}
			}
			if counted {
				next++
			}
		}
	}
	return sum
}

// endBound is a slot before which the last hypercare cannot be over. Each lane by itself needs open
// nights for its waves one after the other; and the servers of a centre whose cutover still has so
// much behind it must fit into the nights that its crews have before that.
func (m *model) endBound() int {
	bound := 0
	waves := make([][]rest, len(m.in.Centres))
	open := make([][]bool, len(m.in.Centres)) // nights on which some lane of a centre may be cut over
	for c := range open {
		open[c] = make([]bool, m.tasks.Slots)
	}
	for i, l := range m.in.Lanes {
		nights := m.openNights(l, open[l.Centre])
		rests := m.counted(i)
		bound = max(bound, m.laneBound(l, rests, nights))
		waves[l.Centre] = append(waves[l.Centre], rests...)
	}
	for c, rests := range waves {
		crews, groups := capacity(m.tasks.Resources[2*c], m.tasks.Slots), capacity(m.tasks.Resources[2*c+1], m.tasks.Slots)
		slices.SortFunc(rests, func(a, b rest) int { return b.tail - a.tail })
		servers, count, head := 0, 0, m.tasks.Slots
		for k, r := range rests {
			servers, count, head = servers+r.servers, count+r.groups, min(head, r.head)
			if k+1 == len(rests) || rests[k+1].tail != r.tail {
				last := max(fill(crews, open[c], head, servers), fill(groups, open[c], head, count))
				bound = max(bound, last+1+r.tail)
			}
		}
	}
	return bound
}

// openNights gives the nights on which a lane may have cutovers and adds them to those of its centre.
func (m *model) openNights(l Lane, centre []bool) []bool {
	nights := make([]bool, m.tasks.Slots)
	for t := range nights {
		nights[t] = true
	}
	for _, s := range m.in.closedNights(l) {
		for t := s.From; t < min(s.To, len(nights)); t++ {
			nights[t] = false
		}
	}
	for t, open := range nights {
		centre[t] = centre[t] || open
	}
	return nights
}

// laneBound is when a lane that has everything to itself can be over, and sets the heads of its waves.
func (m *model) laneBound(l Lane, rests []rest, nights []bool) int {
	crews, groups := capacity(m.tasks.Resources[2*l.Centre], m.tasks.Slots), capacity(m.tasks.Resources[2*l.Centre+1], m.tasks.Slots)
	local := crews
	if l.Local != nil {
		local = capacity(m.in.curve("", l.Local), m.tasks.Slots)
	}
	begin, care := 0, 0
	for _, s := range m.in.beforeSeeding(l, false) {
		begin = max(begin, s.To)
	}
	end := 0
	for k := range rests {
		r := &rests[k]
		r.head = fill(groups, nights, max(begin+r.seed, begin+care), 1)
		last := max(fill(crews, nights, r.head, r.servers), fill(groups, nights, r.head, r.groups), fill(local, nights, r.head, r.servers),
			fill(groups, nights, begin+(r.units+linkUnits-1)/linkUnits, 1))
		begin, care = last+1, m.in.HypercareDays
		end = begin + care
	}
	return end
}

// fill is the slot of the night on which an amount of work is done when each open night from a slot on
// does all that it can; the number of slots when it never is.
func fill(capacity []int64, open []bool, from, amount int) int {
	left := int64(amount)
	for t := max(0, from); t < len(open); t++ {
		if open[t] {
			if left -= capacity[t]; left <= 0 {
				return t
			}
		}
	}
	return len(open)
}

// capacity gives a resource's capacity by slot.
func capacity(r rcpsp.Resource, slots int) []int64 {
	out := make([]int64, slots)
	at, next := r.Capacity, 0
	for t := range out {
		for next < len(r.Changes) && r.Changes[next].From <= t {
			at = r.Changes[next].Capacity
			next++
		}
		out[t] = at
	}
	return out
}
