package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// DriftMoves looks at every adopted unit within the person's scope, or at the named ones, for what
// somebody changed on its platform. Nothing is changed. A unit that cannot be looked at does not keep
// the others from it.
func (h *Hub) DriftMoves(ctx context.Context, p Person, units ...string) ([]terraform.Drift, error) {
	for _, unit := range units {
		if _, err := h.moveOf(ctx, p, unit); err != nil {
			return nil, err
		}
	}
	rendered, err := h.RenderTerraform(ctx, p)
	if err != nil {
		return nil, err
	}
	runner, err := h.runner(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := h.moves(ctx)
	if err != nil {
		return nil, err
	}
	found := []terraform.Drift{}
	var faults []error
	for _, u := range rendered {
		m, ok := kept[u.ID]
		if !ok || h.runs.goes(u.ID) || len(units) > 0 && !slices.Contains(units, u.ID) || m.Progress.Steps[0].State != terraform.Done || len(u.Files) == 0 {
			continue
		}
		drift, err := runner.Drift(ctx, h.TerraformDir(), u)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		found = append(found, drift...)
		if _, err := h.keepMove(ctx, p, m, "move.drift", func(m *Move) (string, error) {
			m.Drift = drift
			return fmt.Sprintf("%d attributes", len(drift)), nil
		}); err != nil {
			faults = append(faults, err)
		}
	}
	return found, errors.Join(faults...)
}

// ReconcileMoves looks at units whose apply may have been cut short, and says of each how it stands. What
// was done to its end goes on from there; what is half done waits for a person.
func (h *Hub) ReconcileMoves(ctx context.Context, p Person) ([]terraform.Finding, error) {
	rendered, err := h.RenderTerraform(ctx, p)
	if err != nil {
		return nil, err
	}
	runner, err := h.runner(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := h.moves(ctx)
	if err != nil {
		return nil, err
	}
	found := []terraform.Finding{}
	var faults []error
	for _, u := range rendered {
		m, ok := kept[u.ID]
		if !ok || h.runs.goes(u.ID) || len(u.Files) == 0 { // what goes on was not cut short
			continue
		}
		f, err := runner.Reconcile(ctx, h.TerraformDir(), u)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if f.Verdict == terraform.NothingBegun {
			continue
		}
		found = append(found, f)
		if _, err := h.keepMove(ctx, p, m, "move.reconcile", func(m *Move) (string, error) { return h.conclude(p, m, u.Stage, f) }); err != nil {
			faults = append(faults, err)
		}
	}
	return found, errors.Join(faults...)
}

// conclude brings a move in line with what was found of its apply.
func (h *Hub) conclude(p Person, m *Move, stage platform.Stage, f terraform.Finding) (string, error) {
	m.Finding, m.Approval = &f, nil
	detail := fmt.Sprintf("%s: %s", f.Verdict, f.Reason)
	switch {
	case f.Verdict == terraform.WasApplied && m.Progress.Returning != "":
		return detail, m.Progress.Returned(p.Name, h.now())
	case f.Verdict == terraform.WasApplied:
		return detail, m.Progress.Finish(stage, "found applied after a run that did not end: plan "+f.Approval.PlanSHA256, "", h.now())
	case m.Progress.Returning == "":
		if next, more := m.Progress.Next(); more && next.Stage == stage && next.State == terraform.Running {
			return detail, m.Progress.Fail(stage, f.Reason, h.now())
		}
	}
	return detail, nil
}
