// Package leiden divides a weighted graph into communities: sets of nodes with more weight among
// themselves than chance would give. It is the method of Traag, Waltman and van Eck (2019): nodes move
// to the neighbouring community that gains most, each community is then built up anew from its nodes
// along edges only, and what that gives becomes the nodes of the next round. Therefore every community
// is connected, which Louvain's method does not promise.
//
// The quality is modularity with a resolution: higher values give smaller communities.
package leiden

import (
	"math/rand/v2"
	"slices"
)

// Edge joins two nodes, numbered from 0. The direction means nothing; parallel edges add up.
type Edge struct {
	A, B   int
	Weight float64 // more than 0
}

// Options say what to look for. The zero value means plain modularity, tried once.
type Options struct {
	Resolution float64 // 0 means 1
	Sizes      []int   // what each node counts against Limit; nil: 1 each
	Limit      int     // the size that a community may grow to; 0: no limit. A larger single node stays alone
	Seed       uint64  // of the orders in which nodes are visited
	Tries      int     // runs in different orders, of which the best is kept; 0 means 1
}

// least is the smallest gain that counts: below it is rounding, which could go round for ever.
const least = 1e-9

// Find gives the community of each node, numbered from 0 in the order of their first nodes. The same
// graph and options give the same answer; the order of the edges does not matter.
func Find(nodes int, edges []Edge, o Options) []int {
	g := newGraph(nodes, edges, o.Sizes)
	if o.Resolution == 0 {
		o.Resolution = 1
	}
	best, bestQuality := g.singles(), 0.0
	if g.total == 0 {
		return best
	}
	for try := range max(o.Tries, 1) {
		s := &search{Options: o, r: rand.New(rand.NewPCG(o.Seed, uint64(try)))}
		of := s.run(g)
		if q := g.quality(of, o.Resolution); try == 0 || q > bestQuality+least {
			best, bestQuality = of, q
		}
	}
	number(best)
	return best
}

// Modularity gives the quality of a division: the share of weight within communities less what chance
// would give, from -0.5 to 1; 0 for a graph without edges.
func Modularity(nodes int, edges []Edge, of []int, resolution float64) float64 {
	g := newGraph(nodes, edges, nil)
	if g.total == 0 {
		return 0
	}
	return g.quality(of, resolution)
}

// search holds the orders' source and the limits of one try.
type search struct {
	Options
	r *rand.Rand
}

// run divides the graph again and again from what it has, until that improves nothing.
func (s *search) run(g *graph) []int {
	of := g.singles()
	for before := g.quality(of, s.Resolution); ; {
		of = s.descend(g, of)
		after := g.quality(of, s.Resolution)
		if after <= before+least {
			return of
		}
		before = after
	}
}

// descend makes one pass over all levels: move, refine, merge.
func (s *search) descend(g *graph, start []int) []int {
	node := make([]int, g.nodes()) // original node → node of the present level
	for i := range node {
		node[i] = i
	}
	of := slices.Clone(start)
	for {
		s.move(g, of)
		communities := number(of)
		refined := s.refine(g, of, communities)
		sets := number(refined)
		if communities == g.nodes() || sets == g.nodes() {
			break
		}
		next := make([]int, sets)
		for i, c := range refined {
			next[c] = of[i]
		}
		g, of = g.merge(refined, sets), next
		for i, c := range node {
			node[i] = refined[c]
		}
	}
	final := make([]int, len(node))
	for i, c := range node {
		final[i] = of[c]
	}
	return final
}

// move takes nodes in turn to the community that gains most, or to one of their own, until none gains.
// Neighbours of a node that moved are looked at again.
func (s *search) move(g *graph, of []int) {
	p := newPlacing(g, of)
	queue, queued := s.r.Perm(g.nodes()), make([]bool, g.nodes())
	for i := range queued {
		queued[i] = true
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		queued[i] = false
		here := of[i]
		p.take(i)
		best := s.best(p, i)
		p.put(i, best)
		if best == here {
			continue
		}
		for _, e := range g.around(i) {
			if !queued[e.to] && of[e.to] != best {
				queued[e.to] = true
				queue = append(queue, e.to)
			}
		}
	}
}

