package hub_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

var slower = scenario.Change{Kind: scenario.Setting, Setting: "lead_days", Value: json.RawMessage("60")}

// groupOf gives the id of the first move group of a municipality.
func groupOf(t *testing.T, h *hub.Hub, municipality string) string {
	t.Helper()
	v, err := h.Plan(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range v.Plan.Groups {
		if g.Municipality == municipality {
			return g.ID
		}
	}
	t.Fatalf("%s has no move group", municipality)
	return ""
}

func TestWhatIfShowsTheDifferenceWithinTheScope(t *testing.T) {
	h := collected(t)
	before, err := h.Plan(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p      hub.Person
		groups []string // municipalities whose groups are shown
	}{{admin, []string{"420", "450"}}, {nyborg, []string{"450"}}, {centre, []string{"450"}}, {steering, nil}} {
		v, err := h.WhatIf(t.Context(), c.p, []scenario.Change{slower}, false)
		if err != nil {
			t.Fatal(err)
		}
		var shown []string
		for _, r := range v.Difference.Groups {
			shown = append(shown, r.Municipality)
			if r.Days <= 0 || len(r.Causes) == 0 || r.Causes[0].How != "lead_time" {
				t.Errorf("a later start gives %+v", r)
			}
		}
		slices.Sort(shown)
		if got := slices.Compact(shown); !slices.Equal(got, c.groups) {
			t.Errorf("%s sees groups of %v, want %v", c.p.Role, got, c.groups)
		}
		if len(v.Difference.Waves) == 0 || v.Difference.After.LastWaveEnd <= before.Plan.LastWaveEnd {
			t.Errorf("%s: %d waves differ, the last ends %s", c.p.Role, len(v.Difference.Waves), v.Difference.After.LastWaveEnd)
		}
	}
	after, err := h.Plan(t.Context(), admin)
	if err != nil || after.Plan.LastWaveEnd != before.Plan.LastWaveEnd {
		t.Errorf("asking what if changed the plan: %s, %v", after.Plan.LastWaveEnd, err)
	}
}

// Nobody can ask about what they may not see, nor learn whether it is there.
func TestWhatIfRefusesOthersMatters(t *testing.T) {
	h := collected(t)
	night := inventory.NewDate(2027, 6, 1)
	pin := scenario.Change{Kind: scenario.Pin, Group: groupOf(t, h, "420"), Date: night}
	choose := scenario.Change{Kind: scenario.Choose, Municipality: "420", Centre: "fyn"}
	for _, c := range []struct {
		p      hub.Person
		change scenario.Change
		want   error
	}{
		{nyborg, pin, hub.ErrNotFound}, {steering, pin, hub.ErrNotFound}, {centre, pin, hub.ErrNotFound},
		{nyborg, choose, hub.ErrForbidden}, {centre, choose, hub.ErrForbidden}, {hub.Person{}, slower, hub.ErrForbidden},
		{admin, scenario.Change{Kind: scenario.Pin, Group: "nothing", Date: night}, hub.ErrNotFound},
		{admin, scenario.Change{Kind: scenario.Leave, Municipality: "999"}, hub.ErrInvalid},
		{admin, pin, nil}, {steering, choose, nil},
	} {
		if _, err := h.WhatIf(t.Context(), c.p, []scenario.Change{c.change}, false); !errors.Is(err, c.want) {
			t.Errorf("%s as %q: %v, want %v", c.change, c.p.Role, err, c.want)
		}
	}
}

// A scenario goes from draft to approved by different people; what was approved never changes.
func TestScenarioIsApprovedByOthersAndThenStays(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	second := hub.Person{Name: "Ida", Role: hub.RoleAdmin}
	s, err := h.SaveScenario(ctx, admin, hub.Scenario{Name: "Senere på året", Changes: []scenario.Change{slower}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Ref() != "senere-paa-aaret@1" || s.State != hub.ScenarioDraft || s.Author != "Anna" || s.Revision != 1 {
		t.Errorf("saved %+v", s)
	}
	if _, err := h.SaveScenario(ctx, second, hub.Scenario{Name: "Senere på året"}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a second scenario of the same name: %v, want conflict", err)
	}
	if _, err := h.ReviewScenario(ctx, admin, s.Ref(), s.Revision); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("the author reviews: %v", err)
	}
	if _, err := h.ApproveScenario(ctx, second, s.Ref(), s.Revision); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("a draft is approved: %v", err)
	}
	stale := s
	s.Description = "efter sommerferien"
	if s, err = h.SaveScenario(ctx, admin, s); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SaveScenario(ctx, second, stale); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a change to what was read before the last: %v, want conflict", err)
	}
	if _, err := h.ReviewScenario(ctx, second, s.Ref(), stale.Revision); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a review of what was read before the last change: %v, want conflict", err)
	}
	if s, err = h.ReviewScenario(ctx, second, s.Ref(), s.Revision); err != nil || s.ReviewedBy != "Ida" {
		t.Fatalf("review: %+v %v", s, err)
	}
	if _, err := h.ApproveScenario(ctx, nyborg, s.Ref(), s.Revision); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("a municipality approves: %v", err)
	}
	if s, err = h.ApproveScenario(ctx, steering, s.Ref(), s.Revision); err != nil || s.ApprovedBy != steering.Name {
		t.Fatalf("approval: %+v %v", s, err)
	}
	if err := h.DeleteScenario(ctx, admin, s.Ref(), s.Revision); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("an approved scenario is removed: %v", err)
	}
	changed := s
	changed.Description = "anden udgave"
	next, err := h.SaveScenario(ctx, admin, changed)
	if err != nil || next.Version != 2 || next.State != hub.ScenarioDraft || next.ApprovedBy != "" {
		t.Fatalf("a change to what was approved: %+v %v", next, err)
	}
	if kept, err := h.Scenario(ctx, admin, s.Ref()); err != nil || kept.Scenario.Description != "efter sommerferien" || kept.Scenario.State != hub.ScenarioApproved {
		t.Errorf("the approved version is now %+v %v", kept.Scenario, err)
	}
	if err := h.DeleteScenario(ctx, admin, next.Ref(), next.Revision); err != nil {
		t.Error(err)
	}
	if latest, err := h.Scenario(ctx, admin, s.ID); err != nil || latest.Scenario.Version != 1 || len(latest.Difference.Groups)+len(latest.Difference.Costs)+len(latest.Difference.Waves) > 0 {
		t.Errorf("latest %+v is not the plan in force: %+v %v", latest.Scenario, latest.Difference, err)
	}
	trail, err := h.AuditTrail(ctx, admin)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, line := range trail {
		if strings.HasPrefix(line.Action, "scenario.") {
			actions = append(actions, line.Actor+" "+line.Action+" "+line.Subject)
		}
	}
	want := "Anna scenario.save senere-paa-aaret@1, Anna scenario.save senere-paa-aaret@1, Ida scenario.review senere-paa-aaret@1, " +
		steering.Name + " scenario.approve senere-paa-aaret@1, Anna scenario.save senere-paa-aaret@2, Anna scenario.delete senere-paa-aaret@2"
	if got := strings.Join(actions, ", "); got != want {
		t.Errorf("audit trail %s\nwant %s", got, want)
	}
}

