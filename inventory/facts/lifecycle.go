package facts

import (
	"bytes"
	_ "embed" // the table
	"errors"
	"fmt"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/inventory"
)

//go:embed lifecycle.yaml
var lifecycleYAML []byte

// Cycle is one release of an operating system and when its security updates end.
type Cycle struct {
	Product    string         `yaml:"-" json:"product"`
	Version    string         `yaml:"version" json:"version"`
	End        inventory.Date `yaml:"end" json:"end"`                    // last day of updates that come with the product
	Extended   inventory.Date `yaml:"extended" json:"extended,omitzero"` // last day of paid or partial support
	Confidence string         `yaml:"confidence" json:"confidence"`      // high, medium or low
	Note       string         `yaml:"note" json:"note,omitempty"`        // what to know about the date
	Source     string         `yaml:"-" json:"source"`                   // where the vendor publishes it
	Exact      bool           `yaml:"exact" json:"-"`                    // Version does not fit longer numbers
	Also       []string       `yaml:"also" json:"also,omitempty"`        // other texts for the same release
}

// String gives product and version, as OS.Cycle holds it.
func (c Cycle) String() string { return c.Product + " " + c.Version }

// LifecycleTable is the whole table with its date and source.
type LifecycleTable struct {
	Date       inventory.Date     `yaml:"date"`
	Source     string             `yaml:"source"`
	Confidence map[string]string  `yaml:"confidence_levels"` // what each level means
	Products   []LifecycleProduct `yaml:"products"`
}

// LifecycleProduct is one product with its releases.
type LifecycleProduct struct {
	Name    string   `yaml:"name"`
	Aliases []string `yaml:"aliases"` // lower case; the longest that fits wins
	Source  string   `yaml:"source"`
	Note    string   `yaml:"note"`
	Cycles  []Cycle  `yaml:"cycles"`
}

// Lifecycles gives the embedded life-cycle table.
func Lifecycles() LifecycleTable { return lifecycles() }

// Lifecycle finds the release that an operating system's name and version mean, as people or
// devices write them: ("Windows Server", "2012 R2"), ("Microsoft Windows Server 2019 Standard",
// "10.0.17763"), ("Debian GNU/Linux", "12.5"). It returns false when the product or the release is
// not in the table: its support is then unknown, not fine.
func Lifecycle(name, version string) (Cycle, bool) {
	words := words(name)
	var product *LifecycleProduct
	longest := 0
	table := lifecycles()
	for i := range table.Products {
		for _, alias := range table.Products[i].Aliases {
			if a := strings.Fields(alias); len(a) > longest && len(a) <= len(words) && equal(a, words[:len(a)]) {
				product, longest = &table.Products[i], len(a)
			}
		}
	}
	if product == nil {
		return Cycle{}, false
	}
	text := append(words[longest:len(words):len(words)], strings.Fields(strings.ToLower(version))...)
	best, found := 0, Cycle{}
	for _, c := range product.Cycles {
		if n := fit(c.Version, text, c.Exact); n > best {
			best, found = n, c
		}
		for _, release := range c.Also {
			if n := fit(release, text, false); n > best {
				best, found = n, c
			}
		}
	}
	return found, best > 0
}

// words splits a product's name, without the maker's name and marks that say nothing.
func words(name string) []string {
	name = strings.NewReplacer("(r)", "", "®", "", "™", "", "(tm)", "", ",", " ").Replace(strings.ToLower(name))
	list := strings.Fields(name)
	if len(list) > 1 && list[0] == "microsoft" {
		list = list[1:]
	}
	return list
}

// fit tells how exactly a release matches a text: zero when its words do not all stand one after
// the other in the text, else the number of parts that agree. A number also fits a longer one that
// continues after a dot, unless exact.
func fit(version string, text []string, exact bool) int {
	release := strings.Fields(strings.ToLower(version))
	for at := 0; at+len(release) <= len(text); at++ {
		parts := 0
		for i, word := range release {
			have := text[at+i]
			if have != word && (exact || !strings.HasPrefix(have, word+".")) {
				parts = 0
				break
			}
			parts += 1 + strings.Count(word, ".")
		}
		if parts > 0 {
			return parts
		}
	}
	return 0
}

func equal(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// lifecycles reads the embedded table once. A broken table stops the program: a test reads it, so
// no build that passed its tests can carry one.
var lifecycles = sync.OnceValue(func() LifecycleTable {
	table, err := parseLifecycles(lifecycleYAML)
	if err != nil {
		panic(fmt.Sprintf("embedded lifecycle.yaml: %v", err))
	}
	return table
})

// parseLifecycles reads and checks a table.
func parseLifecycles(data []byte) (LifecycleTable, error) {
	var table LifecycleTable
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&table); err != nil {
		return LifecycleTable{}, err
	}
	var faults []error
	if !table.Date.Known() || table.Source == "" {
		faults = append(faults, errors.New("date and source of the table are missing"))
	}
	names := map[string]bool{}
	for i := range table.Products {
		p := &table.Products[i]
		if p.Name == "" || p.Source == "" || len(p.Aliases) == 0 || len(p.Cycles) == 0 {
			faults = append(faults, fmt.Errorf("product %d (%q) needs name, source, aliases and cycles", i+1, p.Name))
		}
		for _, alias := range p.Aliases {
			if names[alias] || alias != strings.ToLower(alias) {
				faults = append(faults, fmt.Errorf("%s: alias %q stands twice or is not lower case", p.Name, alias))
			}
			names[alias] = true
		}
		for j := range p.Cycles {
			c := &p.Cycles[j]
			c.Product, c.Source = p.Name, p.Source
			if c.Version == "" || !c.End.Known() || c.Extended.Known() && c.Extended < c.End {
				faults = append(faults, fmt.Errorf("%s %s: needs a version and an end, and extended not before it", p.Name, c.Version))
			}
			if table.Confidence[c.Confidence] == "" {
				faults = append(faults, fmt.Errorf("%s %s: confidence %q is not explained in confidence_levels", p.Name, c.Version, c.Confidence))
			}
		}
	}
	return table, errors.Join(faults...)
}
