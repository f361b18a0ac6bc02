package planner

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/schedule"
)

// writeWaves puts a lane's dates into the plan.
func (e *estate) writeWaves(p *Plan, l lane, sl schedule.Lane, dates [][]schedule.Placed, names []Text) {
	s := e.in.Settings
	ids, number := make([]string, len(dates)), 0 // of waves that have a date
	for k, jobs := range dates {
		if slices.ContainsFunc(jobs, func(j schedule.Placed) bool { return j.Night != 0 }) {
			number++
			ids[k] = fmt.Sprintf("%s-w%d", l.m.Code, number)
		}
	}
	number = 0
	pilot := false
	for k, jobs := range dates {
		w := Wave{ID: ids[k], Municipality: l.m.Code, Centre: l.assignment.Centre, Agreement: l.assignment.Agreement, Certainty: "proposal", Groups: []string{}}
		var last inventory.Date
		days := 0
		for j, placed := range jobs {
			g := &p.Groups[l.waves[k][j]]
			why := e.binding(l, sl.Waves[k], k, j, ids, placed.Rejected, names)
			if placed.Night == 0 {
				p.Refusals = append(p.Refusals, Refusal{Subject: g.ID, Kind: "group",
					Reasons: append([]Reason{reason("deadline", "deadline", s.Deadline)}, why...)})
				continue
			}
			g.Wave, g.Start, g.SeedDays, g.Cutover, g.End = w.ID, placed.Seed, placed.SeedDays, placed.Night, placed.Night.AddDays(s.HypercareDays)
			g.Binding, g.SlackDays, g.HeldBy, g.Pinned = why, placed.Slack, placed.HeldBy, sl.Waves[k].Jobs[j].Pin != 0
			w.Groups = append(w.Groups, g.ID)
			w.Servers += len(g.Assets)
			w.End = max(w.End, g.End)
			last = max(last, placed.Night)
			days = max(days, placed.SeedDays)
			if w.Start == 0 || g.Start < w.Start {
				w.Start = g.Start
			}
		}
		if w.ID == "" {
			continue
		}
		number++
		w.Number, w.Name = number, fmt.Sprintf("%s %d", l.m.Name, number)
		slices.Sort(w.Groups)
		if sl.Waves[k].Foundation {
			w.Reasons = append(w.Reasons, reason("foundation_wave"))
		} else if !pilot {
			pilot = true
			w.Reasons = append(w.Reasons, reason("pilot", "servers", w.Servers))
		}
		w.Reasons = append(w.Reasons, reason("seeding_plan", "gb", l.gb[k], "mbps", l.mbps, "gb_per_day", l.gbPerDay, "seed_days", days))
		w.Reasons = append(w.Reasons, e.agreementReasons(l, &w, last)...)
		w.Reasons = append(w.Reasons, e.adviceReasons(p, l, w)...)
		p.Waves = append(p.Waves, w)
	}
}

// binding turns the schedule's rejections of a job into reasons.
func (e *estate) binding(l lane, w schedule.Wave, wave, job int, ids []string, rejected []schedule.Rejection, names []Text) []Reason {
	s := e.in.Settings
	previous, next := "", ""
	for k, id := range ids {
		if id != "" && k < wave {
			previous = id
		} else if id != "" && k > wave && next == "" {
			next = id
		}
	}
	days, _ := schedule.SeedDays(w.Jobs[job].GB, w.GBPerDay, 0)
	reasons := []Reason{}
	for _, r := range rejected {
		counted := []any{"days", r.Days, "first", r.First, "last", r.Last}
		rule, ready := string(r.Rule), s.linkReady(l.m.Code)
		var more []any
		switch r.Rule {
		case schedule.Lead:
			more = []any{"lead_days", s.LeadDays}
		case schedule.Release:
			more = []any{"agreement", l.agreement.ID, "window", l.agreement.Window.Text}
			if ready > l.agreement.Window.From {
				rule, more = "link_not_ready", []any{"municipality", l.m.Code, "on", ready}
			}
		case schedule.Queue:
			more = []any{"centre", l.assignment.Centre, "limit", s.MaxMoving}
		case schedule.Order:
			more = []any{"wave", previous}
		case schedule.Hypercare:
			more = []any{"wave", previous, "hypercare_days", s.HypercareDays}
		case schedule.NextWave:
			more = []any{"wave", next}
		case schedule.LinkFull:
			more = []any{"mbps", l.mbps}
		case schedule.Seeding:
			more = []any{"gb", w.Jobs[job].GB, "mbps", l.mbps, "seed_days", days}
		case schedule.Frozen:
			more = []any{"name_da", names[r.Freeze].DA, "name_en", names[r.Freeze].EN}
		case schedule.CrewFull:
			more = []any{"centre", l.assignment.Centre, "crews", serversOn(l.crews, r.First) / s.ServersPerCrewNight, "per_crew", s.ServersPerCrewNight}
		case schedule.GroupsFull:
			more = []any{"centre", l.assignment.Centre, "limit", s.MaxGroupsPerNight}
		case schedule.LocalFull:
			more = []any{"municipality", l.m.Code, "limit", serversOn(l.local, r.First)}
		}
		reasons = append(reasons, reason(rule, append(counted, more...)...))
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
			if told[c.ID] {
				continue
			}
			told[c.ID] = true
			reasons = append(reasons, e.contractReasons(c, g.Cutover)...)
		}
	}
	return reasons
}

// contractReasons tells what a cutover means for a contract that the group rests on.
func (e *estate) contractReasons(c inventory.Contract, night inventory.Date) []Reason {
	var reasons []Reason
	switch {
	case !c.Until.Known():
	case c.Until < night:
		reasons = append(reasons, reason("contract_ends_before", "contract", c.ID, "supplier", c.Supplier, "until", c.Until, "night", night))
	case c.ExitFeeDKK > 0:
		reasons = append(reasons, reason("contract_runs_on", "contract", c.ID, "supplier", c.Supplier, "until", c.Until, "fee_dkk", c.ExitFeeDKK))
	}
	if c.NoticeMonths > 0 && (!c.Until.Known() || c.Until >= e.in.AsOf) {
		by := inventory.DateOf(night.Time().AddDate(0, -c.NoticeMonths, 0))
		rule := "notice_due"
		if by < e.in.AsOf {
			rule = "notice_late"
		}
		reasons = append(reasons, reason(rule, "contract", c.ID, "supplier", c.Supplier, "months", c.NoticeMonths, "by", by))
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
