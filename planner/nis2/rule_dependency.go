package nis2

import (
	"maps"

	"github.com/samdrift/samdrift/inventory"
)

// weakLink is 21c-06: systems critical to society that one host, one shared storage, one switch or
// one line can take down. A system is cut by what all its servers stand on; a system that is
// not mapped well enough to tell is unknown. Power feeds and firewalls are not in the graph yet.
func weakLink(e *estate, t *tally) {
	above := e.switchesAbove()
	for _, s := range e.systemsFrom(inventory.CriticalitySociety) {
		var common map[string]bool
		mapped, day := len(s.Assets) > 0, e.in.AsOf
		for _, id := range s.Assets {
			a := e.byID[id]
			if a == nil {
				mapped, common = false, map[string]bool{}
				continue
			}
			needs, whole := e.needs(a, above)
			mapped = mapped && whole
			day = min(day, seen(a))
			if common == nil {
				common = needs
			} else {
				maps.DeleteFunc(common, func(node string, _ bool) bool { return !needs[node] })
			}
		}
		if len(common) == 0 && !mapped {
			t.unknown(s.ID)
			continue
		}
		t.judge(s.ID, day, len(common) > 0)
	}
}

// needs gives what a server cannot run without, and whether all of it is mapped.
func (e *estate) needs(a *inventory.Asset, above map[string]map[string]bool) (nodes map[string]bool, whole bool) {
	nodes = map[string]bool{}
	host := a
	if a.Kind == inventory.KindVM {
		host = e.named(a.RunsOn)
	}
	if host != nil {
		nodes["host "+host.ID] = true
		up := above[host.ID]
		whole = len(up) > 0
		if len(up) == 1 {
			for name := range up {
				nodes["switch "+name] = true
			}
		}
	}
	for _, v := range a.Volumes {
		if v.SharedID != "" {
			nodes["storage "+v.SharedID] = true
		}
	}
	if a.OperatedBy != "" {
		line, known := e.onlyLine(a.OperatedBy)
		whole = whole && known
		if line != "" {
			nodes["line "+line] = true
		}
	}
	return nodes, whole
}

// switchesAbove gives, per asset, the names of the network devices it is wired to, from what
// either end tells.
func (e *estate) switchesAbove() map[string]map[string]bool {
	above := map[string]map[string]bool{}
	note := func(id, name string) {
		if above[id] == nil {
			above[id] = map[string]bool{}
		}
		above[id][hostKey(name)] = true
	}
	for _, a := range e.assets {
		for _, n := range a.Neighbours {
			other := e.named(n.RemoteName)
			if a.Kind != inventory.KindSwitch && a.Kind != inventory.KindRouter {
				note(a.ID, n.RemoteName)
			} else if other != nil {
				note(other.ID, a.Name)
			}
		}
	}
	return above
}

// onlyLine gives the municipality's only line to a centre when it is not doubled, and whether the
// lines are known at all.
func (e *estate) onlyLine(centre string) (id string, known bool) {
	count, doubled := 0, false
	var only *inventory.Link
	for _, l := range e.links {
		if l.Centre == centre {
			count++
			only = l
			doubled = doubled || l.Redundant != nil && *l.Redundant
		}
	}
	switch {
	case count == 0:
		return "", false
	case count > 1 || doubled:
		return "", true
	case only.Redundant == nil:
		return "", false
	}
	return only.ID, true
}
