package hub_test

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory/facts"
	"github.com/samdrift/samdrift/inventory/inventorytest"
)

// BenchmarkRound takes 50,000 assets through a full collection round on top of an earlier one: every
// asset observed, merged, stored and shown with plan and gap analysis. It reports the merge from the
// first observation handed over to the estate shown (the making of observations left out), the most
// memory the process held meanwhile, the whole process after it, and what a page of the list costs.
//
// Run it once per process, since memory that the process has held before shows in the peak:
//
//	go test -run '^$' -bench Round -benchtime 1x ./hub
func BenchmarkRound(b *testing.B) {
	var codes []string
	for _, m := range facts.Municipalities() {
		codes = append(codes, m.Code)
	}
	estate := inventorytest.Estate{Assets: 50_000, Seed: 1, Municipalities: codes}
	for b.Loop() {
		clock := time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC)
		c := hub.DefaultConfig()
		c.Dir, c.AsOf, c.Now = b.TempDir(), today, func() time.Time { return clock }
		h, err := hub.Open(b.Context(), c, quiet)
		if err != nil {
			b.Fatal(err)
		}
		first, _ := look(b, h, estate, 0, clock)
		b.ReportMetric(memory(b, "VmHWM"), "MB-peak-first")
		debug.FreeOSMemory() // the peak counts anew from what the process holds
		forgetPeak(b)
		clock = clock.Add(time.Hour)
		used := processorTime(b)
		round, changes := look(b, h, estate, 1, clock)
		peak := memory(b, "VmHWM")
		b.ReportMetric(processorTime(b)-used, "cpu-s/round")
		b.ReportMetric(first.Seconds(), "s/first")
		b.ReportMetric(round.Seconds(), "s/round")
		b.ReportMetric(float64(changes), "changes")
		b.ReportMetric(peak, "MB-peak")
		for name, q := range map[string]hub.AssetQuery{
			"list": {}, "search": {Text: "sw-4", Sort: "-last_seen"}, "page": {Sort: "os", Page: 400},
		} {
			began := time.Now()
			const times = 20
			for range times {
				if _, err := h.Assets(b.Context(), admin, q); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(time.Since(began).Microseconds())/1000/times, "ms/"+name)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-live")
		size := int64(0)
		for _, name := range []string{"samdrift.db", "samdrift.db-wal"} {
			if info, err := os.Stat(c.Dir + "/" + name); err == nil {
				size += info.Size()
			}
		}
		b.ReportMetric(float64(size)/1e6, "MB-disk")
		if err := h.Close(); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if h, err = hub.Open(b.Context(), c, quiet); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/open")
		if err := h.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// look hands one round to the hub and merges it, and tells how long the hub was at work.
func look(b *testing.B, h *hub.Hub, estate inventorytest.Estate, round int, at time.Time) (work time.Duration, changes int) {
	sink := h.Sink()
	for o := range estate.Round(round, at) {
		began := time.Now()
		if err := sink.Observe(b.Context(), o); err != nil {
			b.Fatal(err)
		}
		work += time.Since(began)
	}
	began := time.Now()
	changes, err := h.Flush(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return work + time.Since(began), changes
}

// forgetPeak lets the kernel count the peak anew.
func forgetPeak(b *testing.B) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak counts from the start of the process: %v", err)
	}
}

// processorTime gives the seconds that the process has used, the making of observations included; 0
// where the system does not tell. On a machine that others use too it says more than the clock.
func processorTime(b *testing.B) float64 {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		b.Logf("no processor time: %v", err)
		return 0
	}
	_, after, _ := strings.Cut(string(stat), ") ") // past the name, which may hold spaces
	const user, system, perSecond = 11, 12, 100    // fields after the name, and the kernel's ticks
	ticks := 0.0
	for _, field := range []int{user, system} {
		n, err := strconv.ParseFloat(strings.Fields(after)[field], 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return ticks / perSecond
}

// memory reads a line of the process's status, in megabytes; 0 where the system has none.
func memory(b *testing.B, name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Logf("no memory figures: %v", err)
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb * 1024 / 1e6
		}
	}
	return 0
}
