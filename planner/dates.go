package planner

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/group"
	"github.com/samdrift/samdrift/planner/schedule"
)

// gbPerDayPerMbps: 1 Mbit/s for a day is 10.8 GB.
const gbPerDayPerMbps = 1e6 / 8 * 86400 / 1e9

// preciseDays is how long an agreed window may be and still be called a date rather than an intent.
const preciseDays = 31

// lane is what one municipality gives the schedule, and what is needed to tell about it afterwards.
type lane struct {
	m          inventory.Municipality
	assignment Assignment
	agreement  inventory.Agreement // zero when there is none
	mbps       int
	gbPerDay   float64
	waves      [][]int // indices of Plan.Groups
	gb         []float64
}

// setDates cuts each municipality's groups into waves and finds their dates.
func (e *estate) setDates(p *Plan) {
	s := e.in.Settings
	problem := schedule.Problem{AsOf: e.in.AsOf, Deadline: s.Deadline, LeadDays: s.LeadDays, HypercareDays: s.HypercareDays,
		Crews: s.CrewsPerCentre, PerCrew: s.ServersPerCrewNight}
	for _, d := range s.CutoverWeekdays {
		problem.Nights[d] = true
	}
	freezes, names := e.freezes()

	refused := map[string]bool{}
	for _, r := range p.Refusals {
		refused[r.Subject] = true
	}
	groupsOf := map[string][]int{}
	for i, g := range p.Groups {
		groupsOf[g.Municipality] = append(groupsOf[g.Municipality], i)
	}
	var lanes []lane
	for i, m := range e.municipalities {
		if refused[m.Code] || len(groupsOf[m.Code]) == 0 {
			continue
		}
		l := lane{m: m, assignment: p.Assignments[i], agreement: e.agreements[m.Code]}
		l.mbps = e.link(p, m.Code, l.assignment.Centre)
		l.gbPerDay = float64(l.mbps) * gbPerDayPerMbps * s.LinkShare * s.LinkEfficiency
		sl := schedule.Lane{Centre: l.assignment.Centre, Release: l.agreement.Window.From}
		for _, f := range freezes {
			if !f.Advisory && (f.Municipality == "" || f.Municipality == m.Code) {
				sl.Frozen = append(sl.Frozen, schedule.Span{From: f.From, To: f.To, Name: slices.Index(names, f.Name)})
			}
		}

		var order []int
		for _, gi := range groupsOf[m.Code] {
			if why := e.impossible(l, p.Groups[gi]); why != nil {
				p.Refusals = append(p.Refusals, Refusal{Subject: p.Groups[gi].ID, Kind: "group", Reasons: why})
				sl.Blocked = sl.Blocked || p.Groups[gi].Foundation
				continue
			}
			order = append(order, gi)
		}
		slices.SortFunc(order, func(a, b int) int { return compareGroups(p.Groups[a], p.Groups[b]) })
		loads := make([]schedule.Load, len(order))
		for k, gi := range order {
			g := p.Groups[gi]
			loads[k] = schedule.Load{Foundation: g.Foundation, Servers: len(g.Assets), GB: g.TransferGB}
		}
		for _, w := range schedule.Pack(loads, schedule.Limits{MaxServers: s.MaxWaveServers, PilotServers: s.ServersPerCrewNight,
			MaxSeedDays: s.MaxSeedDays, GBPerDay: l.gbPerDay, ChangeRate: s.ChangeRatePerDay}) {
			var sw schedule.Wave
			var members []int
			gb := 0.0
			for _, k := range w {
				members = append(members, order[k])
				sw.Servers = append(sw.Servers, loads[k].Servers)
				sw.Foundation = loads[k].Foundation
				gb += loads[k].GB
			}
			sw.SeedDays, _ = schedule.SeedDays(gb, l.gbPerDay, s.ChangeRatePerDay)
			sl.Waves = append(sl.Waves, sw)
			l.waves, l.gb = append(l.waves, members), append(l.gb, gb)
		}
		lanes, problem.Lanes = append(lanes, l), append(problem.Lanes, sl)
	}

	dates := schedule.Solve(problem)
	for i, l := range lanes {
		e.writeWaves(p, l, problem.Lanes[i], dates.Lanes[i], names)
	}
	slices.SortFunc(p.Waves, func(a, b Wave) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
}

// compareGroups orders the groups of one municipality: foundations by role, then from low to high
// criticality so that mistakes are made where they cost least (unknown counts as between medium and
// business-critical), then small before large.
func compareGroups(a, b Group) int {
	rank := func(g Group) int {
		if g.Foundation {
			return slices.Index(group.Roles, group.Role(g.Role))
		}
		return len(group.Roles) + [...]int{2, 0, 1, 3, 4}[min(max(g.Criticality, 0), 4)]
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a.Assets), len(b.Assets)), cmp.Compare(a.ID, b.ID))
}

