package planner

import (
	"math"

	"github.com/samdrift/samdrift/inventory"
)

// checkCentres verifies that each municipality goes to one centre, that agreements are kept, that
// hosts stay, and that no centre is filled beyond its headroom.
func (c *checker) checkCentres() {
	centres := map[string]inventory.Centre{}
	hosts := map[string]bool{}
	for _, centre := range c.in.Snapshot.Centres {
		centres[centre.ID] = centre
		hosts[centre.Host] = true
	}
	previous := ""
	for i := range c.p.Assignments {
		a := &c.p.Assignments[i]
		c.want(a.Municipality > previous, "assignment_order", a.Municipality, "stands after %s", previous)
		previous = a.Municipality
		c.assigned[a.Municipality] = a
		_, known := centres[a.Centre]
		c.want(known || c.refused[a.Municipality], "centre_unknown", a.Municipality, "is sent to %q, which is no centre", a.Centre)
		c.want(len(a.Reasons) > 0 || c.refused[a.Municipality], "reason_missing", a.Municipality, "the choice of %s gives no reason", a.Centre)
		deal, agreed := c.deals[a.Municipality]
		c.want(a.Agreement == deal.ID, "agreement_wrong", a.Municipality, "names agreement %q, its own is %q", a.Agreement, deal.ID)
		bound := agreed && deal.Decided()
		choice := c.in.Choices[a.Municipality]
		right := a.Centre == deal.Centre || (deal.Centre == "" && centres[a.Centre].Host == deal.Host)
		moved := deal.State == inventory.StateStable || deal.State == inventory.StateClosed
		own := deal.Centre // where the agreement sends it by itself
		for _, centre := range c.in.Snapshot.Centres {
			if deal.Centre == "" && centre.Host == deal.Host && (own == "" || centre.ID < own) {
				own = centre.ID
			}
		}
		past, agreedToo := agreed && moved, bound && own == choice
		chosen := choice != "" && !past && !agreedToo
		c.want(a.Chosen == chosen && (!chosen || a.Centre == choice), "choice_ignored", a.Municipality, "is sent to %s, chosen is %s", a.Centre, choice)
		if chosen && bound && known {
			c.keep(right, true, "agreement_broken", a.Municipality, "is sent to %s, agreement %s says %s", a.Centre, deal.ID, deal.Centre)
			bound = false
		}
		c.want(a.Decided == bound, "decided_wrong", a.Municipality, "decided is %v, the agreement says %v", a.Decided, bound)
		if bound && known {
			c.want(right, "agreement_broken", a.Municipality, "is sent to %s, agreement %s says %s", a.Centre, deal.ID, deal.Centre)
		}
		if hosts[a.Municipality] && !bound {
			c.want(a.Host && centres[a.Centre].Host == a.Municipality, "host_moved", a.Municipality, "hosts a centre and is sent to %s", a.Centre)
		} else {
			c.want(!a.Host, "host_wrong", a.Municipality, "is called a host and is none")
		}
	}
	for _, m := range c.in.Snapshot.Municipalities {
		c.want(c.assigned[m.Code] != nil, "assignment_missing", m.Code, "is in no assignment")
	}
	c.want(len(c.p.Assignments) == len(c.in.Snapshot.Municipalities), "assignment_count", "plan",
		"%d assignments for %d municipalities", len(c.p.Assignments), len(c.in.Snapshot.Municipalities))
	c.checkLoads(centres)
}

// checkLoads adds up what each centre carries and compares it with what it may.
func (c *checker) checkLoads(centres map[string]inventory.Centre) {
	added, movesUsers := map[string][6]int{}, map[string]map[string]bool{}
	operated := map[string]int{} // thousandths of staff, by municipality
	for _, g := range c.p.Groups {
		if g.Wave == "" {
			continue
		}
		sum := added[g.Centre]
		sum[0] += g.Demand.VCPUs
		sum[1] += g.Demand.MemoryGB
		sum[2] += g.Demand.StorageGB
		sum[4] += int(g.Demand.PowerKW)
		operated[g.Municipality] += int(g.Demand.StaffFTE)
		added[g.Centre] = sum
		if movesUsers[g.Centre] == nil {
			movesUsers[g.Centre] = map[string]bool{}
		}
		movesUsers[g.Centre][g.Municipality] = true
	}
	for _, m := range c.in.Snapshot.Municipalities {
		for centre, codes := range movesUsers {
			if codes[m.Code] {
				sum := added[centre]
				sum[3] += m.ITUsersEstimated
				sum[5] += max(0, operated[m.Code]-c.transferred(m.Code))
				added[centre] = sum
			}
		}
	}
	chosen := map[string]bool{}
	for _, a := range c.p.Assignments {
		chosen[a.Centre] = chosen[a.Centre] || a.Chosen
	}
	seen := map[string]bool{}
	for _, load := range c.p.Capacity {
		centre, known := centres[load.Centre]
		c.want(known && !seen[load.Centre], "load_wrong", load.Centre, "is no centre or stands twice")
		seen[load.Centre] = true
		c.want(load.Capacity == centre.Capacity, "load_wrong", load.Centre, "capacity %v, the snapshot says %v", load.Capacity, centre.Capacity)
		total, used, before, after := sixFigures(centre.Capacity), sixFigures(centre.Used), sixFigures(load.Before), sixFigures(load.After)
		for r, name := range [6]string{"vcpus", "memory", "storage", "users", "watts", "thousandths of staff"} {
			c.want(before[r] >= used[r], "load_wrong", load.Centre, "%s before is %d, the centre states that %d are used", name, before[r], used[r])
			c.want(after[r] == before[r]+added[load.Centre][r], "load_wrong", load.Centre, "%s after is %d, want %d before and %d moved", name, after[r], before[r], added[load.Centre][r])
			limit := int(math.Floor(float64(total[r]) * c.in.Settings.Headroom))
			c.keep(total[r] == 0 || after[r] <= limit || after[r] == before[r], chosen[load.Centre], "capacity_exceeded", load.Centre, "%s after is %d, at most %d of %d may be filled", name, after[r], limit, total[r])
		}
	}
	c.want(len(seen) == len(centres), "load_missing", "plan", "%d of %d centres have a load", len(seen), len(centres))
}

func sixFigures(c inventory.Capacity) [6]int {
	return [6]int{c.VCPUs, c.MemoryGB, c.StorageGB, c.Users, int(c.PowerKW), int(c.StaffFTE)}
}
