package terraform_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

// applying tells this program, started anew by a test, to apply the first unit of a folder and nothing
// else: it stands for the hub, which the test kills.
const applying = "SAMDRIFT_TEST_APPLY"

func TestMain(m *testing.M) {
	if dir := os.Getenv(applying); dir != "" {
		if err := applyInChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// applyInChild plans, approves and applies the first unit below dir, then waits to be killed.
func applyInChild(dir string) error {
	ctx := context.Background()
	engine, err := terraform.FindEngine(ctx, terraform.DefaultConfig())
	if err != nil {
		return err
	}
	r := &terraform.Runner{Engine: engine, Config: terraform.DefaultConfig()}
	plan, snap := band(serversPerKill)
	units, err := terraform.Render(plan, snap, terraform.Grounds{})
	if err != nil {
		return err
	}
	result, err := r.Plan(ctx, dir, units[:1], terraform.PlanOptions{By: "Anna"})
	if err != nil {
		return err
	}
	a, err := terraform.Approve(result.Plans[0], "Bo", time.Now(), terraform.Terms{Valid: time.Hour})
	if err != nil {
		return err
	}
	_, err = r.Apply(ctx, dir, units[0], a)
	return err
}

// serversPerKill makes an apply last long enough to be hit in every phase of it.
const serversPerKill = 30

// band is an estate of one unit with n servers.
func band(n int) (planner.Plan, *inventory.Snapshot) {
	plan, snap := crowd(n)
	for i := range snap.Assets {
		if i > 0 {
			plan.Groups[0].Assets = append(plan.Groups[0].Assets, snap.Assets[i].ID)
		}
	}
	plan.Groups = plan.Groups[:1]
	return plan, snap
}

// recorded counts the servers in a unit's state as the file on disk says; -1 when it was cut short.
func recorded(t *testing.T, folder string) int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Instances []json.RawMessage `json:"instances"` // none yet: begun, not done
		} `json:"resources"`
	}
	if len(data) > 0 {
		if !json.Valid(data) {
			return -1
		}
		if err := json.Unmarshal(data, &state); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, r := range state.Resources {
		n += len(r.Instances)
	}
	return n
}

// A hub that is killed in the middle of an apply, a hundred times at random moments: every unit is found
// applied, untouched or for a person to decide, as its state on disk says, and nothing is applied twice.
func TestKilledWhileApplying(t *testing.T) {
	t.Parallel()
	r := runner(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, snap := band(serversPerKill)
	units := render(t, p, snap)
	begin := time.Now()
	runToEnd(t, program, written(t, units))
	whole := time.Since(begin)

	kills := 100
	if testing.Short() {
		kills = 10
	}
	random := rand.New(rand.NewPCG(7, 11))
	found := make([]terraform.Finding, kills)
	dirs := make([]string, kills)
	var work errgroup.Group
	work.SetLimit(2)
	for i := range kills {
		dirs[i] = written(t, units)
		after := time.Duration(random.Int64N(int64(whole) * 5 / 4))
		work.Go(func() error {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			child := exec.CommandContext(ctx, program) // killed with SIGKILL when the time is up
			child.Env = append(os.Environ(), applying+"="+dirs[i])
			_ = child.Run() // it was killed, or it ended before
			var err error
			found[i], err = r.Reconcile(t.Context(), dirs[i], units[0])
			return err
		})
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	counts := map[terraform.Verdict]int{}
	for i, f := range found {
		counts[f.Verdict]++
		n := recorded(t, filepath.Join(dirs[i], units[0].Dir()))
		want := map[terraform.Verdict]bool{
			terraform.NothingBegun: n == 0 || n == serversPerKill, // it came to its end, or never began
			terraform.WasApplied:   n == serversPerKill,
			terraform.Untouched:    n == 0,
			terraform.MustDecide:   n != 0 && n < serversPerKill,
		}
		if !want[f.Verdict] {
			t.Errorf("kill %d: found %s (%s), the state has %d of %d servers", i, f.Verdict, f.Reason, n, serversPerKill)
		}
		if f.Verdict != terraform.NothingBegun {
			_, err := r.Apply(t.Context(), dirs[i], units[0], f.Approval)
			wantRefused(t, err, terraform.GateApproval)
		}
	}
	t.Logf("found after %d kills: %v", kills, counts)
	if counts[terraform.NothingBegun] == kills {
		t.Error("no kill hit an apply: the test shows nothing")
	}
}

// written puts units into a folder of their own.
func written(t *testing.T, units []terraform.Unit) string {
	t.Helper()
	dir := t.TempDir()
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	return dir
}

func runToEnd(t *testing.T, program, dir string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), program)
	child.Env = append(os.Environ(), applying+"="+dir)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// A unit of which a part was done is never decided by a program.
func TestReconcileHalfDone(t *testing.T) {
	p, snap := band(2)
	r, dir, units := rendered(t, p, snap)
	a := approve(t, r, plan(t, r, dir, units)[0])
	if _, err := r.Apply(t.Context(), dir, units[0], a); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, units[0].Dir())
	forget(t, folder, "terraform_data.server_s00001")
	done, err := filepath.Glob(filepath.Join(folder, "done-*.json"))
	if err != nil || len(done) != 1 {
		t.Fatalf("record of the end: %v, %v", done, err)
	}
	if err := os.Remove(done[0]); err != nil { // as if the hub had been killed before it could write it
		t.Fatal(err)
	}
	for range 2 { // it stays open until a person has decided
		f, err := r.Reconcile(t.Context(), dir, units[0])
		if err != nil {
			t.Fatal(err)
		}
		if f.Verdict != terraform.MustDecide || f.Plan.Add != 1 || f.Approval.By != "Bo" {
			t.Errorf("found %s with %d to add, approved by %q", f.Verdict, f.Plan.Add, f.Approval.By)
		}
	}
}

