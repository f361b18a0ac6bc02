package hub

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/inventory"
)

// assetQueries are the charts of one asset. %s takes the matchers that pick it out.
//
// Each is summed up by instance: labels that the inventory adds (role, criticality, centre) may change,
// and a new label is a new series of the same thing.
var assetQueries = []struct{ name, unit, query string }{
	{"up", "bool", `max by (instance) (samdrift_device_up{%s})`},
	{"cpu", "percent", `max by (instance) (samdrift_cpu_load_percent{%s})`},
	{"memory", "percent", `max by (instance) (samdrift_memory_used_percent{%s})`},
	{"storage", "ratio", `max by (instance, volume) (samdrift_storage_used_bytes{%s}) / max by (instance, volume) (samdrift_storage_size_bytes{%s})`},
	{"traffic_in", "bits_per_second", `sum by (instance) (max by (instance, ifIndex) (rate(ifHCInOctets{%s}[2m]))) * 8`},
	{"traffic_out", "bits_per_second", `sum by (instance) (max by (instance, ifIndex) (rate(ifHCOutOctets{%s}[2m]))) * 8`},
}

// A chart shows about chartPoints points, but none closer than devices are measured.
const (
	chartPoints  = 360
	shortestStep = 10 * time.Second
)

// AssetSeries answers the charts of one asset over a stretch of time. Without time series, or when
// nothing was measured, the list is empty.
func (h *Hub) AssetSeries(ctx context.Context, p Person, id string, from, to time.Time) ([]Series, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	a, ok := e.snapshot.Asset(id)
	if !ok || !sc.detail[a.Municipality] {
		return nil, fmt.Errorf("asset %q: %w", id, ErrNotFound)
	}
	pick := matchers(a.Municipality, instancesOf(a))
	if h.monitor == nil || pick == "" {
		return nil, nil
	}
	ctx = h.seriesScope(ctx, p)
	step := max(to.Sub(from)/chartPoints, shortestStep).Round(time.Second)
	var all []Series
	for _, q := range assetQueries {
		found, err := h.monitor.Range(ctx, strings.ReplaceAll(q.query, "%s", pick), from, to, step)
		if err != nil {
			return nil, fmt.Errorf("%s of asset %s: %w", q.name, id, err)
		}
		for _, s := range found {
			all = append(all, Series{Name: q.name, Unit: q.unit, Labels: s.Labels, Points: points(s)})
		}
	}
	return all, nil
}

// Sparklines answers the load of the last hour for the assets of a list.
func (h *Hub) Sparklines(ctx context.Context, p Person, ids []string) (map[string][]Point, error) {
	e, sc, err := h.ask(p)
	if err != nil || h.monitor == nil {
		return nil, err
	}
	byMunicipality := map[string][]string{}
	for _, id := range ids {
		if a, ok := e.snapshot.Asset(id); ok && sc.detail[a.Municipality] {
			byMunicipality[a.Municipality] = append(byMunicipality[a.Municipality], instancesOf(a)...)
		}
	}
	ctx = h.seriesScope(ctx, p)
	now := h.now()
	lines := map[string][]Point{}
	for code, instances := range byMunicipality {
		pick := matchers(code, instances)
		if pick == "" {
			continue
		}
		found, err := h.monitor.Range(ctx, "max by (instance) (samdrift_cpu_load_percent{"+pick+"})", now.Add(-time.Hour), now, 2*time.Minute)
		if err != nil {
			return nil, fmt.Errorf("load of the last hour: %w", err)
		}
		for _, s := range found {
			if id, ok := e.instance[code+" "+s.Labels["instance"]]; ok {
				lines[id] = points(s)
			}
		}
	}
	return lines, nil
}

func instancesOf(a *inventory.Asset) []string {
	var names []string
	for _, s := range a.Sources {
		if s.Instance != "" && !slices.Contains(names, s.Instance) {
			names = append(names, s.Instance)
		}
	}
	return names
}

// matchers picks out instances of one municipality. Names are quoted twice: as regular expression,
// and as PromQL string.
func matchers(code string, instances []string) string {
	if len(instances) == 0 {
		return ""
	}
	quoted := make([]string, len(instances))
	for i, name := range instances {
		quoted[i] = regexp.QuoteMeta(name)
	}
	return fmt.Sprintf("municipality=%q,instance=~%q", code, strings.Join(quoted, "|"))
}

func points(s monitor.Series) []Point {
	list := make([]Point, len(s.Points))
	for i, p := range s.Points {
		list[i] = Point(p)
	}
	return list
}
