package hub

import (
	"context"
	"slices"

	"github.com/samdrift/samdrift/planner"
)

// InForceView is which plan is in force, by whom and since when, and what has changed under it.
type InForceView struct {
	Meta
	InForce *AdoptionRow        `json:"in_force"` // null: the plan is the planner's own proposal
	Former  []AdoptionRow       `json:"former"`   // newest first
	Since   Since               `json:"since"`
	Broken  []planner.Violation `json:"broken"` // rules that the dates and centres in force break
	Names   map[string]string   `json:"names"`
}

// AdoptionRow is an adoption in the list.
type AdoptionRow struct {
	Adoption
	Set     int            `json:"set"`               // dates
	Dates   []SetDate      `json:"dates,omitempty"`   // not listed here
	Choices map[string]any `json:"choices,omitempty"` // not listed here
}

// Since is what has changed in the estate under the plan in force. Groups that the person may not see are
// only counted.
type Since struct {
	Moved   int         `json:"moved"`   // groups whose night has passed and that are no longer planned for
	Passed  []SetDate   `json:"passed"`  // their night has passed and they are still here: they have a new proposal
	Lost    []SetDate   `json:"lost"`    // there is no such group any more
	Resized []ResizedAt `json:"resized"` // the group has other servers
	New     []SetDate   `json:"new"`     // without a date in force: proposed
	Hidden  int         `json:"hidden"`  // more of all these, that the person may not see
}

// ResizedAt is a group that has another number of servers than when its date was set.
type ResizedAt struct {
	SetDate
	Now int `json:"now"`
}

// Any tells whether anything has changed.
func (s Since) Any() bool {
	return s.Moved+len(s.Passed)+len(s.Lost)+len(s.Resized)+len(s.New)+s.Hidden > 0
}

// InForce answers which plan is in force and what has changed since.
func (h *Hub) InForce(ctx context.Context, p Person) (InForceView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return InForceView{}, err
	}
	all, err := h.adoptions(ctx)
	if err != nil {
		return InForceView{}, err
	}
	v := InForceView{Meta: e.meta(sc), Former: []AdoptionRow{}, Broken: []planner.Violation{}, Names: e.names(sc), Since: e.since(sc)}
	for _, a := range slices.Backward(all) {
		row := AdoptionRow{Adoption: a, Set: len(a.Dates)}
		if e.inForce != nil && a.Number == e.inForce.Number {
			v.InForce = &row
		} else {
			v.Former = append(v.Former, row)
		}
	}
	if v.InForce != nil {
		owner := e.owners()
		v.Broken = append(v.Broken, only(e.plan.Violations, func(x planner.Violation) bool { return owner[x.Subject] == "" || sc.detail[owner[x.Subject]] })...)
	}
	return v, nil
}

// since tells what has changed under the plan in force.
func (e *estate) since(sc scope) Since {
	s := Since{Passed: []SetDate{}, Lost: []SetDate{}, Resized: []ResizedAt{}, New: []SetDate{}}
	if e.inForce == nil {
		return s
	}
	now := map[string]planner.Group{}
	for _, g := range e.plan.Groups {
		now[g.ID] = g
	}
	set := map[string]bool{}
	for _, d := range e.inForce.Dates {
		set[d.Group] = true
		g, there := now[d.Group]
		passed, resized := d.Cutover <= e.asOf, there && len(g.Assets) != d.Servers
		switch {
		case !there && passed:
			s.Moved++
		case (there && !passed && !resized):
		case !sc.detail[d.Municipality]:
			s.Hidden++
		case !there:
			s.Lost = append(s.Lost, d)
		case passed:
			s.Passed = append(s.Passed, d)
		default:
			s.Resized = append(s.Resized, ResizedAt{d, len(g.Assets)})
		}
	}
	for _, g := range e.plan.Groups {
		switch {
		case set[g.ID]:
		case !sc.detail[g.Municipality]:
			s.Hidden++
		default:
			s.New = append(s.New, SetDate{g.ID, g.Name, g.Municipality, len(g.Assets), g.Start, g.Cutover})
		}
	}
	return s
}
