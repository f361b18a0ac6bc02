package inventory

import (
	"cmp"
	"time"
)

// Flow is traffic observed between two addresses of one municipality, summed over the observation time.
// Merge resolves the addresses to asset ids within the municipality only: private ranges overlap
// between municipalities. A flow is kept for DaysKept days after it was last seen.
type Flow struct {
	Municipality string `json:"municipality"`
	FromIP       string `json:"from_ip"`
	ToIP         string `json:"to_ip"`
	Protocol     string `json:"protocol"`
	Port         int    `json:"port"`
	Process      string `json:"process,omitempty"`
	BytesPerDay  int64  `json:"bytes_per_day"`  // when it was last seen
	From         string `json:"from,omitempty"` // asset id, of who had the address when it was last seen; empty: nobody we know
	To           string `json:"to,omitempty"`

	FirstSeen Date      `json:"first_seen,omitzero"` // unknown: before days were counted
	LastSeen  time.Time `json:"last_seen,omitzero"`  // at the latest look that told of it
	SeenOn    Days      `json:"seen_on,omitzero"`    // empty: not since days were counted
}

// seenBy is the flow as one look tells of it.
func (f Flow) seenBy(o *Observation) Flow {
	f.Municipality, f.From, f.To = o.Municipality, "", ""
	f.FirstSeen, f.LastSeen = DateOf(o.At), o.At
	f.SeenOn = Days{}.With(f.FirstSeen)
	return f
}

// with folds in what another look tells of the same flow: the later one tells how much, and of two at one
// time the one that saw more. The order does not matter.
func (f Flow) with(o Flow) Flow {
	latest, other := o, f
	if c := cmp.Or(f.LastSeen.Compare(o.LastSeen), cmp.Compare(f.BytesPerDay, o.BytesPerDay), cmp.Compare(f.Process, o.Process)); c > 0 {
		latest, other = f, o
	}
	latest.Process = cmp.Or(latest.Process, other.Process) // only the called host knows it
	latest.FirstSeen = min(f.FirstSeen, o.FirstSeen)       // not known before all others
	latest.SeenOn = f.SeenOn.Union(o.SeenOn)
	return latest
}

// forgotten tells whether the flow was last seen too long ago: before all the days that are remembered of
// the latest look at one of its ends. Silence of those who look tells nothing; only what nobody looks at
// goes by the time of the estate.
func (f *Flow) forgotten(looks FlowLooks, at time.Time) bool {
	latest := looks.of(f).Last()
	if !latest.Known() {
		latest = DateOf(at)
	}
	return latest-DateOf(f.LastSeen) >= DaysKept
}

// looksAtFlows tells whether the observation is a look at the traffic of its target, which may have had none.
func (o *Observation) looksAtFlows() bool {
	return len(o.Flows) > 0 || o.Tables["flows"].State == TableComplete
}

// FlowLooks is on which days somebody looked at the traffic of each asset, by id.
type FlowLooks map[string]Days

// FlowLooks gives on which days somebody looked at the traffic of each asset.
func (s *Snapshot) FlowLooks() FlowLooks {
	looks := FlowLooks{}
	for i := range s.Collections {
		if c := &s.Collections[i]; c.Asset != "" && c.FlowsOn != (Days{}) {
			looks[c.Asset] = looks[c.Asset].Union(c.FlowsOn)
		}
	}
	return looks
}

// of gives the days on which somebody looked at one end of the flow at least.
func (l FlowLooks) of(f *Flow) Days {
	var days Days
	for _, end := range [...]string{f.From, f.To} {
		if end != "" {
			days = days.Union(l[end])
		}
	}
	return days
}

// fewestLooks is on how many days somebody must have looked before a share of them says anything.
const fewestLooks = 3

// Seen tells on how many of the observed days a flow was seen. Both are 0 when that is not known: nobody
// looked at either end on more than a couple of days, or it was not seen since days are counted.
func (l FlowLooks) Seen(f *Flow) (days, observed int) {
	looked := l.of(f)
	if looked.Count() < fewestLooks || f.SeenOn.Count() == 0 {
		return 0, 0
	}
	// On a day when it was seen somebody looked, be it from elsewhere on the network.
	all := looked.Union(f.SeenOn)
	if days = f.SeenOn.upTo(all.Last()).Count(); days == 0 {
		return 0, 0
	}
	return days, all.Count()
}
