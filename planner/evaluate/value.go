package evaluate

import (
	"math"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Value is what the plan is worth over the years in DKK. Costs are positive in the years' columns;
// present values are of costs and savings together, so that below zero means that it costs more than
// it saves. Year 0 is the year of the plan's date.
type Value struct {
	BaseYear int           `json:"base_year"`
	Years    []YearValue   `json:"years"`
	NPV      planner.Range `json:"npv_dkk"` // what the public pays, today's prices
	// Socio is NPV in consumer prices (times the net tax factor); SocioDistorted also takes off what
	// collecting the tax loses. Which of the two the guidance asks for depends on its edition.
	Socio          planner.Range `json:"socio_dkk"`
	SocioDistorted planner.Range `json:"socio_distorted_dkk"`
	Basis          []NamedBasis  `json:"basis"`
}

// NamedBasis is a number that a result rests on, with what it stands on itself.
type NamedBasis struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Basis Basis   `json:"basis"`
}

// YearValue is one year of the horizon.
type YearValue struct {
	Year          int           `json:"year"`
	OneOff        planner.Range `json:"one_off_dkk"`        // today's prices
	RunningChange planner.Range `json:"running_change_dkk"` // against today; negative is a saving
	Budget        planner.Range `json:"budget_dkk"`         // both together in the year's own prices
	Discount      float64       `json:"discount"`           // factor to present value
}

// flow is cost by year, counted from the base year.
type flow struct{ oneOff, running []planner.Range }

func (x *estate) newFlow() flow {
	n := x.in.Settings.Economy.Years + 1
	return flow{make([]planner.Range, n), make([]planner.Range, n)}
}

func (x *estate) baseYear() int { return x.plan.AsOf.Time().Year() }

// addEntry parts an entry among the years of the horizon.
func (x *estate) addEntry(f flow, e planner.Entry) {
	base := x.baseYear()
	first, last := e.From.Time().Year(), (e.To - 1).Time().Year()
	for year := max(first, base); year <= min(last, base+len(f.oneOff)-1); year++ {
		t := year - base
		f.oneOff[t] = f.oneOff[t].Plus(e.Between(inventory.NewDate(year, 1, 1), inventory.NewDate(year+1, 1, 1)))
	}
}

// addRunning adds a change of running cost, per year, from a date on.
func (x *estate) addRunning(f flow, perYear planner.Range, from inventory.Date) {
	for t := range f.running {
		first, next := inventory.NewDate(x.baseYear()+t, 1, 1), inventory.NewDate(x.baseYear()+t+1, 1, 1)
		if from = max(from, first); from < next {
			f.running[t] = f.running[t].Plus(scale(perYear, float64(next-from)/float64(next-first)))
		}
	}
}

// scale multiplies an estimate by a factor that is not negative, without rounding.
func scale(r planner.Range, f float64) planner.Range {
	return planner.Range{Low: r.Low * f, Likely: r.Likely * f, High: r.High * f}
}

// discount is the factor that makes money of year t comparable with money of year 0: the first rate up
// to year 35, the later one for the years after.
func (e Economy) discount(t int) float64 {
	const change = 35
	return math.Pow(1+e.RateFirst.Value, -float64(min(t, change))) * math.Pow(1+e.RateLater.Value, -float64(max(0, t-change)))
}

// npv is the present value of a flow. What costs least is worth most.
func (x *estate) npv(f flow) planner.Range {
	var npv planner.Range
	for t := range f.oneOff {
		npv = npv.Minus(scale(f.oneOff[t].Plus(f.running[t]), x.in.Settings.Economy.discount(t)))
	}
	return npv
}

// socio turns a present value into consumer prices, without and with the loss from taxation. What is
// saved saves tax, too.
func (x *estate) socio(npv planner.Range) (plain, distorted planner.Range) {
	e := x.in.Settings.Economy
	plain = scale(npv, e.TaxFactor.Value)
	return plain, scale(plain, 1+e.Distortion.Value)
}

// runningChange is what a municipality's running cost changes by in a full year after its move.
func (x *estate) runningChange(code string) planner.Range {
	if p, own := x.in.Settings.RunningChangeOf[code]; own {
		return p.Range
	}
	return scale(x.in.Settings.RunningChange.Range, float64(x.moved[code]))
}

// flowsOf gives each municipality's own cost by year: its one-off costs, and changed running costs from
// the day on which its last wave is over.
func (x *estate) flowsOf() map[string]flow {
	flows := map[string]flow{}
	for _, m := range x.municipalities {
		f := x.newFlow()
		if done, moves := x.done[m.Code]; moves {
			x.addRunning(f, x.runningChange(m.Code), done)
		}
		flows[m.Code] = f
	}
	for _, e := range x.ledger {
		x.addEntry(flows[e.Municipality], e)
	}
	return flows
}

// planFlow is the plan's cost by year: that of all municipalities, and the joint costs.
func (x *estate) planFlow() flow {
	f := x.newFlow()
	for _, m := range x.municipalities {
		for t, own := range x.flows[m.Code].oneOff {
			f.oneOff[t] = f.oneOff[t].Plus(own)
			f.running[t] = f.running[t].Plus(x.flows[m.Code].running[t])
		}
	}
	for _, e := range x.joint {
		x.addEntry(f, e)
	}
	return f
}

// value tells what a flow is worth.
func (x *estate) value(f flow) Value {
	e := x.in.Settings.Economy
	v := Value{BaseYear: x.baseYear(), NPV: x.npv(f)}
	v.Socio, v.SocioDistorted = x.socio(v.NPV)
	for t := range f.oneOff {
		v.Years = append(v.Years, YearValue{
			Year: v.BaseYear + t, OneOff: f.oneOff[t], RunningChange: f.running[t], Discount: e.discount(t),
			Budget: scale(f.oneOff[t].Plus(f.running[t]), math.Pow(1+e.PriceAdjustment.Value, float64(t))),
		})
	}
	v.Basis = []NamedBasis{
		{"rate_first", e.RateFirst.Value, e.RateFirst.Basis()},
		{"rate_later", e.RateLater.Value, e.RateLater.Basis()},
		{"tax_factor", e.TaxFactor.Value, e.TaxFactor.Basis()},
		{"distortion", e.Distortion.Value, e.Distortion.Basis()},
		{"price_adjustment", e.PriceAdjustment.Value, e.PriceAdjustment.Basis()},
		{"running_change", x.in.Settings.RunningChange.Likely, x.in.Settings.RunningChange.Basis()},
	}
	return v
}
