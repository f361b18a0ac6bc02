package schedule_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/schedule"
)

func TestSeedDays(t *testing.T) {
	for _, c := range []struct {
		name             string
		gb, perDay, rate float64
		days             int
		ok               bool
	}{
		{"60 TB over 7.9 TB a day, 2 % changes", 60_000, 7_900, 0.02, 9, true},
		{"nothing still takes a day", 0, 10, 0.02, 1, true},
		{"exactly two days", 200, 100, 0, 2, true},
		{"a byte more is three", 200.1, 100, 0, 3, true},
		{"changes fill the link", 1000, 20, 0.02, 0, false},
		{"changes outrun the link", 1000, 10, 0.02, 0, false},
		{"centuries", 1e9, 1, 0, 0, false},
	} {
		if days, ok := schedule.SeedDays(c.gb, c.perDay, c.rate); days != c.days || ok != c.ok {
			t.Errorf("%s: %d days, %v; want %d, %v", c.name, days, ok, c.days, c.ok)
		}
	}
}

func TestPack(t *testing.T) {
	limits := schedule.Limits{MaxServers: 10, PilotServers: 3, MaxSeedDays: 5, GBPerDay: 100}
	ordinary := func(servers int, gb float64) schedule.Load { return schedule.Load{Servers: servers, GB: gb} }
	for _, c := range []struct {
		name  string
		loads []schedule.Load
		want  [][]int
	}{
		{"nothing", nil, nil},
		{"foundation, pilot, rest", []schedule.Load{{Foundation: true, Servers: 2}, {Foundation: true, Servers: 1}, ordinary(2, 0), ordinary(1, 0), ordinary(4, 0), ordinary(6, 0), ordinary(1, 0)},
			[][]int{{0, 1}, {2, 3}, {4, 5}, {6}}},
		{"a large first group is the pilot alone", []schedule.Load{ordinary(8, 0), ordinary(1, 0), ordinary(1, 0)}, [][]int{{0}, {1, 2}}},
		{"the link cuts a wave", []schedule.Load{ordinary(1, 10), ordinary(1, 300), ordinary(1, 300), ordinary(1, 100)}, [][]int{{0, 1}, {2, 3}}},
		{"more than the limit stands alone", []schedule.Load{ordinary(1, 0), ordinary(20, 0), ordinary(1, 0)}, [][]int{{0}, {1}, {2}}},
	} {
		if diff := cmp.Diff(c.want, schedule.Pack(c.loads, limits)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestLinkThatBarelyCarriesTheChanges(t *testing.T) {
	days, ok := schedule.SeedDays(1000, 20.5, 0.02)
	if !ok || days != int(math.Ceil(1000/0.5)) {
		t.Errorf("%d days, %v; half a GB a day is left of the link", days, ok)
	}
}
