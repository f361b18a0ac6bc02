package hub

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/samdrift/samdrift/inventory"
)

// Page sizes of the list of assets.
const (
	defaultPerPage = 60
	maxPerPage     = 500
)

// changesShown is how many changes the page of an asset lists.
const changesShown = 50

// Assets answers the list of servers and network devices within the person's scope.
func (h *Hub) Assets(_ context.Context, p Person, q AssetQuery) (AssetList, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return AssetList{}, err
	}
	if q.Municipality != "" && !sc.detail[q.Municipality] {
		return AssetList{}, sc.forbidden("assets of " + q.Municipality)
	}
	if q.PerPage <= 0 {
		q.PerPage = defaultPerPage
	}
	q.PerPage, q.Page = min(q.PerPage, maxPerPage), max(q.Page, 1)
	list := AssetList{Meta: e.meta(sc), Hidden: len(sc.detail) == 0}
	var found []*assetRow
	text := strings.ToLower(q.Text)
	for _, i := range e.ordered(q.Sort) {
		if r := &e.rows[i]; sc.detail[r.municipality] && e.matches(&q, r) && strings.Contains(r.text, text) {
			found = append(found, r)
		}
	}
	list.Total = len(found)
	list.Pages = max(1, (len(found)+q.PerPage-1)/q.PerPage)
	q.Page = min(q.Page, list.Pages)
	list.Query = q
	from := (q.Page - 1) * q.PerPage
	for _, r := range found[from:min(from+q.PerPage, len(found))] {
		v := e.view(r)
		list.Rows = append(list.Rows, v.brief())
	}
	list.Facets = e.facetsOf(sc)
	return list, nil
}

// facetsOf gives what may be filtered on within a scope.
func (e *estate) facetsOf(sc scope) AssetFacets {
	kinds, systems, waves := map[inventory.Kind]bool{}, map[string]bool{}, map[string]bool{}
	for code := range sc.detail {
		f := e.facets[code]
		maps.Copy(kinds, f.kinds)
		maps.Copy(systems, f.systems)
		for i := range f.waves {
			waves[e.plan.Waves[i].ID] = true
		}
	}
	all := AssetFacets{Municipalities: sc.codes(), OS: sorted(systems), Waves: sorted(waves)}
	for _, kind := range inventory.Kinds {
		if kinds[kind] {
			all.Kinds = append(all.Kinds, kind)
		}
	}
	return all
}

// matches tells whether a row passes every filter but the text.
func (e *estate) matches(q *AssetQuery, r *assetRow) bool {
	a := r.asset
	return (q.Municipality == "" || r.municipality == q.Municipality) &&
		(q.Kind == "" || a.Kind == q.Kind) &&
		(q.Site == "" || a.Site == q.Site) &&
		(q.Status == "" || r.status == q.Status) &&
		(q.OS == "" || r.os == q.OS) &&
		(q.Wave == "" || r.wave >= 0 && e.plan.Waves[r.wave].ID == q.Wave) &&
		(q.Finding == "" || slices.Contains(r.findings, q.Finding))
}

// ordered gives the rows in the order asked for, as positions in rows; equal rows keep their order of
// names. An order is worked out when it is first asked for and then kept as long as the estate.
func (e *estate) ordered(by string) []int32 {
	if order, ok := e.orders[by]; ok {
		return order()
	}
	return e.orders["name"]()
}

