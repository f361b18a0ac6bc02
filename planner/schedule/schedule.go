// Package schedule finds dates: when the data of each group of servers is seeded and on which night
// the group is cut over.
//
// It works on plain values. A lane is one municipality: its waves follow each other; within a wave each
// group seeds its data over the municipality's link before its own cutover, and the next wave is cut
// over when hypercare of the previous one is done. Lanes that go to the same centre share its crews.
// model.go writes that as a problem for package rcpsp, one slot a day from tomorrow; lanes.go places
// whole lanes in many orders, rcpsp changes single tasks, bound.go says how good that is, settle.go pulls every cutover as early as it can stand and pushes seeding as late, and reasons.go
// attributes every earlier day to the one rule that rejects it.
package schedule

import (
	"github.com/samdrift/samdrift/inventory"
)

// Problem is all that dates depend on.
type Problem struct {
	AsOf, Deadline inventory.Date
	LeadDays       int // no seeding before AsOf + LeadDays
	HypercareDays  int // after a wave's last cutover, before the lane's next cutover
	Nights         [7]bool
	MaxMoving      int // lanes of a centre that move at once; 0: no limit
	Centres        []Centre
	Lanes          []Lane
	Contracts      []Contract
	Search         int // tasks that may be placed anew while looking for better dates
}

// Centre is what lanes share.
type Centre struct {
	Name    string
	Servers []Step // that its crews can cut over in a night
	Groups  int    // that may be cut over in a night; 0: no limit
}

// Step is an amount from a day on.
type Step struct {
	From   inventory.Date
	Amount int
}

// Lane is one municipality's sequence of waves.
type Lane struct {
	Name      string
	Centre    int
	Release   inventory.Date // nothing starts before; zero: free
	Frozen    []Span
	Local     []Step // servers that its own staff can attend to in a night; nil: no limit
	ServerDay int64  // cost of a server that runs in two places for a day
	Lease     inventory.Date
	Late      int64 // cost of each day after the lease, zero: none
	Waves     []Wave
	Blocked   bool // a foundation cannot move at all, so nothing that rests on it can
}

// Span is a stretch of days, both included. Name numbers the freeze it belongs to.
type Span struct {
	From, To inventory.Date
	Name     int
}

// Wave is a step of a lane.
type Wave struct {
	Foundation bool
	GBPerDay   float64 // that the link has left for seeding beside the changes to all of the wave's data
	Jobs       []Job
}

// Job is a group of servers that is cut over in one night.
type Job struct {
	ID        string
	Servers   int
	GB        float64
	Windows   []Span         // nights agreed for it; none: any
	Pin       inventory.Date // the night that people set; zero: none
	Known     bool           // people have known that night for a while: the lead time is behind it
	Contracts []int          // that end with it
}

// Contract is due on a day; each day that its last job is cut over later costs.
type Contract struct {
	ID      string
	Until   inventory.Date
	DayCost int64
}

// Schedule holds the dates, by lane, wave and job as in the problem.
type Schedule struct {
	Lanes     [][][]Placed
	Cost      int64          // of waiting: what the search kept low
	CostBound int64          // no schedule of the jobs that were placed costs less
	LastEnd   inventory.Date // of the last hypercare
	Bound     inventory.Date // no schedule of the jobs that were placed, with the nights that people set, ends earlier
	Critical  []string       // jobs that hold the last end, first first
}

// Placed is one job's dates, zero when it has no night before the deadline, and what kept it from every
// earlier night.
type Placed struct {
	Seed     inventory.Date // seeding begins
	SeedDays int
	Night    inventory.Date
	Slack    int    // days it could slip while everything still makes the deadline
	HeldBy   string // the job that stood in the way last; empty: none did
	Rejected []Rejection
}

// Rule names what rejected a day.
type Rule string

// The rules, in the order in which they are asked: a day counts for the first that rejects it.
const (
	Foundation Rule = "foundation_not_placed"
	Lead       Rule = "lead_time"
	Release    Rule = "agreement_window"
	Queue      Rule = "moving_limit"
	Order      Rule = "wave_order"
	Hypercare  Rule = "hypercare"
	LinkFull   Rule = "link_full"
	Seeding    Rule = "seeding"
	NextWave   Rule = "next_wave"
	Weekday    Rule = "weekday"
	Frozen     Rule = "freeze"
	Window     Rule = "business_window"
	CrewFull   Rule = "crew_full"
	GroupsFull Rule = "groups_full"
	LocalFull  Rule = "local_full"
	Pinned     Rule = "pinned"
	CameFree   Rule = "room_came_free"
)

// Rejection is a rule with the days it rejected. Freeze is the Span.Name of a freeze, -1 for other rules.
type Rejection struct {
	Rule        Rule
	Freeze      int
	Days        int
	First, Last inventory.Date
}
