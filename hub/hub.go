// Package hub is the centre of samdrift: the use cases that the command line, the pages, the API
// and the timers all call. It holds the current estate with everything worked out from it, applies
// each person's scope to every question, and keeps the audit trail.
//
// The way through it: a collector hands observations to Sink; Flush merges them into the next
// snapshot, works out plan and gap analysis, stores the result and shows it to all readers at once.
// Questions are methods that take a Person and return a view (views.go); none returns anything
// outside the person's scope, and an unknown person gets nothing.
package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // see copenhagen

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Config says what the hub works on.
type Config struct {
	Dir       string                     // data directory; 0700
	Database  string                     // postgres:// URL; empty: SQLite in Dir
	ReadOnly  bool                       // answers questions beside a running hub; stores nothing, keeps no time series
	Members   []string                   // codes of the municipalities in this cooperation
	Demo      bool                       // the data are invented: every answer says so
	AsOf      inventory.Date             // fixes today for planning, scoring and reports; 0: the clock
	Ageing    inventory.Ageing           // when assets that are not seen are stale, and gone
	Planner   planner.Settings           //
	Freezes   []planner.Freeze           //
	Monitor   monitor.Config             // Dir is set below the hub's own when empty
	Terraform terraform.Config           //
	Sources   map[string]platform.Source // by the names that terraform.agreements uses
	Engine    EngineSecrets              // what engines get that stands in no file of theirs
	Now       func() time.Time           // the clock

	Evaluate evaluate.Settings // prices and limits that the plan is judged by
}

// EngineSecrets reach engines by environment only.
type EngineSecrets struct {
	Environment map[string]string // PG_CONN_STR, credentials of an object store
	Passphrase  string            // encrypts states and plans; OpenTofu only
}

// leastPassphrase is how long OpenTofu wants a passphrase to be.
const leastPassphrase = 16

// DefaultConfig plans for all 98 municipalities with the national freeze calendar.
func DefaultConfig() Config {
	c := Config{
		Ageing:    inventory.DefaultAgeing(),
		Planner:   planner.DefaultSettings(),
		Freezes:   planner.DefaultFreezes(inventory.NewDate(2025, time.January, 1), inventory.NewDate(2030, time.December, 31)),
		Monitor:   monitor.DefaultConfig(),
		Terraform: terraform.DefaultConfig(),
		Now:       time.Now,
		Evaluate:  evaluate.DefaultSettings(),
	}
	for _, m := range facts.Municipalities() {
		c.Members = append(c.Members, m.Code)
	}
	return c
}

// Validate reports every fault of the configuration.
func (c Config) Validate() error {
	var faults []error
	if c.Dir == "" {
		faults = append(faults, errors.New("data directory is not set"))
	}
	for _, code := range c.Members {
		if _, ok := facts.Municipality(code); !ok {
			faults = append(faults, fmt.Errorf("members: %q is no municipality code; codes have three digits, such as 461 for Odense", code))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Terraform.Agreements)) {
		for _, name := range c.Terraform.Agreements[id].Sources() {
			if _, err := c.source(id, name); err != nil {
				faults = append(faults, err)
			}
		}
	}
	if c.Terraform.State == terraform.StatePG && c.Engine.Environment["PG_CONN_STR"] == "" {
		faults = append(faults, errors.New("terraform.state: pg needs PG_CONN_STR under engine_environment"))
	}
	if p := c.Engine.Passphrase; p != "" && len(p) < leastPassphrase {
		faults = append(faults, fmt.Errorf("state_passphrase has %d characters, want %d or more", len(p), leastPassphrase))
	}
	faults = append(faults, c.Ageing.Validate(), c.Planner.Validate(), c.Evaluate.Validate(), c.Terraform.Validate())
	return errors.Join(faults...)
}

// source finds what an agreement's mapping names. It must be on the mapping's own platform: servers that
// were read on another would be written wrongly.
func (c Config) source(agreement, name string) (platform.Source, error) {
	source, ok := c.Sources[name]
	if !ok {
		return nil, fmt.Errorf("terraform.agreements.%s: %q is described under none of vcenters, proxmox, libvirt and azure: %w", agreement, name, ErrInvalid)
	}
	if want, got := c.Terraform.Agreements[agreement].PlatformOf(name), source.Platform().Name(); got != want {
		return nil, fmt.Errorf("terraform.agreements.%s: the platform there is %s, and %q is on %s: name one on %s: %w", agreement, want, name, got, want, ErrInvalid)
	}
	return source, nil
}

