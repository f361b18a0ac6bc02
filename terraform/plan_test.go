package terraform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

// plan plans units that must all be plannable.
func plan(t *testing.T, r *terraform.Runner, dir string, units []terraform.Unit) []terraform.UnitPlan {
	t.Helper()
	result, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{By: "Anna"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range result.Plans {
		if p.Error != "" {
			t.Fatal(p.Error)
		}
	}
	return result.Plans
}

func TestSummariesWithoutAnEngine(t *testing.T) {
	p, snap := estate("x")
	units := render(t, p, snap)
	want := []terraform.Summary{
		{Agreement: "nyborg-odense", Rendered: 1, Servers: 2},
		{Agreement: "proposal-440-odense", Rendered: 1, Servers: 1},
	}
	if diff := cmp.Diff(want, terraform.Rendered(units).ByAgreement()); diff != "" {
		t.Errorf("by agreement:\n%s", diff)
	}
	var none terraform.Runner
	result, err := none.Plan(t.Context(), t.TempDir(), units, terraform.PlanOptions{})
	if !errors.Is(err, terraform.ErrNoEngine) {
		t.Errorf("a runner without an engine gives %v, want ErrNoEngine", err)
	}
	if diff := cmp.Diff(want, result.ByAgreement()); diff != "" {
		t.Errorf("by agreement, engine missing:\n%s", diff)
	}
}

func TestPlanWithEngine(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	// What the caller's environment holds must not matter.
	t.Setenv("TF_CLI_ARGS_plan", "-destroy")
	t.Setenv("TF_CLI_ARGS", "-nonsense")
	t.Setenv("TF_CLI_CONFIG_FILE", "/no/such/file")
	t.Setenv("TF_WORKSPACE", "elsewhere")
	t.Setenv("TF_DATA_DIR", t.TempDir())
	var told []string
	result, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{By: "Anna", Progress: func(done, total int, p terraform.UnitPlan) {
		told = append(told, fmt.Sprintf("%d/%d", done, total))
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1/2", "2/2"}, told); diff != "" {
		t.Errorf("progress:\n%s", diff)
	}
	want := []terraform.Summary{
		{Agreement: "nyborg-odense", Wave: "450-1", Rendered: 1, Planned: 1, Servers: 2, Add: 2},
		{Agreement: "proposal-440-odense", Wave: "440-1", Rendered: 1, Planned: 1, Servers: 1, Add: 1},
	}
	if diff := cmp.Diff(want, result.ByWave()); diff != "" {
		t.Errorf("by wave:\n%s", diff)
	}
	first := result.Plans[0]
	if first.Unit != "450-a1" || len(first.PlanSHA256) != 64 || len(first.Digest) != 64 || first.Engine != r.Engine.Name || len(first.Refusals) != 0 {
		t.Errorf("plan of the first unit: %+v", first)
	}
	if written, err := json.Marshal(first); err != nil || !bytes.Contains(written, []byte(`"refusals":[]`)) {
		t.Errorf("programs read no empty list of refusals from %s (%v)", written, err)
	}
	// Nobody but the owner may read any of it; what the engine keeps in its home is its own affair.
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		if filepath.Base(filepath.Dir(path)) == "home" {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// An unchanged world: other files, the same digests.
	again := plan(t, r, dir, units)
	for i := range again {
		if again[i].Digest != result.Plans[i].Digest {
			t.Errorf("unit %s: digest differs although nothing changed", again[i].Unit)
		}
	}
}

func TestPlanChooses(t *testing.T) {
	p, snap := crowd(6)
	r, dir, units := rendered(t, p, snap)
	tests := []struct {
		name string
		opt  terraform.PlanOptions
		want []string
	}{
		{"one wave", terraform.PlanOptions{Waves: []string{"450-2"}}, []string{"450-s00001", "450-s00003", "450-s00005"}},
		{"the next two", terraform.PlanOptions{MaxUnits: 2}, []string{"450-s00000", "450-s00001"}},
		{"an agreement that has no units", terraform.PlanOptions{Agreements: []string{"other"}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result, err := r.Plan(t.Context(), dir, units, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range result.Plans {
				got = append(got, p.Unit)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("planned:\n%s", diff)
			}
			if sum := result.ByAgreement()[0]; sum.Rendered != 6 || sum.Planned != len(tt.want) {
				t.Errorf("rendered %d, planned %d; want 6 and %d", sum.Rendered, sum.Planned, len(tt.want))
			}
		})
	}
}

func TestPlanAsksTheLimits(t *testing.T) {
	p, snap := crowd(3)
	r, dir, units := rendered(t, p, snap)
	r.Config.Limits = terraform.Limits{UnitsPerRun: 1, UnitsPerWave: 9, ChangesPerUnit: 9}
	chosen, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{Waves: []string{"450-1"}})
	if err != nil || len(chosen.Refusals) != 1 || chosen.Refusals[0].Gate != terraform.GateBlastRadius {
		t.Errorf("a chosen run of 2 units: %v, refusals %v; want the limit of 1 to refuse it", err, chosen.Refusals)
	}
	survey, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{})
	if err != nil || len(survey.Refusals) != 0 {
		t.Errorf("a survey of everything: %v, refusals %v; want none", err, survey.Refusals)
	}
	r.Config.Limits.ChangesPerUnit = 0
	tight, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{})
	if err != nil || tight.ByAgreement()[0].Refused != 3 {
		t.Errorf("units over their own limit: %v, %+v; want all 3 refused", err, tight.ByAgreement())
	}
}

func TestPlanTakesHostileNames(t *testing.T) {
	p, snap := estate("x")
	p.Groups[1].Assets, snap.Assets = nil, snap.Assets[:0:0]
	for i, name := range hostile {
		id := fmt.Sprintf("h%02d %s", i, name)
		snap.Assets = append(snap.Assets, inventory.Asset{ID: id, Municipality: "450", Kind: inventory.KindVM, Name: name, Volumes: []inventory.Volume{{Name: name}}})
		p.Groups[1].Assets = append(p.Groups[1].Assets, id)
	}
	p.Groups[1].Name, p.Groups[1].ID = strings.Join(hostile, "\n"), "../"+hostile[0]
	p.Groups = p.Groups[1:2]
	snap.Sort()
	r, dir, units := rendered(t, p, snap)
	if got := plan(t, r, dir, units)[0]; got.Add != len(hostile) || len(got.Refusals) != 0 {
		t.Errorf("%d to add, refusals %v; want %d and none", got.Add, got.Refusals, len(hostile))
	}
}

func TestPlanOneBrokenUnitStopsNoOther(t *testing.T) {
	p, snap := crowd(3)
	units := render(t, p, snap)
	units[1].Files["main.tf"] = []byte("resource \"terraform_data\" \"x\" {\n  inputt = 1\n}\n")
	r, dir := runner(t), t.TempDir()
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	result, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !result.Plans[0].Planned() || result.Plans[1].Planned() || !result.Plans[2].Planned() {
		t.Fatalf("want plans of the first and third unit only: %+v", result.Plans)
	}
	for _, part := range []string{"unit 450-s00001: validate in ", "main.tf:2:", "Unsupported argument"} {
		if !strings.Contains(result.Plans[1].Error, part) {
			t.Errorf("error does not say %q:\n%s", part, result.Plans[1].Error)
		}
	}
	if sum := result.ByAgreement()[0]; sum.Rendered != 3 || sum.Planned != 2 || len(sum.Errors) != 1 {
		t.Errorf("summary %+v", sum)
	}
}

func TestPlanRefusesForeignHCL(t *testing.T) {
	for name, spoil := range map[string]func(folder string) error{
		"main.tf": func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "main.tf"), []byte("# mine\n"), 0o600)
		},
		"extra.tf.json": func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "extra.tf.json"), []byte("{}"), 0o600)
		},
		"x.auto.tfvars": func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "x.auto.tfvars"), nil, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, snap := crowd(1)
			r, dir, units := rendered(t, p, snap)
			if err := spoil(filepath.Join(dir, units[0].Dir())); err != nil {
				t.Fatal(err)
			}
			result, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Plans[0]; got.Planned() || !strings.Contains(got.Error, "check "+name) || !strings.Contains(got.Error, "find out who wrote") {
				t.Errorf("planned %v, error %q", got.Planned(), got.Error)
			}
		})
	}
}

