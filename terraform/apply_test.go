package terraform_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform"
)

// approve lets Bo approve what Anna planned.
func approve(t *testing.T, r *terraform.Runner, p terraform.UnitPlan) terraform.Approval {
	t.Helper()
	a, err := terraform.Approve(p, "Bo", r.Now(), terraform.Terms{Valid: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// apply takes a unit the whole way.
func apply(t *testing.T, r *terraform.Runner, dir string, u terraform.Unit) terraform.Applied {
	t.Helper()
	a := approve(t, r, plan(t, r, dir, []terraform.Unit{u})[0])
	done, err := r.Apply(t.Context(), dir, u, a)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// wantRefused wants a RefusedError with a refusal by the gate.
func wantRefused(t *testing.T, err error, gate string) {
	t.Helper()
	var refused *terraform.RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("error %v, want a refusal", err)
	}
	for _, r := range refused.Refusals {
		if r.Gate == gate && strings.Contains(err.Error(), r.Reason) {
			return
		}
	}
	t.Errorf("refused by %v, want gate %s", refused.Refusals, gate)
}

func TestApprove(t *testing.T) {
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	good := terraform.UnitPlan{Unit: "u", Agreement: "a", Decided: true, PlanSHA256: "ab", Digest: "cd", Engine: "OpenTofu", Version: "1.10.6", ProposedBy: "Anna"}
	a, err := terraform.Approve(good, "Bo", now, terraform.Terms{Valid: time.Hour})
	if err != nil || a.By != "Bo" || a.PlanSHA256 != "ab" || !a.Expires.Equal(now.Add(time.Hour)) || !a.Used.IsZero() {
		t.Fatalf("approval %+v, %v", a, err)
	}
	tests := []struct {
		name  string
		by    string
		valid time.Duration
		spoil func(*terraform.UnitPlan)
		gate  string
	}{
		{"without a name", " ", time.Hour, nil, terraform.GateApproval},
		{"by the proposer", "anna ", time.Hour, nil, terraform.GateApproval},
		{"of a plan that nobody proposed", "Bo", time.Hour, func(p *terraform.UnitPlan) { p.ProposedBy = "" }, terraform.GateApproval},
		{"for no time", "Bo", 0, nil, terraform.GateApproval},
		{"without a plan", "Bo", time.Hour, func(p *terraform.UnitPlan) { p.PlanSHA256 = "" }, terraform.GatePlanFile},
		{"of a mere proposal", "Bo", time.Hour, func(p *terraform.UnitPlan) { p.Decided = false }, terraform.GateUndecided},
		{"of a refused plan", "Bo", time.Hour, func(p *terraform.UnitPlan) {
			p.Refusals = []terraform.Refusal{{Gate: terraform.GateDestroy, Reason: "x"}}
		}, terraform.GateDestroy},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := good
			if tt.spoil != nil {
				tt.spoil(&p)
			}
			_, err := terraform.Approve(p, tt.by, now, terraform.Terms{Valid: tt.valid})
			wantRefused(t, err, tt.gate)
		})
	}
}

func TestApplyTheWholeWay(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	planned := plan(t, r, dir, units[:1])[0]
	a := approve(t, r, planned)
	done, err := r.Apply(t.Context(), dir, units[0], a)
	if err != nil {
		t.Fatal(err)
	}
	if done.Add != 2 || done.Change != 0 || !done.Approval.Used.Equal(r.Now()) || !strings.Contains(done.Output, "2 added") {
		t.Errorf("applied %+v", done)
	}
	folder := filepath.Join(dir, units[0].Dir())
	state, err := os.Stat(filepath.Join(folder, "terraform.tfstate"))
	if err != nil || state.Mode().Perm() != 0o600 {
		t.Errorf("state %v, %v; want it there for the owner only", state, err)
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".fresh-*")); err != nil || len(left) > 0 {
		t.Errorf("passing plans left behind: %v, %v", left, err)
	}
	if again := plan(t, r, dir, units[:1])[0]; again.Add+again.Change+again.Destroy != 0 {
		t.Errorf("a plan after the apply wants %+v", again)
	}
}