// Hub is a running installation. Its methods may be called concurrently.
type Hub struct {
	config    Config
	log       *slog.Logger
	store     *store.Store
	monitor   *monitor.Monitor               // nil when read only
	catalogue atomic.Pointer[nis2.Catalogue] // with the cooperation's choices
	now       func() time.Time

	current atomic.Pointer[estate]   // nil until something was collected
	inForce atomic.Pointer[Adoption] // what people have put in force; nil: nothing

	assessing sync.Mutex      // one change of results at a time; guards changed
	changed   map[string]bool // municipalities whose answers or registers changed since the last working out began

	moving  sync.Mutex // one change of moves at a time
	kept    moveCache
	derived deriving
	// revising lets one record at a time be compared with what is kept, and kept.
	revising sync.Mutex
	runs     *runs // applies that go on
	states   stateService

	reconciled reconciling

	merging sync.Mutex          // one merge at a time; guards merged and unsaved
	merged  *inventory.Snapshot // merged, but could not be stored or shown; nil as a rule
	unsaved []inventory.Change  // what led to merged, where that could not be stored
	pending sync.Mutex          // guards waiting
	waiting []*inventory.Observation
}

// Open opens the data directory and shows the estate as it was last stored.
func Open(ctx context.Context, c Config, log *slog.Logger) (*Hub, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	h := &Hub{config: c, log: log.With("component", "hub"), now: c.Now, changed: map[string]bool{}, runs: newRuns(ctx, c.Terraform.Parallel)}
	if err := h.open(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *Hub) open(ctx context.Context) error {
	var err error
	if h.store, err = store.Open(ctx, store.Config{Dir: h.config.Dir, Database: h.config.Database, ReadOnly: h.config.ReadOnly}); err != nil {
		return err
	}
	if err := h.loadCatalogue(ctx); err != nil {
		return err
	}
	if err := h.loadInForce(ctx); err != nil {
		return err
	}
	if !h.config.ReadOnly {
		mc := h.config.Monitor
		if mc.Dir == "" {
			mc.Dir = filepath.Join(h.config.Dir, "metrics")
		}
		if h.monitor, err = monitor.Open(ctx, mc, h.log); err != nil {
			return err
		}
	}
	if err := h.findCutShort(ctx); err != nil {
		return err
	}
	snapshot, err := h.store.LatestSnapshot(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return h.show(ctx, snapshot)
}

// Close frees the data directory. What was observed and not yet merged is merged first by Flush;
// Close itself drops it. Moves under way are asked to end, and are waited for.
func (h *Hub) Close() error {
	h.runs.close()
	faults := []error{h.states.close()}
	if h.monitor != nil {
		faults = append(faults, h.monitor.Close())
	}
	if h.store != nil {
		faults = append(faults, h.store.Close())
	}
	return errors.Join(faults...)
}

// Ready tells whether there is an estate to show.
func (h *Hub) Ready() bool { return h.current.Load() != nil }

// Catalogue gives the NIS2 catalogue that the hub assesses with.
func (h *Hub) Catalogue() *nis2.Catalogue { return h.catalogue.Load() }

// Dir gives the data directory.
func (h *Hub) Dir() string { return h.config.Dir }

// today gives the date that planning and scoring take as today.
func (h *Hub) today() inventory.Date {
	if h.config.AsOf.Known() {
		return h.config.AsOf
	}
	return inventory.DateOf(h.now().In(copenhagen))
}

// copenhagen is the users' time zone. Its rules are built in, so that a machine without zone files
// shows the same dates.
var copenhagen = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic("embedded time zones lack Europe/Copenhagen: " + err.Error())
	}
	return zone
}()

// Monitor gives the Prometheus query API, scoped by the person in the request's context.
func (h *Hub) Monitor() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.monitor == nil {
			http.Error(w, "this samdrift only reads: it keeps no time series", http.StatusServiceUnavailable)
			return
		}
		p, _ := PersonFrom(r.Context())
		h.monitor.Handler().ServeHTTP(w, r.WithContext(h.seriesScope(r.Context(), p)))
	})
}

// seriesScope gives a context that reaches the time series within the person's scope.
func (h *Hub) seriesScope(ctx context.Context, p Person) context.Context {
	e := h.current.Load()
	if e == nil {
		return monitor.WithScope(ctx, monitor.Scope{})
	}
	if p.Role == RoleAdmin {
		return monitor.WithScope(ctx, monitor.Scope{All: true})
	}
	return monitor.WithScope(ctx, monitor.Scope{Municipalities: scopeOf(p, e.snapshot).codes()})
}
