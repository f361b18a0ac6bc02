package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// subtrees are what peers read of a device: the interface tables and the physical parts.
var subtrees = []string{"1.3.6.1.2.1.2", "1.3.6.1.2.1.31", "1.3.6.1.2.1.47"}

// peerDevices is how many devices the peers read.
const peerDevices = 200

// peersPart lets other programs read the same devices as samdrift, in one run.
func peersPart(ctx context.Context, s settings) error {
	return s.withDevices(ctx, peerDevices, 0, func(port int) error {
		ours, err := s.measure(ctx, "tables", port, peerDevices)
		if err != nil {
			return err
		}
		ours.print("samdrift, interfaces, counters and entities", nil)
		for _, peer := range []struct {
			name string
			work func(context.Context, int) (time.Duration, error)
		}{{"snmpbulkwalk", bulkwalk}, {"prometheus-snmp-exporter", exporter}} {
			if _, err := exec.LookPath(peer.name); err != nil {
				fmt.Printf("%s is not installed and was left out: apt-get install %s\n", peer.name, map[string]string{"snmpbulkwalk": "snmp"}[peer.name]+peer.name)
				continue
			}
			start := time.Now()
			processor, err := peer.work(ctx, port)
			if err != nil {
				return fmt.Errorf("%s: %w", peer.name, err)
			}
			r := result{Devices: peerDevices, Took: time.Since(start), Processor: processor}
			fmt.Printf("%s: %.0f devices/s, %.1f ms of processor each; samdrift reads %.1f times as many, with %.2f of the processor\n", peer.name,
				r.perSecond(), float64(processor.Microseconds())/1000/peerDevices, ours.perSecond()/r.perSecond(), ours.Processor.Seconds()/processor.Seconds())
		}
		return nil
	})
}

// bulkwalk runs net-snmp's program for each subtree of each device, eight devices at a time.
func bulkwalk(ctx context.Context, port int) (time.Duration, error) {
	before, err := children()
	if err != nil {
		return 0, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range peerDevices {
		group.Go(func() error {
			for _, tree := range subtrees {
				cmd := exec.CommandContext(ctx, "snmpbulkwalk", "-v2c", "-c", community, "-Cr50", "-On", netip.AddrPortFrom(address(i), uint16(port)).String(), tree)
				if err := cmd.Run(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	after, err := children()
	return after - before, err
}

// children gives the processor time of programs that were started and have ended.
func children() (time.Duration, error) {
	var usage syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), err
}

// exporter lets prometheus-snmp-exporter read each device once, sixteen at a time.
func exporter(ctx context.Context, port int) (_ time.Duration, err error) {
	dir, err := os.MkdirTemp("", "exporter")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	config := filepath.Join(dir, "snmp.yml")
	if err := os.WriteFile(config, []byte(exporterConfig()), 0o600); err != nil {
		return 0, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	at := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return 0, err
	}
	cmd := exec.Command("prometheus-snmp-exporter", "--config.file="+config, "--web.listen-address="+at, "--log.level=error")
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	started := true
	end := func() error {
		if !started {
			return nil
		}
		started = false
		return errors.Join(cmd.Process.Kill(), ignoreExit(cmd.Wait()))
	}
	defer func() { err = errors.Join(err, end()) }()
	for tries := 0; ; tries++ {
		if conn, err := net.Dial("tcp", at); err == nil {
			_ = conn.Close()
			break
		} else if tries > 100 {
			return 0, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for i := range peerDevices {
		group.Go(func() error {
			url := fmt.Sprintf("http://%s/snmp?module=benchmark&target=%v", at, netip.AddrPortFrom(address(i), uint16(port)))
			request, err := http.NewRequestWithContext(groupCtx, http.MethodGet, url, nil)
			if err != nil {
				return err
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			defer func() { _ = answer.Body.Close() }()
			text, err := io.ReadAll(answer.Body)
			if err == nil && (answer.StatusCode != http.StatusOK || strings.Count(string(text), "\nifHCInOctets{") < ports(i)) {
				err = fmt.Errorf("%s: %s", answer.Status, text[:min(len(text), 200)])
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	if err := end(); err != nil {
		return 0, err
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// ignoreExit drops the error of a program that was ended on purpose.
func ignoreExit(err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil
	}
	return err
}

// exporterConfig is what the exporter's generator writes for the interface tables, and some columns of
// the physical parts.
func exporterConfig() string {
	var b strings.Builder
	b.WriteString("benchmark:\n  walk:\n")
	for _, tree := range subtrees {
		fmt.Fprintf(&b, "  - %s\n", tree)
	}
	b.WriteString("  max_repetitions: 50\n  retries: 3\n  timeout: 5s\n  version: 2\n  auth: {community: " + community + "}\n  metrics:\n")
	metric := func(name, oid, kind, index string) {
		fmt.Fprintf(&b, "  - {name: %s, oid: %s, type: %s, help: h, indexes: [{labelname: %s, type: gauge}]}\n", name, oid, kind, index)
	}
	for _, m := range []struct{ name, oid, kind string }{
		{"ifMtu", "2.2.1.4", "gauge"}, {"ifSpeed", "2.2.1.5", "gauge"}, {"ifAdminStatus", "2.2.1.7", "gauge"}, {"ifOperStatus", "2.2.1.8", "gauge"},
		{"ifInOctets", "2.2.1.10", "counter"}, {"ifInErrors", "2.2.1.14", "counter"}, {"ifOutOctets", "2.2.1.16", "counter"}, {"ifOutErrors", "2.2.1.20", "counter"},
		{"ifHCInOctets", "31.1.1.1.6", "counter"}, {"ifHCOutOctets", "31.1.1.1.10", "counter"}, {"ifHighSpeed", "31.1.1.1.15", "gauge"},
		{"ifName", "31.1.1.1.1", "DisplayString"}, {"ifAlias", "31.1.1.1.18", "DisplayString"},
	} {
		metric(m.name, "1.3.6.1.2.1."+m.oid, m.kind, "ifIndex")
	}
	for name, n := range map[string]string{"entPhysicalName": "7", "entPhysicalSerialNum": "11", "entPhysicalModelName": "13"} {
		metric(name, "1.3.6.1.2.1.47.1.1.1.1."+n, "DisplayString", "entPhysicalIndex")
	}
	return b.String()
}
