package assign

import (
	"fmt"
	"math"
	"slices"
)

// never is a cost above all others that may be added up without overflow.
const never = int64(1) << 48

// model is a problem made ready: items that must share a centre are one, costs lie per centre.
type model struct {
	items, sites, resources int
	slots                   int     // centres that may be open at once
	cost                    []int64 // site × item, or never
	out                     []int64 // per item: leaving it out; a penalty where that is not allowed
	demand, capacity, least []int64 // item × resource, site × resource; least is nil when there is none
	must                    []bool  // per site
	apart                   [][]int32
	home                    []int32 // per item: its cheapest site
	refusable               bool
	part                    []int   // original item → item
	worst                   int64   // an answer that leaves nothing out costs less
	shortRate               int64   // penalty per unit below least
	weight                  []int64 // per item: a cost typical of it, for the search's sense of scale
}

func newModel(p Problem) *model {
	m := &model{sites: len(p.Capacity), refusable: p.Refuse != nil}
	m.part, m.items = parts(len(p.Cost), p.Together)
	if m.sites > 0 {
		m.resources = len(p.Capacity[0])
	}
	m.slots = m.sites
	if p.MaxOpen > 0 {
		m.slots = min(m.slots, p.MaxOpen)
	}
	m.must = make([]bool, m.sites)
	for _, j := range p.Must {
		m.must[j] = true
	}
	m.demand = make([]int64, m.items*m.resources)
	m.cost = make([]int64, m.sites*m.items)
	m.out = make([]int64, m.items)
	for i, k := range m.part {
		for r, d := range p.Demand[i][:m.resources] {
			m.demand[k*m.resources+r] += d
		}
		for j, c := range p.Cost[i] {
			at := &m.cost[j*m.items+k]
			if c == Forbidden || *at == never {
				*at = never
			} else {
				*at += c
			}
		}
		if m.refusable {
			m.out[k] += p.Refuse[i]
		}
	}
	for j := range p.Capacity {
		m.capacity = append(m.capacity, p.Capacity[j]...)
		if p.Least != nil {
			m.least = append(m.least, p.Least[j]...)
		}
	}
	m.apart = make([][]int32, m.items)
	for _, pair := range p.Apart {
		a, b := m.part[pair[0]], m.part[pair[1]]
		if a == b { // cannot be had: the items must stay out
			for j := range m.sites {
				m.cost[j*m.items+a] = never
			}
			continue
		}
		m.apart[a], m.apart[b] = append(m.apart[a], int32(b)), append(m.apart[b], int32(a))
	}
	m.scale()
	return m
}

// parts numbers the groups of items that must share a centre.
func parts(items int, together [][2]int) ([]int, int) {
	parent := make([]int, items)
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for _, pair := range together {
		a, b := find(pair[0]), find(pair[1])
		parent[max(a, b)] = min(a, b)
	}
	part, n := make([]int, items), 0
	for i := range items {
		if root := find(i); root == i {
			part[i], n = n, n+1
		} else {
			part[i] = part[root]
		}
	}
	return part, n
}

// scale strikes out what cannot fit, and finds homes and penalties.
func (m *model) scale() {
	m.home, m.weight = make([]int32, m.items), make([]int64, m.items)
	dearest, demand := int64(1), int64(0)
	for i := range m.items {
		best, most := never, int64(0)
		for j := range m.sites {
			c := &m.cost[j*m.items+i]
			for r := range m.resources {
				if m.demand[i*m.resources+r] > m.capacity[j*m.resources+r] {
					*c = never
				}
			}
			if *c == never {
				continue
			}
			if *c < best {
				best, m.home[i] = *c, int32(j)
			}
			most = max(most, *c)
		}
		m.weight[i] = most
		if m.refusable {
			m.worst += max(most, m.out[i])
		} else {
			m.worst += most
		}
		dearest = max(dearest, most)
	}
	m.worst++
	for _, d := range m.demand {
		demand += d
	}
	mean := max(1, demand/int64(max(1, len(m.demand))))
	m.shortRate = 4 * dearest / mean
	if m.shortRate == 0 {
		m.shortRate = 1
	}
	if m.refusable {
		return
	}
	for i := range m.out {
		size := int64(0)
		for r := range m.resources {
			size += m.demand[i*m.resources+r]
		}
		m.out[i] = 2*dearest + 8*dearest/int64(max(1, m.resources))*size/mean
	}
}

// hopeless tells in words what makes any answer impossible at first sight, or nothing.
func (m *model) hopeless() string {
	if m.refusable {
		return ""
	}
	musts := 0
	for _, must := range m.must {
		if must {
			musts++
		}
	}
	if musts > m.slots {
		return fmt.Sprintf("%d centres must be open and at most %d may be", musts, m.slots)
	}
	for i := range m.items {
		if m.sites == 0 || m.cost[int(m.home[i])*m.items+i] == never {
			return fmt.Sprintf("item %d fits into no centre that it may go to", slices.Index(m.part, i))
		}
	}
	for r := range m.resources {
		room, need := make([]int64, m.sites), int64(0)
		for j := range room {
			room[j] = m.capacity[j*m.resources+r]
		}
		for i := range m.items {
			need += m.demand[i*m.resources+r]
		}
		slices.SortFunc(room, func(a, b int64) int { return int(min(1, max(-1, b-a))) })
		have := int64(0)
		for _, c := range room[:m.slots] {
			have += min(c, math.MaxInt64/int64(m.sites+1))
		}
		if need > have {
			return fmt.Sprintf("resource %d: %d is asked for, the %d largest centres have %d", r, need, m.slots, have)
		}
	}
	return ""
}
