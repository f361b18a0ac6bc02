package hub

import (
	"time"

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/track"
	"github.com/samdrift/samdrift/terraform"
)

// Meta stands on every answer: whether the data are invented, how old they are, and which snapshot
// they come from.
type Meta struct {
	Demo     bool           `json:"demo"`
	Notice   string         `json:"notice,omitempty"` // says in words that the data are invented
	TakenAt  time.Time      `json:"taken_at"`
	AsOf     inventory.Date `json:"as_of"`
	Snapshot string         `json:"snapshot"` // hash
	Person   Person         `json:"person"`
	// Partial tells why figures may be too low: targets that could not be read fully.
	Partial Completeness `json:"partial"`
}

// Completeness counts how the latest looks at the visible targets ended.
type Completeness struct {
	Targets     int `json:"targets"`
	OK          int `json:"ok"`
	Partial     int `json:"partial"`
	Failed      int `json:"failed"` // failed, unreachable or refused
	StaleAssets int `json:"stale_assets"`
}

// Overview is the start page of every role.
type Overview struct {
	Meta
	Tiles    []Tile           `json:"tiles"` // all 98 municipalities, members with their state
	Totals   Totals           `json:"totals"`
	Deadline inventory.Date   `json:"deadline"`
	DaysLeft int              `json:"days_left"`
	Centres  []CentreSummary  `json:"centres"`
	Gap      *JointGap        `json:"gap,omitempty"`     // aggregate of the cooperation, nil when fewer than three
	OwnGap   *nis2.Assessment `json:"own_gap,omitempty"` // municipality role
	Alerts   []monitor.Alert  `json:"alerts"`
	Next     []planner.Wave   `json:"next"` // the next waves, at most five
}

// Tile is a municipality on the map.
type Tile struct {
	Code         string                   `json:"code"`
	Name         string                   `json:"name"`
	Member       bool                     `json:"member"`
	Centre       string                   `json:"centre,omitempty"`
	Host         bool                     `json:"host,omitzero"`
	State        inventory.AgreementState `json:"state,omitempty"`
	Servers      int                      `json:"servers,omitzero"` // movable servers in the plan or already moved
	ServersMoved int                      `json:"servers_moved,omitzero"`
	LastWaveEnd  inventory.Date           `json:"last_wave_end,omitzero"`
	Detail       bool                     `json:"detail"` // the person may open it
}

// Totals are sums over what the person may see.
type Totals struct {
	Municipalities int `json:"municipalities"`
	Assets         int `json:"assets"` // zero for the steering role unless aggregated over three or more
	Servers        int `json:"servers"`
	ServersMoved   int `json:"servers_moved"`
	Systems        int `json:"systems"`
	Waves          int `json:"waves"`
	WavesDone      int `json:"waves_done"` // wholly moved and verified, after their recorded moves
}

// CentreSummary is a centre with its capacity before and after the plan.
type CentreSummary struct {
	inventory.Centre
	Load      planner.CentreLoad `json:"load"`
	Customers []string           `json:"customers"`
}

// MunicipalityView is the page of one municipality.
type MunicipalityView struct {
	Meta
	Municipality inventory.Municipality    `json:"municipality"`
	Agreement    *inventory.Agreement      `json:"agreement,omitempty"`
	Operation    *track.Operation          `json:"operation,omitempty"` // what the moves under it amount to
	Progress     []track.WaveStatus        `json:"progress,omitempty"`  // of its waves
	Assignment   *planner.Assignment       `json:"assignment,omitempty"`
	Detail       bool                      `json:"detail"` // false: only dates, money and state below are filled
	Kinds        []KindCount               `json:"kinds,omitempty"`
	Systems      []inventory.System        `json:"systems,omitempty"`
	Sites        []inventory.Site          `json:"sites,omitempty"`
	Links        []inventory.Link          `json:"links,omitempty"`
	Contracts    []inventory.Contract      `json:"contracts,omitempty"` // ending within 12 months first
	Waves        []planner.Wave            `json:"waves"`
	Groups       []planner.Group           `json:"groups,omitempty"`
	Refusals     []planner.Refusal         `json:"refusals,omitempty"`
	Cost         *planner.MunicipalityCost `json:"cost,omitempty"`
	Gap          *nis2.Assessment          `json:"gap,omitempty"`
	Alerts       []monitor.Alert           `json:"alerts"`
	Collections  []inventory.Collection    `json:"collections,omitempty"` // that did not end ok
}

// KindCount counts assets of a kind.
type KindCount struct {
	Kind  inventory.Kind `json:"kind"`
	Count int            `json:"count"`
}

