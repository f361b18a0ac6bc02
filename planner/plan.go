// Package planner decides which municipality goes to which centre, which assets must move
// together, and when, at what cost and with what reasons.
//
// Propose is a pure function: the same Input gives the same Plan, byte for byte. Every choice and
// every refusal carries its Reasons as data; pages, reports and the command line only render them.
// Check verifies a Plan without using any of the code that made it.
package planner

import (
	"github.com/samdrift/samdrift/inventory"
)

// Input is all that a plan depends on.
type Input struct {
	Snapshot *inventory.Snapshot
	AsOf     inventory.Date // today
	Settings Settings
	Freezes  []Freeze
	Hash     string // the snapshot's, where it is known; empty: Propose works it out

	Choices map[string]string // municipality → centre that people chose; what it breaks is told in Plan.Violations
	Pins    []Pin             // cutovers that people set; what they break is told in Plan.Violations
	Windows []Window          // nights agreed with those who use the systems
}

// Pin is the night on which a person wants a group cut over. It is kept whatever it breaks.
type Pin struct {
	Group   string         `json:"group" yaml:"group"`
	Cutover inventory.Date `json:"cutover" yaml:"cutover"`
	// Since is the day on which its data was to be seeded as people know it already: the lead time is then
	// behind it, and from that day on its seeding is under way. Unknown: the night is new to them.
	Since inventory.Date `json:"since,omitzero" yaml:"since"`
}

// Window is a stretch of days, both included, in which a group, or each group that runs a system, may
// be cut over. Several windows for the same subject are alternatives.
type Window struct {
	Group  string         `json:"group,omitempty" yaml:"group"`
	System string         `json:"system,omitempty" yaml:"system"` // id
	From   inventory.Date `json:"from" yaml:"from"`
	To     inventory.Date `json:"to" yaml:"to"`
}

// Plan is a proposal. It is shown only after Check has found nothing wrong.
type Plan struct {
	AsOf        inventory.Date `json:"as_of"`
	Deadline    inventory.Date `json:"deadline"`
	Snapshot    string         `json:"snapshot"` // hash of the snapshot it stands on
	Demo        bool           `json:"demo"`
	Notice      string         `json:"notice,omitempty"` // the snapshot's: says in words that the data are invented
	Assignments []Assignment   `json:"assignments"`      // one per municipality, by code
	Groups      []Group        `json:"groups"`           // by id
	Foundations []Foundation   `json:"foundations"`      // by asset
	Waves       []Wave         `json:"waves"`            // by start
	Refusals    []Refusal      `json:"refusals"`
	Stays       []Stay         `json:"stays"`    // every asset that is in no group, by id, with why
	Capacity    []CentreLoad   `json:"capacity"` // per centre, before and after
	Distance    Certificate    `json:"distance"` // how good the choice of centres is
	Cost        Cost           `json:"cost"`
	Assumptions []Reason       `json:"assumptions"` // what was not known and what was assumed instead
	Feasible    bool           `json:"feasible"`    // everything placed by the deadline, no refusals
	LastWaveEnd inventory.Date `json:"last_wave_end,omitzero"`

	RetireCandidates []RetireCandidate `json:"retire_candidates"` // most evidence first

	LowerBound    inventory.Date `json:"lower_bound,omitzero"`     // no plan of the same groups in the same waves has its last wave end earlier
	Gap           float64        `json:"gap"`                      // share of the days from today to LastWaveEnd that lie after LowerBound
	WaitingCost   float64        `json:"waiting_cost_dkk"`         // what the search for dates kept low: see docs/planning.md
	CostBound     float64        `json:"cost_bound_dkk"`           // no plan of the same waves has a lower WaitingCost
	CriticalChain []string       `json:"critical_chain,omitempty"` // groups whose delay delays the last wave, in order of cutover
	Violations    []Violation    `json:"violations"`               // rules that pins and choices break; nothing else may break any
}

// Reason says why, as data: Rule is a stable key ("freeze", "crew_full", "existing_agreement") that
// each language has words for, Params fill its places. Dates are ISO, numbers plain.
type Reason struct {
	Rule   string            `json:"rule"`
	Params map[string]string `json:"params,omitempty"`
}

// Assignment sends a municipality to a centre.
type Assignment struct {
	Municipality string   `json:"municipality"`
	Centre       string   `json:"centre"`
	Agreement    string   `json:"agreement,omitempty"` // id, when one exists
	Decided      bool     `json:"decided"`             // by an agreement, not by the planner
	Chosen       bool     `json:"chosen,omitzero"`     // by Input.Choices, not by the planner
	Host         bool     `json:"host"`                // the municipality is the host itself: nothing moves
	DistanceKM   float64  `json:"distance_km"`
	Reasons      []Reason `json:"reasons"`
}

// Group is a set of assets that must move together: one unit of Terraform state.
type Group struct {
	ID           string                `json:"id"` // stable: municipality and first asset
	Municipality string                `json:"municipality"`
	Centre       string                `json:"centre"`
	Name         string                `json:"name"` // the main system, or the main server
	Assets       []string              `json:"assets"`
	Systems      []string              `json:"systems,omitempty"`
	Foundation   bool                  `json:"foundation"`     // shared services (directory, DNS, backup) that go first
	Role         string                `json:"role,omitempty"` // of a foundation: directory, backup, monitoring or shared
	Criticality  inventory.Criticality `json:"criticality"`
	Demand       inventory.Capacity    `json:"demand"`
	TransferGB   float64               `json:"transfer_gb"`
	Ties         []Reason              `json:"ties"`           // why these belong together
	Cut          []CutEdge             `json:"cut,omitempty"`  // traffic to other groups that will cross the link
	Wave         string                `json:"wave,omitempty"` // empty: not placed, see Refusals
	Start        inventory.Date        `json:"start,omitzero"` // seeding of data begins
	SeedDays     int                   `json:"seed_days,omitzero"`
	Pinned       bool                  `json:"pinned,omitzero"`   // a person set the cutover
	Cutover      inventory.Date        `json:"cutover,omitzero"`  // the night of the overgang
	End          inventory.Date        `json:"end,omitzero"`      // hypercare over
	Binding      []Reason              `json:"binding"`           // what kept it from an earlier date
	HeldBy       string                `json:"held_by,omitempty"` // the group that stood in the way last
	SlackDays    int                   `json:"slack_days"`        // days it could slip and every cutover still make the deadline
	Risk         Risk                  `json:"risk"`
}

