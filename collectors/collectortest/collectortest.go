// Package collectortest is the suite that every collector must pass. A new collector's test calls
// Run with a way to make the collector and what it must see:
//
//	func TestSuite(t *testing.T) {
//		collectortest.Run(t, func() collectors.Collector { return newCollector(t) }, collectortest.Want{Targets: 3})
//	}
//
// At least one of the targets should be one that fails. The suite counts goroutines, so its test
// must not run in parallel with others.
package collectortest

import (
	"context"
	"errors"
	"math"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/inventory"
)

// Want is what the collector under test must see.
type Want struct {
	Targets int // observations of one full look, failed targets included
	Failed  int // how many of them show a target that gave nothing
}

// patience is how long a collector may take to stop once it was told to. It bounds hangs and is no
// measurement.
const patience = 10 * time.Second

// Run holds the collector that make gives against the contract of collectors.Collector. Each part
// gets a collector of its own.
func Run(t *testing.T, make func() collectors.Collector, want Want) {
	t.Run("observes every target", func(t *testing.T) { observes(t, make(), want) })
	t.Run("works again", func(t *testing.T) { worksAgain(t, make(), want) })
	t.Run("stops before it began", func(t *testing.T) { stopsAtOnce(t, make()) })
	t.Run("stops in the middle", func(t *testing.T) { stopsMidway(t, make()) })
	t.Run("stops when nothing can be stored", func(t *testing.T) { stopsOnFullSink(t, make()) })
	if _, ok := make().(collectors.Poller); ok {
		t.Run("polls", func(t *testing.T) { polls(t, make()) })
	}
}

func observes(t *testing.T, c collectors.Collector, want Want) {
	sink := &Recorder{}
	noGoroutineLeft(t, func() {
		if err := c.Collect(t.Context(), sink); err != nil {
			t.Fatalf("Collect: %v; a broken target is an observation, no error", err)
		}
	})
	got := sink.Observations()
	if len(got) != want.Targets {
		t.Errorf("%d observations, want one for each of %d targets", len(got), want.Targets)
	}
	failed := 0
	seen := map[string]bool{}
	for _, o := range got {
		checkObservation(t, c.Name(), o)
		if key := o.Source + " " + o.Instance; seen[key] {
			t.Errorf("two observations have the source and instance %q", key)
		} else {
			seen[key] = true
		}
		if o.Status != inventory.StatusOK && o.Status != inventory.StatusPartial {
			failed++
		}
	}
	if failed != want.Failed {
		t.Errorf("%d targets failed, want %d", failed, want.Failed)
	}
	for _, s := range sink.Samples() {
		checkSample(t, s)
	}
}

func worksAgain(t *testing.T, c collectors.Collector, want Want) {
	for range 2 {
		sink := &Recorder{}
		if err := c.Collect(t.Context(), sink); err != nil {
			t.Fatalf("Collect: %v", err)
		}
		if got := len(sink.Observations()); got != want.Targets {
			t.Errorf("%d observations, want %d", got, want.Targets)
		}
	}
}

func stopsAtOnce(t *testing.T, c collectors.Collector) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sink := &Recorder{}
	if err := c.Collect(ctx, sink); !errors.Is(err, context.Canceled) {
		t.Errorf("Collect gives %v under a context that has ended, want context.Canceled", err)
	}
	if got := len(sink.Observations()); got > 0 {
		t.Errorf("%d observations under a context that has ended", got)
	}
}

// stopsMidway ends the context as soon as the first observation arrives, and for collectors with one
// target shortly after the start.
func stopsMidway(t *testing.T, c collectors.Collector) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	timer := time.AfterFunc(50*time.Millisecond, cancel)
	defer timer.Stop()
	noGoroutineLeft(t, func() {
		done := make(chan error, 1)
		go func() { done <- c.Collect(ctx, &Recorder{Each: cancel}) }()
		<-ctx.Done()
		select {
		case err := <-done:
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("Collect gives %v when stopped, want nil or context.Canceled", err)
			}
		case <-time.After(patience):
			t.Fatalf("Collect goes on %v after its context ended", patience)
		}
	})
}

