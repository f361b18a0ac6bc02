package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/vcenter"
)

// applying tells this program, started anew by a test, to be a hub that applies a unit: the test kills it.
const applying = "SAMDRIFT_TEST_APPLY"

func TestMain(m *testing.M) {
	if what := os.Getenv(applying); what != "" {
		if err := applyInChild([]byte(what)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child is what the hub that is killed works on.
type child struct {
	Dir, Engine, Mirror, Unit string
	Login                     vcenter.Login
}

func (c child) config() hub.Config {
	config := hub.DefaultConfig()
	config.Dir, config.Members, config.AsOf = c.Dir, members, today
	configureMoves(&config, c.Mirror, c.Login)
	config.Terraform.Engine = c.Engine
	return config
}

func applyInChild(what []byte) error {
	var c child
	if err := json.Unmarshal(what, &c); err != nil {
		return err
	}
	h, err := hub.Open(context.Background(), c.config(), quiet)
	if err != nil {
		return err
	}
	if _, err := h.BeginApply(context.Background(), centre, c.Unit); err != nil {
		return err
	}
	select {} // until it is killed
}

// slowly puts a script before the engine which, when it applies, says so, leaves a file and waits until
// another one is there.
func slowly(t *testing.T) (engine, begun, on string) {
	t.Helper()
	found, err := terraform.FindEngine(t.Context(), terraform.DefaultConfig())
	if err != nil {
		return "", "", "" // moving skips the test
	}
	dir := t.TempDir()
	engine, begun, on = filepath.Join(dir, "engine"), filepath.Join(dir, "begun"), filepath.Join(dir, "on")
	script := fmt.Sprintf(`#!/bin/sh
if [ "$1" = apply ]; then
  echo '{"@message":"slow: Modifying...","@timestamp":"2026-11-22T04:00:00Z","type":"apply_start","hook":{"resource":{"addr":"vm.slow"},"action":"update"}}'
  touch '%s'
  while [ ! -e '%s' ]; do sleep 0.1; [ -d '%s' ] || exit 1; done
  echo '{"@message":"slow: Modified","@timestamp":"2026-11-22T04:00:09Z","type":"apply_complete","hook":{"resource":{"addr":"vm.slow"},"action":"update","elapsed_seconds":9}}'
fi
exec '%s' "$@"
`, begun, on, dir, found.Path)
	if err := os.WriteFile(engine, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return engine, begun, on
}

// await waits for something that happens elsewhere.
func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) || t.Context().Err() != nil {
			t.Fatalf("%s: it does not happen", what)
		}
	}
}

func there(path string) func() bool {
	return func() bool {
		_, err := os.Stat(path)
		return err == nil
	}
}

// allApproved plans, consents to and approves every unit.
func allApproved(t *testing.T, h *hub.Hub) []string {
	t.Helper()
	if _, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{}); err != nil {
		t.Fatal(err)
	}
	v, err := h.Moves(t.Context(), centre)
	if err != nil {
		t.Fatal(err)
	}
	var units []string
	for _, m := range v.Moves {
		if m.Plan == nil || !m.Plan.Planned() || len(m.Plan.Refusals) > 0 {
			continue
		}
		if _, err := h.ConsentMove(t.Context(), nyborg, m.Unit); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ApproveMove(t.Context(), dorte, m.Unit, terraform.Terms{Valid: time.Hour}); err != nil {
			t.Fatal(err)
		}
		units = append(units, m.Unit)
	}
	return units
}

func runOf(t *testing.T, h *hub.Hub, unit string) hub.MoveRun {
	t.Helper()
	v, err := h.Move(t.Context(), nyborg, unit)
	if err != nil {
		t.Fatal(err)
	}
	if v.Run == nil {
		return hub.MoveRun{}
	}
	return *v.Run
}

