package schedule

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// linkUnits is how finely a link is shared between groups that seed at the same time.
const linkUnits = 1000

// The names of closed stretches. A freeze is "freeze:" and its number.
const (
	closedLead    = "lead_time"
	closedRelease = "agreement_window"
	closedNight   = "weekday"
	closedWindow  = "window"
	closedEnd     = "deadline"
)

// job tells where a job stands in the problem.
type job struct{ lane, wave, index int }

// none is the job of a milestone.
var none = job{lane: -1}

// model is a problem written for the solver. Slot 0 is the day after AsOf. Each job is two tasks, its
// seeding and its cutover; each wave has a milestone that waits for its cutovers, each lane one for
// its last hypercare, each contract one for its last job.
type model struct {
	in     Problem
	tasks  rcpsp.Problem
	cut    [][][]int     // lane, wave, job → its cutover; its seeding is the task before
	over   [][]int       // lane, wave → the milestone that waits for the wave
	start  []int         // lane → the milestone that its first wave waits for
	done   []int         // lane → the milestone of its last hypercare
	begin  map[int]int   // by task: the slot before which a lane may not begin because others go first
	jobOf  []job         // by task; lane -1 for milestones
	demand [][]rcpsp.Use // by task
	jobs   []job

	dropped map[job]bool     // jobs that have no night
	empty   *rcpsp.Timetable // of the problem, with nothing booked
	table   *rcpsp.Timetable // what the settled schedule leaves free
}

// cutover and seeding are a job's tasks, before the milestone that it waits for.
func (m *model) cutover(at job) int { return m.cut[at.lane][at.wave][at.index] }
func (m *model) seeding(at job) int { return m.cutover(at) - 1 }
func (m *model) before(lane, wave int) int {
	if wave == 0 {
		return m.start[lane]
	}
	return m.over[lane][wave-1]
}

func (p Problem) slot(d inventory.Date) int   { return int(d-p.AsOf) - 1 }
func (p Problem) day(slot int) inventory.Date { return p.AsOf.AddDays(slot + 1) }
func (p Problem) job(j job) Job               { return p.Lanes[j.lane].Waves[j.wave].Jobs[j.index] }

// add gives a task its number; at is the job it belongs to.
func (m *model) add(t rcpsp.Task, at job) int {
	m.tasks.Tasks, m.jobOf = append(m.tasks.Tasks, t), append(m.jobOf, at)
	return len(m.tasks.Tasks) - 1
}

func milestone(id string, after ...rcpsp.Link) rcpsp.Task {
	return rcpsp.Task{ID: id, Modes: []rcpsp.Mode{{}}, After: after}
}

// build writes the problem.
func build(p Problem) *model {
	m := &model{in: p, begin: map[int]int{}, dropped: map[job]bool{}}
	last, jobs, milestones := p.Deadline, 0, len(p.Contracts)
	for _, l := range p.Lanes {
		milestones += 2 + len(l.Waves)
		for _, w := range l.Waves {
			jobs += len(w.Jobs)
			for _, j := range w.Jobs {
				last = max(last, j.Pin)
			}
		}
	}
	m.jobs, m.jobOf = make([]job, 0, jobs), make([]job, 0, 2*jobs+milestones)
	m.tasks.Tasks, m.demand = make([]rcpsp.Task, 0, 2*jobs+milestones), make([][]rcpsp.Use, 0, 2*jobs+milestones)
	// Room for the last hypercare, and for that of a lane that would have begun only then.
	m.tasks.Slots = max(0, p.slot(last)+1) + 2*p.HypercareDays + 1
	for _, c := range p.Centres {
		groups := int64(c.Groups)
		if groups == 0 {
			groups = math.MaxInt32
		}
		m.tasks.Resources = append(m.tasks.Resources, p.curve("crews "+c.Name, c.Servers), rcpsp.Resource{Name: "groups " + c.Name, Capacity: groups})
	}
	for i := range p.Lanes {
		m.lane(i)
	}
	m.contracts()
	for _, t := range m.tasks.Tasks {
		m.demand = append(m.demand, t.Modes[0].Demand())
	}
	return m
}

// curve is a resource whose amount changes on days.
func (p Problem) curve(name string, steps []Step) rcpsp.Resource {
	r := rcpsp.Resource{Name: name}
	for _, s := range steps {
		if at := p.slot(s.From); at <= 0 {
			r.Capacity = int64(s.Amount)
		} else {
			r.Changes = append(r.Changes, rcpsp.Change{From: at, Capacity: int64(s.Amount)})
		}
	}
	return r
}

