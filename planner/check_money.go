package planner

import (
	"math"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// checkMoney verifies that the parts of the cost add up and that its main figures follow from the plan.
func (c *checker) checkMoney() {
	cost, s := c.p.Cost, c.in.Settings
	equal := func(subject string, a, b Range) {
		near := func(x, y float64) bool { return math.Abs(x-y) < 0.5+1e-9*math.Abs(y) }
		c.want(near(a.Low, b.Low) && near(a.Likely, b.Likely) && near(a.High, b.High), "cost_wrong", subject, "is %v, want %v", a, b)
	}
	sum := func(parts ...Range) (total Range) {
		for _, r := range parts {
			total = Range{total.Low + r.Low, total.Likely + r.Likely, total.High + r.High}
		}
		return total
	}
	equal("total", cost.Total, sum(cost.Move, cost.DoubleRunning, cost.EarlyExit))
	var years, municipalities, waves []Range
	for _, y := range cost.ByYear {
		years = append(years, y.Total)
	}
	for _, m := range cost.ByMunicipality {
		municipalities = append(municipalities, m.Total)
	}
	ends := map[string]inventory.Date{}
	for _, w := range c.p.Waves {
		waves = append(waves, w.Cost)
		ends[w.Municipality] = max(ends[w.Municipality], w.End)
	}
	equal("by year", sum(years...), cost.Total)
	equal("by municipality", sum(municipalities...), cost.Total)
	equal("waves", sum(waves...), cost.Total)

	var servers, groups, weeks float64
	for _, g := range c.p.Groups {
		if g.Wave != "" {
			n := float64(len(g.Assets))
			servers, groups, weeks = servers+n, groups+1, weeks+n*float64(ends[g.Municipality]-g.Start)/7
		}
	}
	move := func(server, group float64) float64 { return servers*server + groups*group }
	equal("move", cost.Move, Range{move(s.PriceServerMove.Low, s.PriceGroupTest.Low),
		move(s.PriceServerMove.Likely, s.PriceGroupTest.Likely), move(s.PriceServerMove.High, s.PriceGroupTest.High)})
	// Double running is rounded to kroner per group and year, so it may be off by one for each.
	slack := groups*float64(len(cost.ByYear)) + 1
	off := func(got, price float64) bool { return math.Abs(got-weeks*price) <= slack }
	c.want(off(cost.DoubleRunning.Low, s.PriceServerWeekDouble.Low) && off(cost.DoubleRunning.Likely, s.PriceServerWeekDouble.Likely) &&
		off(cost.DoubleRunning.High, s.PriceServerWeekDouble.High), "cost_wrong", "double running", "is %v for %.1f server-weeks", cost.DoubleRunning, weeks)
	for _, r := range []Range{cost.Move, cost.DoubleRunning, cost.EarlyExit, cost.Total} {
		c.want(r.Low <= r.Likely && r.Likely <= r.High, "cost_wrong", "range", "%v is not in order", r)
	}
	c.want(slices.IsSortedFunc(cost.ByYear, func(a, b YearCost) int { return a.Year - b.Year }), "cost_wrong", "by year", "is not in order")
	c.want(len(cost.Reasons) > 0, "reason_missing", "cost", "does not say what it stands on")
}
