package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/samdrift/samdrift/planner/schedule/explain"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// tell writes dates, slack and reasons into the schedule.
func (m *model) tell(s *Schedule, starts []rcpsp.Start) error {
	late := m.seedLate(starts)
	supposed := slices.Clone(starts) // with seeding of what found no night where it could be
	for at := range m.dropped {
		t := m.seeding(at)
		supposed[t].Slot = m.table.Earliest(t, m.demand[t], m.length(t), m.ready(starts, t), m.tasks.Slots)
	}
	why, err := explain.On(m.empty.Empty(), m.tasks, supposed)
	if err != nil {
		return fmt.Errorf("dates: %w", err)
	}
	var slack []explain.Slack
	var failed error
	var wait sync.WaitGroup
	wait.Go(func() { slack, failed = m.slack(why, supposed) })
	for _, at := range m.jobs {
		t := m.cutover(at)
		placed := &s.Lanes[at.lane][at.wave][at.index]
		reasons := why.Task(t)
		if starts[t].Slot != rcpsp.Unplaced {
			placed.Night = m.in.day(starts[t].Slot)
			placed.Seed, placed.SeedDays = m.in.day(late[t-1]), m.length(t-1)
			placed.HeldBy = m.heldBy(why, reasons, at)
			s.LastEnd = max(s.LastEnd, placed.Night.AddDays(m.in.HypercareDays))
		}
		placed.Rejected = m.rejections(reasons, supposed, at)
	}
	wait.Wait()
	if failed != nil {
		return failed
	}
	for _, at := range m.jobs {
		if t := m.cutover(at); starts[t].Slot != rcpsp.Unplaced {
			s.Lanes[at.lane][at.wave][at.index].Slack = slack[t].Most()
		}
	}
	seen := map[job]bool{}
	for _, step := range why.Critical() {
		if at := m.jobOf[step.Task]; at != none && !seen[at] {
			seen[at] = true
			s.Critical = append(s.Critical, m.in.job(at).ID)
		}
	}
	slices.Reverse(s.Critical)
	return nil
}

// slack is how far each task can slip. A night that people have known for a while could slip as any other if
// they were told; one that is set for the first time has none.
func (m *model) slack(why *explain.Schedule, starts []rcpsp.Start) ([]explain.Slack, error) {
	if slices.ContainsFunc(m.jobs, func(at job) bool { return m.in.job(at).Known }) {
		loose := m.tasks
		loose.Tasks = slices.Clone(m.tasks.Tasks)
		for _, at := range m.jobs {
			if m.in.job(at).Known {
				loose.Tasks[m.cutover(at)].Fixed = nil
			}
		}
		var err error
		if why, err = explain.New(loose, starts); err != nil {
			return nil, fmt.Errorf("slack: %w", err)
		}
	}
	return why.Slack(m.tasks.Slots), nil
}

// rejections counts, for each day from tomorrow to the night before the job's own (or to the deadline),
// the first rule that rejects it, most days first.
func (m *model) rejections(reasons []explain.Reason, starts []rcpsp.Start, at job) []Rejection {
	cut := m.cutover(at)
	end := starts[cut].Slot
	if end == rcpsp.Unplaced {
		end = max(0, m.in.slot(m.in.Deadline)+1)
	}
	found := make([]Rejection, 0, 8)
	count := func(rule Rule, freeze, days, first, last int) {
		k := slices.IndexFunc(found, func(r Rejection) bool { return r.Rule == rule && r.Freeze == freeze })
		if k < 0 {
			found = append(found, Rejection{Rule: rule, Freeze: freeze, First: m.in.day(first), Last: m.in.day(last)})
			k = len(found) - 1
		}
		f := &found[k]
		f.Days += days
		f.First, f.Last = min(f.First, m.in.day(first)), max(f.Last, m.in.day(last))
	}
	from := 0
	until := func(rule Rule, to int) { // the days from where the last rule ended
		if to = min(to, end); to > from {
			count(rule, -1, to-from, from, to-1)
			from = to
		}
	}
	switch {
	case starts[cut].Slot == rcpsp.Unplaced && (m.in.Lanes[at.lane].Blocked || m.rests(at)):
		until(Foundation, end)
	case len(m.tasks.Tasks[cut].After) > 0:
		m.untilSeeded(until, starts, at)
	}
	for _, r := range reasons {
		rule, freeze := m.rule(r, m.tasks.Tasks[cut].Fixed != nil)
		if rule == NextWave && starts[cut].Slot != rcpsp.Unplaced {
			rule = CameFree
		}
		if rule != "" && from < end {
			count(rule, freeze, r.Slots, r.First, r.Last)
		}
	}
	slices.SortFunc(found, func(a, b Rejection) int {
		return cmp.Or(b.Days-a.Days, cmp.Compare(a.First, b.First), cmp.Compare(a.Rule, b.Rule), a.Freeze-b.Freeze)
	})
	return found
}

