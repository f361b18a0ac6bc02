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

// How loaded links and uplinks are: means over an hour, as many as the last week has. Of ports the counters are
// read where each hour ends, which costs a fraction of what rate() over all samples does.
const (
	linkLoads  = `max by (municipality, instance) (avg_over_time(samdrift_link_utilisation_ratio[1h]))`
	portCounts = `{__name__=~"if(HC)?(In|Out)Octets",%s}`

	loadStep   = time.Hour
	loadPeriod = 7 * 24 * time.Hour
	loadPoints = int(24 * time.Hour / loadStep) // fewer are too few to tell
	loadShare  = 0.95                           // the percentile that is usual for links
)

// loads tells how loaded the links to a centre and the uplinks of critical network devices are, by the keys of
// nis2.Uplink, and when the ports were asked about. Beside a running hub it is what that hub last noted; nil when
// nobody has kept time series. What is known of a port stands for an hour, since it is the mean of hours.
func (h *Hub) loads(ctx context.Context, s *inventory.Snapshot) (map[string]float64, time.Time, error) {
	if h.monitor == nil {
		was, err := noted[map[string]float64](ctx, h, "loads")
		return was, time.Time{}, err
	}
	ctx = monitor.WithScope(ctx, monitor.Scope{All: true})
	now := h.now()
	asked, kept := now, map[string]float64(nil)
	if e := h.current.Load(); e != nil && now.Sub(e.loadsAt) < loadStep {
		asked, kept = e.loadsAt, e.loads
	}
	loads := map[string]float64{}
	answer, err := h.monitor.Range(ctx, linkLoads, now.Add(-loadPeriod), now, loadStep)
	if err != nil {
		return nil, asked, err
	}
	byLink := map[monitor.Target]float64{}
	for _, series := range answer {
		values := make([]float64, len(series.Points))
		for i, p := range series.Points {
			values[i] = p.Value
		}
		if load, ok := percentile(values); ok {
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
		if !take(loads, kept, ports[:n]) {
			if err := h.portLoads(ctx, s, ports[:n], now, loads); err != nil {
				return nil, asked, err
			}
		}
		ports = ports[n:]
	}
	return loads, asked, h.store.SaveResult(ctx, "loads", now, "", loads)
}

// take copies the loads of some ports, unless one of them is not among those that were kept.
func take(loads, kept map[string]float64, ports []nis2.Uplink) bool {
	for _, u := range ports {
		load, ok := kept[u.Key()]
		if !ok {
			return false
		}
		loads[u.Key()] = load
	}
	return true
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
	answer, err := h.monitor.Range(ctx, fmt.Sprintf(portCounts, pick), now.Add(-loadPeriod), now, loadStep)
	if err != nil {
		return fmt.Errorf("load of the uplinks of %s: %w", a.ID, err)
	}
	rates := map[[2]string][]float64{} // by port and direction: a port may have several series, one after the other
	for _, series := range answer {
		direction := strings.TrimPrefix(series.Labels["__name__"], "ifHC")
		key := [2]string{series.Labels["ifIndex"], strings.TrimPrefix(direction, "if")}
		rates[key] = append(rates[key], ratesOf(series.Points)...)
	}
	for key, of := range rates {
		u := byIndex[key[0]]
		if bps, ok := percentile(of); ok {
			loads[u.Key()] = max(loads[u.Key()], bps/float64(u.SpeedBPS))
		}
	}
	return nil
}

// ratesOf gives the bits per second from each point of a counter of bytes to the next. Over a gap, or when the
// device started again, there is none.
func ratesOf(counts []monitor.Point) []float64 {
	var rates []float64
	for i := 1; i < len(counts); i++ {
		bytes := counts[i].Value - counts[i-1].Value
		if bytes >= 0 && counts[i].At.Sub(counts[i-1].At) == loadStep {
			rates = append(rates, 8*bytes/loadStep.Seconds())
		}
	}
	return rates
}

// percentile gives the value that a share of loadShare of the values do not exceed, unless they are too few.
func percentile(values []float64) (float64, bool) {
	if len(values) < loadPoints {
		return 0, false
	}
	slices.Sort(values)
	return values[int(math.Ceil(loadShare*float64(len(values))))-1], true
}
