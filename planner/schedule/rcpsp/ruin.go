package rcpsp

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Ruin and recreate: a few tasks that compete with or wait for each other are taken out of the
// schedule and put back in another order. Two islands search on their own; from time to time the
// worse one takes over the better one's schedule. There are two whatever the number of workers, so
// that the result does not depend on it.
const (
	islands  = 2
	memory   = 50   // a change is kept when the schedule is no worse than this many changes ago
	together = 2000 // changes between two exchanges
)

// island is one search.
type island struct {
	*table
	best    record
	loose   []int32   // tasks that are not fixed
	upset   []int32   // those of them that use what tasks use which could not stay where the search began
	settled bool      // some of them are expected somewhere
	users   [][]int32 // per resource: those of them that use it
	history []value
	random  random
	out     []int32
	was     []Start // by task: where it stood before it was taken out
	order   []int64 // by task: when it is put back
	mark    []bool  // by task: whether it is in out
	steps   int64
}

// ruin searches until the limits or the context end it.
func ruin(ctx context.Context, p *plan, l Limits) (*record, int64) {
	first, runs := begin(ctx, p, l)
	var loose []int32
	settled := false
	users := make([][]int32, len(p.resources))
	for j := range p.n {
		if p.fixed[j] {
			continue
		}
		loose = append(loose, int32(j))
		settled = settled || p.move[j] > 0
		seen := map[int]bool{}
		for _, m := range p.modes[j] {
			for _, u := range m.uses {
				if !seen[u.Resource] {
					seen[u.Resource] = true
					users[u.Resource] = append(users[u.Resource], int32(j))
				}
			}
		}
	}
	upset := upset(first, l.From, users)
	all := make([]*island, islands)
	for k := range all {
		t := newTable(p)
		var best record
		best.save(first)
		t.load(&best)
		all[k] = &island{table: t, best: best, was: make([]Start, p.n), loose: loose, upset: upset, settled: settled, users: users, random: seeded(l.Seed, uint64(k)), mark: make([]bool, p.n), order: make([]int64, p.n)}
		for range memory {
			all[k].history = append(all[k].history, first.value)
		}
	}
	for len(loose) > 0 && (l.Schedules <= 0 || runs < l.Schedules) && ctx.Err() == nil {
		steps := int64(together)
		if l.Schedules > 0 {
			steps = max(1, min(steps, (l.Schedules-runs)/islands))
		}
		var wait sync.WaitGroup
		if l.Workers > 1 {
			wait.Go(func() { all[1].search(ctx, steps) })
		} else {
			all[1].search(ctx, steps)
		}
		all[0].search(ctx, steps)
		wait.Wait()
		runs += steps * islands
		for k, i := range all {
			if o := all[1-k]; o.best.value.less(i.best.value) {
				i.load(&o.best)
				i.best.save(i.table)
			}
		}
	}
	return &all[0].best, runs
}

// upset lists the tasks that compete with those which do not stand where a schedule that was to be begun
// with has them: there the most is to be gained.
func upset(t *table, from []Start, users [][]int32) []int32 {
	if from == nil {
		return nil
	}
	var all []int32
	in := make([]bool, t.n)
	for _, tasks := range users {
		if slices.ContainsFunc(tasks, func(j int32) bool { return t.placeOf(int(j), from[t.ids[j]]) != (place{t.start[j], t.mode[j]}) }) {
			for _, j := range tasks {
				if !in[j] {
					in[j], all = true, append(all, j)
				}
			}
		}
	}
	return all
}

// begin gives the schedule to start from: the one told, or one made anew when that does not fit.
func begin(ctx context.Context, p *plan, l Limits) (*table, int64) {
	old := p.resume(l.From)
	if old != nil && old.value.unplaced == 0 && old.value.late == 0 {
		return old, 1
	}
	fresh, runs := construct(ctx, p, l.Schedules)
	if old != nil && old.value.less(fresh.value) {
		return old, runs
	}
	return fresh, runs
}

