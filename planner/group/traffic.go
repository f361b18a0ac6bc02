package group

import (
	"cmp"
	"math"
	"slices"

	"github.com/samdrift/samdrift/planner/group/leiden"
)

// tries is how many orders of the servers are tried for a division; more than that finds little.
const tries = 4

// resolution gives how finely a graph of so many nodes is divided. With plain modularity, small groups
// of a large municipality melt together; one step for every 25 nodes keeps them apart.
func resolution(nodes int) float64 { return max(1, float64(nodes)/25) }

// communities divides the servers that are no foundation. A set of tied servers is one node.
func communities(p Problem, tied sets, roles []Role) []Group {
	node := make([]int, p.Servers) // -1 for a foundation
	var size []int
	for s := range p.Servers {
		switch root := tied.find(s); {
		case roles[s] != "":
			node[s] = -1
		case root == s:
			node[s] = len(size)
			size = append(size, 1)
		default:
			node[s] = node[root]
			size[node[root]]++
		}
	}
	var edges []leiden.Edge
	for _, l := range weigh(p, node) {
		if l.weight > 0 {
			edges = append(edges, leiden.Edge{A: l.a, B: l.b, Weight: l.weight})
		}
	}
	of := leiden.Find(len(size), edges, leiden.Options{
		Resolution: resolution(len(size)), Sizes: size, Limit: p.MaxServers, Seed: p.Seed, Tries: tries,
	})
	var groups []Group // communities are numbered by their first nodes, nodes by their first servers
	for s, n := range node {
		if n < 0 {
			continue
		}
		if of[n] == len(groups) {
			groups = append(groups, Group{})
		}
		groups[of[n]].Members = append(groups[of[n]].Members, s)
	}
	return groups
}

// link is all traffic between two nodes, on the ports that bind them and on those that do not.
type link struct {
	a, b   int
	weight float64
	bytes  int64
	port   int // of the traffic that weighs most, or of the largest where none has weight
}

// weigh sums the flows between each pair of nodes and port, and turns what is not too weak into
// weights: the logarithm of the volume, times the class of the port, times the share of days on which
// it was seen. of gives the node of each server, -1 for one that is left out.
func weigh(p Problem, of []int) []link {
	type key struct{ a, b, port int }
	type sum struct {
		bytes  int64
		steady float64 // bytes times persistence
	}
	sums := map[key]sum{}
	for _, f := range p.Flows {
		a, b := of[f.From], of[f.To]
		if a < 0 || b < 0 || a == b {
			continue
		}
		k := key{min(a, b), max(a, b), f.Port}
		persistence := f.Persistence
		if persistence <= 0 {
			persistence = 1
		}
		s := sums[k]
		sums[k] = sum{s.bytes + f.Bytes, s.steady + float64(f.Bytes)*persistence}
	}
	keys := make([]key, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y key) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(x.port, y.port))
	})
	var links []link
	var mostWeight float64
	var mostBytes int64
	for i, k := range keys {
		if i == 0 || keys[i-1].a != k.a || keys[i-1].b != k.b {
			links = append(links, link{a: k.a, b: k.b})
			mostWeight, mostBytes = -1, -1
		}
		l, s, w := &links[len(links)-1], sums[k], 0.0
		if s.bytes >= max(p.MinBytes, 1) {
			w = math.Log2(2+float64(s.bytes)/1e6) * weights[ClassOf(k.port)] * s.steady / float64(s.bytes)
		}
		if w > mostWeight || (w == mostWeight && s.bytes > mostBytes) {
			mostWeight, mostBytes, l.port = w, s.bytes, k.port
		}
		l.weight += w
		l.bytes += s.bytes
	}
	return links
}
