package planner

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Settings are the cooperation's own limits and prices. All are editable; none is law.
type Settings struct {
	Deadline              inventory.Date `json:"deadline" yaml:"deadline"`                                         // last allowed cutover
	LeadDays              int            `json:"lead_days" yaml:"lead_days"`                                       // from today to the first possible seeding
	CrewsPerCentre        int            `json:"crews_per_centre" yaml:"crews_per_centre"`                         // teams that can run a cutover the same night
	ServersPerCrewNight   int            `json:"servers_per_crew_night" yaml:"servers_per_crew_night"`             // servers one crew can cut over in a night
	CutoverWeekdays       []time.Weekday `json:"cutover_weekdays" yaml:"cutover_weekdays"`                         // nights on which cutovers may be
	MaxGroupServers       int            `json:"max_group_servers" yaml:"max_group_servers"`                       // larger groups are reported, hard ties are never cut
	MaxWaveServers        int            `json:"max_wave_servers" yaml:"max_wave_servers"`                         // servers of one wave
	MinFlowBytesPerDay    int64          `json:"min_flow_bytes_per_day" yaml:"min_flow_bytes_per_day"`             // weaker flows do not tie servers together
	LinkShare             float64        `json:"link_share" yaml:"link_share"`                                     // share of the link that seeding may take, 0-1
	LinkEfficiency        float64        `json:"link_efficiency" yaml:"link_efficiency"`                           // of nominal speed, 0-1
	ChangeRatePerDay      float64        `json:"change_rate_per_day" yaml:"change_rate_per_day"`                   // share of data that changes in a day while it is seeded
	HypercareDays         int            `json:"hypercare_days" yaml:"hypercare_days"`                             // intensive follow-up before the municipality's next wave
	Headroom              float64        `json:"headroom" yaml:"headroom"`                                         // share of a centre's capacity that may be filled, 0-1
	UnknownServerGB       float64        `json:"unknown_server_gb" yaml:"unknown_server_gb"`                       // assumed when an asset shows no volume
	UnknownServerVCPUs    int            `json:"unknown_server_vcpus" yaml:"unknown_server_vcpus"`                 // assumed when not known
	UnknownServerMemGB    int            `json:"unknown_server_memory_gb" yaml:"unknown_server_memory_gb"`         // assumed when not known
	UnknownServerWatts    float64        `json:"unknown_server_watts" yaml:"unknown_server_watts"`                 // drawn by a physical server of which nothing tells it; 0: not counted
	WattsPerVCPU          float64        `json:"watts_per_vcpu" yaml:"watts_per_vcpu"`                             // drawn by a virtual machine whose host nothing tells of; 0: not counted
	ServersPerFTE         float64        `json:"servers_per_fte" yaml:"servers_per_fte"`                           // that one full-time equivalent operates; 0: staff is not counted
	UnknownLinkMbps       int            `json:"unknown_link_mbps" yaml:"unknown_link_mbps"`                       // assumed when a municipality's link to its centre is not known
	MaxSeedDays           int            `json:"max_seed_days" yaml:"max_seed_days"`                               // a wave is cut smaller rather than seed its data for longer
	PriceServerMove       Range          `json:"price_server_move_dkk" yaml:"price_server_move_dkk"`               // people's time per server
	PriceGroupTest        Range          `json:"price_group_test_dkk" yaml:"price_group_test_dkk"`                 // rehearsal and test per group
	PriceServerWeekDouble Range          `json:"price_server_week_double_dkk" yaml:"price_server_week_double_dkk"` // running old and new for a week

	NightHours           float64         `json:"night_hours,omitzero" yaml:"night_hours"`                         // of 24, in which LinkShareNight holds instead of LinkShare
	LinkShareNight       float64         `json:"link_share_night,omitzero" yaml:"link_share_night"`               // 0-1
	MaxGroupsPerNight    int             `json:"max_groups_per_night,omitzero" yaml:"max_groups_per_night"`       // per centre; 0: no limit
	LocalServersPerNight int             `json:"local_servers_per_night,omitzero" yaml:"local_servers_per_night"` // servers that a municipality's own staff can attend to; 0: no limit
	MaxMoving            int             `json:"max_moving,omitzero" yaml:"max_moving"`                           // municipalities that move at once, per centre; 0: no limit
	StaffTransfers       []StaffTransfer `json:"staff_transfers,omitempty" yaml:"staff_transfers"`
	CrewChanges          []CrewChange    `json:"crew_changes,omitempty" yaml:"crew_changes"`
	Leases               []Lease         `json:"leases,omitempty" yaml:"leases"`
	LinksReady           []LinkReady     `json:"links_ready,omitempty" yaml:"links_ready"`
	Search               int             `json:"search" yaml:"search"` // effort on better dates, in dates found anew: more is slower and seldom worse

	Foundation      []string `json:"foundation,omitempty" yaml:"foundation"`              // assets that are shared services, whatever their traffic shows
	NotFoundation   []string `json:"not_foundation,omitempty" yaml:"not_foundation"`      // assets that are none, though their traffic looks like it
	MaxWaitMS       float64  `json:"max_wait_ms,omitzero" yaml:"max_wait_ms"`             // that a longer line may add to one action before a cut is warned of; 0: no warnings
	RetireQuietDays int      `json:"retire_quiet_days,omitzero" yaml:"retire_quiet_days"` // without traffic, after which a server may be one to retire; 0: silence is no evidence
}

