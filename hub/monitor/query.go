package monitor

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/promql"
)

// Series is one line of an answer. A scalar answer is one Series without labels.
type Series struct {
	Labels map[string]string `json:"labels"`
	Points []Point           `json:"points"` // by time
}

// Point is a value at a time. Values that are no number are left out of answers: not known.
type Point struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}

// Instant answers a PromQL query at one moment, within the scope of ctx. Each Series has one Point.
func (m *Monitor) Instant(ctx context.Context, query string, at time.Time) ([]Series, error) {
	if _, err := alternatives(ctx); err != nil {
		return nil, err
	}
	q, err := m.engine.NewInstantQuery(ctx, scoped{m.db}, nil, query, at)
	if err != nil {
		return nil, fmt.Errorf("query %q: %w", query, err)
	}
	return answer(ctx, query, q)
}

// Range answers a PromQL query at every step from from to to, both included, within the scope of
// ctx. Where a series has no value, the Point is missing.
func (m *Monitor) Range(ctx context.Context, query string, from, to time.Time, step time.Duration) ([]Series, error) {
	if _, err := alternatives(ctx); err != nil {
		return nil, err
	}
	if step <= 0 || to.Before(from) {
		return nil, fmt.Errorf("query %q: want a step above 0 and an end after the start, have step %s from %s to %s", query, step, from, to)
	}
	q, err := m.engine.NewRangeQuery(ctx, scoped{m.db}, nil, query, from, to, step)
	if err != nil {
		return nil, fmt.Errorf("query %q: %w", query, err)
	}
	return answer(ctx, query, q)
}

// answer runs a query and copies its result out of the engine's own memory.
func answer(ctx context.Context, query string, q promql.Query) ([]Series, error) {
	defer q.Close()
	result := q.Exec(ctx)
	if result.Err != nil {
		return nil, fmt.Errorf("query %q: %w", query, result.Err)
	}
	var all []Series
	switch v := result.Value.(type) {
	case promql.Scalar:
		all = append(all, Series{Labels: map[string]string{}, Points: points(promql.FPoint{T: v.T, F: v.V})})
	case promql.Vector:
		for _, s := range v {
			all = append(all, Series{Labels: s.Metric.Map(), Points: points(promql.FPoint{T: s.T, F: s.F})})
		}
	case promql.Matrix:
		for _, s := range v {
			all = append(all, Series{Labels: s.Metric.Map(), Points: points(s.Floats...)})
		}
	default:
		return nil, fmt.Errorf("query %q: the answer is a %s, want numbers", query, v.Type())
	}
	return all, nil
}

func points(from ...promql.FPoint) []Point {
	all := make([]Point, 0, len(from))
	for _, p := range from {
		if !math.IsNaN(p.F) && !math.IsInf(p.F, 0) {
			all = append(all, Point{At: time.UnixMilli(p.T).UTC(), Value: p.F})
		}
	}
	return all
}

// gate lets only so many queries run at a time: each may hold MaxQuerySamples in memory.
type gate chan struct{}

func newGate(n int) gate { return make(gate, n) }

// GetMaxConcurrent gives how many queries may run at a time.
func (g gate) GetMaxConcurrent() int { return cap(g) }

// Insert waits for its turn.
func (g gate) Insert(ctx context.Context, _ string) (int, error) {
	select {
	case g <- struct{}{}:
		return 0, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Delete ends a turn.
func (g gate) Delete(int) { <-g }

// Close has nothing to close.
func (g gate) Close() error { return nil }
