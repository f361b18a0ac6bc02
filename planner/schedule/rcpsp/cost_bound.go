package rcpsp

import (
	"cmp"
	"math"
	"slices"
)

// costBound is a sum that no schedule's cost can be below. Each task is counted with one of its
// resources, the one with the most work for its room. The work of a resource is poured into its
// capacity without regard to whole tasks, what costs most for its work first: no schedule brings the
// weighted middles of the tasks' runs earlier than that, and a task ends half its duration after the
// middle of its run. Slots in which none of the tasks may run give no room. What a task costs by its
// earliest end alone counts where that is more for all tasks of a resource together.
func (c *plan) costBound() int64 {
	parts := make([][]int32, len(c.resources)+1) // the last: tasks that use nothing
	load := make([]float64, len(c.resources))
	for j := range c.n {
		for _, u := range c.modes[j][0].uses { // what not all modes use, none needs
			load[u.Resource] += float64(leastUse(c.modes[j], u.Resource)) * float64(c.shortest(j))
		}
	}
	room := make([]float64, len(c.resources))
	for r := range room {
		for _, k := range c.capacities(r) {
			room[r] += float64(k)
		}
	}
	for j := range c.n {
		part, most := len(c.resources), 0.0
		for _, u := range c.modes[j][0].uses {
			r := u.Resource
			if use := leastUse(c.modes[j], r); use > 0 && c.shortest(j) > 0 && room[r] > 0 && load[r]/room[r] > most {
				part, most = r, load[r]/room[r]
			}
		}
		parts[part] = append(parts[part], int32(j))
	}
	total := 0.0
	for r, tasks := range parts {
		alone, late := 0.0, 0.0
		for _, j := range tasks {
			end := c.head[j] + c.shortest(int(j))
			alone += float64(c.weight[j]) * float64(end)
			late += float64(c.tardy[j]) * float64(max(0, end-c.due[j]))
		}
		if r < len(c.resources) {
			alone = max(alone, c.pour(r, tasks))
		}
		total += alone + late
	}
	return int64(math.Ceil(total*(1-1e-12) - 1e-6))
}

// pour gives the least weighted sum of ends of some tasks, as far as one resource tells.
func (c *plan) pour(r int, tasks []int32) float64 {
	first := c.horizon
	opens := map[*calendar]bool{}
	for _, j := range tasks {
		first = min(first, c.head[j])
		opens[c.closed[j]] = true
	}
	work := func(j int32) float64 { return float64(leastUse(c.modes[j], r)) * float64(c.shortest(int(j))) }
	order := slices.Clone(tasks)
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(float64(c.weight[b])*work(a), float64(c.weight[a])*work(b)), cmp.Compare(a, b))
	})
	room := c.capacities(r)
	for t := range room {
		open := false
		for k := range opens {
			open = open || k == nil || k.nextOpen[t] == int32(t)
		}
		if int32(t) < first || !open {
			room[t] = 0
		}
	}
	sum, t, used := 0.0, 0, 0.0 // used: share of slot t that is full
	for _, j := range order {
		left := work(j)
		whole, middle := left, 0.0
		for left > 0 && t < len(room) {
			capacity := float64(room[t])
			if free := capacity * (1 - used); left < free {
				share := left / capacity
				middle += left * (float64(t) + used + share/2)
				used += share
				left = 0
			} else {
				middle += free * (float64(t) + (1+used)/2)
				left -= free
				t, used = t+1, 0
			}
		}
		middle += left * float64(len(room))
		sum += float64(c.weight[j]) * (middle/whole + float64(c.shortest(int(j)))/2)
	}
	return sum
}
