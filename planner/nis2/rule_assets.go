package nis2

import (
	"strconv"

	"github.com/samdrift/samdrift/inventory"
)

// matchDays is how far back a device counts as being on the net.
const matchDays = 30

// assetsMatched is 21i-01: what is on the net against what the inventory holds. Members are the
// assets that collectors read in the last 30 days, plus names that they give for their neighbours
// and hypervisors and that the inventory does not know. Targets that no collector has ever read
// are unknown.
func assetsMatched(e *estate, t *tally) {
	strangers := map[string]inventory.Date{}
	stranger := func(name string, day inventory.Date) {
		if key := hostKey(name); key != "" && e.byName[key] == nil && within(day, e.in.AsOf, matchDays) {
			strangers[key] = max(strangers[key], day)
		}
	}
	for _, a := range e.assets {
		day := seen(a)
		if within(day, e.in.AsOf, matchDays) {
			t.judge(a.ID, day, a.Owner == "")
		}
		for _, n := range a.Neighbours {
			stranger(n.RemoteName, day)
		}
		stranger(a.RunsOn, day)
	}
	for name, day := range strangers {
		t.judge("name:"+name, day, true)
	}
	for _, look := range e.looks {
		if look.Asset == "" && look.LastOK.IsZero() && look.Status != inventory.StatusOK && look.Status != inventory.StatusPartial {
			t.unknown("target:" + look.Collector + " " + look.Source)
		}
	}
}

// classified is 21i-02: systems and assets that lack class or owner.
func classified(e *estate, t *tally) {
	kept := false
	for _, s := range e.systems {
		kept = kept || s.Class != "" || s.Owner != ""
	}
	for _, a := range e.assets {
		kept = kept || a.Class != "" || a.Owner != ""
	}
	for _, s := range e.systems {
		t.kept(kept, s.ID, e.register, s.Class == "" || s.Owner == "")
	}
	for _, a := range e.assets {
		t.kept(kept, a.ID, max(e.register, seen(a)), a.Class == "" || a.Owner == "")
	}
}

// picture is 21i-03: links that devices tell of, and traffic to business-critical systems, whose
// other end the inventory does not know. Network equipment that tells of no neighbour is unknown.
func picture(e *estate, t *tally) {
	for _, a := range e.assets {
		switch a.Kind {
		case inventory.KindSwitch, inventory.KindRouter, inventory.KindFirewall, inventory.KindWLAN:
			if len(a.Neighbours) == 0 {
				t.unknown(a.ID)
			}
		}
		for _, n := range a.Neighbours {
			t.judge(a.ID+" "+n.LocalPort, seen(a), e.named(n.RemoteName) == nil)
		}
	}
	for _, f := range e.flows {
		if to := e.byID[f.To]; to != nil && e.critical(to) >= inventory.CriticalityBusiness {
			t.judge(f.FromIP+" → "+f.ToIP+" "+f.Protocol+"/"+strconv.Itoa(f.Port), seen(to), e.byID[f.From] == nil)
		}
	}
}
