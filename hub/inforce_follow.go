package hub

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// following is where the dates in force have gone. The estate changes, groups are made anew, and a group's
// id is that of its first server: a date belongs to servers, not to an id.
type following struct {
	into  []string       // by date in force: the group of now that has it; empty: none has
	most  []part         // by date in force: the group of now with most of its servers; of 0 servers: none has any
	date  map[string]int // group of now → the date in force that it has
	parts map[string]int // other group of now → the date in force of which it has most servers
}

// part is what a group of now has of the servers of a group in force.
type part struct {
	date   int
	group  string
	shared int
}

// follow finds for each date in force the group of now that has most of its servers, one group for one
// date: the largest parts first, of equal ones that which kept its id. Nights that have passed come last,
// since nobody keeps them. A date from before servers were kept goes by the id of its group.
func (a *Adoption) follow(now map[string][]string, asOf inventory.Date) following {
	f := following{into: make([]string, len(a.Dates)), most: make([]part, len(a.Dates)), date: map[string]int{}, parts: map[string]int{}}
	parts := a.parts(now)
	passed := func(p part) int {
		if a.Dates[p.date].Cutover <= asOf {
			return 1
		}
		return 0
	}
	renamed := func(p part) int {
		if a.Dates[p.date].Group != p.group {
			return 1
		}
		return 0
	}
	slices.SortFunc(parts, func(x, y part) int {
		return cmp.Or(passed(x)-passed(y), y.shared-x.shared, renamed(x)-renamed(y),
			cmp.Compare(a.Dates[x.date].Group, a.Dates[y.date].Group), cmp.Compare(x.group, y.group))
	})
	for _, p := range parts {
		if f.most[p.date].shared == 0 {
			f.most[p.date] = p
		}
		if _, taken := f.date[p.group]; !taken && f.into[p.date] == "" {
			f.into[p.date], f.date[p.group] = p.group, p.date
		}
	}
	for _, p := range parts {
		_, dated := f.date[p.group]
		if _, known := f.parts[p.group]; !dated && !known {
			f.parts[p.group] = p.date
		}
	}
	return f
}

// parts lists what the groups of now have of those in force.
func (a *Adoption) parts(now map[string][]string) []part {
	in := map[string]string{} // asset → its group now
	for id, assets := range now {
		for _, asset := range assets {
			in[asset] = id
		}
	}
	var parts []part
	for i, d := range a.Dates {
		shared := map[string]int{}
		if _, there := now[d.Group]; there && len(d.Assets) == 0 {
			shared[d.Group] = max(d.Servers, 1)
		}
		for _, asset := range d.Assets {
			if id, there := in[asset]; there {
				shared[id]++
			}
		}
		for id, n := range shared {
			parts = append(parts, part{i, id, n})
		}
	}
	return parts
}

// followed gives the dates in force by the groups of now that have them.
func (a *Adoption) followed(f following) []SetDate {
	var dates []SetDate
	for i, d := range a.Dates {
		if f.into[i] != "" {
			d.Group = f.into[i]
			dates = append(dates, d)
		}
	}
	return dates
}

// What became of a group in force whose servers are in other groups now.
const (
	Followed = "followed" // most of them are in Into, and the date with them
	Parted   = "parted"   // some of them are in Into, which is new; the date is with most of the others, in Keeper
	Joined   = "joined"   // most of them are in Into, which has the date of Keeper, of which it has more
)

// Regrouped is a group in force whose servers are in other groups now.
type Regrouped struct {
	SetDate         // the group as it was put in force
	What    string  `json:"what"`
	Into    SetDate `json:"into"`   // the group of now, with the date that it has
	Shared  int     `json:"shared"` // servers of both; 0: not known
	Keeper  string  `json:"keeper"` // name of the group of now that has the date (parted), or in force whose date is kept (joined)
}

// String tells it in English.
func (r Regrouped) String() string {
	switch r.What {
	case Parted:
		return fmt.Sprintf("%d servers of %s (%s) are in %s (%s) now, which is new: its proposal is %s, and %s keeps %s", r.Shared, r.Name, r.Group, r.Into.Name, r.Into.Group, r.Into.Cutover, r.Keeper, r.Cutover)
	case Joined:
		return fmt.Sprintf("%s (%s, %s) has gone together with %s in %s (%s): the date %s is kept", r.Name, r.Group, r.Cutover, r.Keeper, r.Into.Name, r.Into.Group, r.Into.Cutover)
	}
	return fmt.Sprintf("%s (%s) is now %s (%s): the date %s follows %d of %d servers", r.Name, r.Group, r.Into.Name, r.Into.Group, r.Cutover, r.Shared, r.Servers)
}

// shared counts the servers of a group in force that a group of now has.
func (d SetDate) shared(g planner.Group) int {
	n := 0
	for _, id := range d.Assets {
		if _, there := slices.BinarySearch(g.Assets, id); there {
			n++
		}
	}
	return n
}
