package monitor_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub/monitor"
)

// BenchmarkAppend stores one round of 20,000 series, 20 to a device, as the collectors send them.
func BenchmarkAppend(b *testing.B) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	c := monitor.DefaultConfig()
	c.Dir = b.TempDir()
	c.Now = func() time.Time { return at }
	m, err := monitor.Open(b.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := m.Close(); err != nil {
			b.Error(err)
		}
	}()
	const devices, perDevice = 1_000, 20
	batches := make([][]collectors.Sample, devices)
	for d := range batches {
		for i := range perDevice {
			batches[d] = append(batches[d], collectors.Sample{Name: "ifHCInOctets", Labels: map[string]string{
				"municipality": fmt.Sprint(101 + d%98), "job": "snmp", "instance": fmt.Sprintf("sw-%d", d), "ifIndex": fmt.Sprint(i),
			}})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Minute)
		for _, batch := range batches {
			for i := range batch {
				batch[i].At, batch[i].Value = at, batch[i].Value+1000
			}
			if err := m.Append(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*devices*perDevice/b.Elapsed().Seconds(), "samples/s")
}
