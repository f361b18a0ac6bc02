package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

// result is what a client measured of itself.
type result struct {
	Devices    int           // that were read whole, or found
	Interfaces int64         // read in all
	Took       time.Duration // by the clock
	Processor  time.Duration // used
	PeakBytes  int64         // most memory resident
	Packets    int           `json:",omitempty"`
}

func (r result) perSecond() float64 { return float64(r.Devices) / r.Took.Seconds() }

func (r result) print(what string, err error) {
	if err != nil {
		return
	}
	fmt.Printf("%s: %d devices in %.1f s, %.0f devices/s; %.1f ms of processor each; %d MB at most", what,
		r.Devices, r.Took.Seconds(), r.perSecond(), float64(r.Processor.Microseconds())/1000/float64(r.Devices), r.PeakBytes>>20)
	if r.Packets > 0 {
		fmt.Printf("; %d packets", r.Packets)
	}
	fmt.Println()
}

// collect does one part in this process and writes the result to stdout.
func collect(ctx context.Context, s settings) (err error) {
	if s.profile != "" {
		file, err := os.Create(s.profile + "-" + s.client + ".pprof")
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer func() {
			pprof.StopCPUProfile()
			_ = file.Close()
		}()
	}
	r, start := result{}, time.Now()
	if s.client == "sweep" {
		err = sweep(ctx, s, &r)
	} else {
		err = look(ctx, s, &r)
	}
	if err != nil {
		return err
	}
	r.Took = time.Since(start)
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return err
	}
	r.Processor = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	r.PeakBytes = usage.Maxrss << 10
	return json.NewEncoder(os.Stdout).Encode(r)
}

// look collects all devices once.
func look(ctx context.Context, s settings, r *result) error {
	c := snmp.DefaultConfig()
	if s.client != "inventory" {
		c.Tables = []string{"interfaces", "entity", "counters"}
	}
	for i := range s.devices {
		target := snmp.Target{Address: netip.AddrPortFrom(address(i), uint16(s.port)).String(), Community: community}
		if s.client == "v3" {
			target.Community, target.Credentials = "", snmp.Credentials{User: user, AuthPassword: authPassword, PrivPassword: privPassword}
		}
		c.Targets = append(c.Targets, target)
	}
	collector, err := snmp.New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	var seen counter
	if err := collector.Collect(ctx, &seen); err != nil {
		return err
	}
	r.Devices, r.Interfaces = int(seen.whole.Load()), seen.interfaces.Load()
	want := int64(0)
	for i := range s.devices {
		want += int64(ports(i))
	}
	if r.Devices != s.devices || r.Interfaces != want {
		return fmt.Errorf("%d of %d devices were read whole, %d of %d interfaces: %s", r.Devices, s.devices, r.Interfaces, want, *seen.fault.Load())
	}
	return nil
}

// sweep searches the range.
func sweep(ctx context.Context, s settings, r *result) error {
	d := snmp.DefaultDiscovery()
	d.Rate = s.rate
	d.Credentials = []snmp.Credential{{Name: "benchmark", Community: community}}
	d.Scopes = []snmp.Scope{{Name: "benchmark", CIDRs: []netip.Prefix{network}, Port: uint16(s.port)}}
	found, err := d.Run(ctx)
	r.Devices, r.Packets = len(found.Found), found.Packets
	if err == nil && r.Devices != s.devices {
		err = fmt.Errorf("%d of %d devices were found", r.Devices, s.devices)
	}
	return err
}

// counter is a sink that only counts.
type counter struct {
	whole, interfaces atomic.Int64
	fault             atomic.Pointer[string]
}

func (c *counter) Observe(_ context.Context, o inventory.Observation) error {
	if o.Status == inventory.StatusOK {
		c.whole.Add(1)
		c.interfaces.Add(int64(len(o.Asset.Interfaces)))
	} else {
		why := strings.TrimSpace(o.Error)
		c.fault.Store(&why)
	}
	return nil
}

func (c *counter) Measure(context.Context, []collectors.Sample) error { return nil }
