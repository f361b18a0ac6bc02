// Package evaluate judges a plan: what it costs and how sure that is, what it is worth over the years,
// who pays, how risky each move is, what it does to security, and whether centres and links bear it.
//
// Evaluate is a pure function of a plan, the snapshot it stands on, and settings. Every figure is a
// range or says that it is not known, and carries what it stands on: the plan, the inventory, a named
// source with its date, or an assumption. What is not known is listed and never counted as zero in
// silence; savings are never presumed. The package compares and draws no conclusion.
package evaluate

import (
	"errors"
	"fmt"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Input is all that an evaluation depends on.
type Input struct {
	Plan     planner.Plan
	Snapshot *inventory.Snapshot // the one that the plan stands on
	Planning planner.Settings    // that the plan was made with: its unit prices and limits
	Settings Settings

	// The gap assessments of the municipalities and the catalogue they follow; nil: the effect on
	// security is not known.
	Catalogue   *nis2.Catalogue
	Assessments []nis2.Assessment
}

// Evaluation is what there is to say about a plan. Slices are in a fixed order.
type Evaluation struct {
	AsOf     inventory.Date `json:"as_of"`
	Snapshot string         `json:"snapshot"` // hash, as in the plan
	Demo     bool           `json:"demo"`
	Notice   string         `json:"notice,omitempty"`

	Cost        Cost             `json:"cost"`
	Value       Value            `json:"value"`
	Outcomes    []Outcome        `json:"outcomes"` // per municipality, by code
	Funding     Funding          `json:"funding"`
	Allocations []Allocation     `json:"allocations"` // of the joint costs, one per key
	Risk        Risk             `json:"risk"`
	Security    Security         `json:"security"`
	Capacity    []CapacityStep   `json:"capacity"` // per centre and wave
	Links       []LinkStep       `json:"links"`    // per municipality and wave
	Comparison  []Comparison     `json:"comparison"`
	Unknown     []planner.Reason `json:"unknown"` // what no figure above counts, and why
}

// validate reports everything that no evaluation could be made from.
func (in Input) validate() error {
	if in.Snapshot == nil {
		return errors.New("evaluate: no snapshot of the estate; give the one that the plan stands on")
	}
	faults := []error{in.Planning.Validate(), in.Settings.Validate()}
	if !in.Plan.AsOf.Known() {
		faults = append(faults, errors.New("evaluate: the plan has no date; make one with planner.Propose"))
	}
	members := map[string]bool{}
	for _, a := range in.Plan.Assignments {
		members[a.Municipality] = true
	}
	for _, g := range in.Plan.Groups {
		if len(g.Assets) == 0 {
			faults = append(faults, fmt.Errorf("evaluate: group %q of the plan has no servers", g.ID))
		}
		if !members[g.Municipality] {
			faults = append(faults, fmt.Errorf("evaluate: group %q is of municipality %q, which the plan assigns to no centre", g.ID, g.Municipality))
		}
	}
	return errors.Join(faults...)
}

// Evaluate works everything out. It fails only on settings or input that make no sense.
func Evaluate(in Input) (Evaluation, error) {
	if err := in.validate(); err != nil {
		return Evaluation{}, err
	}
	x := newEstate(in)
	e := Evaluation{AsOf: in.Plan.AsOf, Snapshot: in.Plan.Snapshot, Demo: in.Plan.Demo, Notice: in.Plan.Notice}
	e.Cost = x.cost()
	e.Value = x.value(x.planFlow())
	e.Allocations = x.allocations(e.Cost)
	e.Outcomes = x.outcomes(e.Cost)
	e.Funding = x.funding(e.Cost)
	e.Risk = x.risk()
	e.Security = x.security()
	e.Capacity = x.capacity()
	e.Links = x.links()
	e.Comparison = x.comparison(e.Cost, e.Value)
	e.Unknown = x.unknown
	return e, nil
}
