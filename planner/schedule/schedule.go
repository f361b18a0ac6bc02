// Package schedule finds dates: when the data of each wave is seeded and on which night each of its
// groups is cut over.
//
// It works on plain values. A lane is one municipality: its waves follow each other, each seeds its
// data over the municipality's link before its first cutover, and the next waits until hypercare is
// over. Lanes that go to the same centre share its crews. Every day that a job could not have is
// attributed to one rule, so that the counts add up to the days between today and its date.
//
// Dates are found by serial schedule generation over several orders of the lanes, followed by
// exchanges of lanes while they help; the best schedule is the one that places most, then runs old
// and new at once for the fewest server-days, then ends first. Nothing is random.
package schedule

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Problem is all that dates depend on.
type Problem struct {
	AsOf, Deadline inventory.Date
	LeadDays       int // no seeding before AsOf + LeadDays
	HypercareDays  int // after a wave's last cutover, before the lane's next cutover
	Nights         [7]bool
	Crews, PerCrew int // crews of a centre, and servers one crew cuts over in a night for one municipality
	Lanes          []Lane
}

// Lane is one municipality's sequence of waves.
type Lane struct {
	Centre  string
	Release inventory.Date // nothing starts before; zero: free
	Frozen  []Span
	Waves   []Wave
	Blocked bool // a foundation cannot move at all, so nothing that rests on it can
}

// Span is a stretch of days without cutovers, both included. Name numbers the freeze it belongs to.
type Span struct {
	From, To inventory.Date
	Name     int
}

// Wave is a step of a lane.
type Wave struct {
	Foundation bool
	SeedDays   int
	Servers    []int // per job
}

// Schedule holds the dates, by lane and wave as in the problem.
type Schedule struct{ Lanes [][]Dates }

// Dates are those of one wave. Start is zero when none of its jobs has a night.
type Dates struct {
	Start inventory.Date
	Jobs  []Placed
}

// Placed is one job's night, zero when there is none before the deadline, and what kept it from
// every earlier night.
type Placed struct {
	Night    inventory.Date
	Slack    int // days it could slip by itself and still let all that follows in its lane make the deadline
	Rejected []Rejection
}

// Rule names what rejected a day.
type Rule string

// The rules, in the order in which they are asked: a day counts for the first that rejects it.
const (
	Lead       Rule = "lead_time"
	Window     Rule = "agreement_window"
	Order      Rule = "wave_order"
	Hypercare  Rule = "hypercare"
	Seeding    Rule = "seeding"
	Weekday    Rule = "weekday"
	Frozen     Rule = "freeze"
	CrewFull   Rule = "crew_full"
	Foundation Rule = "foundation_not_placed"
)

// Rejection is a rule with the days it rejected. Freeze is the Span.Name of a freeze, -1 for other rules.
type Rejection struct {
	Rule        Rule
	Freeze      int
	Days        int
	First, Last inventory.Date
}

// Solve finds the best schedule it knows how to find.
func Solve(p Problem) Schedule {
	cal := newCalendar(p)
	best := run(p, cal, nil)
	bestValue := value(p, best)
	try := func(order []int) bool {
		s := run(p, cal, order)
		v := value(p, s)
		if slices.Compare(v, bestValue) >= 0 {
			return false
		}
		best, bestValue = s, v
		return true
	}

	given := make([]int, len(p.Lanes))
	servers, waves := make([]int, len(p.Lanes)), make([]int, len(p.Lanes))
	jobs := 1
	for i, l := range p.Lanes {
		given[i] = i
		for _, w := range l.Waves {
			waves[i] += p.HypercareDays + w.SeedDays
			jobs += len(w.Servers)
			for _, n := range w.Servers {
				servers[i] += n
			}
		}
	}
	by := func(less func(a, b int) int) []int {
		order := slices.Clone(given)
		slices.SortStableFunc(order, less)
		return order
	}
	order := given
	for _, o := range [][]int{
		given,
		by(func(a, b int) int { return cmp.Compare(p.Lanes[a].Release, p.Lanes[b].Release) }),
		by(func(a, b int) int { return waves[b] - waves[a] }),
		by(func(a, b int) int { return servers[a] - servers[b] }),
	} {
		if try(o) {
			order = o
		}
	}
	// Exchange lanes while it helps, within a budget that does not depend on the machine.
	for budget, improved := 200_000/jobs, true; improved && budget > 0; {
		improved = false
		for i := range order {
			for j := i + 1; j < len(order) && budget > 0; j++ {
				if p.Lanes[order[i]].Centre != p.Lanes[order[j]].Centre {
					continue // they share no crew
				}
				budget--
				next := slices.Clone(order)
				next[i], next[j] = next[j], next[i]
				if try(next) {
					order, improved = next, true
				}
			}
		}
	}
	explain(p, cal, best)
	return best
}

// value is what a schedule is judged by, most important first: servers without a night, server-days
// of double running, the last night.
func value(p Problem, s Schedule) []int {
	unplaced, double, last := 0, 0, 0
	for i, waves := range s.Lanes {
		var end inventory.Date
		for _, w := range waves {
			for _, j := range w.Jobs {
				end = max(end, j.Night)
			}
		}
		last = max(last, int(end))
		for k, w := range waves {
			for j, placed := range w.Jobs {
				n := p.Lanes[i].Waves[k].Servers[j]
				if placed.Night == 0 {
					unplaced += n
				} else {
					double += n * int(end-w.Start)
				}
			}
		}
	}
	return []int{unplaced, double, last}
}
