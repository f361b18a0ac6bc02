package web

import (
	"cmp"
	"strings"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// differenceView is two plans side by side, in words.
type differenceView struct {
	scenario.Difference
	Sides   [2]string // names of the two plans
	Totals  []totalRow
	Changed []string // what the two do not share
	Groups  []diffGroup
	Centres []diffCentre
	Costs   []diffCost
	More    int // groups beyond those listed
	Others  int // groups that move though nobody asked for it
}

// totalRow is one figure of both plans.
type totalRow struct{ Words, Before, After string }

type diffGroup struct {
	scenario.GroupRow
	Whose string
	Why   []string
}

type diffCentre struct {
	Whose, From, To string
	Why             []string
}

type diffCost struct {
	Whose  string
	Likely float64
	Why    []string
}

// mostGroups is how many moved groups a page lists; the API has all.
const mostGroups = 25

// difference puts the difference of two plans into words.
func (f frame) difference(d scenario.Difference, names map[string]string) differenceView {
	v := differenceView{Difference: d, Totals: f.totals(d.Before, d.After)}
	l := f.locale
	v.Sides = [2]string{sideName(l, d.From, names), sideName(l, d.To, names)}
	name := func(id string) string { return cmp.Or(names[id], f.Names[id], id) }
	for _, c := range d.Changes {
		words := changeWords(l, c.Change, name)
		if c.Only == scenario.OnlyFrom {
			words = l.T("diff.only", "name", v.Sides[0], "change", words)
		}
		v.Changed = append(v.Changed, words)
	}
	why := func(causes []scenario.Cause) []string {
		var words []string
		for _, c := range causes {
			words = append(words, causeWords(l, c, v.Changed))
		}
		return words
	}
	for i, g := range d.Groups {
		if len(g.Causes) == 0 || g.Causes[0].How != scenario.Direct {
			v.Others++
		}
		if i < mostGroups {
			v.Groups = append(v.Groups, diffGroup{g, name(g.Municipality), why(g.Causes)})
		}
	}
	v.More = len(d.Groups) - len(v.Groups)
	for _, m := range d.Centres {
		v.Centres = append(v.Centres, diffCentre{name(m.Municipality), cmp.Or(name(m.From), l.T("unknown")), cmp.Or(name(m.To), l.T("unknown")), why(m.Causes)})
	}
	for _, c := range d.Costs {
		v.Costs = append(v.Costs, diffCost{name(c.Municipality), c.Likely, why(c.Causes)})
	}
	return v
}

// sideName names a plan that is compared: a scenario by the name that people gave it.
func sideName(l *locale.Locale, side string, names map[string]string) string {
	return cmp.Or(names[side], l.Or("diff.side.", side))
}

// totals puts both plans' figures beside each other.
func (f frame) totals(a, b scenario.Totals) []totalRow {
	l := f.locale
	yes := map[bool]string{true: l.T("yes"), false: l.T("no")}
	count := func(n int) string { return l.Int(int64(n)) }
	return []totalRow{
		{l.T("diff.feasible"), yes[a.Feasible], yes[b.Feasible]},
		{l.T("diff.violations"), count(a.Violations), count(b.Violations)},
		{l.T("diff.refusals"), count(a.Refusals), count(b.Refusals)},
		{l.T("diff.last"), l.Date(a.LastWaveEnd), l.Date(b.LastWaveEnd)},
		{l.T("diff.cost"), l.MoneyRange(a.Cost), l.MoneyRange(b.Cost)},
		{l.T("cost.double"), l.MoneyRange(a.DoubleRunning), l.MoneyRange(b.DoubleRunning)},
		{l.T("cost.exit"), l.MoneyRange(a.EarlyExit), l.MoneyRange(b.EarlyExit)},
		{l.T("diff.waves"), count(a.Waves), count(b.Waves)},
		{l.T("diff.servers"), count(a.Servers), count(b.Servers)},
		{l.T("diff.userkm"), l.Number(a.UserKM, 0), l.Number(b.UserKM, 0)},
	}
}

// causeWords tells how a change reached a row.
func causeWords(l *locale.Locale, c scenario.Cause, changes []string) string {
	what := l.T("diff.estate")
	if c.Change >= 0 && c.Change < len(changes) {
		what = changes[c.Change]
	}
	switch how := "cause." + c.How; {
	case c.Days > 0:
		return l.T("cause.more", "rule", l.Or("rule.", c.How), "days", c.Days, "change", what)
	case c.Days < 0:
		return l.T("cause.fewer", "rule", l.Or("rule.", c.How), "days", -c.Days, "change", what)
	case l.Has(how):
		return l.T(how, "change", what)
	}
	return l.T("cause.rule", "rule", l.Or("rule.", c.How), "change", what)
}

// changeWords tells a change of a scenario. Places that the change leaves open are left out.
func changeWords(l *locale.Locale, c scenario.Change, name func(string) string) string {
	where := l.T("change.everywhere")
	if c.Municipality != "" {
		where = name(c.Municipality)
	}
	group := name(c.Group)
	if c.Group == "" {
		group = l.T("change.group", "municipality", where)
	}
	centre := l.T("change.allcentres")
	if c.Centre != "" {
		centre = name(c.Centre)
	}
	key := "change." + string(c.Kind)
	if c.Kind == scenario.Agreement && c.State == "" {
		key = "change.noagreement"
	}
	args := []any{"municipality", where, "group", group, "centre", centre, "date", l.Date(c.Date), "span", span(l, c.From, c.To), "servers", c.Servers,
		"crews", c.Crews, "mbps", c.Mbps, "state", l.Or("state.", string(c.State)), "window", l.Plain(c.Window), "name", c.Name,
		"setting", l.Or("setting.", c.Setting), "value", settingValue(l, string(c.Value))}
	if c.Capacity != nil {
		for i, place := range []string{"vcpus", "memory", "storage", "users", "kw", "fte"} {
			args = append(args, place, resources[i].whole(l, *c.Capacity))
		}
	}
	return strings.Join(strings.Fields(l.T(key, args...)), " ")
}

// settingValue writes a setting's value as people write it: dates and numbers in the language.
func settingValue(l *locale.Locale, value string) string {
	text := strings.Trim(value, `"`)
	if d, err := inventory.ParseDate(text); err == nil && d.Known() {
		return l.Date(d)
	}
	return l.Plain(text)
}

// span tells a stretch of days that may be open at either end.
func span(l *locale.Locale, from, to inventory.Date) string {
	switch {
	case from.Known() && to.Known():
		return l.T("span.both", "from", l.Date(from), "to", l.Date(to))
	case from.Known():
		return l.T("span.from", "from", l.Date(from))
	case to.Known():
		return l.T("span.to", "to", l.Date(to))
	}
	return ""
}

// conflictRow is a rule that is broken, or a place that is no longer found, in words.
type conflictRow struct {
	Words  string
	Detail string // in English, for a rule that has no words of its own
	Why    []string
}

// conflicts puts into words what stands in the way.
func (f frame) conflicts(list []hub.Conflict, v hub.PlanView, names map[string]string) []conflictRow {
	l := f.locale
	night := map[string]planner.Group{}
	for _, g := range v.Plan.Groups {
		night[g.ID] = g
	}
	var rows []conflictRow
	for _, c := range list {
		row := conflictRow{Detail: c.Detail}
		subject := cmp.Or(names[c.Subject], f.Names[c.Subject], c.Subject)
		if key := "conflict." + c.Rule; l.Has(key) {
			g := night[c.Subject]
			row.Words = l.T(key, "subject", subject, "night", l.Date(g.Cutover), "freeze", freezeOn(l, v.Freezes, g), "deadline", l.Date(v.Plan.Deadline))
			row.Detail = ""
		} else {
			row.Words = l.T("conflict.other", "subject", subject)
		}
		for _, r := range c.Reasons {
			row.Why = append(row.Why, l.Reason(r, names))
		}
		rows = append(rows, row)
	}
	return rows
}

// freezeOn names the freeze that a group's cutover falls in.
func freezeOn(l *locale.Locale, freezes []planner.Freeze, g planner.Group) string {
	for _, f := range freezes {
		if !f.Advisory && f.From <= g.Cutover && g.Cutover <= f.To && (f.Municipality == "" || f.Municipality == g.Municipality) {
			return freezeName(l, f)
		}
	}
	return l.T("unknown")
}
