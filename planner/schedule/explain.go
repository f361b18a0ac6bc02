package schedule

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// explain fills in slack and, for every job, the rule that rejected each day before its night.
func explain(p Problem, cal calendar, s Schedule) {
	full := newCrews(p)
	for i, waves := range s.Lanes {
		for k, w := range waves {
			for j, placed := range w.Jobs {
				if placed.Night != 0 {
					full.take(p.Lanes[i].Centre, i, placed.Night, p.Lanes[i].Waves[k].Servers[j])
				}
			}
		}
	}
	for i, waves := range s.Lanes {
		slack(p, cal, i, waves)
		var previous inventory.Date
		stuck := p.Lanes[i].Blocked
		for k, w := range waves {
			last := previous
			lost := false
			for j := range w.Jobs {
				w.Jobs[j].Rejected = rejections(p, cal, i, k, w.Jobs[j].Night, previous, stuck)
				last = max(last, w.Jobs[j].Night)
				lost = lost || w.Jobs[j].Night == 0
			}
			previous = last
			stuck = stuck || (lost && p.Lanes[i].Waves[k].Foundation)
		}
	}
}

// rejections counts, for each day from tomorrow to the night before the job's own (or to the
// deadline), the first rule that rejects it. Most days first. What no other rule rejects was rejected
// because the crews were taken.
func rejections(p Problem, cal calendar, lane, wave int, night, previous inventory.Date, stuck bool) []Rejection {
	end := night - 1
	if night == 0 {
		end = cal.last
	}
	lead := max(p.AsOf.AddDays(p.LeadDays), p.AsOf+1)
	release := p.Lanes[lane].Release
	seeded := p.start(lane, previous).AddDays(p.Lanes[lane].Waves[wave].SeedDays)
	cared := p.afterCare(previous)

	type key struct {
		rule   Rule
		freeze int
	}
	found := map[key]*Rejection{}
	for d := cal.first; d <= end; d++ {
		k := key{CrewFull, -1}
		switch state := cal.days[lane][d-cal.first]; {
		case stuck:
			k.rule = Foundation
		case d < lead:
			k.rule = Lead
		case d < release:
			k.rule = Window
		case d <= previous:
			k.rule = Order
		case d < cared:
			k.rule = Hypercare
		case d < seeded:
			k.rule = Seeding
		case state == noNight:
			k.rule = Weekday
		case state != open:
			k = key{Frozen, int(state)}
		}
		r := found[k]
		if r == nil {
			r = &Rejection{Rule: k.rule, Freeze: k.freeze, First: d}
			found[k] = r
		}
		r.Days++
		r.Last = d
	}
	out := make([]Rejection, 0, len(found))
	for _, r := range found {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Rejection) int {
		return cmp.Or(b.Days-a.Days, cmp.Compare(a.First, b.First), cmp.Compare(a.Rule, b.Rule), a.Freeze-b.Freeze)
	})
	return out
}

// slack goes backwards through a lane: the last wave may be cut over on the last open night before the
// deadline, each earlier one so that the next still has its hypercare and its seeding. It asks what
// the lane's own order allows; whether crews are free on a later night is not asked.
func slack(p Problem, cal calendar, lane int, waves []Dates) {
	latest := cal.lastOpen(lane, p.Deadline)
	for k := len(waves) - 1; k >= 0; k-- {
		var first, last inventory.Date
		for _, j := range waves[k].Jobs {
			if j.Night == 0 {
				continue
			}
			if first == 0 || j.Night < first {
				first = j.Night
			}
			last = max(last, j.Night)
		}
		if first == 0 {
			continue
		}
		for j := range waves[k].Jobs {
			if n := waves[k].Jobs[j].Night; n != 0 {
				waves[k].Jobs[j].Slack = max(0, int(latest-n))
			}
		}
		gap := max(p.HypercareDays, p.Lanes[lane].Waves[k].SeedDays) + 1
		latest = cal.lastOpen(lane, latest.AddDays(-int(last-first)-gap))
	}
}
