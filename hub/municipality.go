package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
)

// Municipality answers the page of one municipality. Without detail only what all members share is
// filled: public facts, the agreement's state, and the dates of the waves.
func (h *Hub) Municipality(ctx context.Context, p Person, code string) (MunicipalityView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return MunicipalityView{}, err
	}
	m, ok := e.snapshot.Municipality(code)
	if !ok {
		return MunicipalityView{}, fmt.Errorf("municipality %q among the members: %w", code, ErrNotFound)
	}
	v := MunicipalityView{Meta: e.meta(sc), Municipality: *m, Detail: sc.detail[code]}
	if a, ok := e.snapshot.AgreementOf(code); ok {
		v.Agreement = sc.agreement(*a)
	}
	for i, a := range e.plan.Assignments {
		if a.Municipality == code {
			v.Assignment = &e.plan.Assignments[i]
		}
	}
	for _, w := range e.waves(sc) {
		if w.Municipality == code {
			v.Waves = append(v.Waves, w)
		}
	}
	f, err := h.follow(ctx, e, sc)
	if err != nil {
		return v, err
	}
	v.Operation, v.Progress = f.of(code), only(f.Waves, func(w track.WaveStatus) bool { return w.Municipality == code })
	if sc.money(code) {
		for i, c := range e.plan.Cost.ByMunicipality {
			if c.Municipality == code {
				v.Cost = &e.plan.Cost.ByMunicipality[i]
			}
		}
	}
	if sc.gap[code] {
		v.Gap = e.gap(code)
		if err := h.noteReading(ctx, p, "gap analysis", code); err != nil {
			return v, err
		}
	}
	if v.Detail {
		h.municipalityDetail(ctx, p, e, &v)
	}
	return v, nil
}

func (h *Hub) municipalityDetail(ctx context.Context, p Person, e *estate, v *MunicipalityView) {
	code, s := v.Municipality.Code, e.snapshot
	counts := map[inventory.Kind]int{}
	for _, a := range s.Assets {
		if a.Municipality == code {
			counts[a.Kind]++
		}
	}
	for _, kind := range inventory.Kinds {
		if counts[kind] > 0 {
			v.Kinds = append(v.Kinds, KindCount{kind, counts[kind]})
		}
	}
	v.Systems = only(s.Systems, func(x inventory.System) bool { return x.Municipality == code })
	v.Sites = only(s.Sites, func(x inventory.Site) bool { return x.Municipality == code })
	v.Links = only(s.Links, func(x inventory.Link) bool { return x.Municipality == code })
	v.Contracts = only(s.Contracts, func(x inventory.Contract) bool { return x.Municipality == code })
	slices.SortStableFunc(v.Contracts, func(a, b inventory.Contract) int {
		// An unknown end is a gap to be filled and stands first.
		return cmp.Compare(a.Until, b.Until)
	})
	v.Groups = e.groups(scopeOf(p, e.snapshot), func(g planner.Group) bool { return g.Municipality == code })
	v.Refusals = only(e.plan.Refusals, func(r planner.Refusal) bool { return e.ownerOf(r) == code })
	v.Collections = only(s.Collections, func(c inventory.Collection) bool {
		return c.Municipality == code && c.Status != inventory.StatusOK
	})
	for _, a := range h.alerts(ctx, p) {
		if a.Municipality == code {
			v.Alerts = append(v.Alerts, a)
		}
	}
}

// agreement gives an agreement as the person may see it: parties, state and window are shared among
// members, its value and annexes belong to the parties and the steering group.
func (sc scope) agreement(a inventory.Agreement) *inventory.Agreement {
	if sc.detail[a.Customer] || sc.detail[a.Host] || sc.person.Role == RoleSteering {
		return &a
	}
	return &inventory.Agreement{ID: a.ID, Customer: a.Customer, Host: a.Host, Centre: a.Centre, State: a.State, Window: a.Window, Source: a.Source}
}

// ownerOf tells which municipality a refusal is about.
func (e *estate) ownerOf(r planner.Refusal) string {
	switch r.Kind {
	case "municipality":
		return r.Subject
	case "group":
		for _, g := range e.plan.Groups {
			if g.ID == r.Subject {
				return g.Municipality
			}
		}
	case "asset":
		if a, ok := e.snapshot.Asset(r.Subject); ok {
			return a.Municipality
		}
	}
	return ""
}

// only gives the rows that the test keeps.
func only[T any](rows []T, keep func(T) bool) []T {
	var kept []T
	for _, row := range rows {
		if keep(row) {
			kept = append(kept, row)
		}
	}
	return kept
}
