package track

import (
	"math/rand/v2"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Forecast is when the last server is cut over if the weeks ahead are like those behind: weeks are drawn
// from the actual ones, with replacement, until nothing is left. It knows nothing of freezes ahead or of
// crews to come; the plan does.
type Forecast struct {
	Left  int `json:"left"`  // servers not cut over
	Weeks int `json:"weeks"` // actual ones it draws from
	Runs  int `json:"runs"`
	// The dates by which half, 80 and 95 % of the runs were done; nil: no date is known, or fewer runs
	// than that ever ended.
	P50 *inventory.Date `json:"p50"`
	P80 *inventory.Date `json:"p80"`
	P95 *inventory.Date `json:"p95"`
	// ByDeadline is the share of the runs done by the baseline's deadline; nil: nothing can be said.
	ByDeadline *float64         `json:"by_deadline"`
	Reasons    []planner.Reason `json:"reasons"` // why something is missing
}

// forecast draws the weeks ahead.
func (l *log) forecast(t Throughput) Forecast {
	f := Forecast{Weeks: len(t.Weeks), Reasons: []planner.Reason{}}
	for _, g := range l.groups {
		f.Left += g.Servers - g.Done
	}
	s := l.in.Settings
	switch {
	case len(l.groups) == 0:
		f.Reasons = append(f.Reasons, planner.NewReason("nothing_promised"))
		return f
	case f.Left == 0:
		f.Reasons = append(f.Reasons, planner.NewReason("all_moved"))
		return f
	case f.Weeks < max(1, s.MinWeeks):
		f.Reasons = append(f.Reasons, planner.NewReason("too_few_weeks", "weeks", f.Weeks, "needed", s.MinWeeks))
		return f
	}
	f.Runs = s.Runs
	r := rand.New(rand.NewPCG(s.Seed, 0x5eed))
	next := (l.in.AsOf + 1).Monday() + 7 // the week that has begun counts as far as it has come
	if l.in.AsOf+1 == next-7 {
		next -= 7
	}
	ends := make([]inventory.Date, 0, s.Runs)
	for range s.Runs {
		left, weeks := f.Left, 0
		for left > 0 && weeks < s.MaxWeeks {
			left -= t.Weeks[r.IntN(len(t.Weeks))].Servers
			weeks++
		}
		if left <= 0 {
			ends = append(ends, next.AddDays(7*weeks-1))
		}
	}
	slices.Sort(ends)
	quantile := func(percent int) *inventory.Date {
		at := (s.Runs*percent+99)/100 - 1
		if at < 0 || at >= len(ends) {
			return nil
		}
		return &ends[at]
	}
	f.P50, f.P80, f.P95 = quantile(50), quantile(80), quantile(95)
	if len(ends) < s.Runs {
		f.Reasons = append(f.Reasons, planner.NewReason("runs_never_end", "runs", s.Runs-len(ends), "of", s.Runs, "weeks", s.MaxWeeks))
	}
	if d := l.in.Baseline.Deadline; d.Known() {
		in, _ := slices.BinarySearch(ends, d+1)
		share := float64(in) / float64(s.Runs)
		f.ByDeadline = &share
	}
	return f
}
