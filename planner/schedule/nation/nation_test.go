package nation_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/samdrift/samdrift/planner/schedule/nation"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// A country has the size asked for, is the same each time, and another seed makes another one.
func TestTheSameNationIsTheSameProblem(t *testing.T) {
	for _, n := range []nation.Nation{nation.Denmark(1), nation.Denmark(2).Size(2)} {
		p := n.Problem()
		if len(p.Tasks) != 2*n.Groups || len(p.Resources) != 2*(n.Centres+n.Municipalities) || p.Slots != n.Days {
			t.Errorf("%+v: %d tasks, %d resources, %d slots", n, len(p.Tasks), len(p.Resources), p.Slots)
		}
		if !reflect.DeepEqual(p, n.Problem()) {
			t.Errorf("%+v made twice gives two problems", n)
		}
	}
	if reflect.DeepEqual(nation.Denmark(1).Problem(), nation.Denmark(2).Problem()) {
		t.Error("seeds 1 and 2 make the same country")
	}
}

// The countries that figures are given for can be done in their two years.
func TestDenmarkFits(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		p := nation.Denmark(seed).Problem()
		s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: 1})
		if err != nil {
			t.Fatal(err)
		}
		if faults := verify.Check(p, s.Starts); len(faults) > 0 {
			t.Errorf("seed %d: %d faults, first %s", seed, len(faults), faults[0])
		}
	}
}