// impossible tells why a group can have no date whatever else is planned.
func (e *estate) impossible(l lane, g Group) []Reason {
	var why []Reason
	s := e.in.Settings
	if most := s.CrewsPerCentre * s.ServersPerCrewNight; len(g.Assets) > most {
		why = append(why, reason("group_exceeds_night", "servers", len(g.Assets), "crews", s.CrewsPerCentre, "per_crew", s.ServersPerCrewNight, "most", most))
	}
	if _, ok := schedule.SeedDays(g.TransferGB, l.gbPerDay, s.ChangeRatePerDay); !ok {
		why = append(why, reason("seeding_never_converges", "gb", g.TransferGB, "mbps", l.mbps, "gb_per_day", l.gbPerDay,
			"change_gb_per_day", g.TransferGB*s.ChangeRatePerDay))
	}
	return why
}

// link gives the speed of the fastest known link from a municipality to a centre. Links are not added
// up: a second one is there for when the first fails.
func (e *estate) link(p *Plan, municipality, centre string) int {
	best := 0
	for _, l := range e.in.Snapshot.Links {
		if l.Municipality == municipality && l.Centre == centre {
			best = max(best, l.Mbps)
		}
	}
	if best == 0 {
		best = e.in.Settings.UnknownLinkMbps
		p.Assumptions = append(p.Assumptions, reason("link_assumed", "municipality", municipality, "centre", centre, "mbps", best))
	}
	return best
}

// writeWaves puts a lane's dates into the plan.
func (e *estate) writeWaves(p *Plan, l lane, sl schedule.Lane, dates []schedule.Dates, names []Text) {
	s := e.in.Settings
	previous, pilot := "", false
	number := 0
	for k, d := range dates {
		w := Wave{Municipality: l.m.Code, Centre: l.assignment.Centre, Agreement: l.assignment.Agreement, Start: d.Start, Certainty: "proposal", Groups: []string{}}
		if d.Start != 0 {
			number++
			w.Number = number
			w.ID = fmt.Sprintf("%s-w%d", l.m.Code, number)
			w.Name = fmt.Sprintf("%s %d", l.m.Name, number)
		}
		var last inventory.Date
		for j, placed := range d.Jobs {
			g := &p.Groups[l.waves[k][j]]
			why := e.binding(l, sl.Waves[k], l.gb[k], previous, placed.Rejected, names)
			if placed.Night == 0 {
				p.Refusals = append(p.Refusals, Refusal{Subject: g.ID, Kind: "group",
					Reasons: append([]Reason{reason("deadline", "deadline", s.Deadline)}, why...)})
				continue
			}
			g.Wave, g.Start, g.Cutover, g.End = w.ID, d.Start, placed.Night, placed.Night.AddDays(s.HypercareDays)
			g.Binding, g.SlackDays = why, placed.Slack
			w.Groups = append(w.Groups, g.ID)
			w.Servers += len(g.Assets)
			w.End = max(w.End, g.End)
			last = max(last, placed.Night)
		}
		if d.Start == 0 {
			continue
		}
		slices.Sort(w.Groups)
		if sl.Waves[k].Foundation {
			w.Reasons = append(w.Reasons, reason("foundation_wave"))
		} else if !pilot {
			pilot = true
			w.Reasons = append(w.Reasons, reason("pilot", "servers", w.Servers))
		}
		w.Reasons = append(w.Reasons, reason("seeding_plan", "gb", l.gb[k], "mbps", l.mbps, "gb_per_day", l.gbPerDay, "seed_days", sl.Waves[k].SeedDays))
		w.Reasons = append(w.Reasons, e.agreementReasons(l, &w, last)...)
		w.Reasons = append(w.Reasons, e.adviceReasons(p, l, w)...)
		previous = w.ID
		p.Waves = append(p.Waves, w)
	}
}

