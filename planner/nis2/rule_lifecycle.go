package nis2

import (
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
)

// endOfSupport gives the last day of support of an operating system: as recorded on the asset, else
// from the embedded life-cycle table. An unknown product is unknown, never supported.
func endOfSupport(os inventory.OS) inventory.Date {
	if os.EndOfSupport.Known() {
		return os.EndOfSupport
	}
	cycle, ok := facts.Lifecycle(os.Name, os.Version)
	if !ok {
		return 0
	}
	return cycle.End
}

// excepted tells whether an accepted risk covers the asset's age on the day.
func excepted(a *inventory.Asset, asOf inventory.Date) bool {
	return a.Exception.Until.Known() && a.Exception.Until >= asOf
}

// supportedOS is 21e-01: servers and hypervisors whose operating system is past its end of support.
// Paid extended support is an exception with an end date, so that it stays visible.
func supportedOS(e *estate, t *tally) {
	for _, a := range e.assets {
		switch a.Kind {
		case inventory.KindServer, inventory.KindVM, inventory.KindHypervisor:
			e.judgeAge(t, a, endOfSupport(a.OS), true)
		}
	}
}

// supportedHardware is 21e-02: network and storage equipment past its end of support. Equipment
// whose model, firmware or end of support is unknown is unknown.
func supportedHardware(e *estate, t *tally) {
	for _, a := range e.assets {
		switch a.Kind {
		case inventory.KindSwitch, inventory.KindRouter, inventory.KindFirewall, inventory.KindWLAN, inventory.KindStorage:
			e.judgeAge(t, a, a.HardwareEndOfSupport, a.Model != "" && a.Firmware != "")
		}
	}
}

// judgeAge counts an asset by its end of support. A passed end is a failure even when the rest is
// not known.
func (e *estate) judgeAge(t *tally, a *inventory.Asset, end inventory.Date, described bool) {
	ended := end.Known() && end < e.in.AsOf
	switch {
	case ended && excepted(a, e.in.AsOf):
		t.excuse(a.ID, seen(a))
	case ended:
		t.judge(a.ID, seen(a), true)
	case end.Known() && described:
		t.judge(a.ID, seen(a), false)
	default:
		t.unknown(a.ID)
	}
}
