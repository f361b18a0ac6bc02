package nis2

import (
	"maps"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// important is the importance from which a supplier's contracts are looked into.
const important = int(inventory.CriticalityBusiness)

// suppliers gives the contracts of each supplier, by its name in lower case. Suppliers that only a
// system names have none.
func (e *estate) suppliers() map[string][]*inventory.Contract {
	of := map[string][]*inventory.Contract{}
	for _, c := range e.contracts {
		if key := strings.ToLower(strings.TrimSpace(c.Supplier)); key != "" {
			of[key] = append(of[key], c)
		}
	}
	for _, s := range e.systems {
		if key := strings.ToLower(strings.TrimSpace(s.Supplier)); key != "" && of[key] == nil {
			of[key] = nil
		}
	}
	return of
}

// supplierKnown is 21d-01: suppliers for which no contract gives contact, service, importance and
// end. Without any contract at all the register is missing and says nothing.
func supplierKnown(e *estate, t *tally) {
	for name, contracts := range e.suppliers() {
		whole := slices.ContainsFunc(contracts, func(c *inventory.Contract) bool {
			return c.Contact != "" && c.Subject != "" && c.Importance > 0 && c.Until.Known()
		})
		t.kept(len(e.contracts) > 0, "supplier:"+name, e.register, !whole)
	}
}

// securityClauses is 21d-02: contracts with important suppliers that lack one of the five security
// clauses. Clauses that nobody has filled in are unknown.
func securityClauses(e *estate, t *tally) {
	for _, c := range e.contracts {
		if c.Importance < important {
			continue
		}
		lacks := slices.Contains(c.Clauses, false)
		if !lacks && len(c.Clauses) < 5 {
			t.unknown(c.ID)
			continue
		}
		t.judge(c.ID, e.register, lacks)
	}
}

// supplierReviewed is 21d-03: important suppliers without a review in the last year.
func supplierReviewed(e *estate, t *tally) {
	kept := slices.ContainsFunc(e.contracts, func(c *inventory.Contract) bool { return c.LastReview.Known() })
	of := e.suppliers()
	for _, name := range slices.Sorted(maps.Keys(of)) {
		importance, reviewed := 0, inventory.Date(0)
		for _, c := range of[name] {
			importance, reviewed = max(importance, c.Importance), max(reviewed, c.LastReview)
		}
		if importance >= important {
			t.kept(kept, "supplier:"+name, e.register, !within(reviewed, e.in.AsOf, 365))
		}
	}
}

// centreAgreement is 21d-04: what a centre of another host runs for the municipality without an
// agreement, or under one that lacks the security annex or the data processing agreement. Before
// anything has moved the control does not apply.
func centreAgreement(e *estate, t *tally) {
	for _, id := range e.atCentre() {
		a := e.agreement
		switch {
		case a == nil || !a.Decided() || a.SecurityAnnex != nil && !*a.SecurityAnnex || a.DataProcessing != nil && !*a.DataProcessing:
			t.judge(id, e.register, true)
		case a.SecurityAnnex == nil || a.DataProcessing == nil:
			t.unknown(id)
		default:
			t.judge(id, e.register, false)
		}
	}
	if t.population() == 0 {
		t.notApplicable = NoteNotMoved
	}
}

// atCentre lists the systems, and the assets outside them, that a centre of another host runs.
func (e *estate) atCentre() []string {
	foreign := func(centre string) bool {
		c, ok := e.in.Snapshot.Centre(centre)
		return centre != "" && (!ok || c.Host != e.code)
	}
	var ids []string
	covered := map[string]bool{}
	for _, s := range e.systems {
		moved := foreign(s.OperatedBy) || s.OperatedBy == "" && s.Hosting == inventory.HostingCentre
		for _, id := range s.Assets {
			if a := e.byID[id]; a != nil && foreign(a.OperatedBy) {
				moved, covered[id] = true, true
			}
		}
		if moved {
			ids = append(ids, s.ID)
		}
	}
	for _, a := range e.assets {
		if foreign(a.OperatedBy) && !covered[a.ID] {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// exitPlan is 21d-06: contracts with important suppliers that end within a year and have no plan
// for exit or renewal.
func exitPlan(e *estate, t *tally) {
	for _, c := range e.contracts {
		if c.Importance < important || !c.Until.Known() || c.Until > e.in.AsOf.AddDays(365) {
			continue
		}
		if c.ExitPlan == nil {
			t.unknown(c.ID)
			continue
		}
		t.judge(c.ID, e.register, !*c.ExitPlan)
	}
}
