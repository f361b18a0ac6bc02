package planner

import (
	"math"

	"github.com/samdrift/samdrift/inventory"
)

// What groups share is verified here: crews, links, staff, room to move, and what waiting for each other
// costs.

// place is a centre or a municipality on a night.
type place struct {
	name  string
	night inventory.Date
}

// checkNights verifies that no centre cuts over more servers or groups in a night than its crews can,
// and no municipality more than its own staff attends to.
func (c *checker) checkNights() {
	s := c.in.Settings
	servers, groups, local := map[place]int{}, map[place]int{}, map[place]int{}
	wished := map[place]bool{}
	for _, g := range c.p.Groups {
		if g.Wave == "" {
			continue
		}
		there, here := place{g.Centre, g.Cutover}, place{g.Municipality, g.Cutover}
		servers[there] += len(g.Assets)
		groups[there]++
		local[here] += len(g.Assets)
		wished[there] = wished[there] || c.isPinned(g.ID)
		wished[here] = wished[here] || c.isPinned(g.ID)
	}
	for at, n := range servers {
		crews := s.CrewsPerCentre
		for _, t := range s.StaffTransfers {
			if a := c.assigned[t.Municipality]; a != nil && a.Centre == at.name && t.On <= at.night {
				crews += t.Crews
			}
		}
		for _, x := range s.CrewChanges {
			if x.Centre == at.name && x.On <= at.night {
				crews += x.Crews
			}
		}
		crews = max(0, crews)
		c.keep(n <= crews*s.ServersPerCrewNight, wished[at], "crews_exceeded", at.name, "%d servers are cut over on %s, its %d crews manage %d", n, at.night, crews, crews*s.ServersPerCrewNight)
	}
	for at, n := range groups {
		c.keep(s.MaxGroupsPerNight == 0 || n <= s.MaxGroupsPerNight, wished[at], "groups_exceeded", at.name, "%d groups are cut over on %s, at most %d may be", n, at.night, s.MaxGroupsPerNight)
	}
	for at, n := range local {
		most := s.LocalServersPerNight
		for _, t := range s.StaffTransfers {
			if t.Municipality == at.name && t.On <= at.night {
				most -= t.LocalServers
			}
		}
		c.keep(s.LocalServersPerNight == 0 || n <= max(0, most), wished[at], "local_staff_exceeded", at.name, "%d servers are cut over on %s, its own staff attends to %d", n, at.night, max(0, most))
	}
}

// ahead is what is still to be copied of a group's data when that goes as people were told.
func (p Pin) ahead(gb float64, today inventory.Date) float64 {
	if p.Since == 0 || p.Since > today {
		return gb
	}
	whole, rest := p.Cutover-p.Since, max(p.Cutover-today, 2)-1
	return gb * float64(rest) / float64(whole)
}

// checkLinks adds up, for each municipality and day, what its groups copy over its link: their data
// while they are seeded, and from then to the cutover what changes of it.
func (c *checker) checkLinks() {
	s := c.in.Settings
	load := map[place]float64{}
	wished := map[string]bool{}
	centre := map[string]string{}
	for _, g := range c.p.Groups {
		if g.Wave == "" || g.SeedDays <= 0 {
			continue
		}
		centre[g.Municipality] = g.Centre
		wished[g.Municipality] = wished[g.Municipality] || c.isPinned(g.ID)
		for d := g.Start; d < g.Cutover; d++ {
			load[place{g.Municipality, d}] += g.TransferGB * s.ChangeRatePerDay
			if d < g.Start.AddDays(g.SeedDays) {
				load[place{g.Municipality, d}] += c.pins[g.ID].ahead(g.TransferGB, c.in.AsOf) / float64(g.SeedDays)
			}
		}
	}
	carries := map[string]float64{}
	for m, to := range centre {
		mbps := 0
		for _, l := range c.in.Snapshot.Links {
			if l.Municipality == m && l.Centre == to {
				mbps = max(mbps, l.Mbps)
			}
		}
		if mbps == 0 {
			mbps = s.UnknownLinkMbps
		}
		hour := float64(mbps) * 3600 / 8 / 1000 * s.LinkEfficiency // GB
		carries[m] = hour * ((24-s.NightHours)*s.LinkShare + s.NightHours*s.LinkShareNight)
	}
	for at, gb := range load {
		c.keep(gb <= carries[at.name]*(1+1e-9), wished[at.name], "link_overloaded", at.name, "%.3f GB must cross on %s, the link carries %.3f", gb, at.night, carries[at.name])
	}
}

