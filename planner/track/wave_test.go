package track_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
)

// A wave is as far as the furthest of its groups, marked partial until the others are too.
func TestWavesFollowTheirGroups(t *testing.T) {
	plan := planner.Plan{Groups: []planner.Group{
		{ID: "a", Wave: "w", Municipality: "450", Assets: []string{"1", "2", "3"}, Cutover: monday, End: monday + 10},
		{ID: "b", Wave: "w", Municipality: "450", Assets: []string{"4"}, Cutover: monday + 1, End: monday + 11},
	}}
	told := func(kind track.Kind, group string, on inventory.Date) track.Event {
		return track.Event{Kind: kind, Group: group, On: on, Source: track.SourceMoves}
	}
	moved := func(group string, on inventory.Date) []track.Event {
		return []track.Event{told(track.Started, group, on), told(track.CutOver, group, on), told(track.Verified, group, on+1)}
	}
	final := func(group string) track.Event { return told(track.Final, group, monday+5) }
	back := func(group string) track.Event { return told(track.RolledBack, group, monday+2) }
	both := append(moved("a", monday), moved("b", monday+1)...)
	for name, x := range map[string]struct {
		events          []track.Event
		state           string
		partial         bool
		verified, final int
	}{
		"nothing":                   {nil, "planned", false, 0, 0},
		"one under way":             {[]track.Event{told(track.Started, "a", monday)}, "started", true, 0, 0},
		"one verified":              {moved("a", monday), "verified", true, 3, 0},
		"both verified":             {both, "verified", false, 4, 0},
		"one final":                 {append(both[:6:6], final("a")), "verified", false, 4, 3},
		"both final":                {append(both[:6:6], final("a"), final("b")), "final", false, 4, 4},
		"one of two taken back":     {append(both[:6:6], back("a")), "verified", true, 1, 0},
		"the only begun taken back": {append(moved("a", monday), back("a")), "rolled_back", true, 0, 0},
		"both taken back":           {append(both[:6:6], back("a"), back("b")), "rolled_back", false, 0, 0},
		"another plan's group":      {moved("z", monday), "planned", false, 0, 0},
	} {
		w := track.Waves(plan, x.events, monday+20)[0]
		if w.State != x.state || w.Partial != x.partial || w.Verified != x.verified || w.Final != x.final || w.Servers != 4 || w.End != monday+11 {
			t.Errorf("%s: %+v", name, w)
		}
	}
	if w := track.Waves(plan, both, monday+20)[0]; w.FirstVerified != monday+1 || w.LastVerified != monday+2 || len(w.Sources) != 1 {
		t.Errorf("verified from %s to %s by %v", w.FirstVerified, w.LastVerified, w.Sources)
	}
}

// Taken back and moved again on one day: what happened last counts, where the moment is known.
func TestMomentsOrderADay(t *testing.T) {
	plan := planner.Plan{Groups: []planner.Group{{ID: "a", Wave: "w", Municipality: "450", Assets: []string{"1"}, Cutover: monday, End: monday}}}
	at := func(kind track.Kind, hour int) track.Event {
		return track.Event{Kind: kind, Group: "a", On: monday, At: monday.Time().Add(time.Duration(hour) * time.Hour)}
	}
	events := []track.Event{at(track.Verified, 1), at(track.RolledBack, 2), at(track.Started, 3), at(track.Verified, 4)}
	for n, want := range []string{"planned", "verified", "rolled_back", "started", "verified"} {
		if w := track.Waves(plan, events[:n], monday)[0]; w.State != want {
			t.Errorf("after %d events: %+v, want %s", n, w, want)
		}
	}
}

func TestOperation(t *testing.T) {
	a := inventory.Agreement{ID: "450-461", Customer: "450", State: inventory.StatePlanned, Source: "aftaler.xlsx"}
	said := func(s inventory.AgreementState) inventory.Agreement { a.State = s; return a }
	waves := []track.WaveStatus{
		{Wave: "1", Municipality: "450", State: "verified", Verified: 12, Final: 4, FirstVerified: monday, LastVerified: monday + 3},
		{Wave: "2", Municipality: "450", State: "started"},
		{Wave: "3", Municipality: "420", State: "verified", Verified: 99, FirstVerified: monday - 9},
	}
	partly := track.Operation{Municipality: "450", Agreement: "450-461", Source: "aftaler.xlsx", State: inventory.StateMoving,
		Servers: 40, Moved: 12, Verified: 12, Final: 4, First: monday, Last: monday + 3}
	for name, x := range map[string]struct {
		agreement inventory.Agreement
		moved     int
		waves     []track.WaveStatus
		want      func(*track.Operation)
	}{
		"planned says the sheet":               {said(inventory.StatePlanned), 12, waves, func(o *track.Operation) { o.Differs = true }},
		"moving says the sheet":                {said(inventory.StateMoving), 12, waves, func(*track.Operation) {}},
		"stable says the sheet, too early":     {said(inventory.StateStable), 12, waves, func(o *track.Operation) { o.Differs = true }},
		"all moved, and moving says the sheet": {said(inventory.StateMoving), 40, waves, func(o *track.Operation) { o.State, o.Moved, o.Differs = inventory.StateStable, 40, true }},
		"all moved, and closed":                {said(inventory.StateClosed), 40, waves, func(o *track.Operation) { o.State, o.Moved = inventory.StateStable, 40 }},
		"moved by other means": {said(inventory.StateStable), 40, waves[2:], func(o *track.Operation) {
			*o = track.Operation{Municipality: "450", Agreement: "450-461", Source: "aftaler.xlsx", Servers: 40, Moved: 40}
		}},
		"under way": {said(inventory.StateMoving), 0, waves[1:], func(o *track.Operation) { o.Moved, o.Verified, o.Final, o.First, o.Last = 0, 0, 0, 0, 0 }},
	} {
		want := partly
		x.want(&want)
		want.Said = x.agreement.State
		if d := cmp.Diff(want, track.OperationOf(x.agreement, 40, x.moved, x.waves)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}
