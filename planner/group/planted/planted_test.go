package planted_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/group/planted"
)

// The same estate is made again; another seed makes another; sizes are as the comment says.
func TestMake(t *testing.T) {
	e := planted.Estate{Seed: 3, Servers: 250, WrongPorts: 0.2, Online: 0.3, Persistence: true}
	p, truth := e.Make()
	again, truthAgain := e.Make()
	if diff := cmp.Diff(p, again); diff != "" || !slices.Equal(truth, truthAgain) {
		t.Errorf("made differently the second time:\n%s", diff)
	}
	e.Seed++
	if other, _ := e.Make(); cmp.Equal(p, other) {
		t.Error("another seed made the same estate")
	}
	if groups := slices.Max(truth) + 1; groups < 50 || groups > 80 {
		t.Errorf("%d groups of 250 servers, want about 65", groups)
	}
	for _, f := range p.Flows {
		if f.From < 0 || f.To < 0 || f.From >= 250 || f.To >= 250 || f.From == f.To || f.Bytes < 0 || f.Persistence < 0 || f.Persistence > 1 {
			t.Fatalf("flow %+v", f)
		}
	}
	for _, tie := range p.Ties {
		if truth[tie.Servers[0]] != truth[tie.Servers[1]] {
			t.Errorf("tie %+v across groups", tie)
		}
	}
	// Every server asks the directory and is backed up.
	p, _ = planted.Estate{Seed: 1, Servers: 2500}.Make()
	users := map[int]int{}
	for _, f := range p.Flows {
		if f.Port == 389 && f.To < 21 && f.From >= 21 {
			users[f.From]++
		}
	}
	if len(users) != 2500-21 {
		t.Errorf("%d of %d servers ask a directory", len(users), 2500-21)
	}
}

func TestAgreement(t *testing.T) {
	for _, c := range []struct {
		a, b []int
		want float64
	}{
		{[]int{0, 0, 1, 1}, []int{5, 5, 2, 2}, 1},
		{[]int{0, 1, 2, 3}, []int{3, 2, 1, 0}, 1},
		{[]int{0, 0, 1, 1}, []int{0, 1, 0, 1}, -0.5},
		{[]int{0, 0, 0, 1, 1, 1}, []int{0, 0, 1, 1, 2, 2}, (2 - 6.0*3/15) / (4.5 - 6.0*3/15)},
	} {
		if got := planted.Agreement(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and %v: %g, want %g", c.a, c.b, got, c.want)
		}
	}
}
