package monitor

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

// Labels that scopes and rules stand on.
const (
	labelMunicipality = "municipality"
	labelCentre       = "centre"
	labelInstance     = "instance"
)

// Scope is which series a question may see: all, or those of the named municipalities together
// with those of the named centres. The zero Scope sees nothing, and series without a municipality
// and a centre are seen by All only.
type Scope struct {
	All            bool
	Municipalities []string // three-digit codes
	Centres        []string // slugs
}

// ErrNoScope says that a question named no series it may see.
var ErrNoScope = errors.New("no time series within your scope")

type scopeKey struct{}

// WithScope gives a context whose questions see what the scope allows.
func WithScope(ctx context.Context, s Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// alternatives gives the matchers that a series must meet, one set or another. An error means that
// nothing may be seen; an empty matcher set means everything.
func alternatives(ctx context.Context) ([][]*labels.Matcher, error) {
	s, _ := ctx.Value(scopeKey{}).(Scope)
	if s.All {
		return [][]*labels.Matcher{nil}, nil
	}
	var sets [][]*labels.Matcher
	for _, side := range []struct {
		label  string
		values []string
	}{{labelMunicipality, s.Municipalities}, {labelCentre, s.Centres}} {
		m, err := oneOf(side.label, side.values)
		if err != nil {
			return nil, err
		}
		if m != nil {
			sets = append(sets, []*labels.Matcher{m})
		}
	}
	if len(sets) == 0 {
		return nil, ErrNoScope
	}
	return sets, nil
}

// oneOf matches any of the values. Empty values are left out: they would match series that lack
// the label. It gives nil when nothing is left.
func oneOf(label string, values []string) (*labels.Matcher, error) {
	var quoted []string
	for _, v := range values {
		if v != "" {
			quoted = append(quoted, regexp.QuoteMeta(v))
		}
	}
	if len(quoted) == 0 {
		return nil, nil
	}
	return labels.NewMatcher(labels.MatchRegexp, label, strings.Join(quoted, "|"))
}

// sees tells whether a label set is within the scope of the context.
func sees(ctx context.Context, l labels.Labels) bool {
	sets, err := alternatives(ctx)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(sets, func(set []*labels.Matcher) bool {
		return !slices.ContainsFunc(set, func(m *labels.Matcher) bool { return !m.Matches(l.Get(m.Name)) })
	})
}