// A draft is its makers' own; a reviewed scenario is everybody's to read, without others' groups.
func TestScenariosKeepTheScope(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	group := groupOf(t, h, "450")
	own, err := h.SaveScenario(ctx, nyborg, hub.Scenario{Name: "Nyborg venter", Changes: []scenario.Change{{Kind: scenario.Pin, Group: group, Date: inventory.NewDate(2027, 6, 1)}}})
	if err != nil {
		t.Fatal(err)
	}
	colleague := hub.Person{Name: "Rie", Role: hub.RoleMunicipality, Organisation: "450"}
	for p, want := range map[*hub.Person]int{&nyborg: 1, &colleague: 1, &admin: 1, &assens: 0, &centre: 0, &steering: 0} {
		v, err := h.Scenarios(ctx, *p)
		if err != nil || len(v.Scenarios) != want {
			t.Errorf("%s sees %d drafts, want %d, %v", p.Name, len(v.Scenarios), want, err)
		}
		if _, err := h.Scenario(ctx, *p, own.Ref()); (err == nil) != (want == 1) || err != nil && !errors.Is(err, hub.ErrNotFound) {
			t.Errorf("%s reads the draft: %v", p.Name, err)
		}
	}
	if _, err := h.ReviewScenario(ctx, assens, own.Ref(), own.Revision); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("Assens reviews Nyborg's draft: %v", err)
	}
	if own, err = h.ReviewScenario(ctx, colleague, own.Ref(), own.Revision); err != nil {
		t.Fatal(err)
	}
	for _, p := range []hub.Person{assens, steering} {
		v, err := h.Scenario(ctx, p, own.ID)
		if err != nil || v.MayEdit {
			t.Errorf("%s: may edit %v, %v", p.Name, v.MayEdit, err)
		}
		if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), group) {
			t.Errorf("%s reads which group Nyborg has pinned: %v", p.Name, err)
		}
	}
	if _, err := h.SaveScenario(ctx, assens, own); !errors.Is(err, hub.ErrForbidden) && !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("Assens changes Nyborg's scenario: %v", err)
	}
	if _, err := h.Scenarios(ctx, hub.Person{}); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("nobody lists scenarios: %v", err)
	}
}

// A mended plan tells each only of their own, with why, and nobody says what has happened to others.
func TestReplanKeepsTheScope(t *testing.T) {
	h := collected(t)
	v, err := h.Plan(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	var night inventory.Date
	for _, g := range v.Plan.Groups {
		if g.Municipality == "450" {
			night = max(night, g.Cutover)
		}
	}
	freeze := []scenario.Change{{Kind: scenario.Freeze, Municipality: "450", From: today, To: night.AddDays(9), Name: "Lukket"}}
	o := planner.DefaultReplanOptions()
	o.CommitDays = 7
	for _, c := range []struct {
		p    hub.Person
		want []string
		err  error
	}{{admin, []string{"450"}, nil}, {steering, nil, nil}, {nyborg, []string{"450"}, nil}, {centre, []string{"450"}, nil}, {assens, nil, hub.ErrForbidden}, {hub.Person{}, nil, hub.ErrForbidden}} {
		r, err := h.Replan(t.Context(), c.p, freeze, o)
		if !errors.Is(err, c.err) {
			t.Fatalf("%s: %v", c.p.Role, err)
		}
		var told []string
		for _, x := range r.Changes {
			told = append(told, x.Municipality)
			if x.Why.Rule != "limit_freeze" || len(x.Why.Params) != 2 {
				t.Errorf("%s moves because of %+v", x.Group, x.Why)
			}
			if x.To <= night.AddDays(9) {
				t.Errorf("%s moves into the freeze, %s", x.Group, x.To)
			}
		}
		if told = slices.Compact(told); !slices.Equal(told, c.want) {
			t.Errorf("%s is told of %v, want %v", c.p.Role, told, c.want)
		}
	}
}
