package evaluate

import (
	"errors"
	"fmt"
	"math"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Kind tells what sort of thing a figure stands on.
type Kind string

// The kinds. What no one has given a source for is an assumption, and shown as one.
const (
	FromPlan      Kind = "plan"       // follows from the plan's dates and groups
	FromInventory Kind = "inventory"  // seen or registered in the snapshot
	FromFacts     Kind = "facts"      // embedded facts
	FromSource    Kind = "source"     // a setting whose source is named
	Assumption    Kind = "assumption" // a setting that nobody has vouched for
	NotKnown      Kind = "unknown"    // nothing: the figure is missing
)

// Basis is what a figure stands on.
type Basis struct {
	Kind   Kind           `json:"kind"`
	Source string         `json:"source,omitempty"` // in the words of whoever gave the figure
	Date   inventory.Date `json:"date,omitzero"`    // of the source
}

// Figure is one number that a formula needs. Without a source it is an assumption.
type Figure struct {
	Value  float64        `json:"value" yaml:"value"`
	Source string         `json:"source,omitempty" yaml:"source"`
	Date   inventory.Date `json:"date,omitzero" yaml:"date"`
}

// Basis tells what the number stands on.
func (f Figure) Basis() Basis { return basisOf(f.Source, f.Date) }

// Price is a three-point estimate that a formula needs, in DKK where nothing else is said. Without a
// source it is an assumption.
type Price struct {
	planner.Range `yaml:",inline"`

	Source string         `json:"source,omitempty" yaml:"source"`
	Date   inventory.Date `json:"date,omitzero" yaml:"date"`
}

// Basis tells what the estimate stands on.
func (p Price) Basis() Basis { return basisOf(p.Source, p.Date) }

// validate refuses an estimate whose points are out of order or not numbers.
func (p Price) validate(name string) error {
	if !(p.Low <= p.Likely && p.Likely <= p.High) || math.IsInf(p.Low, 0) || math.IsInf(p.High, 0) {
		return fmt.Errorf("evaluate.%s is %g/%g/%g, want low <= likely <= high", name, p.Low, p.Likely, p.High)
	}
	return nil
}

// notNegative refuses an estimate that could be below zero.
func (p Price) notNegative(name string) error {
	if p.Low < 0 {
		return errors.Join(p.validate(name), fmt.Errorf("evaluate.%s may be %g, want 0 or more", name, p.Low))
	}
	return p.validate(name)
}

func basisOf(source string, date inventory.Date) Basis {
	if source == "" {
		return Basis{Kind: Assumption}
	}
	return Basis{Kind: FromSource, Source: source, Date: date}
}
