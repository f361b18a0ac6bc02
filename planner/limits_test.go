package planner_test

import (
	"slices"
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Every rule that can hold a date or clash has words, with all that they name.
func TestEveryLimitHasWords(t *testing.T) {
	in := kitFyn(1).input()
	in.Settings.LocalServersPerNight, in.Settings.MaxGroupsPerNight = 30, 5
	first := propose(t, in).Groups[0]
	in.Windows = []planner.Window{{Group: first.ID, From: first.Cutover, To: first.Cutover.AddDays(30)}}
	in.Pins = []planner.Pin{{Group: first.ID, Cutover: first.Cutover}}
	in.Settings.LinksReady = []planner.LinkReady{{Municipality: first.Municipality, On: in.AsOf.AddDays(60)}}
	limits, err := planner.Limits(in, propose(t, in))
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]planner.RuleDoc{}
	for _, d := range planner.Rules() {
		docs[d.Rule] = d
	}
	seen := map[string]bool{}
	for _, l := range limits {
		doc, known := docs[l.Rule]
		if !known {
			t.Fatalf("%s has no words: %+v", l.Key, l.Reason)
		}
		for _, name := range doc.Params {
			if l.Params[name] == "" {
				t.Fatalf("%s: %s names {%s}, which it does not give", l.Key, l.Rule, name)
			}
		}
		seen[l.Rule] = true
	}
	for _, want := range []string{"limit_crews", "limit_groups", "limit_link", "limit_staff", "limit_freeze", "limit_lead_time", "limit_release", "limit_weekday",
		"limit_business_window", "limit_deadline", "limit_pinned", "limit_seeding", "limit_wave_order", "more_servers", "more_group", "more_link"} {
		if !seen[want] {
			t.Errorf("%s is nowhere in a plan that has it", want)
		}
	}
}

// A night that people have known for a while has the lead time behind it, and seeding that is under way is
// not begun anew. A night that is new to them breaks the lead time.
func TestWhatPeopleKnowHasItsLeadTimeBehindIt(t *testing.T) {
	in := kitFyn(1).input()
	p := propose(t, in)
	i := slices.IndexFunc(p.Groups, func(g planner.Group) bool { return g.SeedDays > 0 && g.Wave != "" && g.Cutover == firstNight(p) })
	g := p.Groups[i]
	in.AsOf = g.Cutover.AddDays(-1) // the night is tomorrow
	in.Pins = []planner.Pin{{Group: g.ID, Cutover: g.Cutover, Since: g.Start}}
	for _, v := range propose(t, in).Violations {
		if v.Subject == g.ID {
			t.Errorf("a night that people know breaks %s", v)
		}
	}
	in.AsOf = in.AsOf.AddDays(-40)
	if !slices.ContainsFunc(propose(t, in).Groups, func(x planner.Group) bool { return x.ID == g.ID && x.SlackDays > 0 }) {
		t.Error("a night that people know has no slack though others could follow it")
	}
	in.AsOf = in.AsOf.AddDays(40)
	in.Pins[0].Since = 0
	if !slices.ContainsFunc(propose(t, in).Violations, func(v planner.Violation) bool { return v.Rule == "lead_time_broken" && v.Subject == g.ID }) {
		t.Error("a new night within the lead time breaks nothing")
	}
	in.Pins[0].Since = g.Cutover
	if _, err := planner.Propose(in); err == nil {
		t.Error("seeding that begins on the night of the cutover is taken")
	}
}

// Nothing is seeded before the link is there, and the date says so.
func TestALateLinkHoldsItsMunicipality(t *testing.T) {
	in := kitFyn(1).input()
	before := propose(t, in)
	late := before.Groups[0].Municipality
	on := in.AsOf.AddDays(200)
	in.Settings.LinksReady = []planner.LinkReady{{Municipality: late, On: on}}
	told := false
	for _, g := range propose(t, in).Groups {
		if g.Municipality != late {
			continue
		}
		if g.Wave == "" || g.Start < on {
			t.Errorf("%s is seeded from %s, its link is ready on %s", g.ID, g.Start, on)
		}
		told = told || slices.ContainsFunc(g.Binding, func(r planner.Reason) bool { return r.Rule == "link_not_ready" })
	}
	if !told {
		t.Error("no date says that the link is late")
	}
	if broken := planner.Check(in, before); !slices.ContainsFunc(broken, func(v planner.Violation) bool { return v.Rule == "link_not_ready" }) {
		t.Error("the verifier does not see seeding over a link that is not there")
	}
}

// firstNight is the earliest cutover of a plan.
func firstNight(p planner.Plan) inventory.Date {
	first := p.Deadline
	for _, g := range p.Groups {
		if g.Cutover.Known() {
			first = min(first, g.Cutover)
		}
	}
	return first
}
