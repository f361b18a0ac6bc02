package nis2_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// An answer counts for the servers that were at the centre when it was given, and for no others.
func TestAnswersLapseWhenServersMove(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, time.July, d, 23, 0, 0, 0, time.UTC) }
	on := func(d int) inventory.Date { return inventory.NewDate(2026, time.July, d) }
	given := func(d int, level int) nis2.Answer {
		a := answer("21c-02", level)
		a.AnsweredAt = on(d)
		return a
	}
	confirmed := func(at time.Time, level int) nis2.Answer {
		a := given(at.Day(), level)
		a.ConfirmedAt = at
		return a
	}
	first := nis2.Transfer{Municipality: "901", Wave: "Bølge 1", Servers: 12, At: day(5)}
	second := nis2.Transfer{Municipality: "901", Wave: "Bølge 2", Servers: 28, At: day(12)}
	back := first
	back.Back = day(8)
	for name, x := range map[string]struct {
		answer    nis2.Answer
		transfers []nis2.Transfer
		level     int
		want      *nis2.Reassess
	}{
		"nothing has moved":                      {given(1, 4), nil, 4, nil},
		"another municipality's have":            {given(1, 4), []nis2.Transfer{{Municipality: "902", Servers: 3, At: day(5)}}, 4, nil},
		"answered before":                        {given(1, 4), []nis2.Transfer{first}, 2, &nis2.Reassess{Since: on(5), Servers: 12, Waves: []string{"Bølge 1"}, Level: 4}},
		"answered on the day, nobody knows when": {given(5, 4), []nis2.Transfer{first}, 2, &nis2.Reassess{Since: on(5), Servers: 12, Waves: []string{"Bølge 1"}, Level: 4}},
		"confirmed an hour before":               {confirmed(day(5).Add(-time.Hour), 4), []nis2.Transfer{first}, 2, &nis2.Reassess{Since: on(5), Servers: 12, Waves: []string{"Bølge 1"}, Level: 4}},
		"confirmed half an hour after":           {confirmed(day(5).Add(30*time.Minute), 4), []nis2.Transfer{first}, 4, nil},
		"answered the day after":                 {given(6, 4), []nis2.Transfer{first}, 4, nil},
		"two waves":                              {given(1, 4), []nis2.Transfer{first, second}, 2, &nis2.Reassess{Since: on(5), Servers: 40, Waves: []string{"Bølge 1", "Bølge 2"}, Level: 4}},
		"confirmed between two waves":            {given(8, 4), []nis2.Transfer{first, second}, 2, &nis2.Reassess{Since: on(12), Servers: 28, Waves: []string{"Bølge 2"}, Level: 4}},
		"a low level is not lifted":              {given(1, 1), []nis2.Transfer{first}, 1, &nis2.Reassess{Since: on(5), Servers: 12, Waves: []string{"Bølge 1"}, Level: 1}},
		"taken back":                             {given(1, 4), []nis2.Transfer{back}, 4, nil},
		"taken back after it was confirmed":      {given(6, 4), []nis2.Transfer{back}, 2, &nis2.Reassess{Since: on(8), TakenBack: 12, Waves: []string{"Bølge 1"}, Level: 4}},
		"confirmed after it was taken back":      {given(9, 4), []nis2.Transfer{back}, 4, nil},
	} {
		t.Run(name, func(t *testing.T) {
			cat := only(load(t), "21c-02", "20-01")
			all, err := nis2.Assess(cat, nis2.Input{Snapshot: newEstate("901").build(), AsOf: on(20), Answers: []nis2.Answer{x.answer, answer("20-01", 4)}, Transfers: x.transfers})
			if err != nil {
				t.Fatal(err)
			}
			r, other := all[0].Controls[1], all[0].Controls[0]
			if d := cmp.Diff(x.want, r.Reassess); d != "" || r.Effective != x.level {
				t.Errorf("counts at %d, want %d:\n%s", r.Effective, x.level, d)
			}
			if lapsed := r.State == nis2.ToReassess; lapsed != (x.want != nil) || lapsed && r.Note != nis2.NoteTransferred {
				t.Errorf("state %s, note %s", r.State, r.Note)
			}
			if other.Reassess != nil || other.Effective != 4 {
				t.Errorf("a control that does not mind moves: %+v", other)
			}
		})
	}
}

// What lapses counts as a bare claim at most, and what was never answered stays so.
func TestLapsedEvidenceProvesNoMoreThanAClaim(t *testing.T) {
	cat := only(load(t), "21c-02", "21d-06")
	a := answer("21c-02", 2)
	a.Evidence, a.ReviewedBy = "beredskabsplan", "Dorte"
	in := nis2.Input{Snapshot: newEstate("901").build(), AsOf: a.AnsweredAt.AddDays(10), Answers: []nis2.Answer{a}}
	before, err := nis2.Assess(cat, in)
	if err != nil {
		t.Fatal(err)
	}
	in.Transfers = []nis2.Transfer{{Municipality: "901", Wave: "1", Servers: 1, At: a.AnsweredAt.AddDays(3).Time()}}
	after, err := nis2.Assess(cat, in)
	if err != nil {
		t.Fatal(err)
	}
	if b, a := before[0].Controls[0], after[0].Controls[0]; b.Confidence != cat.Confidence.Reviewed || a.Confidence != cat.Confidence.Declared || a.Effective != 2 {
		t.Errorf("confidence %g before and %g after at level %d", b.Confidence, a.Confidence, a.Effective)
	}
	if r := after[0].Controls[1]; r.State != nis2.Unanswered || r.Reassess != nil {
		t.Errorf("a control that nobody has answered: %+v", r)
	}
	if b, a := before[0].Overall, after[0].Overall; a.Proven >= b.Proven || a.Coverage != b.Coverage || a.Headline != b.Headline {
		t.Errorf("scores before %+v, after %+v", b, a)
	}
}
