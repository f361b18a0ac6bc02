// Package group finds which servers of one municipality must or should move together.
//
// It works on plain numbers: servers are indices, Find returns sets of indices. Hard ties (shared
// storage, a cluster, one system, one directory domain) are never cut. Shared services that everybody
// talks to are found first and set apart as foundations, because they would otherwise glue the whole
// municipality into one lump. What is left is divided by who talks with whom: Leiden's method on the
// weight of the traffic, with a limit on the size of a group. Explain tells why a server is where it is.
//
// The result does not depend on the order of the input's ties and flows.
package group

import "slices"

// Problem is one municipality's servers, numbered from 0.
type Problem struct {
	Servers    int
	Ties       []Tie
	Flows      []Flow
	MaxServers int   // size that traffic alone may build, at least 1; hard ties may exceed it
	MinBytes   int64 // weaker flows do not tie servers together
	Seed       uint64

	// What people have decided about shared services, over what is found. A server that a hard tie
	// binds to a foundation is part of it all the same.
	Foundation, NotFoundation []int
}

// Tie says that servers must move together.
type Tie struct {
	Servers []int
	// Soft ties (one system on several servers) do not pull a foundation into a group: a shared
	// database under twenty systems would pull all twenty together. Others hold without exception.
	Soft bool
}

// Flow is traffic from one server to another that listens on Port.
type Flow struct {
	From, To    int
	Port        int
	Bytes       int64   // per day
	Persistence float64 // share of the observed days on which it was seen, 0-1; 0: not known
}

// Group is a set of servers that move together, in ascending order.
type Group struct {
	Members []int
	Role    Role // of a foundation; empty for an ordinary group
}

// Result is the division of all servers into groups: foundations first, then by first member.
type Result struct {
	Groups    []Group
	Hubs      []Hub   // why servers are foundations, by server
	Overruled []Hub   // what would be one, had people not said otherwise, by server
	Domains   [][]int // directory servers that answer each other: one domain each, never parted
}

// Find divides the servers. Every server is in exactly one group.
func Find(p Problem) Result {
	strict, roles, r := bind(p)
	r.Groups = foundations(p, strict, roles)
	tied := looser(p, strict, roles)
	r.Groups = append(r.Groups, communities(p, tied, roles)...)
	return r
}

// bind finds the hubs and joins what must never be parted. roles gives for each server what its set is
// a foundation for; empty for an ordinary one.
func bind(p Problem) (strict sets, roles []Role, r Result) {
	r.Hubs, r.Overruled = findHubs(p)
	strict = newSets(p.Servers)
	for _, t := range p.Ties {
		if !t.Soft {
			strict.joinAll(t.Servers)
		}
	}
	roles = spread(r.Hubs, strict)
	domains := newSets(p.Servers)
	for _, f := range p.Flows {
		if domainPorts[f.Port] && f.From != f.To && roles[f.From] == Directory && roles[f.To] == Directory {
			domains.joinAll([]int{f.From, f.To})
			strict.joinAll([]int{f.From, f.To})
		}
	}
	members := map[int][]int{}
	for s := range p.Servers {
		root := domains.find(s)
		members[root] = append(members[root], s)
	}
	for s := range p.Servers {
		if len(members[s]) > 1 {
			r.Domains = append(r.Domains, members[s])
		}
	}
	return strict, roles, r
}

// spread gives every server the strongest role within its set: one that is tied to a hub is a
// foundation too.
func spread(hubs []Hub, strict sets) []Role {
	ofSet := map[int]Role{}
	for _, h := range hubs {
		root := strict.find(h.Server)
		if old, ok := ofSet[root]; !ok || h.Role.rank() < old.rank() {
			ofSet[root] = h.Role
		}
	}
	roles := make([]Role, len(strict))
	for s := range roles {
		roles[s] = ofSet[strict.find(s)]
	}
	return roles
}

// foundations makes one group of the sets of each named role as far as the limit on size allows; shared
// servers stand alone. They come in the order of their roles.
func foundations(p Problem, strict sets, roles []Role) []Group {
	ofSet := map[int][]int{}
	for s, r := range roles {
		if r != "" {
			root := strict.find(s)
			ofSet[root] = append(ofSet[root], s)
		}
	}
	var groups []Group
	latest := map[Role]int{} // role → its group that still has room
	for s, r := range roles {
		members := ofSet[s]
		if members == nil {
			continue // not the first of its set
		}
		if at, ok := latest[r]; ok && r != Shared && len(groups[at].Members)+len(members) <= p.MaxServers {
			groups[at].Members = append(groups[at].Members, members...)
			continue
		}
		latest[r] = len(groups)
		groups = append(groups, Group{Members: members, Role: r})
	}
	for i := range groups {
		slices.Sort(groups[i].Members)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return a.Role.rank() - b.Role.rank() })
	return groups
}

// looser joins the soft ties as well, between servers that are no foundation.
func looser(p Problem, strict sets, roles []Role) sets {
	tied := slices.Clone(strict)
	for _, t := range p.Ties {
		if t.Soft {
			tied.joinAll(slices.DeleteFunc(slices.Clone(t.Servers), func(s int) bool { return roles[s] != "" }))
		}
	}
	return tied
}

// sets is union-find in which the lowest index of a set is its root.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) find(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s sets) joinAll(servers []int) {
	for i := 1; i < len(servers); i++ {
		a, b := s.find(servers[i-1]), s.find(servers[i])
		s[max(a, b)] = min(a, b)
	}
}
