package dashboards_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/samdrift/samdrift/dashboards/api"
	"github.com/samdrift/samdrift/dashboards/report"
	"github.com/samdrift/samdrift/dashboards/web"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/hubtest"
	"github.com/samdrift/samdrift/terraform"
)

// BenchmarkMoves asks for every page and answer with moves in it, of a country with 25,000 units of one server
// each whose moves stand at every stage: the first time after a move was changed, and when nothing has changed
// since. SAMDRIFT_COUNTRY names a directory to keep the country in from run to run; making it up takes longer
// than all the rest.
//
//	go test -run '^$' -bench 'Moves$' -benchtime 10x ./dashboards
func BenchmarkMoves(b *testing.B) {
	h := openCountry(b)
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.Logf("%.0f MB in use", float64(memory.HeapAlloc)/1e6)

	admin := hub.Person{Name: "Anna", Role: hub.RoleAdmin}
	list, err := h.MoveList(b.Context(), admin, hub.MoveQuery{State: hub.MoveApproved})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d units, %d of them approved", list.States[hub.MoveApproved], list.Total)
	unit := list.Moves[0]
	change := func(b *testing.B) {
		if _, err := h.AcceptMove(b.Context(), admin, unit.Unit, terraform.Acceptance{Key: terraform.ConcernBackup, Reason: "a benchmark", Until: time.Now().Add(time.Hour)}); err != nil {
			b.Fatal(err)
		}
	}
	token := map[hub.Role]string{}
	for _, p := range []hub.Person{admin, {Name: "Bo", Role: hub.RoleMunicipality, Organisation: unit.Municipality}} {
		if token[p.Role], err = h.Grant(b.Context(), "test", p, time.Hour); err != nil {
			b.Fatal(err)
		}
	}
	site := web.New(h, web.Options{Logger: slog.New(slog.DiscardHandler), API: api.Routes(h), Version: "test"})
	for _, path := range []string{
		"/moves", "/moves?page=200", "/moves?state=attention", "/moves?q=srv0042", "/moves?wave=" + unit.Wave.ID, "/moves/" + unit.Unit, "/live/moves", "/moves/wave/" + unit.Wave.ID + "/runbook",
		"/api/v1/moves", "/api/v1/moves/" + unit.Unit, "/api/v1/waves/" + unit.Wave.ID + "/runbook", "/api/v1/plan", "/api/v1/overview",
		"/", "/municipalities/" + unit.Municipality, "/plan", "/plan/waves/" + unit.Wave.ID, "/plan/groups/" + unit.Group.ID,
	} {
		for _, role := range []hub.Role{hub.RoleAdmin, hub.RoleMunicipality} {
			b.Run(string(role)+path, func(b *testing.B) {
				ask := func() int {
					r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
					r.Header.Set("Authorization", "Bearer "+token[role])
					answer := httptest.NewRecorder()
					site.ServeHTTP(answer, r)
					if answer.Code != http.StatusOK && path != "/plan/groups/"+unit.Group.ID { // a group that has begun is in no plan
						b.Fatalf("%d %s", answer.Code, answer.Body)
					}
					return answer.Body.Len()
				}
				change(b)
				began := time.Now()
				size := ask()
				first := milliseconds(began)
				for b.Loop() {
					ask()
				}
				b.ReportMetric(first, "ms/after-a-change")
				b.ReportMetric(float64(size)/1000, "kB")
			})
		}
	}
	b.Run("change", func(b *testing.B) {
		for b.Loop() {
			change(b)
		}
	})
	b.Run("all moves, as terraform status asks", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.Moves(b.Context(), admin); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("half-year report", func(b *testing.B) {
		for b.Loop() {
			facts, err := h.ReportFacts(b.Context(), admin)
			if err != nil {
				b.Fatal(err)
			}
			_, hash, err := report.Freeze(facts)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := report.Build(facts, hash, "da"); err != nil {
				b.Fatal(err)
			}
		}
	})
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.Logf("%.0f MB in use, %.0f MB from the system", float64(memory.HeapAlloc)/1e6, float64(memory.Sys-memory.HeapReleased)/1e6)
}

// openCountry gives a hub over the country, made up or as it was kept.
func openCountry(b *testing.B) *hub.Hub {
	country, quiet := hubtest.Country{Servers: 25_000}, slog.New(slog.DiscardHandler)
	dir := os.Getenv("SAMDRIFT_COUNTRY")
	if dir == "" {
		dir = b.TempDir()
	}
	if _, err := os.Stat(filepath.Join(dir, "samdrift.db")); errors.Is(err, fs.ErrNotExist) {
		began := time.Now()
		if err := country.Build(b.Context(), dir, quiet); err != nil {
			b.Fatal(err)
		}
		b.Logf("made up in %s", time.Since(began).Round(time.Second))
	}
	began := time.Now()
	h, err := country.Open(b.Context(), dir, quiet)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := h.Close(); err != nil {
			b.Error(err)
		}
	})
	b.Logf("opened in %s", time.Since(began).Round(100*time.Millisecond))
	return h
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1000 }
