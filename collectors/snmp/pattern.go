package snmp

import (
	"regexp"
	"sync"

	"gopkg.in/yaml.v3"
)

// pattern is a regular expression whose first group is the value, or the whole match without one.
type pattern struct{ *regexp.Regexp }

// UnmarshalYAML compiles the expression.
func (p *pattern) UnmarshalYAML(n *yaml.Node) error {
	var err error
	p.Regexp, err = regexp.Compile(n.Value)
	return err
}

// find gives the first group that took part in the match.
func (p pattern) find(text string) string { return firstGroup(p.Regexp, text) }

// lazyPattern is a pattern that is compiled when it is first used: of more than a thousand in the
// identification rules, the devices of one network need a few dozen.
type lazyPattern struct{ *expression }

type expression struct {
	text     string
	once     sync.Once
	compiled *regexp.Regexp
}

// UnmarshalYAML takes the expression as it stands; the rulebook's check tells whether it is one.
func (p *lazyPattern) UnmarshalYAML(n *yaml.Node) error {
	var text string
	if err := n.Decode(&text); err != nil {
		return err
	}
	p.expression = &expression{text: text}
	return nil
}

// given tells whether the rule has this pattern.
func (p lazyPattern) given() bool { return p.expression != nil }

// regexp compiles the expression. Those of the embedded rules are checked by the tests.
func (p lazyPattern) regexp() *regexp.Regexp {
	p.once.Do(func() { p.compiled = regexp.MustCompile(p.text) })
	return p.compiled
}

func (p lazyPattern) matches(text string) bool { return p.regexp().MatchString(text) }

// find gives the first group that took part in the match.
func (p lazyPattern) find(text string) string { return firstGroup(p.regexp(), text) }

func firstGroup(expression *regexp.Regexp, text string) string {
	m := expression.FindStringSubmatch(text)
	for i := 1; i < len(m); i++ {
		if m[i] != "" {
			return m[i]
		}
	}
	if len(m) == 1 {
		return m[0]
	}
	return ""
}

// visit goes through all sources of the rule.
func (r *rule) visit(see func(source)) {
	var each func([]source)
	each = func(sources []source) {
		for _, s := range sources {
			see(s)
			each(s.Join)
		}
	}
	for _, sources := range [][]source{r.Model, r.Version, r.Serial, r.OSName, r.OSVersion} {
		each(sources)
	}
}