// binding turns the schedule's rejections into reasons.
func (e *estate) binding(l lane, w schedule.Wave, gb float64, previous string, rejected []schedule.Rejection, names []Text) []Reason {
	s := e.in.Settings
	reasons := []Reason{}
	for _, r := range rejected {
		days := []any{"days", r.Days, "first", r.First, "last", r.Last}
		var more []any
		switch r.Rule {
		case schedule.Lead:
			more = []any{"lead_days", s.LeadDays}
		case schedule.Window:
			more = []any{"agreement", l.agreement.ID, "window", l.agreement.Window.Text}
		case schedule.Order:
			more = []any{"wave", previous}
		case schedule.Hypercare:
			more = []any{"wave", previous, "hypercare_days", s.HypercareDays}
		case schedule.Seeding:
			more = []any{"gb", gb, "mbps", l.mbps, "seed_days", w.SeedDays}
		case schedule.Frozen:
			more = []any{"name_da", names[r.Freeze].DA, "name_en", names[r.Freeze].EN}
		case schedule.CrewFull:
			more = []any{"centre", l.assignment.Centre, "crews", s.CrewsPerCentre, "per_crew", s.ServersPerCrewNight}
		}
		reasons = append(reasons, reason(string(r.Rule), append(days, more...)...))
	}
	return reasons
}

// agreementReasons tells how a wave stands to the agreement, and sets how certain its dates are.
func (e *estate) agreementReasons(l lane, w *Wave, last inventory.Date) []Reason {
	a := l.agreement
	if a.ID == "" {
		return []Reason{reason("no_agreement")}
	}
	if !a.Window.Known() {
		return []Reason{reason("agreement_without_window", "agreement", a.ID, "state", a.State)}
	}
	reasons := []Reason{reason("agreement", "agreement", a.ID, "state", a.State, "window", a.Window.Text)}
	within := w.Start >= a.Window.From && last <= a.Window.To
	switch {
	case a.Window.To < e.in.AsOf:
		reasons = append(reasons, reason("window_passed", "agreement", a.ID, "window", a.Window.Text))
	case last > a.Window.To:
		reasons = append(reasons, reason("after_window", "agreement", a.ID, "window", a.Window.Text))
	}
	if a.Decided() && within && a.Window.From.Known() && a.Window.To-a.Window.From < preciseDays {
		w.Certainty = "decided"
	}
	return reasons
}

// adviceReasons lists the advisory freezes that a wave's cutovers fall in, and the contracts whose end
// does not fit them.
func (e *estate) adviceReasons(p *Plan, l lane, w Wave) []Reason {
	var reasons []Reason
	nights := map[Text]inventory.Date{}
	for _, id := range w.Groups {
		g := p.group(id)
		for _, f := range e.in.Freezes {
			if f.Advisory && (f.Municipality == "" || f.Municipality == l.m.Code) && f.From <= g.Cutover && g.Cutover <= f.To {
				if first, ok := nights[f.Name]; !ok || g.Cutover < first {
					nights[f.Name] = g.Cutover
				}
			}
		}
	}
	for _, name := range sortedTexts(nights) {
		reasons = append(reasons, reason("advisory_freeze", "name_da", name.DA, "name_en", name.EN, "night", nights[name]))
	}
	told := map[string]bool{}
	for _, id := range w.Groups {
		g := p.group(id)
		for _, c := range e.contractsOf(*g) {
			if told[c.ID] || !c.Until.Known() {
				continue
			}
			told[c.ID] = true
			if c.Until < g.Cutover {
				reasons = append(reasons, reason("contract_ends_before", "contract", c.ID, "supplier", c.Supplier, "until", c.Until, "night", g.Cutover))
			} else if c.ExitFeeDKK > 0 {
				reasons = append(reasons, reason("contract_runs_on", "contract", c.ID, "supplier", c.Supplier, "until", c.Until, "fee_dkk", c.ExitFeeDKK))
			}
		}
	}
	return reasons
}

// contractsOf gives the contracts of the systems in a group, by id.
func (e *estate) contractsOf(g Group) []inventory.Contract {
	found := map[string]inventory.Contract{}
	for _, sys := range e.systems[g.Municipality] {
		if c, ok := e.contracts[sys.Contract]; ok && slices.Contains(g.Systems, sys.ID) {
			found[c.ID] = c
		}
	}
	out := make([]inventory.Contract, 0, len(found))
	for _, id := range sortedKeys(found) {
		out = append(out, found[id])
	}
	return out
}

// freezes gives the calendar in a fixed order, and its distinct names.
func (e *estate) freezes() ([]Freeze, []Text) {
	freezes := slices.Clone(e.in.Freezes)
	slices.SortFunc(freezes, func(a, b Freeze) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Municipality, b.Municipality), compareTexts(a.Name, b.Name))
	})
	var names []Text
	for _, f := range freezes {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return freezes, names
}

// group finds a group by id. The plan's groups are sorted by id.
func (p *Plan) group(id string) *Group {
	i, ok := slices.BinarySearchFunc(p.Groups, id, func(g Group, id string) int { return cmp.Compare(g.ID, id) })
	if !ok {
		return nil
	}
	return &p.Groups[i]
}
