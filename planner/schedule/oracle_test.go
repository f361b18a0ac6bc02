package schedule_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/schedule"
)

// spot is a job in the oracle's list, with the lane and wave it belongs to.
type spot struct{ lane, wave, servers int }

// oracle tries all nights of all jobs of a problem in which each job is seeded in a day beside the
// others. It gives the earliest last end and the least cost of waiting; false: not all jobs fit.
func oracle(p schedule.Problem) (end inventory.Date, cost int64, fits bool) {
	var jobs []spot
	for i, l := range p.Lanes {
		for k, w := range l.Waves {
			for _, j := range w.Jobs {
				jobs = append(jobs, spot{i, k, j.Servers})
			}
		}
	}
	nights := make([]inventory.Date, len(jobs))
	used := map[inventory.Date]int{}
	var try func(n int)
	try = func(n int) {
		if n == len(jobs) {
			var last inventory.Date
			sum := int64(0)
			ends := make([]inventory.Date, len(p.Lanes))
			for i, j := range jobs {
				ends[j.lane] = max(ends[j.lane], nights[i].AddDays(p.HypercareDays))
			}
			for i, j := range jobs {
				last = max(last, ends[j.lane])
				sum += p.Lanes[j.lane].ServerDay * int64(j.servers) * int64(ends[j.lane]-nights[i]+2)
			}
			if !fits || last < end {
				end = last
			}
			if !fits || sum < cost {
				cost = sum
			}
			fits = true
			return
		}
		j := jobs[n]
		first := max(p.AsOf.AddDays(max(1, p.LeadDays)), p.Lanes[j.lane].Release) + 1
		for i := range n {
			if o := jobs[i]; o.lane == j.lane && o.wave < j.wave {
				first = max(first, nights[i].AddDays(max(2, p.HypercareDays+1)))
			}
		}
		for night := first; night <= p.Deadline; night++ {
			if p.Nights[night.Weekday()] && used[night]+j.servers <= p.Centres[0].Servers[0].Amount {
				used[night] += j.servers
				nights[n] = night
				try(n + 1)
				used[night] -= j.servers
			}
		}
	}
	try(0)
	return end, cost, fits
}

// drawSmall makes up a problem that the oracle can go through.
func drawSmall(t *rapid.T) schedule.Problem {
	p := problem(rapid.IntRange(2, 4).Draw(t, "crews"), rapid.IntRange(6, 11).Draw(t, "deadline"))
	p.HypercareDays, p.LeadDays = rapid.IntRange(0, 2).Draw(t, "care"), rapid.IntRange(0, 2).Draw(t, "lead")
	for i := range p.Nights {
		p.Nights[i] = rapid.IntRange(0, 3).Draw(t, "night") > 0
	}
	left := 6
	for i := 0; left > 0 && i < 3; i++ {
		l := schedule.Lane{Name: string(rune('a' + i)), ServerDay: 10, Release: monday.AddDays(rapid.IntRange(0, 4).Draw(t, "release"))}
		for k := 0; left > 0 && k < 2; k++ {
			w := schedule.Wave{GBPerDay: 1000}
			for n := range rapid.IntRange(1, min(2, left)).Draw(t, "jobs") {
				w.Jobs = append(w.Jobs, job(l.Name+string(rune('0'+k))+string(rune('0'+n)), rapid.IntRange(1, 2).Draw(t, "servers")))
				left--
			}
			l.Waves = append(l.Waves, w)
		}
		p.Lanes = append(p.Lanes, l)
	}
	return p
}

// On small problems nearly always every job has a night when that is possible at all, the bounds are
// below the best there is, and mostly the last end is the best there is. What waiting costs is so less
// often: the oracle may hold a first wave back, the planner moves what can be moved.
func TestSmallProblemsAgainstAllSchedules(t *testing.T) {
	fitting, missed, soonest, cheapest := 0, 0, 0, 0
	problems := rapid.Custom(drawSmall)
	for i := range 400 {
		p := problems.Example(i)
		got := dates(t, p)
		end, cost, fits := oracle(p)
		placed := true
		for _, lane := range got.Lanes {
			for _, w := range lane {
				for _, j := range w {
					placed = placed && j.Night != 0
				}
			}
		}
		if placed && !fits {
			t.Fatalf("problem %d: all jobs have a night, though that is not possible", i)
		}
		if !fits {
			continue
		}
		fitting++
		if !placed {
			missed++
			continue
		}
		if got.LastEnd < end || got.Cost < cost || got.Bound > end || got.CostBound > cost {
			t.Fatalf("problem %d ends %s for %d (bounds %s, %d); the best there is: %s, %d", i, got.LastEnd, got.Cost, got.Bound, got.CostBound, end, cost)
		}
		if got.LastEnd == end {
			soonest++
		}
		if got.Cost == cost {
			cheapest++
		}
	}
	t.Logf("%d problems can be placed; %d are not, %d end as early, %d wait as cheaply as can be", fitting, missed, soonest, cheapest)
	if fitting < 100 || missed*100 > fitting || soonest*10 < fitting*8 || cheapest*10 < fitting*4 {
		t.Error("that is fewer than there should be")
	}
}

// More never hurts where it counts: with more crews, a later deadline or more search no server loses its
// night. What waiting costs can rise by a little: groups move as soon as they can, so that with more crews
// some move sooner and then run in two places for longer, until the last of their municipality has moved;
// and a search ends where its budget does. Both are rare.
func TestMoreIsSeldomWorse(t *testing.T) {
	missing := func(s schedule.Schedule, p schedule.Problem) (servers int) {
		for i, lane := range s.Lanes {
			for k, w := range lane {
				for n, j := range w {
					if j.Night == 0 {
						servers += p.Lanes[i].Waves[k].Jobs[n].Servers
					}
				}
			}
		}
		return servers
	}
	problems := rapid.Custom(func(t *rapid.T) schedule.Problem { return draw(t, 5, 3, 4) })
	for name, more := range map[string]func(*schedule.Problem){
		"crews": func(p *schedule.Problem) {
			p.Centres[0].Servers = []schedule.Step{{From: monday, Amount: p.Centres[0].Servers[0].Amount + 2}}
		},
		"days":   func(p *schedule.Problem) { p.Deadline += 7 },
		"search": func(p *schedule.Problem) { p.Search *= 4 },
	} {
		lost, dearer, all := 0, 0, 0
		for i := range 300 {
			p := problems.Example(i)
			q := p
			q.Centres = append([]schedule.Centre(nil), p.Centres...)
			more(&q)
			before, after := dates(t, p), dates(t, q)
			a, b := missing(before, p), missing(after, q)
			all++
			if b > a {
				lost++
			}
			if a == b && after.Cost > before.Cost {
				dearer++
			}
		}
		t.Logf("more %s: of %d, %d lose a night and %d wait more dearly", name, all, lost, dearer)
		if lost > 0 || dearer*20 > all {
			t.Errorf("more %s: of %d, %d lose a night and %d wait more dearly", name, all, lost, dearer)
		}
	}
}
