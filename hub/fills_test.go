package hub_test

import (
	"context"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
)

// disks measures how much of Nyborg's two servers is in use: one fills up within weeks, the other not.
type disks struct{ at time.Time }

func (disks) Name() string { return "disks" }

func (d disks) Collect(ctx context.Context, sink collectors.Sink) error {
	grown := 0.0
	if time.Since(d.at) < time.Hour {
		grown = 10
	}
	for name, used := range map[string]float64{"nyb-app-1": 60 + grown, "nyb-db-1": 60} {
		labels := map[string]string{"municipality": "450", "instance": name, "job": "agent", "volume": "/"}
		if err := sink.Measure(ctx, []collectors.Sample{
			{Name: "samdrift_storage_size_bytes", Value: 100, At: d.at, Labels: labels},
			{Name: "samdrift_storage_used_bytes", Value: used, At: d.at, Labels: labels},
		}); err != nil {
			return err
		}
	}
	return nil
}

// What the hub's own time series tell of capacity counts: a critical server whose volume will be full within a
// month fails 21c-08, after a week in which nothing could be said.
func TestCapacityFromTheHubsTimeSeries(t *testing.T) {
	failing := func(h *hub.Hub) (failing, unknown int) {
		t.Helper()
		a, _, err := h.GapOf(t.Context(), admin, "450")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Controls {
			if r.ID == "21c-08" && r.Members != nil {
				return r.Members.Failing, r.Members.Population - r.Members.Known
			}
		}
		t.Fatal("21c-08 was not measured")
		return 0, 0
	}
	long, short := open(t, t.TempDir(), nil), open(t, t.TempDir(), nil)
	for _, h := range []*hub.Hub{long, short} {
		if err := h.Collect(t.Context(), estate{unmeasured: true}); err != nil { // what is stored of now would keep older samples out
			t.Fatal(err)
		}
	}
	if err := long.Collect(t.Context(), disks{time.Now().Add(-7*24*time.Hour - 5*time.Minute)}); err != nil {
		t.Fatal(err)
	}
	for _, h := range []*hub.Hub{long, short} {
		for _, c := range []collectors.Collector{disks{time.Now()}, estate{}} { // an estate is assessed when it is seen anew
			if err := h.Collect(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	if bad, unknown := failing(long); bad != 1 || unknown != 0 {
		t.Errorf("after a week %d fill up and %d are unknown, want nyb-app-1 alone, which the only critical system runs on", bad, unknown)
	}
	if bad, unknown := failing(short); bad != 0 || unknown != 1 {
		t.Errorf("after one look %d fill up and %d are unknown, want one unknown", bad, unknown)
	}
}
