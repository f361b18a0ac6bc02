package planner

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// checkDates verifies that everything has a date or a refusal, and that each date keeps every rule.
func (c *checker) checkDates() {
	var end inventory.Date
	member := map[string]string{} // group → wave that lists it
	for _, w := range c.p.Waves {
		end = max(end, w.End)
		for _, id := range w.Groups {
			c.want(c.groups[id] != nil && member[id] == "" && c.groups[id].Wave == w.ID, "wave_wrong", w.ID, "lists group %s, which is not its own", id)
			member[id] = w.ID
		}
	}
	c.want(c.p.LastWaveEnd == end, "last_wave_end_wrong", "plan", "says %s, the waves end on %s", c.p.LastWaveEnd, end)
	for i := range c.p.Groups {
		c.checkDate(&c.p.Groups[i], member)
	}
	c.checkPins()
	c.checkNights()
	c.checkLinks()
	c.checkMoving()
	c.checkWaiting()
	lanes := map[string][]*Wave{}
	for i := range c.p.Waves {
		w := &c.p.Waves[i]
		lanes[w.Municipality] = append(lanes[w.Municipality], w)
	}
	for _, waves := range lanes {
		c.checkLane(waves)
	}
}

// checkDate verifies what one group's dates must keep by themselves.
func (c *checker) checkDate(g *Group, member map[string]string) {
	s := c.in.Settings
	if g.Wave == "" {
		c.want(c.refused[g.ID] || c.refused[g.Municipality], "group_lost", g.ID, "has no wave and no refusal")
		c.want(!g.Start.Known() && !g.Cutover.Known() && !g.End.Known(), "group_misshapen", g.ID, "has dates without a wave")
		return
	}
	pin, pinned := c.pins[g.ID]
	begun := pin.Since.Known() && pin.Since <= c.in.AsOf // how much is left of its seeding is not known
	c.want(member[g.ID] == g.Wave, "wave_wrong", g.ID, "is in wave %s, which does not list it", g.Wave)
	c.want(!c.refused[g.ID] && !c.refused[g.Municipality], "placed_and_refused", g.ID, "has a date and a refusal")
	c.want(g.End == g.Cutover.AddDays(s.HypercareDays), "group_misshapen", g.ID, "is cut over on %s and done on %s", g.Cutover, g.End)
	c.keep(g.SeedDays > 0 && (begun || g.Start.AddDays(g.SeedDays) <= g.Cutover), pinned, "seeding_short", g.ID, "seeds for %d days from %s and is cut over on %s", g.SeedDays, g.Start, g.Cutover)
	c.keep((pin.Since.Known() || g.Start >= c.in.AsOf.AddDays(s.LeadDays)) && g.Start > c.in.AsOf, pinned, "lead_time_broken", g.ID, "seeds from %s, less than %d days from %s", g.Start, s.LeadDays, c.in.AsOf)
	if deal, ok := c.deals[g.Municipality]; ok {
		c.keep(g.Start >= deal.Window.From, pinned, "window_broken", g.ID, "starts on %s, agreement %s says %s", g.Start, deal.ID, deal.Window.Text)
	}
	for _, l := range s.LinksReady {
		c.keep(l.Municipality != g.Municipality || g.Start >= l.On, pinned, "link_not_ready", g.ID, "starts on %s, its link is ready on %s", g.Start, l.On)
	}
	c.keep(g.Cutover <= s.Deadline, pinned, "deadline_missed", g.ID, "is cut over on %s, the deadline is %s", g.Cutover, s.Deadline)
	c.keep(slices.Contains(s.CutoverWeekdays, g.Cutover.Weekday()), pinned, "weekday_broken", g.ID, "is cut over on a %s", g.Cutover.Weekday())
	for _, f := range c.in.Freezes {
		hit := !f.Advisory && f.From <= g.Cutover && g.Cutover <= f.To && (f.Municipality == "" || f.Municipality == g.Municipality)
		c.keep(!hit, pinned, "freeze_broken", g.ID, "is cut over on %s, in %s", g.Cutover, f.Name.EN)
	}
	agreed, inside := false, false
	for _, w := range c.in.Windows {
		if w.Group == g.ID || w.Group == "" && slices.Contains(g.Systems, w.System) {
			agreed = true
			inside = inside || w.From <= g.Cutover && g.Cutover <= w.To
		}
	}
	c.keep(!agreed || inside, pinned, "business_window_broken", g.ID, "is cut over on %s, in none of the nights agreed with the business", g.Cutover)
	c.want(g.SlackDays >= 0 && (g.SlackDays == 0 || g.Cutover.AddDays(g.SlackDays) <= s.Deadline), "slack_wrong", g.ID, "%d days after %s is past the deadline", g.SlackDays, g.Cutover)
	c.want(len(g.Binding) > 0 || g.Cutover == c.in.AsOf+1, "reason_missing", g.ID, "does not say why not earlier than %s", g.Cutover)
}

