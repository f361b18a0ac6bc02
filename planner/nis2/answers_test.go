package nis2_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/nis2"
)

func TestValidate(t *testing.T) {
	cat := load(t)
	good := answer("21e-01", 3, reviewed, overridden(today.AddDays(30)))
	for _, c := range []struct {
		name string
		edit func(*nis2.Answer)
		want string // empty: no fault
	}{
		{"whole", func(*nis2.Answer) {}, ""},
		{"not applicable", func(a *nis2.Answer) { notApplicable(today.AddDays(9))(a) }, ""},
		{"unknown control", func(a *nis2.Answer) { a.Control = "21x-01" }, "no such control in nis2-dk-kommune"},
		{"level too high", func(a *nis2.Answer) { a.Level = 6 }, "level 6 is outside 0-5"},
		{"level too low", func(a *nis2.Answer) { a.Level = -1 }, "level -1 is outside 0-5"},
		{"no municipality", func(a *nis2.Answer) { a.Municipality = "" }, "municipality is missing"},
		{"nobody answered", func(a *nis2.Answer) { a.AnsweredBy = "" }, "answered_by is missing"},
		{"no date", func(a *nis2.Answer) { a.AnsweredAt = 0 }, "answered_at is missing"},
		{"reviewed by oneself", func(a *nis2.Answer) { a.ReviewedBy = a.AnsweredBy }, "a review needs a second person"},
		{"not applicable alone", func(a *nis2.Answer) { notApplicable(today)(a); a.NotApplicable.ApprovedBy = a.AnsweredBy }, "not_applicable needs a second person"},
		{"not applicable for no reason", func(a *nis2.Answer) { notApplicable(today)(a); a.NotApplicable.Reason = "" }, "not_applicable has no reason"},
		{"not applicable for ever", func(a *nis2.Answer) { notApplicable(0)(a) }, "not_applicable has no end date"},
		{"overridden alone", func(a *nis2.Answer) { a.Override.By = a.AnsweredBy }, "override needs a second person"},
		{"overridden for no reason", func(a *nis2.Answer) { a.Override.Reason = "" }, "override has no reason"},
		{"overridden for ever", func(a *nis2.Answer) { a.Override.Until = 0 }, "override has no end date"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := good
			override := *good.Override
			a.Override = &override
			c.edit(&a)
			err := nis2.Validate(cat, []nis2.Answer{a})
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("fault %v, want %q", err, c.want)
			case c.want != "" && !strings.Contains(err.Error(), a.Municipality):
				t.Errorf("fault %q does not name the municipality", err)
			}
			_, assessErr := nis2.Assess(cat, nis2.Input{Snapshot: newEstate("901").build(), AsOf: today, Answers: []nis2.Answer{a}})
			if (assessErr != nil) != (c.want != "") {
				t.Errorf("Assess gives %v, but Validate %v", assessErr, err)
			}
		})
	}
	twice := []nis2.Answer{answer("20-01", 1), answer("20-01", 2)}
	if err := nis2.Validate(cat, twice); err == nil || !strings.Contains(err.Error(), "answered twice") {
		t.Errorf("two answers to one control: %v, want a fault", err)
	}
}

func TestParseAnswers(t *testing.T) {
	want := []nis2.Answer{answer("21e-01", 3, reviewed, overridden(today)), answer("20-01", 0, notApplicable(today.AddDays(3)))}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := nis2.ParseAnswers(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers changed on the way (-want +got):\n%s", diff)
	}
	for text, want := range map[string]string{
		"[{\n\"level\": 1,\n\"levle\": 2}]":  `unknown field "levle"`,
		"[{\n\"level\": \"three\"}]":         "line 2",
		"[{\"answered_at\": \"yesterday\"}]": "want YYYY-MM-DD",
		"[] []":                              "text follows",
		"":                                   "EOF",
	} {
		if _, err := nis2.ParseAnswers([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
}

func FuzzParseAnswers(f *testing.F) {
	f.Add([]byte(`[{"municipality":"901","control":"20-01","level":3,"answered_by":"a","answered_at":"2026-01-02"}]`))
	f.Add([]byte(`[{"not_applicable":{"reason":"x","approved_by":"y","until":"2026-02-30"}}]`))
	f.Add([]byte(`[{"level":1e99}]`))
	cat := load(f)
	snapshot := newEstate("901").build()
	f.Fuzz(func(t *testing.T, data []byte) {
		answers, err := nis2.ParseAnswers(data)
		if err != nil || nis2.Validate(cat, answers) != nil {
			return
		}
		for _, a := range assess(t, cat, snapshot, answers...) {
			if s := a.Overall; !(s.Headline >= 0 && s.Headline <= 1 && s.Proven <= s.Headline+1e-12) {
				t.Errorf("answers %s give %+v", data, s)
			}
		}
	})
}
