package monitor_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub/monitor"
)

// Many collectors make new series while pages ask. The race detector watches: the lists that a query
// reads may grow under it, never change.
func TestNewSeriesWhileQueriesRead(t *testing.T) {
	m := open(t, t.TempDir())
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := m.Instant(monitor.WithScope(t.Context(), everything), `count by (municipality) ({job="snmp",instance=~"sw-.+"})`, now); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	const collectorsAtOnce, series = 8, 400
	for w := range collectorsAtOnce {
		writers.Go(func() {
			for i := range series {
				err := m.Append(t.Context(), []collectors.Sample{{
					Name: "samdrift_device_up", Value: 1, At: now,
					Labels: map[string]string{"municipality": "461", "job": "snmp", "instance": fmt.Sprintf("sw-%d-%d", w, i)},
				}})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	found, err := m.Instant(monitor.WithScope(t.Context(), everything), `count(samdrift_device_up)`, now)
	if err != nil || len(found) != 1 || found[0].Points[0].Value != collectorsAtOnce*series {
		t.Errorf("got %+v, %v; want every series", found, err)
	}
}
