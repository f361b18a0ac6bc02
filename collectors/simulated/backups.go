package simulated

import (
	"time"

	"github.com/samdrift/samdrift/collectors/agent"
	"github.com/samdrift/samdrift/inventory"
)

// never is the lag of a backup that has not run once.
const never = -1

// backup is what the backup agent on a server knows.
type backup struct {
	lag            int // nights since the last success; never: none yet
	minute         int // of the night
	offline        *bool
	immutable      *bool
	copySite       string
	encrypted      *bool
	restoreTestAt  inventory.Date
	restoreOK      *bool
	restoreMinutes int
}

// throwBackup decides how a server is backed up: most last night, some with old or no success, some
// never tested, and some that nobody has told about (nil).
func (m *member) throwBackup(s *server, asOf inventory.Date) *backup {
	d, neglect := m.dice, 1-m.care
	if d.chance(0.03 + 0.1*neglect) {
		return nil
	}
	b := &backup{
		minute:    d.between(0, 300),
		offline:   d.maybe(0.25+0.5*m.care, 0.2*neglect),
		immutable: d.maybe(0.1+0.7*m.care, 0.2*neglect),
		encrypted: d.maybe(0.6+0.4*m.care, 0.3*neglect),
	}
	switch {
	case d.chance(0.12 * neglect):
		b.lag = never
	case d.chance(0.25 * neglect):
		b.lag = d.between(3, 120)
	}
	if d.chance(0.3 + 0.6*m.care) {
		b.copySite = host + "-driftscenter"
		if m.Code == host {
			b.copySite = host + "-raadhus"
		}
	} else if d.chance(0.6) {
		b.copySite = s.site
	}
	if d.chance(0.2 + 0.6*m.care) {
		b.restoreTestAt = asOf.AddDays(-d.between(5, 300+int(900*neglect)))
		b.restoreOK = d.maybe(0.93, 0)
		b.restoreMinutes = d.between(15, 900)
	}
	return b
}

// report gives what the backup agent says at a moment.
func (b *backup) report(now time.Time) *agent.Backup {
	r := &agent.Backup{
		Product: "Demo Backup", Offline: b.offline, Immutable: b.immutable, CopySite: b.copySite, Encrypted: b.encrypted,
		RestoreTestAt: b.restoreTestAt.Time(), RestoreOK: b.restoreOK, RestoreMinutes: b.restoreMinutes,
	}
	if b.lag != never {
		run := now.UTC().Truncate(24 * time.Hour).Add(time.Duration(b.minute) * time.Minute)
		if run.After(now) {
			run = run.AddDate(0, 0, -1)
		}
		r.LastSuccess = run.AddDate(0, 0, -b.lag)
	}
	return r
}
