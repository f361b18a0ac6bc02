package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/schedule/explain"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/replan"
)

// Promised are the dates that people know of a group.
type Promised struct {
	Start   inventory.Date `json:"start"`
	Cutover inventory.Date `json:"cutover"`
}

// ReplanOptions say what a changed date counts for.
type ReplanOptions struct {
	CommitDays int   // from today, in which promised starts and cutovers stay and nothing else starts
	Penalty    int64 // DKK that moving one date must save before it is worth telling people
	Most       int   // percent of the later groups whose dates are to change at most, where fewer need not; 0: as many as pays
	Search     int64 // schedules tried
}

// DefaultReplanOptions keep three weeks, and four dates of five.
func DefaultReplanOptions() ReplanOptions {
	return ReplanOptions{CommitDays: 21, Penalty: 10_000, Most: 20, Search: 20_000}
}

// Replanned is a plan that was mended rather than made anew.
type Replanned struct {
	Plan       Plan        `json:"-"`          // every promised group is pinned to its new or old night
	Anew       Plan        `json:"-"`          // the plan without regard to what people know
	Committed  string      `json:"committed"`  // the last day of what stays
	Kept       int         `json:"kept"`       // promised nights that stay
	Free       int         `json:"free"`       // promised nights after the committed days
	Changes    []Moved     `json:"changes"`    // who must be told, by the new night
	Violations []Violation `json:"violations"` // what cannot be mended
}

// Moved is a group with another night than people know.
type Moved struct {
	Group        string         `json:"group"`
	Municipality string         `json:"municipality"`
	Centre       string         `json:"centre"`
	Servers      int            `json:"servers"`
	From         inventory.Date `json:"from,omitzero"` // unknown: nothing was promised
	To           inventory.Date `json:"to,omitzero"`   // unknown: no night is left
	Why          Reason         `json:"why"`           // the night that people know cannot stay, or need not
	Tell         []string       `json:"tell"`          // units that own its systems, and suppliers of their contracts
}

// Replan mends the dates that people know (by group) after the input has changed. What was promised for
// the committed days stays; later nights move only where they must, or where that saves more than telling
// people costs, a price that rises while more groups change than are to. A group whose night has passed
// without it, or that nobody was promised anything of, gets a night around the others. The mended plan has
// passed the verifier.
func Replan(ctx context.Context, in Input, known map[string]Promised, o ReplanOptions) (Replanned, error) {
	if o.CommitDays < 0 || o.Penalty < 0 || o.Most < 0 || o.Most > 100 || o.Search < 1 {
		return Replanned{}, fmt.Errorf("re-plan: %d committed days, penalty %d, at most %d %% changed, %d schedules; want none below 0, at most 100 %% and at least one schedule", o.CommitDays, o.Penalty, o.Most, o.Search)
	}
	anew, err := Propose(in)
	if err != nil {
		return Replanned{}, err
	}
	before := anew
	before.Groups = slices.Clone(anew.Groups)
	for i := range before.Groups {
		g := &before.Groups[i]
		was := known[g.ID]
		if was.Cutover <= in.AsOf {
			was = Promised{}
		}
		g.Start, g.Cutover = max(was.Start, in.AsOf+1), was.Cutover
		g.SeedDays = int(g.Cutover - g.Start)
	}
	// What people know has its lead time behind it; nobody else is cut over within it.
	told := in
	told.Settings.LeadDays = 0
	told.Windows = in.withoutPromise(anew, known)
	n, err := NewNetwork(told, before, 0)
	if err != nil {
		return Replanned{}, err
	}
	mended, err := replan.Plan(ctx, n.Problem, n.Starts, replan.Options{
		Commit: o.CommitDays, Penalty: o.Penalty, Most: float64(o.Most) / 100, Parts: n.parts(),
		Limits: rcpsp.Limits{Schedules: o.Search, Seed: 1, Workers: 2},
	})
	if err != nil {
		return Replanned{}, err
	}
	wishes := told
	wishes.Pins = slices.Clone(in.Pins)
	for _, id := range sortedKeys(n.Cutover) {
		own := slices.ContainsFunc(in.Pins, func(p Pin) bool { return p.Group == id })
		if slot := mended.Starts[n.Cutover[id]].Slot; !own && slot != rcpsp.Unplaced {
			wishes.Pins = append(wishes.Pins, Pin{Group: id, Cutover: in.AsOf.AddDays(slot + 1)})
		}
	}
	r := Replanned{Anew: anew, Committed: in.AsOf.AddDays(o.CommitDays).String(), Changes: []Moved{}, Violations: []Violation{}}
	if r.Plan, err = Propose(wishes); err != nil {
		return Replanned{}, err
	}
	why, err := explain.New(n.Problem, mended.Starts)
	if err != nil {
		return Replanned{}, fmt.Errorf("why dates move: %w", err)
	}
	r.count(in, known, o)
	words := newLimiter(in, n.Problem)
	for i := range r.Changes {
		r.Changes[i].Why = in.movedWhy(r.Changes[i], words, why, n)
	}
	return r, nil
}

