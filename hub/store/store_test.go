package store_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/terraform"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func snapshot(at time.Time, name string) (*inventory.Snapshot, []inventory.Change) {
	empty := inventory.NewSnapshot([]inventory.Municipality{{Code: "461", Name: "Odense"}}, true, noon)
	yes := true
	return inventory.Merge(empty, []inventory.Observation{{
		Collector: "agent", Source: "srv-1", Municipality: "461", At: at, Status: inventory.StatusOK,
		Asset: &inventory.Asset{
			Name: name, Kind: inventory.KindVM, Serial: "S1", Interfaces: []inventory.Interface{{Index: 1, MAC: "02:00:00:00:00:01"}},
			Backup: &inventory.Backup{LastSuccess: at, Encrypted: &yes},
		},
		Flows: []inventory.Flow{{FromIP: "10.0.0.1", ToIP: "10.0.0.2", Protocol: "tcp", Port: 443}},
	}}, at)
}

// suite is what any database behind the store must do.
func suite(t *testing.T, s *store.Store) {
	ctx := t.Context()
	t.Run("a snapshot loads back identical", func(t *testing.T) {
		if _, err := s.LatestSnapshot(ctx); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("an empty store gives %v, want not found", err)
		}
		want, changes := snapshot(noon, "srv-1 æøå")
		if err := s.SaveSnapshot(ctx, want, changes); err != nil {
			t.Fatal(err)
		}
		got, err := s.LatestSnapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if want.Hash() != got.Hash() {
			t.Error("the hash changed on the way")
		}
	})
	t.Run("states of engines", func(t *testing.T) {
		lock := terraform.StateLock{ID: "l1", Who: "anna@odense", Operation: "OperationTypeApply", Created: noon}
		var locked *terraform.LockedError
		if _, err := s.State(ctx, "450-a1"); !errors.Is(err, terraform.ErrNoState) {
			t.Errorf("no state yet: %v", err)
		}
		if err := s.SaveState(ctx, "450-a1", "l1", []byte(`{"serial":1}`), noon); !errors.As(err, &locked) {
			t.Errorf("a state was written without the lock: %v", err)
		}
		if err := s.LockState(ctx, "450-a1", lock); err != nil {
			t.Fatal(err)
		}
		if err := s.LockState(ctx, "450-a1", terraform.StateLock{ID: "l2"}); !errors.As(err, &locked) || locked.Holder.Who != "anna@odense" {
			t.Errorf("a second lock: %v", err)
		}
		for _, state := range []string{`{"serial":1}`, `{"serial":2}`} {
			if err := s.SaveState(ctx, "450-a1", "l1", []byte(state), noon); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.UnlockState(ctx, "450-a1", "l2"); !errors.As(err, &locked) {
			t.Errorf("a foreign key: %v", err)
		}
		if err := s.UnlockState(ctx, "450-a1", "l1"); err != nil {
			t.Error(err)
		}
		if _, held, err := s.StateHolder(ctx, "450-a1"); held || err != nil {
			t.Errorf("still held: %t, %v", held, err)
		}
		if got, err := s.State(ctx, "450-a1"); err != nil || string(got) != `{"serial":2}` {
			t.Errorf("the latest state is %q, %v", got, err)
		}
	})
	t.Run("only the present estate is whole, its changes stay", func(t *testing.T) {
		for i := range 30 {
			x, changes := snapshot(noon.Add(time.Duration(i+1)*time.Minute), "renamed")
			if err := s.SaveSnapshot(ctx, x, changes); err != nil {
				t.Fatal(err)
			}
		}
		latest, err := s.LatestSnapshot(ctx)
		if err != nil || !latest.TakenAt.Equal(noon.Add(30*time.Minute)) || len(latest.Assets) != 1 {
			t.Fatalf("want the snapshot of 12:30, got %v", err)
		}
		changes, err := s.Changes(ctx, "asset", latest.Assets[0].ID, 500)
		if err != nil || len(changes) != 31 || changes[0].At.Before(changes[30].At) {
			t.Errorf("want 31 changes, newest first, got %d %v", len(changes), err)
		}
		some, err := s.ChangesBetween(ctx, noon.Add(3*time.Minute), noon.Add(6*time.Minute))
		if err != nil || len(some) != 3 || !some[0].At.Equal(noon.Add(4*time.Minute)) {
			t.Errorf("want the changes of 12:04, 12:05 and 12:06, oldest first, got %v %v", some, err)
		}
		at, err := s.MergeTime(ctx, latest.Hash()[:12])
		if err != nil || !at.Equal(latest.TakenAt) {
			t.Errorf("the hash is of %v, want %v: %v", at, latest.TakenAt, err)
		}
		for _, unknown := range []string{"", "%", "zz", "ffffffffffffff"} {
			if _, err := s.MergeTime(ctx, unknown); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("hash %q: want not found, got %v", unknown, err)
			}
		}
	})
	t.Run("a replaced estate is kept whole", func(t *testing.T) {
		before, err := s.LatestSnapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		after, changes := snapshot(noon.Add(time.Hour), "imported")
		after.Assets[0].ID, after.Parts = "a1", after.Assets
		if err := s.ReplaceSnapshot(ctx, after, changes, before); err != nil {
			t.Fatal(err)
		}
		got, err := s.LatestSnapshot(ctx)
		if err != nil || got.Hash() != after.Hash() {
			t.Errorf("the new estate does not load back: %v\n%s", err, cmp.Diff(after, got))
		}
		kept, err := s.ReplacedSnapshot(ctx, noon.Add(2*time.Hour))
		if err != nil || kept.Hash() != before.Hash() {
			t.Errorf("the estate before is not kept: %v", err)
		}
		if _, err := s.ReplacedSnapshot(ctx, noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an estate from before all: %v, want not found", err)
		}
	})
	t.Run("answers are replaced, not doubled", func(t *testing.T) {
		for level := range 3 {
			if err := s.SaveAnswers(ctx, []store.AnswerEdit{{Answer: nis2.Answer{Municipality: "461", Control: "20-01", Level: level, AnsweredBy: "IT-chef"}}}, time.Now(), "IT-chef"); err != nil {
				t.Fatal(err)
			}
		}
		answers, err := s.Answers(ctx)
		if err != nil || len(answers) != 1 || answers[0].Level != 2 {
			t.Errorf("got %+v %v", answers, err)
		}
	})
	t.Run("results", func(t *testing.T) {
		var got map[string]int
		if _, err := s.Result(ctx, "plan", &got); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("want not found, got %v", err)
		}
		for n := range 2 {
			if err := s.SaveResult(ctx, "plan", noon, "hash", map[string]int{"n": n}); err != nil {
				t.Fatal(err)
			}
		}
		if from, err := s.Result(ctx, "plan", &got); err != nil || from != "hash" || got["n"] != 1 {
			t.Errorf("got %v from %q, %v", got, from, err)
		}
	})
	t.Run("reports", func(t *testing.T) {
		want := store.Report{ID: "2026-2-abc", Period: "2026-2", Hash: "abc", Snapshot: "s", CreatedAt: noon, Demo: true, Facts: []byte("{}"), HTML: []byte("<html>")}
		for range 2 {
			if err := s.SaveReport(ctx, want); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Reports(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]store.Report{want}, got); d != "" {
			t.Error(d)
		}
	})
	t.Run("access tokens", func(t *testing.T) {
		a := store.Access{Name: "Anna", Role: "municipality", Organisation: "461", Expires: noon.Add(time.Hour)}
		if err := s.SaveAccess(ctx, "secret-token", a, noon); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Access(ctx, "secret-token", noon); err != nil || got != a {
			t.Errorf("got %+v %v", got, err)
		}
		for token, now := range map[string]time.Time{"secret-tokem": noon, "secret-token": noon.Add(2 * time.Hour), "": noon} {
			if _, err := s.Access(ctx, token, now); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("token %q at %v: %v, want not found", token, now, err)
			}
		}
	})
	t.Run("audit trail", func(t *testing.T) {
		for _, action := range []string{"plan.propose", "terraform.approve", "terraform.apply"} {
			if err := s.AddAudit(ctx, store.Audit{At: noon, Actor: "Anna", Action: action, Subject: "479-461", Detail: "sha256:…"}); err != nil {
				t.Fatal(err)
			}
		}
		trail, err := s.AuditTrail(ctx)
		if err != nil || len(trail) != 3 || trail[2].Previous != trail[1].Hash {
			t.Errorf("got %+v %v", trail, err)
		}
	})
}

