package report

import (
	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// status is section 4: each municipality with its lights. Security stands here only as a light that
// the municipality has released; its figures never do.
func (b *builder) status() Section {
	t := Table{Caption: b.t("status.caption"), Head: b.columns("municipality", "state", "time", "economy", "uptime", "benefit", "security")}
	economy, benefit := b.light(nis2.Grey, ""), b.light(nis2.Grey, "")
	hexes, used := map[string]chart.Hex{}, map[inventory.AgreementState]bool{}
	hosts := false
	for _, m := range b.Municipalities {
		state := b.stateOf(m.State, m.Host)
		t.Rows = append(t.Rows, []Cell{
			text(m.Name), noted(state, b.window(m.Window)), lit(b.timeLight(m)), lit(economy), lit(b.uptimeLight(m)), lit(benefit), lit(b.securityLight(m)),
		})
		hex := chart.Hex{Name: m.Name, Words: state, Class: "state-" + string(m.State)}
		if m.Host {
			hex.Class, hosts = "host", true
		} else if m.State == "" {
			hex.Class = "state-dialogue"
			used[inventory.StateDialogue] = true
		} else {
			used[m.State] = true
		}
		hexes[m.Code] = hex
	}
	var legend []Key
	for _, s := range inventory.AgreementStates {
		if used[s] {
			legend = append(legend, Key{"state-" + string(s), b.l.T("state." + string(s))})
		}
	}
	if hosts {
		legend = append(legend, Key{"host", b.t("state.host")})
	}
	return b.section("status",
		tabled(t),
		Block{Text: b.t("status.trend"), Small: true},
		Block{Text: b.t("status.thresholds"), Small: true},
		Block{Heading: b.t("status.map"), Chart: chart.HexMap(b.t("status.map"), hexes), Legend: legend},
	)
}

// stateOf names where a municipality's agreement stands.
func (b *builder) stateOf(s inventory.AgreementState, host bool) string {
	switch {
	case host:
		return b.t("state.host")
	case s == "":
		return b.t("state.none")
	}
	return b.l.T("state." + string(s))
}

// window writes the time that the parties have named, as they named it.
func (b *builder) window(p inventory.Period) string {
	if !p.Known() {
		return ""
	}
	return b.t("window", "period", b.l.Period(p))
}
