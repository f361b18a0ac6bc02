package nis2_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/nis2"
)

func TestDemoAnswers(t *testing.T) {
	cat := load(t)
	codes := []string{"410", "420", "430", "440", "450", "461", "479", "480", "482"}
	answers := nis2.DemoAnswers(cat, codes, 7, today)
	if err := nis2.Validate(cat, answers); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answers, nis2.DemoAnswers(cat, codes, 7, today)); diff != "" {
		t.Errorf("the same seed gave other answers:\n%s", diff)
	}
	if cmp.Equal(answers, nis2.DemoAnswers(cat, codes, 8, today)) {
		t.Error("another seed gave the same answers")
	}
	slices.Reverse(codes)
	alone := nis2.DemoAnswers(cat, []string{"461"}, 7, today)
	among := slices.DeleteFunc(nis2.DemoAnswers(cat, codes, 7, today), func(a nis2.Answer) bool { return a.Municipality != "461" })
	if diff := cmp.Diff(alone, among); diff != "" {
		t.Errorf("Odense's answers depend on who else takes part:\n%s", diff)
	}

	// The mix of real life must be in it, or the pages show only the easy half.
	count := map[string]int{"cells": len(codes) * len(cat.Controls), "answered": len(answers)}
	for _, a := range answers {
		for what, is := range map[string]bool{
			"not applicable": a.NotApplicable != nil, "override": a.Override != nil, "reviewed": a.ReviewedBy != "",
			"expired": a.Evidence != "" && a.EvidenceUntil < today, "bare": a.Evidence == "" && a.NotApplicable == nil,
		} {
			if is {
				count[what]++
			}
		}
		for _, text := range []string{a.Evidence, reason(a)} {
			if text != "" && !strings.HasPrefix(text, "Demodata") {
				t.Errorf("%s %s: invented text %q does not say so", a.Municipality, a.Control, text)
			}
		}
	}
	for what, least := range map[string]int{"answered": 500, "not applicable": 3, "override": 2, "reviewed": 150, "expired": 30, "bare": 100} {
		if count[what] < least || count[what] == count["cells"] {
			t.Errorf("%s: %d of %d cells, want at least %d and not all", what, count[what], count["cells"], least)
		}
	}
	contradicted := false
	for _, code := range codes {
		e := newEstate(code).fleet(20, servers{oldOS: 8}.vm(code))
		for _, a := range assess(t, cat, e.build(), answers...) {
			contradicted = contradicted || result(t, a, "21e-01").State == nis2.Contradicted
		}
	}
	if !contradicted {
		t.Error("no demo answer claims more than data show")
	}
}

func reason(a nis2.Answer) string {
	switch {
	case a.NotApplicable != nil:
		return a.NotApplicable.Reason
	case a.Override != nil:
		return a.Override.Reason
	}
	return ""
}