// StaffTransfer moves people from a municipality to its centre (virksomhedsoverdragelse): from the day
// on, the centre has more crews, the municipality's own staff attends to fewer servers a night, and the
// people go on operating the municipality's servers at the centre.
type StaffTransfer struct {
	Municipality string          `json:"municipality" yaml:"municipality"`
	On           inventory.Date  `json:"on" yaml:"on"`
	Crews        int             `json:"crews" yaml:"crews"`
	LocalServers int             `json:"local_servers" yaml:"local_servers"`
	FTE          inventory.Milli `json:"fte,omitzero" yaml:"fte"` // full-time equivalents who operate servers
}

// CrewChange gives a centre more crews from a day on, or fewer: illness, leave, another project. A centre
// never has fewer than none.
type CrewChange struct {
	Centre string         `json:"centre" yaml:"centre"`
	On     inventory.Date `json:"on" yaml:"on"`
	Crews  int            `json:"crews" yaml:"crews"` // more; negative: fewer
}

// Lease is a server room that has to be left by a day; after that each day costs.
type Lease struct {
	Municipality string         `json:"municipality" yaml:"municipality"`
	Until        inventory.Date `json:"until" yaml:"until"`
	DKKPerDay    int64          `json:"dkk_per_day" yaml:"dkk_per_day"`
}

// LinkReady is the first day on which a municipality's link to its centre carries anything.
type LinkReady struct {
	Municipality string         `json:"municipality" yaml:"municipality"`
	On           inventory.Date `json:"on" yaml:"on"`
}

// linkReady is the first day of a municipality's link, zero when it is there already.
func (s Settings) linkReady(municipality string) inventory.Date {
	var on inventory.Date
	for _, l := range s.LinksReady {
		if l.Municipality == municipality {
			on = max(on, l.On)
		}
	}
	return on
}

// DefaultSettings are a cautious starting point. The prices are assumptions to be replaced by the
// cooperation's own; the plan lists them as such.
func DefaultSettings() Settings {
	return Settings{
		Deadline:              inventory.NewDate(2027, time.December, 31),
		LeadDays:              28,
		CrewsPerCentre:        2,
		ServersPerCrewNight:   8,
		CutoverWeekdays:       []time.Weekday{time.Tuesday, time.Wednesday, time.Thursday},
		MaxGroupServers:       25,
		MaxWaveServers:        40,
		MinFlowBytesPerDay:    1_000_000,
		LinkShare:             0.5,
		LinkEfficiency:        0.8,
		ChangeRatePerDay:      0.02,
		HypercareDays:         10,
		Headroom:              0.8,
		UnknownServerGB:       200,
		UnknownServerVCPUs:    4,
		UnknownServerMemGB:    16,
		UnknownServerWatts:    350,
		WattsPerVCPU:          5,
		ServersPerFTE:         40,
		UnknownLinkMbps:       100,
		MaxSeedDays:           21,
		PriceServerMove:       Range{Low: 6_000, Likely: 10_000, High: 18_000},
		PriceGroupTest:        Range{Low: 8_000, Likely: 15_000, High: 30_000},
		PriceServerWeekDouble: Range{Low: 150, Likely: 300, High: 600},
		Search:                100_000,
		MaxWaitMS:             1_000,
		RetireQuietDays:       60,
	}
}

