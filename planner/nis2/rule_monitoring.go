package nis2

import (
	"cmp"
	"math"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// monitored is 21b-02: business-critical servers and network equipment from which the monitoring
// has had no data in the last 24 hours. When monitoring was not asked, all are unknown.
func monitored(e *estate, t *tally) {
	var last time.Time
	for _, at := range e.in.Monitored {
		if at.After(last) {
			last = at
		}
	}
	day := inventory.DateOf(last)
	if last.IsZero() {
		day = e.in.AsOf // asked, and it watches nothing at all
	}
	for _, a := range e.assets {
		if !runsOrCarries(a.Kind) || e.critical(a) < inventory.CriticalityBusiness {
			continue
		}
		if e.in.Monitored == nil {
			t.unknown(a.ID)
			continue
		}
		at, ok := e.in.Monitored[a.ID]
		t.judge(a.ID, day, !ok || e.moment.Sub(at) > 24*time.Hour)
	}
}

// runsOrCarries tells whether a kind of asset runs systems or carries their traffic.
func runsOrCarries(kind inventory.Kind) bool {
	switch kind {
	case inventory.KindServer, inventory.KindVM, inventory.KindHypervisor, inventory.KindStorage,
		inventory.KindSwitch, inventory.KindRouter, inventory.KindFirewall:
		return true
	}
	return false
}

// The limits of 21b-04 and 21b-05.
const (
	maxClockOffset  = 1.0 // seconds
	alarmCritical   = "critical"
	alarmDays       = 90
	acknowledgeTime = 30 * time.Minute
)

// clocksSet is 21b-04: servers and equipment whose clock is more than a second off. Where no offset could be
// read, the clock is unknown.
func clocksSet(e *estate, t *tally) {
	f := e.facts[DatasetWatch]
	rows := verdicts{}
	for i := range f.Watched {
		w := &f.Watched[i]
		a := e.match(w.Asset)
		if a == nil || w.ClockOffset == nil {
			continue
		}
		day := f.TakenAt
		if !w.LastDataAt.IsZero() {
			day = inventory.DateOf(w.LastDataAt)
		}
		rows.add(a.ID, day, math.Abs(*w.ClockOffset) > maxClockOffset, false)
	}
	for _, a := range e.assets {
		if runsOrCarries(a.Kind) {
			rows.of(t, a.ID)
		}
	}
}

// alarmsHandled is 21b-05: critical alarms of the last 90 days that nobody acknowledged within 30 minutes. One
// whose 30 minutes had not passed when the file was made is unknown, and so are all when the file tells of no
// acknowledgement at all.
func alarmsHandled(e *estate, t *tally) {
	f := e.facts[DatasetWatch]
	var last time.Time
	told := false
	for i := range f.Watched {
		w := &f.Watched[i]
		told = told || !w.AcknowledgedAt.IsZero()
		for _, at := range []time.Time{w.LastDataAt, w.RaisedAt, w.AcknowledgedAt} {
			if at.After(last) {
				last = at
			}
		}
	}
	rows := verdicts{}
	for i := range f.Watched {
		w := &f.Watched[i]
		if w.Severity != alarmCritical || !within(inventory.DateOf(w.RaisedAt), e.in.AsOf, alarmDays) {
			continue
		}
		id := "alarm:" + w.Asset + " " + cmp.Or(w.Check, w.Metric, w.Severity) + " " + w.RaisedAt.UTC().Format(time.RFC3339)
		waits := w.AcknowledgedAt.IsZero()
		pending := waits && (!told || last.Sub(w.RaisedAt) <= acknowledgeTime)
		rows.add(id, f.TakenAt, !pending && (waits || w.AcknowledgedAt.Sub(w.RaisedAt) > acknowledgeTime), pending)
	}
	rows.tell(t)
}
