package planner

import (
	"cmp"
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
