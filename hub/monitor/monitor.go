// Package monitor keeps the time series: what the collectors measure, the rules that watch it and
// the queries that pages, Grafana and other tools ask.
//
// It embeds a Prometheus database in the hub's data directory and is the only package that imports
// Prometheus server packages. Open gives a Monitor; Append stores samples; Instant, Range, Alerts
// and LastSeen answer pages; Handler answers the Prometheus query API.
//
// Every question carries a Scope in its context (WithScope). The scope is applied where series are
// selected, so no query text can reach around it, and a context without a scope is refused.
//
// Metric names stand in Metrics and nowhere else. The rules lie in rules/*.yaml, and each alert has
// a page in docs/runbooks.
package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/compression"
)

// lookback is how long a series counts as having its last value. It must be longer than the
// slowest polling interval, or series would flicker.
const lookback = 5 * time.Minute

// Monitor is an open time series database with its rules. It is safe for concurrent use.
type Monitor struct {
	cfg    Config
	logger *slog.Logger

	db     *tsdb.DB
	write  storage.Storage // db, and the remote receivers where there are some
	append ordered         // write, one sample at a time
	engine *promql.Engine
	rules  *rules.Manager
	api    http.Handler

	counts counters
	stop   context.CancelFunc
	wait   sync.WaitGroup
	closed sync.Once
}

// ErrLocked says that another process has the data directory open.
var ErrLocked = errors.New("in use by another process")

// Open opens the database in cfg.Dir, makes the directory when it is missing, and starts the
// evaluation of rules. ctx bounds nothing but the opening; Close stops everything.
func Open(ctx context.Context, cfg Config, logger *slog.Logger) (*Monitor, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("time series in %s: %w", cfg.Dir, err)
	}
	m := &Monitor{cfg: cfg, logger: logger.With("component", "monitor")}
	below := quiet(m.logger)

	db, err := tsdb.Open(cfg.Dir, below, nil, databaseOptions(cfg), nil)
	if err != nil {
		return nil, openError(cfg.Dir, err)
	}
	m.db, m.write = db, db
	if err := m.startRemote(below); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	m.append = newOrdered(m.write)
	m.engine = promql.NewEngine(promql.EngineOpts{
		Logger:               below,
		MaxSamples:           cfg.MaxQuerySamples,
		Timeout:              cfg.QueryTimeout,
		ActiveQueryTracker:   newGate(cfg.MaxConcurrentQueries),
		LookbackDelta:        lookback,
		EnableAtModifier:     true,
		EnableNegativeOffset: true,
		Parser:               parser.NewParser(parser.Options{}),
	})
	m.api = m.newAPI(below)
	if err := m.startRules(below); err != nil {
		return nil, errors.Join(err, m.write.Close())
	}
	return m, nil
}

// Close stops the rules, sends on what is queued for at most cfg.FlushDeadline and closes the
// database. Calling it again does nothing.
func (m *Monitor) Close() error {
	var err error
	m.closed.Do(func() {
		m.rules.Stop()
		m.stop()
		m.wait.Wait()
		err = errors.Join(m.engine.Close(), m.write.Close())
	})
	if err != nil {
		return fmt.Errorf("close time series in %s: %w", m.cfg.Dir, err)
	}
	return nil
}

// databaseOptions keeps the database small: the hub shares its machine with everything else.
func databaseOptions(cfg Config) *tsdb.Options {
	o := tsdb.DefaultOptions()
	o.RetentionDuration = cfg.Retention.Milliseconds()
	o.MaxBlockDuration = min((cfg.Retention / 10).Milliseconds(), (31 * 24 * time.Hour).Milliseconds())
	o.MaxBlockDuration = max(o.MaxBlockDuration, o.MinBlockDuration)
	o.OutOfOrderTimeWindow = cfg.OutOfOrder.Milliseconds()
	o.StripeSize = 1 << 11      // the default 16384 costs 20 MB before the first series
	o.WALSegmentSize = 16 << 20 // 128 MB is meant for millions of series
	o.WALCompression = compression.Snappy
	o.HeadChunksWriteBufferSize = 1 << 20
	o.EnableMemorySnapshotOnShutdown = true // a restart reads the snapshot, not hours of log
	return o
}

// openError says what to do about the two usual reasons that a directory cannot be opened.
func openError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.EAGAIN): // the lock file is held
		return fmt.Errorf("time series in %s: %w (%w): stop the other samdrift, or give this one its own --dir", dir, ErrLocked, err)
	case outOfSpace(err):
		return fmt.Errorf("time series in %s: %w: free space on this disk, then start again", dir, err)
	}
	return fmt.Errorf("open time series in %s: %w", dir, err)
}
