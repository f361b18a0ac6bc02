// Package track holds a plan against what happened: a version of the plan is frozen as the baseline,
// people and machines tell what was started, cut over, verified or rolled back, and Compare says how far
// things are, at what pace, what has slipped and whom that touches, and when it will end if the pace
// stays as it has been.
//
// Everything is a pure function of values; the forecast is drawn with a seed. What is only partly done
// is marked partial and counts by its servers; what cannot be said yet is nil with a reason.
package track

import (
	"cmp"
	"slices"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Baseline is one version of a plan, frozen. Later versions of the plan do not change it.
type Baseline struct {
	Version  string         `json:"version"`
	Frozen   inventory.Date `json:"frozen"`
	By       string         `json:"by"`
	Snapshot string         `json:"snapshot"` // hash of the snapshot the plan stood on
	Deadline inventory.Date `json:"deadline"`
	Promises []Promise      `json:"promises"` // by group id
}

// Promise is what the baseline says of one group. A group without a date has none of the three dates.
type Promise struct {
	Group        string         `json:"group"`
	Name         string         `json:"name"`
	Wave         string         `json:"wave,omitempty"`
	Municipality string         `json:"municipality"`
	Centre       string         `json:"centre"`
	Servers      int            `json:"servers"`
	Foundation   bool           `json:"foundation,omitzero"`
	Partners     []string       `json:"partners,omitempty"` // groups it exchanges traffic with
	Start        inventory.Date `json:"start,omitzero"`
	Cutover      inventory.Date `json:"cutover,omitzero"`
	End          inventory.Date `json:"end,omitzero"`
}

// Freeze makes a baseline of a plan.
func Freeze(p planner.Plan, version, by string, on inventory.Date) Baseline {
	b := Baseline{Version: version, Frozen: on, By: by, Snapshot: p.Snapshot, Deadline: p.Deadline, Promises: []Promise{}}
	for _, g := range p.Groups {
		m := Promise{Group: g.ID, Name: g.Name, Wave: g.Wave, Municipality: g.Municipality, Centre: g.Centre, Servers: len(g.Assets),
			Foundation: g.Foundation, Start: g.Start, Cutover: g.Cutover, End: g.End}
		for _, cut := range g.Cut {
			m.Partners = append(m.Partners, cut.Group)
		}
		slices.Sort(m.Partners)
		m.Partners = slices.Compact(m.Partners)
		b.Promises = append(b.Promises, m)
	}
	slices.SortFunc(b.Promises, func(x, y Promise) int { return cmp.Compare(x.Group, y.Group) })
	return b
}

// Kind is what happened.
type Kind string

// The kinds, in the order in which they happen. A roll-back undoes the start of the move and all after.
const (
	Started    Kind = "started"     // seeding of data has begun
	CutOver    Kind = "cut_over"    // users are on the new servers
	Verified   Kind = "verified"    // somebody has seen that it works
	Final      Kind = "final"       // there is no way back
	RolledBack Kind = "rolled_back" // users are on the old servers again
)

// Kinds lists every kind in that order.
var Kinds = []Kind{Started, CutOver, Verified, Final, RolledBack}

// Event is one thing that happened, as somebody told it. It is about a group, or about all groups of a
// wave.
type Event struct {
	Kind    Kind           `json:"kind"`
	Group   string         `json:"group,omitempty"`
	Wave    string         `json:"wave,omitempty"`
	On      inventory.Date `json:"on"`
	At      time.Time      `json:"at,omitzero"`      // the moment, where it is known: it orders what happened on one day
	Servers int            `json:"servers,omitzero"` // of a group: how many it was about; 0: all of them
	By      string         `json:"by,omitempty"`
	Source  string         `json:"source,omitempty"` // SourceMoves, or where a person told it
}

// SourceMoves is the source of what a recorded move tells by itself.
const SourceMoves = "moves"

// Settings say how a forecast is made.
type Settings struct {
	Runs     int    `json:"runs" yaml:"runs"`           // of the bootstrap
	MinWeeks int    `json:"min_weeks" yaml:"min_weeks"` // of actual pace before a forecast or a control limit is given
	MaxWeeks int    `json:"max_weeks" yaml:"max_weeks"` // that a run may last before it counts as never ending
	Seed     uint64 `json:"seed" yaml:"seed"`
}

// DefaultSettings give a forecast after four weeks of moves.
func DefaultSettings() Settings {
	return Settings{Runs: 2_000, MinWeeks: 4, MaxWeeks: 520, Seed: 1}
}

// Input is all that the comparison depends on.
type Input struct {
	Baseline Baseline
	Earlier  []Baseline // versions before it, oldest first, for the slip history
	Events   []Event    // in any order
	AsOf     inventory.Date
	Current  *planner.Plan // today's plan, for what is still ahead; nil: the baseline counts
	Settings Settings
}

// Report is the plan against what happened.
type Report struct {
	AsOf       inventory.Date   `json:"as_of"`
	Version    string           `json:"version"`
	Groups     []GroupStatus    `json:"groups"` // by id
	Waves      []WaveStatus     `json:"waves"`  // by planned end
	Schedule   Schedule         `json:"schedule"`
	Throughput Throughput       `json:"throughput"`
	Forecast   Forecast         `json:"forecast"`
	Slips      []Slip           `json:"slips"`     // worst first
	History    []History        `json:"history"`   // groups whose promised cutover has changed between versions
	Unmatched  []planner.Reason `json:"unmatched"` // events that no figure counts, and why
}
