package planner

import (
	"math"

	"github.com/samdrift/samdrift/inventory"
)

func (r Range) plus(o Range) Range {
	return Range{Low: r.Low + o.Low, Likely: r.Likely + o.Likely, High: r.High + o.High}
}

// times multiplies by a number of units, to whole kroner so that sums in any order agree.
func (r Range) times(n float64) Range {
	return Range{Low: math.Round(r.Low * n), Likely: math.Round(r.Likely * n), High: math.Round(r.High * n)}
}

// priceAll works out the one-off cost of the moves that have a date: people's time per server and per
// group, old and new running at once from the day a wave's data is seeded until the municipality's
// last wave is done, and contracts left before their end. Savings are never presumed.
func (e *estate) priceAll(p *Plan) {
	s := e.in.Settings
	done := map[string]inventory.Date{} // municipality → end of its last wave
	for _, w := range p.Waves {
		done[w.Municipality] = max(done[w.Municipality], w.End)
	}
	waves := map[string]*Wave{}
	for i := range p.Waves {
		waves[p.Waves[i].ID] = &p.Waves[i]
	}
	byYear := map[int]Range{}
	byMunicipality := map[string]Range{}
	book := func(part *Range, w *Wave, year int, r Range) {
		*part = part.plus(r)
		w.Cost = w.Cost.plus(r)
		byYear[year] = byYear[year].plus(r)
		byMunicipality[w.Municipality] = byMunicipality[w.Municipality].plus(r)
		p.Cost.Total = p.Cost.Total.plus(r)
	}

	for _, g := range p.Groups {
		w := waves[g.Wave]
		if w == nil {
			continue
		}
		servers := float64(len(g.Assets))
		book(&p.Cost.Move, w, g.Cutover.Time().Year(), s.PriceServerMove.times(servers).plus(s.PriceGroupTest.times(1)))
		for year, days := range daysByYear(g.Start, done[g.Municipality]) {
			book(&p.Cost.DoubleRunning, w, year, s.PriceServerWeekDouble.times(servers*float64(days)/7))
		}
	}
	for _, exit := range e.exits(p) {
		if exit.fee.High > 0 {
			book(&p.Cost.EarlyExit, waves[exit.wave], exit.night.Time().Year(), exit.fee)
		}
	}

	p.Cost.ByYear, p.Cost.ByMunicipality = []YearCost{}, []MunicipalityCost{}
	for _, y := range sortedKeys(byYear) {
		p.Cost.ByYear = append(p.Cost.ByYear, YearCost{Year: y, Total: byYear[y]})
	}
	for _, m := range sortedKeys(byMunicipality) {
		p.Cost.ByMunicipality = append(p.Cost.ByMunicipality, MunicipalityCost{Municipality: m, Total: byMunicipality[m]})
	}
	price := func(rule string, r Range) Reason {
		return reason(rule, "low", r.Low, "likely", r.Likely, "high", r.High)
	}
	p.Cost.Reasons = []Reason{
		price("price_server_move", s.PriceServerMove),
		price("price_group_test", s.PriceGroupTest),
		price("price_double_running", s.PriceServerWeekDouble),
		reason("price_early_exit"),
		reason("no_savings_presumed"),
	}
	if d := DefaultSettings(); s.PriceServerMove == d.PriceServerMove && s.PriceGroupTest == d.PriceGroupTest && s.PriceServerWeekDouble == d.PriceServerWeekDouble {
		p.Cost.Reasons = append(p.Cost.Reasons, reason("prices_are_defaults"))
	}
	used := map[string]bool{}
	for _, systems := range e.systems {
		for _, sys := range systems {
			used[sys.Contract] = true
		}
	}
	unlinked := 0
	for _, id := range sortedKeys(e.contracts) {
		if c := e.contracts[id]; !used[id] && c.ExitFeeDKK > 0 && (!c.Until.Known() || c.Until >= e.in.AsOf) {
			unlinked++
		}
	}
	if unlinked > 0 {
		p.Cost.Reasons = append(p.Cost.Reasons, reason("contracts_unlinked", "count", unlinked))
	}
}

// daysByYear parts the days from one date up to another among the calendar years.
func daysByYear(from, to inventory.Date) map[int]int {
	days := map[int]int{}
	for from < to {
		year := from.Time().Year()
		next := min(to, inventory.NewDate(year+1, 1, 1))
		days[year] += int(next - from)
		from = next
	}
	return days
}

// exit is a contract that is left before its end, on the night the last group that rests on it moves.
type exit struct {
	contract, wave string
	night          inventory.Date
	fee            Range
}

// exits finds the contracts left early. Low: the centre takes the contract over. Likely: the agreed
// fee. High: the fee and payment through the notice period, as far as the contract still runs.
func (e *estate) exits(p *Plan) []exit {
	last := map[string]exit{}
	waiting := map[string]bool{} // contracts that some group without a date still needs
	for _, g := range p.Groups {
		for _, c := range e.contractsOf(g) {
			if g.Wave == "" {
				waiting[c.ID] = true
			}
			if x := last[c.ID]; g.Cutover > x.night {
				last[c.ID] = exit{contract: c.ID, wave: g.Wave, night: g.Cutover}
			}
		}
	}
	var out []exit
	for _, id := range sortedKeys(last) {
		c, x := e.contracts[id], last[id]
		if waiting[id] || c.ExitFeeDKK <= 0 || c.Until <= x.night {
			continue
		}
		years := math.Min(float64(c.NoticeMonths)/12, float64(c.Until-x.night)/365)
		fee := float64(c.ExitFeeDKK)
		x.fee = Range{Likely: fee, High: fee + math.Round(years*float64(c.AnnualDKK))}
		out = append(out, x)
	}
	return out
}
