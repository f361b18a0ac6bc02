package evaluate

import (
	"github.com/samdrift/samdrift/planner"
)

// Verdict says on which side of zero an outcome lies, over its whole range.
type Verdict string

// The verdicts.
const (
	Gains   Verdict = "gains"   // even the low end is above zero
	Loses   Verdict = "loses"   // even the high end is below zero
	Either  Verdict = "either"  // zero lies within the range
	Unmoved Verdict = "unmoved" // it moves nothing and shares nothing
)

// Outcome is what the plan means for one municipality's money. Over all municipalities the present
// values sum to the plan's, when the joint costs could be shared.
type Outcome struct {
	Municipality  string           `json:"municipality"`
	Servers       int              `json:"servers"`            // that move
	Direct        planner.Range    `json:"direct_dkk"`         // one-off
	Joint         planner.Range    `json:"joint_dkk"`          // its share by the first key
	RunningChange planner.Range    `json:"running_change_dkk"` // a year, against today; negative is a saving
	NPV           planner.Range    `json:"npv_dkk"`
	Verdict       Verdict          `json:"verdict"` // by what is known
	Basis         Basis            `json:"basis"`   // of the running cost; the direct costs' stands with the parts
	Unknown       []planner.Reason `json:"unknown"` // what it does not count
}

// outcomes tells who gains and who loses.
func (x *estate) outcomes(c Cost) []Outcome {
	var weights []float64
	if keys := x.in.Settings.Keys; len(keys) > 0 {
		weights, _ = keys[0].weights(Members(x.plan, x.in.Snapshot))
	}
	if weights == nil && len(x.joint) > 0 {
		x.missing("joint_costs_unshared")
	}
	joint := x.newFlow()
	for _, e := range x.joint {
		x.addEntry(joint, e)
	}
	direct := map[string]planner.Range{}
	for _, m := range c.ByMunicipality {
		direct[m.Municipality] = m.Total
	}
	missing := map[string][]planner.Reason{}
	for _, r := range x.unknown {
		missing[r.Params["municipality"]] = append(missing[r.Params["municipality"]], r)
	}
	out := make([]Outcome, 0, len(x.municipalities))
	for i, m := range x.municipalities {
		o := Outcome{Municipality: m.Code, Servers: x.moved[m.Code], Direct: direct[m.Code], NPV: x.npv(x.flows[m.Code]), Unknown: missing[m.Code]}
		if _, moves := x.done[m.Code]; moves {
			o.RunningChange = x.runningChange(m.Code)
		}
		o.Basis = x.in.Settings.RunningChange.Basis()
		if own, ok := x.in.Settings.RunningChangeOf[m.Code]; ok {
			o.Basis = own.Basis()
		}
		if weights != nil {
			o.Joint = scale(c.Joint, weights[i])
			o.NPV = o.NPV.Plus(scale(x.npv(joint), weights[i]))
		}
		switch {
		case o.NPV == planner.Range{} && o.Servers == 0:
			o.Verdict = Unmoved
		case o.NPV.Low > 0:
			o.Verdict = Gains
		case o.NPV.High < 0:
			o.Verdict = Loses
		default:
			o.Verdict = Either
		}
		out = append(out, o)
	}
	return out
}
