package terraform

import (
	"context"
	"slices"
	"sync"

	tfjson "github.com/hashicorp/terraform-json"
	"golang.org/x/sync/errgroup"
)

// PlanOptions choose what is planned and who asks for it. Empty lists mean all.
type PlanOptions struct {
	Agreements []string // ids
	Waves      []string // ids
	Units      []string // ids
	MaxUnits   int      // the first so many in order of cutover; 0: no limit
	By         string   // who proposes; an approver must be somebody else

	// Progress is called after each unit, one call at a time. May be nil.
	Progress func(done, total int, p UnitPlan)
}

// survey tells that everything is planned, to see how it stands. Nobody applies it in one run, so
// the limits of a run are not asked of it.
func (o PlanOptions) survey() bool {
	return len(o.Agreements) == 0 && len(o.Waves) == 0 && len(o.Units) == 0 && o.MaxUnits == 0
}

// choose gives the units that the options ask for, in order.
func (o PlanOptions) choose(units []Unit) []Unit {
	var chosen []Unit
	for _, u := range units {
		if len(o.Agreements) > 0 && !slices.Contains(o.Agreements, u.Agreement) ||
			len(o.Waves) > 0 && !slices.Contains(o.Waves, u.Wave) ||
			len(o.Units) > 0 && !slices.Contains(o.Units, u.ID) {
			continue
		}
		if o.MaxUnits > 0 && len(chosen) == o.MaxUnits {
			break
		}
		chosen = append(chosen, u)
	}
	return chosen
}

// Plan makes and saves a plan for each chosen unit that Write put below dir, some at a time, and
// reads the plans with the gates. A unit that fails does not stop the others: its UnitPlan carries
// the error. The error returned is about the run as a whole (no engine, work folder cannot be
// written, stopped by ctx); the result then holds what was done until then.
func (r *Runner) Plan(ctx context.Context, dir string, units []Unit, opt PlanOptions) (Result, error) {
	result := Rendered(units)
	result.Engine = r.Engine
	if r.Engine.Path == "" {
		return result, ErrNoEngine
	}
	if err := r.prepare(dir); err != nil {
		return result, err
	}
	chosen := opt.choose(units)
	plans := make([]UnitPlan, len(chosen))
	var (
		mu   sync.Mutex // guards done and the order of Progress calls
		done int
		work errgroup.Group
	)
	work.SetLimit(max(r.Config.Parallel, 1))
	for i, u := range chosen {
		work.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			p := r.planUnit(ctx, dir, u, opt.By)
			if ctx.Err() != nil && !p.Planned() {
				return ctx.Err()
			}
			plans[i] = p
			mu.Lock()
			defer mu.Unlock()
			done++
			if opt.Progress != nil {
				opt.Progress(done, len(chosen), p)
			}
			return nil
		})
	}
	err := work.Wait()
	result.Plans = slices.DeleteFunc(plans, func(p UnitPlan) bool { return p.Unit == "" })
	if !opt.survey() {
		result.Refusals = append(result.Refusals, BlastRadius(result.Plans, r.Config.Limits)...)
	}
	return result, err
}

// planUnit plans one unit. What goes wrong stands in the result.
func (r *Runner) planUnit(ctx context.Context, dir string, u Unit, by string) UnitPlan {
	p := UnitPlan{
		Unit: u.ID, Agreement: u.Agreement, Wave: u.Wave, Decided: u.Decided, NeedsConsent: u.NeedsConsent,
		Engine: r.Engine.Name, Version: r.Engine.Version, ProposedBy: by, Refusals: append([]Refusal{}, u.Refusals...), Accepted: u.Accepted,
	}
	if len(u.Files) == 0 || slices.ContainsFunc(u.Refusals, func(r Refusal) bool { return r.Gate == GateShared }) {
		return p // its refusals say what is missing
	}
	s, err := r.open(dir, u)
	if err == nil {
		err = s.fill(ctx, r, planFile, &p)
	}
	if err != nil {
		p.Error = err.Error()
	}
	return p
}

// fill makes a plan in the named file and puts what it would do into p, its hash last: a plan that
// could not be read whole is none, and nobody may approve it.
func (s *shop) fill(ctx context.Context, r *Runner, name string, p *UnitPlan) error {
	if err := s.init(ctx, r); err != nil {
		return err
	}
	plan, err := s.plan(ctx, name)
	if err != nil {
		return err
	}
	rules := RulesFor(s.unit.Platform, s.unit.Stage)
	p.Add, p.Change, p.Destroy, p.Import = count(plan)
	p.Resources = touched(plan)
	p.Changes, p.MoreChanges = Difference(plan)
	p.Refusals = append([]Refusal{}, slices.Concat(s.unit.Refusals, Gates(plan, rules), r.Config.Limits.unit(p))...) // none is an empty list
	if p.Digest, err = Digest(plan, rules); err != nil {
		return err
	}
	if p.LockSHA256, err = s.fileHash(lockFile); err != nil {
		return err
	}
	p.PlanSHA256, err = s.fileHash(name)
	return err
}

// count counts resources as the engine does: a replacement is one added and one destroyed.
func count(plan *tfjson.Plan) (add, change, destroy, imported int) {
	for _, rc := range plan.ResourceChanges {
		if rc.Change == nil || rc.Mode == tfjson.DataResourceMode {
			continue
		}
		if rc.Change.Importing != nil {
			imported++
		}
		for _, action := range rc.Change.Actions {
			switch action {
			case tfjson.ActionCreate:
				add++
			case tfjson.ActionUpdate:
				change++
			case tfjson.ActionDelete:
				destroy++
			}
		}
	}
	return add, change, destroy, imported
}

// touched counts the resources that a plan would work on, each once.
func touched(plan *tfjson.Plan) int {
	n := 0
	for _, rc := range plan.ResourceChanges {
		if rc.Change != nil && rc.Mode != tfjson.DataResourceMode && (rc.Change.Importing != nil || !rc.Change.Actions.NoOp()) {
			n++
		}
	}
	return n
}
