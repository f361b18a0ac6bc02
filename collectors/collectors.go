// Package collectors brings the world into samdrift. A Collector looks at devices, hosts or
// registers and hands what it saw to a Sink; it decides nothing about identity, which is
// inventory.Merge's work.
//
// A new collector is a package below this one that passes collectortest.Run.
package collectors

import (
	"context"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Collector looks at a set of targets.
type Collector interface {
	// Name is the collector's name in observations: "snmp", "agent".
	Name() string
	// Collect looks once at every target and sends one Observation per target to the sink, also
	// for targets that failed. It returns an error only when it could not work at all or when ctx
	// ended; a broken target never stops the others. It may be called again, but not concurrently
	// with itself.
	Collect(ctx context.Context, sink Sink) error
}

// Poller is a Collector that can also measure its targets often and cheaply, between full looks.
type Poller interface {
	Collector
	// Poll measures every target once and sends samples to the sink.
	Poll(ctx context.Context, sink Sink) error
}

// Sink takes what collectors see. It must be safe for concurrent use. An error tells the collector
// that nothing more can be stored, so it should stop.
type Sink interface {
	Observe(ctx context.Context, o inventory.Observation) error
	Measure(ctx context.Context, samples []Sample) error
}

// Sample is one measured value of a time series. Labels hold municipality, site, job and instance;
// the hub adds centre, role and criticality from the inventory. Samples may share their labels, which
// nobody changes.
type Sample struct {
	Name   string
	Labels map[string]string
	Value  float64
	At     time.Time
}
