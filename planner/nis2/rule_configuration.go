package nis2

import "github.com/samdrift/samdrift/inventory"

// How old a saved configuration may be, and how far back changes are looked at.
const (
	savedDays  = 7
	changeDays = 90
)

// hardened is 21e-05: servers and network equipment whose configuration has not been saved for a week, or
// that deviate from their baseline without approval. Without a baseline they are unknown.
func hardened(e *estate, t *tally) {
	f, rows := e.facts[DatasetConfig], verdicts{}
	saved := map[string]inventory.Date{}
	for _, r := range f.Configs {
		if a := e.match(r.Asset); a != nil {
			saved[a.ID] = max(saved[a.ID], r.SavedAt)
		}
	}
	for _, r := range f.Configs {
		a := e.match(r.Asset)
		if a == nil || r.ChangeAt.Known() && !r.SavedAt.Known() { // a row that tells of a change only
			continue
		}
		late := saved[a.ID].Known() && !within(saved[a.ID], f.TakenAt, savedDays)
		deviates := r.Baseline != "" && r.Deviations != nil && *r.Deviations > 0
		rows.add(a.ID, f.TakenAt, late || deviates, !saved[a.ID].Known() || r.Baseline == "" || r.Deviations == nil)
	}
	for _, a := range e.assets {
		switch a.Kind {
		case inventory.KindServer, inventory.KindVM, inventory.KindSwitch, inventory.KindRouter, inventory.KindFirewall:
			rows.of(t, a.ID)
		}
	}
}

// changesApproved is 21e-08: changes of the last 90 days on business-critical assets that no approved record
// covers. One of the last day may still get its record and is unknown.
func changesApproved(e *estate, t *tally) {
	f, rows := e.facts[DatasetConfig], verdicts{}
	for _, r := range f.Configs {
		a := e.match(r.Asset)
		if a == nil || e.critical(a) < inventory.CriticalityBusiness || !within(r.ChangeAt, e.in.AsOf, changeDays) {
			continue
		}
		open := r.ChangeRef == ""
		young := open && within(r.ChangeAt, f.TakenAt, 1)
		rows.add(a.ID+" "+r.ChangeAt.String()+" "+first(r.ChangeRef, "?"), f.TakenAt, open && !young, young)
	}
	rows.tell(t)
}
