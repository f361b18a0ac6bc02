package terraform

import (
	"cmp"
	"slices"
)

// UnitPlan is what one unit's saved plan would do.
type UnitPlan struct {
	Unit      string `json:"unit"`
	Agreement string `json:"agreement"`
	Wave      string `json:"wave"`
	Decided   bool   `json:"decided"`

	NeedsConsent bool `json:"needs_consent,omitzero"` // the agreement asks for the municipality's consent to each move

	PlanSHA256 string    `json:"plan_sha256,omitempty"` // of the saved file
	LockSHA256 string    `json:"lock_sha256,omitempty"` // of the provider lock file; empty: only built-in providers
	Digest     string    `json:"digest,omitempty"`      // of what it would change, see Digest
	Engine     string    `json:"engine"`
	Version    string    `json:"engine_version"`
	ProposedBy string    `json:"proposed_by,omitempty"`
	Add        int       `json:"add"`
	Change     int       `json:"change"`
	Destroy    int       `json:"destroy"`
	Import     int       `json:"import"`    // servers taken under management
	Resources  int       `json:"resources"` // that it would work on
	Refusals   []Refusal `json:"refusals"`
	Error      string    `json:"error,omitempty"` // why there is no plan

	Accepted []Acceptance `json:"accepted,omitempty"` // what persons let stand in place of refusals: who approves must see it

	Changes     []AttributeChange `json:"changes,omitempty"`     // what it would do, for people to read
	MoreChanges int               `json:"more_changes,omitzero"` // lines of it that are only in the saved plan
}

// Planned tells whether there is a saved plan.
func (p UnitPlan) Planned() bool { return p.PlanSHA256 != "" }

// changes is how much the plan would do.
func (p UnitPlan) changes() int { return p.Add + p.Change + p.Destroy + p.Import }

// Result is a run over a set of units. Units that were rendered but not planned (not chosen, no
// engine, stopped) are in the sums as rendered only.
type Result struct {
	Engine   Engine     `json:"engine,omitzero"` // zero: there was none
	Plans    []UnitPlan `json:"units"`           // in the units' order
	Refusals []Refusal  `json:"refusals"`        // why the chosen plans may not all be applied in one run
	rendered []Unit
}

// Rendered is the result when nothing could be planned, for lack of an engine.
func Rendered(units []Unit) Result {
	return Result{Plans: []UnitPlan{}, Refusals: []Refusal{}, rendered: units}
}

// Summary sums up the units of an agreement, or of one of its waves.
type Summary struct {
	Agreement string   `json:"agreement"`
	Wave      string   `json:"wave,omitempty"` // empty in a sum over the whole agreement
	Rendered  int      `json:"rendered"`       // units with HCL
	Planned   int      `json:"planned"`        // of them, units with a saved plan
	Refused   int      `json:"refused"`        // of them, units that a gate refuses
	Servers   int      `json:"servers"`
	Add       int      `json:"add"`
	Change    int      `json:"change"`
	Destroy   int      `json:"destroy"`
	Import    int      `json:"import"`
	Errors    []string `json:"errors,omitempty"`
}

// ByAgreement sums up per agreement, sorted by its id.
func (r Result) ByAgreement() []Summary {
	return r.sum(func(agreement, _ string) Summary { return Summary{Agreement: agreement} })
}

// ByWave sums up per agreement and wave, sorted by their ids.
func (r Result) ByWave() []Summary {
	return r.sum(func(agreement, wave string) Summary { return Summary{Agreement: agreement, Wave: wave} })
}

func (r Result) sum(key func(agreement, wave string) Summary) []Summary {
	type pair struct{ agreement, wave string }
	sums := map[pair]*Summary{}
	at := func(agreement, wave string) *Summary {
		s := key(agreement, wave)
		k := pair{s.Agreement, s.Wave}
		if sums[k] == nil {
			sums[k] = &s
		}
		return sums[k]
	}
	for _, u := range r.rendered {
		s := at(u.Agreement, u.Wave)
		s.Rendered++
		s.Servers += u.Servers
	}
	for _, p := range r.Plans {
		s := at(p.Agreement, p.Wave)
		s.Add, s.Change, s.Destroy, s.Import = s.Add+p.Add, s.Change+p.Change, s.Destroy+p.Destroy, s.Import+p.Import
		if p.Planned() {
			s.Planned++
		}
		if len(p.Refusals) > 0 {
			s.Refused++
		}
		if p.Error != "" {
			s.Errors = append(s.Errors, p.Error)
		}
	}
	var list []Summary
	for _, s := range sums {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Summary) int {
		return cmp.Or(cmp.Compare(a.Agreement, b.Agreement), cmp.Compare(a.Wave, b.Wave))
	})
	return list
}
