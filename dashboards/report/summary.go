package report

import (
	"strings"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// horizon is how far the report looks ahead, in months.
const horizon = 6

// summary is section 2: the whole on half a page.
func (b *builder) summary() Section {
	all, moved := b.servers()
	figures := []Figure{
		{Label: b.t("figure.moved"), Value: b.t("figure.of", "n", moved, "all", all), Note: b.t("figure.servers")},
		{Label: b.t("figure.end"), Value: b.l.Date(b.LastWaveEnd), Note: b.endNote()},
		{Label: b.t("figure.cost"), Value: b.l.Money(b.Cost.Total.Likely), Note: b.between(b.Cost.Total)},
	}
	if gap := b.joint(); gap != nil {
		figures = append(figures, Figure{Label: b.l.T("score.headline"), Value: b.l.Percent0(gap.Overall.Headline),
			Note: b.t("figure.goals", "p", b.l.Percent0(gap.Overall.Proven), "v", b.l.Percent0(gap.Overall.Coverage))})
	}
	return b.section("summary",
		Block{Figures: figures},
		bullets([]string{b.lineProgress(all, moved), b.lineNext(), b.lineMoney(), b.lineSecurity(), b.lineRisk()}),
		Block{Heading: b.t("summary.news"), List: b.news(all, moved)},
		Block{Heading: b.t("summary.ask"), Text: b.t("summary.asks", "n", len(b.asks()))},
	)
}

func (b *builder) endNote() string {
	if !b.LastWaveEnd.Known() {
		return b.t("light.noplan")
	}
	return b.distance(b.LastWaveEnd)
}

// between writes the low and high of a range.
func (b *builder) between(r planner.Range) string {
	return b.t("between", "low", b.l.Money(r.Low), "high", b.l.Money(r.High))
}

func (b *builder) lineProgress(all, moved int) string {
	line := b.t("line.progress", "moved", moved, "all", all, "waves", len(b.Waves))
	switch unplaced := b.unplaced(); {
	case !b.LastWaveEnd.Known():
		line += " " + b.t("line.noplan")
	case b.Feasible:
		line += " " + b.t("line.feasible", "end", b.l.DateLong(b.LastWaveEnd), "distance", b.distance(b.LastWaveEnd))
	default:
		line += " " + b.t("line.infeasible", "end", b.l.DateLong(b.LastWaveEnd), "n", unplaced)
	}
	return line
}

// next gives the waves that run within the horizon.
func (b *builder) next() []planner.Wave {
	var waves []planner.Wave
	until := addMonths(b.CutOff, horizon)
	for _, w := range b.Waves {
		if w.End >= b.CutOff && w.Start <= until {
			waves = append(waves, w)
		}
	}
	return waves
}

func (b *builder) lineNext() string {
	waves := b.next()
	if len(waves) == 0 {
		return b.t("line.nonext")
	}
	servers, who := 0, map[string]bool{}
	first := waves[0].Start
	for _, w := range waves {
		servers += w.Servers
		who[w.Municipality] = true
		first = min(first, w.Start)
	}
	return b.t("line.next", "waves", len(waves), "servers", servers, "n", len(who), "first", b.l.DateLong(first))
}

func (b *builder) lineMoney() string {
	return b.t("line.money", "range", b.l.MoneyRange(b.Cost.Total))
}

func (b *builder) lineSecurity() string {
	gap := b.joint()
	if gap == nil {
		return b.t("line.nosecurity")
	}
	return b.t("line.security", "n", gap.N, "scores", b.scores(gap.Overall))
}

func (b *builder) lineRisk() string {
	if len(b.Risks) == 0 {
		return b.t("line.norisk")
	}
	var names []string
	for _, r := range b.Risks[:min(len(b.Risks), 3)] {
		names = append(names, b.l.T("risk."+r.Reason.Rule))
	}
	return b.t("line.risk", "risks", strings.ToLower(strings.Join(names, "; ")))
}

// news compares with the last frozen report.
func (b *builder) news(all, moved int) []string {
	p := b.Previous
	if p == nil {
		return []string{b.t("news.first")}
	}
	list := []string{
		b.t("news.since", "period", b.period(p.Period), "date", b.l.DateLong(p.CutOff)),
		b.t("news.moved", "change", b.signed(moved-p.ServersMoved), "was", p.ServersMoved, "now", moved),
		b.t("news.servers", "change", b.signed(all-p.Servers), "was", p.Servers, "now", all),
	}
	if p.LastWaveEnd.Known() && b.LastWaveEnd.Known() {
		list = append(list, b.t("news.end", "was", b.l.Date(p.LastWaveEnd), "now", b.l.Date(b.LastWaveEnd), "change", b.shift(p.LastWaveEnd, b.LastWaveEnd)))
	}
	if gap := b.joint(); gap != nil && p.Headline > 0 {
		list = append(list, b.t("news.goals", "was", b.l.Percent0(p.Headline), "now", b.scores(gap.Overall)))
	}
	return list
}

// shift tells how far a day has moved.
func (b *builder) shift(was, now inventory.Date) string {
	switch days := int(now - was); {
	case days > 0:
		return b.t("shift.later", "n", days)
	case days < 0:
		return b.t("shift.earlier", "n", -days)
	}
	return b.t("shift.none")
}