// movedWhy tells why a group has another night than people know.
func (in Input) movedWhy(m Moved, words limiter, why *explain.Schedule, n Network) Reason {
	cutover, dated := n.Cutover[m.Group]
	switch {
	case !m.From.Known():
		return reason("moved_unknown")
	case m.From <= in.AsOf:
		return reason("moved_passed", "night", m.From)
	case slices.ContainsFunc(in.Pins, func(p Pin) bool { return p.Group == m.Group }):
		return reason("moved_asked")
	case !m.To.Known():
		return reason("moved_lost")
	case m.To < m.From || !dated:
		return reason("moved_gain")
	}
	return words.rejection(why, cutover, int(m.From-in.AsOf)-1)
}

// withoutPromise gives the windows, and for each group that nobody was promised anything of one that
// begins after the lead time, where it has none.
func (in Input) withoutPromise(p Plan, known map[string]Promised) []Window {
	windows := slices.Clone(in.Windows)
	for _, g := range p.Groups {
		has := slices.ContainsFunc(in.Windows, func(w Window) bool { return w.Group == g.ID || w.System != "" && slices.Contains(g.Systems, w.System) })
		if _, promised := known[g.ID]; !promised && !has {
			windows = append(windows, Window{Group: g.ID, From: in.AsOf.AddDays(in.Settings.LeadDays + 1), To: in.Settings.Deadline})
		}
	}
	return windows
}

// count tells what stays, what moves and what cannot be mended.
func (r *Replanned) count(in Input, known map[string]Promised, o ReplanOptions) {
	e := newEstate(in)
	for _, g := range r.Plan.Groups {
		was := known[g.ID]
		if was.Cutover > in.AsOf.AddDays(o.CommitDays) {
			r.Free++
		}
		if was.Cutover == g.Cutover {
			r.Kept += count(g.Cutover.Known())
			continue
		}
		r.Changes = append(r.Changes, Moved{Group: g.ID, Municipality: g.Municipality, Centre: g.Centre, Servers: len(g.Assets), From: was.Cutover, To: g.Cutover, Tell: e.concerned(g)})
	}
	slices.SortStableFunc(r.Changes, func(a, b Moved) int { return cmp.Compare(uint32(a.To-1), uint32(b.To-1)) }) // those without a night last
	r.Violations = append(r.Violations, r.Plan.Violations...)
}

// concerned lists who besides municipality and centre has to do with a group: the units that own its
// systems, and the suppliers of their contracts.
func (e *estate) concerned(g Group) []string {
	tell := []string{}
	for _, sys := range e.systems[g.Municipality] {
		if slices.Contains(g.Systems, sys.ID) {
			for _, name := range []string{sys.Owner, e.contracts[sys.Contract].Supplier} {
				if name != "" && !slices.Contains(tell, name) {
					tell = append(tell, name)
				}
			}
		}
	}
	slices.Sort(tell)
	return tell
}
