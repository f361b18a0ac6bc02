// Package demo runs the whole way of samdrift on invented data: the simulated estate answers real
// SNMP on loopback, and the hub collects, merges, assesses and plans it as it would a real one.
//
// It is used by `samdrift demo` and by tests of pages and API that need a filled hub.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/simulated"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Options say which demo is run.
type Options struct {
	Dir       string         // data directory
	Seed      uint64         // the same seed gives the same estate
	AsOf      inventory.Date // today for planning and scoring; 0: the clock
	PollEvery time.Duration  // between measurements
	FullEvery time.Duration  // between full looks
}

// DefaultOptions measure often enough that something is seen to move.
func DefaultOptions(dir string) Options {
	return Options{Dir: dir, Seed: 1, PollEvery: 10 * time.Second, FullEvery: 10 * time.Minute}
}

// devicePort is where the devices answer, so that a demo that is run again on the same directory
// finds them at the same addresses. An occupied address gets another port.
const devicePort = 16161

// Demo is a running demo estate with its hub.
type Demo struct {
	Hub     *hub.Hub
	Targets int // SNMP devices that will be asked
	options Options
	estate  *simulated.Estate
	network *simulated.Network
	stop    context.CancelFunc
	snmp    *snmp.Collector
}

// Open builds the estate, lets its devices answer on loopback, and opens the hub with the invented
// NIS2 answers, imports and register lines. Nothing is collected yet. Close stops it all.
func Open(ctx context.Context, o Options, log *slog.Logger) (_ *Demo, err error) {
	d := &Demo{options: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	now := time.Now()
	today := now
	if o.AsOf.Known() {
		today = o.AsOf.Time()
	}
	if d.estate, err = simulated.New(simulated.Config{Seed: o.Seed, AsOf: today, Port: devicePort}); err != nil {
		return nil, err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.stop = stop
	if d.network, err = d.estate.Serve(serving); err != nil {
		return nil, err
	}
	sc := d.network.Config()
	// The devices are simulated on the same processors that ask them: with many in flight each would take
	// longer than its budget.
	sc.Concurrency = 12
	sc.DeviceBudget, sc.PollBudget = 8*time.Second, 3*time.Second // one is slow and one falls silent: neither is waited for
	if d.snmp, err = snmp.New(sc, log); err != nil {
		return nil, err
	}
	d.Targets = len(sc.Targets)
	hc := hub.DefaultConfig()
	hc.Dir, hc.Demo, hc.AsOf, hc.Members = o.Dir, true, o.AsOf, d.estate.Municipalities()
	hc.Monitor.EvaluationInterval = 10 * time.Second
	if d.Hub, err = hub.Open(ctx, hc, log); err != nil {
		return nil, err
	}
	return d, d.fillIn(ctx, hc.Members, inventory.DateOf(today))
}

// fillIn keeps what the invented people have answered, imported and noted. A demo that runs again on the same
// directory keeps the lines that it has.
func (d *Demo) fillIn(ctx context.Context, members []string, asOf inventory.Date) error {
	admin, seed := People()[3], d.options.Seed
	if err := d.Hub.SaveAnswers(ctx, admin, nis2.DemoAnswers(d.Hub.Catalogue(), members, seed, asOf)); err != nil {
		return err
	}
	for _, code := range members {
		for _, f := range nis2.DemoFacts(code, seed, asOf) {
			file := hub.FactsFile{Municipality: code, Dataset: f.Dataset, Format: "csv", Taken: asOf, Data: []byte(f.CSV)}
			if _, err := d.Hub.ImportFacts(ctx, admin, file, false); err != nil {
				return err
			}
		}
		lines, err := d.Hub.Register(ctx, admin, code)
		if err != nil && !errors.Is(err, hub.ErrNotReady) {
			return err
		}
		if len(lines) > 0 {
			continue // the demo ran on this directory before
		}
		for _, x := range nis2.DemoEntries(code, seed, asOf) {
			if _, err := d.Hub.SaveEntry(ctx, admin, x); err != nil {
				return err
			}
		}
	}
	return nil
}

// Collectors gives everything that looks at the estate.
func (d *Demo) Collectors() []collectors.Collector {
	return append(d.estate.Collectors(), d.snmp)
}

// Collect takes one full look, merges it, and measures everything once.
func (d *Demo) Collect(ctx context.Context) error {
	if err := d.Hub.Collect(ctx, d.Collectors()...); err != nil {
		return err
	}
	for _, c := range d.Collectors() {
		p, ok := c.(collectors.Poller)
		if !ok {
			continue
		}
		if err := p.Poll(ctx, d.Hub.Sink()); err != nil {
			return fmt.Errorf("collector %s: %w", c.Name(), err)
		}
	}
	return nil
}

// Run collects at once and goes on until ctx ends; ended is told of each round and may be nil.
func (d *Demo) Run(ctx context.Context, ended func(collectors.Round)) error {
	var jobs []collectors.Job
	for _, c := range d.Collectors() {
		jobs = append(jobs, collectors.Job{Collector: c, Every: d.options.FullEvery, PollEvery: d.options.PollEvery})
	}
	return d.Hub.Run(ctx, jobs, ended)
}

// Close stops devices and hub.
func (d *Demo) Close() error {
	var faults []error
	if d.Hub != nil {
		faults = append(faults, d.Hub.Close())
	}
	if d.stop != nil {
		d.stop()
	}
	if d.network != nil {
		if err := d.network.Wait(); err != nil {
			faults = append(faults, fmt.Errorf("demo devices: %w", err))
		}
	}
	return errors.Join(faults...)
}

// People gives one invented person for each role: the IT chief of Svendborg, an operator of the
// centre, a member of the steering group, and the administrator.
func People() []hub.Person {
	return []hub.Person{
		{Name: "Demo it-chef, Svendborg", Role: hub.RoleMunicipality, Organisation: "479"},
		{Name: "Demo driftsleder, KIT Fyn", Role: hub.RoleCentre, Organisation: "kit-fyn"},
		{Name: "Demo medlem af styregruppen", Role: hub.RoleSteering},
		{Name: "Demo administrator", Role: hub.RoleAdmin},
	}
}
