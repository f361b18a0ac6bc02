package web

import (
	"fmt"
	"html/template"
	"net/http"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

type overviewPage struct {
	frame
	V        hub.Overview
	Map      template.HTML
	Legend   []legendItem
	Members  []hub.Tile
	Done     int
	Firing   map[string]int // severity → alerts
	Capacity []centreChart
}

type legendItem struct{ Class, Words string }

// centreChart is a centre with a bar for each resource.
type centreChart struct {
	Name string
	Rows []capacityRow
	Bars template.HTML
}

type capacityRow struct{ Resource, Before, After, Whole string }

func (s *server) overview(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Overview(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := overviewPage{frame: s.frame(r, "nav.overview", v.Meta), V: v, Firing: map[string]int{}}
	l := page.locale
	hexes := map[string]chart.Hex{}
	for _, t := range v.Tiles {
		if !t.Member {
			continue
		}
		page.Members = append(page.Members, t)
		if t.State == inventory.StateStable || t.State == inventory.StateClosed || t.Host {
			page.Done++
		}
		hexes[t.Code] = hex(l, t)
	}
	page.Map = chart.HexMap(l.T("overview.map"), hexes)
	page.Legend = []legendItem{{"host", l.T("overview.host")}}
	for _, state := range inventory.AgreementStates {
		page.Legend = append(page.Legend, legendItem{"state-" + string(state), l.Or("state.", string(state))})
	}
	for _, a := range v.Alerts {
		if a.State == "firing" {
			page.Firing[a.Severity]++
		}
	}
	for _, c := range v.Centres {
		page.Capacity = append(page.Capacity, capacityOf(l, c.Name, c.Load))
	}
	s.render(w, r, http.StatusOK, "overview", page)
}

// hex shows a municipality on the map.
func hex(l *locale.Locale, t hub.Tile) chart.Hex {
	h := chart.Hex{Name: t.Name, Words: l.Or("state.", string(t.State)), Class: "state-" + string(t.State), Href: "/municipalities/" + t.Code}
	if t.Host {
		h.Words, h.Class = l.T("overview.host"), "host"
	} else if t.State == "" {
		h.Words, h.Class = l.T("overview.noagreement"), "out"
	}
	if t.Servers > 0 {
		h.Value = l.Number(100*float64(t.ServersMoved)/float64(t.Servers), 0) + " %"
		h.Words += ", " + l.T("overview.moved", "moved", t.ServersMoved, "all", t.Servers)
	}
	return h
}

// capacityOf draws what a centre has, what is used before the plan, and what the plan adds.
func capacityOf(l *locale.Locale, name string, load planner.CentreLoad) centreChart {
	c := centreChart{Name: name}
	var bars []chart.Bar
	for _, r := range resources {
		row := capacityRow{r.words(l), r.used(l, load.Before), r.used(l, load.After), r.whole(l, load.Capacity)}
		before := r.of(load.Before)
		bars = append(bars, chart.Bar{Label: row.Resource, Before: before, Added: r.of(load.After) - before, Whole: r.of(load.Capacity), Words: l.T("capacity.words", "after", row.After, "whole", row.Whole)})
		c.Rows = append(c.Rows, row)
	}
	c.Bars = chart.Bars(fmt.Sprintf("%s: %s", name, l.T("capacity.title")), bars)
	return c
}
