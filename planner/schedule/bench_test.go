package schedule_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/samdrift/samdrift/planner/schedule"
)

// country makes up municipalities with about groups groups in all, whose crews are busy in about 60 % of
// the nights of two years.
func country(municipalities, groups, centres int) schedule.Problem {
	r := rand.New(rand.NewPCG(98, 2))
	p := schedule.Problem{AsOf: monday, Deadline: monday + 730, LeadDays: 28, HypercareDays: 10}
	p.Nights[time.Tuesday], p.Nights[time.Wednesday], p.Nights[time.Thursday] = true, true, true
	servers := make([]int, centres)
	for i := range municipalities {
		l := schedule.Lane{Name: fmt.Sprintf("%04d", i), Centre: i % centres, Release: monday.AddDays(r.IntN(180)), ServerDay: 43}
		for year := range 3 {
			for _, from := range []int{181, 350, 60 + 30*(i%3)} {
				at := monday.AddDays(365*year + from)
				l.Frozen = append(l.Frozen, schedule.Span{From: at, To: at + 20, Name: from})
			}
		}
		var loads []schedule.Load
		for range max(3, int(float64(groups)/float64(municipalities)*(0.5+r.Float64()))) {
			n := int(min(16, 1+r.ExpFloat64()*3))
			servers[l.Centre] += n
			loads = append(loads, schedule.Load{Foundation: len(loads) < 2, Servers: n, GB: float64(100 * n)})
		}
		for _, w := range schedule.Pack(loads, schedule.Limits{MaxServers: 40, PilotServers: 8, MaxSeedDays: 21, GBPerDay: 4320, ChangeRate: 0.02}) {
			sw := schedule.Wave{GBPerDay: 4000}
			for _, g := range w {
				sw.Foundation = loads[g].Foundation
				sw.Jobs = append(sw.Jobs, schedule.Job{ID: fmt.Sprintf("%s-%04d", l.Name, g), Servers: loads[g].Servers, GB: loads[g].GB})
			}
			l.Waves = append(l.Waves, sw)
		}
		p.Lanes = append(p.Lanes, l)
	}
	for c := range centres {
		night := int(math.Round(float64(servers[c]) / (730 * 3 / 7 * 0.8) / 0.6))
		p.Centres = append(p.Centres, schedule.Centre{Name: fmt.Sprint(c), Servers: []schedule.Step{
			{From: monday, Amount: max(16, night*7/10)}, {From: monday + 243, Amount: max(16, night*23/20)}}})
	}
	return p
}

// BenchmarkCountry: the dates of a country with reasons, slack and bounds: the first that are found, with
// little effort as for a question of what if, with much, and for ten countries at once.
func BenchmarkCountry(b *testing.B) {
	for _, c := range []struct {
		name   string
		size   int
		search int
	}{{"first", 1, 0}, {"what if", 1, 100_000}, {"good", 1, 2_000_000}, {"first of tenfold", 10, 0}} {
		p := country(98*c.size, 6000*c.size, 5*c.size)
		p.Search = c.search
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var s schedule.Schedule
			for b.Loop() {
				var err error
				if s, err = schedule.Solve(p); err != nil {
					b.Fatal(err)
				}
			}
			jobs, placed := 0, 0
			for _, lane := range s.Lanes {
				for _, w := range lane {
					for _, j := range w {
						jobs++
						if j.Night != 0 {
							placed++
						}
					}
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(jobs), "groups")
			b.ReportMetric(float64(jobs-placed), "unplaced")
			b.ReportMetric(float64(s.LastEnd-p.AsOf), "last-day")
			b.ReportMetric(float64(s.Bound-p.AsOf), "bound-day")
			b.ReportMetric(float64(s.Cost)/1e6, "cost/mio")
			b.ReportMetric(float64(s.CostBound)/1e6, "cost-bound/mio")
			b.ReportMetric(float64(m.HeapSys)/1e6, "heap-MB")
		})
	}
}
