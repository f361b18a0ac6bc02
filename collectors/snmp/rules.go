package snmp

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/inventory"
)

// The rules by which devices are identified: one file per vendor family, each rule tested against its
// own examples. enterprises.yaml names the vendor behind each IANA enterprise number, for devices
// that no rule fits.
//
//go:embed rules/*.yaml
var ruleFiles embed.FS

// rule says how one platform is recognised and where it keeps its facts.
type rule struct {
	Platform string         `yaml:"platform"` // LibreNMS's slug where it has one
	Vendor   string         `yaml:"vendor"`   // default: the family's
	Kind     inventory.Kind `yaml:"kind"`
	OS       string         `yaml:"os"` // name of the operating system as life-cycle lists have it

	// All that are given must fit.
	ObjectID []string `yaml:"object_id"` // sysObjectID or a prefix of it, by whole numbers
	Descr    pattern  `yaml:"descr"`     // sysDescr
	Has      string   `yaml:"has"`       // an OID that has a value

	// The first source that gives something wins.
	Kinds     []kindRule `yaml:"kinds"`
	Model     []source   `yaml:"model"`
	Version   []source   `yaml:"version"`
	Serial    []source   `yaml:"serial"`
	OSName    []source   `yaml:"os_name"`    // default: os
	OSVersion []source   `yaml:"os_version"` // default: version

	Examples []example `yaml:"examples"`
}

// kindRule gives another kind where the model or, without one, the description fits.
type kindRule struct {
	Model pattern        `yaml:"model"`
	Descr pattern        `yaml:"descr"`
	Kind  inventory.Kind `yaml:"kind"`
}

// source is one place to find a value: sysDescr, a column of the chassis in ENTITY-MIB, an OID or an
// installed package. pattern picks a part of what is there, map translates it.
type source struct {
	Descr    pattern           `yaml:"descr"`
	Entity   string            `yaml:"entity"` // model, serial, software, firmware, hardware, name, descr
	OID      string            `yaml:"oid"`
	Software string            `yaml:"software"` // version of an installed package
	Pattern  pattern           `yaml:"pattern"`
	Map      map[string]string `yaml:"map"` // what the value found means; others mean nothing
}

// example is a device that the rule must recognise.
type example struct {
	ObjectID string            `yaml:"object_id"`
	Descr    string            `yaml:"descr"`
	Chassis  map[string]string `yaml:"chassis"`
	Values   map[string]string `yaml:"values"`
	Software map[string]string `yaml:"software"`
	Want     identity          `yaml:"want"`
}

// family is one file of rules.
type family struct {
	Vendor string `yaml:"vendor"`
	Rules  []rule `yaml:"rules"`
}

// pattern is a regular expression whose first group is the value, or the whole match without one.
type pattern struct{ *regexp.Regexp }

// UnmarshalYAML compiles the expression.
func (p *pattern) UnmarshalYAML(n *yaml.Node) error {
	var err error
	p.Regexp, err = regexp.Compile(n.Value)
	return err
}

// find gives the first group that took part in the match.
func (p pattern) find(text string) string {
	m := p.FindStringSubmatch(text)
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

// rulebook is all that is known about telling devices apart.
type rulebook struct {
	rules       []rule
	enterprises map[uint32]string
}

// knowledge gives the embedded rules, parsed once. They are part of the program and tested with it.
var knowledge = sync.OnceValue(func() *rulebook {
	b, err := readRules(ruleFiles)
	if err != nil {
		panic(fmt.Sprintf("embedded identification rules: %v", err))
	}
	return b
})

// readRules reads every file below rules/ strictly.
func readRules(files fs.FS) (*rulebook, error) {
	names, err := fs.Glob(files, "rules/*.yaml")
	if err != nil {
		return nil, err
	}
	b := &rulebook{}
	var faults []error
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		strict := yaml.NewDecoder(bytes.NewReader(data))
		strict.KnownFields(true)
		if path.Base(name) == "enterprises.yaml" {
			if err := strict.Decode(&b.enterprises); err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", name, err))
			}
			continue
		}
		var f family
		if err := strict.Decode(&f); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
		for _, r := range f.Rules {
			r.Vendor = cmp.Or(r.Vendor, f.Vendor)
			if len(r.ObjectID) == 0 && r.Descr.Regexp == nil {
				faults = append(faults, fmt.Errorf("%s: rule %q recognises nothing: give object_id or descr", name, r.Platform))
			}
			b.rules = append(b.rules, r)
		}
	}
	return b, errors.Join(faults...)
}

