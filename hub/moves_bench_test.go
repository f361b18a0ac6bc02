package hub_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/hubtest"
	"github.com/samdrift/samdrift/terraform"
)

// BenchmarkMoves makes up a country with 25,000 units of one server each, whose moves are kept at every stage,
// and asks what pages, API and command line ask of it: once after the hub was opened, right after a move has
// changed, and when nothing has changed since.
//
// Run it once per process, since memory that the process has held before shows in the peak:
//
//	go test -run '^$' -bench 'Moves$' -benchtime 1x ./hub
func BenchmarkMoves(b *testing.B) {
	country, dir := hubtest.Country{Servers: 25_000}, os.Getenv("SAMDRIFT_COUNTRY")
	if dir == "" {
		dir = b.TempDir()
		began := time.Now()
		if err := country.Build(b.Context(), dir, quiet); err != nil {
			b.Fatal(err)
		}
		b.Logf("built in %s, %.0f MB at most", time.Since(began).Round(time.Second), memory(b, "VmHWM"))
	}
	h, err := country.Open(b.Context(), dir, quiet)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	list, err := h.Moves(b.Context(), admin)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d moves, %d waves", len(list.Moves), len(list.Waves))
	runtime.GC()
	var after runtime.MemStats
	runtime.ReadMemStats(&after)
	b.Logf("in use: %.0f MB before the moves were read, %.0f after", float64(before.HeapAlloc)/1e6, float64(after.HeapAlloc)/1e6)
	unit := list.Moves[len(list.Moves)/2]
	accept := func() error {
		_, err := h.AcceptMove(b.Context(), admin, unit.Unit, terraform.Acceptance{Key: terraform.ConcernBackup, Reason: "a benchmark", Until: time.Now().Add(time.Hour)})
		return err
	}
	customer := hub.Person{Name: "Bo", Role: hub.RoleMunicipality, Organisation: unit.Municipality}
	for _, q := range []struct {
		name string
		ask  func() error
	}{
		{"moves", func() error { _, err := h.Moves(b.Context(), admin); return err }},
		{"moves_of_one", func() error { _, err := h.Moves(b.Context(), customer); return err }},
		{"unit", func() error { _, err := h.Move(b.Context(), admin, unit.Unit); return err }},
		{"runbook", func() error { _, err := h.Runbooks(b.Context(), admin, unit.Wave.ID); return err }},
		{"plan", func() error { _, err := h.Plan(b.Context(), admin); return err }},
		{"overview", func() error { _, err := h.Overview(b.Context(), admin); return err }},
		{"municipality", func() error { _, err := h.Municipality(b.Context(), admin, unit.Municipality); return err }},
		{"report", func() error { _, err := h.ReportFacts(b.Context(), admin); return err }},
		{"change", accept},
	} {
		b.Run(q.name, func(b *testing.B) {
			if err := accept(); err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			if err := q.ask(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "ms/after-a-change")
			b.ReportAllocs()
			for b.Loop() {
				if err := q.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Logf("%.0f MB at most", memory(b, "VmHWM"))
	if err := h.Close(); err != nil {
		b.Fatal(err)
	}
}
