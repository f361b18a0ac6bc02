package hub

import (
	"context"

	"github.com/samdrift/samdrift/planner"
)

// ReliefsView is what holds the plan, and what it would gain if that were less tight.
type ReliefsView struct {
	Meta
	Reliefs []planner.Relief  `json:"reliefs"` // largest gain first
	Hidden  int               `json:"hidden"`  // more, about municipalities that the person may not see
	Names   map[string]string `json:"names"`
}

// Reliefs answers what the plan would gain with one more crew, a wider link, a freeze lifted or a week more.
// Dates that are in force are taken as free to move. Links and staff are told to their own municipality, its
// centre, and those who decide for all.
func (h *Hub) Reliefs(ctx context.Context, p Person) (ReliefsView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ReliefsView{}, err
	}
	in, plan, err := e.loose()
	if err != nil {
		return ReliefsView{}, err
	}
	all, err := planner.Reliefs(ctx, in, plan)
	v := ReliefsView{Meta: e.meta(sc), Names: e.names(sc)}
	v.Reliefs = append([]planner.Relief{}, only(all, func(r planner.Relief) bool {
		m := r.What.Params["municipality"]
		return m == "" || sc.detail[m] || p.approves()
	})...)
	v.Hidden = len(all) - len(v.Reliefs)
	return v, err
}

// ClashesView is whether all groups can have a date, and if not, which few rules forbid it.
type ClashesView struct {
	Meta
	planner.Clash
	Names map[string]string `json:"names"`
}

// Clashes answers whether all groups can have a date. Of a group that the person may not see only the
// municipality is told.
func (h *Hub) Clashes(ctx context.Context, p Person) (ClashesView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ClashesView{}, err
	}
	v := ClashesView{Meta: e.meta(sc), Names: e.names(sc)}
	v.Clash, err = planner.Clashes(ctx, e.input, e.plan)
	owner := e.owners()
	for i, r := range v.Rules {
		if m := owner[r.Params["group"]]; m != "" && !sc.detail[m] {
			v.Rules[i] = r.Hidden(m)
		}
	}
	return v, err
}
