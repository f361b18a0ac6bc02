package instances

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"github.com/samdrift/samdrift/planner/assign"
)

// Median is a capacitated p-median problem with the unit of its costs: a cost of 1 in the file is
// Unit in Problem.
type Median struct {
	Problem assign.Problem
	Unit    float64
}

const (
	mostItems = 20_000
	realUnit  = 1_000_000 // real distances keep six decimals
)

// CPMP reads a capacitated p-median problem. Format and dist are the columns of those names:
// "orlib: ..." (number and optimum, n p capacity, then id x y demand), "n p / x y Q d", and
// "n p / dist matrix / ..." (then demands, then capacities); distances are "floor-euclid",
// "euclid-real" or "matrix".
func CPMP(data []byte, format, dist string) (Median, error) {
	n := read(data)
	var m Median
	switch {
	case strings.HasPrefix(format, "orlib"):
		m = orlib(n, dist)
	case strings.HasPrefix(format, "n p / x y"):
		m = points(n, dist)
	case strings.HasPrefix(format, "n p / dist"):
		m = matrix(n)
	default:
		return Median{}, fmt.Errorf("format %q is not known", format)
	}
	if n.err != nil {
		return Median{}, n.err
	}
	return m, nil
}

func orlib(n *numbers, dist string) Median {
	n.next()
	n.next()
	items := n.count("the number of items", 1, mostItems)
	p := n.count("the number of centres", 1, items)
	capacity := n.next()
	x, y, demand := make([]float64, items), make([]float64, items), make([]float64, items)
	for i := 0; i < items && n.err == nil; i++ {
		n.next()
		x[i], y[i], demand[i] = n.next(), n.next(), n.next()
	}
	room := make([]float64, items)
	for i := range room {
		room[i] = capacity
	}
	return plane(n, p, x, y, demand, room, dist)
}

func points(n *numbers, dist string) Median {
	items := n.count("the number of items", 1, mostItems)
	p := n.count("the number of centres", 1, items)
	x, y, room, demand := make([]float64, items), make([]float64, items), make([]float64, items), make([]float64, items)
	for i := 0; i < items && n.err == nil; i++ {
		x[i], y[i], room[i], demand[i] = n.next(), n.next(), n.next(), n.next()
	}
	return plane(n, p, x, y, demand, room, dist)
}

func matrix(n *numbers) Median {
	items := n.count("the number of items", 1, mostItems)
	p := n.count("the number of centres", 1, items)
	m := Median{Unit: 1, Problem: assign.Problem{MaxOpen: p}}
	for i := 0; i < items && n.err == nil; i++ {
		row := make([]int64, items)
		for j := range row {
			row[j] = int64(n.count("a distance", 0, math.MaxInt32))
		}
		m.Problem.Cost = append(m.Problem.Cost, row)
	}
	for i := 0; i < items && n.err == nil; i++ {
		m.Problem.Demand = append(m.Problem.Demand, []int64{int64(n.count("a demand", 0, math.MaxInt32))})
	}
	for j := 0; j < items && n.err == nil; j++ {
		m.Problem.Capacity = append(m.Problem.Capacity, []int64{int64(n.count("a capacity", 0, math.MaxInt32))})
	}
	return m
}

// plane makes the problem from places in the plane.
func plane(n *numbers, p int, x, y, demand, room []float64, dist string) Median {
	m := Median{Unit: 1, Problem: assign.Problem{MaxOpen: p}}
	if n.err != nil {
		return m
	}
	whole := dist == "floor-euclid"
	if !whole {
		m.Unit = realUnit
	}
	for i := range x {
		row := make([]int64, len(x))
		for j := range row {
			d := math.Hypot(x[i]-x[j], y[i]-y[j])
			if whole {
				row[j] = int64(math.Floor(d))
			} else {
				row[j] = int64(math.Round(d * m.Unit))
			}
		}
		m.Problem.Cost = append(m.Problem.Cost, row)
		if demand[i] < 0 || room[i] < 0 || demand[i] != math.Trunc(demand[i]) || room[i] != math.Trunc(room[i]) {
			n.err = fmt.Errorf("item %d: demand %g and capacity %g, want whole numbers of 0 or more", i+1, demand[i], room[i])
		}
		m.Problem.Demand = append(m.Problem.Demand, []int64{int64(demand[i])})
		m.Problem.Capacity = append(m.Problem.Capacity, []int64{int64(room[i])})
	}
	return m
}

// PMed reads a p-median problem on a graph: nodes, edges and p, then one edge per line with its
// length; a later line for the same edge overrules an earlier one. Costs are shortest paths. There is
// room for all at every centre.
func PMed(data []byte) (Median, error) {
	n := read(bytes.TrimSpace(data))
	items := n.count("the number of nodes", 1, mostItems)
	edges := n.count("the number of edges", 0, math.MaxInt32)
	p := n.count("the number of centres", 1, items)
	const far = int64(1) << 40
	d := make([][]int64, items)
	for i := range d {
		d[i] = make([]int64, items)
		for j := range d[i] {
			if i != j {
				d[i][j] = far
			}
		}
	}
	for e := 0; e < edges && n.err == nil; e++ {
		a, b := n.count("a node", 1, items)-1, n.count("a node", 1, items)-1
		length := int64(n.count("a length", 0, math.MaxInt32))
		d[a][b], d[b][a] = length, length
	}
	if n.err != nil {
		return Median{}, n.err
	}
	for k := range d {
		for i := range d {
			if d[i][k] == far {
				continue
			}
			for j, c := range d[k] {
				if c += d[i][k]; c < d[i][j] {
					d[i][j] = c
				}
			}
		}
	}
	m := Median{Unit: 1, Problem: assign.Problem{MaxOpen: p}}
	for i := range d {
		for j := range d[i] {
			if d[i][j] == far {
				d[i][j] = assign.Forbidden
			}
		}
		m.Problem.Cost = append(m.Problem.Cost, d[i])
		m.Problem.Demand = append(m.Problem.Demand, []int64{1})
		m.Problem.Capacity = append(m.Problem.Capacity, []int64{int64(items)})
	}
	return m, nil
}
