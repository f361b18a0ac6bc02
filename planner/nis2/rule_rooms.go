package nis2

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Reading is what an asset has told of itself and the room around it in the last hour.
type Reading struct {
	// Critical tells whether one of its states is critical; nil: it told none.
	Critical *bool `json:"critical,omitempty"`
	// Coldest and Warmest are of its thermometers of the room, in °C; nil: it told none.
	Coldest *float64 `json:"coldest,omitempty"`
	Warmest *float64 `json:"warmest,omitempty"`
}

// The limits of 21c-07. The temperatures are what ordinary servers are made for (ASHRAE class A2, allowable).
const (
	batteryTestDays = 365
	coldest         = 10.0 // °C
	warmest         = 35.0 // °C
	readingAge      = time.Hour
)

// roomOf names a room as a member. What nobody has placed stands in an unknown one.
func roomOf(site, room string) string {
	id := "room:" + first(site, "?")
	if room != "" {
		id += "/" + room
	}
	return id
}

// site finds the site that another system means, by id or by a name that only one has; what is not found stands
// as it was told.
func (e *estate) site(key string) (id string, known bool) {
	if id = e.bySite[strings.ToLower(key)]; id != "" {
		return id, true
	}
	return key, false
}

// sitesOf gives the sites where a kind of equipment stands; empty for equipment that nobody has placed.
func (e *estate) sitesOf(holds func(*inventory.Asset) bool) map[string]bool {
	sites := map[string]bool{}
	for _, a := range e.assets {
		if holds(a) {
			sites[a.Site] = true
		}
	}
	return sites
}

// stands tells whether a kind of asset is a thing that stands in a server room or cross-connect.
func stands(kind inventory.Kind) bool { return runsOrCarries(kind) && kind != inventory.KindVM }

// roomsGuarded is 21i-09: rooms with servers or network equipment that have no electronic access log or no
// door alarm. A site with such equipment of which the file tells nothing is unknown.
func roomsGuarded(e *estate, t *tally) {
	f, rows := e.facts[DatasetAccess], verdicts{}
	sites := e.sitesOf(func(a *inventory.Asset) bool { return stands(a.Kind) })
	for _, r := range f.Doors {
		site, _ := e.site(r.Site)
		delete(sites, site)
		rows.add(roomOf(site, r.Room), f.TakenAt, isNot(r.Log) || isNot(r.Alarm), r.Log == nil || r.Alarm == nil)
	}
	rows.tell(t)
	for site := range sites {
		t.unknown(roomOf(site, ""))
	}
}

// roomsPowered is 21c-07: rooms with servers or core network without a sound UPS whose battery passed a test in
// the last year, without a temperature in the last hour, or with one outside the limits. The monitoring tells
// of a site as a whole; where the file knows several rooms of a site, only the file tells them apart.
func roomsPowered(e *estate, t *tally) {
	sites := e.sitesOf(func(a *inventory.Asset) bool {
		return stands(a.Kind) && (a.Kind != inventory.KindSwitch || e.critical(a) >= inventory.CriticalityBusiness)
	})
	told, rows := map[string][]*Climate{}, verdicts{}
	var taken inventory.Date
	var newest time.Time
	if f := e.facts[DatasetClimate]; f != nil {
		taken = f.TakenAt
		for i := range f.Climates {
			r := &f.Climates[i]
			site, _ := e.site(r.Site)
			told[site], sites[site] = append(told[site], r), true
			if r.MeasuredAt.After(newest) {
				newest = r.MeasuredAt
			}
		}
	}
	equipment := map[string][]*inventory.Asset{}
	for _, a := range e.assets {
		if _, read := e.in.Readings[a.ID]; (read || a.Kind == inventory.KindUPS) && a.Site != "" {
			equipment[a.Site] = append(equipment[a.Site], a)
		}
	}
	for _, site := range slices.Sorted(maps.Keys(sites)) {
		rooms, here := told[site], equipment[site]
		if len(rooms) == 0 {
			rooms = []*Climate{{Site: site}}
		} else if len(rooms) > 1 {
			here = nil
		}
		for _, r := range rooms {
			id := roomOf(site, r.Room)
			e.power(rows, id, here, r, taken)
			e.temperature(rows, id, here, r, taken, newest)
		}
	}
	rows.tell(t)
}

// power judges the UPSs of a room: one that is sound and tested is enough.
func (e *estate) power(rows verdicts, id string, here []*inventory.Asset, r *Climate, taken inventory.Date) {
	now := inventory.DateOf(e.moment)
	best := &verdict{day: now, unknown: true} // as long as there is none
	met := false
	count := func(faulty *bool, tested, day inventory.Date) {
		recent := within(tested, e.in.AsOf, batteryTestDays)
		v := &verdict{day: day, fails: is(faulty) || tested.Known() && !recent}
		v.unknown = !v.fails && (faulty == nil || !recent)
		if !met || v.better(best) {
			best, met = v, true
		}
	}
	for _, a := range here {
		if a.Kind != inventory.KindUPS {
			continue
		}
		tested, day := batteryTest(a), now
		if r.BatteryTest.Known() && (!tested.Known() || r.BatteryTest > tested) {
			// A test that was passed stays passed, but that there was none in a year is as old as the file.
			if tested = r.BatteryTest; !within(tested, e.in.AsOf, batteryTestDays) {
				day = taken
			}
		}
		count(e.in.Readings[a.ID].Critical, tested, day)
	}
	if r.UPSOK != nil {
		faulty := !*r.UPSOK
		count(&faulty, r.BatteryTest, taken)
	}
	rows.add(id, best.day, best.fails, best.unknown)
}

// better tells whether a verdict speaks more for a room than another: in order before unknown before failing.
func (m *verdict) better(other *verdict) bool {
	rank := func(v *verdict) int {
		switch {
		case v.fails:
			return 2
		case v.unknown:
			return 1
		}
		return 0
	}
	return rank(m) < rank(other)
}

// batteryTest gives the day of the latest battery test that a UPS tells it passed.
func batteryTest(a *inventory.Asset) inventory.Date {
	var last inventory.Date
	for _, s := range a.Sensors {
		if s.Class == "date" && s.Name == "Battery test" {
			last = max(last, inventory.Date(s.Value))
		}
	}
	return last
}

// temperature judges the thermometers of a room.
func (e *estate) temperature(rows verdicts, id string, here []*inventory.Asset, r *Climate, taken inventory.Date, newest time.Time) {
	known := false
	count := func(low, high float64, day inventory.Date, silent bool) {
		known = true
		rows.add(id, day, silent || low < coldest || high > warmest, false)
	}
	for _, a := range here {
		if x := e.in.Readings[a.ID]; x.Coldest != nil && x.Warmest != nil {
			count(*x.Coldest, *x.Warmest, inventory.DateOf(e.moment), false)
		}
	}
	if r.Temperature != nil {
		count(*r.Temperature, *r.Temperature, taken, newest.Sub(r.MeasuredAt) > readingAge)
	}
	if !known {
		rows.add(id, inventory.DateOf(e.moment), false, true)
	}
}
