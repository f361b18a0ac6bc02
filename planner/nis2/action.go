package nis2

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// ActionState tells how far an action has come.
type ActionState string

// The states of an action.
const (
	ActionOpen    ActionState = "open"
	ActionDoing   ActionState = "doing"
	ActionDone    ActionState = "done"
	ActionDropped ActionState = "dropped"
)

// ActionStates lists every state in order.
var ActionStates = []ActionState{ActionOpen, ActionDoing, ActionDone, ActionDropped}

// Action is something that somebody does about a gap.
type Action struct {
	ID           string         `json:"id"`
	Revision     int            `json:"revision,omitzero"`      // rises with every change; a change names the one it stands on
	Municipality string         `json:"municipality,omitempty"` // empty: joint, for the whole cooperation
	Title        string         `json:"title"`
	Controls     []string       `json:"controls"`
	Risk         string         `json:"risk,omitempty"` // reference in the municipality's own risk register
	Owner        string         `json:"owner"`          // a role, not a person's name
	Due          inventory.Date `json:"due"`
	CostDKK      int64          `json:"cost_dkk,omitzero"` // 0: not estimated
	State        ActionState    `json:"state"`
	Progress     int            `json:"progress"`        // percent
	Level        int            `json:"level,omitzero"`  // level the controls reach when done; 0: their targets
	Done         inventory.Date `json:"done,omitzero"`   // when state is done
	Reason       string         `json:"reason,omitzero"` // why, when state is dropped
}

// Joint tells whether the action is the cooperation's.
func (a *Action) Joint() bool { return a.Municipality == "" }

// Overdue tells whether the action should have been done by a day.
func (a *Action) Overdue(asOf inventory.Date) bool {
	return (a.State == ActionOpen || a.State == ActionDoing) && a.Due.Known() && a.Due < asOf
}

// Validate reports every fault of the action.
func (a *Action) Validate(cat *Catalogue) error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("action %q: %s", cmp.Or(a.ID, a.Title), fmt.Sprintf(format, args...)))
	}
	for what, missing := range map[string]bool{"title": a.Title == "", "owner": a.Owner == "", "due": !a.Due.Known()} {
		if missing {
			fault("%s is missing", what)
		}
	}
	if len(a.Controls) == 0 {
		fault("is linked to no control; say what it is meant to lift")
	}
	for _, id := range a.Controls {
		if _, ok := cat.Control(id); !ok {
			fault("no control %q in %s", id, cat)
		}
	}
	if !slices.Contains(ActionStates, a.State) {
		fault("state %q is none of %v", a.State, ActionStates)
	}
	if a.Progress < 0 || a.Progress > 100 {
		fault("progress %d is outside 0-100", a.Progress)
	}
	if a.Level < 0 || a.Level > cat.Scale.Max {
		fault("level %d is outside 0-%d", a.Level, cat.Scale.Max)
	}
	if a.CostDKK < 0 {
		fault("cost %d is below zero", a.CostDKK)
	}
	if a.State == ActionDone && !a.Done.Known() {
		fault("is done, but the day is missing")
	}
	if a.State == ActionDropped && a.Reason == "" {
		fault("is dropped without a reason")
	}
	slices.SortFunc(faults, func(x, y error) int { return cmp.Compare(x.Error(), y.Error()) })
	return errors.Join(faults...)
}

// WhatIf gives the assessment as it would stand if the actions were done: each linked control at the
// action's level, or at its target, with the confidence of a claim. What counts already is never
// lowered. Joint actions count for every municipality; dropped and done ones change nothing, since
// what is done shows in the answers.
func WhatIf(cat *Catalogue, a Assessment, actions []Action) Assessment {
	lifts := map[string]int{}
	for _, x := range actions {
		if x.State != ActionOpen && x.State != ActionDoing || !x.Joint() && x.Municipality != a.Municipality {
			continue
		}
		for _, id := range x.Controls {
			if k, ok := cat.Control(id); ok {
				lifts[id] = max(lifts[id], cmp.Or(x.Level, k.Target))
			}
		}
	}
	out := a
	out.Controls = slices.Clone(a.Controls)
	out.Articles, out.KeyFailed = nil, nil
	for i := range out.Controls {
		r := &out.Controls[i]
		if level, ok := lifts[r.ID]; ok && r.Applicable && level > r.Effective {
			r.Effective, r.State, r.Confidence = level, Declared, cat.Confidence.Declared
			r.Automatic, r.Note = nil, ""
		}
	}
	cat.score(&out)
	return out
}