// fitting gives the rules that a device's system group does not rule out, best first: the longest
// sysObjectID, then those with an extra OID, then those with a description.
func (b *rulebook) fitting(f facts) []*rule {
	var fit []*rule
	score := map[*rule]int{}
	for i := range b.rules {
		r := &b.rules[i]
		if points, ok := r.fits(f); ok {
			score[r] = points
			fit = append(fit, r)
		}
	}
	slices.SortStableFunc(fit, func(x, y *rule) int { return score[y] - score[x] })
	return fit
}

// fits tells whether the rule fits, leaving out Has, and how specific it is.
func (r *rule) fits(f facts) (points int, ok bool) {
	if len(r.ObjectID) > 0 {
		longest := 0
		for _, prefix := range r.ObjectID {
			if f.objectID == prefix || strings.HasPrefix(f.objectID, strings.TrimSuffix(prefix, ".")+".") {
				longest = max(longest, strings.Count(prefix, ".")+1)
			}
		}
		if longest == 0 {
			return 0, false
		}
		points += 4 * longest
	}
	if r.Descr.Regexp != nil {
		if !r.Descr.MatchString(f.descr) {
			return 0, false
		}
		points++
	}
	if r.Has != "" {
		points += 2
	}
	return points, true
}

// oids lists the extra OIDs that the rule wants to see.
func (r *rule) oids() []string {
	var all []string
	if r.Has != "" {
		all = append(all, r.Has)
	}
	for _, sources := range [][]source{r.Model, r.Version, r.Serial, r.OSName, r.OSVersion} {
		for _, s := range sources {
			if s.OID != "" {
				all = append(all, s.OID)
			}
		}
	}
	return all
}

// decide names the device.
func (b *rulebook) decide(f facts) identity {
	for _, r := range b.fitting(f) {
		if r.Has != "" && f.values[r.Has] == "" {
			continue
		}
		id := identity{Platform: r.Platform, Vendor: r.Vendor, Kind: r.Kind}
		id.OS = cmp.Or(f.first(r.OSName), r.OS)
		id.Model = f.first(r.Model)
		id.Version = f.first(r.Version)
		id.Serial = f.first(r.Serial)
		id.OSText, id.OSApart = f.first(r.OSVersion), len(r.OSVersion) > 0
		for _, k := range r.Kinds {
			if k.Model.Regexp != nil && k.Model.MatchString(id.Model) || k.Descr.Regexp != nil && k.Descr.MatchString(f.descr) {
				id.Kind = k.Kind
				break
			}
		}
		id.fromChassis(f)
		return id
	}
	id := identity{Kind: inventory.KindUnknown, Vendor: b.vendorOf(f.objectID)}
	id.fromChassis(f)
	return id
}

// fromChassis fills in what only ENTITY-MIB tells.
func (id *identity) fromChassis(f facts) {
	id.Model = cmp.Or(id.Model, f.entity("model"))
	id.Serial = cmp.Or(id.Serial, f.entity("serial"))
	id.Kind = cmp.Or(id.Kind, inventory.KindUnknown)
}

// vendorOf names the vendor by the IANA enterprise number in the sysObjectID.
func (b *rulebook) vendorOf(objectID string) string {
	rest, ok := strings.CutPrefix(objectID, "1.3.6.1.4.1.")
	numbers, valid := oidNumbers(rest)
	if !ok || !valid {
		return ""
	}
	return b.enterprises[numbers[0]]
}

// first gives the value of the first source that has one.
func (f facts) first(sources []source) string {
	for _, s := range sources {
		if v := f.find(s); v != "" {
			return v
		}
	}
	return ""
}

func (f facts) find(s source) string {
	var v string
	switch {
	case s.Descr.Regexp != nil:
		v = s.Descr.find(f.descr)
	case s.Software != "":
		v = f.software[s.Software]
	case s.Entity != "":
		v = f.entity(s.Entity)
	case s.OID != "":
		v = plausible(f.values[s.OID])
	}
	if s.Pattern.Regexp != nil {
		v = s.Pattern.find(v)
	}
	if s.Map != nil {
		v = s.Map[v]
	}
	return plausible(v)
}

// entity gives a column of the part that stands for the whole device: the first chassis that has it
// (of a stack the first member), else the stack, else a part that is inside no other.
func (f facts) entity(column string) string {
	whole := []func(entity) bool{
		func(e entity) bool { return e.Class == "chassis" },
		func(e entity) bool { return e.Class == "stack" },
		func(e entity) bool { return e.Parent == 0 && e.Class != "sensor" && e.Class != "port" },
	}
	for _, fits := range whole {
		for _, e := range f.entities {
			if v := plausible(e.column(column)); fits(e) && v != "" {
				return v
			}
		}
	}
	return ""
}
