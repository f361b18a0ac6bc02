package simulated

import (
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// system is a system of one municipality, and the servers it runs on.
type system struct {
	inventory.System
	product product
	servers []*server
}

// buildSystems gives the municipality its portfolio, all at suppliers at first: buildServers takes
// home what there are servers for.
func (m *member) buildSystems(asOf inventory.Date) {
	for _, variant := range variants {
		for _, p := range products {
			if len(m.systems) == m.outline.systems {
				return
			}
			if variant != "" {
				p.name += " " + variant
				p.criticality = max(p.criticality-1, inventory.CriticalityLow)
				p.own = false
			}
			m.addSystem(p, asOf)
		}
	}
}

// addSystem registers one system as the municipality knows it, with gaps where little care is taken.
func (m *member) addSystem(p product, asOf inventory.Date) *system {
	d, gap := m.dice, 0.45*(1-m.care)
	s := &system{product: p, System: inventory.System{
		ID: m.Code + "-" + slug(p.name), Municipality: m.Code, Name: p.name, Hosting: inventory.HostingSupplier,
		Criticality: p.criticality, Class: p.class, Owner: p.owner,
		Users: max(3, int(float64(m.ITUsersEstimated)*d.real(0.01, 0.09)*float64(p.criticality))),
	}}
	if d.chance(gap) {
		s.Criticality = inventory.CriticalityUnknown
	}
	if d.chance(gap / 2) {
		s.Class = ""
	}
	if d.chance(gap / 2) {
		s.Owner = ""
	}
	if !d.chance(gap) && s.Criticality != inventory.CriticalityUnknown {
		goals := map[inventory.Criticality][2]float64{4: {4, 1}, 3: {24, 24}, 2: {72, 24}, 1: {168, 48}}[s.Criticality]
		s.RTOHours, s.RPOHours = goals[0], goals[1]
	}
	if !d.chance(gap) {
		s.ReviewedAt = asOf.AddDays(-d.between(5, 250+int(900*(1-m.care))))
	}
	if !d.chance(gap) {
		s.RiskAssessedAt = asOf.AddDays(-d.between(5, 250+int(900*(1-m.care))))
	}
	m.systems = append(m.systems, s)
	return s
}

// runOn ties a system to a server of the municipality's own.
func (s *system) runOn(servers ...*server) {
	s.Hosting = inventory.HostingOwn
	for _, v := range servers {
		s.servers = append(s.servers, v)
		s.RunsOn = append(s.RunsOn, v.name)
		v.systems = append(v.systems, s)
	}
}

// buildContracts gives systems their contracts: one per supplier and subject, with the gaps,
// late reviews and passed end dates that registers have.
func (m *member) buildContracts(asOf inventory.Date) {
	d, gap := m.dice, 0.5*(1-m.care)
	for _, s := range m.systems {
		if s.Hosting == inventory.HostingOwn && !d.chance(0.6) {
			continue // own work or a licence without term
		}
		if !d.chance(0.2) {
			s.Supplier = pick(d, suppliers)
		}
		if s.Supplier == "" || d.chance(gap/3) {
			continue
		}
		c := inventory.Contract{
			ID: "k-" + s.ID, Municipality: m.Code, Supplier: s.Supplier, Subject: s.Name,
			Importance: int(s.Criticality), NoticeMonths: pick(d, []int{1, 3, 6, 6, 12}),
			AnnualDKK: int64(d.between(4, 60)) * 10_000 * int64(max(1, s.product.criticality)),
		}
		if !d.chance(gap) {
			supplier, _, _ := strings.Cut(slug(c.Supplier), "-")
			c.Contact = "kontakt@" + supplier + ".example"
		}
		if !d.chance(gap / 2) {
			// One in ten or so has run out without anyone noticing.
			c.Until = asOf.AddDays(d.between(-200, 1600))
		}
		if s.Hosting == inventory.HostingOwn && c.Until > asOf && d.chance(0.5) {
			c.ExitFeeDKK = c.AnnualDKK / 4
		}
		if !d.chance(gap) {
			for range 5 {
				c.Clauses = append(c.Clauses, d.chance(0.75+0.24*m.care))
			}
		}
		if !d.chance(gap) {
			c.LastReview = asOf.AddDays(-d.between(10, 200+int(900*(1-m.care))))
		}
		c.ExitPlan = d.maybe(0.3+0.6*m.care, gap)
		s.Contract = c.ID
		m.contracts = append(m.contracts, c)
	}
}
