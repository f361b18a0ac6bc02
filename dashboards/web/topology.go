package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

type topologyPage struct {
	frame
	V      hub.TopologyView
	Owners []option
	Sites  []option
	Map    template.HTML
	Nodes  map[string]string // asset id → name
}

func (s *server) topology(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Topology(r.Context(), p, r.URL.Query().Get("municipality"), r.URL.Query().Get("site"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := topologyPage{frame: s.frame(r, "nav.topology", v.Meta, crumb{language(r).T("nav.overview"), "/"}), V: v, Nodes: map[string]string{}}
	l := page.locale
	for _, code := range v.Municipalities {
		page.Owners = append(page.Owners, option{code, page.Names[code], code == v.Municipality})
	}
	slices.SortFunc(page.Owners, func(a, b option) int { return l.Compare(a.Words, b.Words) })
	for _, site := range v.Sites {
		page.Sites = append(page.Sites, option{site.ID, site.Name, site.ID == v.Site})
	}
	page.draw()
	s.render(w, r, http.StatusOK, "topology", page)
}

// core tells what others hang below, the higher the more.
var core = map[inventory.Kind]int{
	inventory.KindRouter: 3, inventory.KindFirewall: 3, inventory.KindSwitch: 2, inventory.KindWLAN: 1, inventory.KindHypervisor: 1,
}

// draw makes the map. Devices that are only seen stand on it too, marked by their words.
func (p *topologyPage) draw() {
	l := p.locale
	var nodes []chart.NetworkNode
	for _, n := range p.V.Nodes {
		p.Nodes[n.ID] = n.Name
		words := l.Or("kind.", string(n.Kind))
		if n.Status != "" {
			words += ", " + l.Or("status.", string(n.Status))
		}
		nodes = append(nodes, chart.NetworkNode{
			ID: n.ID, Label: n.Name, Words: words, Class: string(n.Kind), Href: "/assets/" + n.ID, Core: core[n.Kind],
			Bad: n.Status != "" && n.Status != inventory.StatusOK,
		})
	}
	slices.SortFunc(p.V.Connections, func(a, b inventory.Connection) int { return l.Compare(p.Words(a), p.Words(b)) })
	var links []chart.NetworkLink
	for _, c := range p.V.Connections {
		links = append(links, chart.NetworkLink{A: c.A.Asset, B: c.B.Asset, Words: p.Words(c)})
	}
	if len(nodes) == 0 {
		return
	}
	p.Map = chart.Network(nodes, links, chart.NetworkOptions{
		Title: l.T("topology.map"),
		Fold: func(class string, n int) string {
			return l.T("topology.folded", "n", n, "kind", strings.ToLower(l.Or("kind.", class)))
		},
	})
}

// Words tells a connection in words: both ends with their ports.
func (p topologyPage) Words(c inventory.Connection) string {
	return p.End(c.A) + " – " + p.End(c.B)
}

// End tells one end in words.
func (p topologyPage) End(e inventory.End) string {
	if e.Port == "" {
		return p.Nodes[e.Asset]
	}
	return p.Nodes[e.Asset] + " " + e.Port
}
