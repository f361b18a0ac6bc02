package main

import (
	"context"
	"fmt"
	"time"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/assign/check"
	"github.com/samdrift/samdrift/planner/instances"
)

// pmed are p-median problems on graphs, pcentre the p-centre problems on the same graphs.
var (
	pmed    = kind{list: "bkv_pmed.csv", read: graph("pmedian_opt", medianOf)}
	pcentre = kind{list: "bkv_pmed.csv", set: "pcentre", read: graph("pcentre_opt", centreOf)}
)

func graph(best string, solve func(context.Context, instances.Median, limits) (outcome, error)) func(row) (instance, error) {
	return func(r row) (instance, error) {
		return instance{name: r.Row["instance"], solve: func(ctx context.Context, l limits) (outcome, error) {
			data, err := r.file()
			if err != nil {
				return outcome{}, err
			}
			m, err := instances.PMed(data)
			if err != nil {
				return outcome{}, err
			}
			o, err := solve(ctx, m, l)
			o.reference, o.known = r.Number(best)
			return o, err
		}}, nil
	}
}

func medianOf(ctx context.Context, m instances.Median, l limits) (outcome, error) {
	o, _, err := median(ctx, m, l)
	return o, err
}

func centreOf(ctx context.Context, m instances.Median, l limits) (outcome, error) {
	ctx, stop := l.context(ctx)
	defer stop()
	start := time.Now()
	s := assign.SearchFarthest(ctx, m.Problem, m.Problem.Cost, assign.Options{Seed: seed, Rounds: l.schedules})
	o := outcome{feasible: s.Feasible, value: float64(s.Distance), proven: s.Narrowest, seconds: time.Since(start).Seconds()}
	if broken := check.Solution(m.Problem, s.Solution); len(broken) > 0 {
		return o, fmt.Errorf("the answer does not pass the check: %s", broken[0].Detail)
	}
	if !s.Feasible {
		return o, nil
	}
	for i, j := range s.Bin {
		if d := m.Problem.Cost[i][j]; d > s.Distance {
			return o, fmt.Errorf("item %d is %d away, the answer says at most %d", i, d, s.Distance)
		}
	}
	if s.Distance > 0 {
		c := 100 * float64(s.Distance-s.AtLeast) / float64(s.Distance)
		o.certificate = &c
	}
	return o, nil
}
