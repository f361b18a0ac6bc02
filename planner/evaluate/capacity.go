package evaluate

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// CapacityStep is what a centre carries before, during and after one wave. During the wave a copy under
// test takes room from the day its data is seeded until follow-up is over, beside production once that
// has been cut over.
type CapacityStep struct {
	Centre string             `json:"centre"`
	Wave   string             `json:"wave"`
	Start  inventory.Date     `json:"start"`
	End    inventory.Date     `json:"end"`
	Before inventory.Capacity `json:"before"` // in production before the wave starts
	Peak   inventory.Capacity `json:"peak"`   // at its fullest while the wave lasts, other waves' copies included
	After  inventory.Capacity `json:"after"`  // in production when the wave is over
	Limit  inventory.Capacity `json:"limit"`  // what may be filled; 0: not known
	Over   []planner.Reason   `json:"over"`   // what the peak, with growth, does not fit into; and what is not known
	Basis  Basis              `json:"basis"`
}

// load is the figures of a capacity, in the order of resources; power and staff in thousandths.
type load [6]float64

var resources = [6]string{"vcpus", "memory_gb", "storage_gb", "users", "power_kw", "staff_fte"}

// The places of figures that are not like the others.
const (
	usersAt = 3
	powerAt = 4
	staffAt = 5
)

// amount is a figure of a load in the unit that its resource's name says.
func amount(resource int, v float64) any {
	if resource == powerAt || resource == staffAt {
		return inventory.Milli(v)
	}
	return v
}

func loadOf(c inventory.Capacity) load {
	return load{float64(c.VCPUs), float64(c.MemoryGB), float64(c.StorageGB), float64(c.Users), float64(c.PowerKW), float64(c.StaffFTE)}
}

// capacity rounds up: half a processor is not to be had.
func (l load) capacity() inventory.Capacity {
	up := func(v float64) int { return int(math.Ceil(v - 1e-9)) }
	return inventory.Capacity{VCPUs: up(l[0]), MemoryGB: up(l[1]), StorageGB: up(l[2]), Users: up(l[3]),
		PowerKW: inventory.Milli(up(l[powerAt])), StaffFTE: inventory.Milli(up(l[staffAt]))}
}

func (l load) plus(o load, factor float64) load {
	for r := range l {
		l[r] += o[r] * factor
	}
	return l
}

func (l load) max(o load) load {
	for r := range l {
		l[r] = math.Max(l[r], o[r])
	}
	return l
}

// curve is how a centre's load changes from day to day.
type curve struct {
	production, copies map[inventory.Date]load // what is added on a day
	base               load
}

// capacity follows every centre through the waves.
func (x *estate) capacity() []CapacityStep {
	out := []CapacityStep{}
	for _, c := range x.plan.Capacity {
		out = append(out, x.centre(c)...)
	}
	return out
}

func (x *estate) centre(c planner.CentreLoad) []CapacityStep {
	k := curve{production: map[inventory.Date]load{}, copies: map[inventory.Date]load{}, base: loadOf(c.Before)}
	for i := range x.plan.Groups {
		g := &x.plan.Groups[i]
		if g.Centre != c.Centre || g.Wave == "" {
			continue
		}
		demand, share := loadOf(g.Demand), x.in.Settings.Capacity.TestCopy.Value
		demand[staffAt] = 0 // added by municipality, and nobody operates a copy under test
		k.production[g.Cutover] = k.production[g.Cutover].plus(demand, 1)
		k.copies[g.Start] = k.copies[g.Start].plus(demand, share)
		k.copies[g.End+1] = k.copies[g.End+1].plus(demand, -share)
	}
	for _, a := range x.plan.Assignments {
		if night, moves := x.first[a.Municipality]; moves && a.Centre == c.Centre {
			k.production[night] = k.production[night].plus(load{usersAt: float64(x.users[a.Municipality])}, 1)
			for on, more := range x.staffNeeded(a.Municipality) {
				k.production[on] = k.production[on].plus(load{staffAt: float64(more)}, 1)
			}
		}
	}
	return x.steps(c, k.days())
}

