package nis2

import (
	"errors"
	"fmt"
	"time"
)

// Party is who has a duty to notify. Municipality and centre have one each, counted from when each of
// them became aware.
type Party string

// The parties.
const (
	PartyMunicipality Party = "municipality"
	PartyCentre       Party = "centre"
)

// Incident is an event that may have to be notified under Article 23. The register keeps what people
// decided and when; it sends nothing.
type Incident struct {
	ID           string    `json:"id"`
	Revision     int       `json:"revision,omitzero"` // rises with every change; a change names the one it stands on
	Municipality string    `json:"municipality"`
	Centre       string    `json:"centre,omitempty"` // empty: the centre has no part in it
	Title        string    `json:"title"`
	Severity     string    `json:"severity,omitempty"` // in the municipality's own words
	StartedAt    time.Time `json:"started_at,omitzero"`
	// Significant is people's decision by their own criteria; nil: not decided yet, and the clock runs.
	Significant *bool               `json:"significant"`
	Why         string              `json:"why,omitempty"` // on which criterion
	DecidedBy   string              `json:"decided_by,omitempty"`
	Aware       map[Party]Awareness `json:"aware"`
	Sent        map[Party][]Sent    `json:"sent,omitempty"`
	Effects     string              `json:"effects,omitempty"` // who and what is hit
	Cause       string              `json:"cause,omitempty"`
	Measures    string              `json:"measures,omitempty"`
	CrossBorder *bool               `json:"cross_border,omitempty"`
	Malicious   *bool               `json:"malicious,omitempty"`
	ClosedAt    time.Time           `json:"closed_at,omitzero"`
	ReviewAt    time.Time           `json:"review_at,omitzero"` // when the lessons were gone through
}

// Awareness is who at a party came to know, and when: the clock starts there.
type Awareness struct {
	At time.Time `json:"at"`
	By string    `json:"by"` // role
}

// Sent is a notice that people have sent.
type Sent struct {
	Step Notice    `json:"step"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Ref  string    `json:"ref,omitempty"` // the authority's receipt
}

// Notice is one of the notices of Article 23(4).
type Notice string

// The steps in order.
const (
	EarlyWarning Notice = "early_warning" // 24 hours after becoming aware
	Notification Notice = "notification"  // 72 hours after becoming aware
	FinalReport  Notice = "final_report"  // one month after the notification
)

// AllNotices lists every notice in order.
var AllNotices = []Notice{EarlyWarning, Notification, FinalReport}

// The time limits that are counted in hours. The final report is due one calendar month after the
// notification was sent, or after it was due as long as it is not sent.
const (
	earlyWarningLimit = 24 * time.Hour
	notificationLimit = 72 * time.Hour
)

// Due is one step of one party with its time limit.
type Due struct {
	Party Party         `json:"party"`
	Step  Notice        `json:"step"`
	Due   time.Time     `json:"due"`
	Sent  time.Time     `json:"sent,omitzero"`
	Left  time.Duration `json:"left"` // until due; below zero it is late. Of a sent step: how early it was
	Late  bool          `json:"late"`
}

// Clock gives the steps of each party that is aware, in order. An incident that was decided not to be
// significant has none; one that is not decided yet has all, since the time runs meanwhile.
func (i *Incident) Clock(now time.Time) []Due {
	if i.Significant != nil && !*i.Significant {
		return nil
	}
	var clock []Due
	for _, party := range []Party{PartyMunicipality, PartyCentre} {
		aware, ok := i.Aware[party]
		if !ok || aware.At.IsZero() {
			continue
		}
		notified := aware.At.Add(notificationLimit)
		for _, step := range AllNotices {
			d := Due{Party: party, Step: step, Sent: i.sent(party, step)}
			switch step {
			case EarlyWarning:
				d.Due = aware.At.Add(earlyWarningLimit)
			case Notification:
				d.Due = notified
				if !d.Sent.IsZero() {
					notified = d.Sent
				}
			case FinalReport:
				d.Due = monthAfter(notified)
			}
			at := now
			if !d.Sent.IsZero() {
				at = d.Sent
			}
			d.Left = d.Due.Sub(at)
			d.Late = d.Left < 0
			clock = append(clock, d)
		}
	}
	return clock
}

// sent tells when a party first sent a notice; zero: not yet.
func (i *Incident) sent(party Party, step Notice) time.Time {
	var first time.Time
	for _, s := range i.Sent[party] {
		if s.Step == step && (first.IsZero() || s.At.Before(first)) {
			first = s.At
		}
	}
	return first
}

// monthAfter gives the same day and hour of the next month, or its last day where the month is shorter.
func monthAfter(t time.Time) time.Time {
	next := t.AddDate(0, 1, 0)
	if next.Day() != t.Day() {
		next = next.AddDate(0, 0, -next.Day())
	}
	return next
}

// Validate reports every fault of the incident.
func (i *Incident) Validate() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("incident %q: %s", i.ID, fmt.Sprintf(format, args...)))
	}
	if i.Municipality == "" {
		fault("municipality is missing")
	}
	if i.Title == "" {
		fault("title is missing")
	}
	if len(i.Aware) == 0 {
		fault("nobody is aware of it: say who came to know and when, the clock starts there")
	}
	for party, a := range i.Aware {
		switch {
		case party != PartyMunicipality && party != PartyCentre:
			fault("party %q is neither municipality nor centre", party)
		case party == PartyCentre && i.Centre == "":
			fault("the centre is aware, but no centre is named")
		case a.At.IsZero() || a.By == "":
			fault("%s: say who became aware and when", party)
		}
	}
	if i.Significant != nil && (i.Why == "" || i.DecidedBy == "") {
		fault("it is decided whether it is significant, but not by whom or on which criterion")
	}
	for party, list := range i.Sent {
		for _, s := range list {
			if s.Step != EarlyWarning && s.Step != Notification && s.Step != FinalReport {
				fault("%s: step %q is none of %v", party, s.Step, AllNotices)
			}
			if aware, ok := i.Aware[party]; !ok || s.At.Before(aware.At) {
				fault("%s: %s was sent before the party was aware", party, s.Step)
			}
		}
	}
	return errors.Join(faults...)
}

// FirstAware tells when the first party came to know; zero: nobody has.
func (i *Incident) FirstAware() time.Time {
	var first time.Time
	for _, a := range i.Aware {
		if first.IsZero() || a.At.Before(first) {
			first = a.At
		}
	}
	return first
}
