package planner

import (
	"cmp"
	"math"
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
	gbPerDay   float64 // that the link gives to seeding
	waves      [][]int // indices of Plan.Groups
	gb         []float64
	crews      []schedule.Step // servers a night of its centre
	local      []schedule.Step // of its own staff; nil: no limit
}

// setDates cuts each municipality's groups into waves and finds their dates.
func (e *estate) setDates(p *Plan) error {
	problem, lanes, names := e.timetable(p)
	dates, err := schedule.Solve(problem)
	if err != nil {
		return err
	}
	for i, l := range lanes {
		e.writeWaves(p, l, problem.Lanes[i], dates.Lanes[i], names)
	}
	slices.SortFunc(p.Waves, func(a, b Wave) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID)) })
	p.WaitingCost, p.CostBound, p.CriticalChain = float64(dates.Cost), float64(dates.CostBound), dates.Critical
	if len(p.Waves) > 0 {
		p.LowerBound = dates.Bound
		p.Gap = float64(dates.LastEnd-dates.Bound) / float64(dates.LastEnd-e.in.AsOf)
	}
	holding := map[string]int{} // municipality → groups of the critical chain
	for _, id := range p.CriticalChain {
		holding[p.group(id).Municipality]++
	}
	for _, m := range sortedKeys(holding) {
		p.Assumptions = append(p.Assumptions, reason("end_held_by", "municipality", m, "count", holding[m]))
	}
	return nil
}

// timetable describes all that the dates depend on to the schedule. names are those of the freezes.
func (e *estate) timetable(p *Plan) (problem schedule.Problem, lanes []lane, names []Text) {
	s := e.in.Settings
	problem = schedule.Problem{AsOf: e.in.AsOf, Deadline: s.Deadline, LeadDays: s.LeadDays, HypercareDays: s.HypercareDays,
		MaxMoving: s.MaxMoving, Search: s.Search}
	for _, d := range s.CutoverWeekdays {
		problem.Nights[d] = true
	}
	for _, c := range e.centres {
		problem.Centres = append(problem.Centres, schedule.Centre{Name: c.ID, Servers: e.crews(p, c.ID), Groups: s.MaxGroupsPerNight})
	}
	contracts := map[string]int{}
	for _, id := range sortedKeys(e.contracts) {
		if c := e.contracts[id]; c.Until.Known() && c.AnnualDKK > 0 {
			contracts[id] = len(problem.Contracts)
			problem.Contracts = append(problem.Contracts, schedule.Contract{ID: id, Until: c.Until, DayCost: c.AnnualDKK / 365})
		}
	}
	var freezes []Freeze
	freezes, names = e.freezes()
	refused := map[string]bool{}
	for _, r := range p.Refusals {
		refused[r.Subject] = true
	}
	groupsOf := map[string][]int{}
	for i, g := range p.Groups {
		groupsOf[g.Municipality] = append(groupsOf[g.Municipality], i)
	}
	for i, m := range e.municipalities {
		if refused[m.Code] || len(groupsOf[m.Code]) == 0 {
			continue
		}
		l := lane{m: m, assignment: p.Assignments[i], agreement: e.agreements[m.Code]}
		l.mbps = e.link(p, m.Code, l.assignment.Centre)
		l.gbPerDay = float64(l.mbps) * gbPerDayPerMbps * s.LinkEfficiency * s.seedingShare()
		sl := schedule.Lane{Name: m.Code, Release: max(l.agreement.Window.From, s.linkReady(m.Code)), Local: e.localStaff(m.Code),
			Centre: slices.IndexFunc(e.centres, func(c inventory.Centre) bool { return c.ID == l.assignment.Centre })}
		for _, f := range freezes {
			if !f.Advisory && (f.Municipality == "" || f.Municipality == m.Code) {
				sl.Frozen = append(sl.Frozen, schedule.Span{From: f.From, To: f.To, Name: slices.Index(names, f.Name)})
			}
		}
		for _, lease := range s.Leases {
			if lease.Municipality == m.Code {
				sl.Lease, sl.Late = lease.Until, lease.DKKPerDay
			}
		}
		l.crews, l.local = problem.Centres[sl.Centre].Servers, sl.Local
		e.cutWaves(p, &l, &sl, groupsOf[m.Code], contracts)
		lanes, problem.Lanes = append(lanes, l), append(problem.Lanes, sl)
	}
	return problem, lanes, names
}

// cutWaves cuts a municipality's groups into waves and describes them to the schedule. Groups that can
// have no date whatever else is planned are refused.
func (e *estate) cutWaves(p *Plan, l *lane, sl *schedule.Lane, groups []int, contracts map[string]int) {
	s := e.in.Settings
	var order []int
	for _, gi := range groups {
		if why := e.impossible(*l, p.Groups[gi]); why != nil {
			p.Refusals = append(p.Refusals, Refusal{Subject: p.Groups[gi].ID, Kind: "group", Reasons: why})
			sl.Blocked = sl.Blocked || p.Groups[gi].Foundation
			continue
		}
		order = append(order, gi)
	}
	sl.ServerDay = max(1, int64(math.Round(s.PriceServerWeekDouble.Likely/7)))
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
			g := p.Groups[order[k]]
			members = append(members, order[k])
			sw.Foundation = g.Foundation
			gb += g.TransferGB
			pin := e.pins[g.ID]
			j := schedule.Job{ID: g.ID, Servers: len(g.Assets), GB: g.TransferGB * pin.left(e.in.AsOf), Windows: e.windows(g), Pin: pin.Cutover, Known: pin.Since.Known()}
			for _, c := range e.contractsOf(g) {
				if at, ok := contracts[c.ID]; ok {
					j.Contracts = append(j.Contracts, at)
				}
			}
			sw.Jobs = append(sw.Jobs, j)
		}
		sw.GBPerDay = l.gbPerDay - s.ChangeRatePerDay*gb
		sl.Waves = append(sl.Waves, sw)
		l.waves, l.gb = append(l.waves, members), append(l.gb, gb)
	}
}

