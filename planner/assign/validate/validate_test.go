package validate_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/assign/validate"
)

// Three municipalities, two centres. The choice crams two into the first, which has room for one, and
// sends the third away from the centre next door.
func TestChoice(t *testing.T) {
	p := assign.Problem{
		Cost:     [][]int64{{10, 40}, {20, 30}, {90, 50}},
		Demand:   [][]int64{{5}, {5}, {5}},
		Capacity: [][]int64{{9}, {10}},
	}
	v := validate.Choice(context.Background(), p, []int{0, 1, 1}, assign.Options{Rounds: 50})
	if len(v.Broken) > 0 || v.Regret != 0 || !v.Best.Proven || v.AtMost != 0 {
		t.Errorf("the best choice is judged %+v", v)
	}
	if diff := cmp.Diff([]validate.Hop{{Item: 1, Chosen: 1, Own: 0, Gain: 10, Best: 1}}, v.Hops); diff != "" {
		t.Errorf("hops of the best choice (-want +got):\n%s", diff)
	}

	v = validate.Choice(context.Background(), p, []int{0, 0, 1}, assign.Options{Rounds: 50})
	if len(v.Broken) != 1 || v.Broken[0].Rule != "capacity" || v.Broken[0].Centre != 0 {
		t.Errorf("ten in room for nine: broken %v", v.Broken)
	}
	if v.Cost != 80 || v.Best.Cost != 90 || v.Regret != -10 {
		t.Errorf("cost %d, best %d, regret %d, want 80, 90, -10", v.Cost, v.Best.Cost, v.Regret)
	}

	v = validate.Choice(context.Background(), p, []int{1, 1, 0}, assign.Options{Rounds: 50})
	if v.Cost != 160 || v.Regret != 70 || len(v.Hops) != 3 || !v.Hops[2].Room == v.Hops[0].Room {
		t.Errorf("the worst choice: %+v", v)
	}
	for _, h := range v.Hops {
		if h.Item == 2 && (h.Own != 1 || h.Gain != 40 || h.Room || h.Best != 1) {
			t.Errorf("the third wants to go next door, which is full: %+v", h)
		}
	}
}

func TestChoiceThatIsNotAllowed(t *testing.T) {
	p := assign.Problem{
		Cost:     [][]int64{{10, assign.Forbidden}, {20, 30}},
		Demand:   [][]int64{{5}, {5}},
		Capacity: [][]int64{{9}, {10}},
	}
	for name, bin := range map[string][]int{"forbidden": {1, 0}, "no_centre": {0, assign.Refused}, "shape": {0}} {
		v := validate.Choice(context.Background(), p, bin, assign.Options{Rounds: 50})
		if v.Allowed || len(v.Broken) == 0 || v.Broken[0].Rule != name || v.Best.Cost != 40 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}
