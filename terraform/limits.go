package terraform

import (
	"errors"
	"fmt"
)

// Limits bound how much one run may touch.
type Limits struct {
	UnitsPerRun    int `yaml:"units_per_run" json:"units_per_run"`       // units with changes in one run
	UnitsPerWave   int `yaml:"units_per_wave" json:"units_per_wave"`     // units with changes in one wave
	ChangesPerUnit int `yaml:"changes_per_unit" json:"changes_per_unit"` // resources changed in one unit
}

// DefaultLimits leave room for a whole wave of the planner's default size, one run at a time.
func DefaultLimits() Limits { return Limits{UnitsPerRun: 40, UnitsPerWave: 40, ChangesPerUnit: 60} }

// Validate reports every limit that would stop everything.
func (l Limits) Validate() error {
	var faults []error
	for name, n := range map[string]int{"units_per_run": l.UnitsPerRun, "units_per_wave": l.UnitsPerWave, "changes_per_unit": l.ChangesPerUnit} {
		if n < 1 {
			faults = append(faults, fmt.Errorf("terraform.limits.%s is %d, want 1 or more", name, n))
		}
	}
	return errors.Join(faults...)
}

// unit refuses a plan that touches too much of one unit.
func (l Limits) unit(p *UnitPlan) []Refusal {
	if n := p.changes(); n > l.ChangesPerUnit {
		return []Refusal{{Gate: GateBlastRadius, Reason: fmt.Sprintf("changes %d resources, the limit is %d in one unit", n, l.ChangesPerUnit)}}
	}
	return nil
}

// BlastRadius refuses a set of plans that together would touch too much, before any is applied.
func BlastRadius(plans []UnitPlan, l Limits) []Refusal {
	var refusals []Refusal
	run := 0
	waves := map[string]int{}
	for _, p := range plans {
		if p.changes() > 0 {
			run++
			waves[p.Wave]++
		}
	}
	for _, wave := range sortedKeys(waves) {
		if waves[wave] > l.UnitsPerWave {
			refusals = append(refusals, Refusal{Gate: GateBlastRadius, Resource: wave,
				Reason: fmt.Sprintf("changes %d units, the limit is %d in one wave", waves[wave], l.UnitsPerWave)})
		}
	}
	if run > l.UnitsPerRun {
		refusals = append(refusals, Refusal{Gate: GateBlastRadius,
			Reason: fmt.Sprintf("changes %d units, the limit is %d in one run: choose fewer waves or agreements", run, l.UnitsPerRun)})
	}
	return refusals
}
