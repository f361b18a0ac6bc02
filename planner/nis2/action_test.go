package nis2_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

func action(id string, edit func(*nis2.Action)) nis2.Action {
	a := nis2.Action{ID: id, Title: "Do it", Controls: []string{"20-01"}, Owner: "IT chief", Due: today, State: nis2.ActionOpen}
	if edit != nil {
		edit(&a)
	}
	return a
}

func TestWhatIf(t *testing.T) {
	cat := load(t)
	a := assess(t, cat, newEstate("479").build(), answer("20-01", 1, of("479")), answer("21g-01", 2, of("479")))[0]
	headline := func(actions ...nis2.Action) float64 { return nis2.WhatIf(cat, a, actions).Overall.Headline }
	before := headline()
	if before != a.Overall.Headline {
		t.Errorf("no action changes the headline from %v to %v", a.Overall.Headline, before)
	}
	if got := headline(action("a", nil)); got <= before {
		t.Errorf("a joint action on 20-01 leaves the headline at %v", got)
	}
	own := action("b", func(x *nis2.Action) { x.Municipality, x.Controls = "461", []string{"21g-01"} })
	dropped := action("c", func(x *nis2.Action) { x.State, x.Reason = nis2.ActionDropped, "too dear" })
	if got := headline(own, dropped); got != before {
		t.Errorf("another municipality's action and a dropped one change the headline to %v", got)
	}
	after := nis2.WhatIf(cat, a, []nis2.Action{action("d", func(x *nis2.Action) { x.Level = 2 })})
	if r := result(t, after, "20-01"); r.Effective != 2 || r.Confidence != cat.Confidence.Declared || r.State != nis2.Declared {
		t.Errorf("20-01 would be %+v, want level 2 as a claim", r)
	}
	if r := result(t, a, "20-01"); r.Effective != 1 {
		t.Errorf("the assessment itself changed: %+v", r)
	}
}

// Doing something never lowers the headline, and doing more never less.
func TestWhatIfLaws(t *testing.T) {
	cat := load(t)
	rapid.Check(t, func(t *rapid.T) {
		a := invented(cat, "479", 0.7, func(int) int { return rapid.IntRange(-1, 5).Draw(t, "level") })
		a = nis2.WhatIf(cat, a, nil)
		var actions []nis2.Action
		last := a.Overall.Headline
		for range rapid.IntRange(1, 6).Draw(t, "actions") {
			actions = append(actions, action("x", func(x *nis2.Action) {
				x.Controls = []string{cat.Controls[rapid.IntRange(0, len(cat.Controls)-1).Draw(t, "control")].ID}
				x.Level = rapid.IntRange(0, 5).Draw(t, "to")
			}))
			now := nis2.WhatIf(cat, a, actions).Overall.Headline
			if now < last-1e-9 {
				t.Fatalf("one more action lowers the headline from %v to %v", last, now)
			}
			last = now
		}
	})
}

func TestActionFaults(t *testing.T) {
	cat := load(t)
	good := action("a", nil)
	if err := good.Validate(cat); err != nil {
		t.Errorf("a sound action is refused: %v", err)
	}
	if good.Overdue(today) || !good.Overdue(today.AddDays(1)) {
		t.Error("an action is overdue from the day after it is due")
	}
	bad := nis2.Action{ID: "b", Controls: []string{"99-01"}, State: "later", Progress: 120, Level: 7, CostDKK: -1, Due: inventory.Date(0)}
	err := bad.Validate(cat)
	for _, want := range []string{"title is missing", "owner is missing", "due is missing", `no control "99-01"`, `state "later"`, "progress 120", "level 7", "cost -1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
}
