package track

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Schedule is earned schedule: on which day of the baseline as much should have been done as has been
// done now. It counts servers whose groups have a promised date.
type Schedule struct {
	Start   inventory.Date `json:"start"`   // first promised seeding
	Finish  inventory.Date `json:"finish"`  // last promised cutover
	Planned int            `json:"planned"` // servers that should have been cut over by now
	Earned  int            `json:"earned"`  // servers that have been
	Total   int            `json:"total"`
	Elapsed float64        `json:"elapsed_days"` // since the start, until today or until all was done
	EarnedT float64        `json:"earned_days"`  // when the baseline had this much done, in days since the start
	// SPI is earned days over elapsed days: 1 on time, below 1 late. Nil before the start.
	SPI *float64 `json:"spi"`
	// ByPace is when the last cutover is if the schedule keeps this pace; nil before anything is earned,
	// when everything is, and when it would take more than a hundred years.
	ByPace *inventory.Date `json:"by_pace,omitempty"`
}

// schedule compares the baseline's curve with what has been earned.
func (l *log) schedule() Schedule {
	s := Schedule{}
	night := map[inventory.Date]int{}
	for i, p := range l.in.Baseline.Promises {
		if !p.Cutover.Known() {
			continue
		}
		if !s.Start.Known() || p.Start < s.Start {
			s.Start = p.Start
		}
		s.Finish = max(s.Finish, p.Cutover)
		s.Total += p.Servers
		s.Earned += l.groups[i].Done
		night[p.Cutover] += p.Servers
		if p.Cutover <= l.in.AsOf {
			s.Planned += p.Servers
		}
	}
	if s.Total == 0 || l.in.AsOf < s.Start {
		return s
	}
	until := l.in.AsOf
	if s.Earned == s.Total {
		until = l.finished()
	}
	s.Elapsed = s.days(until)
	if s.Elapsed <= 0 {
		return s // all was done before the promised start
	}
	s.EarnedT = s.earnedOn(night)
	spi := s.EarnedT / s.Elapsed
	s.SPI = &spi
	if days := s.days(s.Finish) / spi; spi > 0 && s.Earned < s.Total && days < 36_500 {
		finish := s.Start.AddDays(int(days+0.5) - 1)
		s.ByPace = &finish
	}
	return s
}

// days counts the days from the start to a date, both included.
func (s Schedule) days(d inventory.Date) float64 { return float64(d-s.Start) + 1 }

// earnedOn finds when the baseline had as much done as has been earned. Where the baseline stands still
// (a weekend, a freeze) every day of the pause fits, and the one nearest to today counts. Within a night
// it is the part of the night's servers.
func (s Schedule) earnedOn(night map[inventory.Date]int) float64 {
	nights := make([]inventory.Date, 0, len(night))
	for d := range night {
		nights = append(nights, d)
	}
	slices.Sort(nights)
	done, since := 0, 0.0 // servers done by the night before, and when that was reached
	for _, d := range nights {
		before := s.days(d) - 1 // the end of the day before
		if s.Earned == done {
			return min(max(s.Elapsed, since), before)
		}
		if s.Earned < done+night[d] {
			return before + float64(s.Earned-done)/float64(night[d])
		}
		done, since = done+night[d], s.days(d)
	}
	return since
}

// finished is when the last of the promised servers was done.
func (l *log) finished() inventory.Date {
	var last inventory.Date
	for i, p := range l.in.Baseline.Promises {
		if p.Cutover.Known() {
			last = max(last, l.groups[i].CutOverOn)
		}
	}
	return last
}

// History is how the promised cutover of a group has moved from version to version of the plan.
type History struct {
	Group    string    `json:"group"`
	Versions []Version `json:"versions"` // oldest first; only those that changed the date
	Days     int       `json:"days"`     // from the first date to the last
}

// Version is what one version of the plan promised. An unknown date: the group had none.
type Version struct {
	Version string         `json:"version"`
	Frozen  inventory.Date `json:"frozen"`
	Cutover inventory.Date `json:"cutover,omitzero"`
}

// history lists the groups whose promised date has changed.
func history(versions []Baseline) []History {
	of := map[string][]Version{}
	for _, b := range versions {
		for _, p := range b.Promises {
			seen := of[p.Group]
			if len(seen) == 0 || seen[len(seen)-1].Cutover != p.Cutover {
				of[p.Group] = append(seen, Version{b.Version, b.Frozen, p.Cutover})
			}
		}
	}
	out := []History{}
	for group, v := range of {
		if len(v) < 2 {
			continue
		}
		h := History{Group: group, Versions: v}
		if first, last := v[0].Cutover, v[len(v)-1].Cutover; first.Known() && last.Known() {
			h.Days = int(last - first)
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b History) int { return cmp.Compare(a.Group, b.Group) })
	return out
}
