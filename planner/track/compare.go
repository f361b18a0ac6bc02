package track

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Slip is a group that is later than promised, and whom that touches.
type Slip struct {
	Group        string         `json:"group"`
	Name         string         `json:"name"`
	Wave         string         `json:"wave,omitempty"`
	Municipality string         `json:"municipality"`
	Centre       string         `json:"centre"`
	Planned      inventory.Date `json:"planned"`
	Expected     inventory.Date `json:"expected"`
	AtLeast      bool           `json:"at_least"`
	Done         bool           `json:"done"` // it has been cut over, late
	Days         int            `json:"days"`
	Waves        []string       `json:"waves"`  // later waves of the municipality that are not done
	Groups       []string       `json:"groups"` // not done: those it exchanges traffic with, and those that rest on it
}

// Compare holds the plan against what happened. It fails only on settings or input that make no sense;
// events that fit nothing are listed.
func Compare(in Input) (Report, error) {
	s := in.Settings
	switch {
	case !in.AsOf.Known():
		return Report{}, errors.New("track: today's date is missing; give --as-of or read the clock")
	case s.Runs < 1 || s.Runs > 1_000_000 || s.MinWeeks < 1 || s.MaxWeeks < 1 || s.MaxWeeks > 5_200:
		return Report{}, fmt.Errorf("track: settings are %+v, want 1 to 1,000,000 runs, at least 1 week, and at most 5,200", s)
	}
	if i := slices.IndexFunc(in.Baseline.Promises, func(p Promise) bool { return p.Servers < 1 }); i >= 0 {
		return Report{}, fmt.Errorf("track: group %q of the baseline has %d servers, want at least 1", in.Baseline.Promises[i].Group, in.Baseline.Promises[i].Servers)
	}
	l := fold(in)
	l.expect()
	r := Report{AsOf: in.AsOf, Version: in.Baseline.Version, Groups: l.groups, Waves: l.waves(), Schedule: l.schedule(),
		Throughput: l.throughput(), Slips: l.slips(), Unmatched: l.unmatched}
	r.Forecast = l.forecast(r.Throughput)
	r.History = history(append(slices.Clone(in.Earlier), in.Baseline))
	return r, nil
}

// slips lists what is late, worst first.
func (l *log) slips() []Slip {
	of := map[string][]int{} // groups that are not done, by municipality
	for i, g := range l.groups {
		if g.Done < g.Servers {
			of[g.Municipality] = append(of[g.Municipality], i)
		}
	}
	slips := []Slip{}
	for i, g := range l.groups {
		if g.SlipDays <= 0 {
			continue
		}
		p := l.in.Baseline.Promises[i]
		s := Slip{Group: g.Group, Name: g.Name, Wave: g.Wave, Municipality: g.Municipality, Centre: p.Centre, Planned: g.Planned,
			Expected: g.Expected, AtLeast: g.AtLeast, Done: g.Done == g.Servers, Days: g.SlipDays, Waves: []string{}, Groups: []string{}}
		for _, k := range of[g.Municipality] {
			other := l.in.Baseline.Promises[k]
			if other.Wave != "" && other.Wave != g.Wave && other.Start >= p.Start && other.Cutover > p.Cutover {
				s.Waves = append(s.Waves, other.Wave)
			}
			if k == i || !p.Foundation && !slices.Contains(p.Partners, other.Group) {
				continue
			}
			s.Groups = append(s.Groups, other.Group)
		}
		slices.Sort(s.Waves)
		s.Waves = slices.Compact(s.Waves)
		slips = append(slips, s)
	}
	slices.SortFunc(slips, func(a, b Slip) int { return cmp.Or(cmp.Compare(b.Days, a.Days), cmp.Compare(a.Group, b.Group)) })
	return slips
}