// best gives the community in which a node that was taken out gains most: where it was when nothing is
// better, one of its own when being alone is.
func (s *search) best(p *placing, i int) int {
	g, around := p.g, p.g.around(i)
	for _, e := range around {
		p.toward[p.of[e.to]] += e.weight
	}
	gain := func(c int) float64 { return p.toward[c] - s.Resolution*g.degree[i]*p.sum[c]/g.total }
	here := p.of[i]
	best, bestGain := here, gain(here)
	for _, e := range around {
		c := p.of[e.to]
		if c == best || (s.Limit > 0 && p.members[c]+g.size[i] > s.Limit) {
			continue
		}
		if v := gain(c); v > bestGain+least || (v > bestGain-least && c < best && best != here) {
			best, bestGain = c, v
		}
	}
	for _, e := range around {
		p.toward[p.of[e.to]] = 0
	}
	if bestGain < -least && len(p.empty) > 0 {
		best = p.empty[len(p.empty)-1]
	}
	return best
}

// placing keeps the sums of communities while nodes move between them.
type placing struct {
	g       *graph
	of      []int
	sum     []float64 // of degrees
	members []int     // by size
	count   []int     // of nodes
	empty   []int     // communities without nodes
	toward  []float64 // scratch: weight from one node to each community
}

func newPlacing(g *graph, of []int) *placing {
	n := g.nodes()
	p := &placing{g: g, of: of, sum: make([]float64, n), members: make([]int, n), count: make([]int, n), toward: make([]float64, n)}
	for i, c := range of {
		p.sum[c] += g.degree[i]
		p.members[c] += g.size[i]
		p.count[c]++
	}
	for c := range n {
		if p.count[c] == 0 {
			p.empty = append(p.empty, c)
		}
	}
	return p
}

// take removes a node from its community, but of still tells where it was.
func (p *placing) take(i int) {
	c := p.of[i]
	p.sum[c] -= p.g.degree[i]
	p.members[c] -= p.g.size[i]
	p.count[c]--
	if p.count[c] == 0 {
		p.empty = append(p.empty, c)
	}
}

// put places a node that was taken out: with others, back alone, or in what best took from the end of
// the empty ones. The last two are both the end of the list.
func (p *placing) put(i, c int) {
	if p.count[c] == 0 {
		p.empty = p.empty[:len(p.empty)-1]
	}
	p.sum[c] += p.g.degree[i]
	p.members[c] += p.g.size[i]
	p.count[c]++
	p.of[i] = c
}

// refine builds each community up from single nodes: a node that is alone joins the set of its own
// community that gains most. Only nodes and sets that are well tied to the rest of the community take
// part, so that badly tied ones are free to leave in the next round.
func (s *search) refine(g *graph, of []int, communities int) []int {
	n := g.nodes()
	set := g.singles()
	whole := make([]float64, communities) // degree of each community
	inside := make([]float64, n)          // weight from a set to the rest of its community
	for i, c := range of {
		whole[c] += g.degree[i]
		for _, e := range g.around(i) {
			if of[e.to] == c {
				inside[i] += e.weight
			}
		}
	}
	sum, alone := slices.Clone(g.degree), make([]bool, n)
	for i := range alone {
		alone[i] = true
	}
	tied := func(set, community int) bool {
		return inside[set] >= s.Resolution*sum[set]*(whole[community]-sum[set])/g.total-least
	}
	toward := make([]float64, n)
	for _, i := range s.r.Perm(n) {
		if !alone[i] || !tied(i, of[i]) {
			continue
		}
		around := g.around(i)
		for _, e := range around {
			if of[e.to] == of[i] {
				toward[set[e.to]] += e.weight
			}
		}
		best, bestGain := i, -least
		for _, e := range around {
			c := set[e.to]
			if of[e.to] != of[i] || c == best || !tied(c, of[i]) {
				continue
			}
			if v := toward[c] - s.Resolution*g.degree[i]*sum[c]/g.total; v > bestGain+least || (v > bestGain-least && c < best) {
				best, bestGain = c, v
			}
		}
		if best != i {
			inside[best] += inside[i] - 2*toward[best]
			sum[best] += g.degree[i]
			set[i], alone[best] = best, false
		}
		for _, e := range around {
			toward[set[e.to]] = 0
		}
	}
	return set
}