func TestPlanBeforeRendering(t *testing.T) {
	p, snap := crowd(1)
	result, err := runner(t).Plan(t.Context(), t.TempDir(), render(t, p, snap), terraform.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Plans[0].Error; !strings.Contains(got, "render the units first") {
		t.Errorf("error %q does not say what to do first", got)
	}
}

func TestPlanStops(t *testing.T) {
	p, snap := crowd(8)
	r, dir, units := rendered(t, p, snap)
	r.Config.Parallel = 1
	ctx, stop := context.WithCancel(t.Context())
	result, err := r.Plan(ctx, dir, units, terraform.PlanOptions{Progress: func(done, _ int, _ terraform.UnitPlan) {
		if done == 2 {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want that of the context", err)
	}
	if n := len(result.Plans); n != 2 || !result.Plans[1].Planned() {
		t.Errorf("%d units planned before the stop, want the 2 that were done", n)
	}
	if sum := result.ByAgreement()[0]; sum.Rendered != 8 || sum.Planned != 2 {
		t.Errorf("summary %+v", sum)
	}
}

func TestPlanSaysDestroyWhenAServerLeftTheUnit(t *testing.T) {
	p, snap := estate("x")
	r, dir, units := rendered(t, p, snap)
	apply(t, r, dir, units[0])
	p.Groups[1].Assets = []string{"a1"}
	units = render(t, p, snap)
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	got := plan(t, r, dir, units)[0]
	if got.Destroy != 1 || !slices.ContainsFunc(got.Refusals, func(r terraform.Refusal) bool { return r.Gate == terraform.GateDestroy }) {
		t.Errorf("destroy %d, refusals %v; want the missing block caught", got.Destroy, got.Refusals)
	}
}

func TestPlanFactsReachTheEngine(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	before := plan(t, r, dir, units)[0].Digest
	changes := map[string]func(*planner.Plan, *inventory.Snapshot){
		"vcpus": func(_ *planner.Plan, s *inventory.Snapshot) { s.Assets[0].VCPUs++ },
		"disk":  func(_ *planner.Plan, s *inventory.Snapshot) { s.Assets[0].Volumes[0].TotalBytes++ },
		"centre": func(p *planner.Plan, s *inventory.Snapshot) {
			p.Groups[1].Centre, s.Agreements[0].Centre = "svendborg", "svendborg"
		},
		"cutover": func(p *planner.Plan, _ *inventory.Snapshot) { p.Groups[1].Cutover++ },
	}
	for name, change := range changes {
		p, snap := estate("nyb-esdh-01")
		change(&p, snap)
		units := render(t, p, snap)
		if err := terraform.Write(dir, units); err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(units, func(u terraform.Unit) bool { return u.ID == "450-a1" })
		if plan(t, r, dir, units[i:i+1])[0].Digest == before {
			t.Errorf("a change of %s does not show in the plan's digest", name)
		}
	}
}

func TestPlanInterruptsTheEngine(t *testing.T) {
	p, snap := crowd(1)
	r, dir, units := rendered(t, p, snap)
	started := filepath.Join(t.TempDir(), "started")
	wrap(t, r, `if [ "$1" = plan ]; then : > '`+started+`'; exec sleep 300; fi`)
	ctx, stop := context.WithCancel(t.Context())
	var watch sync.WaitGroup
	watch.Go(func() {
		defer stop()
		for ctx.Err() == nil {
			if _, err := os.Stat(started); err == nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	result, err := r.Plan(ctx, dir, units, terraform.PlanOptions{})
	stop()
	watch.Wait()
	if !errors.Is(err, context.Canceled) || len(result.Plans) != 0 {
		t.Errorf("%v, plans %v; want the run stopped", err, result.Plans)
	}
}

func TestPlanRefusesEnvironmentThatChangesPlans(t *testing.T) {
	p, snap := crowd(1)
	r, dir, units := rendered(t, p, snap)
	r.Environments = map[string]map[string]string{"": {"TF_CLI_ARGS_plan": "-destroy"}}
	result, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Plans[0]; got.Planned() || !strings.Contains(got.Error, "TF_CLI_ARGS_plan") {
		t.Errorf("planned %v, error %q", got.Planned(), got.Error)
	}
}