// Validate reports every setting that no plan could be made from.
func (s Settings) Validate() error {
	var faults []error
	positive := func(name string, value int) {
		if value <= 0 {
			faults = append(faults, fmt.Errorf("planner.%s is %d, want more than 0", name, value))
		}
	}
	share := func(name string, value float64) {
		if value <= 0 || value > 1 {
			faults = append(faults, fmt.Errorf("planner.%s is %g, want more than 0 and at most 1", name, value))
		}
	}
	if !s.Deadline.Known() {
		faults = append(faults, errors.New("planner.deadline is missing"))
	}
	positive("crews_per_centre", s.CrewsPerCentre)
	positive("servers_per_crew_night", s.ServersPerCrewNight)
	positive("max_group_servers", s.MaxGroupServers)
	positive("max_wave_servers", s.MaxWaveServers)
	positive("unknown_link_mbps", s.UnknownLinkMbps)
	positive("max_seed_days", s.MaxSeedDays)
	notNegative := func(name string, value float64) {
		if value < 0 {
			faults = append(faults, fmt.Errorf("planner.%s is %g, want 0 or more", name, value))
		}
	}
	notNegative("lead_days", float64(s.LeadDays))
	notNegative("hypercare_days", float64(s.HypercareDays))
	notNegative("change_rate_per_day", s.ChangeRatePerDay)
	notNegative("min_flow_bytes_per_day", float64(s.MinFlowBytesPerDay))
	notNegative("unknown_server_gb", s.UnknownServerGB)
	notNegative("unknown_server_vcpus", float64(s.UnknownServerVCPUs))
	notNegative("unknown_server_memory_gb", float64(s.UnknownServerMemGB))
	notNegative("unknown_server_watts", s.UnknownServerWatts)
	notNegative("watts_per_vcpu", s.WattsPerVCPU)
	notNegative("servers_per_fte", s.ServersPerFTE)
	notNegative("max_groups_per_night", float64(s.MaxGroupsPerNight))
	notNegative("local_servers_per_night", float64(s.LocalServersPerNight))
	notNegative("max_moving", float64(s.MaxMoving))
	notNegative("search", float64(s.Search))
	if s.NightHours < 0 || s.NightHours > 24 || s.NightHours > 0 && (s.LinkShareNight <= 0 || s.LinkShareNight > 1) {
		faults = append(faults, fmt.Errorf("planner.night_hours is %g with link_share_night %g, want 0 to 24 hours with a share of more than 0 and at most 1", s.NightHours, s.LinkShareNight))
	}
	for _, t := range s.StaffTransfers {
		if !t.On.Known() || t.Crews < 0 || t.LocalServers < 0 {
			faults = append(faults, fmt.Errorf("planner.staff_transfers of %s: on %q, %d crews, %d servers; want a date and no negative number", t.Municipality, t.On, t.Crews, t.LocalServers))
		}
	}
	for _, x := range s.CrewChanges {
		if !x.On.Known() || x.Centre == "" {
			faults = append(faults, fmt.Errorf("planner.crew_changes: %d crews at centre %q on %q; want a centre and a date", x.Crews, x.Centre, x.On))
		}
	}
	for _, l := range s.LinksReady {
		if l.Municipality == "" || !l.On.Known() {
			faults = append(faults, fmt.Errorf("planner.links_ready: municipality %q from %q, want a code and a day", l.Municipality, l.On))
		}
	}
	for _, l := range s.Leases {
		if !l.Until.Known() || l.DKKPerDay < 0 {
			faults = append(faults, fmt.Errorf("planner.leases of %s: until %q, %d DKK a day; want a date and no negative cost", l.Municipality, l.Until, l.DKKPerDay))
		}
	}
	notNegative("max_wait_ms", s.MaxWaitMS)
	notNegative("retire_quiet_days", float64(s.RetireQuietDays))
	for _, id := range s.Foundation {
		if slices.Contains(s.NotFoundation, id) {
			faults = append(faults, fmt.Errorf("planner.foundation and planner.not_foundation both name %q; take it out of one", id))
		}
	}
	price := func(name string, r Range) {
		if r.Low < 0 || r.Low > r.Likely || r.Likely > r.High {
			faults = append(faults, fmt.Errorf("planner.%s is %g/%g/%g, want 0 <= low <= likely <= high", name, r.Low, r.Likely, r.High))
		}
	}
	price("price_server_move_dkk", s.PriceServerMove)
	price("price_group_test_dkk", s.PriceGroupTest)
	price("price_server_week_double_dkk", s.PriceServerWeekDouble)
	share("link_share", s.LinkShare)
	share("link_efficiency", s.LinkEfficiency)
	share("headroom", s.Headroom)
	if len(s.CutoverWeekdays) == 0 {
		faults = append(faults, errors.New("planner.cutover_weekdays is empty: no night would be allowed"))
	}
	return errors.Join(faults...)
}

// Freeze is a stretch of days, both included, on which nothing is cut over.
// Municipality is empty for the whole country. An advisory freeze forbids nothing: it is shown
// beside the cutovers that fall in it.
type Freeze struct {
	From         inventory.Date `json:"from" yaml:"from"`
	To           inventory.Date `json:"to" yaml:"to"`
	Municipality string         `json:"municipality,omitempty" yaml:"municipality"`
	Advisory     bool           `json:"advisory,omitzero" yaml:"advisory"`
	Name         Text           `json:"name" yaml:"name"`
}

// Text is a short text in both languages.
type Text struct {
	DA string `json:"da" yaml:"da"`
	EN string `json:"en" yaml:"en"`
}
