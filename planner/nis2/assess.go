package nis2

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
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
		assessments = append(assessments, e.whole())
	}
	slices.SortFunc(assessments, func(a, b Assessment) int {
		return cmp.Compare(a.Municipality, b.Municipality)
	})
	return assessments, nil
}

// AssessOne scores one municipality alone, with the same result as Assess gives it among all: for when
// something changed there and nowhere else.
func AssessOne(cat *Catalogue, in Input, municipality string) (Assessment, error) {
	in.Answers = slices.DeleteFunc(slices.Clone(in.Answers), func(a Answer) bool { return a.Municipality != municipality })
	if in.Snapshot != nil {
		if _, ok := in.Snapshot.Municipality(municipality); !ok {
			return Assessment{}, fmt.Errorf("assess: municipality %q is not in the snapshot", municipality)
		}
		in.Snapshot = alone(in.Snapshot, municipality)
	}
	all, err := Assess(cat, in)
	if err != nil {
		return Assessment{}, err
	}
	return all[0], nil
}

// alone gives the snapshot with one municipality on its list, so that the rest is passed over.
func alone(s *inventory.Snapshot, municipality string) *inventory.Snapshot {
	one := *s
	one.Municipalities = slices.DeleteFunc(slices.Clone(s.Municipalities), func(m inventory.Municipality) bool { return m.Code != municipality })
	return &one
}

// whole gives the municipality's assessment.
func (e *estate) whole() Assessment {
	a := Assessment{
		Municipality: e.code, AsOf: e.in.AsOf, Catalogue: e.cat.String(), Demo: e.in.Snapshot.Demo, Notice: e.in.Snapshot.Notice,
		Controls: make([]ControlResult, 0, len(e.cat.Controls)),
	}
	for i := range e.cat.Controls {
		a.Controls = append(a.Controls, e.assess(&e.cat.Controls[i]))
	}
	e.cat.score(&a)
	return a
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