// lane adds a lane's resources and tasks.
func (m *model) lane(i int) {
	p, l := m.in, m.in.Lanes[i]
	m.cut, m.over = append(m.cut, nil), append(m.over, nil)
	link := len(m.tasks.Resources)
	m.tasks.Resources = append(m.tasks.Resources, rcpsp.Resource{Name: "link " + l.Name, Capacity: linkUnits})
	shared := []rcpsp.Use{{Resource: 2 * l.Centre}, {Resource: 2*l.Centre + 1, Amount: 1}}
	if l.Local != nil {
		shared = append(shared, rcpsp.Use{Resource: link + 1})
		m.tasks.Resources = append(m.tasks.Resources, p.curve("staff "+l.Name, l.Local))
	}
	early, known, nights := p.beforeSeeding(l, false), p.beforeSeeding(l, true), p.closedNights(l)
	m.start = append(m.start, m.add(milestone(l.Name+" begins"), none))
	before := rcpsp.Link{Task: m.start[i]}
	servers := int64(0)
	care := 0 // days of hypercare between the milestone before and the first cutover
	for k, w := range l.Waves {
		cuts := make([]int, len(w.Jobs))
		over := milestone(fmt.Sprintf("%s wave %d over", l.Name, k+1), before)
		for n, j := range w.Jobs {
			at := job{i, k, n}
			servers += int64(j.Servers)
			days, units := j.seeding(w.GBPerDay)
			seed := rcpsp.Task{ID: j.ID + " seeding", Closed: early, After: []rcpsp.Link{before},
				Modes: []rcpsp.Mode{{Duration: days, Uses: []rcpsp.Use{{Resource: link, Amount: units}}}}}
			if j.Known {
				seed.Closed = known
			}
			uses := slices.Clone(shared)
			uses[0].Amount = int64(j.Servers)
			if l.Local != nil {
				uses[2].Amount = int64(j.Servers)
			}
			cut := rcpsp.Task{ID: j.ID + " cutover", Closed: nights, Weight: int64(j.Servers), Modes: []rcpsp.Mode{{Duration: 1, Uses: uses}}}
			if len(j.Windows) > 0 {
				cut.Closed = p.outside(nights, j.Windows, m.tasks.Slots)
			}
			if j.Pin != 0 {
				cut.Fixed = &rcpsp.Start{Slot: p.slot(j.Pin)}
			}
			cut.After = []rcpsp.Link{{Task: m.add(seed, at)}, {Task: before.Task, Lag: care}}
			cuts[n] = m.add(cut, at)
			over.After = append(over.After, rcpsp.Link{Task: cuts[n]})
			m.jobs = append(m.jobs, at)
		}
		before, care = rcpsp.Link{Task: m.add(over, none)}, p.HypercareDays
		m.cut[i], m.over[i] = append(m.cut[i], cuts), append(m.over[i], before.Task)
	}
	done := milestone(l.Name+" over", rcpsp.Link{Task: before.Task, Lag: care})
	done.Weight = l.ServerDay * servers
	if l.Late > 0 {
		done.Due, done.Tardy = max(0, p.slot(l.Lease)+1), l.Late
	}
	m.done = append(m.done, m.add(done, none))
}

// contracts adds a milestone for each contract that some job rests on.
func (m *model) contracts() {
	after := make([][]rcpsp.Link, len(m.in.Contracts))
	for _, at := range m.jobs {
		for _, c := range m.in.job(at).Contracts {
			after[c] = append(after[c], rcpsp.Link{Task: m.cutover(at)})
		}
	}
	for c, links := range after {
		if len(links) > 0 {
			t := milestone("contract "+m.in.Contracts[c].ID, links...)
			t.Due, t.Tardy = max(0, m.in.slot(m.in.Contracts[c].Until)+1), m.in.Contracts[c].DayCost
			m.add(t, none)
		}
	}
}

// seeding is how many days a job's data takes over a free link, and which part of the link it then
// needs.
func (j Job) seeding(perDay float64) (days int, units int64) {
	days = max(1, int(math.Ceil(j.GB/perDay)))
	return days, min(linkUnits, max(1, int64(math.Ceil(linkUnits*j.GB/(float64(days)*perDay)))))
}

// beforeSeeding are the days on which a job of a lane may not be seeded; the lead time is behind one that
// people have known for a while.
func (p Problem) beforeSeeding(l Lane, known bool) []rcpsp.Span {
	lead := max(0, p.slot(p.AsOf.AddDays(p.LeadDays)))
	if known {
		lead = 0
	}
	spans := []rcpsp.Span{{From: 0, To: lead, Name: closedLead}}
	if release := p.slot(l.Release); l.Release != 0 && release > lead {
		spans = append(spans, rcpsp.Span{From: lead, To: release, Name: closedRelease})
	}
	return spans
}

// closedNights are the days on which a lane has no cutovers, each day once.
func (p Problem) closedNights(l Lane) []rcpsp.Span {
	frozen := slices.Clone(l.Frozen)
	slices.SortStableFunc(frozen, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	names := make([]string, len(frozen))
	for k, f := range frozen {
		names[k] = freezeName(f.Name)
	}
	var spans []rcpsp.Span
	last := max(0, p.slot(p.Deadline)+1)
	for t := range last {
		day, name := p.day(t), ""
		if !p.Nights[day.Weekday()] {
			name = closedNight
		} else if k := slices.IndexFunc(frozen, func(f Span) bool { return f.From <= day && day <= f.To }); k >= 0 {
			name = names[k]
		}
		if name != "" {
			spans = shut(spans, t, name)
		}
	}
	return append(spans, rcpsp.Span{From: last, To: math.MaxInt32, Name: closedEnd})
}

// outside adds the open days that lie in none of the windows.
func (p Problem) outside(closed []rcpsp.Span, windows []Span, slots int) []rcpsp.Span {
	spans := slices.Clone(closed)
	for t := range slots {
		inside := func(w Span) bool { return w.From <= p.day(t) && p.day(t) <= w.To }
		if !slices.ContainsFunc(windows, inside) && !slices.ContainsFunc(closed, func(s rcpsp.Span) bool { return s.From <= t && t < s.To }) {
			spans = shut(spans, t, closedWindow)
		}
	}
	return spans
}

// shut closes one more slot.
func shut(spans []rcpsp.Span, t int, name string) []rcpsp.Span {
	if n := len(spans); n > 0 && spans[n-1].To == t && spans[n-1].Name == name {
		spans[n-1].To++
		return spans
	}
	return append(spans, rcpsp.Span{From: t, To: t + 1, Name: name})
}

func freezeName(n int) string { return fmt.Sprint("freeze:", n) }
