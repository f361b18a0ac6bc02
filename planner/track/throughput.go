package track

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Throughput is the pace so far, by night and by week, with the limits within which it varies by
// itself.
type Throughput struct {
	Nights     []Night  `json:"nights"`              // on which something was cut over or rolled back
	Weeks      []Week   `json:"weeks"`               // every whole week from the first such night until today
	ThisWeek   *Week    `json:"this_week,omitempty"` // not over yet, in no figure
	NightLimit *Control `json:"night_limits"`        // of servers cut over; nil: too few nights
	WeekLimit  *Control `json:"week_limits"`         // of the net; nil: too few weeks
}

// Night is one night's servers.
type Night struct {
	Night      inventory.Date `json:"night"`
	CutOver    int            `json:"cut_over"`
	RolledBack int            `json:"rolled_back"`
}

// Week is one week's servers, those rolled back taken off. It may be below zero.
type Week struct {
	Monday  inventory.Date `json:"monday"`
	Servers int            `json:"servers"`
}

// Control is a chart of individual values and moving ranges (XmR): values within the limits vary as the
// work does by itself; a value outside, or eight in a row on one side of the mean, has a cause.
type Control struct {
	Mean        float64  `json:"mean"`
	MovingRange float64  `json:"moving_range"` // mean difference from one value to the next
	Lower       float64  `json:"lower"`        // for what cannot be below zero, not below zero
	Upper       float64  `json:"upper"`
	Signals     []Signal `json:"signals"`
}

// Signal is a value that has a cause of its own.
type Signal struct {
	On   inventory.Date `json:"on"`
	Rule string         `json:"rule"` // above, below, run
}

// The constants of the XmR chart: 2.66 is 3 / d2 for ranges of two values, and eight in a row on one
// side is rarer than one in a hundred by chance.
const (
	limitFactor = 2.66
	runLength   = 8
)

// throughput counts the pace.
func (l *log) throughput() Throughput {
	nights := map[inventory.Date]*Night{}
	weeks := map[inventory.Date]int{}
	for _, c := range l.changes {
		n := nights[c.on]
		if n == nil {
			n = &Night{Night: c.on}
			nights[c.on] = n
		}
		if c.servers > 0 {
			n.CutOver += c.servers
		} else {
			n.RolledBack -= c.servers
		}
		weeks[c.on.Monday()] += c.servers
	}
	t := Throughput{Nights: []Night{}, Weeks: []Week{}}
	if len(nights) == 0 {
		return t
	}
	for _, d := range slices.Sorted(maps.Keys(nights)) {
		t.Nights = append(t.Nights, *nights[d])
	}
	this := (l.in.AsOf + 1).Monday() // a week that ends today is whole
	for monday := t.Nights[0].Night.Monday(); monday < this; monday += 7 {
		t.Weeks = append(t.Weeks, Week{monday, weeks[monday]})
	}
	if n, ok := weeks[this]; ok {
		t.ThisWeek = &Week{this, n}
	}
	var on []inventory.Date
	var values []float64
	for _, n := range t.Nights {
		on, values = append(on, n.Night), append(values, float64(n.CutOver))
	}
	t.NightLimit = control(on, values, l.in.Settings.MinWeeks)
	if t.NightLimit != nil {
		t.NightLimit.Lower = max(0, t.NightLimit.Lower)
	}
	on, values = nil, nil
	for _, w := range t.Weeks {
		on, values = append(on, w.Monday), append(values, float64(w.Servers))
	}
	t.WeekLimit = control(on, values, l.in.Settings.MinWeeks)
	return t
}

// control makes the chart of some values, or nil when they are fewer than it takes.
func control(on []inventory.Date, values []float64, least int) *Control {
	if len(values) < max(2, least) {
		return nil
	}
	c := &Control{Signals: []Signal{}}
	for i, v := range values {
		c.Mean += v / float64(len(values))
		if i > 0 {
			c.MovingRange += math.Abs(v-values[i-1]) / float64(len(values)-1)
		}
	}
	c.Lower, c.Upper = c.Mean-limitFactor*c.MovingRange, c.Mean+limitFactor*c.MovingRange
	side, run := 0, 0
	for i, v := range values {
		if s := cmp.Compare(v, c.Mean); s == side && s != 0 {
			run++
		} else {
			side, run = s, 1
		}
		switch {
		case v > c.Upper:
			c.Signals = append(c.Signals, Signal{on[i], "above"})
		case v < c.Lower:
			c.Signals = append(c.Signals, Signal{on[i], "below"})
		case run >= runLength && side != 0:
			c.Signals = append(c.Signals, Signal{on[i], "run"})
		}
	}
	return c
}
