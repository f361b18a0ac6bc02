package report

import (
	"math"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

// fewest is the number of municipalities below which no joint figure is shown: with fewer, one of
// them could be worked out.
const fewest = 3

// joint gives the joint picture of security, or nil when too few municipalities stand behind it.
func (b *builder) joint() *hub.JointGap {
	if b.Gap == nil || b.Gap.N < fewest {
		return nil
	}
	return b.Gap
}

// operations is section 6: how stable operation is, where it is measured.
func (b *builder) operations() Section {
	t := Table{Caption: b.t("uptime.caption"), Head: b.columns("municipality", "#uptime30", "since", "light")}
	for _, m := range b.Municipalities {
		if m.Availability == nil {
			continue
		}
		light := b.uptimeLight(m)
		light.Note = ""
		t.Rows = append(t.Rows, []Cell{text(m.Name), number(b.l.Number(100**m.Availability, 2) + "\u00a0%"), text(b.l.Date(inventory.DateOf(m.MeasuredSince))), lit(light)})
	}
	first := b.missing("uptime")
	if len(t.Rows) > 0 {
		first = tabled(t)
	}
	return b.section("operations",
		first,
		Block{Text: b.measured() + " " + b.t("uptime.basis"), Small: true},
		Block{Heading: b.t("uptime.beforeafter"), Missing: b.missing("beforeafter").Missing},
		Block{Heading: b.t("uptime.incidents"), Missing: b.missing("incidents").Missing},
		Block{Heading: b.t("uptime.errors"), Missing: b.missing("errors").Missing},
	)
}

// security is section 7: the joint picture only, always as three figures together.
func (b *builder) security() Section {
	blocks := []Block{paragraph(b.t("security.basis"))}
	if gap := b.joint(); gap == nil {
		blocks = append(blocks, b.missing("gap"))
	} else {
		t := Table{Caption: b.t("security.caption", "n", gap.N), Head: b.columns("area", "#goals", "#proven", "#answered")}
		for _, a := range gap.Articles {
			title := b.Articles[a.ID]
			name := title.DA
			if b.l.Lang == "en" {
				name = title.EN
			}
			t.Rows = append(t.Rows, []Cell{
				text(b.or(name)),
				b.share(a.Headline), b.share(a.Proven), b.share(a.Coverage),
			})
		}
		all := gap.Overall
		t.Foot = []Cell{text(b.t("security.all")), b.share(all.Headline), b.share(all.Proven), b.share(all.Coverage)}
		blocks = append(blocks, paragraph(b.scores(all)+"."), tabled(t), Block{Text: b.t("security.read"), Small: true})
	}
	return b.section("security", append(blocks,
		Block{Heading: b.t("security.change"), Text: b.goalsNews()},
		Block{Heading: b.t("security.efforts"), Missing: b.missing("efforts").Missing},
	)...)
}

// share writes a share on its colour; the figure stands on it, so that the colour only helps.
func (b *builder) share(v float64) Cell {
	if math.IsNaN(v) {
		return Cell{Text: b.l.T("unknown"), Class: "num heat-unknown"}
	}
	return Cell{Text: b.l.Percent0(v), Class: "num " + chart.HeatClass(v)}
}

// goalsNews compares the fulfilment of goals with the last report.
func (b *builder) goalsNews() string {
	gap := b.joint()
	if gap == nil || b.Previous == nil || b.Previous.Headline == 0 {
		return b.t("security.nochange")
	}
	return b.t("news.goals", "was", b.l.Percent0(b.Previous.Headline), "now", b.scores(gap.Overall))
}
