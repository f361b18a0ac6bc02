package hub_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

var ida = hub.Person{Name: "Ida", Role: hub.RoleAdmin}

// approved writes a scenario as Anna, and lets Ida review and the steering group approve it.
func approved(t *testing.T, h *hub.Hub, s hub.Scenario) hub.Scenario {
	t.Helper()
	s, err := h.SaveScenario(t.Context(), admin, s)
	if err == nil {
		s, err = h.ReviewScenario(t.Context(), ida, s.Ref(), s.Revision)
	}
	if err == nil {
		s, err = h.ApproveScenario(t.Context(), steering, s.Ref(), s.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nights gives the cutover of each group of the present plan.
func nights(t *testing.T, h *hub.Hub) map[string]inventory.Date {
	t.Helper()
	v, err := h.Plan(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]inventory.Date{}
	for _, g := range v.Plan.Groups {
		at[g.ID] = g.Cutover
	}
	return at
}

// grown is the estate with one more server in Nyborg.
type grown struct{ estate }

func (g grown) Collect(ctx context.Context, sink collectors.Sink) error {
	if err := g.estate.Collect(ctx, sink); err != nil {
		return err
	}
	return sink.Observe(ctx, inventory.Observation{
		Collector: "agent", Source: "nyb-new-1", Instance: "nyb-new-1", Municipality: "450", At: time.Now(), Status: inventory.StatusOK,
		Asset: &inventory.Asset{Name: "nyb-new-1", Kind: inventory.KindVM, Serial: "S-nyb-new-1", VCPUs: 2, MemoryBytes: 8 << 30},
	})
}

// An approved scenario is the present plan: its dates stay when the estate changes, also after a restart,
// what is new gets a proposal, and what they break is told.
func TestAnApprovedScenarioIsInForce(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir, nil)
	if err := h.Collect(t.Context(), estate{}); err != nil {
		t.Fatal(err)
	}
	proposed := nights(t, h)
	s := approved(t, h, hub.Scenario{Name: "Senere", Changes: []scenario.Change{slower}})
	set := nights(t, h)
	for group, night := range set {
		if night <= proposed[group] {
			t.Errorf("%s is cut over on %s, proposed %s: a start 60 days on is in force", group, night, proposed[group])
		}
	}
	v, err := h.InForce(t.Context(), steering)
	if err != nil || v.InForce == nil || v.InForce.Scenario != s.Ref() || v.InForce.By != steering.Name || v.InForce.Set != len(set) || v.Since.Any() || len(v.Broken) > 0 {
		t.Fatalf("in force: %+v, since %+v, broken %v, %v", v.InForce, v.Since, v.Broken, err)
	}
	if len(v.InForce.Limits) != 1 || v.InForce.Limits[0].Setting != "lead_days" {
		t.Errorf("it goes by %v", v.InForce.Limits)
	}
	if err := h.Collect(t.Context(), grown{}); err != nil {
		t.Fatal(err)
	}
	for group, night := range nights(t, h) {
		if was, known := set[group]; known && night != was {
			t.Errorf("%s was set to %s and is on %s after the estate changed", group, was, night)
		}
	}
	for p, want := range map[*hub.Person][2]int{&admin: {1, 0}, &nyborg: {1, 0}, &steering: {0, 1}, &assens: {0, 1}} {
		v, err := h.InForce(t.Context(), *p)
		if err != nil || len(v.Since.New) != want[0] || v.Since.Hidden != want[1] {
			t.Errorf("%s sees since then %+v, %v", p.Name, v.Since, err)
		}
	}
	late := open(t, dir, func(c *hub.Config) {
		c.ReadOnly = true
		c.AsOf = slices.Min(slices.Collect(values(set))).AddDays(-1)
	})
	for group, night := range nights(t, late) {
		if was, known := set[group]; known && night != was {
			t.Errorf("%s was set to %s and is on %s after a restart", group, was, night)
		}
	}
	v, err = late.InForce(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range v.Broken {
		if x.Rule == "lead_time_broken" || x.Rule == "seeding_short" {
			t.Errorf("the day before a cutover that was set long ago, %s", x)
		}
	}
}

// values gives what a map holds.
func values[K comparable, V any](m map[K]V) func(func(V) bool) {
	return func(yield func(V) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// What is in force is taken back by putting another in force; only those who decide for all do, nobody a
// scenario of their own, and all of it is in the audit trail.
func TestAFormerPlanIsPutInForceAgain(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	proposed := nights(t, h)
	first := approved(t, h, hub.Scenario{Name: "Senere", Changes: []scenario.Change{slower}})
	dates := nights(t, h)
	group := groupOf(t, h, "450")
	night := dates[group].AddDays(7)
	second := approved(t, h, hub.Scenario{Name: "En uge til", KeepDates: true, Changes: []scenario.Change{{Kind: scenario.Pin, Group: group, Date: night}}})
	now := nights(t, h)
	for g, at := range dates {
		if want := map[bool]inventory.Date{true: night, false: at}[g == group]; now[g] != want {
			t.Errorf("%s is on %s, want %s: the second scenario keeps the other dates", g, now[g], want)
		}
	}
	if v, err := h.InForce(ctx, admin); err != nil || len(v.InForce.Limits) != 1 || len(v.Former) != 1 {
		t.Errorf("in force %+v, before %+v, %v", v.InForce, v.Former, err)
	}
	for _, c := range []struct {
		p        hub.Person
		ref      string
		revision int
		want     error
	}{
		{nyborg, first.Ref(), first.Revision, hub.ErrForbidden}, {centre, hub.PresentPlan, 0, hub.ErrForbidden},
		{admin, first.Ref(), first.Revision, hub.ErrInvalid}, {ida, "nothing", 1, hub.ErrNotFound}, {ida, first.Ref(), first.Revision, nil},
	} {
		if _, err := h.AdoptScenario(ctx, c.p, c.ref, c.revision); !errors.Is(err, c.want) {
			t.Errorf("%s puts %s in force: %v, want %v", c.p.Name, c.ref, err, c.want)
		}
	}
	if got := nights(t, h)[group]; got != dates[group] {
		t.Errorf("the former plan is in force again, and %s is on %s, want %s", group, got, dates[group])
	}
	if _, err := h.AdoptScenario(ctx, ida, hub.PresentPlan, 0); err != nil {
		t.Fatal(err)
	}
	if got := nights(t, h)[group]; got != proposed[group] {
		t.Errorf("nothing is in force, and %s is on %s, proposed %s", group, got, proposed[group])
	}
	trail, err := h.AuditTrail(ctx, admin)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range trail {
		if line.Action == "plan.adopt" {
			lines = append(lines, line.Actor+" "+line.Subject)
		}
	}
	if got, want := strings.Join(lines, ", "), "Freja "+first.Ref()+", Freja "+second.Ref()+", Ida "+first.Ref()+", Ida present"; got != want {
		t.Errorf("audit trail %s, want %s", got, want)
	}
}

// A mended plan is kept as a draft that gives just its dates; what a centre does not see of it stays when the
// centre changes the draft.
func TestAMendedPlanIsADraft(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	before := nights(t, h)
	last := slices.Max(slices.Collect(values(before)))
	away := []scenario.Change{{Kind: scenario.Crews, Centre: "fyn", Crews: 0, From: today, To: last.AddDays(10)}}
	o := planner.DefaultReplanOptions()
	o.CommitDays = 0
	v, err := h.Replan(ctx, centre, away, o)
	if err != nil || len(v.Changes) == 0 || v.Hidden == 0 {
		t.Fatalf("without crews %d groups move, %d unseen, %v", len(v.Changes), v.Hidden, err)
	}
	for _, m := range v.Changes {
		if m.Why.Rule != "limit_crews" {
			t.Errorf("%s moves because of %+v", m.Group, m.Why)
		}
	}
	s, err := h.SaveReplan(ctx, centre, "Hold væk", away, o)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := h.Scenario(ctx, centre, s.Ref())
	if err != nil || len(draft.Difference.Groups) != len(v.Changes) {
		t.Fatalf("the draft moves %d groups, the mended plan %d, %v", len(draft.Difference.Groups), len(v.Changes), err)
	}
	for i, r := range draft.Difference.Groups {
		at := slices.IndexFunc(v.Changes, func(m planner.Moved) bool { return m.Group == r.Group })
		if at < 0 || v.Changes[at].To != r.To {
			t.Errorf("group %d, %s, is on %s in the draft", i, r.Group, r.To)
		}
	}
	changed := draft.Scenario
	changed.Description = "sygdom"
	if changed, err = h.SaveScenario(ctx, centre, changed); err != nil || len(changed.Changes) != len(s.Changes) {
		t.Errorf("changed by the centre it has %d changes of %d, %v", len(changed.Changes), len(s.Changes), err)
	}
	if _, err := h.SaveReplan(ctx, nyborg, "Andres", []scenario.Change{{Kind: scenario.Freeze, Municipality: "420", From: today, To: last}}, o); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("Nyborg says what happened in Assens: %v", err)
	}
}

// What holds the plan is told to all; links and groups of others are not.
func TestLimitsKeepTheScope(t *testing.T) {
	h := collected(t)
	all, err := h.Reliefs(t.Context(), steering)
	if err != nil || len(all.Reliefs) == 0 || all.Hidden != 0 {
		t.Fatalf("the steering group sees %+v, %v", all.Reliefs, err)
	}
	own, err := h.Reliefs(t.Context(), nyborg)
	if err != nil || len(own.Reliefs)+own.Hidden != len(all.Reliefs) {
		t.Errorf("Nyborg sees %d and %d hidden of %d, %v", len(own.Reliefs), own.Hidden, len(all.Reliefs), err)
	}
	for _, r := range own.Reliefs {
		if m := r.What.Params["municipality"]; m != "" && m != "450" {
			t.Errorf("Nyborg sees %s", r.What)
		}
	}
	if c, err := h.Clashes(t.Context(), nyborg); err != nil || c.Verdict != "possible" {
		t.Errorf("clash: %+v, %v", c, err)
	}
	for _, ask := range []func() error{
		func() error { _, err := h.Reliefs(t.Context(), hub.Person{}); return err },
		func() error { _, err := h.Clashes(t.Context(), hub.Person{}); return err },
		func() error { _, err := h.InForce(t.Context(), hub.Person{}); return err },
	} {
		if err := ask(); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("nobody asks: %v", err)
		}
	}
}
