// Package nis2 scores how far each municipality meets the cooperation's own goals for the ten
// areas of the NIS 2 act, from people's answers and from what the inventory shows.
//
// It measures fulfilment of goals ("opfyldelse af mål"). It never says that anyone is compliant:
// the duty stays with the municipality. Unknown is never counted as passed, and the headline H is
// always shown with what is proven P and what is answered V.
//
// Assess is pure: catalogue, snapshot, answers and date in, assessment out.
package nis2

import (
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Input is all that an assessment depends on.
type Input struct {
	Snapshot *inventory.Snapshot
	AsOf     inventory.Date
	Answers  []Answer
	// Monitored holds, per asset id, when the monitoring last had data. A nil map means that
	// monitoring was not asked, which makes its rules inconclusive.
	Monitored map[string]time.Time
	// Fills holds, per asset id, how full an asset is. A nil map means that monitoring was not asked.
	Fills map[string]Fill
	// Loads holds how loaded links and uplinks are: see Uplinks. A nil map means that monitoring was not asked.
	Loads map[string]float64
	// Readings holds, per asset id, what UPSs and thermometers tell. A nil map means that monitoring was not
	// asked.
	Readings map[string]Reading
	// Facts are the imported datasets, at most one per municipality and dataset. The rules of a dataset
	// that is not there are not connected.
	Facts []Facts
	// Incidents, Actions and Entries are the hub's own registers; nil means that there is none.
	Incidents []Incident
	Actions   []Action
	Entries   []Entry
	// Transfers are the verified moves to a centre, by when they were verified.
	Transfers []Transfer
}

// Answer is what a municipality declares about one control.
type Answer struct {
	Municipality  string         `json:"municipality"`
	Control       string         `json:"control"`
	Level         int            `json:"level"` // 0-5
	Evidence      string         `json:"evidence,omitempty"`
	EvidenceUntil inventory.Date `json:"evidence_until,omitzero"` // after this the confidence falls
	Owner         string         `json:"owner,omitempty"`         // the accountable role in the municipality
	AnsweredBy    string         `json:"answered_by"`
	AnsweredAt    inventory.Date `json:"answered_at"`
	ConfirmedAt   time.Time      `json:"confirmed_at,omitzero"` // the moment, when it was given or confirmed in the hub on that day
	ReviewedBy    string         `json:"reviewed_by,omitempty"` // a second person

	NotApplicable *NotApplicable `json:"not_applicable,omitempty"`
	Override      *Override      `json:"override,omitempty"`

	Round       string `json:"round,omitempty"`       // id of the round it was given in
	Unconfirmed bool   `json:"unconfirmed,omitempty"` // copied from the round before; nobody has confirmed it
}

// NotApplicable takes a control out of the sums. It needs a reason, a second person and an end date,
// and is refused when the inventory shows members of the control's population.
type NotApplicable struct {
	Reason     string         `json:"reason"`
	ApprovedBy string         `json:"approved_by"` // a second person; empty: proposed, and without effect
	Until      inventory.Date `json:"until"`
}

// Override sets an automatic result aside for a while.
type Override struct {
	Reason string         `json:"reason"`
	By     string         `json:"by"` // a second person; empty: proposed, and without effect
	Until  inventory.Date `json:"until"`
}

// Assessment is one municipality's result.
type Assessment struct {
	Municipality string          `json:"municipality"`
	AsOf         inventory.Date  `json:"as_of"`
	Catalogue    string          `json:"catalogue"` // id and version
	Demo         bool            `json:"demo"`
	Notice       string          `json:"notice,omitempty"` // the snapshot\'s: says in words that the data are invented
	Controls     []ControlResult `json:"controls"`         // in catalogue order
	Articles     []ArticleResult `json:"articles"`         // in catalogue order
	Overall      Scores          `json:"overall"`
	EqualWeights Scores          `json:"equal_weights"` // the same with all weights equal: the sensitivity line
	Light        Light           `json:"light"`
	KeyFailed    []string        `json:"key_failed,omitempty"` // key controls below target
}

// Scores are always shown together. Headline, Proven and Coverage are shares 0-1, Gap is in levels.
type Scores struct {
	Headline float64 `json:"headline"` // H: share of target reached
	Proven   float64 `json:"proven"`   // P: the part of it that evidence carries
	Coverage float64 `json:"coverage"` // V: share answered
	Gap      float64 `json:"gap"`      // G: mean missing levels
}

// Light is the traffic light of an article or of the whole.
type Light string

// The lights; grey means too little is known to say.
const (
	Grey  Light = "grey"
	Green Light = "green"
	Amber Light = "amber"
	Red   Light = "red"
)

// State tells how a control's effective level came about.
type State string

// The states.
const (
	Unanswered   State = "unanswered"
	Declared     State = "declared"     // people's answer alone
	Measured     State = "measured"     // data alone or data and answer agree
	Contradicted State = "contradicted" // data show at least two levels less than claimed
	Lowered      State = "lowered"      // data show one level less than claimed
	BetterThan   State = "better"       // data show more than claimed
	Overridden   State = "overridden"   // a second person set the data aside
	NotConfirmed State = "unconfirmed"  // copied from the round before: counts as a claim, not as answered
	ToReassess   State = "reassess"     // servers have moved since it was answered: counts less until confirmed
	NotInScope   State = "not_applicable"
)

// ControlResult is one control of one municipality. Nil levels mean none.
type ControlResult struct {
	ID         string   `json:"id"`
	Article    string   `json:"article"`
	Declared   *int     `json:"declared"`
	Automatic  *int     `json:"automatic"` // nil: no rule, no data, or inconclusive
	Effective  int      `json:"effective"`
	Target     int      `json:"target"`
	Weight     int      `json:"weight"`
	Key        bool     `json:"key"`
	Confidence float64  `json:"confidence"` // 0-1
	Coverage   float64  `json:"coverage"`   // known share of the rule's population, 0-1
	State      State    `json:"state"`
	Applicable bool     `json:"applicable"`
	Members    *Members `json:"members"`        // nil: the control has no rule that was run
	Note       string   `json:"note,omitempty"` // stable key with words in each language
	// Reassess tells that servers have moved since the answer was given; nil: none have, or the control does
	// not mind.
	Reassess *Reassess `json:"reassess,omitempty"`
}

// Members are what a rule counted. Known is Population less Unknown.
type Members struct {
	Population  int            `json:"population"`
	Known       int            `json:"known"`
	Failing     int            `json:"failing"`
	Excepted    int            `json:"excepted"`
	FailingIDs  []string       `json:"failing_ids,omitempty"` // asset, system or contract ids
	ExceptedIDs []string       `json:"excepted_ids,omitempty"`
	UnknownIDs  []string       `json:"unknown_ids,omitempty"`
	DataFrom    inventory.Date `json:"data_from,omitzero"` // age of the data the rule stands on
	Source      string         `json:"source"`             // inventory, collector, monitoring, backup, dependency_graph, contracts
}

// ArticleResult is one article of one municipality.
type ArticleResult struct {
	ID string `json:"id"`
	Scores
	Applicable int   `json:"applicable"` // controls that count
	Answered   int   `json:"answered"`
	Light      Light `json:"light"`
}
