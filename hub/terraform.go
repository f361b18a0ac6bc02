package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
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
	if !p.moves() {
		return nil, sc.forbidden("rendering moves")
	}
	grounds, err := h.grounds(ctx, e)
	if err != nil {
		return nil, err
	}
	kept, err := h.moves(ctx)
	if err != nil {
		return nil, err
	}
	plan := planOfMoves(e.plan, kept)
	units, err := terraform.Render(plan, e.snapshot, grounds)
	if err != nil {
		return nil, err
	}
	if p.Role == RoleCentre {
		units = only(units, func(u terraform.Unit) bool { return sc.detail[e.customerOf(u.Agreement)] })
	}
	if err := terraform.Write(h.TerraformDir(), units); err != nil {
		return nil, err
	}
	if err := h.beginMoves(ctx, plan, units, grounds); err != nil {
		return nil, err
	}
	return units, h.record(ctx, p.Name, "terraform.render", e.hash, fmt.Sprintf("%d units", len(units)))
}

// grounds is what the platforms under the plan tell, and how far each unit has come. Servers that were
// adopted are taken as they were then: what changed since shows as a difference that a gate refuses.
func (h *Hub) grounds(ctx context.Context, e *estate) (terraform.Grounds, error) {
	g := terraform.Grounds{Mappings: h.config.Terraform.Agreements, Machines: map[string]platform.Machine{}, Origins: map[string]platform.Machine{}, Stages: map[string]platform.Stage{},
		State: h.config.Terraform.State, S3: h.config.Terraform.S3}
	if len(g.Mappings) == 0 {
		return g, nil
	}
	kept, err := h.moves(ctx)
	if err != nil {
		return g, err
	}
	read, present, err := h.readSources(ctx, e)
	if err != nil {
		return g, err
	}
	g.Known = h.known(kept, present)
	if g.Shared, err = h.readShared(ctx, kept); err != nil {
		return g, err
	}
	if g.Tagging, err = h.readTags(ctx); err != nil {
		return g, err
	}
	if g.Known.Room, err = h.readRoom(ctx); err != nil {
		return g, err
	}
	for _, m := range kept {
		mapping := g.Mappings[m.Agreement]
		g.Stages[m.Unit] = m.Progress.Rendered()
		source := read[mapping.SourceIn(g.Stages[m.Unit])]
		for id, origin := range m.Origin {
			if g.Stages[m.Unit] == platform.Arrive { // it is described as it arrived
				g.Origins[id] = origin
				if arrived, ok := source[id]; ok {
					g.Machines[id] = arrived
				}
				continue
			}
			g.Machines[id] = origin
		}
	}
	for agreement := range g.Mappings {
		for id, machine := range read[g.Mappings[agreement].Source] {
			if a, ok := e.snapshot.Asset(id); !ok || e.agreementOf(a.Municipality) != agreement {
				continue
			}
			_, adopted := g.Machines[id]
			if _, left := g.Origins[id]; !adopted && !left {
				g.Machines[id] = machine
			}
		}
	}
	return g, nil
}

// agreementOf gives the id of a municipality's agreement, empty when it has none.
func (e *estate) agreementOf(municipality string) string {
	if a, ok := e.snapshot.AgreementOf(municipality); ok {
		return a.ID
	}
	return ""
}

// readSources reads the servers of every source that a mapping names: by asset, and all of them.
func (h *Hub) readSources(ctx context.Context, e *estate) (map[string]map[string]platform.Machine, map[string][]platform.Machine, error) {
	read, present := map[string]map[string]platform.Machine{}, map[string][]platform.Machine{}
	for agreement, m := range h.config.Terraform.Agreements {
		for _, name := range m.Sources() {
			if _, done := read[name]; done {
				continue
			}
			source, err := h.config.source(agreement, name)
			if err != nil {
				return nil, nil, err
			}
			machines, err := source.Read(ctx)
			if err != nil {
				return nil, nil, err
			}
			read[name], present[name] = terraform.Attach(e.snapshot, machines), machines
		}
	}
	return read, present, nil
}

