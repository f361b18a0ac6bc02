package nis2

import "github.com/samdrift/samdrift/inventory"

// guardReportDays is how long a protection may be silent.
const guardReportDays = 3

// guarded is 21g-04: servers and endpoints without active protection, or whose protection has been silent
// for more than three days when the system was read. What the system does not know is unknown.
func guarded(e *estate, t *tally) {
	guards := e.facts[DatasetEDR].Guards
	read := newest(guards, func(g *Guard) inventory.Date { return g.ReportedAt })
	last := map[string]*Guard{}
	for i := range guards {
		g := &guards[i]
		if a := e.match(g.Asset); a != nil {
			if before := last[a.ID]; before == nil || before.ReportedAt < g.ReportedAt || before.ReportedAt == g.ReportedAt && !isNot(before.Active) {
				last[a.ID] = g // the newest word counts, and of one day the worst
			}
		}
	}
	for _, a := range e.assets {
		switch a.Kind {
		case inventory.KindServer, inventory.KindVM, inventory.KindEndpoint:
		default:
			continue
		}
		g := last[a.ID]
		silent := g != nil && !within(g.ReportedAt, read, guardReportDays)
		if g == nil || g.Active == nil && !silent {
			t.unknown(a.ID)
			continue
		}
		t.judge(a.ID, read, silent || isNot(g.Active))
	}
}

// encrypted is 21h-04: portable devices whose disk is not encrypted, and servers whose backup copies are
// not. What does not tell is unknown.
func encrypted(e *estate, t *tally) {
	rows := verdicts{}
	for _, d := range e.facts[DatasetDevices].Devices {
		id := "device:" + d.Asset
		if a := e.match(d.Asset); a != nil {
			id = a.ID
		}
		rows.add(id, d.ReportedAt, isNot(d.Encrypted), d.Encrypted == nil || !d.ReportedAt.Known())
	}
	rows.tell(t)
	for _, a := range e.assets {
		if !backupNeeded(a) {
			continue
		}
		id := "backup:" + a.ID
		if a.Backup == nil || a.Backup.Encrypted == nil {
			t.unknown(id)
			continue
		}
		t.judge(id, told(a), !*a.Backup.Encrypted)
	}
}