func open(t *testing.T, c store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSQLite(t *testing.T) { suite(t, open(t, store.Config{Dir: t.TempDir()})) }

func TestDirectoryNamesThatLookLikeOptions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a?b#c%20 æ")
	open(t, store.Config{Dir: dir})
	if _, err := os.Stat(filepath.Join(dir, "samdrift.db")); err != nil {
		t.Error(err)
	}
}

func TestSecondProcessIsToldWhy(t *testing.T) {
	dir := t.TempDir()
	first := open(t, store.Config{Dir: dir})
	_, err := store.Open(t.Context(), store.Config{Dir: dir})
	if !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), "--dir") {
		t.Errorf("want a lock error that names --dir, got %v", err)
	}
	x, changes := snapshot(noon, "srv-1")
	if err := first.SaveSnapshot(t.Context(), x, changes); err != nil {
		t.Fatal(err)
	}
	reader := open(t, store.Config{Dir: dir, ReadOnly: true})
	if got, err := reader.LatestSnapshot(t.Context()); err != nil || got.Hash() != x.Hash() {
		t.Errorf("a reader beside the hub sees %v %v", got, err)
	}
	if err := reader.AddAudit(t.Context(), store.Audit{At: noon, Actor: "x"}); err == nil {
		t.Error("a reader could write")
	}
}

