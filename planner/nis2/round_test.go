package nis2_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/nis2"
)

// A new round starts from the old answers, but claims nothing on their behalf: they count as bare
// claims, and as unanswered until someone confirms them.
func TestNewRound(t *testing.T) {
	cat := load(t)
	round := nis2.Round{ID: "2027-1", Title: "Spring", Catalogue: cat.String(), OpenedBy: "Secretariat", Opened: today, Due: today.AddDays(60)}
	if err := round.Validate(); err != nil {
		t.Fatal(err)
	}
	old := []nis2.Answer{answer("20-01", 4, of("479"), reviewed), answer("21g-01", 3, of("479"))}
	gone := old[0]
	gone.Control = "99-01"
	copies, dropped := nis2.CopyAnswers(cat, round, append(old, gone))
	if len(copies) != 2 || !cmp.Equal(dropped, []string{"479 99-01"}) {
		t.Fatalf("%d copies, dropped %v", len(copies), dropped)
	}
	before := assess(t, cat, newEstate("479").build(), old...)[0]
	after := assess(t, cat, newEstate("479").build(), copies...)[0]
	r := result(t, after, "20-01")
	if r.State != nis2.NotConfirmed || r.Effective != 4 || r.Confidence != cat.Confidence.Declared || r.Note != nis2.NoteUnconfirmed {
		t.Errorf("a copied answer is %+v", r)
	}
	if after.Overall.Coverage >= before.Overall.Coverage || after.Overall.Headline != before.Overall.Headline || after.Light != nis2.Grey {
		t.Errorf("the new round stands at %+v (%s), the old one at %+v", after.Overall, after.Light, before.Overall)
	}
	copies[0].Unconfirmed, copies[0].ReviewedBy = false, "Second person"
	want := nis2.Progress{Municipality: "479", Controls: len(cat.Controls), Answered: 1, Unconfirmed: 1, Evidence: 1, Reviewed: 1}
	if got := nis2.ProgressOf(cat, "479", copies); got != want {
		t.Errorf("progress %+v, want %+v", got, want)
	}
}

// A changed catalogue breaks the line; across the break the controls that both have are compared.
func TestTrendBreaks(t *testing.T) {
	cat := load(t)
	small := only(cat, "20-01", "21g-01")
	small.Version = "0.0.9"
	first := assess(t, small, newEstate("479").build(), answer("20-01", 4, of("479")), answer("21g-01", 4, of("479")))[0]
	second := assess(t, cat, newEstate("479").build(), answer("20-01", 4, of("479")), answer("21g-01", 4, of("479")))[0]
	line := nis2.Trend(cat, []string{"2026-2", "2027-1", "2027-2"}, []nis2.Assessment{first, second, second})
	if line[0].Break || !line[1].Break || line[2].Break {
		t.Errorf("breaks at %t %t %t, want only at the second", line[0].Break, line[1].Break, line[2].Break)
	}
	if line[1].Same == nil || line[1].Same.Headline != line[0].Headline || line[1].Headline >= line[0].Headline {
		t.Errorf("line %+v: the shared controls should stand as before, the whole lower", line)
	}
}
