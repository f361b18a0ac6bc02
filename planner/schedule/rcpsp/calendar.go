package rcpsp

// calendar answers, for each slot, the first slot from it on that is open, the first closed one, and
// the same backwards. Nil: always open.
type calendar struct {
	nextOpen   []int32 // first open slot >= t
	nextClosed []int32 // first closed slot >= t
	lastOpen   []int32 // last open slot <= t; -1 when there is none
	lastClosed []int32 // last closed slot <= t; -1 when there is none
}

// calendars are those built so far, by the list of spans that tasks share.
type calendars map[*Span][]built

type built struct {
	spans []Span
	*calendar
}

// of gives the calendar of a list of spans; nil for an empty one.
func (c calendars) of(spans []Span, horizon int32) *calendar {
	if len(spans) == 0 {
		return nil
	}
	for _, b := range c[&spans[0]] {
		if len(b.spans) == len(spans) {
			return b.calendar
		}
	}
	b := built{spans, newCalendar(spans, horizon)}
	c[&spans[0]] = append(c[&spans[0]], b)
	return b.calendar
}

func newCalendar(spans []Span, horizon int32) *calendar {
	n := int(horizon)
	closed := make([]bool, n+1)
	for _, s := range spans {
		for t := max(0, s.From); t < min(n, s.To); t++ {
			closed[t] = true
		}
	}
	c := &calendar{make([]int32, n+1), make([]int32, n+1), make([]int32, n+1), make([]int32, n+1)}
	open, shut := horizon, horizon
	for t := n; t >= 0; t-- {
		if closed[t] {
			shut = int32(t)
		} else {
			open = int32(t)
		}
		c.nextOpen[t], c.nextClosed[t] = open, shut
	}
	open, shut = -1, -1
	for t := 0; t <= n; t++ {
		if closed[t] {
			shut = int32(t)
		} else {
			open = int32(t)
		}
		c.lastOpen[t], c.lastClosed[t] = open, shut
	}
	return c
}

// forward gives the first slot >= t from which d slots are open; horizon or more when there is none.
func (c *calendar) forward(t, d int32) int32 {
	if c == nil || d == 0 {
		return t
	}
	n := int32(len(c.nextOpen)) - 1
	for t < n {
		t = c.nextOpen[t]
		if t >= n || c.nextClosed[t] >= t+d || c.nextClosed[t] == n {
			return t
		}
		t = c.nextClosed[t]
	}
	return t
}

// backward gives the last slot <= t from which d slots are open; negative when there is none.
func (c *calendar) backward(t, d int32) int32 {
	if c == nil || d == 0 {
		return t
	}
	n := int32(len(c.nextOpen)) - 1
	for t >= 0 {
		end := c.lastOpen[min(n, t+d-1)]
		t = min(t, end-d+1)
		if t < 0 {
			return -1
		}
		shut := c.lastClosed[t+d-1]
		if shut < t {
			return t
		}
		t = shut - d
	}
	return -1
}
