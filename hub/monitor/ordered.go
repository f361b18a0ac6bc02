package monitor

import (
	"context"
	"sync"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// writer is what samples and rule results are appended to.
type writer interface {
	storage.Appendable
	storage.AppendableV2
}

// ordered appends one sample at a time, whoever appends. The database gives each new series the next
// number and keeps lists of them in order; when two appenders make series at once it puts a late
// number in its place inside a list that a query may be reading. One at a time, numbers come in order
// and lists only ever grow.
type ordered struct {
	to writer
	mu *sync.Mutex
}

func newOrdered(to writer) ordered { return ordered{to, new(sync.Mutex)} }

// Appender is what rules write through.
func (o ordered) Appender(ctx context.Context) storage.Appender {
	return orderedAppender{o.to.Appender(ctx), o.mu}
}

// AppenderV2 is what Append writes through.
func (o ordered) AppenderV2(ctx context.Context) storage.AppenderV2 {
	return orderedAppenderV2{o.to.AppenderV2(ctx), o.mu}
}

type orderedAppender struct {
	storage.Appender
	mu *sync.Mutex
}

func (a orderedAppender) Append(ref storage.SeriesRef, l labels.Labels, t int64, v float64) (storage.SeriesRef, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.Appender.Append(ref, l, t, v)
}

type orderedAppenderV2 struct {
	storage.AppenderV2
	mu *sync.Mutex
}

func (a orderedAppenderV2) Append(ref storage.SeriesRef, ls labels.Labels, st, t int64, v float64, h *histogram.Histogram, fh *histogram.FloatHistogram, o storage.AppendV2Options) (storage.SeriesRef, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.AppenderV2.Append(ref, ls, st, t, v, h, fh, o)
}
