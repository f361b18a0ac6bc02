package nis2

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Assess scores every municipality of the snapshot, in the order of the snapshot's municipalities,
// each with all controls in catalogue order. Answers of municipalities outside the snapshot are
// left alone. It refuses answers that Validate refuses.
func Assess(cat *Catalogue, in Input) ([]Assessment, error) {
	if cat == nil || in.Snapshot == nil {
		return nil, errors.New("assess: needs a catalogue and a snapshot")
	}
	if !in.AsOf.Known() {
		return nil, errors.New("assess: needs the date to assess as of; it decides what has expired")
	}
	if err := Validate(cat, in.Answers); err != nil {
		return nil, fmt.Errorf("assess: %w", err)
	}
	assessments := []Assessment{}
	for _, e := range estates(cat, in) {
		a := Assessment{
			Municipality: e.code, AsOf: in.AsOf, Catalogue: cat.String(), Demo: in.Snapshot.Demo, Notice: in.Snapshot.Notice,
			Controls: make([]ControlResult, 0, len(cat.Controls)),
		}
		for i := range cat.Controls {
			a.Controls = append(a.Controls, e.assess(&cat.Controls[i]))
		}
		cat.score(&a)
		assessments = append(assessments, a)
	}
	slices.SortFunc(assessments, func(a, b Assessment) int {
		return cmp.Compare(a.Municipality, b.Municipality)
	})
	return assessments, nil
}

// Only gives the assessment cut down to some articles, as its owner shares it: without overall figures,
// which would tell of the others.
func (a Assessment) Only(articles []string) Assessment {
	a.Controls = slices.DeleteFunc(slices.Clone(a.Controls), func(r ControlResult) bool { return !slices.Contains(articles, r.Article) })
	a.Articles = slices.DeleteFunc(slices.Clone(a.Articles), func(r ArticleResult) bool { return !slices.Contains(articles, r.ID) })
	a.Overall, a.EqualWeights, a.Light = Scores{}, Scores{}, Grey
	var keys []string
	for _, id := range a.KeyFailed {
		if slices.ContainsFunc(a.Controls, func(r ControlResult) bool { return r.ID == id }) {
			keys = append(keys, id)
		}
	}
	a.KeyFailed = keys
	return a
}
