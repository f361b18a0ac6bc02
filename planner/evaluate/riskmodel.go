package evaluate

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Factor is something that commonly makes a move go wrong.
type Factor string

// The factors. Each has a value of 0 (nothing against it) to 1, size apart, which may be more.
const (
	UnknownDependencies Factor = "unknown_dependencies" // share of servers without traffic, and a tenth for each cut edge to a group whose systems have no owner
	EndOfLife           Factor = "os_end_of_life"       // share of servers whose operating system is out of support on the night
	Size                Factor = "size"                 // how many times the servers of one crew's night must be doubled to hold it
	Churn               Factor = "churn"                // data that changes in a day while it is copied, 1 at 100 GB
	Appliance           Factor = "appliance"            // share of servers with a system that no life-cycle table knows: a vendor's own
	NoRollback          Factor = "no_rollback"          // share of servers without a known backup; half of one whose restore was never tested
	NoTest              Factor = "no_test"              // 1 without a test environment
	StaffNotTransferred Factor = "staff_not_transferred"
)

// Factors lists every factor in the order in which they are shown.
var Factors = []Factor{UnknownDependencies, EndOfLife, Size, Churn, Appliance, NoRollback, NoTest, StaffNotTransferred}

// RiskModel turns factors into a probability: the log-odds are Base plus weight times value of every
// factor. Nothing of it is measured until a cooperation fits it to its own moves.
type RiskModel struct {
	Base        Figure             `json:"base" yaml:"base"`                                     // log-odds of a move with nothing against it
	Weights     map[Factor]float64 `json:"weights" yaml:"weights"`                               // log-odds per unit of a factor
	Assumed     Figure             `json:"assumed" yaml:"assumed"`                               // value that the likely figure takes where a factor is not known, 0-1
	Hours       Price              `json:"hours" yaml:"hours"`                                   // that users are without their system when a move goes wrong
	Criticality [5]float64         `json:"weights_of_criticality" yaml:"weights_of_criticality"` // what an hour counts by criticality; the first is where it is not known
	TestedGroup map[string]bool    `json:"tested" yaml:"tested"`                                 // group or system id → whether it has a test environment; missing is unknown
	Likelihoods [4]float64         `json:"likelihood_steps" yaml:"likelihood_steps"`             // probabilities from which likelihood is 2, 3, 4, 5
	Impacts     [4]float64         `json:"impact_steps" yaml:"impact_steps"`                     // weighted user-hours from which impact is 2, 3, 4, 5
	Source      string             `json:"source,omitempty" yaml:"source"`
	Date        inventory.Date     `json:"date,omitzero" yaml:"date"`
}

// Basis tells what the model stands on.
func (m RiskModel) Basis() Basis { return basisOf(m.Source, m.Date) }

func defaultRisk() RiskModel {
	return RiskModel{
		Base: Figure{Value: -3}, // about 5 %
		Weights: map[Factor]float64{
			UnknownDependencies: 1.2, EndOfLife: 0.8, Size: 0.5, Churn: 0.6, Appliance: 0.5, NoRollback: 1, NoTest: 0.7, StaffNotTransferred: 0.6,
		},
		Assumed:     Figure{Value: 0.5},
		Criticality: [5]float64{3, 1, 2, 4, 8},
		Likelihoods: [4]float64{0.05, 0.10, 0.20, 0.40},
		Impacts:     [4]float64{100, 1_000, 5_000, 20_000},
		Hours:       hours(2, 6, 24),
	}
}

func hours(low, likely, high float64) Price {
	p := Price{}
	p.Low, p.Likely, p.High = low, likely, high
	return p
}

func (m RiskModel) validate() error {
	faults := []error{m.Hours.notNegative("risk.hours")}
	for f, w := range m.Weights {
		if !slices.Contains(Factors, f) || math.IsNaN(w) || w < 0 {
			faults = append(faults, fmt.Errorf("evaluate.risk.weights.%s is %g, want 0 or more for one of %v", f, w, Factors))
		}
	}
	if a := m.Assumed.Value; !(a >= 0 && a <= 1) {
		faults = append(faults, fmt.Errorf("evaluate.risk.assumed is %g, want 0 to 1", a))
	}
	if !slices.IsSorted(m.Likelihoods[:]) || !slices.IsSorted(m.Impacts[:]) {
		faults = append(faults, fmt.Errorf("evaluate.risk: steps %v and %v must rise", m.Likelihoods, m.Impacts))
	}
	for _, w := range m.Criticality {
		if !(w >= 0) {
			faults = append(faults, fmt.Errorf("evaluate.risk: weights of criticality are %v, want 0 or more", m.Criticality))
			break
		}
	}
	return errors.Join(faults...)
}

// logistic turns log-odds into a probability.
func logistic(odds float64) float64 { return 1 / (1 + math.Exp(-odds)) }

// step gives 1 to 5: one more than the number of steps that the value has reached.
func step(steps [4]float64, v float64) int {
	n := 1
	for _, s := range steps {
		if v >= s {
			n++
		}
	}
	return n
}