// beginMoves keeps a record for each unit on a platform that has none yet, and what its servers look
// like for as long as they have not been adopted.
func (h *Hub) beginMoves(ctx context.Context, plan planner.Plan, units []terraform.Unit, g terraform.Grounds) error {
	h.moving.Lock()
	defer h.moving.Unlock()
	kept, err := h.moves(ctx)
	if err != nil {
		return err
	}
	groups, waves := byID(plan)
	var changed []Move
	for _, u := range units {
		if u.Stage == "" {
			continue
		}
		m, known := kept[u.ID]
		if u.Stage == platform.Share {
			if err := h.keepShared(ctx, m, u); err != nil {
				return err
			}
			continue
		}
		if known && m.begun() {
			continue
		}
		if !known {
			m = Move{Unit: u.ID, Municipality: u.Municipality, Agreement: u.Agreement, Progress: g.Mappings[u.Agreement].Progress(u.ID)}
		}
		m.Group, m.Wave = groups[u.ID], waves[u.Wave]
		m.Origin = map[string]platform.Machine{}
		for _, machine := range u.Machines {
			m.Origin[machine.Asset] = machine
		}
		if reflect.DeepEqual(m, kept[u.ID]) {
			continue // rendering goes over every unit each time
		}
		if known {
			whole, err := store.Record[Move](ctx, h.store, store.KindMove, m.Municipality, m.Unit)
			if err != nil {
				return err
			}
			whole.Group, whole.Wave, whole.Origin = m.Group, m.Wave, m.Origin
			m = whole
		}
		changed = append(changed, m)
	}
	return h.saveMoves(ctx, changed...)
}

// byID gives the groups and waves of a plan by their ids.
func byID(plan planner.Plan) (map[string]planner.Group, map[string]planner.Wave) {
	groups, waves := map[string]planner.Group{}, map[string]planner.Wave{}
	for _, g := range plan.Groups {
		groups[g.ID] = g
	}
	for _, w := range plan.Waves {
		waves[w.ID] = w
	}
	return groups, waves
}

// runner finds the engine and gives it what it needs.
func (h *Hub) runner(ctx context.Context) (*terraform.Runner, error) {
	engine, err := terraform.FindEngine(ctx, h.config.Terraform)
	if err != nil {
		return nil, err
	}
	r := &terraform.Runner{Environment: h.config.Engine.Environment, Passphrase: h.config.Engine.Passphrase,
		Engine: engine, Config: h.config.Terraform, Freezes: h.config.Freezes,
		Environments: map[string]map[string]string{}, Now: func() time.Time { return h.now().In(copenhagen) }}
	if r.States, err = h.stateAddress(ctx); err != nil {
		return nil, err
	}
	if r.States != nil {
		r.Holder = h.store.StateHolder
	}
	for name, source := range h.config.Sources {
		r.Environments[name] = source.Environment()
	}
	return r, nil
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
	runner, engineErr := h.runner(ctx)
	if engineErr == nil {
		note = TerraformDemo
		if result, err = runner.Plan(ctx, h.TerraformDir(), units, opt); err != nil {
			return result, err
		}
		if err := h.keepPlans(ctx, p, result); err != nil {
			return result, err
		}
		if err := h.record(ctx, p.Name, "terraform.plan", e.hash, fmt.Sprintf("%d of %d units with %s", len(result.Plans), len(units), runner.Engine)); err != nil {
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

// keepPlans keeps the plans of units on platforms, in place of earlier ones: an approval of an earlier
// plan is worth nothing from now on.
func (h *Hub) keepPlans(ctx context.Context, p Person, r terraform.Result) error {
	kept, err := h.moves(ctx)
	if err != nil {
		return err
	}
	for _, plan := range r.Plans {
		m, ok := kept[plan.Unit]
		if !ok {
			continue
		}
		if _, err := h.keepMove(ctx, p, m, "move.plan", func(m *Move) (string, error) {
			m.Plan, m.Approval, m.Error = &plan, nil, ""
			return fmt.Sprintf("plan %s digest %s, %d refusals", plan.PlanSHA256, plan.Digest, len(plan.Refusals)), m.sharedPlanned(p.Name, h.now())
		}); err != nil {
			return err
		}
	}
	return nil
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
