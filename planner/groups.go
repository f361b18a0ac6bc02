package planner

import (
	"cmp"
	"maps"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/group"
)

// ClusterPorts are the ports on which members of a cluster or copies of one database keep in touch:
// servers that talk on them are one service and move together.
var ClusterPorts = slices.Sorted(maps.Keys(group.HeartbeatPorts))

// tie is why two or more servers must move together.
type tie struct {
	servers []int
	soft    bool
	why     Reason
}

// makeGroups divides the servers of every municipality that has some to move.
func (e *estate) makeGroups(p *Plan) {
	for i := range p.Assignments {
		a := &p.Assignments[i]
		if len(e.movers[a.Municipality]) == 0 {
			if !a.Host {
				a.Reasons = append(a.Reasons, reason("nothing_to_move"))
			}
			continue
		}
		groups, foundations := e.groupsOf(a)
		p.Groups = append(p.Groups, groups...)
		p.Foundations = append(p.Foundations, foundations...)
	}
	e.unheard(p)
	slices.SortFunc(p.Foundations, func(a, b Foundation) int { return cmp.Compare(a.Asset, b.Asset) })
	slices.SortFunc(p.Groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
}

// largestGroup is the size that traffic alone may build: what the cooperation allows, and what can be
// cut over in one night and one wave.
func (s Settings) largestGroup() int {
	return min(s.MaxGroupServers, s.MaxWaveServers, s.CrewsPerCentre*s.ServersPerCrewNight)
}

// grouping is what the servers of one municipality are divided by.
type grouping struct {
	movers  []*inventory.Asset
	index   map[string]int // asset → place in movers
	ties    []tie
	flows   []inventory.Flow // between two movers
	problem group.Problem
}

func (e *estate) grouping(municipality string) grouping {
	s := e.in.Settings
	g := grouping{movers: e.movers[municipality], index: map[string]int{}}
	for i, m := range g.movers {
		g.index[m.ID] = i
	}
	g.problem = group.Problem{Servers: len(g.movers), MaxServers: s.largestGroup(), MinBytes: s.MinFlowBytesPerDay,
		Foundation: g.places(s.Foundation), NotFoundation: g.places(s.NotFoundation)}
	g.ties = e.ties(municipality, g.movers, g.index)
	for _, t := range g.ties {
		g.problem.Ties = append(g.problem.Ties, group.Tie{Servers: t.servers, Soft: t.soft})
	}
	for _, f := range e.flows[municipality] {
		from, ok1 := g.index[f.From]
		to, ok2 := g.index[f.To]
		if ok1 && ok2 {
			g.flows = append(g.flows, f)
			g.problem.Flows = append(g.problem.Flows, group.Flow{From: from, To: to, Port: f.Port, Bytes: f.BytesPerDay, Persistence: e.persistence(&f)})
		}
	}
	return g
}

// persistence is the share of the observed days on which a flow was seen; 0: not known.
func (e *estate) persistence(f *inventory.Flow) float64 {
	days, observed := e.looks.Seen(f)
	return float64(days) / float64(max(observed, 1))
}

// places gives the places of those assets that are among the movers.
func (g grouping) places(ids []string) []int {
	var at []int
	for _, id := range ids {
		if i, ok := g.index[id]; ok {
			at = append(at, i)
		}
	}
	return at
}

// groupsOf divides the servers of one municipality, and lists what it takes for shared services.
func (e *estate) groupsOf(a *Assignment) ([]Group, []Foundation) {
	in := e.grouping(a.Municipality)
	found := group.Find(in.problem)
	of := make([]int, len(in.movers)) // server → group
	groups := make([]Group, len(found.Groups))
	for i, g := range found.Groups {
		for _, s := range g.Members {
			of[s] = i
		}
		groups[i] = e.describe(a, in.movers, g)
	}
	foundations := in.foundations(found, of, groups)
	for _, f := range foundations {
		if !f.Overruled {
			g := &groups[of[in.index[f.Asset]]]
			g.Ties = append(g.Ties, f.Reasons...)
		}
	}
	for _, d := range found.Domains {
		g := &groups[of[d[0]]]
		g.Ties = append(g.Ties, reason("same_domain", "servers", len(d)))
	}
	for _, t := range in.ties {
		// A soft tie to a foundation was not followed: only the servers in one group are told.
		within := map[int]int{}
		for _, s := range t.servers {
			within[of[s]]++
		}
		for i, n := range within {
			if n > 1 {
				groups[i].Ties = append(groups[i].Ties, t.why.with("servers", n))
			}
		}
	}
	e.traffic(in.flows, in.index, of, groups)
	for i := range groups {
		g := &groups[i]
		if n := len(g.Assets); n > e.in.Settings.MaxGroupServers {
			g.Ties = append(g.Ties, reason("group_too_large", "servers", n, "limit", e.in.Settings.MaxGroupServers))
		}
		if len(g.Ties) == 0 {
			g.Ties = append(g.Ties, reason("alone", "name", g.Name))
		}
	}
	return groups, foundations
}

// ties finds what binds servers whatever their traffic: shared storage, cluster membership, one system.
func (e *estate) ties(municipality string, movers []*inventory.Asset, index map[string]int) []tie {
	var ties []tie
	storage := map[string][]int{}
	for i, m := range movers {
		ids := map[string]bool{}
		for _, v := range m.Volumes {
			if v.SharedID != "" && !ids[v.SharedID] {
				ids[v.SharedID] = true
				storage[v.SharedID] = append(storage[v.SharedID], i)
			}
		}
	}
	for _, id := range sortedKeys(storage) {
		if servers := storage[id]; len(servers) > 1 {
			ties = append(ties, tie{servers: servers, why: reason("shared_storage", "storage", id, "servers", len(servers))})
		}
	}
	for _, f := range e.flows[municipality] {
		from, ok1 := index[f.From]
		to, ok2 := index[f.To]
		if ok1 && ok2 && slices.Contains(ClusterPorts, f.Port) {
			ties = append(ties, tie{servers: []int{min(from, to), max(from, to)}, why: reason("cluster", "port", f.Port, "servers", 2)})
		}
	}
	for _, sys := range e.systems[municipality] {
		var servers []int
		for _, id := range slices.Compact(slices.Sorted(slices.Values(sys.Assets))) {
			runs := slices.ContainsFunc(e.systemsOf[id], func(s inventory.System) bool { return s.ID == sys.ID })
			if i, ok := index[id]; ok && runs {
				servers = append(servers, i)
			}
		}
		if len(servers) > 1 {
			ties = append(ties, tie{servers: servers, soft: true, why: reason("same_system", "system", sys.Name, "servers", len(servers))})
		}
	}
	return ties
}

// describe fills in what follows from a group's members.
func (e *estate) describe(a *Assignment, movers []*inventory.Asset, found group.Group) Group {
	g := Group{Municipality: a.Municipality, Centre: a.Centre, Foundation: found.Role != "", Role: string(found.Role), Ties: []Reason{}, Binding: []Reason{}}
	var total size
	var main inventory.System
	var largest *inventory.Asset
	systems := map[string]bool{}
	for _, s := range found.Members {
		asset := movers[s]
		g.Assets = append(g.Assets, asset.ID)
		g.Criticality = max(g.Criticality, asset.Criticality)
		total = total.add(e.sizes[asset.ID])
		if largest == nil || e.sizes[asset.ID].transferGB > e.sizes[largest.ID].transferGB {
			largest = asset
		}
		for _, sys := range e.systemsOf[asset.ID] {
			if systems[sys.ID] {
				continue
			}
			systems[sys.ID] = true
			g.Systems = append(g.Systems, sys.ID)
			g.Criticality = max(g.Criticality, sys.Criticality)
			if main.ID == "" || cmp.Or(cmp.Compare(sys.Criticality, main.Criticality), cmp.Compare(sys.Users, main.Users), cmp.Compare(main.ID, sys.ID)) > 0 {
				main = sys
			}
		}
	}
	slices.Sort(g.Systems)
	g.ID = groupID(a.Municipality, g.Assets[0])
	g.Name = largest.Name
	if main.ID != "" && !g.Foundation {
		g.Name = main.Name
	}
	g.Demand, g.TransferGB = total.Capacity, total.transferGB
	return g
}

// maxTrafficTies is how many of a group's strongest connections are listed as reasons.
const maxTrafficTies = 5

// traffic lists the strongest connections within each group, and what crosses between groups.
func (e *estate) traffic(flows []inventory.Flow, index map[string]int, of []int, groups []Group) {
	within, across := loads{}, loads{}
	name := make([]string, len(of))
	for i := range flows {
		f := &flows[i]
		from, to := index[f.From], index[f.To]
		name[from], name[to] = e.byID[f.From].Name, e.byID[f.To].Name
		if of[from] == of[to] {
			within.add(from, to, f)
		} else {
			across.add(of[from], of[to], f)
		}
	}
	listed := make([]int, len(groups))
	for _, l := range within.heaviestFirst() {
		g := of[l.a]
		if l.bytes < e.in.Settings.MinFlowBytesPerDay || listed[g] == maxTrafficTies {
			continue
		}
		listed[g]++
		rule, params := "traffic", []any{"from", name[l.a], "to", name[l.b], "mb_per_day", float64(l.bytes) / 1e6, "port", l.port}
		if days, observed := e.looks.Seen(l.main); observed > 0 {
			rule, params = "traffic_seen", append(params, "days", days, "observed", observed)
		}
		groups[g].Ties = append(groups[g].Ties, reason(rule, params...))
	}
	for _, l := range across.heaviestFirst() {
		cut := CutEdge{BytesPerDay: l.bytes, Port: l.port}
		cut.Class, cut.ClassPort = l.mostHurt()
		for _, end := range [][2]int{{l.a, l.b}, {l.b, l.a}} {
			cut.Group = groups[end[1]].ID
			groups[end[0]].Cut = append(groups[end[0]].Cut, cut)
		}
	}
}
