package snmp

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Config is what a Collector works by.
type Config struct {
	Targets []Target `yaml:"-"` // in a file of their own, see ReadTargets

	Concurrency    int           `yaml:"concurrency"`      // devices in flight
	Timeout        time.Duration `yaml:"timeout"`          // of the first try of one request; it doubles with each retry
	Retries        int           `yaml:"retries"`          // tries after the first
	MaxRepetitions int           `yaml:"max_repetitions"`  // varbinds asked for in one answer; it shrinks by itself when they do not fit
	TablesInFlight int           `yaml:"tables_in_flight"` // tables of one device read side by side, each on a socket of its own
	DeviceBudget   time.Duration `yaml:"device_budget"`    // longest full look at one device; what was read by then is kept
	PollBudget     time.Duration `yaml:"poll_budget"`      // longest poll of one device

	Tables   []string `yaml:"tables"`   // read only these; none: all
	Software bool     `yaml:"software"` // list installed software too, which can take long on hosts

	Now func() time.Time `yaml:"-"` // the clock; nil: time.Now
}

// DefaultConfig suits a municipality's network: about 50 varbinds fill a packet of 1,472 bytes.
func DefaultConfig() Config {
	return Config{
		Concurrency:    64,
		Timeout:        2 * time.Second,
		Retries:        2,
		MaxRepetitions: 50,
		TablesInFlight: 3,
		DeviceBudget:   5 * time.Minute, // silence is paid for once, so only what is slow but answers needs this long
		PollBudget:     30 * time.Second,
		Software:       true,
	}
}

// Validate reports every fault of the settings and the targets.
func (c Config) Validate() error {
	var faults []error
	within := func(name string, value, low, high int) {
		if value < low || value > high {
			faults = append(faults, fmt.Errorf("snmp.%s is %d, want %d to %d", name, value, low, high))
		}
	}
	positive := func(name string, value time.Duration) {
		if value <= 0 {
			faults = append(faults, fmt.Errorf("snmp.%s is %v, want more than 0, such as 2s", name, value))
		}
	}
	within("concurrency", c.Concurrency, 1, 10_000)
	within("retries", c.Retries, 0, 10)
	within("max_repetitions", c.MaxRepetitions, 1, 1_000)
	within("tables_in_flight", c.TablesInFlight, 1, 8)
	positive("timeout", c.Timeout)
	positive("device_budget", c.DeviceBudget)
	positive("poll_budget", c.PollBudget)
	for _, name := range c.Tables {
		if !slices.ContainsFunc(tables, func(t table) bool { return t.name == name }) {
			faults = append(faults, fmt.Errorf("snmp.tables: there is no table %q: docs/collect-snmp.md lists them", name))
		}
	}
	names := map[string]int{}
	for i, t := range c.Targets {
		if err := t.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("snmp target %d (%s): %w", i+1, t.Label(), err))
		}
		if t.Name == "" {
			continue
		}
		key := t.Address + " " + t.Name
		if first, twice := names[key]; twice {
			faults = append(faults, fmt.Errorf("snmp targets %d and %d are both %s at %s: give them different names", first, i+1, t.Name, t.Address))
		}
		names[key] = i + 1
	}
	return errors.Join(faults...)
}
