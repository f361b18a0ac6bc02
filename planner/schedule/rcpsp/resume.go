package rcpsp

// resume takes an older schedule over: all tasks stay where they are as far as they can, and one that
// cannot takes the next room that is free. Where that leaves tasks without a slot or late, the old
// order is kept instead, so that a task that no longer fits pushes those after it. Nil for no schedule.
func (p *plan) resume(from []Start) *table {
	if len(from) == 0 {
		return nil
	}
	at, keys := make([]place, p.n), make([]int64, p.n)
	for j, i := range p.ids {
		at[j] = p.placeOf(j, from[i])
		keys[j] = int64(at[j].slot)
		if at[j].slot < 0 {
			keys[j] = int64(far)
		}
	}
	order := p.precede(keys)
	held := newTable(p)
	for j, k := range at {
		if k.slot >= 0 && k.mode >= 0 && !p.fixed[j] {
			held.put(int32(j), k.slot, k.mode)
		}
	}
	for _, j := range order {
		if held.start[j] != Unplaced && !p.fixed[j] {
			held.remove(j)
		}
		held.push(j, at[j])
	}
	if held.value.unplaced == 0 && held.value.late == 0 {
		return held
	}
	pushed := newTable(p)
	for _, j := range order {
		pushed.push(j, at[j])
	}
	if pushed.value.less(held.value) {
		return pushed
	}
	return held
}

// push books a task where it stood, or in the next room after that; in another mode, or earlier, only
// when there is none.
func (t *table) push(j int32, k place) {
	if t.fixed[j] {
		return
	}
	lo := max(t.release[j], k.slot)
	for _, l := range t.preds[j] {
		if t.start[l.task] == Unplaced {
			return
		}
		lo = max(lo, t.start[l.task]+t.modes[l.task][t.mode[l.task]].dur+l.lag)
	}
	if k.slot >= 0 && k.mode >= 0 {
		if s := t.earliest(j, &t.modes[j][k.mode], lo, t.horizon); s >= 0 {
			t.put(j, s, k.mode)
			return
		}
	}
	t.insert(j)
}
