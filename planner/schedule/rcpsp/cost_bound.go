package rcpsp

import (
	"cmp"
	"math"
	"slices"
)

// costBound is a sum that no schedule's cost can be below. Each task is counted with one of its
// resources, the one with the most work for its room. The work of a resource is poured into its
// capacity from the task's earliest start on without regard to whole tasks, what costs most for its work
// first: no schedule brings the weighted middles of the tasks' runs earlier than that, and a task ends
// half its duration after the middle of its run. Slots in which none of the tasks may run give no room.
// What a task costs by its earliest end alone counts where that is more for all tasks of a resource
// together.
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

// pour gives the least weighted sum of ends of some tasks, as far as one resource and the earliest
// start of each tell. At every moment the task that costs most for its work, of those that may have
// started, gets all there is: for the middles of runs, nothing is better.
func (c *plan) pour(r int, tasks []int32) float64 {
	work := func(j int32) float64 { return float64(leastUse(c.modes[j], r)) * float64(c.shortest(int(j))) }
	order, byHead := slices.Clone(tasks), make([]int32, len(tasks)) // the latter: places in order
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(float64(c.weight[b])*work(a), float64(c.weight[a])*work(b)), cmp.Compare(a, b))
	})
	ready := queue{key: make([]int64, len(order))}
	left, middle := make([]float64, len(order)), make([]float64, len(order))
	for k, j := range order {
		byHead[k], ready.key[k], left[k] = int32(k), int64(k), work(j)
	}
	slices.SortFunc(byHead, func(a, b int32) int { return cmp.Compare(c.head[order[a]], c.head[order[b]]) })
	room := c.openRoom(r, tasks)
	for t, capacity := range room {
		for len(byHead) > 0 && c.head[order[byHead[0]]] <= int32(t) {
			ready.push(byHead[0])
			byHead = byHead[1:]
		}
		for used := 0.0; used < 1 && capacity > 0 && len(ready.items) > 0; { // used: share of the slot that is full
			k := ready.items[0]
			if free := float64(capacity) * (1 - used); left[k] > free {
				middle[k] += free * (float64(t) + (1+used)/2)
				left[k] -= free
				break
			}
			share := left[k] / float64(capacity)
			middle[k] += left[k] * (float64(t) + used + share/2)
			used, left[k] = used+share, 0
			ready.pop()
		}
	}
	sum := 0.0
	for k, j := range order {
		middle[k] += left[k] * float64(len(room))
		sum += float64(c.weight[j]) * (middle[k]/work(j) + float64(c.shortest(int(j)))/2)
	}
	return sum
}

// openRoom is a resource's capacity in each slot, none where no calendar of some tasks is open.
func (c *plan) openRoom(r int, tasks []int32) []int64 {
	opens := map[*calendar]bool{}
	for _, j := range tasks {
		opens[c.closed[j]] = true
	}
	room := c.capacities(r)
	for t := range room {
		open := false
		for k := range opens {
			open = open || k == nil || k.nextOpen[t] == int32(t)
		}
		if !open {
			room[t] = 0
		}
	}
	return room
}