// crews gives how many servers a centre's crews can cut over in a night, from each day on that it
// changes: people who are transferred from municipalities that go there join them, others come or leave.
func (e *estate) crews(p *Plan, centre string) []schedule.Step {
	s := e.in.Settings
	changes := map[inventory.Date]int{}
	for _, t := range s.StaffTransfers {
		if slices.ContainsFunc(p.Assignments, func(a Assignment) bool { return a.Municipality == t.Municipality && a.Centre == centre }) {
			changes[t.On] += t.Crews
		}
	}
	for _, c := range s.CrewChanges {
		if c.Centre == centre {
			changes[c.On] += c.Crews
		}
	}
	crews := s.CrewsPerCentre
	steps := []schedule.Step{{From: e.in.AsOf, Amount: crews * s.ServersPerCrewNight}}
	for _, on := range sortedKeys(changes) {
		crews += changes[on]
		steps = e.step(steps, on, max(0, crews)*s.ServersPerCrewNight-steps[len(steps)-1].Amount)
	}
	return steps
}

// localStaff gives how many servers a municipality's own staff can attend to in a night; nil: no limit.
func (e *estate) localStaff(municipality string) []schedule.Step {
	if e.in.Settings.LocalServersPerNight == 0 {
		return nil
	}
	steps := []schedule.Step{{From: e.in.AsOf, Amount: e.in.Settings.LocalServersPerNight}}
	for _, t := range e.transfers() {
		if t.Municipality == municipality && t.LocalServers > 0 {
			steps = e.step(steps, t.On, -t.LocalServers)
		}
	}
	return steps
}

// step changes a curve from a day on, never below zero. What has happened by tomorrow holds from the start.
func (e *estate) step(steps []schedule.Step, on inventory.Date, change int) []schedule.Step {
	next := schedule.Step{From: on, Amount: max(0, steps[len(steps)-1].Amount+change)}
	if on <= e.in.AsOf+1 {
		steps[0].Amount = next.Amount
		return steps
	}
	return append(steps, next)
}

// transfers gives the staff transfers by day.
func (e *estate) transfers() []StaffTransfer {
	transfers := slices.Clone(e.in.Settings.StaffTransfers)
	slices.SortFunc(transfers, func(a, b StaffTransfer) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Municipality, b.Municipality), a.Crews-b.Crews, a.LocalServers-b.LocalServers)
	})
	return transfers
}

// left is the share of a group's data that is still to be seeded: how far it has come is not known, so that
// what is under way is taken to go as planned.
func (p Pin) left(asOf inventory.Date) float64 {
	if !p.begun(asOf) {
		return 1
	}
	return float64(max(1, p.Cutover-asOf-1)) / float64(p.Cutover-p.Since)
}

// begun tells whether the group's seeding is under way.
func (p Pin) begun(asOf inventory.Date) bool { return p.Since.Known() && p.Since <= asOf }

// windows gives the nights agreed for a group itself or for a system that it runs, by day.
func (e *estate) windows(g Group) []schedule.Span {
	var spans []schedule.Span
	for _, w := range e.in.Windows {
		if w.Group == g.ID || w.System != "" && slices.Contains(g.Systems, w.System) {
			spans = append(spans, schedule.Span{From: w.From, To: w.To})
		}
	}
	slices.SortFunc(spans, func(a, b schedule.Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return spans
}

// seedingShare is the share of a link that seeding has on average over day and night.
func (s Settings) seedingShare() float64 {
	return (s.LinkShare*(24-s.NightHours) + s.LinkShareNight*s.NightHours) / 24
}

// serversOn is the amount of a curve on a day.
func serversOn(steps []schedule.Step, d inventory.Date) int {
	n := 0
	for _, s := range steps {
		if s.From <= d {
			n = s.Amount
		}
	}
	return n
}

// mostServers is the largest amount of a curve.
func mostServers(steps []schedule.Step) int {
	most := 0
	for _, s := range steps {
		most = max(most, s.Amount)
	}
	return most
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
	if most := mostServers(l.crews); len(g.Assets) > most {
		why = append(why, reason("group_exceeds_night", "servers", len(g.Assets), "crews", most/s.ServersPerCrewNight, "per_crew", s.ServersPerCrewNight, "most", most))
	}
	if most := mostServers(l.local); l.local != nil && len(g.Assets) > most {
		why = append(why, reason("group_exceeds_local", "servers", len(g.Assets), "most", most))
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
