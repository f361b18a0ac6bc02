package nis2

import "github.com/samdrift/samdrift/inventory"

// Fill is how full an asset is, as the monitoring measures it.
type Fill struct {
	// Now is the largest share in use among its volumes and its memory, 0-1.
	Now float64 `json:"now"`
	// Soon is the largest share of a volume in use 30 days from now, if the growth of the last week goes on.
	// nil: a volume has been measured for less than a week; 0: there is no volume.
	Soon *float64 `json:"soon"`
}

// fullShare is the share in use from which an asset counts as full in 21c-08.
const fullShare = 0.9

// capacityWatched is 21c-08: business-critical assets of which a volume or the memory is more than 90 % in use, or
// a volume will be within 30 days, or an uplink was loaded more than 90 % for a twentieth of the last week; and
// links to a centre loaded so. Assets of which nothing is measured and that have no uplink are no members;
// without monitoring, all critical servers and equipment are unknown.
func capacityWatched(e *estate, t *tally) {
	day, rows := inventory.DateOf(e.moment), verdicts{}
	loaded := func(id, key string) {
		load, measured := e.in.Loads[key]
		rows.add(id, day, load > fullShare, !measured)
	}
	for _, a := range e.assets {
		if !runsOrCarries(a.Kind) || e.critical(a) < inventory.CriticalityBusiness {
			continue
		}
		if e.in.Fills == nil {
			t.unknown(a.ID)
			continue
		}
		if fill, measured := e.in.Fills[a.ID]; measured {
			rows.add(a.ID, day, fill.Now > fullShare || fill.Soon != nil && *fill.Soon >= fullShare, fill.Soon == nil)
		}
		for _, port := range e.uplinks(a) {
			loaded(a.ID, port.Key())
		}
	}
	for _, l := range e.links {
		loaded("link:"+l.ID, l.ID)
	}
	rows.tell(t)
}