// construct makes schedules by several rules of thumb, at most limit (zero: all), and gives the best.
func construct(ctx context.Context, p *plan, limit int64) (*table, int64) {
	var best *table
	runs := int64(0)
	urge := make([]int64, p.n) // weight of a task and of all that waits for it, roughly
	for j := p.n - 1; j >= 0; j-- {
		urge[j] += p.weight[j] + p.tardy[j]
		for _, e := range p.preds[j] {
			urge[e.task] += urge[j] / int64(len(p.preds[j]))
		}
	}
	work := func(j int) int64 {
		m := p.modes[j][0]
		sum := int64(0)
		for _, u := range m.uses {
			sum += u.Amount * 1024 / max(1, p.resources[u.Resource].Capacity)
		}
		return max(1, sum*int64(m.dur))
	}
	rules := []func(j int) int64{
		func(j int) int64 { return -urge[j] * 1024 / work(j) }, // what costs most for its work
		func(j int) int64 { return int64(p.latest[j]) },        // what is due first
		func(j int) int64 { return -int64(p.tail[j] + p.shortest(j)) },
		func(j int) int64 { return -urge[j] },
		func(j int) int64 { return int64(p.head[j]) },
		func(j int) int64 { return int64(cmp.Or(p.due[j], far)) },
	}
	for _, rule := range rules {
		if best != nil && (ctx.Err() != nil || runs == limit) {
			break
		}
		keys := make([]int64, p.n)
		for j := range keys {
			keys[j] = rule(j)
		}
		t := newTable(p)
		t.build(p.precede(keys))
		runs++
		if best == nil || t.value.less(best.value) {
			best = t
		}
	}
	return best, runs
}

// precede orders the tasks by key, none before one it waits for.
func (p *plan) precede(key []int64) []int32 {
	waits := make([]int, p.n)
	h := queue{key: key}
	for j := range p.n {
		if waits[j] = len(p.preds[j]); waits[j] == 0 {
			h.push(int32(j))
		}
	}
	order := make([]int32, 0, p.n)
	for len(h.items) > 0 {
		j := h.pop()
		order = append(order, j)
		for _, e := range p.succs[j] {
			if waits[e.task]--; waits[e.task] == 0 {
				h.push(e.task)
			}
		}
	}
	return order
}

func (i *island) search(ctx context.Context, steps int64) {
	for k := int64(0); k < steps; k++ {
		if k%64 == 0 && ctx.Err() != nil {
			return
		}
		i.step()
	}
}

// step ruins and recreates once.
func (i *island) step() {
	before := i.value
	i.choose()
	blur := 16 * (1 + i.random.below(30))
	for _, j := range i.out {
		i.was[j] = Start{Slot: int(i.start[j]), Mode: int(i.mode[j])}
		key := int64(i.start[j])
		if i.start[j] == Unplaced {
			key = int64(i.head[j])
		} else {
			i.remove(j)
		}
		i.order[j] = key*16 + int64(i.random.below(blur))
	}
	i.sort()
	whole := true
	for _, j := range i.out {
		if !i.insert(j) {
			for _, l := range i.succs[j] {
				whole = whole && i.start[l.task] == Unplaced
			}
		}
	}
	at := int(i.steps % memory)
	i.steps++
	if !whole || before.less(i.value) && i.history[at].less(i.value) {
		i.restore()
	} else if i.value.less(i.best.value) {
		i.best.save(i.table)
	}
	if i.value.less(i.history[at]) {
		i.history[at] = i.value
	}
	for _, j := range i.out {
		i.mark[j] = false
	}
}

// restore puts back what step took out.
func (i *island) restore() {
	for _, j := range i.out {
		if i.start[j] != Unplaced {
			i.remove(j)
		}
	}
	for _, j := range i.out {
		if w := i.was[j]; w.Slot != Unplaced {
			i.put(j, int32(w.Slot), int32(w.Mode))
		}
	}
}

// add takes a task into the set to be ruined.
func (i *island) add(j int32) {
	if !i.mark[j] && !i.fixed[j] {
		i.mark[j] = true
		i.out = append(i.out, j)
	}
}

