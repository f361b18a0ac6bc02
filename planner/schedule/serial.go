package schedule

import (
	"github.com/samdrift/samdrift/inventory"
)

// calendar holds, per lane and day after AsOf, what rules out a cutover whatever else is planned.
type calendar struct {
	first, last inventory.Date // the days that are looked at: AsOf+1 to the deadline
	days        [][]int16      // per lane and day: open, noNight, or the freeze's name
}

const (
	open    = -1
	noNight = -2
)

func newCalendar(p Problem) calendar {
	c := calendar{first: p.AsOf + 1, last: p.Deadline}
	n := max(0, int(c.last-c.first)+1)
	for _, l := range p.Lanes {
		days := make([]int16, n)
		for i := range days {
			days[i] = open
			if !p.Nights[(c.first + inventory.Date(i)).Weekday()] {
				days[i] = noNight
			}
		}
		for _, f := range l.Frozen {
			for d := max(f.From, c.first); d <= min(f.To, c.last); d++ {
				if days[d-c.first] == open {
					days[d-c.first] = int16(f.Name)
				}
			}
		}
		c.days = append(c.days, days)
	}
	return c
}

// lastOpen gives the last open night of a lane on or before a day, zero when there is none.
func (c calendar) lastOpen(lane int, d inventory.Date) inventory.Date {
	for d = min(d, c.last); d >= c.first; d-- {
		if c.days[lane][d-c.first] == open {
			return d
		}
	}
	return 0
}

// crews keeps how many servers each lane cuts over per night of each centre.
type crews struct {
	limit, each int
	used        map[string]map[inventory.Date]int // crews taken
	servers     map[int]map[inventory.Date]int    // per lane
}

func newCrews(p Problem) *crews {
	return &crews{limit: p.Crews, each: p.PerCrew,
		used: map[string]map[inventory.Date]int{}, servers: map[int]map[inventory.Date]int{}}
}

// take books n servers of a lane on a night when crews are left. A crew serves one municipality a night.
func (c *crews) take(centre string, lane int, night inventory.Date, n int) bool {
	if c.used[centre] == nil {
		c.used[centre] = map[inventory.Date]int{}
	}
	if c.servers[lane] == nil {
		c.servers[lane] = map[inventory.Date]int{}
	}
	before := c.servers[lane][night]
	more := (before+n+c.each-1)/c.each - (before+c.each-1)/c.each
	if c.used[centre][night]+more > c.limit {
		return false
	}
	c.used[centre][night] += more
	c.servers[lane][night] += n
	return true
}

// run places the lanes one after the other in the given order. Without an order it goes through all
// first waves, then all second ones, so that every municipality gets started.
func run(p Problem, cal calendar, order []int) Schedule {
	s := Schedule{Lanes: make([][]Dates, len(p.Lanes))}
	c := newCrews(p)
	ends := make([]inventory.Date, len(p.Lanes)) // last cutover of the lane so far
	stuck := make([]bool, len(p.Lanes))
	for i, l := range p.Lanes {
		s.Lanes[i] = make([]Dates, len(l.Waves))
		stuck[i] = l.Blocked
	}
	place := func(i, k int) {
		w := p.Lanes[i].Waves[k]
		d := &s.Lanes[i][k]
		d.Jobs = make([]Placed, len(w.Servers))
		if stuck[i] {
			return
		}
		earliest := max(p.start(i, ends[i]).AddDays(w.SeedDays), p.afterCare(ends[i]))
		var firstNight, lastNight inventory.Date
		for j, n := range w.Servers {
			for night := max(earliest, cal.first); night <= cal.last; night++ {
				if cal.days[i][night-cal.first] == open && c.take(p.Lanes[i].Centre, i, night, n) {
					d.Jobs[j].Night = night
					break
				}
			}
			night := d.Jobs[j].Night
			if night == 0 {
				stuck[i] = stuck[i] || w.Foundation
				continue
			}
			if firstNight == 0 || night < firstNight {
				firstNight = night
			}
			lastNight = max(lastNight, night)
		}
		if firstNight != 0 {
			d.Start = firstNight.AddDays(-w.SeedDays)
			ends[i] = lastNight
		}
	}
	if order != nil {
		for _, i := range order {
			for k := range p.Lanes[i].Waves {
				place(i, k)
			}
		}
		return s
	}
	for k, more := 0, true; more; k++ {
		more = false
		for i, l := range p.Lanes {
			if k < len(l.Waves) {
				place(i, k)
				more = true
			}
		}
	}
	return s
}

// start is the first day on which a wave may seed when the lane's previous wave was cut over last on
// the given day (zero: there was none). One wave at a time uses the link.
func (p Problem) start(lane int, previous inventory.Date) inventory.Date {
	first := max(p.AsOf.AddDays(p.LeadDays), p.AsOf+1, p.Lanes[lane].Release)
	if previous != 0 {
		first = max(first, previous+1)
	}
	return first
}

// afterCare is the first day on which a wave may be cut over after the hypercare of the previous one.
func (p Problem) afterCare(previous inventory.Date) inventory.Date {
	if previous == 0 {
		return 0
	}
	return previous.AddDays(p.HypercareDays + 1)
}