// forget takes a resource out of the state, as a run that was cut short would have left it.
func forget(t *testing.T, folder, address string) {
	t.Helper()
	path := filepath.Join(folder, "terraform.tfstate")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(data, &state); err != nil {
		t.Fatal(err)
	}
	var kept []any
	for _, resource := range state["resources"].([]any) {
		r := resource.(map[string]any)
		if fmt.Sprint(r["type"], ".", r["name"]) != address {
			kept = append(kept, r)
		}
	}
	if len(kept) != len(state["resources"].([]any))-1 {
		t.Fatalf("%s is not in the state", address)
	}
	state["resources"] = kept
	if data, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// An engine that is killed while it writes the state leaves half of it. That is told, with where the state
// from before is, and nothing is planned on it.
func TestReconcileWithHalfAState(t *testing.T) {
	p, snap := band(2)
	r, dir, units := rendered(t, p, snap)
	u := units[0]
	apply(t, r, dir, u)
	folder := filepath.Join(dir, u.Dir())
	forget(t, folder, "terraform_data.server_s00001") // so that there is something to do
	before, err := os.ReadFile(filepath.Join(folder, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	apply(t, r, dir, u)
	done, err := filepath.Glob(filepath.Join(folder, "done-*.json"))
	if err != nil || len(done) != 2 {
		t.Fatalf("records of the ends: %v, %v", done, err)
	}
	for _, name := range done {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	state := filepath.Join(folder, "terraform.tfstate")
	data, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(state, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	r.Told = func(e terraform.Event) {
		if e.Kind == terraform.EventLocked {
			t.Errorf("waits for %+v, although nobody holds the state", e.Lock)
		}
	}
	f, err := r.Reconcile(t.Context(), dir, u)
	if err != nil {
		t.Fatal(err)
	}
	if f.Verdict != terraform.MustDecide || !strings.Contains(f.Reason, "cut short") {
		t.Errorf("found %s: %s", f.Verdict, f.Reason)
	}
	result, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if p := result.Plans[0]; p.Planned() || !strings.Contains(p.Error, "terraform reconcile") {
		t.Errorf("planned on half a state: %v; want an error that says how to go on: %s", p.Planned(), p.Error)
	}
	copies, err := filepath.Glob(filepath.Join(folder, "before-*.tfstate"))
	if err != nil || len(copies) != 1 {
		t.Fatalf("copies from before: %v, %v", copies, err)
	}
	if kept, err := os.ReadFile(copies[0]); err != nil || string(kept) != string(before) {
		t.Errorf("the state from before the second apply was not kept as it was (%v)", err)
	}
}
