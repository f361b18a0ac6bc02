package nis2_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/nis2"
)

func TestAggregate(t *testing.T) {
	cat := only(load(t), "20-01", "21d-04", "23-01")
	codes := []string{"901", "902", "903", "904"}
	e := newEstate(codes...)
	e.Demo = true
	var answers []nis2.Answer
	for i, code := range codes {
		answers = append(answers, answer("20-01", i, of(code)))
		edit := of(code)
		if i >= 2 {
			edit = func(a *nis2.Answer) { of(code)(a); notApplicable(today)(a) }
		}
		answers = append(answers, answer("23-01", 4, edit))
	}
	list := assess(t, cat, e.build(), answers...)

	few := nis2.Aggregate(list[:2])
	if want := (nis2.Aggregated{N: 2, Demo: true, Articles: []nis2.ArticleMean{}}); !cmp.Equal(few, want) {
		t.Errorf("two municipalities give figures: %+v", few)
	}
	all := nis2.Aggregate(list)
	if !all.Shown || all.N != 4 || !all.Demo {
		t.Errorf("four municipalities give %+v", all)
	}
	mean := 0.0
	for _, a := range list {
		mean += a.Overall.Headline / 4
	}
	if math.Abs(all.Mean.Headline-mean) > 0.005 || mean == 0 {
		t.Errorf("mean headline %g, want %g to the nearest per cent", all.Mean.Headline, mean)
	}
	want := []nis2.ArticleMean{
		{ID: "20", N: 4, Shown: true, Mean: nis2.Scores{Headline: .38, Proven: .15, Coverage: 1, Gap: 2.5}},
		{ID: "21d"},
		{ID: "23", N: 2}, // two municipalities only: no figure
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
	if diff := cmp.Diff(want, all.Articles, near); diff != "" {
		t.Errorf("articles (-want +got):\n%s", diff)
	}
	if all.EqualWeights != nil {
		t.Error("with equal weights the mean is shown, although an article is not: it would tell of it")
	}
	turned := slices.Clone(list)
	slices.Reverse(turned)
	if diff := cmp.Diff(all, nis2.Aggregate(turned)); diff != "" {
		t.Errorf("the order of municipalities matters:\n%s", diff)
	}
}
