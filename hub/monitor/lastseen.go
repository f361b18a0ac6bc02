package monitor

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// lastSeenWindow is how far LastSeen looks back: what has given no data for a week is not monitored.
const lastSeenWindow = 7 * 24 * time.Hour

// Target is something that is monitored.
type Target struct {
	Municipality string
	Instance     string
}

// LastSeen tells when each target within the scope of ctx last gave data, looking back a week. A
// poll that got no answer is no data. Targets that gave none are missing.
func (m *Monitor) LastSeen(ctx context.Context) (map[Target]time.Time, error) {
	now := m.cfg.Now()
	q, err := scoped{m.db}.ChunkQuerier(now.Add(-lastSeenWindow).UnixMilli(), now.Add(maxAhead).UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("when data last came: %w", err)
	}
	defer func() { _ = q.Close() }()

	seen := map[Target]time.Time{}
	found := q.Select(ctx, false, nil, signsOfLife(), labels.MustNewMatcher(labels.MatchNotEqual, labelInstance, ""))
	for found.Next() {
		series := found.At()
		l := series.Labels()
		last, err := lastSample(series, l.Get(model.MetricNameLabel) == Up)
		if err != nil {
			return nil, fmt.Errorf("when data last came: %s: %w", l, err)
		}
		t := Target{l.Get(labelMunicipality), l.Get(labelInstance)}
		if last.After(seen[t]) {
			seen[t] = last
		}
	}
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("when data last came: %w", err)
	}
	return seen, nil
}

// signsOfLife matches the metrics that a target must have answered to have. Recorded series and
// alerts go on without data, so they are not among them.
func signsOfLife() *labels.Matcher {
	var names []string
	for _, m := range Metrics {
		if !m.About || m.Name == Up {
			names = append(names, regexp.QuoteMeta(m.Name))
		}
	}
	return labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, strings.Join(names, "|"))
}

// lastSample gives the time of a series' last sample; of the last one that is not zero when
// nonZero is set. It gives the zero time when there is none.
func lastSample(series storage.ChunkSeries, nonZero bool) (time.Time, error) {
	var parts []chunks.Meta
	each := series.Iterator(nil)
	for each.Next() {
		parts = append(parts, each.At())
	}
	if err := each.Err(); err != nil {
		return time.Time{}, err
	}
	for i := len(parts) - 1; i >= 0; i-- {
		var last time.Time
		samples := parts[i].Chunk.Iterator(nil)
		for kind := samples.Next(); kind != chunkenc.ValNone; kind = samples.Next() {
			if kind != chunkenc.ValFloat {
				continue
			}
			if t, v := samples.At(); !nonZero || v != 0 {
				last = time.UnixMilli(t).UTC()
			}
		}
		if err := samples.Err(); err != nil || !last.IsZero() {
			return last, err
		}
	}
	return time.Time{}, nil
}