// isPinned tells whether people set a group's night.
func (c *checker) isPinned(group string) bool {
	_, is := c.pins[group]
	return is
}

// checkPins verifies that every cutover that people set stands where they set it.
func (c *checker) checkPins() {
	for _, p := range c.in.Pins {
		g := c.groups[p.Group]
		if g == nil || g.Wave == "" {
			c.keep(false, true, "pin_lost", p.Group, "is set to %s, but has no date", p.Cutover)
			continue
		}
		c.want(g.Cutover == p.Cutover && g.Pinned, "pin_moved", g.ID, "is set to %s and cut over on %s", p.Cutover, g.Cutover)
	}
	for _, g := range c.p.Groups {
		c.want(!g.Pinned || c.isPinned(g.ID), "pin_invented", g.ID, "is called set by people, but nobody did")
	}
}

// checkLane verifies one municipality's waves: their figures, hypercare, and the order of foundations
// and criticality.
func (c *checker) checkLane(waves []*Wave) {
	s := c.in.Settings
	slices.SortFunc(waves, func(a, b *Wave) int { return cmp.Compare(a.Number, b.Number) })
	order := func(g *Group) int { // low first; unknown between medium and business-critical
		switch {
		case g.Foundation:
			return 0
		case g.Criticality == inventory.CriticalityUnknown:
			return 5
		default:
			return 2 * min(int(g.Criticality), 4) // 2, 4, 6, 8
		}
	}
	var lastCut inventory.Date
	rank, before := -1, false // before: a group that people set moves in an earlier wave
	for i, w := range waves {
		c.want(w.Number == i+1, "wave_wrong", w.ID, "is number %d, want %d", w.Number, i+1)
		c.want(len(w.Reasons) > 0, "reason_missing", w.ID, "gives no reason")
		c.want(len(w.Groups) > 0, "wave_wrong", w.ID, "has no groups")
		servers, wished := 0, false
		var start, first, last, end inventory.Date
		low, high := 1000, -1
		for _, id := range w.Groups {
			g := c.groups[id]
			if g == nil {
				continue
			}
			c.want(g.Municipality == w.Municipality && g.Centre == w.Centre && g.Start >= w.Start, "wave_wrong", w.ID, "does not fit its group %s", id)
			servers += len(g.Assets)
			wished = wished || c.isPinned(id)
			if start == 0 || g.Start < start {
				start = g.Start
			}
			if first == 0 || g.Cutover < first {
				first = g.Cutover
			}
			last, end = max(last, g.Cutover), max(end, g.End)
			low, high = min(low, order(g)), max(high, order(g))
		}
		c.want(servers == w.Servers && end == w.End, "wave_wrong", w.ID, "says %d servers until %s, its groups say %d until %s", w.Servers, w.End, servers, end)
		c.want(servers <= s.MaxWaveServers || len(w.Groups) == 1, "wave_too_large", w.ID, "has %d servers, the limit is %d", servers, s.MaxWaveServers)
		c.want(low >= rank, "order_broken", w.ID, "moves less critical groups after more critical ones, or foundations late")
		rank = max(rank, high)
		if a := c.assigned[w.Municipality]; a != nil {
			c.want(w.Agreement == a.Agreement, "wave_wrong", w.ID, "names agreement %q, the assignment %q", w.Agreement, a.Agreement)
		}
		c.want(start == w.Start, "wave_wrong", w.ID, "starts on %s, its groups on %s", w.Start, start)
		if i > 0 {
			wished := wished || before
			c.keep(w.Start > lastCut, wished, "link_shared", w.ID, "seeds from %s while the wave before is not over until %s", w.Start, lastCut)
			c.keep(first > lastCut.AddDays(s.HypercareDays), wished, "hypercare_broken", w.ID, "is cut over on %s, %d days of follow-up run from %s", first, s.HypercareDays, lastCut)
		}
		before = before || wished
		lastCut = max(lastCut, last)
		deal := c.deals[w.Municipality]
		precise := deal.Window.From.Known() && deal.Window.To.AddDays(-30) <= deal.Window.From
		decided := deal.Decided() && precise && deal.Window.From <= w.Start && last <= deal.Window.To
		c.want((w.Certainty == "decided") == decided, "certainty_wrong", w.ID, "is called %s; a decided agreement with a precise window holds it: %v", w.Certainty, decided)
	}
	// What has no date must not be rested on.
	for _, g := range c.p.Groups {
		if len(waves) > 0 && g.Municipality == waves[0].Municipality && g.Foundation && g.Wave == "" {
			for _, w := range waves {
				for _, id := range w.Groups {
					c.keep(c.groups[id] == nil || c.groups[id].Foundation, c.isPinned(id), "foundation_missing", w.ID, "moves %s though foundation %s has no date", id, g.ID)
				}
			}
		}
	}
}
