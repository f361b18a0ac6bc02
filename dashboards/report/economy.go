package report

import (
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/planner"
)

// economy is section 8: what the moves are estimated to cost, and what samdrift does not know.
func (b *builder) economy() Section {
	c := b.Cost
	kinds := b.money(b.t("economy.caption"), "costkind")
	kinds.Rows = [][]Cell{
		b.amounts(b.t("economy.move"), c.Move), b.amounts(b.t("economy.double"), c.DoubleRunning), b.amounts(b.t("economy.exit"), c.EarlyExit),
	}
	kinds.Foot = b.amounts(b.t("total"), c.Total)

	years := b.money(b.t("economy.years"), "year")
	for _, y := range c.ByYear {
		years.Rows = append(years.Rows, b.amounts(strconv.Itoa(y.Year), y.Total))
	}
	years.Foot = kinds.Foot

	each := b.money(b.t("economy.municipalities"), "municipality")
	for _, m := range b.Municipalities {
		each.Rows = append(each.Rows, b.amounts(m.Name, m.Cost))
	}
	each.Foot = kinds.Foot

	return b.section("economy",
		paragraph(b.t("economy.estimate")),
		tabled(kinds), tabled(years), tabled(each),
		Block{Heading: b.t("economy.basis"), List: b.reasons(c.Reasons)},
		Block{Heading: b.t("economy.budget"), Missing: b.missing("budget").Missing},
		Block{Heading: b.t("economy.funds"), Missing: b.missing("funds").Missing},
	)
}

// money begins a table of three-point estimates.
func (b *builder) money(caption, first string) Table {
	return Table{Caption: caption, Head: b.columns(first, "#low", "#likely", "#high")}
}

func (b *builder) amounts(name string, r planner.Range) []Cell {
	return []Cell{text(name), number(b.l.Money(r.Low)), number(b.l.Money(r.Likely)), number(b.l.Money(r.High))}
}

// reasons writes the planner's reasons with names; the same words stand once.
func (b *builder) reasons(list []planner.Reason) []string {
	var words []string
	for _, r := range list {
		if w := b.l.Reason(r, b.names); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// benefits is section 9. samdrift presumes none; what it measures may serve as their baseline.
func (b *builder) benefits() Section {
	t := Table{Caption: b.t("benefit.caption"), Head: b.columns("benefit", "measure", "baseline", "realised")}
	none := b.t("missing")
	goals := none
	if gap := b.joint(); gap != nil {
		goals = b.scores(gap.Overall)
	}
	t.Rows = [][]Cell{
		{text(b.t("benefit.cost")), text(b.t("benefit.cost.measure")), text(none), text(none)},
		{text(b.t("benefit.quality")), text(b.t("benefit.quality.measure")), text(goals), text(none)},
		{text(b.t("benefit.stability")), text(b.t("benefit.stability.measure")), text(b.measured()), text(none)},
	}
	return b.section("benefits",
		paragraph(b.t("benefit.presumed")), tabled(t),
		b.missing("benefits"),
		Block{Heading: b.t("benefit.lost"), Missing: b.missing("lost").Missing},
	)
}