// AssetQuery filters and pages the list of assets. Empty fields do not filter.
type AssetQuery struct {
	Text         string // part of name, address, model, serial or OS
	Municipality string
	Kind         inventory.Kind
	Site         string
	Status       inventory.Status // of the latest look
	OS           string           // exact OS text
	Wave         string
	Finding      string // past_support, old_snmp, no_backup, unknown_owner
	Sort         string // name, municipality, kind, os, last_seen; leading "-" for descending
	Page         int    // from 1
	PerPage      int    // 1-500, default 60
}

// AssetList is one page of assets.
type AssetList struct {
	Meta
	Query  AssetQuery  `json:"query"`
	Total  int         `json:"total"`
	Pages  int         `json:"pages"`
	Rows   []AssetRow  `json:"rows"`
	Facets AssetFacets `json:"facets"`
	Hidden bool        `json:"hidden"` // the role may see no assets at all
}

// AssetFacets are the values that may be filtered on, within the person's scope.
type AssetFacets struct {
	Municipalities []string         `json:"municipalities"`
	Kinds          []inventory.Kind `json:"kinds"`
	OS             []string         `json:"os"`
	Waves          []string         `json:"waves"` // wave ids
}

// AssetRow is an asset in the list. The pointer fields of Asset that lists do not show are empty.
type AssetRow struct {
	inventory.Asset
	Status   inventory.Status `json:"status_latest"`     // worst latest look of its sources; empty: nobody looked
	Systems  []string         `json:"systems,omitempty"` // names
	Wave     string           `json:"wave,omitempty"`    // wave id
	WaveName string           `json:"wave_name,omitempty"`
	Findings []string         `json:"findings,omitempty"`
}

// AssetView is the page of one asset.
type AssetView struct {
	Meta
	Row         AssetRow               `json:"asset"`
	Systems     []inventory.System     `json:"systems"`
	Group       *planner.Group         `json:"group,omitempty"`
	Wave        *planner.Wave          `json:"wave,omitempty"`
	FlowsIn     []FlowRow              `json:"flows_in"`
	FlowsOut    []FlowRow              `json:"flows_out"`
	Collections []inventory.Collection `json:"collections"`
	Changes     []inventory.Change     `json:"changes"` // newest first
	Alerts      []monitor.Alert        `json:"alerts"`
	Refused     []planner.Reason       `json:"refused,omitempty"` // why the plan leaves it out
}

// FlowRow is a flow with the other end's name.
type FlowRow struct {
	inventory.Flow
	Other        string `json:"other"` // name, or the address when nobody we know
	DaysSeen     int    `json:"days_seen,omitzero"`
	DaysObserved int    `json:"days_observed,omitzero"` // 0: on how many days it is seen is not known
}

// PlanView is the wave plan within the person's scope. Groups of municipalities whose detail is not
// visible are left out; their waves remain with dates, number of servers and cost.
type PlanView struct {
	Meta
	Plan          planner.Plan        `json:"plan"`
	Freezes       []planner.Freeze    `json:"freezes"`
	Leases        []planner.Lease     `json:"leases,omitempty"` // server rooms that have to be left
	Names         map[string]string   `json:"names"`            // municipality code, centre slug and asset id → name
	Terraform     []terraform.Summary `json:"terraform"`
	TerraformNote string              `json:"terraform_note,omitempty"` // stable key: no_engine, not_run, demo_units
	Progress      []track.WaveStatus  `json:"progress,omitempty"`       // how far the waves are after their recorded moves, where the person may see it
}

// GapView is the gap analysis within the person's scope.
type GapView struct {
	Meta
	Catalogue *nis2.Catalogue   `json:"-"`
	Own       []nis2.Assessment `json:"own"`             // one for a municipality, all for the admin, none else
	Joint     *JointGap         `json:"joint,omitempty"` // nil when fewer than three municipalities
	Names     map[string]string `json:"names"`
}

// JointView is what the municipalities have in common, and what moving does.
type JointView struct {
	Data      Meta            `json:"data"` // beside the report, which has an as_of of its own
	Catalogue *nis2.Catalogue `json:"-"`
	nis2.Joint
	Moves []nis2.Move       `json:"moves"` // of the municipalities whose answers the person may see
	Names map[string]string `json:"names"`
}

// JointGap is the mean over municipalities. It exists only for three or more.
type JointGap struct {
	N        int            `json:"n"`
	Overall  nis2.Scores    `json:"overall"`
	Articles []JointArticle `json:"articles"`
}

// JointArticle is the mean of one article over municipalities.
type JointArticle struct {
	ID string `json:"id"`
	nis2.Scores
}

// Point is a value at a time.
type Point struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}

