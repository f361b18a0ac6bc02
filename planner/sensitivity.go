package planner

import (
	"cmp"
	"fmt"
	"slices"
)

// Sensitivity is what the plan becomes when one thing that was assumed or set turns out otherwise.
type Sensitivity struct {
	Changed  Reason  `json:"changed"`
	Days     int     `json:"days"`     // that the last wave ends later; below 0: earlier
	Refused  int     `json:"refused"`  // groups and municipalities without a date more than now
	TotalDKK float64 `json:"cost_dkk"` // likely total cost more than now
}

// Sensitivities plans anew with each assumption changed in turn, and lists what changes the plan most
// first: refusals, then days, then money. The plan is the one made from the same input.
func Sensitivities(in Input, p Plan) ([]Sensitivity, error) {
	type change struct {
		setting  string
		from, to float64
		apply    func(*Settings)
	}
	s := in.Settings
	changes := []change{
		{"unknown_server_gb", s.UnknownServerGB, 3 * s.UnknownServerGB, func(s *Settings) { s.UnknownServerGB *= 3 }},
		{"unknown_link_mbps", float64(s.UnknownLinkMbps), float64(max(1, s.UnknownLinkMbps/4)), func(s *Settings) { s.UnknownLinkMbps = max(1, s.UnknownLinkMbps/4) }},
		{"change_rate_per_day", s.ChangeRatePerDay, 2 * s.ChangeRatePerDay, func(s *Settings) { s.ChangeRatePerDay *= 2 }},
		{"lead_days", float64(s.LeadDays), float64(s.LeadDays + 28), func(s *Settings) { s.LeadDays += 28 }},
		{"hypercare_days", float64(s.HypercareDays), float64(s.HypercareDays + 5), func(s *Settings) { s.HypercareDays += 5 }},
		{"crews_per_centre", float64(s.CrewsPerCentre), float64(s.CrewsPerCentre + 1), func(s *Settings) { s.CrewsPerCentre++ }},
	}
	var limited amounts // by any centre
	for _, c := range in.Snapshot.Centres {
		for r, n := range resources(c.Capacity) {
			limited[r] += n
		}
	}
	if limited[powerAt] > 0 {
		changes = append(changes, change{"unknown_server_watts", s.UnknownServerWatts, 2 * s.UnknownServerWatts, func(s *Settings) { s.UnknownServerWatts *= 2 }},
			change{"watts_per_vcpu", s.WattsPerVCPU, 2 * s.WattsPerVCPU, func(s *Settings) { s.WattsPerVCPU *= 2 }})
	}
	if limited[staffAt] > 0 && s.ServersPerFTE > 0 {
		changes = append(changes, change{"servers_per_fte", s.ServersPerFTE, s.ServersPerFTE / 2, func(s *Settings) { s.ServersPerFTE /= 2 }})
	}
	if s.CrewsPerCentre > 1 {
		changes = append(changes, change{"crews_per_centre", float64(s.CrewsPerCentre), float64(s.CrewsPerCentre - 1), func(s *Settings) { s.CrewsPerCentre-- }})
	}
	out := make([]Sensitivity, 0, len(changes))
	for _, c := range changes {
		other := in
		c.apply(&other.Settings)
		q, err := Propose(other)
		if err != nil {
			return nil, fmt.Errorf("with %s at %g: %w", c.setting, c.to, err)
		}
		out = append(out, Sensitivity{
			Changed: reason("setting_changed", "setting", c.setting, "from", c.from, "to", c.to),
			Days:    int(q.LastWaveEnd - p.LastWaveEnd), Refused: len(q.Refusals) - len(p.Refusals),
			TotalDKK: q.Cost.Total.Likely - p.Cost.Total.Likely,
		})
	}
	slices.SortStableFunc(out, func(a, b Sensitivity) int {
		return cmp.Or(cmp.Compare(max(b.Refused, -b.Refused), max(a.Refused, -a.Refused)), cmp.Compare(max(b.Days, -b.Days), max(a.Days, -a.Days)),
			cmp.Compare(max(b.TotalDKK, -b.TotalDKK), max(a.TotalDKK, -a.TotalDKK)))
	})
	return out, nil
}