// staffNeeded gives by how much the staff that a municipality's moved servers need of the centre changes
// on a day: more with every cutover, less when its own people come along.
func (x *estate) staffNeeded(municipality string) map[inventory.Date]inventory.Milli {
	need, along := map[inventory.Date]inventory.Milli{}, map[inventory.Date]inventory.Milli{}
	for i := range x.plan.Groups {
		if g := &x.plan.Groups[i]; g.Municipality == municipality && g.Wave != "" {
			need[g.Cutover] += g.Demand.StaffFTE
		}
	}
	for _, t := range x.in.Planning.StaffTransfers {
		if t.Municipality == municipality && t.On > x.plan.AsOf && t.On <= x.plan.Deadline {
			along[t.On] += t.FTE
		}
	}
	days := slices.AppendSeq(slices.Collect(maps.Keys(need)), maps.Keys(along))
	slices.Sort(days)
	changes := map[inventory.Date]inventory.Milli{}
	var needed, came, last inventory.Milli
	for _, on := range slices.Compact(days) {
		needed, came = needed+need[on], came+along[on]
		now := max(0, needed-came)
		changes[on], last = now-last, now
	}
	return changes
}

// day is the load from a date on.
type day struct {
	from              inventory.Date
	production, total load
}

// days sums the curve up, oldest first, beginning with what was there before.
func (k curve) days() []day {
	dates := slices.Sorted(maps.Keys(k.production))
	dates = slices.AppendSeq(dates, maps.Keys(k.copies))
	slices.Sort(dates)
	days := []day{{math.MinInt32, k.base, k.base}}
	production, copies := k.base, load{}
	for _, d := range slices.Compact(dates) {
		production, copies = production.plus(k.production[d], 1), copies.plus(k.copies[d], 1)
		days = append(days, day{d, production, production.plus(copies, 1)})
	}
	return days
}

// at finds the load that holds on a date.
func at(days []day, d inventory.Date) int {
	i, found := slices.BinarySearchFunc(days, d, func(x day, d inventory.Date) int { return cmp.Compare(x.from, d) })
	if !found {
		i--
	}
	return i
}

// steps reads the curve wave by wave.
func (x *estate) steps(c planner.CentreLoad, days []day) []CapacityStep {
	var out []CapacityStep
	grow := 1 + x.in.Settings.Capacity.Growth.Value
	capacity := loadOf(c.Capacity)
	limit := load{}.plus(capacity, x.in.Planning.Headroom)
	for _, w := range x.plan.Waves {
		if w.Centre != c.Centre {
			continue
		}
		first, last := at(days, w.Start), at(days, w.End)
		peak := load{}
		for _, d := range days[first : last+1] {
			peak = peak.max(d.total)
		}
		s := CapacityStep{Centre: c.Centre, Wave: w.ID, Start: w.Start, End: w.End, Over: []planner.Reason{},
			Before: days[at(days, w.Start-1)].production.capacity(), Peak: peak.capacity(), After: days[last].production.capacity(),
			Basis: x.in.Settings.Capacity.TestCopy.Basis()}
		for r, name := range resources {
			limit[r] = math.Floor(limit[r])
			switch {
			case capacity[r] == 0:
				s.Over = append(s.Over, planner.NewReason("capacity_unknown", "centre", c.Centre, "resource", name))
			case peak[r]*grow > limit[r]:
				s.Over = append(s.Over, planner.NewReason("peak_too_high", "centre", c.Centre, "resource", name,
					"peak", amount(r, math.Ceil(peak[r]*grow)), "limit", amount(r, limit[r]), "growth_percent", 100*(grow-1)))
			}
		}
		s.Limit = limit.capacity()
		out = append(out, s)
	}
	return out
}
