package nis2

import (
	"bytes"
	_ "embed" // the catalogue
	"errors"
	"fmt"
	"io"
	"strconv"

	"gopkg.in/yaml.v3"
)

//go:embed catalogue.yaml
var embedded []byte

// Load reads the catalogue that comes with samdrift.
func Load() (*Catalogue, error) { return Parse("catalogue.yaml", embedded) }

// file is the shape of the YAML text. Its catalogue block holds only the heading.
type file struct {
	Catalogue  Catalogue           `yaml:"catalogue"`
	Scale      Scale               `yaml:"scale"`
	Bands      map[string][]Step   `yaml:"bands"`
	Automation Automation          `yaml:"automation"`
	Confidence Confidence          `yaml:"confidence"`
	Articles   []Article           `yaml:"articles"`
	Datasets   map[string][]string `yaml:"datasets"`
	Controls   []Control           `yaml:"controls"`
}

// Parse reads a catalogue from YAML. Unknown keys are errors, and so is everything that would make
// a score silently wrong; all faults are reported at once, each with the line in the named file.
func Parse(name string, data []byte) (*Catalogue, error) {
	var f file
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:1: the catalogue is empty", name)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one YAML document; a catalogue is one", name)
	}
	c := f.Catalogue
	c.Scale, c.Bands, c.Automation, c.Confidence = f.Scale, f.Bands, f.Automation, f.Confidence
	c.Articles, c.Datasets, c.Controls = f.Articles, f.Datasets, f.Controls

	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	v := checker{name: name, root: &root}
	v.catalogue(&c)
	if len(v.faults) > 0 {
		return nil, errors.Join(v.faults...)
	}
	return &c, nil
}

// lineOf gives the line of the node at a path of map keys and list indices, or of the deepest part
// of the path that exists.
func lineOf(node *yaml.Node, path ...any) int {
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := node.Line
	for _, step := range path {
		next := child(node, step)
		if next == nil {
			break
		}
		node, line = next, next.Line
	}
	return line
}

func child(node *yaml.Node, step any) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch s := step.(type) {
	case string:
		for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == s {
				return node.Content[i+1]
			}
		}
	case int:
		if node.Kind == yaml.SequenceNode && s < len(node.Content) {
			return node.Content[s]
		}
	}
	return nil
}

// passWhen derives the text of a rule's passing condition from its bands and the control's target,
// so that the two cannot drift apart.
func passWhen(r *Rule, steps []Step, target int) string {
	limit := 0.0
	found := false
	for _, s := range steps {
		if s.Level < target {
			continue
		}
		switch {
		case s.Max != nil:
			limit, found = *s.Max, true
		case s.MaxRatio != nil:
			limit, found = *s.MaxRatio*float64(r.LimitDays), true
		}
	}
	if !found {
		return ""
	}
	return r.Measure + " <= " + strconv.FormatFloat(limit, 'f', -1, 64)
}
