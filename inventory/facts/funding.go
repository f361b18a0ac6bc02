package facts

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/inventory"
)

// Funding is money for the whole country that a source names, for the years From to To together.
type Funding struct {
	DKK    int64          `yaml:"dkk" json:"dkk"`
	From   int            `yaml:"from" json:"from"`
	To     int            `yaml:"to" json:"to"`
	DA     string         `yaml:"da" json:"da"`
	EN     string         `yaml:"en" json:"en"`
	Source string         `yaml:"source" json:"source"`
	AsOf   inventory.Date `yaml:"as_of" json:"as_of"`
}

//go:embed funding.yaml
var fundingYAML string

// NationalFunding lists what is known to be granted nationally. The slice is the caller's own.
func NationalFunding() []Funding { return slices.Clone(nationalFunding()) }

var nationalFunding = sync.OnceValue(func() []Funding {
	var file struct {
		Grants []Funding `yaml:"grants"`
	}
	d := yaml.NewDecoder(strings.NewReader(fundingYAML))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		panic(fmt.Sprintf("embedded funding.yaml: %v", err)) // a test reads it: this cannot reach a user
	}
	return file.Grants
})
