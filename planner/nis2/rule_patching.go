package nis2

import "github.com/samdrift/samdrift/inventory"

// The days that updates may be missing and that grave holes may be open.
const (
	criticalUpdateDays  = 14
	importantUpdateDays = 30
	graveHoleDays       = 14
	patchReportDays     = 7
	scanDays            = 30
)

// patched is 21e-03: servers and hypervisors that have missed a critical update for more than 14 days or
// an important one for more than 30.
func patched(e *estate, t *tally) {
	rows := verdicts{}
	for _, r := range e.facts[DatasetPatches].Patches {
		a := e.match(r.Asset)
		if a == nil {
			continue
		}
		if !within(r.ReportedAt, e.in.AsOf, patchReportDays) {
			rows.add(a.ID, r.ReportedAt, false, true)
			continue
		}
		missing := r.Missing == nil || *r.Missing > 0
		late := func(limit int) bool { return r.OldestDays != nil && *r.OldestDays > limit }
		fails := r.Missing != nil && *r.Missing > 0 && (r.Severity == "critical" && late(criticalUpdateDays) || r.Severity == "important" && late(importantUpdateDays))
		// A row that could hide a late update: what is missing, how grave it is or since when is not told.
		minor := r.Severity == "moderate" || r.Severity == "low"
		inTime := r.OldestDays != nil && (*r.OldestDays <= criticalUpdateDays || r.Severity == "important" && *r.OldestDays <= importantUpdateDays)
		unknown := missing && !minor && !inTime
		rows.add(a.ID, r.ReportedAt, fails, unknown)
	}
	for _, a := range e.assets {
		switch a.Kind {
		case inventory.KindServer, inventory.KindVM, inventory.KindHypervisor:
			rows.of(t, a.ID)
		}
	}
}

// holesClosed is 21e-04: assets with a hole that is known to be exploited or scores at least 9.0 and has
// been open for more than 14 days. Servers and network equipment that were not scanned are unknown.
func holesClosed(e *estate, t *tally) {
	rows := verdicts{}
	for _, r := range e.facts[DatasetScanner].Holes {
		a := e.match(r.Asset)
		if a == nil || !within(r.ScannedAt, e.in.AsOf, scanDays) {
			continue
		}
		found := r.CVE != "" || r.CVSS != nil || r.Exploited != nil
		if !found || r.ClosedAt.Known() && r.ClosedAt <= e.in.AsOf {
			rows.add(a.ID, r.ScannedAt, false, false)
			continue
		}
		grave := is(r.Exploited) || r.CVSS != nil && *r.CVSS >= 9
		harmless := isNot(r.Exploited) && r.CVSS != nil && !grave
		fresh := within(r.FirstSeen, e.in.AsOf, graveHoleDays)
		rows.add(a.ID, r.ScannedAt, grave && r.FirstSeen.Known() && !fresh, !harmless && !fresh)
	}
	for _, a := range e.assets {
		switch a.Kind {
		case inventory.KindServer, inventory.KindVM, inventory.KindHypervisor, inventory.KindSwitch, inventory.KindRouter, inventory.KindFirewall:
			rows.of(t, a.ID)
		default:
			if rows[a.ID] != nil {
				rows.of(t, a.ID)
			}
		}
	}
}
