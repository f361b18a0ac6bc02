package leiden

import (
	"cmp"
	"slices"
)

// graph keeps the edges of all nodes in one slice, those of node i from first[i] to first[i+1].
type graph struct {
	first  []int
	edges  []half
	loop   []float64 // weight within a node, counted both ways
	degree []float64
	size   []int
	total  float64 // sum of all degrees: twice the weight
}

// half is an edge as one of its nodes sees it.
type half struct {
	to     int
	weight float64
}

func newGraph(nodes int, edges []Edge, sizes []int) *graph {
	// Sums must not depend on the order of the edges, so they are put in order first.
	all := make([]Edge, 0, 2*len(edges))
	for _, e := range edges {
		all = append(all, e, Edge{e.B, e.A, e.Weight})
	}
	slices.SortFunc(all, func(x, y Edge) int {
		return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B), cmp.Compare(x.Weight, y.Weight))
	})
	g := &graph{first: make([]int, nodes+1), loop: make([]float64, nodes), size: sizes}
	if sizes == nil {
		g.size = make([]int, nodes)
		for i := range g.size {
			g.size[i] = 1
		}
	}
	for _, e := range all {
		switch last := len(g.edges) - 1; {
		case e.A == e.B:
			g.loop[e.A] += e.Weight
		case g.first[e.A+1] > 0 && g.edges[last].to == e.B:
			g.edges[last].weight += e.Weight
		default:
			g.edges = append(g.edges, half{e.B, e.Weight})
			g.first[e.A+1]++
		}
	}
	for i := range nodes {
		g.first[i+1] += g.first[i]
	}
	g.weighNodes()
	return g
}

// weighNodes works out the degrees from edges and loops.
func (g *graph) weighNodes() {
	g.degree = slices.Clone(g.loop)
	for i := range g.degree {
		for _, e := range g.around(i) {
			g.degree[i] += e.weight
		}
		g.total += g.degree[i]
	}
}

func (g *graph) nodes() int { return len(g.loop) }

// around gives the edges of a node.
func (g *graph) around(i int) []half { return g.edges[g.first[i]:g.first[i+1]] }

// singles puts every node in a community of its own.
func (g *graph) singles() []int {
	of := make([]int, g.nodes())
	for i := range of {
		of[i] = i
	}
	return of
}

// merge makes each set of nodes one node.
func (g *graph) merge(set []int, sets int) *graph {
	m := &graph{first: make([]int, sets+1), loop: make([]float64, sets), size: make([]int, sets)}
	members := make([][]int, sets)
	for i, c := range set {
		members[c] = append(members[c], i)
		m.size[c] += g.size[i]
		m.loop[c] += g.loop[i]
	}
	toward, seen := make([]float64, sets), make([]bool, sets)
	for c := range sets {
		from := len(m.edges)
		for _, i := range members[c] {
			for _, e := range g.around(i) {
				d := set[e.to]
				if d == c {
					m.loop[c] += e.weight
					continue
				}
				toward[d] += e.weight
				if !seen[d] {
					seen[d] = true
					m.edges = append(m.edges, half{to: d})
				}
			}
		}
		for k := from; k < len(m.edges); k++ {
			d := m.edges[k].to
			m.edges[k].weight = toward[d]
			toward[d], seen[d] = 0, false
		}
		m.first[c+1] = len(m.edges)
	}
	m.weighNodes()
	return m
}

// quality is the modularity of a division: the share of weight within communities less what chance
// would give.
func (g *graph) quality(of []int, resolution float64) float64 {
	inside, sum := 0.0, make([]float64, g.nodes())
	for i, c := range of {
		sum[c] += g.degree[i]
		inside += g.loop[i]
		for _, e := range g.around(i) {
			if of[e.to] == c {
				inside += e.weight
			}
		}
	}
	chance := 0.0
	for _, k := range sum {
		chance += k / g.total * k / g.total
	}
	return inside/g.total - resolution*chance
}

// number renames communities to 0, 1, … in the order of their first nodes, and counts them.
func number(of []int) int {
	name := make([]int, len(of))
	next := 0
	for i, c := range of {
		if name[c] == 0 {
			next++
			name[c] = next
		}
		of[i] = name[c] - 1
	}
	return next
}
