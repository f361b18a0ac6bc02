package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

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
	var found []*AssetRow
	kinds, systems, waves := map[inventory.Kind]bool{}, map[string]bool{}, map[string]bool{}
	for i := range e.rows {
		r := &e.rows[i]
		if !sc.detail[r.Municipality] {
			continue
		}
		kinds[r.Kind] = true
		if os := r.OS.String(); os != "" {
			systems[os] = true
		}
		if r.Wave != "" {
			waves[r.Wave] = true
		}
		if q.matches(r) {
			found = append(found, r)
		}
	}
	q.sort(found)
	list.Total = len(found)
	list.Pages = max(1, (len(found)+q.PerPage-1)/q.PerPage)
	q.Page = min(q.Page, list.Pages)
	list.Query = q
	from := (q.Page - 1) * q.PerPage
	for _, r := range found[from:min(from+q.PerPage, len(found))] {
		list.Rows = append(list.Rows, r.brief())
	}
	list.Facets = AssetFacets{Municipalities: sc.codes(), OS: sorted(systems), Waves: sorted(waves)}
	for _, kind := range inventory.Kinds {
		if kinds[kind] {
			list.Facets.Kinds = append(list.Facets.Kinds, kind)
		}
	}
	return list, nil
}

// matches tells whether a row passes every filter.
func (q AssetQuery) matches(r *AssetRow) bool {
	return (q.Municipality == "" || r.Municipality == q.Municipality) &&
		(q.Kind == "" || r.Kind == q.Kind) &&
		(q.Site == "" || r.Site == q.Site) &&
		(q.Status == "" || r.Status == q.Status) &&
		(q.OS == "" || r.OS.String() == q.OS) &&
		(q.Wave == "" || r.Wave == q.Wave) &&
		(q.Finding == "" || slices.Contains(r.Findings, q.Finding)) &&
		(q.Text == "" || r.contains(strings.ToLower(q.Text)))
}

// contains looks for a lower-case text in what people search assets by.
func (r *AssetRow) contains(text string) bool {
	for _, field := range []string{r.Name, r.Serial, r.Vendor, r.Model, r.OS.String(), r.ID} {
		if strings.Contains(strings.ToLower(field), text) {
			return true
		}
	}
	for _, system := range r.Systems {
		if strings.Contains(strings.ToLower(system), text) {
			return true
		}
	}
	return slices.ContainsFunc(r.Addresses, func(a inventory.Address) bool { return strings.Contains(a.IP, text) })
}

// sort orders rows as asked; rows come in order of name, which equal rows keep.
func (q AssetQuery) sort(rows []*AssetRow) {
	key, descending := strings.CutPrefix(q.Sort, "-")
	compare := map[string]func(a, b *AssetRow) int{
		"municipality": func(a, b *AssetRow) int { return cmp.Compare(a.Municipality, b.Municipality) },
		"kind":         func(a, b *AssetRow) int { return cmp.Compare(a.Kind, b.Kind) },
		"os":           func(a, b *AssetRow) int { return cmp.Compare(a.OS.String(), b.OS.String()) },
		"last_seen":    func(a, b *AssetRow) int { return a.LastSeen.Compare(b.LastSeen) },
		"status":       func(a, b *AssetRow) int { return worse(a.Status) - worse(b.Status) },
		"wave":         func(a, b *AssetRow) int { return cmp.Compare(a.WaveName, b.WaveName) },
		"name":         func(a, b *AssetRow) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) },
	}[key]
	if compare == nil {
		return
	}
	slices.SortStableFunc(rows, func(a, b *AssetRow) int {
		if descending {
			return compare(b, a)
		}
		return compare(a, b)
	})
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
	if !ok || !sc.detail[e.rows[i].Municipality] {
		return AssetView{}, fmt.Errorf("asset %q: %w", id, ErrNotFound)
	}
	v := AssetView{Meta: e.meta(sc), Row: e.rows[i], Refused: slices.Concat(e.refused[id], e.stays[id])}
	for _, x := range e.systems[id] {
		v.Systems = append(v.Systems, e.snapshot.Systems[x])
	}
	if g, ok := e.groupOf[id]; ok {
		v.Group = &e.plan.Groups[g]
		if v.Group.Wave != "" {
			v.Wave = &e.plan.Waves[e.waveAt[v.Group.Wave]]
		}
	}
	for _, f := range e.snapshot.Flows {
		if f.From == id {
			v.FlowsOut = append(v.FlowsOut, FlowRow{f, e.otherEnd(f.To, f.ToIP)})
		} else if f.To == id {
			v.FlowsIn = append(v.FlowsIn, FlowRow{f, e.otherEnd(f.From, f.FromIP)})
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
	v.Changes, err = h.store.Changes(ctx, "asset", id, changesShown)
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
