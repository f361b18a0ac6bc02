package hub

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// How loaded links and uplinks are: means over a quarter of an hour, as many as the last week has. %s takes the
// direction and what picks the ports out. Devices with 32-bit counters have the older name.
const (
	linkLoads   = `max by (municipality, instance) (avg_over_time(samdrift_link_utilisation_ratio[15m]))`
	portTraffic = `max by (ifIndex) (rate(ifHC%[1]s{%[2]s}[15m]) or rate(if%[1]s{%[2]s}[15m])) * 8`

	loadStep   = 15 * time.Minute
	loadPeriod = 7 * 24 * time.Hour
	loadPoints = int(24 * time.Hour / loadStep) // fewer are too few to tell
	loadShare  = 0.95                           // the percentile that is usual for links
)

// loads tells how loaded the links to a centre and the uplinks of critical network devices are, by the keys of
// nis2.Uplink. Beside a running hub it is what that hub last noted; nil when nobody has kept time series.
func (h *Hub) loads(ctx context.Context, s *inventory.Snapshot) (map[string]float64, error) {
	if h.monitor == nil {
		return noted[map[string]float64](ctx, h, "loads")
	}
	ctx = monitor.WithScope(ctx, monitor.Scope{All: true})
	now := h.now()
	loads := map[string]float64{}
	answer, err := h.monitor.Range(ctx, linkLoads, now.Add(-loadPeriod), now, loadStep)
	if err != nil {
		return nil, err
	}
	byLink := map[monitor.Target]float64{}
	for _, series := range answer {
		if load, ok := percentile(series); ok {
			byLink[monitor.Target{Municipality: series.Labels["municipality"], Instance: series.Labels["instance"]}] = load
		}
	}
	for _, l := range s.Links {
		if load, ok := byLink[monitor.Target{Municipality: l.Municipality, Instance: l.ID}]; ok {
			loads[l.ID] = load
		}
	}
	ports := nis2.Uplinks(s)
	for len(ports) > 0 {
		n := slices.IndexFunc(ports, func(u nis2.Uplink) bool { return u.Asset != ports[0].Asset })
		if n < 0 {
			n = len(ports)
		}
		if err := h.portLoads(ctx, s, ports[:n], now, loads); err != nil {
			return nil, err
		}
		ports = ports[n:]
	}
	return loads, h.store.SaveResult(ctx, "loads", now, "", loads)
}

// portLoads adds the loads of one device's uplinks, each in the direction that is loaded most.
func (h *Hub) portLoads(ctx context.Context, s *inventory.Snapshot, ports []nis2.Uplink, now time.Time, loads map[string]float64) error {
	a, _ := s.Asset(ports[0].Asset)
	instances := instancesOf(a)
	if len(instances) == 0 {
		return nil
	}
	byIndex, numbers := map[string]nis2.Uplink{}, make([]string, len(ports))
	for i, u := range ports {
		numbers[i] = strconv.Itoa(u.Index)
		byIndex[numbers[i]] = u
	}
	pick := matchers(a.Municipality, instances) + fmt.Sprintf(",ifIndex=~%q", strings.Join(numbers, "|"))
	for _, direction := range []string{"InOctets", "OutOctets"} {
		answer, err := h.monitor.Range(ctx, fmt.Sprintf(portTraffic, direction, pick), now.Add(-loadPeriod), now, loadStep)
		if err != nil {
			return fmt.Errorf("load of the uplinks of %s: %w", a.ID, err)
		}
		for _, series := range answer {
			u := byIndex[series.Labels["ifIndex"]]
			if bps, ok := percentile(series); ok {
				loads[u.Key()] = max(loads[u.Key()], bps/float64(u.SpeedBPS))
			}
		}
	}
	return nil
}

// percentile gives the value that a share of loadShare of the points do not exceed.
func percentile(s monitor.Series) (float64, bool) {
	if len(s.Points) < loadPoints {
		return 0, false
	}
	values := make([]float64, len(s.Points))
	for i, p := range s.Points {
		values[i] = p.Value
	}
	slices.Sort(values)
	return values[int(math.Ceil(loadShare*float64(len(values))))-1], true
}
