// Package group finds which servers of one municipality must or should move together.
//
// It works on plain numbers: servers are indices, Find returns sets of indices. Hard ties (shared
// storage, a cluster, one system) are never cut. Shared services that everybody talks to are found
// first and set apart as foundations, because they would otherwise glue the whole municipality into
// one lump. What is left is divided by who talks with whom: Louvain's method on the weight of the
// traffic, with a limit on the size of a group. The result does not depend on the order of the
// input's ties and flows; ties between equal choices fall to the lower index.
package group

import "slices"

// Problem is one municipality's servers, numbered from 0.
type Problem struct {
	Servers    int
	Ties       []Tie
	Flows      []Flow
	MaxServers int   // size that traffic alone may build; hard ties may exceed it
	MinBytes   int64 // weaker flows do not tie servers together
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
	From, To int
	Port     int
	Bytes    int64 // per day
}

// Group is a set of servers that move together, in ascending order.
type Group struct {
	Members []int
	Role    Role // of a foundation; empty for an ordinary group
}

// Result is the division of all servers into groups: foundations first, then by first member.
type Result struct {
	Groups []Group
	Hubs   []Hub // by server
}

// Find divides the servers. Every server is in exactly one group.
func Find(p Problem) Result {
	hubs := findHubs(p)
	role := make([]Role, p.Servers)
	for _, h := range hubs {
		role[h.Server] = h.Role
	}

	// Strict ties bind everything; one that touches a hub makes the other end a foundation too.
	strict := newSets(p.Servers)
	for _, t := range p.Ties {
		if !t.Soft {
			strict.joinAll(t.Servers)
		}
	}
	setRole := make([]Role, p.Servers) // per strict set: the strongest role within it
	setSize := make([]int, p.Servers)
	for s := range p.Servers {
		setSize[strict.find(s)]++
	}
	for s, r := range role {
		if root := strict.find(s); r != "" && (setRole[root] == "" || r.rank() < setRole[root].rank()) {
			setRole[root] = r
		}
	}

	// Foundations: the sets of one named role make one group as far as the limit on size allows;
	// degree hubs each stand alone.
	groups := map[int]*Group{}
	var foundations []Group
	named := map[Role]int{}     // role → root of its latest group
	planned := map[*Group]int{} // servers that the group will have when all are added
	for s := range p.Servers {
		root := strict.find(s)
		r := setRole[root]
		if r == "" {
			continue
		}
		if g := groups[root]; g != nil {
			g.Members = append(g.Members, s)
			continue
		}
		if r != Shared {
			if first, ok := named[r]; ok && planned[groups[first]]+setSize[root] <= p.MaxServers {
				planned[groups[first]] += setSize[root]
				groups[root] = groups[first]
				groups[root].Members = append(groups[root].Members, s)
				continue
			}
			named[r] = root
		}
		groups[root] = &Group{Members: []int{s}, Role: r}
		planned[groups[root]] = setSize[root]
	}
	seen := map[*Group]bool{}
	for s := range p.Servers {
		if g := groups[strict.find(s)]; g != nil && !seen[g] {
			seen[g] = true
			slices.Sort(g.Members)
			foundations = append(foundations, *g)
		}
	}
	slices.SortStableFunc(foundations, func(a, b Group) int { return a.Role.rank() - b.Role.rank() })

	// The rest: all ties between servers that are no foundation, then communities of what they leave.
	isFoundation := func(s int) bool { return setRole[strict.find(s)] != "" }
	tied := newSets(p.Servers)
	for _, t := range p.Ties {
		tied.joinAll(slices.DeleteFunc(slices.Clone(t.Servers), isFoundation))
	}
	ordinary := communities(p, tied, isFoundation)
	return Result{Groups: append(foundations, ordinary...), Hubs: hubs}
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