// CutEdge is traffic between two groups of a municipality.
type CutEdge struct {
	Group       string   `json:"group"` // the other group
	BytesPerDay int64    `json:"bytes_per_day"`
	Port        int      `json:"port"`                // of the heaviest flow
	Class       string   `json:"class,omitempty"`     // what is most hurt by a long line: database, file, lookup, application, queue; empty: nothing is
	ClassPort   int      `json:"class_port,omitzero"` // a port of that class: the one with most traffic
	DaysApart   int      `json:"days_apart,omitzero"` // between the two cutovers; 0: the same night, or one has no date
	Reasons     []Reason `json:"reasons,omitempty"`   // what will hurt meanwhile, or cannot be told
}

// Foundation is a server that is taken for shared services, or would be had people not said otherwise.
type Foundation struct {
	Asset        string   `json:"asset"`
	Municipality string   `json:"municipality"`
	Group        string   `json:"group"`
	Role         string   `json:"role"` // directory, backup, monitoring or shared
	Overruled    bool     `json:"overruled,omitzero"`
	Reasons      []Reason `json:"reasons"`
}

// RetireCandidate is a server of which there is evidence that nobody needs it: somebody should be asked
// before it is moved. It is planned for like any other until they have answered.
type RetireCandidate struct {
	Asset        string   `json:"asset"`
	Municipality string   `json:"municipality"`
	Group        string   `json:"group"`
	Evidence     []Reason `json:"evidence"`
	Against      []Reason `json:"against,omitempty"` // what speaks for keeping it
	Unknown      []Reason `json:"unknown,omitempty"` // what could not be told: never taken for evidence
}

// Risk is a judgement on a scale of 1 to 5 each way, with what raised it.
type Risk struct {
	Likelihood int      `json:"likelihood"`
	Impact     int      `json:"impact"`
	Reasons    []Reason `json:"reasons"`
}

// Wave is a set of groups of one municipality that is handled as one step under its agreement.
type Wave struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"` // "Nyborg 2"
	Number       int            `json:"number"`
	Municipality string         `json:"municipality"`
	Centre       string         `json:"centre"`
	Agreement    string         `json:"agreement,omitempty"`
	Groups       []string       `json:"groups"`
	Servers      int            `json:"servers"`
	Start        inventory.Date `json:"start"`
	End          inventory.Date `json:"end"`
	Certainty    string         `json:"certainty"` // decided, ambition or proposal
	Cost         Range          `json:"cost_dkk"`
	Reasons      []Reason       `json:"reasons"`
}

// Refusal is something that the plan could not place, with every rule that stood in the way.
type Refusal struct {
	Subject string   `json:"subject"` // municipality code, group id or asset id
	Kind    string   `json:"kind"`    // municipality, group, asset
	Reasons []Reason `json:"reasons"`
}

// Stay is an asset that the plan does not move, with why.
type Stay struct {
	Asset        string   `json:"asset"`
	Municipality string   `json:"municipality"`
	Reasons      []Reason `json:"reasons"`
}

// Certificate says how good the assignment is: the sum of users times kilometres, and a lower bound
// that no assignment of the same municipalities under the same agreements and capacities can go
// below. Proven means that the two meet. Hosts, municipalities that have moved and municipalities
// that were refused do not count.
type Certificate struct {
	UserKM float64 `json:"user_km"`
	Bound  float64 `json:"bound"`
	Proven bool    `json:"proven"`
}

// CentreLoad is a centre's capacity and what the plan asks of it.
type CentreLoad struct {
	Centre   string             `json:"centre"`
	Capacity inventory.Capacity `json:"capacity"`
	Before   inventory.Capacity `json:"before"`
	After    inventory.Capacity `json:"after"`
}

// Range is a three-point estimate. It may be negative or zero: savings are never presumed.
type Range struct {
	Low    float64 `json:"low"`
	Likely float64 `json:"likely"`
	High   float64 `json:"high"`
}

// Cost is the money side of the plan in DKK, each figure a range with its basis in Reasons.
type Cost struct {
	Move           Range              `json:"move_dkk"`           // crews, transfer, tests: one-off
	DoubleRunning  Range              `json:"double_running_dkk"` // old and new at once until the last wave
	EarlyExit      Range              `json:"early_exit_dkk"`     // contracts left before their end
	Total          Range              `json:"total_dkk"`
	ByYear         []YearCost         `json:"by_year"`
	ByMunicipality []MunicipalityCost `json:"by_municipality"`
	Reasons        []Reason           `json:"reasons"` // unit prices used and where they come from
}

// YearCost is the total cost that falls in one year.
type YearCost struct {
	Year  int   `json:"year"`
	Total Range `json:"total_dkk"`
}

// MunicipalityCost is the total cost of one municipality's moves.
type MunicipalityCost struct {
	Municipality string `json:"municipality"`
	Total        Range  `json:"total_dkk"`
}
