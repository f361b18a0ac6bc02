package main

import (
	"context"
	"fmt"
	"time"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/assign/check"
	"github.com/samdrift/samdrift/planner/instances"
)

// seed of all searches: a run can be repeated.
const seed = 1

// cpmp are capacitated p-median problems.
var cpmp = kind{list: "bkv_cpmp.csv", read: func(r row) (instance, error) {
	return instance{name: r.Row["instance"], solve: func(ctx context.Context, l limits) (outcome, error) {
		data, err := r.file()
		if err != nil {
			return outcome{}, err
		}
		m, err := instances.CPMP(data, r.Row["format"], r.Row["dist"])
		if err != nil {
			return outcome{}, err
		}
		best, ok := r.Number("bks")
		if !ok {
			best, _ = r.Number("value_computed_here")
		}
		o, _, err := median(ctx, m, l)
		o.reference, o.known = best, ok && r.Row["proven"] == "1"
		return o, err
	}}, nil
}}

// median solves and checks a problem.
func median(ctx context.Context, m instances.Median, l limits) (outcome, assign.Solution, error) {
	ctx, stop := l.context(ctx)
	defer stop()
	start := time.Now()
	s := assign.Search(ctx, m.Problem, assign.Options{Seed: seed, Rounds: l.schedules})
	o := outcome{feasible: s.Feasible, value: float64(s.Cost) / m.Unit, proven: s.Proven, seconds: time.Since(start).Seconds()}
	if s.Feasible {
		c := 100 * s.Gap()
		o.certificate = &c
	}
	if broken := check.Solution(m.Problem, s); len(broken) > 0 {
		return o, s, fmt.Errorf("the answer does not pass the check: %s", broken[0].Detail)
	}
	return o, s, nil
}
