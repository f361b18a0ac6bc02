package track

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Planned is the state of a group to which nothing has happened. The other states are the kinds of
// events.
const Planned = "planned"

// GroupStatus is how far one group is.
type GroupStatus struct {
	Group        string         `json:"group"`
	Name         string         `json:"name"`
	Municipality string         `json:"municipality"`
	Wave         string         `json:"wave,omitempty"`
	State        string         `json:"state"`
	Partial      bool           `json:"partial"` // some servers are in the state or beyond it, others are not
	Servers      int            `json:"servers"`
	Done         int            `json:"done"`     // servers cut over and not rolled back
	Verified     int            `json:"verified"` // of those
	Planned      inventory.Date `json:"planned,omitzero"`
	StartedOn    inventory.Date `json:"started_on,omitzero"`
	CutOverOn    inventory.Date `json:"cut_over_on,omitzero"` // when the last server was
	VerifiedOn   inventory.Date `json:"verified_on,omitzero"`
	FinalOn      inventory.Date `json:"final_on,omitzero"`
	RolledBackOn inventory.Date `json:"rolled_back_on,omitzero"` // the latest
	// Expected is when it was cut over, or when it will be: after today's plan, or else not before today.
	Expected inventory.Date `json:"expected,omitzero"`
	AtLeast  bool           `json:"at_least"`          // expected then at the earliest: no plan says when
	SlipDays int            `json:"slip_days"`         // expected less planned; negative: earlier
	Sources  []string       `json:"sources,omitempty"` // of the events that are counted, sorted
}

// WaveStatus is how far one wave is.
type WaveStatus struct {
	Wave         string         `json:"wave"`
	Name         string         `json:"name,omitempty"` // where a plan names it; a baseline does not
	Municipality string         `json:"municipality"`
	Centre       string         `json:"centre"`
	State        string         `json:"state"`
	Partial      bool           `json:"partial"`
	Groups       int            `json:"groups"`
	GroupsDone   int            `json:"groups_done"`
	Servers      int            `json:"servers"`
	Done         int            `json:"done"`
	Verified     int            `json:"verified"` // of those
	Final        int            `json:"final"`    // of those
	End          inventory.Date `json:"end"`      // promised
	// When the first and the latest of the wave's groups were verified whole.
	FirstVerified inventory.Date `json:"first_verified,omitzero"`
	LastVerified  inventory.Date `json:"last_verified,omitzero"`
	Sources       []string       `json:"sources,omitempty"` // of the events that are counted, sorted
}

// change is what an event did to the number of servers that are done.
type change struct {
	on      inventory.Date
	group   int
	servers int // below zero: rolled back
}

// log is the events folded into the baseline.
type log struct {
	in        Input
	groups    []GroupStatus
	at        map[string]int
	changes   []change // by date
	unmatched []planner.Reason
}

// fold applies the events in the order in which they happened.
func fold(in Input) *log {
	l := &log{in: in, at: map[string]int{}, unmatched: []planner.Reason{}}
	waves := map[string][]int{}
	for i, p := range in.Baseline.Promises {
		l.at[p.Group] = i
		if p.Wave != "" {
			waves[p.Wave] = append(waves[p.Wave], i)
		}
		l.groups = append(l.groups, GroupStatus{Group: p.Group, Name: p.Name, Municipality: p.Municipality, Wave: p.Wave,
			State: Planned, Servers: p.Servers, Planned: p.Cutover})
	}
	for _, e := range ordered(in.Events) {
		i, known := l.at[e.Group]
		var of []int
		if e.Group == "" {
			of = waves[e.Wave]
		}
		switch {
		case !slices.Contains(Kinds, e.Kind):
			l.refuse("event_kind_unknown", e)
		case !e.On.Known():
			l.refuse("event_without_date", e)
		case e.On > in.AsOf:
			l.refuse("event_in_future", e)
		case len(of) > 0 && e.Servers == 0:
			for _, i := range of {
				l.apply(i, e)
			}
		case known && e.Servers >= 0 && e.Servers <= l.groups[i].Servers:
			l.apply(i, e)
		case known || len(of) > 0:
			l.refuse("event_servers_wrong", e)
		default:
			l.refuse("event_subject_unknown", e)
		}
	}
	for i := range l.groups {
		l.groups[i].settle()
	}
	return l
}