// A hub that is killed in the middle of an apply: the next one shows what it said until then, and when
// something is collected it looks how the unit stands.
func TestHubKilledWhileApplying(t *testing.T) {
	engine, begun, _ := slowly(t)
	mirror, w := movingWorld(t, 1)
	c := child{Dir: t.TempDir(), Engine: engine, Mirror: mirror, Login: w.Login}
	h, err := hub.Open(t.Context(), c.config(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	collectFrom(t, h, w)
	c.Unit = allApproved(t, h)[0]
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	what, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.CommandContext(t.Context(), program)
	victim.Env = append(os.Environ(), applying+"="+string(what))
	victim.Stderr = os.Stderr
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "the apply begins", there(begun))
	reader := open(t, c.Dir, func(config *hub.Config) {
		*config = c.config()
		config.ReadOnly = true
	})
	await(t, "what it works on is written down", func() bool { return len(runOf(t, reader, c.Unit).Now) == 1 })
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // it was killed

	h = open(t, c.Dir, func(config *hub.Config) { *config = c.config() })
	run := runOf(t, h, c.Unit)
	if run.State != hub.RunCutShort || run.By != centre.Name || len(run.Now) != 1 || run.Now[0].Resource != "vm.slow" || run.Total != 1 ||
		!slices.ContainsFunc(run.Said, func(x hub.Happening) bool { return x.Kind == terraform.EventStart }) {
		t.Errorf("the run that was cut short: %+v", run)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- h.Run(ctx, nil, nil) }()
	await(t, "it is reconciled", func() bool {
		v, err := h.Moves(ctx, nyborg)
		return err == nil && v.Reconciled != nil && v.Reconciled.State == hub.ReconcileDone
	})
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	v, err := h.Move(t.Context(), nyborg, c.Unit)
	if err != nil {
		t.Fatal(err)
	}
	if f := v.Move.Finding; f == nil || f.Verdict != terraform.Untouched || v.Run == nil || v.Run.State != hub.RunCutShort {
		t.Errorf("found %+v of run %+v", f, v.Run)
	}
}

// A hub that knows no estate yet reconciles when it does.
func TestReconcileWaitsForTheEstate(t *testing.T) {
	h := open(t, t.TempDir(), func(c *hub.Config) {
		c.Terraform.Agreements = map[string]terraform.Mapping{"450-461": {Platform: "manual"}}
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- h.Run(ctx, nil, nil) }()
	if err := h.Collect(ctx, estate{}); err != nil {
		t.Fatal(err)
	}
	await(t, "it is reconciled, or says why not", func() bool {
		v, err := h.Moves(ctx, admin)
		if err == nil && v.Reconciled != nil && v.Reconciled.State == hub.ReconcileFailed && strings.Contains(v.Reconciled.Error, "no usable Terraform engine") {
			return true // on a machine without an engine
		}
		return err == nil && v.Reconciled != nil && v.Reconciled.State == hub.ReconcileDone
	})
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Several units are one run: its limits hold over all that is under way, a stop keeps those from beginning
// whose turn has not come, and their approvals stand.
func TestOneRunOfSeveralUnits(t *testing.T) {
	engine, begun, on := slowly(t)
	h, _ := moving(t, 3, func(c *hub.Config) {
		c.Terraform.Engine, c.Terraform.Parallel, c.Terraform.Limits.UnitsPerRun = engine, 1, 2
	})
	units := allApproved(t, h)
	if len(units) != 3 {
		t.Fatalf("%d units, want 3", len(units))
	}
	wantTooMuch := func(err error) {
		t.Helper()
		var refused *terraform.RefusedError
		if !errors.As(err, &refused) || refused.Refusals[0].Gate != terraform.GateBlastRadius {
			t.Fatalf("more than the limit of a run: %v", err)
		}
	}
	_, err := h.BeginApply(t.Context(), centre, units...)
	wantTooMuch(err)
	for _, u := range units {
		if run := runOf(t, h, u); run.Unit != "" {
			t.Errorf("refused, and there is a run: %+v", run)
		}
	}
	runs, err := h.BeginApply(t.Context(), centre, units[:2]...)
	if err != nil || len(runs) != 2 {
		t.Fatalf("%+v, %v", runs, err)
	}
	await(t, "the first begins", there(begun))
	await(t, "what it works on is told", func() bool {
		run := runOf(t, h, units[0])
		return run.State == hub.RunGoing && len(run.Now) == 1 && run.Now[0].Elapsed > 0 && run.Total == 1
	})
	if run := runOf(t, h, units[1]); run.State != hub.RunQueued {
		t.Errorf("with one at a time the second is %s", run.State)
	}
	_, err = h.BeginApply(t.Context(), centre, units[2])
	wantTooMuch(err) // together with the two that are under way
	if again, err := h.BeginApply(t.Context(), dorte, units[0]); err != nil || again[0].By != centre.Name {
		t.Errorf("a second call: %+v, %v", again, err)
	}
	if found, err := h.ReconcileMoves(t.Context(), centre); err != nil || len(found) > 0 {
		t.Errorf("what goes on is taken for cut short: %+v, %v", found, err)
	}
	if err := h.StopMoves(t.Context(), nyborg, "the link is down"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(on, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	await(t, "both end", func() bool { return !runOf(t, h, units[0]).Ended.IsZero() && !runOf(t, h, units[1]).Ended.IsZero() })
	if run := runOf(t, h, units[0]); run.State != hub.RunApplied || run.Done != 1 || run.Total != 1 || len(run.Now) > 0 {
		t.Errorf("the first, which was under way: %+v", run)
	}
	if run := runOf(t, h, units[1]); run.State != hub.RunNotBegun || !strings.Contains(run.Error, "stopped by Bo: the link is down") {
		t.Errorf("the second, whose turn had not come: %+v", run)
	}
	if v, err := h.Move(t.Context(), nyborg, units[1]); err != nil || v.Move.Approval == nil || v.Move.Error != "" {
		t.Errorf("it keeps its approval: %+v, %v", v.Move.Approval, err)
	}
	if err := h.ResumeMoves(t.Context(), centre, "it is up again"); err != nil {
		t.Fatal(err)
	}
	wave := func() string {
		v, err := h.Move(t.Context(), nyborg, units[1])
		if err != nil {
			t.Fatal(err)
		}
		return v.Move.Wave.ID
	}()
	if runs, err = h.BeginWave(t.Context(), centre, wave); err != nil || len(runs) != 2 {
		t.Fatalf("the wave's two that are left: %+v, %v", runs, err)
	}
	await(t, "they end", func() bool { return !runOf(t, h, units[1]).Ended.IsZero() && !runOf(t, h, units[2]).Ended.IsZero() })
	for _, u := range units {
		if run := runOf(t, h, u); run.State != hub.RunApplied {
			t.Errorf("%s: %+v", u, run)
		}
	}
	if _, err := h.BeginWave(t.Context(), centre, wave); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("a wave of which nothing is approved: %v", err)
	}
}

// A state that somebody else has locked: who, while it is waited for and in the refusal; and the approval
// still stands.
func TestApplyOfALockedUnit(t *testing.T) {
	h, _ := moving(t, 1, func(c *hub.Config) {
		c.Terraform.State, c.Terraform.LockTimeout = terraform.StateHub, 2*time.Second
	})
	unit := allApproved(t, h)[0]
	lock := terraform.StateLock{ID: "left-1", Operation: "OperationTypeApply", Who: "anders@elsewhere", Created: time.Now()}
	if err := h.LockState(t.Context(), unit, lock); err != nil {
		t.Fatal(err)
	}
	waited := false
	err := h.ApplyMoves(t.Context(), centre, []string{unit}, func(x hub.Happening) {
		if x.Kind == terraform.EventLocked {
			run := runOf(t, h, unit)
			waited = x.Lock.Who == lock.Who && run.Lock != nil && run.Lock.Who == lock.Who
		}
	})
	var locked *terraform.LockedError
	if !errors.As(err, &locked) || locked.Holder.Who != lock.Who || locked.Waited < 2*time.Second || !waited {
		t.Fatalf("waited %v, and then %v", waited, err)
	}
	if _, err := h.UnlockMove(t.Context(), centre, unit, lock.ID, "anders is on holiday"); err != nil {
		t.Fatal(err)
	}
	if err := h.ApplyMoves(t.Context(), centre, []string{unit}, nil); err != nil {
		t.Errorf("with the approval of before, when the lock is gone: %v", err)
	}
}