// checkMoving verifies that no more municipalities of a centre move at once than may.
func (c *checker) checkMoving() {
	most := c.in.Settings.MaxMoving
	if most == 0 {
		return
	}
	type stretch struct{ from, to inventory.Date }
	moving := map[string]map[string]stretch{} // centre → municipality
	wished := map[string]bool{}
	for _, g := range c.p.Groups {
		if g.Wave == "" {
			continue
		}
		if moving[g.Centre] == nil {
			moving[g.Centre] = map[string]stretch{}
		}
		x, seen := moving[g.Centre][g.Municipality]
		if !seen || g.Start < x.from {
			x.from = g.Start
		}
		x.to = max(x.to, g.End)
		moving[g.Centre][g.Municipality] = x
		wished[g.Centre] = wished[g.Centre] || c.isPinned(g.ID)
	}
	for centre, all := range moving {
		for m, x := range all { // the number is largest where one begins
			n := 0
			for _, o := range all {
				if o.from <= x.from && x.from <= o.to {
					n++
				}
			}
			c.keep(n <= most, wished[centre], "moving_exceeded", m, "begins on %s, when %d municipalities move to %s; at most %d may", x.from, n, centre, most)
		}
	}
}

// checkWaiting works out again what waiting costs: each server in two places from its seeding until its
// municipality's last wave is over, and the days by which contracts and leases are overrun. The bounds
// must lie below what the plan has.
func (c *checker) checkWaiting() {
	s := c.in.Settings
	ends := map[string]inventory.Date{}
	for _, w := range c.p.Waves {
		ends[w.Municipality] = max(ends[w.Municipality], w.End)
	}
	type key struct{ municipality, contract string }
	last := map[key]inventory.Date{}
	contractOf := map[key]string{} // by municipality and system
	for _, sys := range c.in.Snapshot.Systems {
		contractOf[key{sys.Municipality, sys.ID}] = sys.Contract
	}
	cost, day := 0.0, math.Max(1, math.Round(s.PriceServerWeekDouble.Likely/7))
	for _, g := range c.p.Groups {
		if g.Wave == "" {
			continue
		}
		cost += day * float64(len(g.Assets)) * float64(int(ends[g.Municipality]-g.Cutover)+1+g.SeedDays)
		for _, sys := range g.Systems {
			at := key{g.Municipality, contractOf[key{g.Municipality, sys}]}
			last[at] = max(last[at], g.Cutover)
		}
	}
	contracts := map[string]inventory.Contract{}
	for _, contract := range c.in.Snapshot.Contracts {
		contracts[contract.ID] = contract
	}
	for at, night := range last {
		if contract := contracts[at.contract]; contract.Until.Known() {
			cost += float64(contract.AnnualDKK/365) * float64(max(0, night-contract.Until))
		}
	}
	leases := map[string]Lease{} // the last that is given counts
	for _, l := range s.Leases {
		leases[l.Municipality] = l
	}
	for m, l := range leases {
		cost += float64(l.DKKPerDay) * float64(max(0, ends[m]-l.Until))
	}
	c.want(math.Abs(cost-c.p.WaitingCost) < 0.5, "waiting_wrong", "plan", "says %.0f DKK for waiting, the dates say %.0f", c.p.WaitingCost, cost)
	c.want(c.p.CostBound <= c.p.WaitingCost && c.p.LowerBound <= c.p.LastWaveEnd, "bound_wrong", "plan", "bounds %.0f DKK and %s are above what the plan has, %.0f DKK and %s",
		c.p.CostBound, c.p.LowerBound, c.p.WaitingCost, c.p.LastWaveEnd)
}
