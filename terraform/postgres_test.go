//go:build unix

package terraform_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/postgrestest"
)

// database is a PostgreSQL of the test's own, by its URL.
type database string

// query asks the database something, with PostgreSQL's own client.
func (d database) query(text string) *exec.Cmd {
	return exec.Command("psql", "-d", string(d), "-Atqc", text)
}

// answer gives what a query answers.
func (d database) answer(t *testing.T, text string) string {
	t.Helper()
	out, err := d.query(text).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", text, err, out)
	}
	return strings.TrimSpace(string(out))
}

// hold takes advisory locks in a session of its own. What it returns ends that session.
func (d database) hold(t *testing.T, locks string) func() {
	t.Helper()
	holder := d.query(locks + "; SELECT pg_sleep(600)")
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = holder.Wait() }() // it is cut off, and says so
	release := sync.OnceFunc(func() {
		// Killing the client would not do: its session sleeps on.
		d.answer(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()")
		<-ended
	})
	t.Cleanup(release)
	for d.answer(t, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0" { // it sleeps when it has all locks
		select {
		case <-ended:
			t.Fatalf("the session that was to take the locks has ended: %s", locks)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return release
}

// planWhileOneIsFirst plans units side by side that have no state yet, while another session holds the lock
// that engines take for such units: the database's for Terraform, the schema's for OpenTofu. They wait,
// although a plan waits for nobody else, and say so.
func planWhileOneIsFirst(t *testing.T, r *terraform.Runner, dir string, units []terraform.Unit, db database) []terraform.UnitPlan {
	t.Helper()
	locks := "SELECT pg_advisory_lock(-1)"
	for _, u := range units {
		schema := fnv.New32()
		_, _ = schema.Write([]byte("samdrift-" + u.ID + "\x00states"))
		locks += fmt.Sprintf(", pg_advisory_lock(-%d)", schema.Sum32())
	}
	release := db.hold(t, locks)
	told := r.Told
	defer func() { r.Told = told }()
	var waited atomic.Bool
	r.Told = func(e terraform.Event) {
		if e.Kind == terraform.EventLocked {
			waited.Store(true)
			if e.Lock == nil || e.Lock.Who != "" {
				t.Errorf("waits for %+v, want that nobody knows who it is: the engine only knows its own lock", e.Lock)
			}
			release() // once it is known that one waits
		}
		told(e)
	}
	plans := plan(t, r, dir, units)
	if !waited.Load() {
		t.Error("no plan waited for the lock that another session held")
	}
	return plans
}

// States in a PostgreSQL: a schema for each unit, a lock that keeps a second run out, and a password that is
// nowhere but in the environment.
func TestStatesInPostgreSQL(t *testing.T) {
	r, db := runner(t), database(postgrestest.New(t))
	const password = "h3mmeligt-kodeord"
	r.Environment = map[string]string{"PG_CONN_STR": string(db) + "&password=" + password}
	var (
		mu   sync.Mutex
		said bytes.Buffer
	)
	r.Told = func(e terraform.Event) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(&said, "%+v\n", e)
	}
	p, snap := crowd(2)
	units, err := terraform.Render(p, snap, terraform.Grounds{State: terraform.StatePG})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	plans := planWhileOneIsFirst(t, r, dir, units, db)
	for i, u := range units {
		if done, err := r.Apply(t.Context(), dir, u, approve(t, r, plans[i])); err != nil || done.Add != 1 {
			t.Fatalf("unit %s: %+v, %v", u.ID, done, err)
		}
		schema := db.answer(t, fmt.Sprintf(`SELECT count(*), min(data) LIKE '%%%s%%' FROM "samdrift-%s".states`, "nyb-"+u.Name, u.ID))
		if schema != "1|t" {
			t.Errorf("schema of unit %s says %q, want one state with its own server", u.ID, schema)
		}
		if _, err := os.Stat(filepath.Join(dir, u.Dir(), "terraform.tfstate")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a state of unit %s lies on disk too (%v)", u.ID, err)
		}
	}

	release := db.hold(t, fmt.Sprintf(`SELECT pg_advisory_lock(id) FROM "samdrift-%s".states`, units[0].ID))
	_, err = r.Drift(t.Context(), dir, units[0])
	var unit *terraform.UnitError
	if !errors.As(err, &unit) || !strings.Contains(unit.Hint, "pg_stat_activity") {
		t.Errorf("a second run: %v, want that somebody else is working, and where it says who", err)
	}
	var locked *terraform.LockedError
	if !errors.As(err, &locked) || locked.Holder.Who != "" {
		t.Errorf("a second run: %v, want that nobody knows who holds the lock: the engine only knows its own", err)
	}
	if _, err := r.Drift(t.Context(), dir, units[1]); err != nil {
		t.Errorf("the other unit is held too: %v", err)
	}
	release()

	mustHoldNo(t, dir, password)
	if strings.Contains(said.String(), password) || said.Len() == 0 {
		t.Errorf("the engine's words hold the password, or there are none:\n%s", said.String())
	}
}
