package rcpsp

// simpleBound is the larger of the longest way through the links and, for each resource, the time its
// work takes at full capacity.
func (c *plan) simpleBound() int32 {
	bound := int32(0)
	for j := range c.n {
		bound = max(bound, c.head[j]+c.shortest(j)+c.tail[j])
	}
	work := make([]int64, len(c.resources))
	for j := range c.n {
		for _, u := range c.modes[j][0].uses { // what not all modes use, none needs
			least := u.Amount * int64(c.modes[j][0].dur)
			for _, m := range c.modes[j][1:] {
				least = min(least, useOf(m, u.Resource)*int64(m.dur))
			}
			work[u.Resource] += least
		}
	}
	for r := range c.resources {
		left := work[r]
		for t, capacity := range c.capacities(r) {
			if left <= 0 {
				break
			}
			left -= capacity
			bound = max(bound, int32(t+1))
		}
	}
	return bound
}

// capacities gives a resource's capacity in each slot.
func (c *plan) capacities(r int) []int64 {
	res := c.resources[r]
	out := make([]int64, c.horizon)
	capacity, next := res.Capacity, 0
	for t := range out {
		for next < len(res.Changes) && res.Changes[next].From <= t {
			capacity = res.Changes[next].Capacity
			next++
		}
		out[t] = max(0, capacity)
	}
	return out
}
