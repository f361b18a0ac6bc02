package planner

import "slices"

// Explanation gathers all that the plan knows about why a group moves as it does.
type Explanation struct {
	Group      Group     `json:"group"`
	Wave       *Wave     `json:"wave,omitempty"` // nil: no date
	Centre     []Reason  `json:"centre"`         // why the municipality goes to the centre
	Together   []Reason  `json:"together"`       // why its servers are one group
	Date       []Reason  `json:"date"`           // what kept it from an earlier date, most days first; or what keeps it from any
	WaveNotes  []Reason  `json:"wave_notes"`     // what to know about its wave
	Assumed    []Reason  `json:"assumed"`        // what was not known about its municipality
	Chain      []string  `json:"chain"`          // groups that stood in the way, each of the one before it, back to the first
	SlackDays  int       `json:"slack_days"`
	OtherParts []CutEdge `json:"cut"` // traffic to other groups
}

// Explain collects the reasons for one group, or tells that the plan has no such group.
func Explain(p Plan, group string) (Explanation, bool) {
	g := p.group(group)
	if g == nil {
		return Explanation{}, false
	}
	x := Explanation{Group: *g, Together: g.Ties, Date: g.Binding, SlackDays: g.SlackDays, OtherParts: g.Cut}
	seen := map[string]bool{g.ID: true}
	for next := p.group(g.HeldBy); next != nil && !seen[next.ID]; next = p.group(next.HeldBy) {
		seen[next.ID] = true
		x.Chain = append(x.Chain, next.ID)
	}
	for _, a := range p.Assignments {
		if a.Municipality == g.Municipality {
			x.Centre = a.Reasons
		}
	}
	for i, w := range p.Waves {
		if w.ID == g.Wave {
			x.Wave, x.WaveNotes = &p.Waves[i], w.Reasons
		}
	}
	for _, r := range p.Refusals {
		if r.Subject == g.ID || (r.Kind == "municipality" && r.Subject == g.Municipality) {
			x.Date = slices.Concat(x.Date, r.Reasons)
		}
	}
	for _, a := range p.Assumptions {
		if a.Params["municipality"] == g.Municipality {
			x.Assumed = append(x.Assumed, a)
		}
	}
	return x, true
}
