package rcpsp

// rank is what the genetic algorithm keeps low for the board's schedule.
func (b *board) rank(span int32) int64 {
	rank := int64(span)
	miss := int64(b.lost) * absent
	if b.late {
		for j, e := range b.end {
			if e > b.latest[j] {
				miss += int64(e - b.latest[j])
			}
		}
	}
	return rank + misses*(miss+b.overdrawn())
}

// overdrawn is by how much the chosen modes draw on stocks beyond what there is.
func (b *board) overdrawn() int64 {
	var over int64
	for s, have := range b.stocks {
		for _, m := range b.mode {
			have -= b.draws[int(m)*len(b.stocks)+s]
		}
		over += max(0, -have)
	}
	return over
}

// draw writes a list that keeps all links. Tasks with the longest way still to go come first; blur
// is up to how many slots a way is mistaken.
func (b *board) draw(list []int32, blur int, r *random) {
	way := make([]int, b.n)
	waits := make([]int32, b.n)
	var ready []int32
	for j := range b.n {
		way[j] = int(b.tail[j]+b.shortest(j)) + r.below(blur+1)
		if waits[j] = b.predAt[j+1] - b.predAt[j]; waits[j] == 0 {
			ready = append(ready, int32(j))
		}
	}
	for k := range list {
		at := 0
		for i, j := range ready {
			if way[j] > way[ready[at]] {
				at = i
			}
		}
		j := ready[at]
		ready = append(ready[:at], ready[at+1:]...)
		list[k] = j
		for _, e := range b.succs[b.succAt[j]:b.succAt[j+1]] {
			if waits[e.task]--; waits[e.task] == 0 {
				ready = append(ready, e.task)
			}
		}
	}
}

// mutate moves some tasks, each with a chance in permille, up to ten places back, never past one that
// waits for them.
func (b *board) mutate(list []int32, permille int, r *random) {
	for i := 0; i+1 < len(list); i++ {
		if !r.chance(permille) {
			continue
		}
		to := i + 1 + r.below(min(len(list)-1-i, 10))
		j := list[i]
		for t := i; t < to && !b.waits(list[t+1], j); t++ {
			list[t], list[t+1] = list[t+1], j
		}
	}
}

// waits tells whether a task waits directly for another.
func (b *board) waits(task, other int32) bool {
	for _, e := range b.preds[b.predAt[task]:b.predAt[task+1]] {
		if e.task == other {
			return true
		}
	}
	return false
}

// randomModes chooses a mode for each task and repairs what is overdrawn.
func (b *board) randomModes(r *random) {
	for j := range b.mode {
		b.mode[j] = b.first[j] + int32(r.below(int(b.first[j+1]-b.first[j])))
	}
	b.repairModes(r)
}

// repairModes changes a few modes at random, then others while that draws less beyond the stocks.
func (b *board) repairModes(r *random) {
	for j := range b.mode {
		if r.chance(10) {
			b.mode[j] = b.first[j] + int32(r.below(int(b.first[j+1]-b.first[j])))
		}
	}
	over := b.overdrawn()
	for tries := 4 * b.n; over > 0 && tries > 0; tries-- {
		j := r.below(b.n)
		old := b.mode[j]
		b.mode[j] = b.first[j] + int32(r.below(int(b.first[j+1]-b.first[j])))
		if now := b.overdrawn(); now <= over {
			over = now
		} else {
			b.mode[j] = old
		}
	}
}
