package hub

import (
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
	"github.com/samdrift/samdrift/planner/nis2"
)

// EvaluationView is what there is to say about the plan within the person's scope: the sums are of the
// whole cooperation, what belongs to one municipality is shown to those who may see its money or detail.
type EvaluationView struct {
	Meta
	Evaluation evaluate.Evaluation `json:"evaluation"`
	Planning   planner.Settings    `json:"planning"` // limits and prices that the plan was made with
	Names      map[string]string   `json:"names"`
}

// Evaluation answers what the plan costs and is worth, who pays, how risky it is, and whether centres and
// links bear it.
func (h *Hub) Evaluation(_ context.Context, p Person) (EvaluationView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return EvaluationView{}, err
	}
	x, err := evaluate.Evaluate(evaluate.Input{Plan: e.plan, Snapshot: e.snapshot, Planning: h.config.Planner, Settings: h.config.Evaluate,
		Catalogue: h.Catalogue(), Assessments: e.gaps})
	if err != nil {
		return EvaluationView{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	e.scopeMoney(sc, &x)
	e.scopeRisk(sc, &x)
	return EvaluationView{e.meta(sc), x, h.config.Planner, e.names(sc)}, nil
}

// scopeMoney leaves out what single municipalities pay, gain and take up in a centre.
func (e *estate) scopeMoney(sc scope, x *evaluate.Evaluation) {
	of := func(c planner.MunicipalityCost) bool { return sc.money(c.Municipality) }
	x.Cost.ByMunicipality, x.Cost.WeekEarlier.ByMunicipality = only(x.Cost.ByMunicipality, of), only(x.Cost.WeekEarlier.ByMunicipality, of)
	x.Outcomes = only(x.Outcomes, func(o evaluate.Outcome) bool { return sc.money(o.Municipality) })
	for i := range x.Allocations {
		x.Allocations[i] = scopedShares(sc, x.Allocations[i])
	}
	told := func(r planner.Reason) bool {
		return r.Params["municipality"] == "" || sc.money(r.Params["municipality"])
	}
	x.Unknown, x.Cost.Unknown = only(x.Unknown, told), only(x.Cost.Unknown, told)
	for i := range x.Cost.Parts {
		x.Cost.Parts[i].Unknown = only(x.Cost.Parts[i].Unknown, told)
	}
	owner := e.owners()
	x.Capacity = only(x.Capacity, func(s evaluate.CapacityStep) bool { return sc.money(owner[s.Wave]) })
}

// scopeRisk leaves out the groups, links and security of municipalities whose detail is not the person's
// to see. The matrix counts the groups that are left, and all of them for the steering group.
func (e *estate) scopeRisk(sc scope, x *evaluate.Evaluation) {
	owner := e.owners()
	x.Risk.Groups = only(x.Risk.Groups, func(g evaluate.GroupRisk) bool { return sc.detail[owner[g.Group]] })
	x.Risk.Waves = only(x.Risk.Waves, func(w evaluate.WaveRisk) bool { return sc.money(owner[w.Wave]) })
	x.Links = only(x.Links, func(l evaluate.LinkStep) bool { return sc.detail[l.Municipality] })
	x.Security.Waves = only(x.Security.Waves, func(w nis2.WaveLever) bool { return sc.gap[w.Municipality] })
	x.Security.Unknown = only(x.Security.Unknown, func(code string) bool { return sc.gap[code] })
	if sc.wide() {
		return
	}
	x.Risk.Matrix, x.Risk.ImpactUnknown = [5][5]int{}, 0
	for _, g := range x.Risk.Groups {
		if g.Impact == 0 {
			x.Risk.ImpactUnknown++
		} else {
			x.Risk.Matrix[g.Likelihood-1][g.Impact-1]++
		}
	}
}

// scopedShares leaves out what others pay.
func scopedShares(sc scope, a evaluate.Allocation) evaluate.Allocation {
	a.Shares = only(a.Shares, func(s evaluate.Share) bool { return sc.money(s.Municipality) })
	a.Unknown = only(a.Unknown, func(r planner.Reason) bool { return sc.money(r.Params["municipality"]) })
	return a
}

// Participation answers how a joint cost in DKK would be shared by each key, with everyone and without
// some; nothing of it is kept. The cost is the same whoever takes part.
func (h *Hub) Participation(_ context.Context, p Person, total planner.Range, leavers []string) ([]evaluate.Participation, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	members := evaluate.Members(&e.plan, e.snapshot)
	for _, code := range leavers {
		if !slices.ContainsFunc(members, func(m evaluate.Member) bool { return m.Municipality == code }) {
			return nil, fmt.Errorf("%w: %s is no member and cannot leave", ErrInvalid, code)
		}
	}
	if len(leavers) == len(members) {
		return nil, fmt.Errorf("%w: nobody is left to share the cost", ErrInvalid)
	}
	ore := evaluate.OreOf(total)
	list := []evaluate.Participation{}
	for _, key := range h.config.Evaluate.Keys {
		x := evaluate.Leave(ore, ore, members, key, leavers)
		x.Before, x.After = scopedShares(sc, x.Before), scopedShares(sc, x.After)
		x.Changes = only(x.Changes, func(s evaluate.Share) bool { return sc.money(s.Municipality) })
		list = append(list, x)
	}
	return list, nil
}

// Sensitivities answers what the plan as a whole becomes when one thing that was assumed or set turns out
// otherwise, what changes it most first. It plans anew for each, without the dates that are in force.
func (h *Hub) Sensitivities(_ context.Context, p Person) ([]planner.Sensitivity, error) {
	e, _, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	in, plan, err := e.loose()
	if err != nil {
		return nil, err
	}
	return planner.Sensitivities(in, plan)
}
