package monitor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"github.com/samdrift/samdrift/collectors"
)

// maxAhead is how far a sample may lie in the future. One sample with a wrong clock would
// otherwise make every right one too old.
const maxAhead = 10 * time.Minute

// Counts tell what became of the samples since Open. Nothing is dropped without being counted.
type Counts struct {
	Stored    int64 `json:"stored"`    // taken, including repeats of a sample that was there already
	Duplicate int64 `json:"duplicate"` // another value for a moment that has one: the first stands
	Late      int64 `json:"late"`      // older than the out-of-order window
	Future    int64 `json:"future"`    // more than ten minutes ahead of the clock
	Invalid   int64 `json:"invalid"`   // unusable name, label or time
}

type counters struct{ stored, duplicate, late, future, invalid atomic.Int64 }

// Counts gives the counts so far.
func (m *Monitor) Counts() Counts {
	return Counts{
		Stored:    m.counts.stored.Load(),
		Duplicate: m.counts.duplicate.Load(),
		Late:      m.counts.late.Load(),
		Future:    m.counts.future.Load(),
		Invalid:   m.counts.invalid.Load(),
	}
}

// Append stores samples, all of them or none. Samples that cannot be stored for what they are
// (late, in the future, malformed) are counted and left out; the rest of the batch is stored. An
// error means that the database could not take the batch: nothing of it is stored, what was stored
// before stays, and the same batch may be sent again.
func (m *Monitor) Append(ctx context.Context, samples []collectors.Sample) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var c Counts
	var example string // of what was left out, for the log
	ahead := m.cfg.Now().Add(maxAhead)
	into := m.append.AppenderV2(ctx)
	builder := labels.NewScratchBuilder(12)
	for _, s := range samples {
		l, err := seriesLabels(&builder, s)
		if err != nil {
			c.Invalid++
			example = err.Error()
			continue
		}
		if s.At.After(ahead) {
			c.Future++
			example = fmt.Sprintf("%s at %s is in the future", l, s.At.Format(time.RFC3339))
			continue
		}
		_, err = into.Append(0, l, 0, s.At.UnixMilli(), s.Value, nil, nil, storage.AppendV2Options{})
		switch {
		case err == nil:
			c.Stored++
		case errors.Is(err, storage.ErrDuplicateSampleForTimestamp):
			c.Duplicate++
			example = fmt.Sprintf("%s at %s has another value already", l, s.At.Format(time.RFC3339))
		case errors.Is(err, storage.ErrOutOfOrderSample), errors.Is(err, storage.ErrTooOldSample), errors.Is(err, storage.ErrOutOfBounds):
			c.Late++
			example = fmt.Sprintf("%s at %s is older than the window of %s", l, s.At.Format(time.RFC3339), m.cfg.OutOfOrder)
		default:
			return errors.Join(m.storeError(len(samples), err), into.Rollback())
		}
	}
	if err := into.Commit(); err != nil {
		return m.storeError(len(samples), err)
	}
	m.count(c, example)
	return nil
}

func (m *Monitor) count(c Counts, example string) {
	m.counts.stored.Add(c.Stored)
	m.counts.duplicate.Add(c.Duplicate)
	m.counts.late.Add(c.Late)
	m.counts.future.Add(c.Future)
	m.counts.invalid.Add(c.Invalid)
	if example != "" {
		m.logger.Warn("samples left out", "duplicate", c.Duplicate, "late", c.Late, "future", c.Future,
			"invalid", c.Invalid, "stored", c.Stored, "last", example)
	}
}

// seriesLabels gives the label set of a sample, or why it cannot be a series.
func seriesLabels(b *labels.ScratchBuilder, s collectors.Sample) (labels.Labels, error) {
	if !model.LegacyValidation.IsValidMetricName(s.Name) {
		return labels.EmptyLabels(), fmt.Errorf("metric name %q is not valid", s.Name)
	}
	if s.At.IsZero() {
		return labels.EmptyLabels(), fmt.Errorf("%s has no time", s.Name)
	}
	b.Reset()
	b.Add(model.MetricNameLabel, s.Name)
	for name, value := range s.Labels {
		if !model.LegacyValidation.IsValidLabelName(name) || strings.HasPrefix(name, "__") {
			return labels.EmptyLabels(), fmt.Errorf("%s: label name %q is not valid", s.Name, name)
		}
		if !utf8.ValidString(value) {
			return labels.EmptyLabels(), fmt.Errorf("%s: label %s is not valid UTF-8: %q", s.Name, name, value)
		}
		if value != "" {
			b.Add(name, value)
		}
	}
	b.Sort()
	return b.Labels(), nil
}

// storeError says what a failed write means and what to do about it.
func (m *Monitor) storeError(n int, err error) error {
	if outOfSpace(err) {
		return fmt.Errorf("store %d samples in %s: disk full (%w): what was stored before is kept; free space or shorten metrics.retention", n, m.cfg.Dir, err)
	}
	return fmt.Errorf("store %d samples in %s: %w", n, m.cfg.Dir, err)
}

// outOfSpace tells whether the disk, the quota or the file-size limit is reached.
func outOfSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