func TestApplyRefuses(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	type scene struct {
		r    *terraform.Runner
		dir  string
		unit terraform.Unit
		a    terraform.Approval
	}
	tests := []struct {
		name  string
		spoil func(*testing.T, *scene)
		gate  string
	}{
		{"without an approval", func(_ *testing.T, s *scene) { s.a = terraform.Approval{} }, terraform.GateApproval},
		{"an expired approval", func(_ *testing.T, s *scene) { s.a.Expires = s.r.Now() }, terraform.GateApproval},
		{"an approval from the future", func(_ *testing.T, s *scene) { s.a.At = s.r.Now().Add(time.Minute) }, terraform.GateApproval},
		{"a used approval", func(_ *testing.T, s *scene) { s.a.Used = s.r.Now() }, terraform.GateApproval},
		{"the proposer's own approval", func(_ *testing.T, s *scene) { s.a.By = "ANNA" }, terraform.GateApproval},
		{"another unit's approval", func(_ *testing.T, s *scene) { s.a.Unit = "440-b1" }, terraform.GateApproval},
		{"an agreement that fell back to a proposal", func(_ *testing.T, s *scene) { s.unit.Decided = false }, terraform.GateUndecided},
		{"another engine", func(_ *testing.T, s *scene) { s.a.Version = "0.0.1" }, terraform.GateChanged},
		{"other providers", func(_ *testing.T, s *scene) { s.a.LockSHA256 = "other" }, terraform.GateChanged},
		{"no plan file", func(t *testing.T, s *scene) {
			if err := os.Remove(filepath.Join(s.dir, s.unit.Dir(), "plan.bin")); err != nil {
				t.Fatal(err)
			}
		}, terraform.GatePlanFile},
		{"a plan made since", func(t *testing.T, s *scene) {
			before := s.a.PlanSHA256
			for plan(t, s.r, s.dir, []terraform.Unit{s.unit})[0].PlanSHA256 == before {
				time.Sleep(100 * time.Millisecond) // a plan file carries its second
			}
		}, terraform.GatePlanFile},
		{"a server that was changed since", func(t *testing.T, s *scene) {
			changed, later := estate("nyb-esdh-01")
			later.Assets[0].VCPUs = 16
			s.unit = render(t, changed, later)[0]
			if err := terraform.Write(s.dir, []terraform.Unit{s.unit}); err != nil {
				t.Fatal(err)
			}
		}, terraform.GateChanged},
		{"a limit that was lowered", func(_ *testing.T, s *scene) { s.r.Config.Limits.ChangesPerUnit = 1 }, terraform.GateBlastRadius},
	}
	r, dir, units := rendered(t, p, snap)
	planned := plan(t, r, dir, units[:1])[0]
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// Each scene has its own copy of the planned folder.
			own := t.TempDir()
			if err := os.CopyFS(own, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			runner := *r
			s := &scene{r: &runner, dir: own, unit: units[0], a: approve(t, r, planned)}
			tt.spoil(t, s)
			_, err := s.r.Apply(t.Context(), s.dir, s.unit, s.a)
			wantRefused(t, err, tt.gate)
			if _, err := os.Stat(filepath.Join(own, s.unit.Dir(), "terraform.tfstate")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("refused, but there is a state: %v", err)
			}
		})
	}
}

func TestApplyWorksOnce(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	a := approve(t, r, plan(t, r, dir, units[:1])[0])
	// The state is lost after the first apply, so the world looks as it did when Bo approved.
	if _, err := r.Apply(t.Context(), dir, units[0], a); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, units[0].Dir(), "terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
	_, err := r.Apply(t.Context(), dir, units[0], a)
	wantRefused(t, err, terraform.GateApproval)
}

