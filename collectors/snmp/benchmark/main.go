// Command benchmark measures collection and discovery against simulated devices, and beside
// snmpbulkwalk and prometheus-snmp-exporter on the same devices in the same run:
//
//	go run ./collectors/snmp/benchmark                 # everything, a few minutes
//	go run ./collectors/snmp/benchmark -run sweep      # one part: inventory, distant, v3, sweep, peers
//
// The devices, and whoever collects them, run in processes of their own, so that memory and processor
// time are the collector's. Figures depend on the machine; the ratios within one run are the robust
// part. Needs Linux, which answers on all of 127.0.0.0/8; peers that are not installed are left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

// settings are the command line.
type settings struct {
	run     string
	devices int
	latency time.Duration
	rate    int
	server  string // internal: serve devices with this latency
	client  string // internal: collect in this way
	port    int    // internal: of the devices
	profile string // where a client writes its processor profile
}

func main() {
	var s settings
	flag.StringVar(&s.run, "run", "inventory,distant,v3,sweep,peers", "parts to run")
	flag.IntVar(&s.devices, "devices", 2000, "simulated devices")
	flag.DurationVar(&s.latency, "latency", 20*time.Millisecond, "round trip to distant devices")
	flag.IntVar(&s.rate, "rate", 10_000, "packets a second of the sweep")
	flag.StringVar(&s.profile, "profile", "", "write processor profiles of the collector to this prefix")
	flag.StringVar(&s.server, "server", "", "internal")
	flag.StringVar(&s.client, "client", "", "internal")
	flag.IntVar(&s.port, "port", 0, "internal")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := s.work(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func (s settings) work(ctx context.Context) error {
	switch {
	case s.server != "":
		return serve(ctx, s)
	case s.client != "":
		return collect(ctx, s)
	}
	for _, part := range strings.Split(s.run, ",") {
		work, ok := map[string]func(context.Context, settings) error{
			"inventory": inventoryPart, "distant": distantPart, "v3": v3Part, "sweep": sweepPart, "peers": peersPart,
		}[part]
		if !ok {
			return fmt.Errorf("-run %q is none of inventory, distant, v3, sweep, peers", part)
		}
		if err := work(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	}
	return nil
}

// inventoryPart reads everything of near devices.
func inventoryPart(ctx context.Context, s settings) error {
	return s.withDevices(ctx, 300, 0, func(port int) error {
		r, err := s.measure(ctx, "inventory", port, 300)
		r.print("full inventory of 300 devices, 0 ms", err)
		return err
	})
}

// distantPart reads interfaces and entities of many devices far away.
func distantPart(ctx context.Context, s settings) error {
	return s.withDevices(ctx, s.devices, s.latency, func(port int) error {
		r, err := s.measure(ctx, "tables", port, s.devices)
		r.print(fmt.Sprintf("interfaces and entities of %d devices, %v", s.devices, s.latency), err)
		return err
	})
}

// v3Part compares SNMPv3 with v2c on the same devices, in turns.
func v3Part(ctx context.Context, s settings) error {
	return s.withDevices(ctx, 400, 0, func(port int) error {
		var rates [2]float64
		for turn := range 6 {
			way := []string{"tables", "v3"}[turn%2]
			r, err := s.measure(ctx, way, port, 400)
			if err != nil {
				return err
			}
			rates[turn%2] = max(rates[turn%2], r.perSecond())
		}
		fmt.Printf("SNMPv3 SHA-256/AES-256 against v2c, best of three turns: %.0f against %.0f devices/s, %.0f %%\n", rates[1], rates[0], 100*rates[1]/rates[0])
		return nil
	})
}

// sweepPart searches a /16 that holds the devices.
func sweepPart(ctx context.Context, s settings) error {
	return s.withDevices(ctx, s.devices, 0, func(port int) error {
		r, err := s.measure(ctx, "sweep", port, s.devices)
		r.print(fmt.Sprintf("sweep of a /16 with %d devices, %d packets/s", s.devices, s.rate), err)
		return err
	})
}
