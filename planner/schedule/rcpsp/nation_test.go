package rcpsp_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/samdrift/samdrift/planner/schedule/nation"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// A country fits before its last day, keeps all rules, and searching lowers what it costs.
func TestACountryIsScheduled(t *testing.T) {
	n := nation.Nation{Seed: 1, Municipalities: 12, Groups: 600, Centres: 2, Days: 730}
	p := n.Problem()
	first := solve(t, p, rcpsp.Limits{Schedules: 1, Seed: 1})
	later := solve(t, p, rcpsp.Limits{Schedules: 20_000, Seed: 1})
	for _, s := range []rcpsp.Solution{first, later} {
		if faults := verify.Check(p, s.Starts); len(faults) > 0 {
			t.Fatal(faults[0])
		}
	}
	if later.Cost >= first.Cost {
		t.Errorf("20,000 changes left the cost at %d, first %d", later.Cost, first.Cost)
	}
}

// BenchmarkCountry: the first schedule of a country, ten times the country, and a search.
func BenchmarkCountry(b *testing.B) {
	for _, c := range []struct {
		name    string
		nation  nation.Nation
		changes int64
	}{
		{"first", nation.Denmark(1), 1},
		{"first of tenfold", nation.Denmark(1).Size(10), 1},
		{"100000 changes", nation.Denmark(1), 100_000},
	} {
		p := c.nation.Problem()
		b.Run(fmt.Sprintf("%s/%d tasks", c.name, len(p.Tasks)), func(b *testing.B) {
			b.ReportAllocs()
			var s rcpsp.Solution
			for b.Loop() {
				var err error
				if s, err = rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: c.changes, Seed: 1, Workers: 2}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(s.Cost)/1e6, "cost/mio")
			b.ReportMetric(100*float64(s.Cost-s.CostBound)/float64(s.Cost), "gap-%")
			b.ReportMetric(float64(s.Unplaced), "unplaced")
			b.ReportMetric(float64(s.Makespan), "last-day")
		})
	}
}
