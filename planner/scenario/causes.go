package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/planner"
)

// Cause says where a difference comes from: which change, and by which way it reaches the row.
type Cause struct {
	Change int    `json:"change"` // index in Difference.Changes; -1: the estate or the day is another
	How    string `json:"how"`
	Days   int    `json:"days,omitzero"` // with a rule: how many more days it rejects; negative: fewer
}

// The ways in which a change reaches a row. Any other is the name of a rule among the group's binding
// reasons (planner.Rules), which rejects another number of days than before.
const (
	Direct   = "direct"   // the change is about this group, municipality or centre
	Room     = "room"     // others' crews, nights or capacity are taken or freed
	Dates    = "dates"    // its dates have changed, and with them what they cost
	Searched = "searched" // the plan was found anew and no nearer reason shows
)

// Words gives a cause in English.
func (d Difference) Words(c Cause) string {
	what := "the estate or the day is another"
	if c.Change >= 0 {
		what = d.Changes[c.Change].String()
		if d.Changes[c.Change].Only == OnlyFrom {
			what = "no longer: " + what
		}
	}
	switch c.How {
	case Direct:
		return what
	case Room:
		return what + ": takes or frees room that others share"
	case Dates:
		return what + ": other dates"
	case Searched:
		return what + ": found anew with it, no nearer reason shows"
	}
	more, days := "more", c.Days
	if days < 0 {
		more, days = "fewer", -days
	}
	return fmt.Sprintf("%s: %s rejects %d %s days", what, c.How, days, more)
}

// settingRules tells which binding rules a setting works through.
var settingRules = map[string][]string{
	"lead_days":               {"lead_time"},
	"hypercare_days":          {"hypercare"},
	"cutover_weekdays":        {"weekday"},
	"crews_per_centre":        {"crew_full"},
	"servers_per_crew_night":  {"crew_full"},
	"staff_transfers":         {"crew_full", "local_full"},
	"crew_changes":            {"crew_full"},
	"link_share":              {"seeding", "link_full"},
	"link_efficiency":         {"seeding", "link_full"},
	"link_share_night":        {"seeding", "link_full"},
	"night_hours":             {"seeding", "link_full"},
	"change_rate_per_day":     {"seeding", "link_full"},
	"unknown_link_mbps":       {"seeding", "link_full"},
	"unknown_server_gb":       {"seeding", "link_full"},
	"max_groups_per_night":    {"groups_full"},
	"local_servers_per_night": {"local_full"},
	"max_moving":              {"moving_limit"},
}

// kindRules tells which binding rules a kind of change works through.
var kindRules = map[Kind][]string{
	Agreement: {"agreement_window"},
	Link:      {"seeding", "link_full"},
	LinkReady: {"link_not_ready"},
	Crews:     {"crew_full"},
	Freeze:    {"freeze"},
	Lift:      {"freeze"},
}

// rules lists the binding rules that the change works through.
func (c Change) rules() []string {
	if c.Kind == Setting {
		return settingRules[c.Setting]
	}
	return kindRules[c.Kind]
}

// reaches tells whether the change can be about a municipality and its centres at all.
func (c Change) reaches(municipality string, centres ...string) bool {
	return (c.Municipality == "" || c.Municipality == municipality) && (c.Centre == "" || c.Kind == Choose || slices.Contains(centres, c.Centre))
}

// ownMatter tells whether the change decides where one municipality belongs.
func (c Change) ownMatter() bool {
	return c.Kind == Choose || c.Kind == Agreement || c.Kind == Leave || c.Kind == Join
}

// explain gives each row its causes.
func (d *Difference) explain(a, b planner.Plan) {
	for i := range d.Centres {
		d.Centres[i].Causes = d.centreCauses(d.Centres[i])
	}
	rejected := [2]map[string]map[string]int{rejections(a), rejections(b)}
	byMunicipality := map[string][]Cause{}
	for i := range d.Groups {
		r := &d.Groups[i]
		r.Causes = d.groupCauses(*r, delta(rejected[0][r.Group], rejected[1][r.Group]))
		for _, c := range r.Causes {
			byMunicipality[r.Municipality] = addCause(byMunicipality[r.Municipality], Cause{Change: c.Change, How: Dates})
		}
	}
	for i := range d.Costs {
		d.Costs[i].Causes = d.costCauses(d.Costs[i].Municipality, byMunicipality[d.Costs[i].Municipality])
	}
}