func TestApplySeesThatTheWorldChanged(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	apply(t, r, dir, units[0])
	snap.Assets[0].VCPUs = 8
	units = render(t, p, snap)
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	a := approve(t, r, plan(t, r, dir, units[:1])[0])
	// What was there when Bo approved is there no longer; the engine itself would build it anew.
	if err := os.Remove(filepath.Join(dir, units[0].Dir(), "terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
	_, err := r.Apply(t.Context(), dir, units[0], a)
	wantRefused(t, err, terraform.GateChanged)
}

func TestApplyLeavesOtherUnitsPlansValid(t *testing.T) {
	p, snap := crowd(2)
	r, dir, units := rendered(t, p, snap)
	plans := plan(t, r, dir, units)
	for i, u := range units {
		if _, err := r.Apply(t.Context(), dir, u, approve(t, r, plans[i])); err != nil {
			t.Errorf("unit %s, planned before the others were applied: %v", u.ID, err)
		}
	}
}

func TestApplyRefusesWhenTheApprovalEndsMeanwhile(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	a := approve(t, r, plan(t, r, dir, units[:1])[0])
	now := r.Now()
	r.Now = func() time.Time { // each look at the clock is half an hour later
		now = now.Add(30 * time.Minute)
		return now
	}
	_, err := r.Apply(t.Context(), dir, units[0], a)
	wantRefused(t, err, terraform.GateApproval)
	if _, err := os.Stat(filepath.Join(dir, units[0].Dir(), "terraform.tfstate")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("refused, but there is a state: %v", err)
	}
}

func TestApplySaysWhenItDidNotSettle(t *testing.T) {
	r, dir := runner(t), t.TempDir()
	u := terraform.Unit{ID: "u", Agreement: "a", Decided: true, Platform: terraform.TerraformData, Files: map[string][]byte{
		"main.tf": []byte("resource \"terraform_data\" \"x\" {\n  input = timestamp()\n}\n"),
	}}
	if err := terraform.Write(dir, []terraform.Unit{u}); err != nil {
		t.Fatal(err)
	}
	a := approve(t, r, plan(t, r, dir, []terraform.Unit{u})[0])
	done, err := r.Apply(t.Context(), dir, u, a)
	if err == nil || !strings.Contains(err.Error(), "applied, but a new plan still wants 0 to add, 1 to change") {
		t.Errorf("error %v, want one that says it did not settle", err)
	}
	if done.Approval.Used.IsZero() || done.Add != 1 {
		t.Errorf("the audit gets %+v, want what was done", done)
	}
}

// wrap puts a script before the real engine, which is "$REAL" in it.
func wrap(t *testing.T, r *terraform.Runner, script string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "engine")
	text := "#!/bin/sh\nREAL='" + r.Engine.Path + "'\n" + script + "\nexec \"$REAL\" \"$@\"\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	r.Engine.Path = path
}

func TestApplyTakesTheFreshPlanAndLooksAgain(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	a := approve(t, r, plan(t, r, dir, units[:1])[0])
	log := filepath.Join(t.TempDir(), "log")
	wrap(t, r, `case "$*" in *.fresh-*) echo "$1 fresh";; *) echo "$1 other";; esac >> '`+log+`'`)
	if _, err := r.Apply(t.Context(), dir, units[0], a); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for line := range strings.Lines(string(text)) {
		if step := strings.TrimSpace(line); !strings.HasPrefix(step, "version") && !strings.HasPrefix(step, "init") && !strings.HasPrefix(step, "validate") {
			steps = append(steps, step)
		}
	}
	want := []string{"plan fresh", "show fresh", "apply fresh", "plan fresh", "show fresh"}
	if diff := cmp.Diff(want, steps); diff != "" {
		t.Errorf("the engine was driven so:\n%s", diff)
	}
}

func TestApplyThatFailsKeepsTheEnginesWordsAndSpendsTheApproval(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	wrap(t, r, `if [ "$1" = apply ]; then echo "moving"; echo "Error: the host said no" >&2; exit 1; fi`)
	a := approve(t, r, plan(t, r, dir, units[:1])[0])
	done, err := r.Apply(t.Context(), dir, units[0], a)
	var fault *terraform.UnitError
	if !errors.As(err, &fault) || fault.Step != "apply" || !strings.Contains(fault.Output, "moving") || !strings.Contains(fault.Output, "Error: the host said no") {
		t.Errorf("error %v", err)
	}
	if done.Approval.Used.IsZero() || !strings.Contains(done.Output, "the host said no") {
		t.Errorf("the audit gets %+v", done)
	}
	_, err = r.Apply(t.Context(), dir, units[0], a)
	wantRefused(t, err, terraform.GateApproval)
}
