package nis2

import (
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
		switch a.Kind {
		case inventory.KindServer, inventory.KindVM, inventory.KindHypervisor, inventory.KindStorage,
			inventory.KindSwitch, inventory.KindRouter, inventory.KindFirewall:
		default:
			continue
		}
		if e.critical(a) < inventory.CriticalityBusiness {
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
