package hub

import (
	"context"
	"errors"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// measured is what the time series tell of the estate, for the gap analysis. A nil map: nobody has kept any.
type measured struct {
	monitored map[string]time.Time    // when each asset's time series last had data
	fills     map[string]nis2.Fill    // how full each asset is
	loads     map[string]float64      // how loaded links and uplinks are
	loadsAt   time.Time               // when the uplinks were asked about
	readings  map[string]nis2.Reading // what UPSs and thermometers of rooms told
}

// measure asks the time series.
func (h *Hub) measure(ctx context.Context, s *inventory.Snapshot) (m measured, err error) {
	if m.monitored, err = h.monitored(ctx, s); err != nil {
		return m, err
	}
	if m.fills, err = h.fills(ctx, s); err != nil {
		return m, err
	}
	if m.loads, m.loadsAt, err = h.loads(ctx, s); err != nil {
		return m, err
	}
	m.readings, err = h.readings(ctx, s)
	return m, err
}

// noted gives what a running hub last noted of its time series, or nil.
func noted[T any](ctx context.Context, h *Hub, name string) (T, error) {
	var was T
	_, err := h.store.Result(ctx, name, &was)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return was, err
}
