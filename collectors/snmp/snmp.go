// Package snmp collects network devices, servers and other equipment over SNMP versions 1, 2c and 3.
//
// New takes the targets; Collect reads every table of each device into one inventory.Observation,
// Poll takes the few measurements that alerts and dashboards need. Each device has its own session,
// retries and time budget, so a slow or broken one never stops the others. Each table is one file
// (interfaces.go, entity.go, ...) and one line in the list of tables; each vendor family is one file
// of rules in rules/. What was not seen stays empty, and every table ends with a status that says
// whether it is whole.
package snmp

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/inventory"
)

// Name is the collector's name in observations and the job of its samples.
const Name = "snmp"

// Collector looks at SNMP devices. It implements collectors.Poller.
type Collector struct {
	config    Config
	instances []string    // per target, tells devices behind one address apart
	odometers []odometers // per target
	logger    *slog.Logger
	now       func() time.Time
}

var _ collectors.Poller = (*Collector)(nil)

// New gives a collector for the targets of the configuration, or every fault of it.
func New(config Config, logger *slog.Logger) (*Collector, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	c := &Collector{config: config, logger: logger.With("component", Name), now: config.Now}
	if c.now == nil {
		c.now = time.Now
	}
	unnamed := map[string]int{}
	for _, t := range config.Targets {
		if t.Name == "" {
			unnamed[t.Address]++
		}
	}
	nth := map[string]int{}
	for _, t := range config.Targets {
		instance := t.Name
		if instance == "" && unnamed[t.Address] > 1 {
			nth[t.Address]++
			instance = fmt.Sprintf("#%d", nth[t.Address])
		}
		c.instances = append(c.instances, instance)
		c.odometers = append(c.odometers, odometers{})
	}
	return c, nil
}

// Name is "snmp".
func (c *Collector) Name() string { return Name }

// Collect takes a full inventory of every target, with a first round of samples.
func (c *Collector) Collect(ctx context.Context, sink collectors.Sink) error {
	return c.each(ctx, c.config.DeviceBudget, sink, true)
}

// Poll measures every target and sends samples only.
func (c *Collector) Poll(ctx context.Context, sink collectors.Sink) error {
	return c.each(ctx, c.config.PollBudget, sink, false)
}

// each looks at all targets, a limited number at a time. It ends early only when ctx ends or the
// sink can take no more.
func (c *Collector) each(ctx context.Context, budget time.Duration, sink collectors.Sink, full bool) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(c.config.Concurrency)
	for i := range c.config.Targets {
		if inner.Err() != nil {
			break
		}
		group.Go(func() error {
			return c.one(inner, i, budget, sink, full)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// one looks at one target and hands over what came of it.
func (c *Collector) one(ctx context.Context, i int, budget time.Duration, sink collectors.Sink, full bool) error {
	bounded, cancel := context.WithTimeoutCause(ctx, budget, &trouble{inventory.StatusFailed, fmt.Sprintf("the time budget of %v for one device was used up", budget)})
	defer cancel()
	target := c.config.Targets[i]
	look := &look{target: target, instance: c.instances[i], odometers: c.odometers[i], start: c.now(), now: c.now, full: full}
	look.run(bounded, c.config)
	if ctx.Err() != nil {
		// Whoever stopped us wants no half answers.
		return ctx.Err()
	}
	o := look.observation
	c.logger.Debug("looked at device", "target", target.Label(), "address", target.Address, "status", o.Status, "error", o.Error, "duration", o.Duration)
	if look.stack != nil {
		c.logger.Error("reading a device panicked", "target", target.Label(), "stack", string(look.stack))
	}
	if full {
		if err := sink.Observe(ctx, o); err != nil {
			return fmt.Errorf("store what %s showed: %w", target.Label(), err)
		}
	}
	if err := sink.Measure(ctx, look.samples); err != nil {
		return fmt.Errorf("store samples of %s: %w", target.Label(), err)
	}
	return nil
}
