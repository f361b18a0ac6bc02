package hub

import (
	"cmp"
	"context"
	"slices"

	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

// Plan answers the wave plan within the person's scope.
func (h *Hub) Plan(ctx context.Context, p Person) (PlanView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return PlanView{}, err
	}
	v := h.planView(e, sc)
	f, err := h.follow(ctx, e, sc)
	v.Progress = f.Waves
	return v, err
}

// planView is an estate's plan as a person may see it.
func (h *Hub) planView(e *estate, sc scope) PlanView {
	v := PlanView{
		Meta: e.meta(sc), Plan: e.plan, Freezes: h.config.Freezes,
		Names: e.names(sc), TerraformNote: e.terraformNote,
	}
	v.Leases = only(h.config.Planner.Leases, func(l planner.Lease) bool { return sc.money(l.Municipality) })
	v.Plan.Waves = e.waves(sc)
	v.Plan.Groups = e.groups(sc, func(g planner.Group) bool { return sc.detail[g.Municipality] })
	v.Plan.Refusals = only(e.plan.Refusals, func(r planner.Refusal) bool {
		return r.Kind == "municipality" || sc.detail[e.ownerOf(r)]
	})
	v.Plan.Stays = only(e.plan.Stays, func(x planner.Stay) bool { return sc.detail[x.Municipality] })
	v.Plan.Cost.ByMunicipality = only(e.plan.Cost.ByMunicipality, func(c planner.MunicipalityCost) bool {
		return sc.money(c.Municipality)
	})
	v.Terraform = only(e.terraform, func(s terraform.Summary) bool {
		return sc.wide() || sc.detail[e.customerOf(s.Agreement)]
	})
	if !sc.detailAll(e) {
		for i := range v.Terraform {
			v.Terraform[i].Errors = nil // they name servers
		}
	}
	v.Plan.Foundations = only(e.plan.Foundations, func(f planner.Foundation) bool { return sc.detail[f.Municipality] })
	v.Plan.RetireCandidates = only(e.plan.RetireCandidates, func(r planner.RetireCandidate) bool { return sc.detail[r.Municipality] })
	v.Plan.Assumptions = e.assumptions(sc)
	owner := e.owners()
	v.Plan.CriticalChain = only(e.plan.CriticalChain, func(id string) bool { return sc.detail[owner[id]] })
	v.Plan.Violations = only(e.plan.Violations, func(x planner.Violation) bool { return owner[x.Subject] == "" || sc.detail[owner[x.Subject]] })
	return v
}

// assumptions leaves out those that name a server of which the person may not see the detail.
func (e *estate) assumptions(sc scope) []planner.Reason {
	return only(e.plan.Assumptions, func(r planner.Reason) bool {
		return r.Params["asset"] == "" || sc.detail[r.Params["municipality"]] || sc.detailAll(e)
	})
}

// groups gives the groups that the test keeps, as the person may see them.
func (e *estate) groups(sc scope, keep func(planner.Group) bool) []planner.Group {
	kept := only(e.plan.Groups, keep)
	for i := range kept {
		kept[i] = e.seen(sc, kept[i])
	}
	return kept
}

// seen is a group as the person may see it: which group of another municipality stood in its way is not told.
func (e *estate) seen(sc scope, g planner.Group) planner.Group {
	at, ok := slices.BinarySearchFunc(e.plan.Groups, g.HeldBy, func(x planner.Group, id string) int { return cmp.Compare(x.ID, id) })
	if ok && !sc.detail[e.plan.Groups[at].Municipality] {
		g.HeldBy = ""
	}
	return g
}

// owners gives the municipality of each wave, group and municipality of the plan.
func (e *estate) owners() map[string]string {
	owner := map[string]string{}
	for _, w := range e.plan.Waves {
		owner[w.ID] = w.Municipality
	}
	for _, g := range e.plan.Groups {
		owner[g.ID] = g.Municipality
	}
	for _, m := range e.snapshot.Municipalities {
		owner[m.Code] = m.Code
	}
	return owner
}

// detailAll tells whether the person may see the detail of every member.
func (sc scope) detailAll(e *estate) bool {
	return len(sc.detail) == len(e.snapshot.Municipalities)
}

// customerOf tells whose agreement it is. A proposed agreement is named by the units themselves.
func (e *estate) customerOf(agreement string) string {
	for _, a := range e.snapshot.Agreements {
		if a.ID == agreement {
			return a.Customer
		}
	}
	for _, a := range e.plan.Assignments {
		if terraform.ProposedAgreement(a.Municipality, a.Centre) == agreement {
			return a.Municipality
		}
	}
	return ""
}

// Names gives words for the keys that answers carry: municipalities and centres for everyone, assets,
// groups and systems where the person may see them. The map is shared: who adds to it adds to a copy.
func (h *Hub) Names(_ context.Context, p Person) (map[string]string, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	return e.names(sc), nil
}
