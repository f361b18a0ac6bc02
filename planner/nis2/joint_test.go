package nis2_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// invented makes an assessment with the levels given per control; a level below 0 is unanswered.
func invented(cat *nis2.Catalogue, code string, confidence float64, level func(control int) int) nis2.Assessment {
	a := nis2.Assessment{Municipality: code, AsOf: today, Catalogue: cat.String()}
	for i, k := range cat.Controls {
		r := nis2.ControlResult{
			ID: k.ID, Article: k.Article, Target: k.Target, Weight: k.Weight, Key: k.Key,
			State: nis2.Declared, Confidence: confidence, Applicable: true, Effective: level(i),
		}
		if r.Effective < 0 {
			r.Effective, r.Confidence, r.State = 0, 0, nis2.Unanswered
		}
		a.Controls = append(a.Controls, r)
	}
	return a
}

func TestPatterns(t *testing.T) {
	cat := only(load(t), "20-01", "21c-03", "21g-01", "21e-06", "21c-05", "21b-01", "21a-02")
	levels := map[string][]int{ // of nine municipalities; targets are 4, of 21a-02 and 21b-01 too
		"20-01":  {3, 3, 3, 3, 3, 3, 4, 4, 4},      // most short, by one
		"21c-03": {0, 1, 2, 3, 1, 0, 4, 4, 4},      // most short, and some can show how
		"21g-01": {4, 4, 4, 4, 4, 4, 4, 4, 1},      // one short
		"21e-06": {4, 4, 4, 4, 4, 4, 4, 4, 5},      // nobody short
		"21c-05": {1, 1, -1, -1, -1, -1, -1, 1, 1}, // known for four of nine only
		"21b-01": {0, 0, 0, 4, 4, 4, 4, 4, 4},      // a third short
		"21a-02": {4, 4, 4, 4, 4, 4, 4, 4, 4},
	}
	var list []nis2.Assessment
	for m := range 9 {
		list = append(list, invented(cat, fmt.Sprintf("90%d", m), 0.7, func(i int) int { return levels[cat.Controls[i].ID][m] }))
	}
	got := map[string]nis2.Pattern{}
	for _, p := range nis2.Patterns(cat, list, map[string]bool{"906": true}) {
		got[p.Control] = p
	}
	for id, want := range map[string]struct {
		class nis2.PatternClass
		short int
		field nis2.Field
	}{
		"20-01":  {nis2.SharedGap, 6, nis2.JointEffort},
		"21c-03": {nis2.GapWithExamples, 6, nis2.MoveEarly},
		"21g-01": {nis2.LocalGap, 1, nis2.NeighbourHelp},
		"21e-06": {nis2.SharedStrength, 0, ""},
		"21b-01": {nis2.GapWithExamples, 3, nis2.WithTheMove},
	} {
		p := got[id]
		if p.Class != want.class || p.Short != want.short || p.Field != want.field || p.Known != 9 {
			t.Errorf("%s: %s, %d of %d short, %s; want %s, %d of 9, %s", id, p.Class, p.Short, p.Known, p.Field, want.class, want.short, want.field)
		}
	}
	if _, reported := got["21c-05"]; reported {
		t.Error("a control known for four of nine is reported as a pattern")
	}
	if p := got["21c-03"]; p.Examples != 3 || !cmp.Equal(p.Teachers, []string{"906"}) {
		t.Errorf("%d examples, named %v; want 3, and only the one that agreed", p.Examples, p.Teachers)
	}
	claims := []nis2.Assessment{}
	for _, a := range list {
		for i := range a.Controls {
			a.Controls[i].Confidence = 0.4
		}
		claims = append(claims, a)
	}
	for _, p := range nis2.Patterns(cat, claims, nil) {
		if p.Control == "21e-06" && p.Class != nis2.UnprovenStrength || p.Control == "21b-01" && p.Class != nis2.UnevenGap {
			t.Errorf("with claims alone %s is %s", p.Control, p.Class)
		}
	}
}

