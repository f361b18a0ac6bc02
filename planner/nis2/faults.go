package nis2

import (
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// checker gathers the faults of a catalogue with their lines.
type checker struct {
	name   string
	root   *yaml.Node
	faults []error
}

// fault notes what is wrong at a path of the file.
func (v *checker) fault(path []any, format string, args ...any) {
	v.faults = append(v.faults, fmt.Errorf("%s:%d: %s", v.name, lineOf(v.root, path...), fmt.Sprintf(format, args...)))
}

func (v *checker) catalogue(c *Catalogue) {
	if c.ID == "" || c.Version == "" || !c.Date.Known() {
		v.fault([]any{"catalogue"}, "catalogue needs id, version and date: scores carry them")
	}
	if c.Scale.Min != 0 || c.Scale.Max != 5 || len(c.Scale.Levels) != 6 {
		v.fault([]any{"scale"}, "scale must be the six levels 0-5")
	}
	for i, l := range c.Scale.Levels {
		if l.Level != i {
			v.fault([]any{"scale", "levels", i}, "level %d stands where level %d should", l.Level, i)
		}
		v.text([]any{"scale", "levels", i}, l.Text)
	}
	v.limits(c)
	for _, name := range slices.Sorted(maps.Keys(c.Bands)) {
		v.band(name, c.Bands[name])
	}
	sum := 0
	seen := map[string]bool{}
	for i, a := range c.Articles {
		at := []any{"articles", i}
		if a.ID == "" || seen[a.ID] {
			v.fault(at, "article id %q is empty or stands twice", a.ID)
		}
		seen[a.ID] = true
		sum += a.Weight
		if a.Weight < 1 {
			v.fault(append(at, "weight"), "article %s: weight is %d, want at least 1", a.ID, a.Weight)
		}
		v.text(at, a.Title)
		if !slices.ContainsFunc(c.Controls, func(k Control) bool { return k.Article == a.ID }) {
			v.fault(at, "article %s has no control", a.ID)
		}
	}
	if sum != 100 {
		v.fault([]any{"articles"}, "the weights of the articles sum to %d, want 100", sum)
	}
	ids := map[string]bool{}
	for i := range c.Controls {
		k := &c.Controls[i]
		if k.ID == "" || ids[k.ID] {
			v.fault([]any{"controls", i}, "control id %q is empty or stands twice", k.ID)
		}
		ids[k.ID] = true
		v.control(c, i, k)
	}
}

// limits checks the numbers that the formulas use.
func (v *checker) limits(c *Catalogue) {
	a, f := c.Automation, c.Confidence
	if a.MinCoverage <= 0 || a.MinCoverage > 1 {
		v.fault([]any{"automation", "min_coverage"}, "min_coverage is %g, want more than 0 and at most 1", a.MinCoverage)
	}
	if a.AutoOnlyMax < 0 || a.AutoOnlyMax > 5 || a.ExceptionMax < 0 || a.ExceptionMax > 5 {
		v.fault([]any{"automation"}, "auto_only_max and exception_max must be levels 0-5")
	}
	if a.EmptyPopulation != "inconclusive" {
		v.fault([]any{"automation", "empty_population"}, "empty_population is %q; an empty population can only be inconclusive", a.EmptyPopulation)
	}
	share := func(name string, value float64) {
		if !(value >= 0 && value <= 1) {
			v.fault([]any{"confidence", name}, "confidence %s is %g, want 0-1", name, value)
		}
	}
	share("automatic", f.Automatic)
	share("reviewed", f.Reviewed)
	share("declared_with_evidence", f.DeclaredWithEvidence)
	share("declared", f.Declared)
	share("overridden", f.Overridden)
	share("missing", f.Missing)
	if f.Missing != 0 || f.Declared > f.DeclaredWithEvidence || f.DeclaredWithEvidence > f.Reviewed {
		v.fault([]any{"confidence"}, "confidence must rise from missing (0) over declared and declared_with_evidence to reviewed")
	}
	if f.ExpiredGraceDays < 1 {
		v.fault([]any{"confidence", "expired_grace_days"}, "expired_grace_days is %d, want at least 1", f.ExpiredGraceDays)
	}
}

// band checks that levels fall while limits rise and that the last step takes the rest.
func (v *checker) band(name string, steps []Step) {
	at := []any{"bands", name}
	if len(steps) < 2 {
		v.fault(at, "band %s needs at least two steps", name)
		return
	}
	ratios := steps[0].MaxRatio != nil
	previous := 0.0
	for i, s := range steps {
		limit := s.Max
		if ratios {
			limit = s.MaxRatio
		}
		last := i == len(steps)-1
		switch {
		case s.Level < 0 || s.Level > 5 || i > 0 && s.Level >= steps[i-1].Level:
			v.fault(append(at, i), "band %s: level %d must be within 0-5 and below the step before it", name, s.Level)
		case s.Max != nil && s.MaxRatio != nil, last != (limit == nil), last && (s.Max != nil || s.MaxRatio != nil):
			v.fault(append(at, i), "band %s: every step but the last needs one limit of the same sort (max or max_ratio)", name)
		case limit != nil && (!(*limit >= 0) || i > 0 && *limit <= previous):
			v.fault(append(at, i), "band %s: limit %g must be above the step before it", name, *limit)
		}
		if limit != nil {
			previous = *limit
		}
	}
	if steps[len(steps)-1].Level != 0 {
		v.fault(at, "band %s: the last step must be level 0", name)
	}
}

func (v *checker) text(at []any, t Text) {
	if t.EN == "" || t.DA == "" {
		v.fault(at, "text needs both en and da")
	}
}

func (v *checker) control(c *Catalogue, i int, k *Control) {
	at := func(keys ...any) []any { return append([]any{"controls", i}, keys...) }
	if _, ok := c.Article(k.Article); !ok {
		v.fault(at("article"), "control %s: article %q is not in the list of articles", k.ID, k.Article)
	}
	v.text(at("title"), k.Title)
	if k.Weight < 1 || k.Weight > 5 {
		v.fault(at("weight"), "control %s: weight is %d, want 1-5", k.ID, k.Weight)
	}
	if k.Target < 1 || k.Target > 5 {
		v.fault(at("target"), "control %s: target is %d, want 1-5", k.ID, k.Target)
	}
	if !(k.CentreShare >= 0 && k.CentreShare <= 1) {
		v.fault(at("centre_share"), "control %s: centre_share is %g, want 0-1", k.ID, k.CentreShare)
	}
	if !slices.Contains([]DeliveredBy{ByMunicipality, ByCentre, ByBoth}, k.DeliveredBy) {
		v.fault(at("delivered_by"), "control %s: delivered_by %q is none of municipality, shared, centre", k.ID, k.DeliveredBy)
	}
	if len(k.Evidence) == 0 || k.EvidenceValidDays < 1 {
		v.fault(at("evidence"), "control %s: needs evidence and evidence_valid_days of at least 1", k.ID)
	}
	v.text(at("split", "municipality"), k.Split.Municipality)
	v.text(at("split", "centre"), k.Split.Centre)
	switch {
	case !slices.Contains([]Automated{Full, Partial, None}, k.Automation):
		v.fault(at("automation"), "control %s: automation %q is none of full, partial, none", k.ID, k.Automation)
	case (k.Automation == None) != (k.Rule == nil):
		v.fault(at("automation"), "control %s: automation is %s, so a rule must %s", k.ID, k.Automation,
			map[bool]string{true: "not be given", false: "be given"}[k.Automation == None])
	case k.Rule != nil:
		v.rule(c, k, at("rule"))
	}
}

func (v *checker) rule(c *Catalogue, k *Control, at []any) {
	r := k.Rule
	if _, ok := c.Datasets[r.Source]; !ok {
		v.fault(append(at, "source"), "control %s: source %q is not among the datasets", k.ID, r.Source)
	}
	if r.Population == "" || r.FailWhen == "" {
		v.fault(at, "control %s: rule needs population and fail_when in words", k.ID)
	}
	if r.FreshDays < 1 {
		v.fault(append(at, "fresh_days"), "control %s: fresh_days is %d, want at least 1", k.ID, r.FreshDays)
	}
	steps, ok := c.Bands[r.Bands]
	if !ok || len(steps) == 0 {
		v.fault(append(at, "bands"), "control %s: bands %q do not exist", k.ID, r.Bands)
		return
	}
	ages := steps[0].MaxRatio != nil
	if !slices.Contains([]string{"share_bad", "count_bad", "age_days"}, r.Measure) || ages != (r.Measure == "age_days") {
		v.fault(append(at, "measure"), "control %s: measure %q does not fit bands %s", k.ID, r.Measure, r.Bands)
		return
	}
	if ages != (r.LimitDays > 0) {
		v.fault(append(at, "limit_days"), "control %s: limit_days is %d; age_days needs one, others have none", k.ID, r.LimitDays)
	}
	if want := passWhen(r, steps, k.Target); r.PassWhen != want {
		v.fault(append(at, "pass_when"), "control %s: pass_when is %q, but bands %s and target %d give %q", k.ID, r.PassWhen, r.Bands, k.Target, want)
	}
}
