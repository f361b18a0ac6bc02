package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/samdrift/samdrift/planner/group"
	"github.com/samdrift/samdrift/planner/group/leiden"
	"github.com/samdrift/samdrift/planner/group/planted"
	"github.com/samdrift/samdrift/planner/instances"
)

// groups are made-up municipalities whose true move groups are known: ten of 250 servers and two of
// 2,500, each with a tenth and three tenths of the flows on ports of a wrong class. The name of a set
// that ends in -online has systems that call each other. A grouping takes the time it takes; limits do
// not apply.
var groups = kind{set: "groups", made: func() []instance {
	var all []instance
	for _, wrong := range []float64{0.1, 0.3} {
		for _, online := range []float64{0, 0.15} {
			for _, size := range []struct{ servers, seeds int }{{250, 10}, {2500, 2}} {
				for k := range size.seeds {
					e := planted.Estate{Seed: uint64(k), Servers: size.servers, WrongPorts: wrong, Online: online}
					set := fmt.Sprintf("groups-%d-%.0f%%", e.Servers, 100*wrong)
					if online > 0 {
						set += "-online"
					}
					all = append(all, instance{set: set, name: fmt.Sprint(k), solve: func(context.Context, limits) (outcome, error) { return grouped(e), nil }})
				}
			}
		}
	}
	return all
}}

// grouped measures one municipality.
func grouped(e planted.Estate) outcome {
	p, truth := e.Make()
	start := time.Now()
	r := group.Find(p)
	o := outcome{feasible: true, seconds: time.Since(start).Seconds()}
	of := make([]int, p.Servers)
	for i, g := range r.Groups {
		for _, s := range g.Members {
			of[s] = i
		}
	}
	agreement := planted.Agreement(truth, of)
	o.agreement = &agreement
	return o
}

// networks are public graphs with their best known modularity. Values and gaps are of 1 - modularity,
// in the five decimals that the list has, so that less is better as everywhere here.
var networks = kind{list: "bkv_modularity.csv", read: func(r row) (instance, error) {
	return instance{name: r.Row["graph"], solve: func(context.Context, limits) (outcome, error) {
		data, err := r.file()
		if err != nil {
			return outcome{}, err
		}
		nodes, edges, err := instances.GML(data)
		if err != nil {
			return outcome{}, err
		}
		start := time.Now()
		of := leiden.Find(nodes, edges, leiden.Options{Seed: seed, Tries: 50})
		decimals := func(modularity float64) float64 { return math.Round(1e5 * (1 - modularity)) }
		o := outcome{feasible: true, seconds: time.Since(start).Seconds(), value: decimals(leiden.Modularity(nodes, edges, of, 1))}
		if best, ok := r.Number("best_modularity"); ok {
			o.reference = decimals(best)
		}
		return o, nil
	}}, nil
}}
