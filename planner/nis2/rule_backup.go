package nis2

import (
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// backupNeeded tells whether an asset must have a backup: servers and virtual machines, unless it
// was decided that they need none.
func backupNeeded(a *inventory.Asset) bool {
	return a.Kind.Moves() && (a.Backup == nil || !a.Backup.Exempt)
}

// told gives the day on which the backup system last told about the asset.
func told(a *inventory.Asset) inventory.Date {
	if a.Backup.ReportedAt.IsZero() {
		return seen(a)
	}
	return inventory.DateOf(a.Backup.ReportedAt)
}

// backedUp is 21c-03: servers whose last good backup is older than the strictest data loss goal of
// the systems on them, though never less than a day.
func backedUp(e *estate, t *tally) {
	for _, a := range e.assets {
		if !backupNeeded(a) {
			continue
		}
		if a.Backup == nil {
			t.unknown(a.ID)
			continue
		}
		limit := time.Duration(max(e.goals[a.ID], 24) * float64(time.Hour))
		t.judge(a.ID, told(a), a.Backup.LastSuccess.IsZero() || e.moment.Sub(a.Backup.LastSuccess) > limit)
	}
}

// isolatedCopy is 21c-04: business-critical servers without a copy that is both cut off or
// unchangeable and at another site.
func isolatedCopy(e *estate, t *tally) {
	for _, a := range e.assets {
		if !backupNeeded(a) || e.critical(a) < inventory.CriticalityBusiness {
			continue
		}
		b := a.Backup
		if b == nil {
			t.unknown(a.ID)
			continue
		}
		isolated := b.Offline != nil && *b.Offline || b.Immutable != nil && *b.Immutable
		switch {
		case !isolated && b.Offline != nil && b.Immutable != nil:
			t.judge(a.ID, told(a), true)
		case !isolated, b.CopySite == "", a.Site == "":
			t.unknown(a.ID)
		default:
			t.judge(a.ID, told(a), b.CopySite == a.Site)
		}
	}
}

// restoreTested is 21c-05: business-critical systems whose servers have not all been restored with
// success in the last year within the system's recovery time goal. One server that fails decides;
// otherwise one that is unknown leaves the system unknown.
func restoreTested(e *estate, t *tally) {
	for _, s := range e.systemsFrom(inventory.CriticalityBusiness) {
		fails, unknown, tested := false, s.RTOHours <= 0, 0
		day := e.in.AsOf
		for _, id := range s.Assets {
			a := e.byID[id]
			if a == nil || a.Backup == nil {
				unknown = true
				continue
			}
			b := a.Backup
			if b.Exempt {
				continue
			}
			tested++
			day = min(day, told(a))
			minutes := float64(b.RestoreMinutes)
			switch {
			case b.RestoreOK != nil && !*b.RestoreOK, !within(b.RestoreTestAt, e.in.AsOf, 365),
				s.RTOHours > 0 && minutes > s.RTOHours*60:
				fails = true
			case b.RestoreOK == nil || b.RestoreMinutes == 0:
				unknown = true
			}
		}
		if !fails && (unknown || tested == 0) {
			t.unknown(s.ID)
			continue
		}
		t.judge(s.ID, day, fails)
	}
}