// rejections counts, per group and binding rule, the days that the rule rejected.
func rejections(p planner.Plan) map[string]map[string]int {
	all := make(map[string]map[string]int, len(p.Groups))
	for _, g := range p.Groups {
		days := map[string]int{}
		for _, r := range g.Binding {
			n, _ := strconv.Atoi(r.Params["days"]) // a reason without days rejects none
			days[r.Rule] += n
		}
		all[g.ID] = days
	}
	return all
}

// delta gives how many more days each rule rejects, where that has changed.
func delta(before, after map[string]int) map[string]int {
	out := map[string]int{}
	for rule, n := range after {
		out[rule] = n
	}
	for rule, n := range before {
		out[rule] -= n
	}
	for rule, n := range out {
		if n == 0 {
			delete(out, rule)
		}
	}
	return out
}

func addCause(causes []Cause, c Cause) []Cause {
	if slices.Contains(causes, c) {
		return causes
	}
	return append(causes, c)
}

// centreCauses: the changes about the municipality itself, or else those that shift what centres hold.
func (d *Difference) centreCauses(m Move) []Cause {
	causes := []Cause{}
	for i, c := range d.Changes {
		if c.ownMatter() && c.Municipality == m.Municipality {
			causes = append(causes, Cause{Change: i, How: Direct})
		}
	}
	if len(causes) > 0 {
		return causes
	}
	for i, c := range d.Changes {
		if c.ownMatter() || c.Kind == Capacity || c.Kind == Setting {
			causes = append(causes, Cause{Change: i, How: Room})
		}
	}
	return d.orEstate(causes)
}

// groupCauses asks in turn for changes about the group itself, for rules that reject other days, for
// other users of the same crews, and for anything at all.
func (d *Difference) groupCauses(r GroupRow, rejects map[string]int) []Cause {
	causes := []Cause{}
	for i, c := range d.Changes {
		if c.Kind == Pin && c.Group == r.Group || c.ownMatter() && c.Municipality == r.Municipality {
			causes = append(causes, Cause{Change: i, How: Direct})
			continue
		}
		for _, rule := range c.rules() {
			if days := rejects[rule]; days != 0 && c.reaches(r.Municipality, r.CentreFrom, r.CentreTo) {
				causes = append(causes, Cause{Change: i, How: rule, Days: days})
				break
			}
		}
	}
	if len(causes) > 0 {
		return causes
	}
	how := Searched
	switch {
	case rejects["crew_full"] != 0:
		how = Room
	case rejects["wave_order"] != 0 || rejects["hypercare"] != 0 || rejects["next_wave"] != 0:
		how = Dates // an earlier wave of the same municipality has other dates
	}
	for _, near := range []bool{true, false} {
		for i, c := range d.Changes {
			if !near || c.reaches(r.Municipality, r.CentreFrom, r.CentreTo) {
				causes = append(causes, Cause{Change: i, How: how})
			}
		}
		if len(causes) > 0 {
			break
		}
	}
	return d.orEstate(causes)
}

// costCauses: prices are direct; otherwise the money follows the dates.
func (d *Difference) costCauses(municipality string, dates []Cause) []Cause {
	causes := []Cause{}
	for i, c := range d.Changes {
		if c.Kind == Setting && (strings.HasPrefix(c.Setting, "price_") || c.Setting == "leases") {
			causes = append(causes, Cause{Change: i, How: Direct})
		}
	}
	causes = append(causes, dates...)
	if len(causes) == 0 {
		for i, c := range d.Changes {
			if c.reaches(municipality) {
				causes = append(causes, Cause{Change: i, How: Searched})
			}
		}
	}
	return d.orEstate(causes)
}

// orEstate is for plans that differ though no change does: another snapshot or another day.
func (d *Difference) orEstate(causes []Cause) []Cause {
	if len(causes) == 0 && len(d.Changes) == 0 {
		return []Cause{{Change: -1, How: Direct}}
	}
	return causes
}
