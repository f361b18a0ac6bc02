package snmp

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/inventory"
)

// The rules by which devices are identified: one file per vendor family, each rule tested against its
// own examples. enterprises.yaml names the vendor behind each IANA enterprise number, for devices
// that no rule fits.
//
// A file has a `vendor` (default of its rules) and `rules`. A rule says how a platform is recognised
// and where it keeps its facts:
//
//	platform: procurve                 # LibreNMS's slug where it has one
//	kind: switch                       # one of inventory.Kinds
//	os: ArubaOS-Switch                 # name as life-cycle lists have it; may be left out
//	object_id: [1.3.6.1.4.1.11.2.3.7]  # sysObjectID or a prefix of it, by whole numbers
//	descr: '^HP'                       # sysDescr must match
//	unless: 'Integrated Lights-Out'    # sysDescr must not match
//	has: [1.3.6.1.4.1.11.2.14.1.0]     # one of these OIDs must have a value ...
//	has_value: '^J'                    # ... that matches
//	or: [{object_id: [...], descr: …}] # other ways to recognise it, with the same five conditions
//	kinds: [{model: '^AP', kind: wlan}, {descr: 'router', kind: router}]  # first that fits wins
//	model:   [{entity: model}, {oid: 1.3.6.1.4.1.11.9.0, pattern: '^(\S+)'}]  # first that gives something wins
//	version: [{descr: 'revision ([^,]+)'}]
//	serial, os_name, os_version: the same
//	examples: what the rule must recognise, made up, never copied from a real device
//
// Where several rules fit, the longest sysObjectID prefix wins, then a rule with `has`, then one with
// `descr`, then the one that stands first (files in alphabetic order). A rule that goes by one of
// net-snmp's own sysObjectIDs and nothing else comes after all others. All conditions of one
// recognition must hold.
//
// A source gives one value: `descr` (sysDescr), `entity` (a column of the chassis in ENTITY-MIB:
// model, serial, software, firmware, hardware, name, descr, maker; `class` picks another class of
// parts), `oid` (an instance, or with .* at the end the first value below; @ stands for the device's
// sysObjectID, @^ for the branch that this is in), `software` (version of an installed package) or `join` (several sources that must all give something, joined by a space).
// `pattern` picks a part of it by its first group, `map` translates it, `upper` makes it upper-case,
// and `format` puts it, as %s, into a text.
//
//go:embed rules/*.yaml
var ruleFiles embed.FS

// rule says how one platform is recognised and where it keeps its facts.
type rule struct {
	file     string         // that it stands in
	Platform string         `yaml:"platform"` // LibreNMS's slug where it has one
	Vendor   string         `yaml:"vendor"`   // default: the family's
	Kind     inventory.Kind `yaml:"kind"`
	OS       string         `yaml:"os"` // name of the operating system as life-cycle lists have it

	recognition `yaml:",inline"`
	Or          []recognition `yaml:"or"`

	Kinds     []kindRule `yaml:"kinds"`
	Model     []source   `yaml:"model"`
	Version   []source   `yaml:"version"`
	Serial    []source   `yaml:"serial"`
	OSName    []source   `yaml:"os_name"`    // default: os
	OSVersion []source   `yaml:"os_version"` // default: version

	Examples []example `yaml:"examples"`
}

// recognition is one way to recognise a platform. All that is given must hold.
type recognition struct {
	ObjectID []string    `yaml:"object_id"`
	Descr    lazyPattern `yaml:"descr"`
	Unless   lazyPattern `yaml:"unless"`
	Has      []string    `yaml:"has"`
	HasValue lazyPattern `yaml:"has_value"`
}

// kindRule gives another kind where the model or the description fits.
type kindRule struct {
	Model lazyPattern    `yaml:"model"`
	Descr lazyPattern    `yaml:"descr"`
	Kind  inventory.Kind `yaml:"kind"`
}

// source is one place to find a value.
type source struct {
	Descr    lazyPattern       `yaml:"descr"`
	Entity   string            `yaml:"entity"`
	Class    string            `yaml:"class"` // of the part in ENTITY-MIB; default: what stands for the whole device
	OID      string            `yaml:"oid"`
	Software string            `yaml:"software"`
	Join     []source          `yaml:"join"`
	Pattern  lazyPattern       `yaml:"pattern"`
	Map      map[string]string `yaml:"map"` // what the value found means; others mean nothing
	Upper    bool              `yaml:"upper"`
	Format   string            `yaml:"format"`
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

// rulebook is all that is known about telling devices apart.
type rulebook struct {
	rules       []*rule
	byObjectID  map[string][]way // by prefix of sysObjectID; "" for ways that need none
	enterprises map[uint32]string
}

// way is one recognition of one rule.
type way struct {
	*rule
	recognition
	order int // in which it stands in the files
}

// knowledge gives the embedded rules, parsed once. They are part of the program and tested with it.
var knowledge = sync.OnceValue(func() *rulebook {
	b, err := readRules(ruleFiles)
	if err != nil {
		panic(fmt.Sprintf("embedded identification rules: %v", err))
	}
	return b
})

// readRules reads every file below rules/ strictly, side by side.
func readRules(files fs.FS) (*rulebook, error) {
	names, err := fs.Glob(files, "rules/*.yaml")
	if err != nil {
		return nil, err
	}
	b := &rulebook{byObjectID: map[string][]way{}}
	families := make([]family, len(names))
	faults := make([]error, len(names))
	var readers sync.WaitGroup
	for i, name := range names {
		readers.Go(func() {
			if path.Base(name) == enterprisesFile {
				faults[i] = readStrictly(files, name, &b.enterprises)
			} else {
				faults[i] = readStrictly(files, name, &families[i])
			}
		})
	}
	readers.Wait()
	for i, f := range families {
		for j := range f.Rules {
			r := &f.Rules[j]
			r.file, r.Vendor = names[i], cmp.Or(r.Vendor, f.Vendor)
			if err := b.add(r); err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", names[i], err))
			}
		}
	}
	return b, errors.Join(faults...)
}

// enterprisesFile is the only file that holds no rules.
const enterprisesFile = "enterprises.yaml"

// readStrictly decodes a YAML file without leaving anything in it unread.
func readStrictly(files fs.FS, name string, into any) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	strict := yaml.NewDecoder(bytes.NewReader(data))
	strict.KnownFields(true)
	if err := strict.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// add files a rule under the sysObjectIDs that it wants.
func (b *rulebook) add(r *rule) error {
	b.rules = append(b.rules, r)
	for _, by := range append([]recognition{r.recognition}, r.Or...) {
		prefixes := by.ObjectID
		switch {
		case len(prefixes) > 0:
		case by.Descr.given():
			prefixes = []string{""}
		default:
			return fmt.Errorf("rule %q recognises nothing: give object_id or descr", r.Platform)
		}
		if by.HasValue.given() && len(by.Has) == 0 {
			return fmt.Errorf("rule %q: has_value %q without has", r.Platform, by.HasValue.text)
		}
		for _, prefix := range prefixes {
			b.byObjectID[prefix] = append(b.byObjectID[prefix], way{r, by, len(b.rules)})
		}
	}
	return nil
}
