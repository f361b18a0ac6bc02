// Package check verifies an assignment from the problem alone. It shares no code with the solver:
// what it adds up, it adds up itself.
package check

import (
	"fmt"

	"github.com/samdrift/samdrift/planner/assign"
)

// Breach is a rule that an assignment breaks. An index that does not apply is -1.
type Breach struct {
	Rule     string // "shape", "no_centre", "forbidden", "capacity", "least", "max_open", "must", "together", "apart", "cost", "bound", "open"
	Item     int
	Centre   int
	Resource int
	Detail   string
}

// Assignment names every rule that the assignment of items to centres breaks.
func Assignment(p assign.Problem, bin []int) []Breach {
	if len(bin) != len(p.Cost) {
		return []Breach{{"shape", -1, -1, -1, fmt.Sprintf("%d items in the answer, %d in the problem", len(bin), len(p.Cost))}}
	}
	var found []Breach
	load := map[[2]int]int64{}
	taken := map[int]bool{}
	for item, centre := range bin {
		switch {
		case centre == assign.Refused && p.Refuse == nil:
			found = append(found, Breach{"no_centre", item, -1, -1, fmt.Sprintf("item %d has no centre", item)})
			continue
		case centre == assign.Refused:
			continue
		case centre < 0 || centre >= len(p.Capacity):
			found = append(found, Breach{"shape", item, centre, -1, fmt.Sprintf("item %d goes to centre %d of %d", item, centre, len(p.Capacity))})
			continue
		}
		if p.Cost[item][centre] == assign.Forbidden {
			found = append(found, Breach{"forbidden", item, centre, -1, fmt.Sprintf("item %d may not go to centre %d", item, centre)})
		}
		taken[centre] = true
		for resource, d := range p.Demand[item] {
			load[[2]int{centre, resource}] += d
		}
	}
	for _, centre := range p.Must {
		taken[centre] = true
	}
	for centre, row := range p.Capacity {
		for resource, capacity := range row {
			if l := load[[2]int{centre, resource}]; l > capacity {
				found = append(found, Breach{"capacity", -1, centre, resource, fmt.Sprintf("centre %d carries %d of resource %d and has room for %d", centre, l, resource, capacity)})
			}
		}
		if p.Least == nil || !taken[centre] {
			continue
		}
		for resource, least := range p.Least[centre] {
			if l := load[[2]int{centre, resource}]; l < least {
				found = append(found, Breach{"least", -1, centre, resource, fmt.Sprintf("centre %d carries %d of resource %d and must carry %d", centre, l, resource, least)})
			}
		}
	}
	if p.MaxOpen > 0 && len(taken) > p.MaxOpen {
		found = append(found, Breach{"max_open", -1, -1, -1, fmt.Sprintf("%d centres are open, at most %d may be", len(taken), p.MaxOpen)})
	}
	for _, pair := range p.Together {
		if bin[pair[0]] != bin[pair[1]] {
			found = append(found, Breach{"together", pair[1], bin[pair[1]], -1, fmt.Sprintf("items %d and %d must share a centre", pair[0], pair[1])})
		}
	}
	for _, pair := range p.Apart {
		if bin[pair[0]] == bin[pair[1]] && bin[pair[0]] != assign.Refused {
			found = append(found, Breach{"apart", pair[1], bin[pair[1]], -1, fmt.Sprintf("items %d and %d must not share centre %d", pair[0], pair[1], bin[pair[0]])})
		}
	}
	return found
}

// Cost adds up an assignment that breaks no rule.
func Cost(p assign.Problem, bin []int) (total int64) {
	for item, centre := range bin {
		if centre == assign.Refused {
			total += p.Refuse[item]
		} else {
			total += p.Cost[item][centre]
		}
	}
	return total
}

// Solution verifies all that a solution says of itself. One that is not feasible must name no centre.
func Solution(p assign.Problem, s assign.Solution) []Breach {
	if !s.Feasible {
		for item, centre := range s.Bin {
			if centre != assign.Refused {
				return []Breach{{"shape", item, centre, -1, fmt.Sprintf("there is no answer, and item %d goes to centre %d", item, centre)}}
			}
		}
		return nil
	}
	found := Assignment(p, s.Bin)
	if len(found) > 0 {
		return found
	}
	if cost := Cost(p, s.Bin); cost != s.Cost {
		found = append(found, Breach{"cost", -1, -1, -1, fmt.Sprintf("the cost is %d, the answer says %d", cost, s.Cost)})
	}
	if s.Bound > float64(s.Cost) || s.Proven && s.Bound != float64(s.Cost) {
		found = append(found, Breach{"bound", -1, -1, -1, fmt.Sprintf("bound %g, cost %d, proven %v do not go together", s.Bound, s.Cost, s.Proven)})
	}
	open := map[int]bool{}
	for _, centre := range s.Open {
		open[centre] = true
	}
	for _, centre := range p.Must {
		if !open[centre] {
			found = append(found, Breach{"must", -1, centre, -1, fmt.Sprintf("centre %d must be open and is not listed", centre)})
		}
	}
	for item, centre := range s.Bin {
		if centre != assign.Refused && !open[centre] {
			found = append(found, Breach{"open", item, centre, -1, fmt.Sprintf("centre %d takes item %d and is not listed as open", centre, item)})
		}
	}
	return found
}
