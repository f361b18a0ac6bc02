package planner

import (
	"math"

	"github.com/samdrift/samdrift/inventory"
)

// Plus adds two estimates.
func (r Range) Plus(o Range) Range {
	return Range{Low: r.Low + o.Low, Likely: r.Likely + o.Likely, High: r.High + o.High}
}

// Times multiplies by a number of units that is not negative, to whole kroner so that sums in any
// order agree.
func (r Range) Times(n float64) Range {
	return Range{Low: math.Round(r.Low * n), Likely: math.Round(r.Likely * n), High: math.Round(r.High * n)}
}

// Minus gives the difference of two estimates that vary independently: its low end is where r is low
// and o is high.
func (r Range) Minus(o Range) Range {
	return Range{Low: r.Low - o.High, Likely: r.Likely - o.Likely, High: r.High - o.Low}
}

// Part is a kind of cost.
type Part string

// The parts of the cost that follow from a plan and the planner's settings alone.
const (
	PartMove   Part = "move"           // people's time per server
	PartTest   Part = "test"           // rehearsal and test per group
	PartDouble Part = "double_running" // old and new at once
	PartExit   Part = "early_exit"     // contracts left before their end
)

// Entry is one cost in DKK: what for, whose, and on which days it falls. A cost of one day has To the
// day after From.
type Entry struct {
	Part         Part           `json:"part"`
	Municipality string         `json:"municipality"`
	Wave         string         `json:"wave,omitempty"`
	Group        string         `json:"group,omitempty"`
	Contract     string         `json:"contract,omitempty"`
	From         inventory.Date `json:"from"`
	To           inventory.Date `json:"to"` // not included
	Total        Range          `json:"total_dkk"`
}

// Between gives what falls on the days from one date up to another, not included. However the days are
// parted, the parts sum to Total to the krone.
func (e Entry) Between(from, to inventory.Date) Range {
	a, b := e.until(from), e.until(to)
	return Range{Low: b.Low - a.Low, Likely: b.Likely - a.Likely, High: b.High - a.High}
}

// until gives what falls before a date.
func (e Entry) until(d inventory.Date) Range {
	switch {
	case d <= e.From:
		return Range{}
	case d >= e.To:
		return e.Total
	}
	return e.Total.Times(float64(d-e.From) / float64(e.To-e.From))
}

// Ledger lists every one-off cost of the moves that have a date: people's time per server and test per
// group on the night of the cutover, old and new running at once from the day a wave's data is seeded
// until the municipality's last wave is done, and contracts left before their end. The plan's Cost is
// the sum of it.
func Ledger(p *Plan, snapshot *inventory.Snapshot, s Settings) []Entry {
	done := Done(p)
	var ledger []Entry
	for i := range p.Groups {
		g := &p.Groups[i]
		if g.Wave == "" {
			continue
		}
		servers := float64(len(g.Assets))
		book := func(part Part, from, to inventory.Date, total Range) {
			ledger = append(ledger, Entry{Part: part, Municipality: g.Municipality, Wave: g.Wave, Group: g.ID, From: from, To: to, Total: total})
		}
		book(PartMove, g.Cutover, g.Cutover+1, s.PriceServerMove.Times(servers))
		book(PartTest, g.Cutover, g.Cutover+1, s.PriceGroupTest.Times(1))
		if to := done[g.Municipality]; to > g.Start {
			book(PartDouble, g.Start, to, s.PriceServerWeekDouble.Times(servers*float64(to-g.Start)/7))
		}
	}
	for _, l := range LeftContracts(p, snapshot) {
		if fee := exitFee(l.Contract, l.Night); fee.High > 0 {
			ledger = append(ledger, Entry{Part: PartExit, Municipality: l.Municipality, Wave: l.Wave, Contract: l.Contract.ID,
				From: l.Night, To: l.Night + 1, Total: fee})
		}
	}
	return ledger
}

// Done tells for each municipality that moves when its last wave is over.
func Done(p *Plan) map[string]inventory.Date {
	done := map[string]inventory.Date{}
	for _, w := range p.Waves {
		done[w.Municipality] = max(done[w.Municipality], w.End)
	}
	return done
}

// LeftContract is a contract whose systems have all moved, with the night and the wave in which the
// last of them does.
type LeftContract struct {
	Contract     inventory.Contract
	Municipality string // whose system it is
	Wave         string
	Night        inventory.Date
}