// untilSeeded counts the days before a job's data is across and hypercare of the wave before is over.
func (m *model) untilSeeded(until func(Rule, int), starts []rcpsp.Start, at job) {
	lane := m.in.Lanes[at.lane]
	for _, s := range m.in.beforeSeeding(lane, m.in.job(at).Known) {
		if s.Name == closedLead {
			until(Lead, s.To)
		} else {
			until(Release, s.To)
		}
	}
	until(Queue, starts[m.start[at.lane]].Slot)
	before := starts[m.before(at.lane, at.wave)].Slot
	if at.wave > 0 {
		until(Order, before)
		until(Hypercare, before+m.in.HypercareDays)
	}
	seed := m.seeding(at)
	if starts[seed].Slot == rcpsp.Unplaced {
		if m.ready(starts, seed)+m.length(seed) > m.tasks.Slots { // it takes longer than there is
			until(Seeding, m.tasks.Slots)
		}
		until(LinkFull, m.tasks.Slots)
		return
	}
	if m.tasks.Tasks[seed].Fixed != nil { // it is seeded as late as its night allows
		until(Pinned, starts[seed].Slot)
	}
	until(LinkFull, starts[seed].Slot)
	until(Seeding, starts[seed].Slot+m.length(seed))
}

// rule translates a reason that keeps a cutover out of a night; empty for what is told in other ways.
func (m *model) rule(r explain.Reason, pinned bool) (Rule, int) {
	switch r.Kind {
	case explain.Closed:
		if r.Name == closedEnd && pinned {
			return Pinned, -1
		}
		if n, ok := strings.CutPrefix(r.Name, "freeze:"); ok {
			freeze, err := strconv.Atoi(n)
			if err == nil {
				return Frozen, freeze
			}
		}
		switch r.Name {
		case closedNight:
			return Weekday, -1
		case closedWindow:
			return Window, -1
		}
	case explain.Resource:
		switch {
		case r.Ref >= 2*len(m.in.Centres):
			return LocalFull, -1
		case r.Ref%2 == 1:
			return GroupsFull, -1
		}
		return CrewFull, -1
	case explain.Promise:
		return Pinned, -1
	case explain.Order: // only what has no night: the wave that follows it has begun
		return NextWave, -1
	}
	return "", -1
}

// heldBy is the job that stood in the way of a cutover last, as far as it was another job.
func (m *model) heldBy(why *explain.Schedule, reasons []explain.Reason, at job) string {
	for range 4 { // cutover, seeding, and the milestones before them
		k := slices.IndexFunc(reasons, func(r explain.Reason) bool { return r.Kind == explain.After || r.Kind == explain.Resource })
		if k < 0 {
			return ""
		}
		r := reasons[k]
		t := r.Ref
		if r.Kind == explain.Resource {
			others := why.Occupants(r.Ref, r.Last)
			o := slices.IndexFunc(others, func(o int) bool { return m.jobOf[o] != at })
			if o < 0 {
				return ""
			}
			t = others[o]
		}
		if other := m.jobOf[t]; other != none && other != at {
			return m.in.job(other).ID
		}
		reasons = why.Task(t)
	}
	return ""
}
