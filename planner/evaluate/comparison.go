package evaluate

import (
	"github.com/samdrift/samdrift/planner"
)

// PlanKey names the plan itself among what is compared.
const PlanKey = "plan"

// Comparison is the plan, or something else that could be done with the same servers, by the same
// formulas. The options' prices are settings; samdrift draws no conclusion from them.
type Comparison struct {
	Key            string        `json:"key"`
	OneOff         planner.Range `json:"one_off_dkk"`
	RunningChange  planner.Range `json:"running_change_dkk"` // a full year against today; negative is a saving
	NPV            planner.Range `json:"npv_dkk"`
	Socio          planner.Range `json:"socio_dkk"`
	SocioDistorted planner.Range `json:"socio_distorted_dkk"`
	Basis          []NamedBasis  `json:"basis"`
}

// comparison puts the plan beside the options. An option's one-off cost falls evenly from today until
// the deadline, and its running costs change from then on.
func (x *estate) comparison(c Cost, v Value) []Comparison {
	own := Comparison{Key: PlanKey, OneOff: c.Total.Plus(c.Joint), NPV: v.NPV, Socio: v.Socio, SocioDistorted: v.SocioDistorted}
	municipalities, servers := 0.0, 0.0
	for _, m := range x.municipalities {
		if _, moves := x.done[m.Code]; moves {
			municipalities++
			servers += float64(x.moved[m.Code])
			own.RunningChange = own.RunningChange.Plus(x.runningChange(m.Code))
		}
	}
	for _, p := range c.Parts {
		b := NamedBasis{Name: string(p.Part), Basis: p.Basis}
		if p.Total != nil {
			b.Value = p.Total.Likely
		}
		own.Basis = append(own.Basis, b)
	}
	own.Basis = append(own.Basis, NamedBasis{"running_change", x.in.Settings.RunningChange.Likely, x.in.Settings.RunningChange.Basis()})
	out := []Comparison{own}
	for _, o := range x.in.Settings.Options {
		out = append(out, x.option(o, municipalities, servers))
	}
	return out
}

// option prices one option for as many municipalities and servers as the plan moves.
func (x *estate) option(o Option, municipalities, servers float64) Comparison {
	c := Comparison{Key: o.Key, OneOff: o.PerMunicipality.Times(municipalities).Plus(o.PerServer.Times(servers)), RunningChange: scale(o.RunningChange.Range, servers),
		Basis: []NamedBasis{
			{"per_municipality", o.PerMunicipality.Likely, o.PerMunicipality.Basis()},
			{"per_server", o.PerServer.Likely, o.PerServer.Basis()},
			{"running_change", o.RunningChange.Likely, o.RunningChange.Basis()},
		}}
	from, to := x.plan.AsOf, x.plan.Deadline
	if to <= from {
		to = from + 1
	}
	f := x.newFlow()
	x.addEntry(f, planner.Entry{From: from, To: to, Total: c.OneOff})
	if o.LeavesContracts {
		for _, e := range x.ledger {
			if e.Part == planner.PartExit {
				x.addEntry(f, e)
				c.OneOff = c.OneOff.Plus(e.Total)
			}
		}
		c.Basis = append(c.Basis, NamedBasis{string(planner.PartExit), 0, Basis{Kind: FromPlan}})
	}
	x.addRunning(f, c.RunningChange, to)
	c.NPV = x.npv(f)
	c.Socio, c.SocioDistorted = x.socio(c.NPV)
	return c
}
