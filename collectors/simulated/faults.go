package simulated

import (
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// fault is what is wrong with a device's answers.
type fault string

// The faults of devices in the demo, as met in real networks.
const (
	faultDown    fault = "down"    // never answers
	faultSlow    fault = "slow"    // every answer takes long
	faultRefuses fault = "refuses" // its user has another password than the collector was given
	faultLies    fault = "lies"    // counts more interfaces than it has
	faultLoops   fault = "loops"   // its component table runs in a circle
	faultStops   fault = "stops"   // falls silent in the middle of a table
	faultTooBig  fault = "toobig"  // answers tooBig where it should send less
)

// slowness is what a slow device takes for each answer.
const slowness = 80 * time.Millisecond

// spoil throws which devices have a fault: one of each kind, and a few more that are down.
func (e *Estate) spoil() {
	d := e.dice("faults")
	for _, f := range []struct {
		fault fault
		fits  func(*device) bool
	}{
		{faultRefuses, func(v *device) bool { return v.speaks == "3" && v.host == nil }},
		{faultLoops, func(v *device) bool { return v.kind == inventory.KindSwitch && v.speaks == "2c" }},
		{faultLies, func(v *device) bool { return v.kind == inventory.KindSwitch }},
		{faultTooBig, func(v *device) bool { return v.kind == inventory.KindSwitch && v.speaks == "2c" }},
		{faultSlow, func(v *device) bool { return v.kind == inventory.KindSwitch && v.speaks != "1" }},
		{faultStops, func(v *device) bool { return v.kind == inventory.KindWLAN }},
		{faultDown, func(v *device) bool { return v.kind == inventory.KindSwitch }},
		{faultDown, func(v *device) bool { return v.kind == inventory.KindUPS }},
	} {
		var fitting []*device
		for _, m := range e.members {
			for _, v := range m.devices {
				// Core switches stay whole: the demo's map of the network hangs on them.
				if v.fault == "" && f.fits(v) && (v.kind != inventory.KindSwitch || v.site != m.sites[0].ID) {
					fitting = append(fitting, v)
				}
			}
		}
		if len(fitting) > 0 {
			pick(d, fitting).fault = f.fault
		}
	}
}
