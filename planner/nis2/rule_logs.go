package nis2

import (
	"slices"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// The ways of signing in that a log platform may tell, and those that are too old.
var (
	signInMethods = []string{"kerberos", "ntlmv2", "saml", "oidc", "certificate", "ldaps", "ntlmv1", "basic", "ldap"}
	oldMethods    = []string{"ntlmv1", "basic", "ldap"}
)

// The days that logs must be kept and that sign-ins are looked back on.
const (
	retentionDays = 365
	signInDays    = 30
)

// logged is 21b-03: business-critical servers and equipment of which the log platform has had no event in
// the 24 hours before it was read, or whose log is kept for less than a year.
func logged(e *estate, t *tally) {
	f := e.facts[DatasetLogs]
	var read time.Time
	for _, l := range f.Logs {
		if l.LastEventAt.After(read) {
			read = l.LastEventAt
		}
	}
	heard := map[string]LogSource{}
	for _, l := range f.Logs {
		a := e.match(l.Source)
		if a == nil {
			continue
		}
		all := heard[a.ID]
		if l.LastEventAt.After(all.LastEventAt) {
			all.LastEventAt = l.LastEventAt
		}
		if l.RetentionDays != nil && (all.RetentionDays == nil || *l.RetentionDays < *all.RetentionDays) {
			all.RetentionDays = l.RetentionDays
		}
		heard[a.ID] = all
	}
	for _, a := range e.assets {
		if !runsOrCarries(a.Kind) || e.critical(a) < inventory.CriticalityBusiness {
			continue
		}
		l := heard[a.ID]
		silent := !l.LastEventAt.IsZero() && read.Sub(l.LastEventAt) > 24*time.Hour
		short := l.RetentionDays != nil && *l.RetentionDays < retentionDays
		if !silent && !short && (l.LastEventAt.IsZero() || l.RetentionDays == nil) {
			t.unknown(a.ID)
			continue
		}
		t.judge(a.ID, inventory.DateOf(read), silent || short)
	}
}

// oldSignIns is 21j-03: kinds of sign-in, by system and method, that were used in the last 30 days with a
// method that shows the password or can be broken.
func oldSignIns(e *estate, t *tally) {
	rows := verdicts{}
	e.signIns(func(l *LogSource, day inventory.Date) {
		id := l.Source + " " + l.Method
		if l.Method == "" {
			id = l.Source + " ?"
		}
		rows.add(id, day, slices.Contains(oldMethods, l.Method), l.Method == "")
	})
	rows.tell(t)
}

// jumpHosts is 21i-07: systems that were administered in the last 30 days from elsewhere than an approved
// jump host.
func jumpHosts(e *estate, t *tally) {
	rows := verdicts{}
	e.signIns(func(l *LogSource, day inventory.Date) {
		if l.From != "" {
			rows.add(l.Source, day, l.From == "elsewhere", l.From == "unknown")
		}
	})
	rows.tell(t)
}

// signIns calls f for the rows that tell of signing in during the 30 days before the data were taken. The
// data are of the day they were taken: a sign-in that lies back is not old data.
func (e *estate) signIns(f func(*LogSource, inventory.Date)) {
	x := e.facts[DatasetLogs]
	for i := range x.Logs {
		l := &x.Logs[i]
		if l.Method == "" && l.From == "" || !l.LastEventAt.IsZero() && !within(inventory.DateOf(l.LastEventAt.UTC()), x.TakenAt, signInDays) {
			continue
		}
		f(l, x.TakenAt)
	}
}
