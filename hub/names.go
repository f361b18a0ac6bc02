package hub

import (
	"strings"
	"sync"

	"github.com/samdrift/samdrift/planner"
)

// naming keeps the names that persons have asked for, by what they may see: every page asks for them, and a
// country has tens of thousands.
type naming struct {
	mu sync.Mutex
	of map[string]map[string]string // by the municipalities whose detail is visible
}

// names gives words for the keys in a plan or gap view: municipalities and centres for everyone, assets,
// groups, systems and sites where the person may see them. The map is shared, and changed by nobody.
func (e *estate) names(sc scope) map[string]string {
	e.named.mu.Lock()
	defer e.named.mu.Unlock()
	key := strings.Join(sc.codes(), " ")
	names := e.named.of[key]
	if names == nil {
		names = e.findNames(sc)
		e.named.of[key] = names
	}
	return names
}

func (e *estate) findNames(sc scope) map[string]string {
	names := e.places()
	for i := range e.snapshot.Assets {
		if a := &e.snapshot.Assets[i]; sc.detail[a.Municipality] {
			names[a.ID] = a.Name
		}
	}
	for i := range e.plan.Groups {
		if g := &e.plan.Groups[i]; sc.detail[g.Municipality] {
			names[g.ID] = g.Name
		}
	}
	for _, x := range e.snapshot.Systems {
		if sc.detail[x.Municipality] {
			names[x.ID] = x.Name
		}
	}
	for _, x := range e.snapshot.Sites {
		if sc.detail[x.Municipality] {
			names[x.ID] = x.Name
		}
	}
	return names
}

// places gives words for municipalities and centres, which everybody may read.
func (e *estate) places() map[string]string {
	names := map[string]string{}
	for _, m := range e.snapshot.Municipalities {
		names[m.Code] = m.Name
	}
	for _, c := range e.snapshot.Centres {
		names[c.ID] = c.Name
	}
	return names
}

// namesIn gives words for places, and for some groups and their assets where the person may see them.
func (e *estate) namesIn(sc scope, groups ...planner.Group) map[string]string {
	names := e.places()
	for _, g := range groups {
		if !sc.detail[g.Municipality] {
			continue
		}
		names[g.ID] = g.Name
		for _, id := range g.Assets {
			if a, ok := e.snapshot.Asset(id); ok {
				names[id] = a.Name
			}
		}
	}
	return names
}
