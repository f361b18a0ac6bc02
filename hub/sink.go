package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
)

// Sink takes what collectors see. Observations wait for Flush; samples go to the time series at once.
func (h *Hub) Sink() collectors.Sink { return sink{h} }

type sink struct{ h *Hub }

// Observe keeps an observation until the next Flush. Operating systems are looked up in the
// life-cycle facts on the way in, so that their end of support is kept with where it comes from.
// What is as it was at the last look is kept once, not twice.
func (s sink) Observe(_ context.Context, o inventory.Observation) error {
	var last *inventory.Collection
	var known *inventory.Asset
	if e := s.h.current.Load(); e != nil {
		if last = e.collectedAt(o.Collector, o.Source); last != nil {
			known, _ = e.snapshot.Asset(last.Asset)
		}
	}
	inventory.ShareLook(&o, last)
	if o.Asset != nil {
		asset := *o.Asset
		if asset.OS.Name != "" && !asset.OS.EndOfSupport.Known() {
			if cycle, ok := facts.Lifecycle(asset.OS.Name, asset.OS.Version); ok {
				asset.OS.EndOfSupport, asset.OS.Cycle = cycle.End, cycle.String()
			}
		}
		inventory.Share(&asset, known)
		inventory.Intern(&asset)
		o.Asset = &asset
	}
	s.h.pending.Lock()
	defer s.h.pending.Unlock()
	s.h.waiting = append(s.h.waiting, &o)
	return nil
}

// Measure stores samples, with what the inventory knows about the instance added to their labels.
func (s sink) Measure(ctx context.Context, samples []collectors.Sample) error {
	if s.h.monitor == nil {
		return nil
	}
	if e := s.h.current.Load(); e != nil {
		for i := range samples {
			samples[i].Labels = e.enrich(samples[i].Labels)
		}
	}
	return s.h.monitor.Append(ctx, samples)
}

// enrich adds centre, role and criticality. Labels of things that are not in the inventory stay as they are.
func (e *estate) enrich(labels map[string]string) map[string]string {
	code := labels["municipality"]
	full := maps.Clone(labels)
	if a, ok := e.snapshot.AgreementOf(code); ok && a.Decided() {
		full["centre"] = a.Centre
	}
	if id, ok := e.instance[code+" "+labels["instance"]]; ok {
		if a, ok := e.snapshot.Asset(id); ok {
			full["role"] = string(a.Kind)
			full["criticality"] = strconv.Itoa(int(a.Criticality))
			if a.OperatedBy != "" {
				full["centre"] = a.OperatedBy
			}
		}
	}
	return full
}

// Flush merges what has been observed since the last Flush into the next snapshot, stores it with
// its changes, and shows it. It returns the number of changes. With nothing observed it does nothing.
// When storing fails what was merged is stored with the next Flush: nothing is lost.
func (h *Hub) Flush(ctx context.Context) (changes int, err error) {
	h.merging.Lock()
	defer h.merging.Unlock()
	h.pending.Lock()
	observations := h.waiting
	h.waiting = nil
	h.pending.Unlock()
	if len(observations) == 0 && h.merged == nil {
		return 0, nil
	}
	defer spareMemory(0)
	spareMemory(mergeSlack)
	next, diff := h.config.Ageing.Absorb(h.base(), observations, h.now())
	h.merged, h.unsaved = next, append(h.unsaved, diff...)
	debug.FreeOSMemory() // what the merge needed makes room for the plan
	changes = len(h.unsaved)
	if err := h.store.SaveSnapshot(ctx, next, h.unsaved); err != nil {
		return 0, fmt.Errorf("store the snapshot: %w", err)
	}
	if err := h.adopt(ctx, next); err != nil {
		return 0, err
	}
	h.log.Info("estate merged", "observations", len(observations), "changes", changes, "assets", len(next.Assets))
	return changes, nil
}

// adopt shows an estate that has just been stored. Where that fails, the next merge still builds on it.
func (h *Hub) adopt(ctx context.Context, next *inventory.Snapshot) error {
	h.merged, h.unsaved = next, nil
	if err := h.show(ctx, next); err != nil {
		return err
	}
	h.merged = nil
	return nil
}

// base is the snapshot that the next one builds on, with the members as configured now.
func (h *Hub) base() *inventory.Snapshot {
	var members []inventory.Municipality
	for _, code := range h.config.Members {
		if m, ok := facts.Municipality(code); ok {
			members = append(members, m)
		}
	}
	empty := inventory.NewSnapshot(members, h.config.Demo, h.now())
	base := *empty
	if e := h.current.Load(); h.merged != nil {
		base = *h.merged
	} else if e != nil {
		base = *e.snapshot
	}
	base.Municipalities = empty.Municipalities
	if h.config.Demo {
		base.Demo, base.Notice = true, inventory.DemoNotice
	}
	return &base
}

// Collect lets every collector look once and merges what they saw. Collectors run side by side; one
// that cannot work does not keep the others' observations out, and its error is returned at the end.
func (h *Hub) Collect(ctx context.Context, all ...collectors.Collector) error {
	var group errgroup.Group
	faults := make([]error, len(all))
	for i, c := range all {
		group.Go(func() error {
			if err := c.Collect(ctx, h.Sink()); err != nil {
				faults[i] = fmt.Errorf("collector %s: %w", c.Name(), err)
			}
			return nil
		})
	}
	_ = group.Wait() // the workers keep their errors in faults
	_, err := h.Flush(ctx)
	return errors.Join(append(faults, err)...)
}