// ordered gives the events by date, and on one date by kind, so that the order of telling does not
// matter. Those of which the moment is known come after the others of their day, by moment.
func ordered(events []Event) []Event {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.On, b.On), a.At.Compare(b.At), cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)),
			cmp.Compare(a.Wave, b.Wave), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Servers, b.Servers))
	})
	return events
}

func (l *log) refuse(rule string, e Event) {
	l.unmatched = append(l.unmatched, planner.NewReason(rule, "event", e.Kind, "subject", cmp.Or(e.Group, e.Wave), "on", e.On, "servers", e.Servers))
}

// apply lets an event happen to a group.
func (l *log) apply(i int, e Event) {
	g := &l.groups[i]
	n := cmp.Or(e.Servers, g.Servers)
	g.Sources = with(g.Sources, e.Source)
	switch before := g.Done; e.Kind {
	case Started:
		if g.State != string(Started) { // anew after a roll-back
			g.State, g.StartedOn = string(Started), e.On
		}
	case CutOver, Verified, Final: // what is verified has been cut over, told or not; what is final is both
		if e.Kind == CutOver {
			g.Done = min(g.Servers, g.Done+n)
		} else {
			g.Verified = min(g.Servers, g.Verified+n)
			g.Done = max(g.Done, g.Verified)
		}
		if g.Done == g.Servers && before < g.Servers {
			g.CutOverOn = e.On
		}
		if g.Verified == g.Servers && e.Kind != CutOver && !g.VerifiedOn.Known() {
			g.VerifiedOn = e.On
		}
		if e.Kind == Final && n == g.Servers {
			g.FinalOn = e.On
		}
		l.note(i, e.On, g.Done-before)
	case RolledBack:
		g.State = string(RolledBack)
		g.Done = max(0, g.Done-n)
		g.Verified = min(g.Verified, g.Done)
		g.RolledBackOn = e.On
		g.CutOverOn, g.VerifiedOn, g.FinalOn = 0, 0, 0
		l.note(i, e.On, g.Done-before)
	}
}

func (l *log) note(group int, on inventory.Date, servers int) {
	if servers != 0 {
		l.changes = append(l.changes, change{on, group, servers})
	}
}

// settle names the state that the counts amount to. Where nothing is done, it stays what happened last.
func (g *GroupStatus) settle() {
	switch {
	case g.FinalOn.Known():
		g.State = string(Final)
	case g.Verified > 0:
		g.State, g.Partial = string(Verified), g.Verified < g.Servers
	case g.Done > 0:
		g.State, g.Partial = string(CutOver), g.Done < g.Servers
	}
}

// expect says when each group was or will be cut over, and how far that is from the promise.
func (l *log) expect() {
	current := map[string]inventory.Date{}
	if l.in.Current != nil {
		for _, g := range l.in.Current.Groups {
			current[g.ID] = g.Cutover
		}
	}
	for i := range l.groups {
		g := &l.groups[i]
		switch now := current[g.Group]; {
		case g.CutOverOn.Known():
			g.Expected = g.CutOverOn
		case now >= l.in.AsOf && now.Known():
			g.Expected = now
		case g.Planned.Known():
			g.Expected, g.AtLeast = max(g.Planned, l.in.AsOf), l.in.Current != nil || g.Planned < l.in.AsOf
		}
		if g.Planned.Known() && g.Expected.Known() {
			g.SlipDays = int(g.Expected - g.Planned)
		}
	}
}

// with adds a source to a sorted list.
func with(sources []string, source string) []string {
	at, there := slices.BinarySearch(sources, source)
	if source == "" || there {
		return sources
	}
	return slices.Insert(slices.Clone(sources), at, source)
}