func TestReadingWhereNothingIs(t *testing.T) {
	_, err := store.Open(context.Background(), store.Config{Dir: t.TempDir(), ReadOnly: true})
	if !errors.Is(err, store.ErrNotInitialised) {
		t.Errorf("want not initialised, got %v", err)
	}
}

// A line of the audit trail that somebody changed afterwards shows.
func TestChangedAuditLineShows(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Config{Dir: dir})
	for _, actor := range []string{"Anna", "Bo", "Carl"} {
		if err := s.AddAudit(t.Context(), store.Audit{At: noon, Actor: actor, Action: "terraform.approve"}); err != nil {
			t.Fatal(err)
		}
	}
	tamper(t, filepath.Join(dir, "samdrift.db"), `UPDATE audit SET actor = 'Dora' WHERE sequence = 2`)
	if _, err := s.AuditTrail(t.Context()); err == nil || !strings.Contains(err.Error(), "audit line 2") {
		t.Errorf("want the broken line 2, got %v", err)
	}
}

func tamper(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// A database of the first version is brought up without loss: its estate, and what had changed.
func TestUpgradeFromTheFirstVersion(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "samdrift.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(database.DialectSQLite3, db, os.DirFS("migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	want, changes := snapshot(noon, "srv-1 æøå")
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	if err := errors.Join(json.NewEncoder(z).Encode(want), z.Close()); err != nil {
		t.Fatal(err)
	}
	const at = "2026-11-21T12:00:00.000Z"
	if _, err := db.Exec(`INSERT INTO snapshots (hash, taken_at, demo, body) VALUES ($1, $2, TRUE, $3)`, want.Hash(), at, body.Bytes()); err != nil {
		t.Fatal(err)
	}
	id := want.Assets[0].ID
	if _, err := db.Exec(`INSERT INTO changes (at, noun, id, municipality, name, field, old_value, new_value, collector, source)
		VALUES ($1, 'asset', $2, '461', 'srv-1', 'vcpus', '2', '4', 'agent', 'srv-1')`, at, id); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, store.Config{Dir: dir})
	got, err := s.LatestSnapshot(t.Context())
	if err != nil || got.Hash() != want.Hash() {
		t.Fatalf("the estate is not what it was: %v\n%s", err, cmp.Diff(want, got))
	}
	history, err := s.Changes(t.Context(), "asset", id, 10)
	if err != nil || len(history) != 1 || history[0].From != "2" || history[0].To != "4" || !history[0].At.Equal(noon) {
		t.Errorf("the history is %+v, %v", history, err)
	}
	if when, err := s.MergeTime(t.Context(), want.Hash()); err != nil || !when.Equal(noon) {
		t.Errorf("the snapshot's time is %v, %v", when, err)
	}
	next, more := inventory.Merge(got, nil, noon.Add(time.Hour))
	if err := s.SaveSnapshot(t.Context(), next, append(more, changes...)); err != nil {
		t.Fatal(err)
	}
	if again, err := s.LatestSnapshot(t.Context()); err != nil || again.Hash() != next.Hash() {
		t.Errorf("the first estate saved after the upgrade does not load back: %v", err)
	}
}

// Only rows that differ are written: an asset that nobody saw anew keeps its row as it is.
func TestUnchangedAssetsAreNotWritten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Config{Dir: dir})
	first, changes := snapshot(noon, "srv-1")
	if err := s.SaveSnapshot(t.Context(), first, changes); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "samdrift.db")
	tamper(t, path, `UPDATE assets SET kind = 'marked'`)
	marked := func() (n int) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if err := db.QueryRow(`SELECT COUNT(*) FROM assets WHERE kind = 'marked'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	other := inventory.Observation{Collector: "agent", Source: "srv-2", Municipality: "461", At: noon, Status: inventory.StatusOK, Asset: &inventory.Asset{Name: "srv-2", Serial: "S2"}}
	second, changes := inventory.Merge(first, []inventory.Observation{other}, noon.Add(time.Minute))
	if err := s.SaveSnapshot(t.Context(), second, changes); err != nil {
		t.Fatal(err)
	}
	if n := marked(); n != 1 {
		t.Errorf("%d rows were left as they are, want the one that nobody saw anew", n)
	}
	// Where the database holds another estate than was last seen here, everything is written.
	tamper(t, path, `UPDATE estate SET hash = 'another'`)
	third, changes := inventory.Merge(second, nil, noon.Add(2*time.Minute))
	if err := s.SaveSnapshot(t.Context(), third, changes); err != nil {
		t.Fatal(err)
	}
	if n := marked(); n != 0 {
		t.Errorf("%d rows of another estate were left", n)
	}
}
