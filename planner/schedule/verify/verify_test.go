package verify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// Each rule, broken on purpose, is named; the good schedule breaks none.
func TestEachBrokenRuleIsNamed(t *testing.T) {
	way := []rcpsp.Mode{{Duration: 2, Uses: []rcpsp.Use{{Resource: 0, Amount: 1}}, Draws: []int64{1}}, {Duration: 1, Draws: []int64{2}}}
	p := rcpsp.Problem{
		Slots:     10,
		Resources: []rcpsp.Resource{{Name: "crew", Capacity: 1, Changes: []rcpsp.Change{{From: 8, Capacity: 0}}}},
		Stocks:    []int64{3},
		Tasks: []rcpsp.Task{
			{ID: "a", Modes: way, Fixed: &rcpsp.Start{Slot: 0}},
			{ID: "b", Modes: way, After: []rcpsp.Link{{Task: 0, Lag: 1}}, Release: 2, Deadline: 9, Closed: []rcpsp.Span{{From: 5, To: 6}}},
		},
	}
	for _, c := range []struct {
		name   string
		starts []rcpsp.Start
		want   []string
	}{
		{"good", []rcpsp.Start{{Slot: 0}, {Slot: 3}}, nil},
		{"too few", []rcpsp.Start{{Slot: 0}}, []string{"length"}},
		{"no slot", []rcpsp.Start{{Slot: 0}, {Slot: rcpsp.Unplaced}}, []string{"unplaced"}},
		{"no such mode", []rcpsp.Start{{Slot: 0}, {Slot: 3, Mode: 2}}, []string{"mode"}},
		{"too early", []rcpsp.Start{{Slot: 0}, {Slot: 1, Mode: 1}}, []string{"release", "link"}},
		{"both at once", []rcpsp.Start{{Slot: 0}, {Slot: 1}}, []string{"release", "link", "capacity"}},
		{"closed", []rcpsp.Start{{Slot: 0}, {Slot: 4}}, []string{"closed"}},
		{"no crew left", []rcpsp.Start{{Slot: 0}, {Slot: 7}}, []string{"capacity"}},
		{"too late", []rcpsp.Start{{Slot: 0}, {Slot: 9}}, []string{"grid", "deadline", "capacity", "capacity"}},
		{"promise", []rcpsp.Start{{Slot: 1}, {Slot: 6, Mode: 1}}, []string{"fixed"}},
		{"stock", []rcpsp.Start{{Slot: 0, Mode: 1}, {Slot: 6, Mode: 1}}, []string{"fixed", "stock"}},
	} {
		var rules []string
		for _, f := range verify.Check(p, c.starts) {
			rules = append(rules, f.Rule)
		}
		if diff := cmp.Diff(c.want, rules); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
