package planner_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/samdrift/samdrift/planner"
)

// promises are the dates of a plan as people know them.
func promises(p planner.Plan) map[string]planner.Promised {
	known := map[string]planner.Promised{}
	for _, g := range p.Groups {
		if g.Cutover.Known() {
			known[g.ID] = planner.Promised{Start: g.Start, Cutover: g.Cutover}
		}
	}
	return known
}

func TestWithoutAChangeNobodyIsTold(t *testing.T) {
	in := kitFyn(1).input()
	known := promises(propose(t, in))
	r, err := planner.Replan(t.Context(), in, known, planner.DefaultReplanOptions())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Changes) != 0 || r.Kept != len(known) || len(r.Violations) != 0 {
		t.Errorf("%d of %d nights stay, %d move, broken %v", r.Kept, len(known), len(r.Changes), r.Violations)
	}
}

// Weeks after the plan was made a municipality falls out for a while: the committed weeks stay, most
// others too, and far fewer people must be told than after planning anew.
func TestAChangeMovesFewNights(t *testing.T) {
	in := kitFyn(1).input()
	known := promises(propose(t, in))
	in.AsOf = in.AsOf.AddDays(30)
	from := in.AsOf.AddDays(35)
	in.Freezes = append(slices.Clone(in.Freezes), planner.Freeze{From: from, To: from.AddDays(40), Municipality: "430", Name: planner.Text{EN: "Move of the town hall"}})
	o := planner.DefaultReplanOptions()
	r, err := planner.Replan(t.Context(), in, known, o)
	if err != nil {
		t.Fatal(err)
	}
	moved := map[string]bool{}
	for _, c := range r.Changes {
		moved[c.Group] = true
		if c.From.Known() && c.From > in.AsOf && c.From <= in.AsOf.AddDays(o.CommitDays) {
			t.Errorf("group %s moves though its night %s is committed", c.Group, c.From)
		}
		if c.To > 0 && c.To <= in.AsOf {
			t.Errorf("group %s moves into the past, %s", c.Group, c.To)
		}
	}
	anew := 0
	for _, g := range r.Anew.Groups {
		if g.Cutover != known[g.ID].Cutover {
			anew++
		}
	}
	if len(r.Changes) == 0 || 2*len(r.Changes) > anew {
		t.Errorf("%d nights move, planning anew moves %d of %d", len(r.Changes), anew, len(known))
	}
	if len(r.Violations) > 0 || !r.Plan.Feasible {
		t.Errorf("the mended plan breaks %v, refuses %d", r.Violations, len(r.Plan.Refusals))
	}
	if again, err := planner.Replan(t.Context(), in, known, o); err != nil || len(again.Changes) != len(r.Changes) {
		t.Errorf("the same again moves %d nights, %v", len(again.Changes), err)
	}
}

// Whoever was promised nothing, or whose night passed without them, gets a night after the lead time.
func TestWhoIsNewGetsANight(t *testing.T) {
	in := kitFyn(1).input()
	known := promises(propose(t, in))
	groups := slices.Sorted(maps.Keys(known))
	delete(known, groups[3])
	known[groups[5]] = planner.Promised{Start: today.AddDays(-9), Cutover: today.AddDays(-2)}
	r, err := planner.Replan(t.Context(), in, known, planner.DefaultReplanOptions())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]planner.Moved{}
	for _, c := range r.Changes {
		found[c.Group] = c
	}
	if c := found[groups[3]]; c.From != 0 || c.To <= today.AddDays(in.Settings.LeadDays) {
		t.Errorf("a new group: %+v", c)
	}
	if c := found[groups[5]]; c.From != today.AddDays(-2) || c.To <= today {
		t.Errorf("a group whose night has passed: %+v", c)
	}
}

// When half the crews of every centre are away for a quarter, most dates would change for the least cost; no
// more do than may.
func TestNoMoreChangesThanMay(t *testing.T) {
	in := kitFyn(1).input()
	known := promises(propose(t, in))
	in.AsOf = in.AsOf.AddDays(30)
	for _, c := range in.Snapshot.Centres {
		in.Settings.CrewChanges = append(in.Settings.CrewChanges,
			planner.CrewChange{Centre: c.ID, On: in.AsOf.AddDays(22), Crews: -1}, planner.CrewChange{Centre: c.ID, On: in.AsOf.AddDays(112), Crews: 1})
	}
	o := planner.ReplanOptions{CommitDays: 21, Search: 20_000}
	percent := func() float64 {
		r, err := planner.Replan(t.Context(), in, known, o)
		if err != nil {
			t.Fatal(err)
		}
		return 100 * float64(len(r.Changes)) / float64(r.Free)
	}
	free := percent()
	o.Penalty, o.Most = 1, 30 // a quarter must
	if few := percent(); free <= 30 || few > 30 {
		t.Errorf("%.0f %% of the groups change, and %.0f %% where at most 30 are to", free, few)
	}
}

func TestReplanRefusesNonsense(t *testing.T) {
	for _, o := range []planner.ReplanOptions{{CommitDays: -1, Search: 1}, {Penalty: -1, Search: 1}, {Most: 101, Search: 1}, {}} {
		if _, err := planner.Replan(t.Context(), kitFyn(1).input(), nil, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
