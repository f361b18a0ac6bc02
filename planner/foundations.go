package planner

import (
	"slices"

	"github.com/samdrift/samdrift/planner/group"
)

// foundations lists the servers that are taken for shared services, each with why: what others use them
// for, what people have set, or that they cannot be parted from one. Those that people have overruled
// are listed too.
func (in grouping) foundations(found group.Result, of []int, groups []Group) []Foundation {
	var list []Foundation
	listed := map[int]bool{}
	add := func(s int, f Foundation, why ...Reason) {
		listed[s] = true
		f.Asset, f.Municipality, f.Group, f.Reasons = in.movers[s].ID, in.movers[s].Municipality, groups[of[s]].ID, why
		list = append(list, f)
	}
	for _, h := range found.Hubs {
		var why []Reason
		if h.Peers > 0 {
			why = append(why, in.seen(h))
		}
		if h.Chosen {
			why = append(why, reason("foundation_chosen", "asset", in.movers[h.Server].ID, "name", in.movers[h.Server].Name))
		}
		add(h.Server, Foundation{Role: string(h.Role)}, why...)
	}
	for i, g := range found.Groups {
		for _, s := range g.Members {
			if g.Role != "" && !listed[s] {
				add(s, Foundation{Role: groups[i].Role}, reason("foundation_tied", "asset", in.movers[s].ID, "name", in.movers[s].Name))
			}
		}
	}
	for _, h := range found.Overruled {
		if !listed[h.Server] { // one that is tied to another stays a foundation
			add(h.Server, Foundation{Role: string(h.Role), Overruled: true}, in.seen(h),
				reason("foundation_overruled", "asset", in.movers[h.Server].ID, "name", in.movers[h.Server].Name))
		}
	}
	return list
}

// seen says what of a server's traffic makes it a hub.
func (in grouping) seen(h group.Hub) Reason {
	a := in.movers[h.Server]
	if h.Role == group.Shared {
		return reason("hub_degree", "asset", a.ID, "name", a.Name, "peers", h.Peers, "median", h.Median)
	}
	return reason("hub", "asset", a.ID, "name", a.Name, "role", h.Role, "peers", h.Peers, "port", h.Port)
}

// unheard tells of servers that the settings name as shared services or as none, to no effect: they are
// not known, do not move, or are bound to a foundation by a hard tie.
func (e *estate) unheard(p *Plan) {
	moves, kept := map[string]bool{}, map[string]bool{}
	for _, g := range p.Groups {
		for _, id := range g.Assets {
			moves[id] = true
		}
	}
	for _, f := range p.Foundations {
		kept[f.Asset] = !f.Overruled
	}
	s := e.in.Settings
	for _, id := range slices.Sorted(slices.Values(slices.Concat(s.Foundation, s.NotFoundation))) {
		if !moves[id] {
			p.Assumptions = append(p.Assumptions, reason("foundation_unknown", "asset", id))
		} else if kept[id] && slices.Contains(s.NotFoundation, id) {
			p.Assumptions = append(p.Assumptions, reason("foundation_kept", "municipality", e.byID[id].Municipality, "asset", id))
		}
	}
}
