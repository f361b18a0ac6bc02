package evaluate

import (
	"github.com/samdrift/samdrift/inventory/facts"
	"github.com/samdrift/samdrift/planner"
)

// Funding holds the cost by year against what has been granted. No source splits the national grant by
// year or municipality, so it is only a yardstick: the cooperation's part by population, and what is
// left of that after each year. Money that the cooperation knows to be its own is a Grant in the
// settings, and gives a gap.
type Funding struct {
	National      facts.Funding `json:"national"`
	PopulationOf  *float64      `json:"population_share"` // of the country, 0-1; nil: some municipality's population is not known
	Yardstick     *float64      `json:"yardstick_dkk"`    // the national grant times that share
	Basis         Basis         `json:"basis"`            // of the yardstick
	Years         []FundingYear `json:"years"`
	GrantsUnknown bool          `json:"grants_unknown"` // the cooperation has named no grants of its own
}

// FundingYear is one year's cost in DKK of today and what is there to pay it.
type FundingYear struct {
	Year    int            `json:"year"`
	Cost    planner.Range  `json:"cost_dkk"` // direct and joint
	Sum     planner.Range  `json:"sum_dkk"`  // up to and with this year
	Left    *planner.Range `json:"left_dkk"` // of the yardstick after this year; below zero: more than it
	Inside  bool           `json:"inside"`   // one of the years that the national grant is for
	Granted *int64         `json:"granted_dkk"`
	Gap     *planner.Range `json:"gap_dkk"` // cost less granted; nil: nothing is known to be granted
	Basis   *Basis         `json:"basis,omitempty"`
}

// funding compares the years' costs with the money.
func (x *estate) funding(c Cost) Funding {
	national := facts.NationalFunding()[0]
	f := Funding{National: national, Years: []FundingYear{}, GrantsUnknown: len(x.in.Settings.Grants) == 0,
		Basis: Basis{Kind: FromFacts, Source: national.Source, Date: national.AsOf}}
	country, here, known := 0, 0, true
	for _, m := range facts.Municipalities() {
		country += m.Population
	}
	for _, m := range x.municipalities {
		if m.Population == 0 {
			x.missing("population_unknown", "municipality", m.Code)
			known = false
		}
		here += m.Population
	}
	if known {
		share := float64(here) / float64(country)
		yardstick := float64(national.DKK) * share
		f.PopulationOf, f.Yardstick = &share, &yardstick
	}

	grants := map[int]Grant{}
	for _, g := range x.in.Settings.Grants {
		sum := grants[g.Year]
		sum.DKK += g.DKK
		if sum.Source == "" {
			sum.Source, sum.Date = g.Source, g.Date
		} else if g.Source != "" && g.Source != sum.Source {
			sum.Source += "; " + g.Source
		}
		grants[g.Year] = sum
	}
	var sum planner.Range
	for _, y := range x.fundingYears(c, grants) {
		sum = sum.Plus(y.Total)
		row := FundingYear{Year: y.Year, Cost: y.Total, Sum: sum, Inside: national.From <= y.Year && y.Year <= national.To}
		if f.Yardstick != nil {
			left := exactly(*f.Yardstick).Minus(sum)
			row.Left = &left
		}
		if g, ok := grants[y.Year]; ok {
			granted := g.DKK
			gap := y.Total.Minus(exactly(float64(g.DKK)))
			basis := basisOf(g.Source, g.Date)
			row.Granted, row.Gap, row.Basis = &granted, &gap, &basis
		}
		f.Years = append(f.Years, row)
	}
	return f
}

// exactly is an estimate without any doubt.
func exactly(v float64) planner.Range { return planner.Range{Low: v, Likely: v, High: v} }

// fundingYears gives every year from the first to the last that has a cost or a grant.
func (x *estate) fundingYears(c Cost, grants map[int]Grant) []YearCost {
	costs := map[int]YearCost{}
	first, last := x.baseYear(), x.baseYear()
	for _, y := range c.ByYear {
		costs[y.Year] = y
		first, last = min(first, y.Year), max(last, y.Year)
	}
	for year := range grants {
		first, last = min(first, year), max(last, year)
	}
	var out []YearCost
	for year := first; year <= last; year++ {
		y := costs[year]
		y.Year = year
		out = append(out, y)
	}
	return out
}
