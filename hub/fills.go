package hub

import (
	"context"

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// The shares in use, 0-1. Read-only images that are full by nature are no volumes that could run out.
// Growth is that between the last hour and the same hour a week ago.
const (
	volumesNow  = `max by (municipality, instance, volume) (avg_over_time(samdrift_storage_used_bytes{volume!~"/snap/.+"}[1h])) / max by (municipality, instance, volume) (avg_over_time(samdrift_storage_size_bytes[1h]) > 0)`
	volumesWeek = `max by (municipality, instance, volume) (avg_over_time(samdrift_storage_used_bytes{volume!~"/snap/.+"}[1h] offset 1w)) / max by (municipality, instance, volume) (avg_over_time(samdrift_storage_size_bytes[1h] offset 1w) > 0)`
	memoryNow   = `max by (municipality, instance) (avg_over_time(samdrift_memory_used_percent[1h])) / 100`
)

// soonDays is how far ahead the growth of a week is drawn on.
const soonDays = 30

// fills tells how full each asset is. Beside a running hub it is what that hub last noted; nil when nobody has
// kept time series.
func (h *Hub) fills(ctx context.Context, s *inventory.Snapshot) (map[string]nis2.Fill, error) {
	if h.monitor == nil {
		return noted[map[string]nis2.Fill](ctx, h, "fills")
	}
	ctx = monitor.WithScope(ctx, monitor.Scope{All: true})
	now := h.now()
	var answers [3][]monitor.Series
	for i, query := range []string{volumesNow, volumesWeek, memoryNow} {
		var err error
		if answers[i], err = h.monitor.Instant(ctx, query, now); err != nil {
			return nil, err
		}
	}
	of := fillsOf(answers[0], answers[1], answers[2])
	fills := map[string]nis2.Fill{}
	for i := range s.Assets {
		a := &s.Assets[i]
		for _, instance := range instancesOf(a) {
			fill, ok := of[monitor.Target{Municipality: a.Municipality, Instance: instance}]
			if other, twice := fills[a.ID]; ok && twice {
				fill = fuller(fill, other)
			}
			if ok {
				fills[a.ID] = fill
			}
		}
	}
	return fills, h.store.SaveResult(ctx, "fills", now, "", fills)
}

// fillsOf puts the answers about volumes now and a week ago, and about memory now, together by target.
func fillsOf(volumes, weekAgo, memory []monitor.Series) map[monitor.Target]nis2.Fill {
	target := func(s monitor.Series) monitor.Target {
		return monitor.Target{Municipality: s.Labels["municipality"], Instance: s.Labels["instance"]}
	}
	type volume struct {
		monitor.Target
		name string
	}
	before := map[volume]float64{}
	for _, s := range weekAgo {
		for _, p := range s.Points {
			before[volume{target(s), s.Labels["volume"]}] = p.Value
		}
	}
	of := map[monitor.Target]nis2.Fill{}
	for _, s := range memory {
		for _, p := range s.Points {
			none := 0.0 // no volume, so none that fills up
			of[target(s)] = nis2.Fill{Now: p.Value, Soon: &none}
		}
	}
	for _, s := range volumes {
		for _, p := range s.Points {
			fill := nis2.Fill{Now: p.Value}
			if was, ok := before[volume{target(s), s.Labels["volume"]}]; ok {
				soon := p.Value + (p.Value-was)*soonDays/7
				fill.Soon = &soon
			}
			if other, ok := of[target(s)]; ok {
				fill = fuller(fill, other)
			}
			of[target(s)] = fill
		}
	}
	return of
}

// fuller gives the worse of two fills. What is not known of one is not known of both.
func fuller(a, b nis2.Fill) nis2.Fill {
	fill := nis2.Fill{Now: max(a.Now, b.Now)}
	if a.Soon != nil && b.Soon != nil {
		soon := max(*a.Soon, *b.Soon)
		fill.Soon = &soon
	}
	return fill
}
