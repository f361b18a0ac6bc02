package nis2

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// EntryKind tells what a line of a municipality's own register is about.
type EntryKind string

// The kinds of lines.
const (
	EntryStatusReport     EntryKind = "status_report"     // a status report presented to the management
	EntryServiceReport    EntryKind = "service_report"    // a service report received from the centre
	EntryContactCheck     EntryKind = "contact_check"     // the contact list of the incident chain verified
	EntryIncidentExercise EntryKind = "incident_exercise" // an exercise of incident handling
	EntryCrisisExercise   EntryKind = "crisis_exercise"   // an exercise of crisis management
	EntryChannelTest      EntryKind = "channel_test"      // a test of a channel for emergencies
	EntryAccessReview     EntryKind = "access_review"     // a review of who has access
	EntryRisk             EntryKind = "risk"
	EntryTestFinding      EntryKind = "test_finding" // of a security or penetration test
)

// EntryKinds lists every kind.
var EntryKinds = []EntryKind{EntryStatusReport, EntryServiceReport, EntryContactCheck, EntryIncidentExercise, EntryCrisisExercise,
	EntryChannelTest, EntryAccessReview, EntryRisk, EntryTestFinding}

// Entry is a line of a municipality's own register: something that was done on a day, or a risk or a finding
// that is to be treated. Lines hold no names of persons.
type Entry struct {
	ID           string    `json:"id"`
	Revision     int       `json:"revision,omitzero"` // rises with every change; a change names the one it stands on
	Municipality string    `json:"municipality"`
	Kind         EntryKind `json:"kind"`
	// Subject is what it is about: the channel, the system (id or name) or privileged group of an access
	// review, the risk or finding, the system or asset of a service report (empty: all that the centre runs).
	Subject    string         `json:"subject,omitempty"`
	Date       inventory.Date `json:"date"`                // done, presented, received, tested or found
	Privileged bool           `json:"privileged,omitzero"` // of an access review: the subject is a group with privileged rights
	Grave      *bool          `json:"grave,omitempty"`     // a high risk, a critical or high finding; nil: not judged
	Owner      string         `json:"owner,omitempty"`     // a role
	Due        inventory.Date `json:"due,omitzero"`
	Decision   string         `json:"decision,omitempty"` // what is decided, with the rest that is accepted
	Closed     inventory.Date `json:"closed,omitzero"`    // of a risk or finding
	Exception  inventory.Date `json:"exception,omitzero"` // an accepted exception from closing a finding holds until then
	Note       string         `json:"note,omitempty"`
}

// Validate reports every fault of the line. asOf is today.
func (x *Entry) Validate(asOf inventory.Date) error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("register line %q: %s", cmp.Or(x.ID, x.Subject, string(x.Kind)), fmt.Sprintf(format, args...)))
	}
	if !slices.Contains(EntryKinds, x.Kind) {
		fault("kind %q is none of %v", x.Kind, EntryKinds)
	}
	if x.Municipality == "" {
		fault("municipality is missing; give its three-digit code")
	}
	switch x.Kind {
	case EntryChannelTest, EntryAccessReview, EntryRisk, EntryTestFinding:
		if x.Subject == "" {
			fault("subject is missing: say what it is about")
		}
	}
	if !x.Date.Known() || x.Date > asOf {
		fault("date %q: give the day on which it was done or found, not after today", x.Date)
	}
	if x.Closed.Known() && (x.Closed < x.Date || x.Closed > asOf) {
		fault("closed %s lies before %s or after today", x.Closed, x.Date)
	}
	return errors.Join(faults...)
}
