package monitor

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Config says where the time series lie and how the database behaves. Start from DefaultConfig.
type Config struct {
	Dir       string        // owned by this package alone
	Retention time.Duration // older data is deleted

	// OutOfOrder is how much older than a series' newest sample a sample may be. Data that comes
	// later than that is counted (Counts.Late) and not stored.
	OutOfOrder time.Duration

	EvaluationInterval   time.Duration // between two evaluations of the rules
	QueryTimeout         time.Duration
	MaxQuerySamples      int // a query that loads more at once fails; 16 bytes each
	MaxConcurrentQueries int // further queries wait

	RemoteWrite   []RemoteWrite
	FlushDeadline time.Duration // how long Close waits for receivers

	// Now is the clock. Samples further ahead of it than ten minutes are refused.
	Now func() time.Time
}

// RemoteWrite is a receiver that every sample is also sent to (Prometheus remote write 1.0): a
// national Prometheus, Mimir, Thanos or VictoriaMetrics. What it has not got while both it and the
// hub were down is not sent again.
type RemoteWrite struct {
	Name    string // for the log; empty: the URL's host
	URL     string
	Headers map[string]Secret // Authorization, X-Scope-OrgID
	Timeout time.Duration     // of one request; zero: 30 s
}

// Secret is a text that is never printed.
type Secret string

// hidden is what a Secret shows of itself.
const hidden = "<hidden>"

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// DefaultConfig keeps 30 days and fits beside the hub on a small machine. Dir must be set.
func DefaultConfig() Config {
	return Config{
		Retention:            30 * 24 * time.Hour,
		OutOfOrder:           10 * time.Minute,
		EvaluationInterval:   30 * time.Second,
		QueryTimeout:         30 * time.Second,
		MaxQuerySamples:      5_000_000,
		MaxConcurrentQueries: 8,
		FlushDeadline:        5 * time.Second,
		Now:                  time.Now,
	}
}

// Validate reports every fault of the configuration.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("metrics."+format, args...)) }
	if c.Dir == "" {
		fault("dir is empty: name a directory for the time series")
	}
	if c.Retention < 24*time.Hour {
		fault("retention is %s, want at least 24h: rules look back a day", c.Retention)
	}
	if c.OutOfOrder < 0 || c.OutOfOrder > time.Hour {
		fault("out_of_order is %s, want 0 to 1h", c.OutOfOrder)
	}
	if c.EvaluationInterval < time.Second || c.EvaluationInterval > lookback {
		fault("evaluation_interval is %s, want 1s to %s", c.EvaluationInterval, lookback)
	}
	if c.QueryTimeout <= 0 {
		fault("query_timeout is %s, want more than 0", c.QueryTimeout)
	}
	if c.MaxQuerySamples <= 0 {
		fault("max_query_samples is %d, want more than 0", c.MaxQuerySamples)
	}
	if c.MaxConcurrentQueries <= 0 {
		fault("max_concurrent_queries is %d, want more than 0", c.MaxConcurrentQueries)
	}
	if c.FlushDeadline < 0 {
		fault("flush_deadline is %s, want 0 or more", c.FlushDeadline)
	}
	if c.Now == nil {
		fault("Now is nil: start from DefaultConfig")
	}
	seen := map[string]bool{}
	for i, w := range c.RemoteWrite {
		u, err := url.Parse(w.URL)
		switch {
		case err != nil:
			fault("remote_write[%d].url: %w", i, err)
		case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
			fault("remote_write[%d].url is %q, want http(s)://host/path", i, u.Redacted())
		case u.User != nil:
			fault("remote_write[%d].url holds a password: put it in headers as a secret Authorization", i)
		case seen[w.URL]:
			fault("remote_write[%d].url %q stands twice", i, w.URL)
		}
		seen[w.URL] = true
		if w.Timeout < 0 {
			fault("remote_write[%d].timeout is %s, want 0 or more", i, w.Timeout)
		}
	}
	return errors.Join(faults...)
}
