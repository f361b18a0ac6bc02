package rcpsp

// simpleBound is the larger of the longest way through the links and, for each resource, the time its
// work takes at full capacity.
func (c *plan) simpleBound() int32 {
	bound := int32(0)
	for j := range c.n {
		bound = max(bound, c.head[j]+c.shortest(j)+c.tail[j])
	}
	work := make([]int64, len(c.resources))
	least := make([]int64, len(c.resources))
	for j := range c.n {
		for r := range least {
			least[r] = 1 << 62
		}
		for _, m := range c.modes[j] {
			k := 0
			for r := range least {
				amount := int64(0)
				if k < len(m.uses) && m.uses[k].Resource == r {
					amount = m.uses[k].Amount
					k++
				}
				least[r] = min(least[r], amount*int64(m.dur))
			}
		}
		for r := range work {
			work[r] += least[r]
		}
	}
	for r, res := range c.resources {
		left, capacity, next := work[r], res.Capacity, 0
		for t := 0; left > 0 && t < int(c.horizon); t++ {
			for next < len(res.Changes) && res.Changes[next].From <= t {
				capacity = res.Changes[next].Capacity
				next++
			}
			left -= max(0, capacity)
			bound = max(bound, int32(t+1))
		}
	}
	return bound
}
