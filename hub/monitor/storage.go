package monitor

import (
	"context"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// scoped gives queriers that see only what the scope in the context allows. It holds its storage
// in a field instead of embedding it, so that no method reaches the series unscoped.
type scoped struct {
	all storage.SampleAndChunkQueryable
}

func (s scoped) Querier(mint, maxt int64) (storage.Querier, error) {
	q, err := s.all.Querier(mint, maxt)
	if err != nil {
		return nil, err
	}
	return scopedQuerier{scopedLabels{q}, q}, nil
}

func (s scoped) ChunkQuerier(mint, maxt int64) (storage.ChunkQuerier, error) {
	q, err := s.all.ChunkQuerier(mint, maxt)
	if err != nil {
		return nil, err
	}
	return scopedChunkQuerier{scopedLabels{q}, q}, nil
}

type scopedQuerier struct {
	scopedLabels
	all storage.Querier
}

// Select gives the series of every alternative of the scope, each series once.
func (q scopedQuerier) Select(ctx context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	sets, err := alternatives(ctx)
	if err != nil {
		return storage.ErrSeriesSet(err)
	}
	if len(sets) == 1 {
		return q.all.Select(ctx, sorted, hints, slices.Concat(matchers, sets[0])...)
	}
	found := make([]storage.SeriesSet, len(sets))
	for i, set := range sets {
		found[i] = q.all.Select(ctx, true, hints, slices.Concat(matchers, set)...)
	}
	return storage.NewMergeSeriesSet(found, 0, storage.ChainedSeriesMerge)
}

type scopedChunkQuerier struct {
	scopedLabels
	all storage.ChunkQuerier
}

// Select is scopedQuerier.Select for encoded samples.
func (q scopedChunkQuerier) Select(ctx context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.ChunkSeriesSet {
	sets, err := alternatives(ctx)
	if err != nil {
		return storage.ErrChunkSeriesSet(err)
	}
	if len(sets) == 1 {
		return q.all.Select(ctx, sorted, hints, slices.Concat(matchers, sets[0])...)
	}
	found := make([]storage.ChunkSeriesSet, len(sets))
	for i, set := range sets {
		found[i] = q.all.Select(ctx, true, hints, slices.Concat(matchers, set)...)
	}
	return storage.NewMergeChunkSeriesSet(found, 0, storage.NewCompactingChunkSeriesMerger(storage.ChainedSeriesMerge))
}

// scopedLabels answers questions about label names and values within the scope.
type scopedLabels struct {
	all storage.LabelQuerier
}

func (q scopedLabels) LabelValues(ctx context.Context, name string, hints *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return q.union(ctx, matchers, func(within []*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.all.LabelValues(ctx, name, hints, within...)
	})
}

func (q scopedLabels) LabelNames(ctx context.Context, hints *storage.LabelHints, matchers ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return q.union(ctx, matchers, func(within []*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.all.LabelNames(ctx, hints, within...)
	})
}

func (q scopedLabels) Close() error { return q.all.Close() }

// union asks once per alternative of the scope and gives the sorted union.
func (q scopedLabels) union(ctx context.Context, matchers []*labels.Matcher, ask func([]*labels.Matcher) ([]string, annotations.Annotations, error)) ([]string, annotations.Annotations, error) {
	sets, err := alternatives(ctx)
	if err != nil {
		return nil, nil, err
	}
	var all []string
	var notes annotations.Annotations
	for _, set := range sets {
		found, n, err := ask(slices.Concat(matchers, set))
		if err != nil {
			return nil, nil, err
		}
		all = append(all, found...)
		notes.Merge(n)
	}
	slices.Sort(all)
	return slices.Compact(all), notes, nil
}
