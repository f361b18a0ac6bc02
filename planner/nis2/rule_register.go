package nis2

import (
	"maps"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// registerEntries is the municipality's own register in the hub.
const registerEntries = "register"

// The limits that the catalogue gives in the words of the rule alone, in days.
const (
	serviceReportDays    = 90
	accessReviewDays     = 365
	privilegedReviewDays = 180
	findingDays          = 90
)

// lines calls f for the municipality's register lines of a kind, up to today.
func (e *estate) lines(kind EntryKind, f func(*Entry)) {
	for _, x := range e.entries {
		if x.Kind == kind && x.Date <= e.in.AsOf {
			f(x)
		}
	}
}

// latest gives the day of the latest line of a kind per subject, in lower case.
func (e *estate) latest(kind EntryKind) map[string]inventory.Date {
	of := map[string]inventory.Date{}
	e.lines(kind, func(x *Entry) {
		key := strings.ToLower(x.Subject)
		of[key] = max(of[key], x.Date)
	})
	return of
}

// lastDone judges something that is to be done at fixed times by how long ago it was done last. Where no
// line tells of it nobody knows, and nothing is judged.
func (e *estate) lastDone(t *tally, kind EntryKind) {
	var last *Entry
	e.lines(kind, func(x *Entry) {
		if last == nil || x.Date > last.Date {
			last = x
		}
	})
	if last != nil {
		t.aged(last.ID, e.in.AsOf, last.Date)
	}
}

// statusReported is 20-02: no status report presented to the management in the last 180 days.
func statusReported(e *estate, t *tally) { e.lastDone(t, EntryStatusReport) }

// chainTried is 23-04: the contact list of the incident chain not verified in the last 180 days.
func chainTried(e *estate, t *tally) { e.lastDone(t, EntryContactCheck) }

// incidentExercised is 21b-07: no exercise of incident handling in the last year.
func incidentExercised(e *estate, t *tally) { e.lastDone(t, EntryIncidentExercise) }

// crisisExercised is 21c-09: no exercise of crisis management in the last year.
func crisisExercised(e *estate, t *tally) { e.lastDone(t, EntryCrisisExercise) }

// channelsTested is 21j-05: channels for emergencies not tested in the last 180 days. The one that has gone
// longest without a test decides the level.
func channelsTested(e *estate, t *tally) {
	tested := e.latest(EntryChannelTest)
	for _, channel := range slices.Sorted(maps.Keys(tested)) {
		t.aged("channel:"+channel, e.in.AsOf, tested[channel])
	}
}

// serviceReported is 20-06: what a centre runs for the municipality without a service report in the last 90
// days. A report without a subject is about all of it.
func serviceReported(e *estate, t *tally) {
	received := e.latest(EntryServiceReport)
	for _, id := range e.atCentre() {
		last := max(received[""], received[strings.ToLower(id)])
		t.kept(len(received) > 0, id, e.in.AsOf, !within(last, e.in.AsOf, serviceReportDays))
	}
}

// risksTreated is 21a-05: high risks that are open without an owner, a deadline or a decision. A risk whose
// height nobody has judged is unknown.
func risksTreated(e *estate, t *tally) {
	e.lines(EntryRisk, func(x *Entry) {
		switch {
		case x.Closed.Known():
		case x.Grave == nil:
			t.unknown(x.ID)
		case *x.Grave:
			t.judge(x.ID, e.in.AsOf, x.Owner == "" || !x.Due.Known() || x.Decision == "")
		}
	})
}

// findingsClosed is 21f-04: critical and high findings of security tests that have been open for more than 90
// days without an accepted exception. A finding that nobody has judged is unknown.
func findingsClosed(e *estate, t *tally) {
	e.lines(EntryTestFinding, func(x *Entry) {
		late := !x.Closed.Known() && !within(x.Date, e.in.AsOf, findingDays)
		switch {
		case x.Grave == nil:
			t.unknown(x.ID)
		case !*x.Grave:
		case late && x.Exception >= e.in.AsOf:
			t.excuse(x.ID, e.in.AsOf)
		default:
			t.judge(x.ID, e.in.AsOf, late)
		}
	})
}

// accessReviewed is 21i-05: business-critical systems whose access rights were not reviewed in the last year,
// and groups with privileged rights not in the last 180 days.
func accessReviewed(e *estate, t *tally) {
	reviewed := e.latest(EntryAccessReview)
	for _, s := range e.systemsFrom(inventory.CriticalityBusiness) {
		last := max(reviewed[strings.ToLower(s.ID)], reviewed[strings.ToLower(s.Name)])
		t.kept(len(reviewed) > 0, s.ID, e.in.AsOf, !within(last, e.in.AsOf, accessReviewDays))
	}
	groups := map[string]bool{}
	e.lines(EntryAccessReview, func(x *Entry) {
		if x.Privileged {
			groups[strings.ToLower(x.Subject)] = true
		}
	})
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		t.judge("group:"+group, e.in.AsOf, !within(reviewed[group], e.in.AsOf, privilegedReviewDays))
	}
}
