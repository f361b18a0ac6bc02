package evaluate

import (
	"errors"
	"fmt"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Settings are the prices and limits that an evaluation stands on. Every one is the cooperation's own
// to replace, with its source; what has none is shown as an assumption.
type Settings struct {
	Economy Economy `json:"economy" yaml:"economy"`

	RunningChange   Price            `json:"running_change_dkk" yaml:"running_change_dkk"`       // change of running cost per moved server and year against today; negative is a saving
	RunningChangeOf map[string]Price `json:"running_change_of_dkk" yaml:"running_change_of_dkk"` // per municipality as a whole and year, instead of the above
	OldSites        map[string]Price `json:"old_sites_dkk" yaml:"old_sites_dkk"`                 // municipality → fixed cost a year of the old site; missing is unknown
	Extension       Price            `json:"extension_share" yaml:"extension_share"`             // what a supplier adds for prolonging a contract, as a share of its price
	Joint           []JointCost      `json:"joint" yaml:"joint"`                                 // costs that belong to no single municipality
	Grants          []Grant          `json:"grants" yaml:"grants"`                               // money that has been granted to this cooperation
	Keys            []Key            `json:"keys" yaml:"keys"`                                   // ways to share the joint costs; the first is used for each municipality's outcome
	Options         []Option         `json:"options" yaml:"options"`                             // what to compare the plan with

	Risk     RiskModel `json:"risk" yaml:"risk"`
	Capacity Room      `json:"capacity" yaml:"capacity"`
	Network  Network   `json:"network" yaml:"network"`
}

// Economy holds the rules by which money in different years is compared.
type Economy struct {
	Years           int    `json:"years" yaml:"years"`                       // horizon, counted from the year of today as year 0
	RateFirst       Figure `json:"rate_first" yaml:"rate_first"`             // real discount rate of the years 0 to 35
	RateLater       Figure `json:"rate_later" yaml:"rate_later"`             // of the years after
	TaxFactor       Figure `json:"tax_factor" yaml:"tax_factor"`             // net tax factor: from what the public pays to what consumers would
	Distortion      Figure `json:"distortion" yaml:"distortion"`             // loss from collecting the tax, as a share of what it pays
	PriceAdjustment Figure `json:"price_adjustment" yaml:"price_adjustment"` // yearly rise of prices and wages (PL), for the budget in each year's prices
}

// JointCost is a cost that all share, spread evenly over its days.
type JointCost struct {
	Name  string         `json:"name" yaml:"name"`
	From  inventory.Date `json:"from" yaml:"from"`
	To    inventory.Date `json:"to" yaml:"to"` // included
	Price Price          `json:"price_dkk" yaml:"price_dkk"`
}

// Grant is money that has been granted to this cooperation for one year.
type Grant struct {
	Year   int            `json:"year" yaml:"year"`
	DKK    int64          `json:"dkk" yaml:"dkk"`
	Source string         `json:"source" yaml:"source"`
	Date   inventory.Date `json:"date,omitzero" yaml:"date"`
}

// Option is something else that could be done with the same servers, priced by the same formulas.
type Option struct {
	Key             string `json:"key" yaml:"key"`                               // standards_only, market, or the cooperation's own
	PerMunicipality Price  `json:"per_municipality_dkk" yaml:"per_municipality"` // one-off
	PerServer       Price  `json:"per_server_dkk" yaml:"per_server"`             // one-off
	RunningChange   Price  `json:"running_change_dkk" yaml:"running_change"`     // per server and year against today
	LeavesContracts bool   `json:"leaves_contracts" yaml:"leaves_contracts"`     // early exits cost as in the plan
}

// Room says how full a centre may be.
type Room struct {
	TestCopy Figure `json:"test_copy" yaml:"test_copy"` // what a copy under test takes beside production until follow-up is over, as a share of the group's demand
	Growth   Figure `json:"growth" yaml:"growth"`       // how much more than today is to be carried, as a share
}

// Network says what a link to a centre must bear once servers are there.
type Network struct {
	LinkShare   Figure `json:"link_share" yaml:"link_share"`     // share of a link that traffic may take, 0-1
	PeakFactor  Figure `json:"peak_factor" yaml:"peak_factor"`   // traffic in the busiest hour over the day's average
	BackupHours Figure `json:"backup_hours" yaml:"backup_hours"` // in which the day's changes are copied back
	RoundTrips  Figure `json:"round_trips" yaml:"round_trips"`   // that one transaction of a chatty protocol makes
	ResponseMS  Figure `json:"response_ms" yaml:"response_ms"`   // that those round trips may take together
	ChattyPorts []int  `json:"chatty_ports" yaml:"chatty_ports"`
}

// The editions of the Ministry of Finance's guidance that the economic defaults come from.
var (
	guidance2023 = inventory.NewDate(2023, time.June, 22)
	guidance2017 = inventory.NewDate(2017, time.August, 1)
)

const (
	guidanceName = "Finansministeriet, Vejledning i samfundsøkonomiske konsekvensvurderinger, 2023"
	distortName  = "Finansministeriet, Vejledning i samfundsøkonomiske konsekvensvurderinger, 2017 (udgår i 2023-udgaven)"
)

// DefaultSettings are a starting point. Only the economic rules have a source; every price is an
// assumption, and running costs are taken to stay as they are, with room for error both ways.
func DefaultSettings() Settings {
	assume := func(low, likely, high float64) Price {
		return Price{Range: planner.Range{Low: low, Likely: likely, High: high}}
	}
	return Settings{
		Economy: Economy{
			Years:           10,
			RateFirst:       Figure{0.035, guidanceName, guidance2023},
			RateLater:       Figure{0.025, guidanceName, guidance2023},
			TaxFactor:       Figure{1.28, guidanceName, guidance2023},
			Distortion:      Figure{0.10, distortName, guidance2017},
			PriceAdjustment: Figure{Value: 0.025},
		},
		RunningChange: assume(-4_000, 0, 4_000),
		Extension:     assume(0, 0.10, 0.25),
		Keys: []Key{
			{Name: "users", Users: 1}, {Name: "servers", Servers: 1}, {Name: "equal", Equal: 1},
			{Name: "mixed", Users: 0.5, Servers: 0.3, Equal: 0.2},
		},
		Options: []Option{
			{Key: "standards_only", PerMunicipality: assume(500_000, 1_000_000, 2_500_000), PerServer: assume(2_000, 4_000, 9_000), RunningChange: assume(0, 1_000, 4_000)},
			{Key: "market", PerMunicipality: assume(300_000, 800_000, 2_000_000), PerServer: assume(8_000, 14_000, 26_000), RunningChange: assume(-5_000, 4_000, 15_000), LeavesContracts: true},
		},
		Risk:     defaultRisk(),
		Capacity: Room{TestCopy: Figure{Value: 1}, Growth: Figure{Value: 0.05}},
		Network: Network{
			LinkShare: Figure{Value: 0.6}, PeakFactor: Figure{Value: 4}, BackupHours: Figure{Value: 8},
			RoundTrips: Figure{Value: 200}, ResponseMS: Figure{Value: 1_000},
			ChattyPorts: []int{445, 1433, 1434, 1521, 3050, 3306, 5432, 50000},
		},
	}
}

// Validate reports every setting that no evaluation could be made from.
func (s Settings) Validate() error {
	var faults []error
	fault := func(err error) { faults = append(faults, err) }
	between := func(name string, f Figure, low, high float64) {
		if !(f.Value >= low && f.Value <= high) {
			fault(fmt.Errorf("evaluate.%s is %g, want %g to %g", name, f.Value, low, high))
		}
	}
	if s.Economy.Years < 1 || s.Economy.Years > 70 {
		fault(fmt.Errorf("evaluate.economy.years is %d, want 1 to 70: the guidance has other rates after that", s.Economy.Years))
	}
	between("economy.rate_first", s.Economy.RateFirst, 0, 1)
	between("economy.rate_later", s.Economy.RateLater, 0, 1)
	between("economy.tax_factor", s.Economy.TaxFactor, 1, 3)
	between("economy.distortion", s.Economy.Distortion, 0, 1)
	between("economy.price_adjustment", s.Economy.PriceAdjustment, -0.5, 0.5)
	between("capacity.test_copy", s.Capacity.TestCopy, 0, 1)
	between("capacity.growth", s.Capacity.Growth, -0.9, 10)
	between("network.link_share", s.Network.LinkShare, 0.01, 1)
	between("network.peak_factor", s.Network.PeakFactor, 1, 100)
	between("network.backup_hours", s.Network.BackupHours, 0.1, 24)
	between("network.round_trips", s.Network.RoundTrips, 1, 1e6)
	between("network.response_ms", s.Network.ResponseMS, 1, 1e6)
	fault(s.RunningChange.validate("running_change_dkk"))
	fault(s.Extension.notNegative("extension_share"))
	for code, p := range s.RunningChangeOf {
		fault(p.validate("running_change_of_dkk." + code))
	}
	for code, p := range s.OldSites {
		fault(p.notNegative("old_sites_dkk." + code))
	}
	for i, j := range s.Joint {
		fault(j.Price.notNegative(fmt.Sprintf("joint[%d].price_dkk", i)))
		if !j.From.Known() || j.To < j.From {
			fault(fmt.Errorf("evaluate.joint[%d] (%s) runs from %q to %q", i, j.Name, j.From, j.To))
		}
	}
	for i, k := range s.Keys {
		fault(k.validate(i))
	}
	for _, o := range s.Options {
		fault(errors.Join(o.PerMunicipality.notNegative("options."+o.Key+".per_municipality"), o.PerServer.notNegative("options."+o.Key+".per_server"),
			o.RunningChange.validate("options."+o.Key+".running_change")))
	}
	fault(s.Risk.validate())
	return errors.Join(faults...)
}
