package hub

import (
	"context"
	"fmt"

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// What UPSs told of their states, and thermometers of rooms of the temperature, in the last hour. A state whose
// meaning nobody knows is 3; it says nothing of the others.
const (
	statesNow     = `max by (municipality, instance) (last_over_time(samdrift_sensor_state{%s}[1h]) < 3)`
	coldestNow    = `min by (municipality, instance) (last_over_time(samdrift_sensor_value{class="temperature",place="room"}[1h]))`
	warmestNow    = `max by (municipality, instance) (last_over_time(samdrift_sensor_value{class="temperature",place="room"}[1h]))`
	stateCritical = 2
)

// readings tells what each UPS and each thermometer of a room told in the last hour. Beside a running hub it is
// what that hub last noted; nil when nobody has kept time series.
func (h *Hub) readings(ctx context.Context, s *inventory.Snapshot) (map[string]nis2.Reading, error) {
	if h.monitor == nil {
		return noted[map[string]nis2.Reading](ctx, h, "readings")
	}
	ctx = monitor.WithScope(ctx, monitor.Scope{All: true})
	now := h.now()
	supplies := map[string][]string{} // instances of UPSs by municipality
	for i := range s.Assets {
		if a := &s.Assets[i]; a.Kind == inventory.KindUPS {
			supplies[a.Municipality] = append(supplies[a.Municipality], instancesOf(a)...)
		}
	}
	of := map[monitor.Target]nis2.Reading{}
	note := func(query string, take func(*nis2.Reading, float64)) error {
		answer, err := h.monitor.Instant(ctx, query, now)
		for _, series := range answer {
			for _, p := range series.Points {
				target := monitor.Target{Municipality: series.Labels["municipality"], Instance: series.Labels["instance"]}
				r := of[target]
				take(&r, p.Value)
				of[target] = r
			}
		}
		return err
	}
	for code, instances := range supplies {
		pick := matchers(code, instances)
		if pick == "" {
			continue
		}
		if err := note(fmt.Sprintf(statesNow, pick), func(r *nis2.Reading, worst float64) {
			critical := worst >= stateCritical
			r.Critical = &critical
		}); err != nil {
			return nil, err
		}
	}
	if err := note(coldestNow, func(r *nis2.Reading, c float64) { r.Coldest = &c }); err != nil {
		return nil, err
	}
	if err := note(warmestNow, func(r *nis2.Reading, c float64) { r.Warmest = &c }); err != nil {
		return nil, err
	}
	readings := map[string]nis2.Reading{}
	for i := range s.Assets {
		a := &s.Assets[i]
		for _, instance := range instancesOf(a) {
			if r, told := of[monitor.Target{Municipality: a.Municipality, Instance: instance}]; told {
				readings[a.ID] = worseReading(r, readings[a.ID])
			}
		}
	}
	return readings, h.store.SaveResult(ctx, "readings", now, "", readings)
}

// worseReading puts together what an asset told under two names.
func worseReading(a, b nis2.Reading) nis2.Reading {
	if a.Critical == nil || b.Critical != nil && *b.Critical {
		a.Critical = b.Critical
	}
	if a.Coldest == nil || b.Coldest != nil && *b.Coldest < *a.Coldest {
		a.Coldest = b.Coldest
	}
	if a.Warmest == nil || b.Warmest != nil && *b.Warmest > *a.Warmest {
		a.Warmest = b.Warmest
	}
	return a
}
