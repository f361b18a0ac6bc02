package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

// Notes that stand beside Terraform summaries; each language has words for them.
const (
	TerraformNotRun   = "not_run"    // nobody has rendered the present plan
	TerraformNoEngine = "no_engine"  // rendered, but neither tofu nor terraform was found
	TerraformDemo     = "demo_units" // planned as terraform_data: carries the facts, moves nothing
)

// terraformResult is what the store keeps of the latest run.
type terraformResult struct {
	PlanKey   string              `json:"plan_key"`
	Note      string              `json:"note"`
	Summaries []terraform.Summary `json:"summaries"`
}

// planKeyOf names what Terraform results belong to: the groups and waves of a plan. A new snapshot
// that leaves those as they were leaves the results standing.
func planKeyOf(p planner.Plan) string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode([]any{p.Groups, p.Waves}); err != nil {
		panic("plan cannot be encoded: " + err.Error()) // plain data, and a hash never refuses a write
	}
	return hex.EncodeToString(h.Sum(nil))
}

// TerraformDir is where the units are rendered.
func (h *Hub) TerraformDir() string { return filepath.Join(h.config.Dir, "terraform") }

// RenderTerraform writes the HCL of the present plan. Only the admin and centres may.
func (h *Hub) RenderTerraform(ctx context.Context, p Person) ([]terraform.Unit, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	if p.Role != RoleAdmin && p.Role != RoleCentre {
		return nil, sc.forbidden("rendering moves")
	}
	units, err := terraform.Render(e.plan, e.snapshot, terraform.Grounds{})
	if err != nil {
		return nil, err
	}
	if p.Role == RoleCentre {
		units = only(units, func(u terraform.Unit) bool { return sc.detail[e.customerOf(u.Agreement)] })
	}
	if err := terraform.Write(h.TerraformDir(), units); err != nil {
		return nil, err
	}
	return units, h.record(ctx, p.Name, "terraform.render", e.hash, fmt.Sprintf("%d units", len(units)))
}

// PlanTerraform renders the present plan and lets a real engine plan it. Nothing is applied. When no
// engine is found the result holds the rendered units and the error is terraform.ErrNoEngine.
func (h *Hub) PlanTerraform(ctx context.Context, p Person, opt terraform.PlanOptions) (terraform.Result, error) {
	units, err := h.RenderTerraform(ctx, p)
	if err != nil {
		return terraform.Result{}, err
	}
	e := h.current.Load()
	opt.By = p.Name
	result, note := terraform.Rendered(units), TerraformNoEngine
	engine, engineErr := terraform.FindEngine(ctx, h.config.Terraform)
	if engineErr == nil {
		note = TerraformDemo
		runner := &terraform.Runner{Engine: engine, Config: h.config.Terraform, Now: h.now}
		if result, err = runner.Plan(ctx, h.TerraformDir(), units, opt); err != nil {
			return result, err
		}
		if err := h.record(ctx, p.Name, "terraform.plan", e.hash, fmt.Sprintf("%d of %d units with %s %s", len(result.Plans), len(units), engine.Name, engine.Version)); err != nil {
			return result, err
		}
	}
	kept := terraformResult{PlanKey: e.planKey, Note: note, Summaries: result.ByAgreement()}
	if err := h.store.SaveResult(ctx, "terraform", h.now(), e.hash, kept); err != nil {
		return result, err
	}
	with := *e
	with.terraform, with.terraformNote = kept.Summaries, kept.Note
	// When the estate has moved on meanwhile, the result stays in the store and is shown as older.
	h.current.CompareAndSwap(e, &with)
	return result, engineErr
}

// storedTerraform reads the latest run. A run over an earlier plan is still shown, as not run for this one.
func (h *Hub) storedTerraform(ctx context.Context, planKey string) ([]terraform.Summary, string) {
	var kept terraformResult
	if _, err := h.store.Result(ctx, "terraform", &kept); err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			h.log.Error("latest Terraform result cannot be read", "error", err)
		}
		return nil, TerraformNotRun
	}
	if kept.PlanKey != planKey {
		return kept.Summaries, TerraformNotRun
	}
	return kept.Summaries, kept.Note
}
