package evaluate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Key is a way to share a cost: how much of it goes by users, by servers, and equally. Only the
// proportions of the three count.
type Key struct {
	Name    string  `json:"name" yaml:"name"`
	Users   float64 `json:"users" yaml:"users"`
	Servers float64 `json:"servers" yaml:"servers"`
	Equal   float64 `json:"equal" yaml:"equal"`
}

func (k Key) validate(i int) error {
	if sum := k.Users + k.Servers + k.Equal; k.Users < 0 || k.Servers < 0 || k.Equal < 0 || !(sum > 0) || math.IsInf(sum, 0) {
		return fmt.Errorf("evaluate.keys[%d] (%s) is users %g, servers %g, equal %g, want none below 0 and one above", i, k.Name, k.Users, k.Servers, k.Equal)
	}
	return nil
}

// Ore is an estimate in øre: whole, so that shares can sum exactly.
type Ore struct {
	Low    int64 `json:"low"`
	Likely int64 `json:"likely"`
	High   int64 `json:"high"`
}

// OreOf turns DKK into øre.
func OreOf(r planner.Range) Ore {
	ore := func(v float64) int64 { return int64(math.Round(100 * v)) }
	return Ore{ore(r.Low), ore(r.Likely), ore(r.High)}
}

// Minus gives the difference point by point: both sides move together.
func (o Ore) Minus(p Ore) Ore { return Ore{o.Low - p.Low, o.Likely - p.Likely, o.High - p.High} }

// Member is a municipality that shares costs.
type Member struct {
	Municipality string `json:"municipality"`
	Users        int    `json:"users"`   // estimated; 0: not known
	Servers      int    `json:"servers"` // in service; 0: not known
}

// Members lists the municipalities of the plan by code, with the users and servers that keys count.
func Members(plan *planner.Plan, snapshot *inventory.Snapshot) []Member {
	servers := map[string]int{}
	for i := range snapshot.Assets {
		a := &snapshot.Assets[i]
		if a.Kind.Moves() && a.Status != inventory.Spare && a.Status != inventory.Retired && a.Presence != inventory.Gone {
			servers[a.Municipality]++
		}
	}
	var members []Member
	for _, a := range plan.Assignments {
		m := Member{Municipality: a.Municipality, Servers: servers[a.Municipality]}
		if known, ok := snapshot.Municipality(a.Municipality); ok {
			m.Users = known.ITUsersEstimated
		}
		members = append(members, m)
	}
	slices.SortFunc(members, func(a, b Member) int { return cmp.Compare(a.Municipality, b.Municipality) })
	return members
}

// Allocation is a cost shared by a key. Without shares the key could not be used: Unknown says why.
type Allocation struct {
	Key     Key              `json:"key"`
	Total   Ore              `json:"total_ore"`
	Shares  []Share          `json:"shares"`
	Unknown []planner.Reason `json:"unknown,omitempty"`
}

// Share is what one municipality pays.
type Share struct {
	Municipality string `json:"municipality"`
	Amount       Ore    `json:"amount_ore"`
}

// Allocate shares a cost among the members by a key. The shares sum to the total to the øre: what
// rounding leaves over goes to the largest remainders, then by code. A key that counts what is not
// known of some member cannot share fairly and shares nothing.
func Allocate(total Ore, members []Member, key Key) Allocation {
	a := Allocation{Key: key, Total: total, Shares: []Share{}}
	weights, unknown := key.weights(members)
	if a.Unknown = unknown; len(unknown) > 0 || len(members) == 0 {
		return a
	}
	low, likely, high := split(total.Low, weights), split(total.Likely, weights), split(total.High, weights)
	for i, m := range members {
		a.Shares = append(a.Shares, Share{Municipality: m.Municipality, Amount: Ore{low[i], likely[i], high[i]}})
	}
	return a
}

// weights gives each member's part of the whole, 0 to 1, or what is missing for that.
func (k Key) weights(members []Member) (weights []float64, unknown []planner.Reason) {
	var users, servers int
	for _, m := range members {
		users, servers = users+m.Users, servers+m.Servers
		if k.Users > 0 && m.Users <= 0 {
			unknown = append(unknown, planner.NewReason("key_users_unknown", "municipality", m.Municipality))
		}
		if k.Servers > 0 && m.Servers <= 0 {
			unknown = append(unknown, planner.NewReason("key_servers_unknown", "municipality", m.Municipality))
		}
	}
	if len(unknown) > 0 {
		return nil, unknown
	}
	sum := k.Users + k.Servers + k.Equal
	for _, m := range members {
		w := k.Equal / float64(len(members))
		if k.Users > 0 {
			w += k.Users * float64(m.Users) / float64(users)
		}
		if k.Servers > 0 {
			w += k.Servers * float64(m.Servers) / float64(servers)
		}
		weights = append(weights, w/sum)
	}
	return weights, nil
}

// split parts a whole number by weights that sum to one.
func split(total int64, weights []float64) []int64 {
	sign := int64(1)
	if total < 0 {
		sign, total = -1, -total
	}
	parts, order := make([]int64, len(weights)), make([]int, len(weights))
	rest := total
	remainder := make([]float64, len(weights))
	for i, w := range weights {
		exact := float64(total) * w
		parts[i] = int64(exact)
		remainder[i], order[i] = exact-float64(parts[i]), i
		rest -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder[b], remainder[a]) })
	for i := 0; rest > 0; i, rest = i+1, rest-1 {
		parts[order[i%len(order)]]++
	}
	for i := len(order) - 1; rest < 0; i-- { // a product just below a whole number was taken for it
		if parts[order[i]] > 0 {
			parts[order[i]]--
			rest++
		}
	}
	for i := range parts {
		parts[i] *= sign
	}
	return parts
}

// Participation is what becomes of the shares when some members leave.
type Participation struct {
	Leavers []string   `json:"leavers"`
	Before  Allocation `json:"before"`
	After   Allocation `json:"after"`
	Changes []Share    `json:"changes"` // what each remaining member pays more
}

// Leave shares a cost with and without the leavers. The total is the cost with everyone, left what
// there is still to share without them: the same where a cost does not depend on who takes part.
func Leave(total, left Ore, members []Member, key Key, leavers []string) Participation {
	stay := slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return slices.Contains(leavers, m.Municipality) })
	p := Participation{Leavers: slices.Sorted(slices.Values(leavers)), Before: Allocate(total, members, key), After: Allocate(left, stay, key), Changes: []Share{}}
	if len(p.Before.Shares) == 0 {
		return p
	}
	before := map[string]Ore{}
	for _, s := range p.Before.Shares {
		before[s.Municipality] = s.Amount
	}
	for _, s := range p.After.Shares {
		p.Changes = append(p.Changes, Share{Municipality: s.Municipality, Amount: s.Amount.Minus(before[s.Municipality])})
	}
	return p
}

// allocations shares the joint costs by every key.
func (x *estate) allocations(c Cost) []Allocation {
	if len(x.joint) == 0 {
		x.missing("joint_costs_unknown")
	}
	members := Members(x.plan, x.in.Snapshot)
	out := make([]Allocation, 0, len(x.in.Settings.Keys))
	for _, k := range x.in.Settings.Keys {
		out = append(out, Allocate(OreOf(c.Joint), members, k))
	}
	return out
}
