package rcpsp

// A task that can be done in several ways may change to another while the schedule is generated:
// mostly to the one that ends earliest where it is now placed, never to one that draws more on a
// stock than is left. changing is how often, in permille, other ways are looked at.
const changing = 300

// tally works out what the chosen modes leave of each stock.
func (b *board) tally() {
	b.rest = append(b.rest[:0], b.stocks...)
	for _, m := range b.mode {
		for s, draw := range b.draws[int(m)*len(b.stocks) : int(m+1)*len(b.stocks)] {
			b.rest[s] -= draw
		}
	}
}

// affords tells whether a task may go from one mode to another: no stock is overdrawn by it.
func (b *board) affords(from, to int32) bool {
	n := int32(len(b.stocks))
	for s := range n {
		if more := b.draws[to*n+s] - b.draws[from*n+s]; more > 0 && more > b.rest[s] {
			return false
		}
	}
	return true
}

// change sets a task's mode and keeps the stocks.
func (b *board) change(j, to int32) {
	n := int32(len(b.stocks))
	for s := range n {
		b.rest[s] += b.draws[b.mode[j]*n+s] - b.draws[to*n+s]
	}
	b.mode[j] = to
}

// soonest chooses the mode in which a task that may start at s ends first.
func (b *board) soonest(j, s int32) int32 {
	best := b.mode[j]
	if b.first[j+1]-b.first[j] < 2 || !b.pick.chance(changing) {
		return best
	}
	end := b.findEarliest(j, s, best) + b.dur[best]
	for m := b.first[j]; m < b.first[j+1]; m++ {
		if m == b.mode[j] || !b.affords(b.mode[j], m) {
			continue
		}
		if e := b.findEarliest(j, s, m) + b.dur[m]; e < end {
			best, end = m, e
		}
	}
	b.change(j, best)
	return best
}

// latestStart chooses the mode in which a task that must end by e starts last.
func (b *board) latestStart(j, e int32) int32 {
	best := b.mode[j]
	if b.first[j+1]-b.first[j] < 2 || !b.pick.chance(changing) {
		return best
	}
	start := b.findLatest(j, e-b.dur[best], best)
	for m := b.first[j]; m < b.first[j+1]; m++ {
		if m == b.mode[j] || !b.affords(b.mode[j], m) {
			continue
		}
		if s := b.findLatest(j, e-b.dur[m], m); s > start {
			best, start = m, s
		}
	}
	b.change(j, best)
	return best
}

// findEarliest gives the first slot from s on where a mode of a task has room.
func (b *board) findEarliest(j, s, m int32) int32 {
	switch {
	case b.closed[j] != nil:
		return b.earliestOpen(s, b.dur[m], m, b.closed[j])
	case b.words == 1:
		return earliest1(b.free, s, b.dur[m], b.dem[m])
	}
	return b.earliest(s, b.dur[m], m)
}

// findLatest gives the last slot up to s where a mode of a task has room; negative when there is none.
func (b *board) findLatest(j, s, m int32) int32 {
	switch {
	case s < 0:
		return s
	case b.closed[j] != nil:
		return b.latestOpen(s, b.dur[m], m, b.closed[j])
	case b.words == 1:
		return latest1(b.free, s, b.dur[m], b.dem[m])
	}
	return b.latestFit(s, b.dur[m], m)
}
