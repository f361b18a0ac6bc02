package group

import (
	"cmp"
	"math"
	"slices"
)

// Why tells why a server is in its group.
type Why struct {
	Group  int    // index into Result.Groups
	Tied   []int  // the other servers that it cannot be parted from, whatever the traffic
	Inside []Bond // its own traffic with others of the group, strongest first
	Pulls  []Pull // the other groups that it, or what it is tied to, has traffic with, strongest first
}

// Bond is all traffic between the server and one other.
type Bond struct {
	Server int
	Port   int // of the traffic that binds most
	Bytes  int64
	Weight float64 // 0: too weak to bind
}

// Pull is what draws a server, with all that it is tied to, toward another group.
type Pull struct {
	Group  int
	Port   int // of the traffic that binds most
	Bytes  int64
	Weight float64
	Holds  Hold
	Times  float64 // for Outweighed: how many times stronger the traffic would have to be to draw it over
}

// Hold is what keeps a server from following a pull.
type Hold string

// The holds, in the order in which they are tried.
const (
	Foundation Hold = "foundation" // one of the two groups is a foundation: traffic does not decide
	TooWeak    Hold = "too_weak"   // less than MinBytes a day on every port
	NoRoom     Hold = "no_room"    // the other group would exceed the limit on size
	Outweighed Hold = "outweighed" // it is bound more strongly where it is
)

// Explain tells why a server is in its group. The result is that of Find for the same problem.
func Explain(p Problem, r Result, server int) Why {
	group := make([]int, p.Servers)
	for i, g := range r.Groups {
		for _, s := range g.Members {
			group[s] = i
		}
	}
	w := Why{Group: group[server]}
	strict, roles, _ := bind(p)
	tied := looser(p, strict, roles)
	for s := range p.Servers {
		if s != server && tied.find(s) == tied.find(server) {
			w.Tied = append(w.Tied, s)
		}
	}

	each := make([]int, p.Servers)
	for s := range each {
		each[s] = s
	}
	own := p
	own.Flows = slices.DeleteFunc(slices.Clone(p.Flows), func(f Flow) bool { return f.From != server && f.To != server })
	for _, l := range weigh(own, each) {
		if other := l.a + l.b - server; group[other] == w.Group {
			w.Inside = append(w.Inside, Bond{Server: other, Port: l.port, Bytes: l.bytes, Weight: l.weight})
		}
	}
	slices.SortFunc(w.Inside, func(a, b Bond) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Server, b.Server))
	})
	w.Pulls = pulls(p, r, group, tied, roles, server)
	return w
}

// pulls weighs the other groups against the server's own, as the division did: by modularity.
func pulls(p Problem, r Result, group []int, tied sets, roles []Role, server int) []Pull {
	unit := make([]int, p.Servers) // what moves as one, by its lowest server
	units, size := 0, 0
	for s := range unit {
		unit[s] = tied.find(s)
		if unit[s] == s && roles[s] == "" {
			units++
		}
		if unit[s] == tied.find(server) {
			size++
		}
	}
	own := unit[server]
	home := func(u int) int { // its group; the server's unit stands apart from the rest of its group
		if u == own {
			return len(r.Groups)
		}
		return group[u]
	}
	b := balance{resolution: resolution(units), degree: make([]float64, len(r.Groups)+1)}
	toward := map[int]*Pull{}
	strongest := map[int]float64{}
	for _, l := range weigh(p, unit) {
		if roles[l.a] == "" && roles[l.b] == "" {
			b.degree[home(l.a)] += l.weight
			b.degree[home(l.b)] += l.weight
			b.total += 2 * l.weight
		}
		if l.a != own && l.b != own {
			continue
		}
		g := group[l.a+l.b-own]
		if toward[g] == nil {
			toward[g], strongest[g] = &Pull{Group: g}, -1
		}
		pull := toward[g]
		pull.Bytes += l.bytes
		pull.Weight += l.weight
		if l.weight > strongest[g] {
			strongest[g], pull.Port = l.weight, l.port
		}
	}
	here := group[server]
	if pull := toward[here]; pull != nil {
		b.here = pull.Weight
		delete(toward, here)
	}
	found := make([]Pull, 0, len(toward))
	for _, pull := range toward {
		switch g := r.Groups[pull.Group]; {
		case g.Role != "" || roles[server] != "":
			pull.Holds = Foundation
		case pull.Weight == 0:
			pull.Holds = TooWeak
		case len(g.Members)+size > p.MaxServers:
			pull.Holds = NoRoom
		default:
			pull.Holds, pull.Times = Outweighed, b.times(here, pull.Group, pull.Weight)
		}
		found = append(found, *pull)
	}
	slices.SortFunc(found, func(a, b Pull) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Group, b.Group))
	})
	return found
}

// balance is what it takes to compare two homes of a unit.
type balance struct {
	resolution, total, here float64   // here is the weight between the unit and the rest of its group
	degree                  []float64 // of each group without the unit, and last of the unit
}

// times finds how many times the weight w to another group would have to be there before the unit
// gains by moving. Weight that is added raises the degrees at both its ends too.
func (b balance) times(home, other int, w float64) float64 {
	gains := func(factor float64) bool {
		more := (factor - 1) * w
		unit, total := b.degree[len(b.degree)-1]+more, b.total+2*more
		stay := b.here - b.resolution*unit*b.degree[home]/total
		move := factor*w - b.resolution*unit*(b.degree[other]+more)/total
		return move > stay
	}
	low, high := 1.0, 2.0
	for !gains(high) {
		if high > 1e6 {
			return math.Inf(1)
		}
		low, high = high, 2*high
	}
	for range 30 {
		if middle := (low + high) / 2; gains(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}
