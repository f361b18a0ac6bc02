package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/samdrift/samdrift/planner/schedule/psplib"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// projects are resource-constrained project scheduling problems, ways the same with several modes.
var (
	projects = kind{list: "bkv_rcpsp.csv", read: readProject}
	ways     = kind{list: "bkv_mrcpsp.csv", read: readProject}
)

func readProject(r row) (instance, error) {
	return instance{name: r.Row["instance"], solve: func(ctx context.Context, l limits) (outcome, error) {
		data, err := r.file()
		if err != nil {
			return outcome{}, err
		}
		p, err := psplib.Parse(r.Row["path"], data)
		if err != nil {
			return outcome{}, err
		}
		o, err := project(ctx, p, l)
		o.reference, _ = r.Number("ub")
		o.known = r.Row["proven"] == "1"
		if cpm, ok := r.Number("cpm"); ok && cpm > 0 && o.feasible {
			d := 100 * (o.value - cpm) / cpm
			o.deviation = &d
		}
		return o, err
	}}, nil
}

// project solves and checks a problem.
func project(ctx context.Context, p rcpsp.Problem, l limits) (outcome, error) {
	ctx, stop := l.context(ctx)
	defer stop()
	start := time.Now()
	s, err := rcpsp.Solve(ctx, p, rcpsp.Limits{Schedules: int64(l.schedules), Seed: seed, Workers: runtime.GOMAXPROCS(0), Bound: true})
	o := outcome{feasible: s.Feasible(), value: float64(s.Makespan), proven: s.Proven(), seconds: time.Since(start).Seconds()}
	if err != nil || !s.Feasible() {
		return o, err
	}
	if s.Makespan > 0 {
		c := 100 * float64(s.Makespan-s.Bound) / float64(s.Makespan)
		o.certificate = &c
	}
	if faults := verify.Check(p, s.Starts); len(faults) > 0 {
		return o, fmt.Errorf("the schedule does not pass the check: %s", faults[0])
	}
	return o, nil
}
