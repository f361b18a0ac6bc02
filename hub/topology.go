package hub

import (
	"context"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// TopologyView is the network of one municipality, or of one of its sites.
type TopologyView struct {
	Meta
	Hidden         bool             `json:"hidden"` // the role may see no equipment at all
	Municipality   string           `json:"municipality"`
	Municipalities []string         `json:"municipalities"` // codes that may be asked for
	Site           string           `json:"site,omitempty"` // slug; empty: all sites
	Sites          []inventory.Site `json:"sites"`
	Nodes          []TopologyNode   `json:"nodes"` // equipment with at least one connection or sighting
	inventory.Topology
	Silent int `json:"silent"` // network devices that tell of no connection
}

// TopologyNode is an asset on the map.
type TopologyNode struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	Kind   inventory.Kind   `json:"kind"`
	Site   string           `json:"site,omitempty"`
	Status inventory.Status `json:"status"` // worst of its latest looks
}

// Topology answers how the equipment of a municipality is cabled. Without a municipality it is the
// first that the person may see; with a site only what has an end there.
func (h *Hub) Topology(_ context.Context, p Person, municipality, site string) (TopologyView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return TopologyView{}, err
	}
	v := TopologyView{Meta: e.meta(sc), Municipality: municipality, Site: site, Municipalities: sc.codes()}
	if len(v.Municipalities) == 0 && municipality == "" {
		v.Hidden = true
		return v, nil
	}
	if v.Municipality == "" {
		v.Municipality = v.Municipalities[0]
	}
	if !sc.detail[v.Municipality] {
		return TopologyView{}, sc.forbidden("the network of " + v.Municipality)
	}
	v.Sites = only(e.snapshot.Sites, func(s inventory.Site) bool { return s.Municipality == v.Municipality })
	assets := only(e.snapshot.Assets, func(a inventory.Asset) bool {
		return a.Municipality == v.Municipality && a.Presence != inventory.Gone
	})
	v.Topology = inventory.Cable(assets)
	v.atSite(e, assets)
	return v, nil
}

// atSite keeps what has an end at the site and lists the equipment that is left.
func (v *TopologyView) atSite(e *estate, assets []inventory.Asset) {
	here := func(id string) bool { return v.Site == "" || e.rows[e.rowOf[id]].asset.Site == v.Site }
	v.Connections = slices.DeleteFunc(v.Connections, func(c inventory.Connection) bool { return !here(c.A.Asset) && !here(c.B.Asset) })
	v.Unknown = slices.DeleteFunc(v.Unknown, func(s inventory.Sighting) bool {
		return !slices.ContainsFunc(s.SeenBy, func(end inventory.End) bool { return here(end.Asset) })
	})
	shown := map[string]bool{}
	for _, c := range v.Connections {
		shown[c.A.Asset], shown[c.B.Asset] = true, true
	}
	for _, s := range v.Unknown {
		for _, end := range s.SeenBy {
			shown[end.Asset] = true
		}
	}
	for _, a := range assets {
		r := &e.rows[e.rowOf[a.ID]]
		switch {
		case shown[a.ID]:
			v.Nodes = append(v.Nodes, TopologyNode{a.ID, r.asset.Name, r.asset.Kind, r.asset.Site, r.status})
		case here(a.ID) && (a.Kind == inventory.KindSwitch || a.Kind == inventory.KindRouter || a.Kind == inventory.KindFirewall):
			v.Silent++
		}
	}
}