// Two kinds of municipalities are told apart, and a blank one is left out instead of guessed at.
func TestGroups(t *testing.T) {
	cat := load(t)
	var list []nis2.Assessment
	for m := range 8 {
		weakFirst := m%2 == 0
		list = append(list, invented(cat, fmt.Sprintf("90%d", m), 0.7, func(i int) int {
			if (i < len(cat.Controls)/2) == weakFirst {
				return 1
			}
			return 4 - (i+m)%2
		}))
	}
	list = append(list, invented(cat, "990", 0, func(int) int { return -1 }))
	g := nis2.Grouped(cat, list)
	var members [][]string
	for _, x := range g.Groups {
		members = append(members, x.Municipalities)
	}
	want := [][]string{{"900", "902", "904", "906"}, {"901", "903", "905", "907"}}
	if !g.Clear || !cmp.Equal(members, want) || !cmp.Equal(g.LeftOut, []string{"990"}) {
		t.Errorf("clear %t (%.2f), groups %v, left out %v; want %v and 990 left out", g.Clear, g.Silhouette, members, g.LeftOut, want)
	}
	for _, x := range g.Groups {
		if len(x.Lacks) == 0 || x.Lacks[0].Here <= x.Lacks[0].Others {
			t.Errorf("group %v is not described: %+v", x.Municipalities, x.Lacks)
		}
	}
	if few := nis2.Grouped(cat, list[:5]); few.Clear || len(few.Groups) > 0 {
		t.Errorf("five municipalities give groups: %+v", few)
	}
	alike := []nis2.Assessment{}
	for m := range 8 {
		alike = append(alike, invented(cat, fmt.Sprintf("90%d", m), 0.7, func(i int) int { return (i*7 + m*5) % 5 }))
	}
	if g := nis2.Grouped(cat, alike); g.Clear && g.Silhouette < 0.25 {
		t.Errorf("groups with silhouette %.2f are called clear", g.Silhouette)
	}
}

func TestJointNamesNobodyUnasked(t *testing.T) {
	cat := load(t)
	var list []nis2.Assessment
	for m := range 6 {
		list = append(list, invented(cat, fmt.Sprintf("90%d", m), 0.7, func(i int) int { return (i + m/3*2) % 5 }))
	}
	j := nis2.JointOf(cat, nis2.JointInput{Assessments: list})
	for _, p := range j.Patterns {
		if len(p.Teachers) > 0 {
			t.Errorf("%s names %v", p.Control, p.Teachers)
		}
	}
	for _, g := range j.Groups.Groups {
		if len(g.Municipalities) > 0 {
			t.Errorf("a group names %v", g.Municipalities)
		}
	}
	if two := nis2.JointOf(cat, nis2.JointInput{Assessments: list[:2]}); two.Shown || len(two.Patterns) > 0 || two.Lever.N > 0 || two.N != 2 {
		t.Errorf("two municipalities give figures: %+v", two)
	}
}

func TestMovesOfHostAndMoved(t *testing.T) {
	cat := load(t)
	var list []nis2.Assessment
	for _, code := range []string{"461", "479", "440"} {
		list = append(list, invented(cat, code, 0.7, func(i int) int { return i % 4 }))
	}
	moves := nis2.Moves(cat, list, []inventory.Agreement{
		{ID: "a1", Customer: "479", Host: "461", State: inventory.StatePlanned, CommittedLevels: map[string]int{"21c-03": 5}},
		{ID: "a2", Customer: "440", Host: "461", State: inventory.StateStable},
	})
	for _, m := range moves {
		if want := m.Municipality == "479"; m.Moves != want || !want && (m.Today != m.After || m.Closed != 0 || m.Opened != 0) {
			t.Errorf("%s: moves %t, closed %.2f, opened %.2f", m.Municipality, m.Moves, m.Closed, m.Opened)
		}
	}
	i := slices.IndexFunc(moves, func(m nis2.Move) bool { return m.Municipality == "479" })
	for _, c := range moves[i].Controls {
		if c.Committed != (c.Control == "21c-03") {
			t.Errorf("%s: committed %t", c.Control, c.Committed)
		}
	}
}

// Laws of the lever: the move never lowers a known level after re-assessment, day one is never better
// than after, what is closed never exceeds the gap, and the order of municipalities does not matter.
func TestLeverLaws(t *testing.T) {
	cat := load(t)
	rapid.Check(t, func(t *rapid.T) {
		var list []nis2.Assessment
		for m := range rapid.IntRange(1, 7).Draw(t, "municipalities") {
			list = append(list, invented(cat, fmt.Sprintf("90%d", m), 0.7, func(int) int { return rapid.IntRange(-1, 5).Draw(t, "level") }))
		}
		moves := nis2.Moves(cat, list, nil)
		l := nis2.LeverOf(cat, list, moves)
		for _, m := range moves {
			for _, c := range m.Controls {
				if c.After < c.Today || c.DayOne > c.After || c.Closed < 0 || c.Opened < 0 {
					t.Fatalf("%s %+v", m.Municipality, c)
				}
			}
			if m.Net > m.Closed+1e-9 {
				t.Fatalf("%s: net %.3f exceeds closed %.3f", m.Municipality, m.Net, m.Closed)
			}
		}
		if l.Closed > l.Gap+1e-9 || l.ShareClosed > 1+1e-9 {
			t.Fatalf("closed %.3f of %.3f", l.Closed, l.Gap)
		}
		other := rapid.Permutation(list).Draw(t, "order")
		want := nis2.JointOf(cat, nis2.JointInput{Assessments: list})
		if diff := cmp.Diff(want, nis2.JointOf(cat, nis2.JointInput{Assessments: other})); diff != "" {
			t.Fatalf("another order, another report:\n%s", diff)
		}
	})
}
