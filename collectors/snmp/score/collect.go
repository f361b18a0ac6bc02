package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/simulated/recording"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

// devicesAtOnce bounds how many recordings are served and collected at the same time.
const devicesAtOnce = 64

// collect serves every recording and collects it; the records are by the cases' keys.
func collect(ctx context.Context, cases []testcase) (map[string]snmp.Record, error) {
	s := &sink{records: map[string]snmp.Record{}}
	for start := 0; start < len(cases); start += devicesAtOnce {
		if err := s.some(ctx, cases[start:min(start+devicesAtOnce, len(cases))]); err != nil {
			return nil, err
		}
	}
	return s.records, nil
}

// some collects a few recordings, each on a socket of its own.
func (s *sink) some(ctx context.Context, cases []testcase) error {
	serving, stop := context.WithCancel(ctx)
	var agents errgroup.Group
	defer func() {
		stop()
		_ = agents.Wait()
	}()
	config := snmp.DefaultConfig()
	config.Timeout = 3 * time.Second
	for _, c := range cases {
		device, err := recording.Open(c.folder, c.id)
		if err != nil {
			return err
		}
		conn, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		agents.Go(func() error { return device.Serve(serving, conn) })
		config.Targets = append(config.Targets, snmp.Target{
			Name: c.key(), Address: conn.LocalAddr().String(), Community: snmp.Secret(c.id),
		})
	}
	collector, err := snmp.New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := collector.Collect(ctx, s); err != nil {
		return fmt.Errorf("collect: %w", err)
	}
	return nil
}

// sink keeps the records.
type sink struct {
	mu      sync.Mutex
	records map[string]snmp.Record
}

func (s *sink) Observe(_ context.Context, o inventory.Observation) error {
	r := snmp.NewRecord(o)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records[r.Target] = r
	return nil
}

func (s *sink) Measure(context.Context, []collectors.Sample) error { return nil }