// prepareOrders makes every order of AssetSorts, and its reverse, ready to be asked for.
func (e *estate) prepareOrders() {
	waveName := func(r *assetRow) string {
		if r.wave < 0 {
			return ""
		}
		return e.plan.Waves[r.wave].Name
	}
	e.orders = map[string]func() []int32{}
	for key, compare := range map[string]func(a, b *assetRow) int{
		"municipality": func(a, b *assetRow) int { return cmp.Compare(a.asset.Municipality, b.asset.Municipality) },
		"kind":         func(a, b *assetRow) int { return cmp.Compare(a.asset.Kind, b.asset.Kind) },
		"os":           func(a, b *assetRow) int { return cmp.Compare(a.os, b.os) },
		"last_seen":    func(a, b *assetRow) int { return a.asset.LastSeen.Compare(b.asset.LastSeen) },
		"status":       func(a, b *assetRow) int { return worse(a.status) - worse(b.status) },
		"wave":         func(a, b *assetRow) int { return cmp.Compare(waveName(a), waveName(b)) },
		"name":         func(a, b *assetRow) int { return cmp.Compare(a.sortName, b.sortName) },
	} {
		for prefix, sign := range map[string]int{"": 1, "-": -1} {
			e.orders[prefix+key] = sync.OnceValue(func() []int32 {
				order := make([]int32, len(e.rows)) // they come by name
				for i := range order {
					order[i] = int32(i)
				}
				slices.SortStableFunc(order, func(a, b int32) int { return sign * compare(&e.rows[a], &e.rows[b]) })
				return order
			})
		}
	}
}

// AssetSorts lists what the list of assets can be ordered by.
var AssetSorts = []string{"name", "municipality", "kind", "os", "status", "wave", "last_seen"}

// brief leaves out what lists do not show, so that a page of 60 rows stays small.
func (r *AssetRow) brief() AssetRow {
	b := *r
	b.Interfaces, b.Components, b.Neighbours, b.Software, b.Listeners, b.Provenance = nil, nil, nil, nil, nil, nil
	b.VLANs, b.Stations, b.Resolved, b.Sensors, b.Supplies, b.Guests = nil, nil, nil, nil, nil, nil
	return b
}

// Asset answers the page of one asset. An asset out of scope is not found, so that its existence
// does not show.
func (h *Hub) Asset(ctx context.Context, p Person, id string) (AssetView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return AssetView{}, err
	}
	i, ok := e.rowOf[id]
	if !ok || !sc.detail[e.rows[i].asset.Municipality] {
		return AssetView{}, fmt.Errorf("asset %q: %w", id, ErrNotFound)
	}
	v := AssetView{Meta: e.meta(sc), Row: e.view(&e.rows[i]), Refused: slices.Concat(e.refused[id], e.stays[id])}
	for _, x := range e.systems[id] {
		v.Systems = append(v.Systems, e.snapshot.Systems[x])
	}
	if g, ok := e.groupOf[id]; ok {
		group := e.seen(sc, e.plan.Groups[g])
		v.Group = &group
		if v.Group.Wave != "" {
			v.Wave = &e.plan.Waves[e.waveAt[v.Group.Wave]]
		}
	}
	looks := e.snapshot.FlowLooks()
	for i := range e.snapshot.Flows {
		f := &e.snapshot.Flows[i]
		if f.From != id && f.To != id {
			continue
		}
		row := FlowRow{Flow: *f}
		row.DaysSeen, row.DaysObserved = looks.Seen(f)
		if f.From == id {
			row.Other = e.otherEnd(f.To, f.ToIP)
			v.FlowsOut = append(v.FlowsOut, row)
		} else {
			row.Other = e.otherEnd(f.From, f.FromIP)
			v.FlowsIn = append(v.FlowsIn, row)
		}
	}
	for _, flows := range [][]FlowRow{v.FlowsIn, v.FlowsOut} {
		slices.SortStableFunc(flows, func(a, b FlowRow) int { return cmp.Compare(b.BytesPerDay, a.BytesPerDay) })
	}
	v.Collections = only(e.snapshot.Collections, func(c inventory.Collection) bool { return c.Asset == id })
	for _, a := range h.alerts(ctx, p) {
		if a.Municipality == v.Row.Municipality && slices.ContainsFunc(v.Row.Sources, func(s inventory.Source) bool {
			return s.Instance != "" && s.Instance == a.Instance
		}) {
			v.Alerts = append(v.Alerts, a)
		}
	}
	v.Changes, err = h.changesOf(ctx, sc, id, changesShown)
	return v, err
}

func (e *estate) otherEnd(id, address string) string {
	if a, ok := e.snapshot.Asset(id); ok {
		return a.Name
	}
	return address
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for key := range set {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}