// choose picks what to ruin: a task (mostly an upset one, if there are any) and tasks near it in time that
// use the same resource, or its neighbours along the links and theirs, or both.
func (i *island) choose() {
	i.out = i.out[:0]
	size := 2 + i.random.below(24)
	root := i.loose[i.random.below(len(i.loose))]
	if len(i.upset) > 0 && i.random.below(8) > 0 {
		root = i.upset[i.random.below(len(i.upset))]
	} else if (i.value.unplaced > 0 || i.settled) && i.random.below(4) == 0 {
		for range 50 { // look for one without a slot, or away from where it is expected
			if i.start[root] == Unplaced || i.moveCost(root, i.start[root], i.mode[root]) > 0 {
				break
			}
			root = i.loose[i.random.below(len(i.loose))]
		}
	}
	i.add(root)
	kind := i.random.below(3)
	if kind != 0 {
		for k := 0; k < len(i.out) && len(i.out) < size; k++ {
			for _, l := range i.preds[i.out[k]] {
				i.add(l.task)
			}
			for _, l := range i.succs[i.out[k]] {
				i.add(l.task)
			}
		}
	}
	uses := i.modes[root][i.mode[root]].uses
	if kind == 1 || len(uses) == 0 {
		return
	}
	rivals := i.users[uses[i.random.below(len(uses))].Resource]
	at := i.start[root]
	if at == Unplaced {
		at = i.head[root]
	}
	reach := int32(2 + i.random.below(40))
	from := i.random.below(len(rivals))
	for k := 0; k < len(rivals) && len(i.out) < size && k < 400; k++ {
		j := rivals[(from+k)%len(rivals)]
		if s := i.start[j]; s == Unplaced || s >= at-reach && s <= at+reach {
			i.add(j)
		}
	}
}

// sort orders what is ruined by key, none before one it waits for.
func (i *island) sort() {
	slices.Sort(i.out) // predecessors have lower numbers
	for _, j := range i.out {
		for _, l := range i.preds[j] {
			if i.mark[l.task] {
				i.order[j] = max(i.order[j], i.order[l.task]+1)
			}
		}
	}
	slices.SortFunc(i.out, func(a, b int32) int { return cmp.Or(cmp.Compare(i.order[a], i.order[b]), cmp.Compare(a, b)) })
}

// record is a schedule without its table.
type record struct {
	start, mode []int32
	value       value
}

func (r *record) save(t *table) {
	r.start, r.mode, r.value = append(r.start[:0], t.start...), append(r.mode[:0], t.mode...), t.value
}

// load puts a recorded schedule into the table.
func (t *table) load(r *record) {
	for j := range t.start {
		if t.start[j] != Unplaced && !t.fixed[j] {
			t.remove(int32(j))
		}
	}
	for j, s := range r.start {
		if s != Unplaced && !t.fixed[j] {
			t.put(int32(j), s, r.mode[j])
		}
	}
}

// queue is a heap of tasks by key, ties by number.
type queue struct {
	key   []int64
	items []int32
}

func (q *queue) before(a, b int32) bool {
	return q.key[a] < q.key[b] || q.key[a] == q.key[b] && a < b
}

func (q *queue) push(j int32) {
	q.items = append(q.items, j)
	for k := len(q.items) - 1; k > 0 && q.before(q.items[k], q.items[(k-1)/2]); k = (k - 1) / 2 {
		q.items[k], q.items[(k-1)/2] = q.items[(k-1)/2], q.items[k]
	}
}

func (q *queue) pop() int32 {
	top := q.items[0]
	last := len(q.items) - 1
	q.items[0] = q.items[last]
	q.items = q.items[:last]
	for k := 0; ; {
		c := 2*k + 1
		if c >= last {
			return top
		}
		if c+1 < last && q.before(q.items[c+1], q.items[c]) {
			c++
		}
		if !q.before(q.items[c], q.items[k]) {
			return top
		}
		q.items[k], q.items[c] = q.items[c], q.items[k]
		k = c
	}
}
