package group

import (
	"cmp"
	"math"
	"slices"
)

// classWeight says how strongly a protocol binds two servers: a database call breaks when a line is
// put between them, a nightly file copy does not.
func classWeight(port int) float64 {
	switch port {
	case 1433, 1434, 1521, 3050, 3306, 5432, 6379, 9200, 27017, 50000: // databases
		return 4
	case 20, 21, 22, 23, 3389, 5985, 5986: // batch copies and administration
		return 0.1
	case 25, 465, 587: // mail
		return 0.2
	case 139, 445, 2049, 1414, 5671, 5672, 61616: // file shares and message queues
		return 1
	}
	if _, wellKnown := services[port]; wellKnown {
		return 0.1
	}
	return 2
}

type edge struct {
	to     int
	weight float64
}

// communities divides the servers that are no foundation. A set of tied servers is one node. The
// resolution grows with the size, else modularity merges small groups of a large municipality.
func communities(p Problem, tied sets, foundation func(int) bool) []Group {
	node := make([]int, p.Servers) // server → node
	var size []int
	for s := range p.Servers {
		node[s] = -1
		if foundation(s) {
			continue
		}
		if root := tied.find(s); root == s {
			node[s] = len(size)
			size = append(size, 1)
		} else {
			node[s] = node[root]
			size[node[root]]++
		}
	}
	adjacent := weigh(p.Flows, p.MinBytes, node, len(size))
	resolution := math.Max(1, float64(len(size))/100)
	of := louvain(adjacent, size, p.MaxServers, resolution)

	index := map[int]int{}
	var groups []Group
	for s := range p.Servers {
		if node[s] < 0 {
			continue
		}
		c := of[node[s]]
		if _, ok := index[c]; !ok {
			index[c] = len(groups)
			groups = append(groups, Group{})
		}
		g := &groups[index[c]]
		g.Members = append(g.Members, s)
	}
	return groups
}

// weigh sums the flows between each pair of nodes and port, drops the weak ones, and turns the rest
// into weights: the logarithm of the volume times the protocol's class.
func weigh(flows []Flow, minBytes int64, node []int, nodes int) [][]edge {
	type pair struct{ a, b, port int }
	bytes := map[pair]int64{}
	for _, f := range flows {
		a, b := node[f.From], node[f.To]
		if a >= 0 && b >= 0 && a != b {
			bytes[pair{min(a, b), max(a, b), f.Port}] += f.Bytes
		}
	}
	pairs := make([]pair, 0, len(bytes))
	for k, v := range bytes {
		if v >= max(minBytes, 1) {
			pairs = append(pairs, k)
		}
	}
	slices.SortFunc(pairs, func(x, y pair) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(x.port, y.port))
	})
	adjacent := make([][]edge, nodes)
	for i := 0; i < len(pairs); {
		a, b, w := pairs[i].a, pairs[i].b, 0.0
		for ; i < len(pairs) && pairs[i].a == a && pairs[i].b == b; i++ {
			w += math.Log2(2+float64(bytes[pairs[i]])/1e6) * classWeight(pairs[i].port)
		}
		adjacent[a] = append(adjacent[a], edge{b, w})
		adjacent[b] = append(adjacent[b], edge{a, w})
	}
	return adjacent
}

// louvain gives each node its community: nodes move to the neighbour community that raises the
// modularity most while it stays within the size limit, then communities become nodes, until
// nothing improves.
func louvain(adjacent [][]edge, size []int, limit int, resolution float64) []int {
	of := make([]int, len(adjacent))
	for i := range of {
		of[i] = i
	}
	var total float64 // twice the sum of weights
	for _, es := range adjacent {
		for _, e := range es {
			total += e.weight
		}
	}
	if total == 0 {
		return of
	}
	loops := make([]float64, len(adjacent)) // weight within a merged node, counted both ways
	for {
		community, moved := sweep(adjacent, loops, size, limit, resolution, total)
		if !moved {
			return of
		}
		// Renumber in order of the first node, then merge.
		number := map[int]int{}
		for _, c := range community {
			if _, ok := number[c]; !ok {
				number[c] = len(number)
			}
		}
		for i := range of {
			of[i] = number[community[of[i]]]
		}
		merged := make([]map[int]float64, len(number))
		mergedSize, mergedLoops := make([]int, len(number)), make([]float64, len(number))
		for i, es := range adjacent {
			c := number[community[i]]
			mergedSize[c] += size[i]
			mergedLoops[c] += loops[i]
			if merged[c] == nil {
				merged[c] = map[int]float64{}
			}
			for _, e := range es {
				if d := number[community[e.to]]; d == c {
					mergedLoops[c] += e.weight
				} else {
					merged[c][d] += e.weight
				}
			}
		}
		adjacent = make([][]edge, len(merged))
		for c, m := range merged {
			for d, w := range m {
				adjacent[c] = append(adjacent[c], edge{d, w})
			}
			slices.SortFunc(adjacent[c], func(a, b edge) int { return cmp.Compare(a.to, b.to) })
		}
		size, loops = mergedSize, mergedLoops
	}
}

// sweep moves single nodes until no move gains, and tells whether any did.
func sweep(adjacent [][]edge, loops []float64, size []int, limit int, resolution, total float64) ([]int, bool) {
	n := len(adjacent)
	community, members := make([]int, n), make([]int, n)
	degree, sum := make([]float64, n), make([]float64, n)
	for i, es := range adjacent {
		community[i], members[i] = i, size[i]
		degree[i] = loops[i]
		for _, e := range es {
			degree[i] += e.weight
		}
		sum[i] = degree[i]
	}
	const least = 1e-9 // gains below it are rounding, and could go round for ever
	toward := make([]float64, n)
	anyMoved := false
	for round := 0; round < 100; round++ {
		moved := false
		for i, es := range adjacent {
			here := community[i]
			for _, e := range es {
				toward[community[e.to]] += e.weight
			}
			sum[here] -= degree[i]
			gain := func(c int) float64 { return toward[c] - resolution*degree[i]*sum[c]/total }
			best, bestGain := here, gain(here)
			for _, e := range es {
				c := community[e.to]
				if c == here || members[c]+size[i] > limit {
					continue
				}
				if g := gain(c); g > bestGain+least || (g > bestGain-least && c < best && best != here) {
					best, bestGain = c, math.Max(g, bestGain)
				}
			}
			for _, e := range es {
				toward[community[e.to]] = 0
			}
			sum[best] += degree[i]
			if best != here {
				members[here] -= size[i]
				members[best] += size[i]
				community[i] = best
				moved, anyMoved = true, true
			}
		}
		if !moved {
			break
		}
	}
	return community, anyMoved
}
