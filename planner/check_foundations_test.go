package planner_test

import (
	"slices"
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// TestCheckNamesBrokenFoundations breaks the lists of shared services and of retire candidates, and what
// is said of cuts, in one way at a time.
func TestCheckNamesBrokenFoundations(t *testing.T) {
	ordinary := func(p *planner.Plan) *planner.Group {
		i := slices.IndexFunc(p.Groups, func(g planner.Group) bool { return !g.Foundation && len(g.Cut) > 0 && g.Cutover.Known() })
		return &p.Groups[i]
	}
	for _, c := range []struct {
		name, want string
		spoil      func(p *planner.Plan, in *planner.Input)
	}{
		{"one left out", "foundation_wrong", func(p *planner.Plan, _ *planner.Input) { p.Foundations = p.Foundations[1:] }},
		{"one twice", "foundation_wrong", func(p *planner.Plan, _ *planner.Input) { p.Foundations = append(p.Foundations, p.Foundations[0]) }},
		{"in another group", "foundation_wrong", func(p *planner.Plan, _ *planner.Input) { p.Foundations[0].Group = "x" }},
		{"overruled by nobody", "foundation_wrong", func(p *planner.Plan, _ *planner.Input) { p.Foundations[0].Overruled = true }},
		{"without a reason", "reason_missing", func(p *planner.Plan, _ *planner.Input) { p.Foundations[0].Reasons = nil }},
		{"not listened to", "foundation_ignored", func(p *planner.Plan, in *planner.Input) {
			in.Settings.Foundation = []string{ordinary(p).Assets[0]}
		}},
		{"not listened to either", "foundation_ignored", func(p *planner.Plan, in *planner.Input) {
			in.Settings.NotFoundation = []string{"s420-dc1", "s420-dc2"}
		}},
		{"a domain in two", "hard_tie_cut", func(p *planner.Plan, in *planner.Input) {
			for i := range p.Groups {
				if p.Groups[i].ID == "420-s420-monitor" {
					p.Groups[i].Role = "directory"
				}
			}
			in.Snapshot.Flows = append(in.Snapshot.Flows, inventory.Flow{Municipality: "420", From: "s420-monitor", To: "s420-dc1", Port: 389, BytesPerDay: 1})
		}},
		{"a candidate without evidence", "reason_missing", func(p *planner.Plan, _ *planner.Input) { p.RetireCandidates[0].Evidence = nil }},
		{"a candidate of another group", "retire_wrong", func(p *planner.Plan, _ *planner.Input) { p.RetireCandidates[0].Group = "x" }},
		{"a candidate that is not silent", "retire_wrong", func(p *planner.Plan, in *planner.Input) {
			p.RetireCandidates[0].Evidence[0].Rule = "retire_silent"
			in.Snapshot.Flows = append(in.Snapshot.Flows, inventory.Flow{From: p.RetireCandidates[0].Asset, Port: 443})
		}},
		{"a candidate whose system is supported", "retire_wrong", func(p *planner.Plan, in *planner.Input) {
			for i := range in.Snapshot.Assets {
				in.Snapshot.Assets[i].OS.EndOfSupport = 0
			}
		}},
		{"days apart", "cut_wrong", func(p *planner.Plan, _ *planner.Input) { ordinary(p).Cut[0].DaysApart++ }},
		{"a warning for the same night", "cut_wrong", func(p *planner.Plan, _ *planner.Input) {
			g := ordinary(p)
			for i := range p.Groups {
				if o := &p.Groups[i]; o.ID == g.Cut[0].Group {
					o.Cutover = g.Cutover
				}
			}
			g.Cut[0].DaysApart, g.Cut[0].Reasons = 0, []planner.Reason{{Rule: "cut_slow"}}
		}},
	} {
		b := kitFyn(1)
		b.server("420", "forgotten", 1)
		b.asset("s420-forgotten").OS = inventory.OS{Name: "Windows Server", Version: "2008", EndOfSupport: inventory.NewDate(2020, 1, 14)}
		in := b.input()
		p := propose(t, in)
		c.spoil(&p, &in)
		if v := planner.Check(in, p); !slices.ContainsFunc(v, func(v planner.Violation) bool { return v.Rule == c.want }) {
			t.Errorf("%s: want %s, got %v", c.name, c.want, v)
		}
	}
}
