package planner

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/group"
)

// ClusterPorts are the ports on which members of a cluster keep in touch (Windows failover cluster,
// Corosync, Heartbeat): servers that talk on them are one service and move together.
var ClusterPorts = []int{694, 3343, 5404, 5405}

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
		movers := e.movers[a.Municipality]
		if len(movers) == 0 {
			if !a.Host {
				a.Reasons = append(a.Reasons, reason("nothing_to_move"))
			}
			continue
		}
		p.Groups = append(p.Groups, e.groupsOf(a, movers)...)
	}
	slices.SortFunc(p.Groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
}

// largestGroup is the size that traffic alone may build: what the cooperation allows, and what can be
// cut over in one night and one wave.
func (s Settings) largestGroup() int {
	return min(s.MaxGroupServers, s.MaxWaveServers, s.CrewsPerCentre*s.ServersPerCrewNight)
}

func (e *estate) groupsOf(a *Assignment, movers []*inventory.Asset) []Group {
	index := make(map[string]int, len(movers))
	for i, m := range movers {
		index[m.ID] = i
	}
	ties := e.ties(a.Municipality, movers, index)
	problem := group.Problem{Servers: len(movers), MaxServers: e.in.Settings.largestGroup(), MinBytes: e.in.Settings.MinFlowBytesPerDay}
	for _, t := range ties {
		problem.Ties = append(problem.Ties, group.Tie{Servers: t.servers, Soft: t.soft})
	}
	var flows []inventory.Flow
	for _, f := range e.flows[a.Municipality] {
		from, ok1 := index[f.From]
		to, ok2 := index[f.To]
		if ok1 && ok2 {
			flows = append(flows, f)
			problem.Flows = append(problem.Flows, group.Flow{From: from, To: to, Port: f.Port, Bytes: f.BytesPerDay})
		}
	}
	found := group.Find(problem)

	of := make([]int, len(movers)) // server → group
	groups := make([]Group, len(found.Groups))
	for i, g := range found.Groups {
		for _, s := range g.Members {
			of[s] = i
		}
		groups[i] = e.describe(a, movers, g)
	}
	for _, h := range found.Hubs {
		g := &groups[of[h.Server]]
		if h.Role == group.Shared {
			g.Ties = append(g.Ties, reason("hub_degree", "asset", movers[h.Server].ID, "name", movers[h.Server].Name, "peers", h.Peers, "median", h.Median))
		} else {
			g.Ties = append(g.Ties, reason("hub", "asset", movers[h.Server].ID, "name", movers[h.Server].Name, "role", h.Role, "peers", h.Peers, "port", h.Port))
		}
	}
	for _, t := range ties {
		// A soft tie to a foundation was not followed: only the servers in one group are told.
		within := map[int]int{}
		for _, s := range t.servers {
			within[of[s]]++
		}
		for i := range groups {
			if n := within[i]; n > 1 {
				groups[i].Ties = append(groups[i].Ties, t.why.with("servers", n))
			}
		}
	}
	e.traffic(flows, index, of, groups)
	for i := range groups {
		g := &groups[i]
		if n := len(g.Assets); n > e.in.Settings.MaxGroupServers {
			g.Ties = append(g.Ties, reason("group_too_large", "servers", n, "limit", e.in.Settings.MaxGroupServers))
		}
		if len(g.Ties) == 0 {
			g.Ties = append(g.Ties, reason("alone", "name", g.Name))
		}
	}
	return groups
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
	g.ID = a.Municipality + "-" + g.Assets[0]
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
	type pair struct{ a, b int }
	type load struct {
		pair
		bytes, heaviest int64
		port            int
	}
	within, across := map[pair]*load{}, map[pair]*load{}
	for _, f := range flows {
		from, to := index[f.From], index[f.To]
		where, key := across, pair{min(of[from], of[to]), max(of[from], of[to])}
		if of[from] == of[to] {
			where, key = within, pair{min(from, to), max(from, to)}
		}
		l := where[key]
		if l == nil {
			l = &load{pair: key, heaviest: -1}
			where[key] = l
		}
		l.bytes += f.BytesPerDay
		if f.BytesPerDay > l.heaviest {
			l.heaviest, l.port = f.BytesPerDay, f.Port
		}
	}
	heaviestFirst := func(m map[pair]*load) []*load {
		out := make([]*load, 0, len(m))
		for _, l := range m {
			out = append(out, l)
		}
		slices.SortFunc(out, func(x, y *load) int {
			return cmp.Or(cmp.Compare(y.bytes, x.bytes), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
		})
		return out
	}
	listed := make([]int, len(groups))
	id := make(map[int]string, len(index))
	for asset, i := range index {
		id[i] = asset
	}
	for _, l := range heaviestFirst(within) {
		g := of[l.a]
		if l.bytes < e.in.Settings.MinFlowBytesPerDay || listed[g] == maxTrafficTies {
			continue
		}
		listed[g]++
		groups[g].Ties = append(groups[g].Ties, reason("traffic", "from", e.byID[id[l.a]].Name, "to", e.byID[id[l.b]].Name,
			"mb_per_day", float64(l.bytes)/1e6, "port", l.port))
	}
	for _, l := range heaviestFirst(across) {
		groups[l.a].Cut = append(groups[l.a].Cut, CutEdge{Group: groups[l.b].ID, BytesPerDay: l.bytes, Port: l.port})
		groups[l.b].Cut = append(groups[l.b].Cut, CutEdge{Group: groups[l.a].ID, BytesPerDay: l.bytes, Port: l.port})
	}
}
