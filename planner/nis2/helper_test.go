package nis2_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// The day of every assessment in these tests, and a moment on it.
var (
	today = inventory.NewDate(2026, time.November, 21)
	noon  = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
)

// daysAgo gives noon some days before today.
func daysAgo(n int) time.Time { return noon.AddDate(0, 0, -n) }

func ptr[T any](v T) *T { return &v }

func itoa(n int) string { return fmt.Sprint(n) }

// loaded reads the catalogue once for all tests; none of them changes it.
var loaded = sync.OnceValues(nis2.Load)

func load(t testing.TB) *nis2.Catalogue {
	t.Helper()
	cat, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// only gives the catalogue cut down to some controls and their articles.
func only(cat *nis2.Catalogue, ids ...string) *nis2.Catalogue {
	small := *cat
	small.Controls, small.Articles = nil, nil
	for _, k := range cat.Controls {
		if slices.Contains(ids, k.ID) {
			small.Controls = append(small.Controls, k)
		}
	}
	for _, a := range cat.Articles {
		if slices.ContainsFunc(small.Controls, func(k nis2.Control) bool { return k.Article == a.ID }) {
			small.Articles = append(small.Articles, a)
		}
	}
	return &small
}

// estate is a snapshot under construction.
type estate struct{ inventory.Snapshot }

func newEstate(codes ...string) *estate {
	e := &estate{inventory.Snapshot{Schema: inventory.SchemaVersion, TakenAt: noon}}
	for _, code := range codes {
		e.Municipalities = append(e.Municipalities, inventory.Municipality{Code: code, Name: "Kommune " + code})
	}
	return e
}

// asset adds an asset of the first municipality, seen today unless set.
func (e *estate) asset(a inventory.Asset) *estate {
	if a.Municipality == "" {
		a.Municipality = e.Municipalities[0].Code
	}
	if a.LastSeen.IsZero() {
		a.LastSeen = noon
	}
	e.Assets = append(e.Assets, a)
	return e
}

// fleet adds n assets, each made by f from its number.
func (e *estate) fleet(n int, f func(i int) inventory.Asset) *estate {
	for i := range n {
		a := f(i)
		a.ID = fmt.Sprintf("%s-%s-%03d", a.Municipality, a.Kind, i)
		e.asset(a)
	}
	return e
}

func (e *estate) system(s inventory.System) *estate {
	if s.Municipality == "" {
		s.Municipality = e.Municipalities[0].Code
	}
	e.Systems = append(e.Systems, s)
	return e
}

func (e *estate) contract(c inventory.Contract) *estate {
	if c.Municipality == "" {
		c.Municipality = e.Municipalities[0].Code
	}
	e.Contracts = append(e.Contracts, c)
	return e
}

func (e *estate) build() *inventory.Snapshot {
	e.Sort()
	return &e.Snapshot
}

// answer gives an answer of municipality 901 to a control, changed by edits.
func answer(control string, level int, edits ...func(*nis2.Answer)) nis2.Answer {
	a := nis2.Answer{Municipality: "901", Control: control, Level: level, AnsweredBy: "Koordinator", AnsweredAt: today.AddDays(-10)}
	for _, edit := range edits {
		edit(&a)
	}
	return a
}

func of(code string) func(*nis2.Answer) { return func(a *nis2.Answer) { a.Municipality = code } }

func evidence(a *nis2.Answer) { a.Evidence, a.EvidenceUntil = "Rapport", today.AddDays(100) }

func reviewed(a *nis2.Answer) { evidence(a); a.ReviewedBy = "Chef" }

// expired gives evidence that ran out some days ago.
func expired(days int) func(*nis2.Answer) {
	return func(a *nis2.Answer) { a.Evidence, a.EvidenceUntil = "Rapport", today.AddDays(-days) }
}

func notApplicable(until inventory.Date) func(*nis2.Answer) {
	return func(a *nis2.Answer) {
		a.NotApplicable = &nis2.NotApplicable{Reason: "Findes ikke", ApprovedBy: "Chef", Until: until}
	}
}

func overridden(until inventory.Date) func(*nis2.Answer) {
	return func(a *nis2.Answer) {
		a.Override = &nis2.Override{Reason: "Data er forkerte", By: "Chef", Until: until}
	}
}

// assess assesses and wants no error.
func assess(t testing.TB, cat *nis2.Catalogue, s *inventory.Snapshot, answers ...nis2.Answer) []nis2.Assessment {
	t.Helper()
	return assessInput(t, cat, nis2.Input{Snapshot: s, AsOf: today, Answers: answers})
}

func assessInput(t testing.TB, cat *nis2.Catalogue, in nis2.Input) []nis2.Assessment {
	t.Helper()
	list, err := nis2.Assess(cat, in)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// result finds a control's result.
func result(t testing.TB, a nis2.Assessment, id string) nis2.ControlResult {
	t.Helper()
	for _, r := range a.Controls {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("control %s is not in the assessment of %s", id, a.Municipality)
	return nis2.ControlResult{}
}
