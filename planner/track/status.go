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
	RolledBackOn inventory.Date `json:"rolled_back_on,omitzero"` // the latest
	// Expected is when it was cut over, or when it will be: after today's plan, or else not before today.
	Expected inventory.Date `json:"expected,omitzero"`
	AtLeast  bool           `json:"at_least"`  // expected then at the earliest: no plan says when
	SlipDays int            `json:"slip_days"` // expected less planned; negative: earlier
}

// WaveStatus is how far one wave is.
type WaveStatus struct {
	Wave         string         `json:"wave"`
	Municipality string         `json:"municipality"`
	Centre       string         `json:"centre"`
	State        string         `json:"state"`
	Partial      bool           `json:"partial"`
	Groups       int            `json:"groups"`
	GroupsDone   int            `json:"groups_done"`
	Servers      int            `json:"servers"`
	Done         int            `json:"done"`
	End          inventory.Date `json:"end"` // promised
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
// matter.
func ordered(events []Event) []Event {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)),
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
	switch before := g.Done; e.Kind {
	case Started:
		if !g.StartedOn.Known() || g.StartedOn <= g.RolledBackOn {
			g.StartedOn = e.On
		}
	case CutOver, Verified: // what is verified has been cut over, told or not
		if e.Kind == CutOver {
			g.Done = min(g.Servers, g.Done+n)
		} else {
			g.Verified = min(g.Servers, g.Verified+n)
			g.Done = max(g.Done, g.Verified)
		}
		if g.Done == g.Servers && before < g.Servers {
			g.CutOverOn = e.On
		}
		if g.Verified == g.Servers && e.Kind == Verified && !g.VerifiedOn.Known() {
			g.VerifiedOn = e.On
		}
		l.note(i, e.On, g.Done-before)
	case RolledBack:
		g.Done = max(0, g.Done-n)
		g.Verified = min(g.Verified, g.Done)
		g.RolledBackOn = e.On
		g.CutOverOn, g.VerifiedOn = 0, 0
		l.note(i, e.On, g.Done-before)
	}
}

func (l *log) note(group int, on inventory.Date, servers int) {
	if servers != 0 {
		l.changes = append(l.changes, change{on, group, servers})
	}
}

// settle names the state that the counts amount to.
func (g *GroupStatus) settle() {
	switch {
	case g.Verified > 0:
		g.State, g.Partial = string(Verified), g.Verified < g.Servers
	case g.Done > 0:
		g.State, g.Partial = string(CutOver), g.Done < g.Servers
	case g.RolledBackOn.Known() && g.StartedOn <= g.RolledBackOn:
		g.State = string(RolledBack)
	case g.StartedOn.Known():
		g.State = string(Started)
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

// waves puts the groups of each wave together.
func (l *log) waves() []WaveStatus {
	of := map[string]*WaveStatus{}
	order := []string{}
	started := map[string]int{}
	verified := map[string]int{}
	for i, p := range l.in.Baseline.Promises {
		if p.Wave == "" {
			continue
		}
		w := of[p.Wave]
		if w == nil {
			w = &WaveStatus{Wave: p.Wave, Municipality: p.Municipality, Centre: p.Centre, State: Planned}
			of[p.Wave] = w
			order = append(order, p.Wave)
		}
		g := l.groups[i]
		w.Groups++
		w.Servers, w.Done, w.End = w.Servers+g.Servers, w.Done+g.Done, max(w.End, p.End)
		if g.Done == g.Servers {
			w.GroupsDone++
		}
		if g.State != Planned {
			started[p.Wave]++
		}
		verified[p.Wave] += g.Verified
	}
	out := make([]WaveStatus, 0, len(of))
	for _, id := range order {
		w := of[id]
		switch {
		case verified[id] == w.Servers && w.Servers > 0:
			w.State = string(Verified)
		case w.Done > 0:
			w.State, w.Partial = string(CutOver), w.Done < w.Servers
		case started[id] > 0:
			w.State, w.Partial = string(Started), started[id] < w.Groups
		}
		out = append(out, *w)
	}
	slices.SortFunc(out, func(a, b WaveStatus) int { return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Wave, b.Wave)) })
	return out
}