var errFull = errors.New("no space left")

func stopsOnFullSink(t *testing.T, c collectors.Collector) {
	noGoroutineLeft(t, func() {
		if err := c.Collect(t.Context(), &Recorder{Fail: errFull}); !errors.Is(err, errFull) {
			t.Errorf("Collect gives %v when the sink is full, want the sink's error wrapped", err)
		}
	})
}

func polls(t *testing.T, c collectors.Collector) {
	sink := &Recorder{}
	noGoroutineLeft(t, func() {
		if err := c.(collectors.Poller).Poll(t.Context(), sink); err != nil {
			t.Fatalf("Poll: %v", err)
		}
	})
	if len(sink.Samples()) == 0 {
		t.Error("Poll measured nothing: at least whether each target is up is always known")
	}
	if n := len(sink.Observations()); n > 0 {
		t.Errorf("Poll sent %d observations; it measures only", n)
	}
	for _, s := range sink.Samples() {
		checkSample(t, s)
	}
}

var metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)

func checkSample(t *testing.T, s collectors.Sample) {
	t.Helper()
	if !metricName.MatchString(s.Name) {
		t.Errorf("sample name %q is none that Prometheus takes", s.Name)
	}
	for _, label := range []string{"job", "instance", "municipality"} {
		if s.Labels[label] == "" {
			t.Errorf("sample %s %v: label %s is missing", s.Name, s.Labels, label)
		}
	}
	if s.At.IsZero() || math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
		t.Errorf("sample %s %v: value %v at %v", s.Name, s.Labels, s.Value, s.At)
	}
}

// noGoroutineLeft runs work and waits for the goroutines that it started.
func noGoroutineLeft(t *testing.T, work func()) {
	t.Helper()
	before := runtime.NumGoroutine()
	work()
	for end := time.Now().Add(patience); runtime.NumGoroutine() > before; {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines more than before:\n%s", runtime.NumGoroutine()-before, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(time.Millisecond)
	}
}

var (
	statuses = []inventory.Status{
		inventory.StatusOK, inventory.StatusPartial, inventory.StatusFailed, inventory.StatusUnreachable, inventory.StatusRefused,
	}
	states = []string{inventory.TableComplete, inventory.TablePartial, inventory.TableAbsent, inventory.TableRefused}
)

func checkObservation(t *testing.T, collector string, o inventory.Observation) {
	t.Helper()
	complain := func(format string, args ...any) {
		t.Helper()
		t.Errorf("observation of %s %s: "+format, append([]any{o.Source, o.Instance}, args...)...)
	}
	if o.Collector != collector {
		complain("collector is %q, want %q", o.Collector, collector)
	}
	if o.Source == "" || o.Municipality == "" || o.At.IsZero() {
		complain("source, municipality %q and time %v must be set", o.Municipality, o.At)
	}
	if !slices.Contains(statuses, o.Status) {
		complain("status %q is none of %v", o.Status, statuses)
	}
	if (o.Error == "") != (o.Status == inventory.StatusOK) {
		complain("status %s with error %q: what is not ok says why, what is ok has no error", o.Status, o.Error)
	}
	for name, table := range o.Tables {
		if !slices.Contains(states, table.State) {
			complain("table %s has the state %q, want one of %v", name, table.State, states)
		}
		if (table.State == inventory.TablePartial || table.State == inventory.TableRefused) && table.Reason == "" {
			complain("table %s is %s without a reason", name, table.State)
		}
	}
	for _, fault := range badText(o) {
		complain("%s", fault)
	}
	if o.Asset == nil {
		return
	}
	if o.Asset.ID != "" || o.Asset.Provenance != nil || o.Asset.Sources != nil {
		complain("the asset has an id, provenance or sources: those are given by inventory.Merge")
	}
	if !slices.Contains(inventory.Kinds, o.Asset.Kind) {
		complain("kind %q is none of %v", o.Asset.Kind, inventory.Kinds)
	}
	if o.Asset.Municipality != o.Municipality {
		complain("the asset belongs to %q, the observation to %q", o.Asset.Municipality, o.Municipality)
	}
}
