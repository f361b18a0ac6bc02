package nis2

import (
	"strconv"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// The limits of the incident rules. A final report has 31 days, the longest month, so that none is
// counted late that is not.
const (
	incidentDays     = 365
	graveIncident    = 2
	finalReportLimit = 31 * 24 * time.Hour
	reviewLimit      = 30 * 24 * time.Hour
)

// cases gives the municipality's incidents: those of the hub's own register, read as they stand, and those of
// an imported one that are not there too.
func (e *estate) cases(f func(*Case, inventory.Date)) {
	own := map[string]bool{}
	for _, i := range e.incidents {
		own[i.ID] = true
		c := Case{ID: i.ID, Severity: severityOf(i.Severity), Significant: i.Significant, AwareAt: i.Aware[PartyMunicipality].At,
			WarnedAt: i.sent(PartyMunicipality, EarlyWarning), NotifiedAt: i.sent(PartyMunicipality, Notification),
			ReportedAt: i.sent(PartyMunicipality, FinalReport), ClosedAt: i.ClosedAt, ReviewAt: i.ReviewAt}
		f(&c, e.in.AsOf)
	}
	if x := e.facts[DatasetIncidents]; x != nil {
		for i := range x.Cases {
			if !own[x.Cases[i].ID] {
				f(&x.Cases[i], x.TakenAt)
			}
		}
	}
}

// severityOf reads a severity that people wrote as a number; nil: they used words.
func severityOf(text string) *int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return nil
	}
	return &n
}

// significant calls f for the significant incidents of the last year. One of which nobody noted when the
// municipality became aware is unknown, whatever else is known.
func (e *estate) significant(t *tally, f func(*Case, inventory.Date, time.Time)) {
	e.cases(func(c *Case, day inventory.Date) {
		now := e.moment
		if day < e.in.AsOf {
			now = day.Time()
		}
		switch {
		case !is(c.Significant):
		case c.AwareAt.IsZero():
			t.unknown(c.ID)
		case within(inventory.DateOf(c.AwareAt.UTC()), e.in.AsOf, incidentDays):
			f(c, day, now)
		}
	})
}

// step tells how a notice stands against its limit. While time is left nothing can be said.
func step(from, sent, now time.Time, limit time.Duration) (late, pending bool) {
	if sent.IsZero() {
		sent = now
		pending = true
	}
	late = sent.Sub(from) > limit
	return late, pending && !late
}

// warnedInTime is 23-02: significant incidents without an early warning within 24 hours.
func warnedInTime(e *estate, t *tally) {
	e.significant(t, func(c *Case, day inventory.Date, now time.Time) {
		late, pending := step(c.AwareAt, c.WarnedAt, now, earlyWarningLimit)
		if pending {
			t.unknown(c.ID)
			return
		}
		t.judge(c.ID, day, late)
	})
}

// notifiedInTime is 23-03: significant incidents without a notification within 72 hours or a final report
// within a month of it.
func notifiedInTime(e *estate, t *tally) {
	e.significant(t, func(c *Case, day inventory.Date, now time.Time) {
		late, pending := step(c.AwareAt, c.NotifiedAt, now, notificationLimit)
		if !late && !pending {
			late, pending = step(c.NotifiedAt, c.ReportedAt, now, finalReportLimit)
		}
		if pending {
			t.unknown(c.ID)
			return
		}
		t.judge(c.ID, day, late)
	})
}

// reviewedAfter is 21b-08: grave incidents closed in the last year that were not gone through within 30 days.
// An incident whose severity is told in words only is unknown unless it was significant.
func reviewedAfter(e *estate, t *tally) {
	e.cases(func(c *Case, day inventory.Date) {
		grave := is(c.Significant) || c.Severity != nil && *c.Severity >= graveIncident
		if c.ClosedAt.IsZero() || !within(inventory.DateOf(c.ClosedAt.UTC()), e.in.AsOf, incidentDays) || !grave && c.Severity != nil {
			return
		}
		now := e.moment
		if day < e.in.AsOf {
			now = day.Time()
		}
		late, pending := step(c.ClosedAt, c.ReviewAt, now, reviewLimit)
		if pending || !grave {
			t.unknown(c.ID)
			return
		}
		t.judge(c.ID, day, late)
	})
}
