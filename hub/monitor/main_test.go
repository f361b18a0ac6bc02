package monitor_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub/monitor"
)

// secondProcess names what a copy of this test binary shall do instead of testing.
const secondProcess = "SAMDRIFT_MONITOR_TEST"

var background = context.Background()

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(secondProcess) {
	case "open":
		err = openOnce(os.Args[1])
	case "fill":
		err = fill(os.Args[1])
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// again runs a copy of this test binary and gives what it printed.
func again(t *testing.T, what, dir string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], dir)
	cmd.Env = append(os.Environ(), secondProcess+"="+what)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func openOnce(dir string) error {
	cfg := monitor.DefaultConfig()
	cfg.Dir = dir
	m, err := monitor.Open(background, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return m.Close()
}

// fill stores samples under a file-size limit until the database refuses, and prints what it says.
// It leaves without closing, as a process on a full machine does.
func fill(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	cfg := monitor.DefaultConfig()
	cfg.Dir, cfg.Now = dir, func() time.Time { return now }
	m, err := monitor.Open(background, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := m.Append(background, []collectors.Sample{sample("samdrift_device_up", "461", "odense", "first", 1, 0)}); err != nil {
		return err
	}
	limit := syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for batch := range 1000 {
		var samples []collectors.Sample
		for i := range 1000 {
			samples = append(samples, sample("samdrift_device_up", "461", "odense", fmt.Sprintf("device-%d-%d", batch, i), 1, 0))
		}
		if err := m.Append(background, samples); err != nil {
			fmt.Println(err)
			found, err := m.Instant(monitor.WithScope(background, everything), `samdrift_device_up{instance="first"}`, now)
			if err == nil && len(found) != 1 {
				err = fmt.Errorf("on a full disk the query finds %v", found)
			}
			return err
		}
	}
	return fmt.Errorf("a million samples fit below the limit")
}

func sortedInstances(found []monitor.Series) []string {
	var names []string
	for _, s := range found {
		names = append(names, s.Labels["instance"])
	}
	slices.Sort(names)
	return names
}