// LeftContracts lists the contracts of moved systems by id. A contract that some group without a date
// still needs is not left.
func LeftContracts(p *Plan, snapshot *inventory.Snapshot) []LeftContract {
	contracts := map[string]inventory.Contract{}
	for _, c := range snapshot.Contracts {
		contracts[c.ID] = c
	}
	type key struct{ municipality, system string }
	contractOf := map[key]string{}
	for _, sys := range snapshot.Systems {
		contractOf[key{sys.Municipality, sys.ID}] = sys.Contract
	}
	last := map[string]LeftContract{}
	waiting := map[string]bool{}
	for _, g := range p.Groups {
		for _, sys := range g.Systems {
			c, ok := contracts[contractOf[key{g.Municipality, sys}]]
			if !ok {
				continue
			}
			if g.Wave == "" {
				waiting[c.ID] = true
			}
			if l := last[c.ID]; g.Cutover > l.Night {
				last[c.ID] = LeftContract{Contract: c, Municipality: g.Municipality, Wave: g.Wave, Night: g.Cutover}
			}
		}
	}
	var left []LeftContract
	for _, id := range sortedKeys(last) {
		if !waiting[id] {
			left = append(left, last[id])
		}
	}
	return left
}

// exitFee is the price of leaving a contract on a night before its end. Low: the centre takes the
// contract over. Likely: the agreed fee. High: the fee and payment through the notice period, as far
// as the contract still runs. Nothing is said where no fee is known.
func exitFee(c inventory.Contract, night inventory.Date) Range {
	if c.ExitFeeDKK <= 0 || c.Until <= night {
		return Range{}
	}
	years := math.Min(float64(c.NoticeMonths)/12, float64(c.Until-night)/365)
	fee := float64(c.ExitFeeDKK)
	return Range{Likely: fee, High: fee + math.Round(years*float64(c.AnnualDKK))}
}

// priceAll sums the ledger up. Savings are never presumed.
func (e *estate) priceAll(p *Plan) {
	waves := map[string]*Wave{}
	for i := range p.Waves {
		waves[p.Waves[i].ID] = &p.Waves[i]
	}
	parts := map[Part]*Range{PartMove: &p.Cost.Move, PartTest: &p.Cost.Move, PartDouble: &p.Cost.DoubleRunning, PartExit: &p.Cost.EarlyExit}
	byYear := map[int]Range{}
	byMunicipality := map[string]Range{}
	for _, x := range Ledger(p, e.in.Snapshot, e.in.Settings) {
		w := waves[x.Wave]
		*parts[x.Part] = parts[x.Part].Plus(x.Total)
		w.Cost = w.Cost.Plus(x.Total)
		byMunicipality[w.Municipality] = byMunicipality[w.Municipality].Plus(x.Total)
		p.Cost.Total = p.Cost.Total.Plus(x.Total)
		for year, last := x.From.Time().Year(), (x.To - 1).Time().Year(); year <= last; year++ {
			byYear[year] = byYear[year].Plus(x.Between(inventory.NewDate(year, 1, 1), inventory.NewDate(year+1, 1, 1)))
		}
	}

	p.Cost.ByYear, p.Cost.ByMunicipality = []YearCost{}, []MunicipalityCost{}
	for _, y := range sortedKeys(byYear) {
		p.Cost.ByYear = append(p.Cost.ByYear, YearCost{Year: y, Total: byYear[y]})
	}
	for _, m := range sortedKeys(byMunicipality) {
		p.Cost.ByMunicipality = append(p.Cost.ByMunicipality, MunicipalityCost{Municipality: m, Total: byMunicipality[m]})
	}
	p.Cost.Reasons = e.priceReasons()
}

// priceReasons tells what the money stands on.
func (e *estate) priceReasons() []Reason {
	s := e.in.Settings
	price := func(rule string, r Range) Reason {
		return reason(rule, "low", r.Low, "likely", r.Likely, "high", r.High)
	}
	reasons := []Reason{
		price("price_server_move", s.PriceServerMove),
		price("price_group_test", s.PriceGroupTest),
		price("price_double_running", s.PriceServerWeekDouble),
		reason("price_early_exit"),
		reason("no_savings_presumed"),
	}
	if d := DefaultSettings(); s.PriceServerMove == d.PriceServerMove && s.PriceGroupTest == d.PriceGroupTest && s.PriceServerWeekDouble == d.PriceServerWeekDouble {
		reasons = append(reasons, reason("prices_are_defaults"))
	}
	used := map[string]bool{}
	for _, systems := range e.systems {
		for _, sys := range systems {
			used[sys.Contract] = true
		}
	}
	unlinked := 0
	for _, c := range e.contracts {
		if !used[c.ID] && c.ExitFeeDKK > 0 && (!c.Until.Known() || c.Until >= e.in.AsOf) {
			unlinked++
		}
	}
	if unlinked > 0 {
		reasons = append(reasons, reason("contracts_unlinked", "count", unlinked))
	}
	return reasons
}
