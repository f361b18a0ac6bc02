package instances

import (
	"math"
	"math/rand/v2"

	"github.com/samdrift/samdrift/planner/assign"
)

// Nation says how a random problem of the country's size is made.
type Nation struct {
	Seed           uint64
	Municipalities int     // each is also a place where a centre may be
	Centres        int     // at most so many open
	Resources      int     // users first; the others go with them, give or take
	Tightness      float64 // demand as a share of the room of as many mean centres, 0-1
}

// National is a country of 98 municipalities that shall have five centres, each with room for a
// quarter more than its share of the users.
func National(seed uint64) Nation {
	return Nation{Seed: seed, Municipalities: 98, Centres: 5, Resources: 1, Tightness: 0.8}
}

// Problem makes the problem: places scattered around towns in a box of 350 by 400 km, sizes that are
// log-normal (half have under 45,000 inhabitants, few have over 200,000), a cost of users × km, and
// capacities between 80 and 120 % of the mean. The same Nation gives the same problem.
func (n Nation) Problem() assign.Problem {
	r := rand.New(rand.NewPCG(n.Seed, 98))
	towns := make([][2]float64, 1+n.Municipalities/8)
	for k := range towns {
		towns[k] = [2]float64{350 * r.Float64(), 400 * r.Float64()}
	}
	place := make([][2]float64, n.Municipalities)
	p := assign.Problem{MaxOpen: n.Centres}
	total := make([]int64, n.Resources)
	for i := range place {
		t := towns[r.IntN(len(towns))]
		place[i] = [2]float64{t[0] + 25*r.NormFloat64(), t[1] + 25*r.NormFloat64()}
		users := math.Max(100, math.Exp(math.Log(3_000)+0.7*r.NormFloat64()))
		demand := make([]int64, n.Resources)
		for k := range demand {
			size := users
			if k > 0 {
				size *= 0.6 + 0.8*r.Float64()
			}
			demand[k] = int64(math.Round(size))
			total[k] += demand[k]
		}
		p.Demand = append(p.Demand, demand)
	}
	for i := range place {
		cost := make([]int64, n.Municipalities)
		users := float64(p.Demand[i][0])
		for j := range cost {
			km := math.Hypot(place[i][0]-place[j][0], place[i][1]-place[j][1])
			cost[j] = int64(math.Round(users * km))
		}
		p.Cost = append(p.Cost, cost)
	}
	for range place {
		capacity := make([]int64, n.Resources)
		for k := range capacity {
			mean := float64(total[k]) / float64(n.Centres) / n.Tightness
			capacity[k] = int64(math.Round(mean * (0.8 + 0.4*r.Float64())))
		}
		p.Capacity = append(p.Capacity, capacity)
	}
	return p
}