// Series is a named line of points, for charts of one asset.
type Series struct {
	Name   string            `json:"name"` // metric
	Unit   string            `json:"unit"`
	Labels map[string]string `json:"labels"`
	Points []Point           `json:"points"`
}

// ReportFacts is everything the half-year report stands on, frozen and hashed. It carries no asset,
// host name or single gap figure: the report goes to the steering group.
type ReportFacts struct {
	Meta
	Period         string                  `json:"period"` // "2026-2": second half of 2026
	From           inventory.Date          `json:"from"`
	To             inventory.Date          `json:"to"`
	CutOff         inventory.Date          `json:"cut_off"`
	Deadline       inventory.Date          `json:"deadline"`
	Municipalities []ReportMunicipality    `json:"municipalities"`
	Waves          []planner.Wave          `json:"waves"`
	Progress       []track.WaveStatus      `json:"progress,omitempty"`   // how far the waves are after their recorded moves
	Operations     []track.Operation       `json:"operations,omitempty"` // what they amount to, by agreement
	Feasible       bool                    `json:"feasible"`
	LastWaveEnd    inventory.Date          `json:"last_wave_end,omitzero"`
	Refusals       []ReportRefusal         `json:"refusals"`
	Gap            *JointGap               `json:"gap,omitempty"`
	Articles       map[string]planner.Text `json:"articles"` // article id → title
	Cost           planner.Cost            `json:"cost"`
	Capacity       []planner.CentreLoad    `json:"capacity"`
	Agreements     []inventory.Agreement   `json:"agreements"`
	Contracts      ReportContracts         `json:"contracts"`
	Risks          []ReportRisk            `json:"risks"` // top ten over all groups, without names
	Assumptions    []planner.Reason        `json:"assumptions"`
	Centres        map[string]string       `json:"centres"`            // slug → name
	Previous       *ReportPrevious         `json:"previous,omitempty"` // the last frozen report, if any
}

// ReportMunicipality is one row of the status table.
type ReportMunicipality struct {
	Code           string                   `json:"code"`
	Name           string                   `json:"name"`
	Host           bool                     `json:"host"`
	State          inventory.AgreementState `json:"state,omitempty"`
	Window         inventory.Period         `json:"window,omitzero"`
	Servers        int                      `json:"servers"`
	ServersMoved   int                      `json:"servers_moved"`
	LastWaveEnd    inventory.Date           `json:"last_wave_end,omitzero"`
	Unplaced       int                      `json:"unplaced"`               // groups the plan could not place
	Availability   *float64                 `json:"availability,omitempty"` // share of time service checks from the municipality were up; nil: not measured
	MeasuredSince  time.Time                `json:"measured_since,omitzero"`
	Cost           planner.Range            `json:"cost_dkk"`
	Targets        Completeness             `json:"targets"`
	SecurityShared bool                     `json:"security_shared"`          // the municipality has released its security light
	SecurityLight  nis2.Light               `json:"security_light,omitempty"` // only when released
}

// ReportRefusal is what could not be planned, counted per municipality and first rule.
type ReportRefusal struct {
	Municipality string         `json:"municipality"`
	Reason       planner.Reason `json:"reason"`
	Count        int            `json:"count"`
}

// ReportRisk is a risk counted over groups.
type ReportRisk struct {
	Reason     planner.Reason `json:"reason"`
	Likelihood int            `json:"likelihood"`
	Impact     int            `json:"impact"`
	Groups     int            `json:"groups"`
}

// ReportContracts sums the contract register.
type ReportContracts struct {
	Total        int             `json:"total"`
	EndingIn12   int             `json:"ending_within_12_months"`
	Expired      int             `json:"expired"`
	UnknownEnd   int             `json:"unknown_end"`
	TopSuppliers []SupplierShare `json:"top_suppliers"`
}

// SupplierShare is how much of the contract sum one supplier has.
type SupplierShare struct {
	Supplier  string  `json:"supplier"`
	Contracts int     `json:"contracts"`
	AnnualDKK int64   `json:"annual_dkk"`
	Share     float64 `json:"share"`
}

// ReportPrevious is what the last frozen report said, for "what is new".
type ReportPrevious struct {
	Period       string         `json:"period"`
	CutOff       inventory.Date `json:"cut_off"`
	ServersMoved int            `json:"servers_moved"`
	Servers      int            `json:"servers"`
	LastWaveEnd  inventory.Date `json:"last_wave_end,omitzero"`
	Headline     float64        `json:"headline"`
}

// IsDemo tells whether the answer stands on invented data.
func (m Meta) IsDemo() bool { return m.Demo }
