package planner

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/group"
)

// roundTrips is how often one action of a user asks and waits for an answer, by class, worst first. They
// are rules of thumb: a form of a line-of-business system makes some two hundred calls to its database,
// a file is opened and saved in about a hundred steps. Copies, mail, backup and monitoring wait for
// nobody.
var roundTrips = [...]struct {
	class group.Class
	trips float64
}{{group.Database, 200}, {group.File, 100}, {group.Lookup, 20}, {group.Application, 10}, {group.Queue, 5}}

// feltMS is the latency that a link across a region may well have. Where more than this goes unnoticed,
// an unknown latency is not worth a warning.
const feltMS = 10

// load is the traffic between two servers, or two groups.
type load struct {
	a, b, port      int
	bytes, heaviest int64
	main            *inventory.Flow // the heaviest
	class           [len(roundTrips)]struct {
		port            int
		bytes, heaviest int64
	}
}

// loads are kept by the two ends, the lower first.
type loads map[[2]int]*load

func (ls loads) add(a, b int, f *inventory.Flow) {
	key := [2]int{min(a, b), max(a, b)}
	l := ls[key]
	if l == nil {
		l = &load{a: key[0], b: key[1], heaviest: -1}
		ls[key] = l
	}
	l.bytes += f.BytesPerDay
	if f.BytesPerDay > l.heaviest {
		l.heaviest, l.port, l.main = f.BytesPerDay, f.Port, f
	}
	of := group.ClassOf(f.Port)
	for i := range roundTrips {
		if c := &l.class[i]; roundTrips[i].class == of && f.BytesPerDay > 0 {
			c.bytes += f.BytesPerDay
			if f.BytesPerDay > c.heaviest {
				c.heaviest, c.port = f.BytesPerDay, f.Port
			}
		}
	}
}

func (ls loads) heaviestFirst() []*load {
	out := make([]*load, 0, len(ls))
	for _, l := range ls {
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y *load) int {
		return cmp.Or(cmp.Compare(y.bytes, x.bytes), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	return out
}

// mostHurt gives the class of the traffic that a long line hurts most, and its heaviest port.
func (l *load) mostHurt() (class string, port int) {
	for i, c := range l.class {
		if c.bytes > 0 {
			return string(roundTrips[i].class), c.port
		}
	}
	return "", 0
}

// judgeCuts says of all traffic between groups for how long it crosses the link, and whether people will
// notice. Groups that move the same night are never apart.
func (e *estate) judgeCuts(p *Plan) {
	cutover, at := map[string]inventory.Date{}, map[string]float64{}
	for _, g := range p.Groups {
		cutover[g.ID] = g.Cutover
		if _, ok := at[g.Municipality]; !ok {
			at[g.Municipality] = e.latency(g.Municipality, g.Centre)
		}
	}
	type key struct {
		municipality, class string
		port                int
	}
	known := map[key][]Reason{} // thousands of edges have the same few reasons
	for i := range p.Groups {
		g := &p.Groups[i]
		for k := range g.Cut {
			cut := &g.Cut[k]
			if other := cutover[cut.Group]; g.Cutover.Known() && other.Known() {
				if cut.DaysApart = int(max(g.Cutover-other, other-g.Cutover)); cut.DaysApart == 0 {
					continue
				}
			}
			id := key{g.Municipality, cut.Class, cut.ClassPort}
			why, ok := known[id]
			if !ok {
				why = e.judgeCut(at[g.Municipality], cut.Class, cut.ClassPort)
				known[id] = why
			}
			cut.Reasons = why
		}
	}
}

// judgeCut says what a line of that latency, in milliseconds, does to traffic; 0 is not known.
func (e *estate) judgeCut(latency float64, class string, port int) []Reason {
	limit, trips := e.in.Settings.MaxWaitMS, 0.0
	for _, r := range roundTrips {
		if string(r.class) == class {
			trips = r.trips
		}
	}
	switch {
	case limit == 0 || trips == 0:
	case latency == 0 && limit/trips <= feltMS:
		return []Reason{reason("cut_latency_unknown", "protocol", class, "port", port, "most_ms", limit/trips)}
	case latency*trips > limit:
		return []Reason{reason("cut_slow", "protocol", class, "port", port, "round_trips", trips, "latency_ms", latency,
			"wait_ms", latency*trips, "limit_ms", limit)}
	}
	return nil
}

// latency gives the lowest known latency of the fastest known links, in milliseconds; 0: not known.
func (e *estate) latency(municipality, centre string) float64 {
	mbps, lowest := 0, 0.0
	for _, l := range e.in.Snapshot.Links {
		if l.Municipality != municipality || l.Centre != centre || l.Mbps < mbps {
			continue
		}
		if l.Mbps > mbps {
			mbps, lowest = l.Mbps, 0
		}
		if l.LatencyMS > 0 && (lowest == 0 || l.LatencyMS < lowest) {
			lowest = l.LatencyMS
		}
	}
	return lowest
}
