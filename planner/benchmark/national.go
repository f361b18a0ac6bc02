package main

import (
	"context"
	"fmt"
	"time"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/instances"
)

// closing is how long the optimum of a made-up problem is looked for when the time given did not
// suffice to prove one.
const closing = 60 * time.Second

// national are a hundred random problems with 98 municipalities, each a candidate, and five centres.
// The best value of each is the optimum proven by a second, longer search.
var national = kind{set: "national", made: func() []instance {
	var all []instance
	for k := range 100 {
		all = append(all, instance{set: "national", name: fmt.Sprintf("national_%03d", k), solve: func(ctx context.Context, l limits) (outcome, error) {
			m := instances.Median{Problem: instances.National(uint64(k)).Problem(), Unit: 1}
			o, s, err := median(ctx, m, l)
			if err != nil {
				return o, err
			}
			if !o.proven {
				long, stop := context.WithTimeout(ctx, closing)
				s = assign.Search(long, m.Problem, assign.Options{Seed: seed})
				stop()
			}
			o.reference, o.known = float64(s.Cost), s.Proven
			return o, nil
		}})
	}
	return all
}}
