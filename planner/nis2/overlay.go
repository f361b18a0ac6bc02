package nis2

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/inventory"
)

// Overlay is a cooperation's own choices on top of the catalogue: weights, targets, tolerances and
// centre shares. They are politics, not law, so they are kept apart from the catalogue, with who
// chose them, when and why.
type Overlay struct {
	Base     string                   `yaml:"base" json:"base"`       // id and version of the catalogue it was made for
	Version  string                   `yaml:"version" json:"version"` // the cooperation's own, such as fyn.2
	Author   string                   `yaml:"author" json:"author"`
	Date     inventory.Date           `yaml:"date" json:"date"`
	Reason   string                   `yaml:"reason" json:"reason"`
	Articles map[string]int           `yaml:"articles" json:"articles,omitempty"` // weights; with the others they sum to 100
	Bands    map[string][]Step        `yaml:"bands" json:"bands,omitempty"`       // tolerances, each list as a whole
	Controls map[string]ControlChoice `yaml:"controls" json:"controls,omitempty"`
}

// ControlChoice is what is chosen differently for one control. Nil leaves the catalogue's value.
type ControlChoice struct {
	Weight      *int     `yaml:"weight" json:"weight,omitempty"`             // 1-5
	Target      *int     `yaml:"target" json:"target,omitempty"`             // level 1-5
	CentreShare *float64 `yaml:"centre_share" json:"centre_share,omitempty"` // 0-1
	Key         *bool    `yaml:"key" json:"key,omitempty"`
	Bands       *string  `yaml:"bands" json:"bands,omitempty"`           // name of the tolerance
	LimitDays   *int     `yaml:"limit_days" json:"limit_days,omitempty"` // for rules that measure age
	FreshDays   *int     `yaml:"fresh_days" json:"fresh_days,omitempty"`
}

// ParseOverlay reads an overlay from YAML. Unknown keys are errors. With judges the values.
func ParseOverlay(name string, data []byte) (Overlay, error) {
	var o Overlay
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&o); errors.Is(err, io.EOF) {
		return o, fmt.Errorf("%s:1: the overlay is empty", name)
	} else if err != nil {
		return o, fmt.Errorf("%s: %w", name, err)
	}
	return o, nil
}

// With gives a copy of the catalogue with the choices applied, under a version of its own. It reports
// every choice that would make a score wrong, and everything that is missing about who chose.
func (c *Catalogue) With(o Overlay) (*Catalogue, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("overlay: "+format, args...)) }
	if o.Base != c.String() {
		fault("base is %q, the catalogue is %q: look through the choices and set base to it", o.Base, c)
	}
	for what, value := range map[string]string{"version": o.Version, "author": o.Author, "reason": o.Reason} {
		if strings.TrimSpace(value) == "" {
			fault("%s is missing", what)
		}
	}
	if !o.Date.Known() {
		fault("date is missing")
	}
	out := *c
	out.Version += "+" + o.Version
	out.Articles, out.Controls, out.Bands = slices.Clone(c.Articles), slices.Clone(c.Controls), maps.Clone(c.Bands)
	for _, name := range slices.Sorted(maps.Keys(o.Bands)) {
		if _, ok := c.Bands[name]; !ok {
			fault("bands %q: the catalogue has no such tolerance", name)
		}
		if err := stepsInOrder(o.Bands[name]); err != nil {
			fault("bands %q: %w", name, err)
		}
		out.Bands[name] = o.Bands[name]
	}
	out.weigh(o.Articles, fault)
	for _, id := range slices.Sorted(maps.Keys(o.Controls)) {
		i := slices.IndexFunc(out.Controls, func(k Control) bool { return k.ID == id })
		if i < 0 {
			fault("controls %s: the catalogue has no such control", id)
			continue
		}
		out.choose(&out.Controls[i], o.Controls[id], fault)
	}
	for i := range out.Controls {
		if k := &out.Controls[i]; k.Rule != nil {
			rule := *k.Rule
			rule.PassWhen = passWhen(&rule, out.Bands[rule.Bands], k.Target)
			k.Rule = &rule
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return &out, errors.Join(faults...)
}

// weigh sets article weights.
func (c *Catalogue) weigh(weights map[string]int, fault func(string, ...any)) {
	for _, id := range slices.Sorted(maps.Keys(weights)) {
		i := slices.IndexFunc(c.Articles, func(a Article) bool { return a.ID == id })
		switch w := weights[id]; {
		case i < 0:
			fault("articles %s: the catalogue has no such article", id)
		case w < 0 || w > 100:
			fault("articles %s: weight %d is outside 0-100", id, w)
		default:
			c.Articles[i].Weight = w
		}
	}
	sum := 0
	for _, a := range c.Articles {
		sum += a.Weight
	}
	if sum != 100 {
		fault("articles: the weights sum to %d, want 100", sum)
	}
}

// choose applies the choices for one control.
func (c *Catalogue) choose(k *Control, choice ControlChoice, fault func(string, ...any)) {
	number := func(name string, value *int, low, high int, set func(int)) {
		switch {
		case value == nil:
		case *value < low || *value > high:
			fault("controls %s: %s %d is outside %d-%d", k.ID, name, *value, low, high)
		default:
			set(*value)
		}
	}
	number("weight", choice.Weight, 1, 5, func(n int) { k.Weight = n })
	number("target", choice.Target, 1, c.Scale.Max, func(n int) { k.Target = n })
	if s := choice.CentreShare; s != nil {
		if *s < 0 || *s > 1 {
			fault("controls %s: centre_share %v is outside 0-1", k.ID, *s)
		}
		k.CentreShare = *s
	}
	if choice.Key != nil {
		k.Key = *choice.Key
	}
	if choice.Bands == nil && choice.LimitDays == nil && choice.FreshDays == nil {
		return
	}
	if k.Rule == nil {
		fault("controls %s: has no rule, so bands, limit_days and fresh_days mean nothing", k.ID)
		return
	}
	rule := *k.Rule
	k.Rule = &rule
	if b := choice.Bands; b != nil {
		if _, ok := c.Bands[*b]; !ok {
			fault("controls %s: bands %q is none of the catalogue's", k.ID, *b)
		}
		rule.Bands = *b
	}
	number("limit_days", choice.LimitDays, 1, 3650, func(n int) { rule.LimitDays = n })
	number("fresh_days", choice.FreshDays, 1, 3650, func(n int) { rule.FreshDays = n })
}

// stepsInOrder checks that a tolerance falls from step to step and that its last step takes the rest.
func stepsInOrder(steps []Step) error {
	if len(steps) == 0 {
		return errors.New("has no steps")
	}
	for i, s := range steps {
		last := i == len(steps)-1
		switch {
		case s.Level < 0 || s.Level > 5:
			return fmt.Errorf("step %d: level %d is outside 0-5", i+1, s.Level)
		case last != (s.Max == nil && s.MaxRatio == nil):
			return fmt.Errorf("step %d: every step but the last needs max or max_ratio, and the last has neither", i+1)
		case i == 0:
		case s.Level >= steps[i-1].Level:
			return fmt.Errorf("step %d: level %d does not fall from %d", i+1, s.Level, steps[i-1].Level)
		case s.Max != nil && steps[i-1].Max != nil && *s.Max <= *steps[i-1].Max,
			s.MaxRatio != nil && steps[i-1].MaxRatio != nil && *s.MaxRatio <= *steps[i-1].MaxRatio:
			return fmt.Errorf("step %d: its limit does not rise", i+1)
		}
	}
	return nil
}
