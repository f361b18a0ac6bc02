package evaluate

import (
	"maps"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// The parts of the cost beyond the planner's own.
const (
	PartOldSite   planner.Part = "old_site"  // fixed cost of the old site from the first cutover until the last wave is over
	PartLease     planner.Part = "lease"     // days in a server room beyond its lease
	PartExtension planner.Part = "extension" // contracts that end before the cutover and must be prolonged
	PartJoint     planner.Part = "joint"     // costs that belong to no single municipality
)

// Parts lists every part in the order in which they are shown.
var Parts = []planner.Part{planner.PartMove, planner.PartTest, planner.PartDouble, PartOldSite, PartLease, planner.PartExit, PartExtension}

// running are the parts that grow with every day that a municipality's move lasts.
var running = []planner.Part{planner.PartDouble, PartOldSite, PartLease}

// Cost is the one-off cost of the move in DKK, in today's prices. The parts, the years' direct costs
// and the municipalities each sum to Total, and the years' joint costs to Joint, to the krone.
type Cost struct {
	Parts          []PartCost                 `json:"parts"`
	Total          planner.Range              `json:"total_dkk"` // of what is known, joint costs left out
	Joint          planner.Range              `json:"joint_dkk"`
	ByYear         []YearCost                 `json:"by_year"`
	ByMunicipality []planner.MunicipalityCost `json:"by_municipality"` // joint costs left out
	Weeks          []Week                     `json:"weeks"`
	WeekEarlier    WeekEarlier                `json:"week_earlier"`
	Unknown        []planner.Reason           `json:"unknown"` // what Total does not count
}

// PartCost is one part of the cost and what it stands on.
type PartCost struct {
	Part    planner.Part     `json:"part"`
	Total   *planner.Range   `json:"total_dkk"` // nil: nothing of it is known
	Basis   Basis            `json:"basis"`
	Unknown []planner.Reason `json:"unknown"` // what Total does not count
}

// unknownOf tells to which part something unknown belongs.
var unknownOf = map[string]planner.Part{
	"old_site_unknown": PartOldSite, "leases_unknown": PartLease, "contract_ends_unknown": planner.PartExit,
	"exit_fees_unknown": planner.PartExit, "contract_prices_unknown": PartExtension,
}

// YearCost is what falls in one calendar year.
type YearCost struct {
	Year   int           `json:"year"`
	Direct planner.Range `json:"direct_dkk"`
	Joint  planner.Range `json:"joint_dkk"`
	Total  planner.Range `json:"total_dkk"`
}

// Week is what running in two places costs in one week. The weeks sum to the parts that run.
type Week struct {
	Monday  inventory.Date `json:"monday"`
	Servers int            `json:"servers"` // that run in two places on some day of the week
	Total   planner.Range  `json:"total_dkk"`
}

// WeekEarlier is what would be saved if the last wave of every municipality were over one week earlier
// and all else as planned: the derivative of the cost by time. Fees, which jump on one date, are not
// in it.
type WeekEarlier struct {
	Total          planner.Range              `json:"total_dkk"`
	ByMunicipality []planner.MunicipalityCost `json:"by_municipality"`
}

// book writes the ledger: the planner's own entries, and those that only the evaluation knows of.
func (x *estate) book() {
	x.ledger = planner.Ledger(x.plan, x.in.Snapshot, x.in.Planning)
	for _, m := range x.municipalities {
		done, moves := x.done[m.Code]
		if !moves {
			continue
		}
		if price, known := x.in.Settings.OldSites[m.Code]; !known {
			x.missing("old_site_unknown", "municipality", m.Code)
		} else if from := x.first[m.Code]; from < done {
			x.enter(PartOldSite, m.Code, from, done, price.Times(float64(done-from)/365))
		}
		for _, l := range x.in.Planning.Leases {
			if l.Municipality == m.Code && l.Until < done {
				cost := float64(l.DKKPerDay) * float64(done-l.Until)
				x.enter(PartLease, m.Code, l.Until+1, done+1, exactly(cost))
			}
		}
	}
	if len(x.in.Planning.Leases) == 0 && len(x.done) > 0 {
		x.missing("leases_unknown")
	}
	x.bookContracts()
	undated := 0
	for _, g := range x.plan.Groups {
		if g.Wave == "" {
			undated++
		}
	}
	if undated > 0 {
		x.missing("groups_without_date", "count", undated)
	}
	for _, j := range x.in.Settings.Joint {
		x.joint = append(x.joint, planner.Entry{Part: PartJoint, From: j.From, To: j.To + 1, Total: j.Price.Times(1)})
	}
}

func (x *estate) enter(part planner.Part, municipality string, from, to inventory.Date, total planner.Range) {
	x.ledger = append(x.ledger, planner.Entry{Part: part, Municipality: municipality, From: from, To: to, Total: total})
}

// bookContracts prices the contracts that end before their systems move, and counts those of which
// too little is known to price anything.
func (x *estate) bookContracts() {
	noEnd, noFee, noPrice := map[string]int{}, map[string]int{}, map[string]int{}
	for _, l := range planner.LeftContracts(x.plan, x.in.Snapshot) {
		c := l.Contract
		switch {
		case !c.Until.Known():
			noEnd[l.Municipality]++
		case c.Until > l.Night && c.ExitFeeDKK == 0:
			noFee[l.Municipality]++
		case c.Until >= l.Night:
		case c.AnnualDKK == 0:
			noPrice[l.Municipality]++
		default:
			from := min(max(c.Until+1, x.plan.AsOf), l.Night)
			x.ledger = append(x.ledger, planner.Entry{Part: PartExtension, Municipality: l.Municipality, Wave: l.Wave, Contract: c.ID,
				From: from, To: l.Night + 1, Total: x.extension(c, int(l.Night+1-from))})
		}
	}
	for _, count := range []struct {
		rule string
		of   map[string]int
	}{{"contract_ends_unknown", noEnd}, {"exit_fees_unknown", noFee}, {"contract_prices_unknown", noPrice}} {
		for _, code := range slices.Sorted(maps.Keys(count.of)) {
			x.missing(count.rule, "municipality", code, "count", count.of[code])
		}
	}
}

// extension prices a prolonged contract. Low and likely: the days it is needed, with what the supplier
// adds. High: the supplier sells whole years.
func (x *estate) extension(c inventory.Contract, days int) planner.Range {
	add, annual := x.in.Settings.Extension, float64(c.AnnualDKK)
	years, whole := float64(days)/365, float64((days+364)/365)
	return planner.Range{Low: annual * years * (1 + add.Low), Likely: annual * years * (1 + add.Likely), High: annual * whole * (1 + add.High)}.Times(1)
}

// cost sums the ledger up.
func (x *estate) cost() Cost {
	c := Cost{Unknown: slices.Clone(x.unknown)}
	parts, municipalities := map[planner.Part]planner.Range{}, map[string]planner.Range{}
	earlier := map[string]planner.Range{}
	for _, e := range x.ledger {
		parts[e.Part] = parts[e.Part].Plus(e.Total)
		municipalities[e.Municipality] = municipalities[e.Municipality].Plus(e.Total)
		c.Total = c.Total.Plus(e.Total)
		if slices.Contains(running, e.Part) {
			saved := e.Between(e.To-7, e.To)
			earlier[e.Municipality] = earlier[e.Municipality].Plus(saved)
			c.WeekEarlier.Total = c.WeekEarlier.Total.Plus(saved)
		}
	}
	unknown := map[planner.Part][]planner.Reason{}
	for _, r := range x.unknown {
		unknown[unknownOf[r.Rule]] = append(unknown[unknownOf[r.Rule]], r)
	}
	for _, part := range Parts {
		p := PartCost{Part: part, Basis: Basis{Kind: NotKnown}, Unknown: unknown[part]}
		if total, booked := parts[part]; booked || len(p.Unknown) == 0 {
			p.Total, p.Basis = &total, x.basis(part)
		}
		c.Parts = append(c.Parts, p)
	}
	for _, e := range x.joint {
		c.Joint = c.Joint.Plus(e.Total)
	}
	c.ByMunicipality, c.WeekEarlier.ByMunicipality = rows(municipalities), rows(earlier)
	c.ByYear = x.byYear()
	c.Weeks = x.weeks()
	return c
}

func rows(of map[string]planner.Range) []planner.MunicipalityCost {
	out := make([]planner.MunicipalityCost, 0, len(of))
	for _, code := range slices.Sorted(maps.Keys(of)) {
		out = append(out, planner.MunicipalityCost{Municipality: code, Total: of[code]})
	}
	return out
}

// basis tells what a part stands on.
func (x *estate) basis(part planner.Part) Basis {
	own, standard := x.in.Planning, planner.DefaultSettings()
	changed := func(price, assumed planner.Range) Basis {
		if price == assumed {
			return Basis{Kind: Assumption}
		}
		return Basis{Kind: FromSource, Source: "planner settings"}
	}
	switch part {
	case planner.PartMove:
		return changed(own.PriceServerMove, standard.PriceServerMove)
	case planner.PartTest:
		return changed(own.PriceGroupTest, standard.PriceGroupTest)
	case planner.PartDouble:
		return changed(own.PriceServerWeekDouble, standard.PriceServerWeekDouble)
	case planner.PartExit, PartExtension:
		return Basis{Kind: FromInventory, Source: "contracts"}
	case PartLease:
		return Basis{Kind: FromSource, Source: "planner settings"}
	}
	for _, code := range slices.Sorted(maps.Keys(x.in.Settings.OldSites)) {
		if b := x.in.Settings.OldSites[code].Basis(); b.Kind == Assumption {
			return b
		}
	}
	return Basis{Kind: FromSource, Source: "evaluation settings"}
}

// byYear parts direct and joint costs among the calendar years.
func (x *estate) byYear() []YearCost {
	years := map[int]*YearCost{}
	part := func(ledger []planner.Entry, add func(*YearCost, planner.Range)) {
		for _, e := range ledger {
			for year, last := e.From.Time().Year(), (e.To - 1).Time().Year(); year <= last; year++ {
				y := years[year]
				if y == nil {
					y = &YearCost{Year: year}
					years[year] = y
				}
				r := e.Between(inventory.NewDate(year, 1, 1), inventory.NewDate(year+1, 1, 1))
				add(y, r)
				y.Total = y.Total.Plus(r)
			}
		}
	}
	part(x.ledger, func(y *YearCost, r planner.Range) { y.Direct = y.Direct.Plus(r) })
	part(x.joint, func(y *YearCost, r planner.Range) { y.Joint = y.Joint.Plus(r) })
	out := make([]YearCost, 0, len(years))
	for _, year := range slices.Sorted(maps.Keys(years)) {
		out = append(out, *years[year])
	}
	return out
}

// weeks parts what runs in two places among the weeks.
func (x *estate) weeks() []Week {
	weeks := map[inventory.Date]*Week{}
	servers := map[string]int{}
	for _, g := range x.plan.Groups {
		servers[g.ID] = len(g.Assets)
	}
	for _, e := range x.ledger {
		if !slices.Contains(running, e.Part) {
			continue
		}
		for monday := e.From.Monday(); monday < e.To; monday += 7 {
			w := weeks[monday]
			if w == nil {
				w = &Week{Monday: monday}
				weeks[monday] = w
			}
			w.Total = w.Total.Plus(e.Between(monday, monday+7))
			if e.Part == planner.PartDouble {
				w.Servers += servers[e.Group]
			}
		}
	}
	out := make([]Week, 0, len(weeks))
	for _, monday := range slices.Sorted(maps.Keys(weeks)) {
		out = append(out, *weeks[monday])
	}
	return out
}
