package hub

import (
	"cmp"
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
	Lost    []SetDate   `json:"lost"`    // none of its servers is to move any more
	Resized []ResizedAt `json:"resized"` // the group has other servers
	// Groups whose servers are in other groups now: whom the date follows, and what is new therefore.
	Regrouped []Regrouped `json:"regrouped"`
	New       []SetDate   `json:"new"`    // without a date in force: proposed
	Hidden    int         `json:"hidden"` // more of all these, that the person may not see
}

// ResizedAt is a group that has other servers than when its date was set.
type ResizedAt struct {
	SetDate
	Now  int `json:"now"`  // how many
	Left int `json:"left"` // how many of them are in it no more, and how many have come; both 0: not known
	Came int `json:"came"`
}

// Any tells whether anything has changed.
func (s Since) Any() bool {
	return s.Moved+len(s.Passed)+len(s.Lost)+len(s.Resized)+len(s.Regrouped)+len(s.New)+s.Hidden > 0
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
	s := Since{Passed: []SetDate{}, Lost: []SetDate{}, Resized: []ResizedAt{}, Regrouped: []Regrouped{}, New: []SetDate{}}
	if e.inForce == nil {
		return s
	}
	now := map[string]planner.Group{}
	for _, g := range e.plan.Groups {
		now[g.ID] = g
	}
	for i := range e.inForce.Dates {
		e.sinceSet(&s, sc, i, now[cmp.Or(e.following.into[i], e.following.most[i].group)])
	}
	for _, g := range e.plan.Groups {
		_, dated := e.following.date[g.ID]
		from, parted := e.following.parts[g.ID]
		switch {
		case dated:
		case !sc.detail[g.Municipality]:
			s.Hidden++
		case parted:
			d := e.inForce.Dates[from]
			s.Regrouped = append(s.Regrouped, Regrouped{d.brief(), Parted, setDate(g).brief(), d.shared(g), now[e.following.into[from]].Name})
		default:
			s.New = append(s.New, setDate(g).brief())
		}
	}
	return s
}

// sinceSet tells what became of one group in force; g is the group of now with its date or, where it has
// none, with most of its servers.
func (e *estate) sinceSet(s *Since, sc scope, i int, g planner.Group) {
	d := e.inForce.Dates[i]
	passed, keeps := d.Cutover <= e.asOf, e.following.into[i] != ""
	shared := d.shared(g)
	left, came := len(d.Assets)-shared, len(g.Assets)-shared
	if d.Assets == nil {
		left, came = 0, 0
	}
	same := keeps && g.ID == d.Group && left == 0 && came == 0 && len(g.Assets) == d.Servers
	switch {
	case g.ID == "" && passed:
		s.Moved++
	case same && !passed:
	case !sc.detail[d.Municipality]:
		s.Hidden++
	case g.ID == "":
		s.Lost = append(s.Lost, d.brief())
	case passed:
		s.Passed = append(s.Passed, d.brief())
	case !keeps:
		keeper := e.inForce.Dates[e.following.date[g.ID]]
		s.Regrouped = append(s.Regrouped, Regrouped{d.brief(), Joined, setDate(g).brief(), shared, keeper.Name})
	case g.ID != d.Group:
		s.Regrouped = append(s.Regrouped, Regrouped{d.brief(), Followed, setDate(g).brief(), shared, g.Name})
	default:
		s.Resized = append(s.Resized, ResizedAt{d.brief(), len(g.Assets), left, came})
	}
}
