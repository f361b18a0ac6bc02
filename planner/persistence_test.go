package planner_test

import (
	"slices"
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// steady is five servers that talk equally much, in groups of at most three: sql-2 reaches web-1 and sql-1,
// each on so many of the last days. Every server is looked at daily, or on so few days that it tells nothing.
func steady(looks, toFirst, toSecond int) planner.Input {
	b := newBuild(1)
	b.municipality("461", "Odense", 55.4, 10.4, 15000)
	b.municipality("450", "Nyborg", 55.3, 10.8, 2400)
	b.centre("odense", "461", 55.4, 10.4, inventory.Capacity{VCPUs: 1000, MemoryGB: 4000, StorageGB: 90_000, Users: 60_000})
	last := func(n int) inventory.Days {
		var d inventory.Days
		for ago := range n {
			d = d.With(today.AddDays(-ago))
		}
		return d
	}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		id := b.server("450", name, 2)
		b.Collections = append(b.Collections, inventory.Collection{Collector: "agent", Source: name, Asset: id, Municipality: "450", FlowsOn: last(looks)})
	}
	for _, f := range []struct {
		from, to string
		days     int
	}{{"a", "b", looks}, {"d", "e", looks}, {"c", "b", toFirst}, {"c", "d", toSecond}} {
		b.flow("s450-"+f.from, "s450-"+f.to, 1433, 1e9)
		b.Flows[len(b.Flows)-1].SeenOn = last(f.days)
	}
	in := b.input()
	in.Settings.MaxGroupServers = 3
	return in
}

// A server goes with what it talks with every day. Where that is not known all traffic weighs alike, and the
// plan says so.
func TestPersistenceDecidesTheGroup(t *testing.T) {
	for _, c := range []struct {
		looks, toFirst, toSecond int
		with                     string
		assumed                  bool
	}{{60, 60, 6, "s450-b", false}, {60, 6, 60, "s450-d", false}, {2, 2, 1, "", true}, {60, 0, 6, "s450-b", true}} {
		in := steady(c.looks, c.toFirst, c.toSecond)
		p := propose(t, in)
		w, err := planner.Why(in, p, "s450-c")
		if err != nil {
			t.Fatal(err)
		}
		if c.with != "" && (len(w.Bonds) != 1 || w.Bonds[0].Asset != c.with) {
			t.Errorf("%+v: bound by %+v", c, w.Bonds)
		}
		for _, b := range w.Bonds {
			if known := b.DaysObserved > 0; known == c.assumed || known && (b.DaysSeen != 60 || b.DaysObserved != 60) {
				t.Errorf("%+v: bond %+v", c, b)
			}
		}
		at := slices.IndexFunc(p.Assumptions, func(r planner.Reason) bool { return r.Rule == "persistence_unknown" })
		if (at >= 0) != c.assumed {
			t.Errorf("%+v: assumptions %v", c, p.Assumptions)
		}
		var ties []string
		for _, g := range p.Groups {
			ties = append(ties, rules(g.Ties)...)
		}
		if got := slices.Contains(ties, "traffic_seen"); got != (c.looks == 60) {
			t.Errorf("%+v: ties %v", c, ties)
		}
	}
}
