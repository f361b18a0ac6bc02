package nis2

import (
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// riskAssessed is 21a-04: business-critical systems without a risk assessment from the last year.
func riskAssessed(e *estate, t *tally) {
	kept := slices.ContainsFunc(e.systems, func(s *inventory.System) bool { return s.RiskAssessedAt.Known() })
	for _, s := range e.systemsFrom(inventory.CriticalityBusiness) {
		t.kept(kept, s.ID, e.register, !within(s.RiskAssessedAt, e.in.AsOf, 365))
	}
}

// recoveryGoals is 21c-01: business-critical systems that lack a recovery time goal, a data loss
// goal, an owner, or a review in the last two years.
func recoveryGoals(e *estate, t *tally) {
	kept := slices.ContainsFunc(e.systems, func(s *inventory.System) bool {
		return s.RTOHours > 0 || s.RPOHours > 0 || s.ReviewedAt.Known()
	})
	for _, s := range e.systemsFrom(inventory.CriticalityBusiness) {
		t.kept(kept, s.ID, e.register, s.RTOHours <= 0 || s.RPOHours <= 0 || s.Owner == "" || !within(s.ReviewedAt, e.in.AsOf, 730))
	}
}
