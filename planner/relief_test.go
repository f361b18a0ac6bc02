package planner_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/schedule/clash"
)

// With one small crew the crews hold the plan; a second one brings its waiting down, and nothing that is
// tried makes it worse.
func TestReliefs(t *testing.T) {
	in := kitFyn(1).input()
	in.Settings.CrewsPerCentre = 1
	rows, err := planner.Reliefs(t.Context(), in, propose(t, in))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rows, func(r planner.Relief) bool { return strings.HasPrefix(r.What.Key, "crews ") })
	if i < 0 || rows[i].Holds == 0 || rows[i].Saved <= 0 {
		t.Fatalf("a second crew gives nothing: %+v", rows)
	}
	for _, r := range rows {
		if r.Placed < 0 || r.Placed == 0 && r.Saved < 0 {
			t.Errorf("%v makes the plan worse: %+v", r.What, r)
		}
	}
}

// A plan that fits does not clash. With a deadline before the lead time is over nothing fits, and the few
// rules that say so are named.
func TestClashes(t *testing.T) {
	in := kitFyn(1).input()
	c, err := planner.Clashes(t.Context(), in, propose(t, in))
	if err != nil || c.Verdict != clash.Possible || len(c.Rules) > 0 {
		t.Errorf("a plan that fits: %+v, %v", c, err)
	}
	in.Settings.Deadline = in.AsOf.AddDays(in.Settings.LeadDays + 1)
	c, err = planner.Clashes(t.Context(), in, propose(t, in))
	if err != nil || c.Verdict != clash.Impossible || !c.Minimal || len(c.Rules) == 0 || len(c.Rules) > 4 {
		t.Errorf("no time at all: %+v, %v", c, err)
	}
	for _, r := range c.Rules {
		if text := r.String(); text == "" || strings.ContainsAny(text, "{}") {
			t.Errorf("%s reads %q", r.Key, text)
		}
	}
	if !slices.ContainsFunc(c.Rules, func(r planner.Limit) bool { return r.Rule == "limit_deadline" || r.Rule == "limit_lead_time" }) {
		t.Errorf("neither deadline nor lead time is blamed: %v", c.Rules)
	}
}
