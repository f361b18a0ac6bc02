package hub

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/look"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Happening is something that a person who waits for a run is told.
type Happening struct {
	Unit string `json:"unit"`
	What string `json:"what"` // applying, engine, applied, failed
	Text string `json:"text,omitempty"`
}

// ApplyMoves carries out the approved plans of units, some at a time, and reads each back from its
// platform. A unit that fails does not stop the others; its move keeps the error. told, which may be
// nil, is called for one happening at a time.
func (h *Hub) ApplyMoves(ctx context.Context, p Person, units []string, told func(Happening)) error {
	if !p.moves() {
		return fmt.Errorf("applying as %s: %w", p.Role, ErrForbidden)
	}
	rendered, err := h.RenderTerraform(ctx, p)
	if err != nil {
		return err
	}
	runner, err := h.runner(ctx)
	if err != nil {
		return err
	}
	var plans []terraform.UnitPlan
	var chosen []terraform.Unit
	var moves []Move
	for _, id := range units {
		m, err := h.moveOf(ctx, p, id)
		if err != nil {
			return err
		}
		if m.Plan == nil || m.Approval == nil {
			return fmt.Errorf("unit %s: %w: its plan is not approved", id, ErrInvalid)
		}
		i := slices.IndexFunc(rendered, func(u terraform.Unit) bool { return u.ID == id })
		if i < 0 {
			return fmt.Errorf("unit %s: %w: it is no longer in the plan", id, ErrNotFound)
		}
		moves, plans, chosen = append(moves, m), append(plans, *m.Plan), append(chosen, rendered[i])
	}
	if refusals := terraform.BlastRadius(plans, runner.Config.Limits); len(refusals) > 0 {
		return &terraform.RefusedError{Unit: "all", Action: "apply", Refusals: refusals}
	}
	var mu sync.Mutex // one happening at a time
	tell := func(x Happening) {
		mu.Lock()
		defer mu.Unlock()
		if told != nil {
			told(x)
		}
	}
	runner.Told = func(unit, line string) { tell(Happening{Unit: unit, What: "engine", Text: line}) }
	faults := make([]error, len(chosen))
	var work errgroup.Group
	work.SetLimit(runner.Config.Parallel)
	for i := range chosen {
		work.Go(func() error {
			faults[i] = h.applyMove(ctx, p, runner, chosen[i], moves[i], tell)
			return nil
		})
	}
	_ = work.Wait() // the workers keep their errors in faults
	return errors.Join(faults...)
}

// applyMove carries out one unit's approved plan.
func (h *Hub) applyMove(ctx context.Context, p Person, r *terraform.Runner, u terraform.Unit, m Move, tell func(Happening)) error {
	returning := m.Progress.Returning != ""
	if !returning {
		var memory *look.Memory
		if u.Stage != platform.Arrive && u.Stage != platform.Share { // the servers are where they shall be, or there are none
			before := h.remember(ctx, h.current.Load(), m)
			memory = &before
		}
		if _, err := h.keepMove(ctx, p, m, "move.begin", func(m *Move) (string, error) {
			m.Memory = cmp.Or(memory, m.Memory)
			m.Shared = m.Shared.claim(u)
			return string(u.Stage), m.Progress.Start(u.Stage, p.Name, h.now())
		}); err != nil {
			return err
		}
	}
	tell(Happening{Unit: u.ID, What: "applying", Text: string(u.Stage)})
	applied, applyErr := r.Apply(ctx, h.TerraformDir(), u, *m.Approval)
	// What was done is kept also when the person who waited has gone.
	keep := context.WithoutCancel(ctx)
	before := m.Shared
	_, err := h.keepMove(keep, p, m, "move.apply", func(m *Move) (string, error) {
		m.Approval, m.Output = nil, applied.Output // an approval works once
		detail := fmt.Sprintf("stage %s plan %s approved by %s, proposed by %s: %d added, %d changed, output sha256 %x", u.Stage, applied.Approval.PlanSHA256,
			applied.Approval.By, applied.Approval.ProposedBy, applied.Add, applied.Change, sha256.Sum256([]byte(applied.Output)))
		if applyErr != nil {
			m.Error = applyErr.Error()
			if refused := (*terraform.RefusedError)(nil); errors.As(applyErr, &refused) {
				m.Shared = before // nothing was touched, so nothing became ours
			}
			if returning {
				return detail + ": FAILED: " + m.Error, nil
			}
			return detail + ": FAILED: " + m.Error, m.Progress.Fail(u.Stage, m.Error, h.now())
		}
		m.Error = ""
		if returning {
			m.Plan, m.Consent = nil, nil // they were for the way back
			return detail, m.Progress.Returned(p.Name, h.now())
		}
		return detail, m.Progress.Finish(u.Stage, "plan "+applied.Approval.PlanSHA256, "", h.now())
	})
	if applyErr != nil {
		tell(Happening{Unit: u.ID, What: "failed", Text: applyErr.Error()})
		return errors.Join(applyErr, err)
	}
	tell(Happening{Unit: u.ID, What: "applied"})
	return err
}

// VerifyMove reads a unit's servers back from their platform, and looks at them as others see them. What
// could not be told must be mended or accepted by name before it counts (AcceptMove). When everything is as it was meant to be,
// and the servers have moved, the inventory says from then on who operates them; not before.
func (h *Hub) VerifyMove(ctx context.Context, p Person, unit string) (Move, error) {
	m, err := h.moveOf(ctx, p, unit)
	if err != nil {
		return m, err
	}
	if !p.moves() {
		return m, fmt.Errorf("verifying %s as %s: %w", unit, p.Role, ErrForbidden)
	}
	e, _, err := h.ask(p)
	if err != nil {
		return m, err
	}
	grounds, err := h.grounds(ctx, e)
	if err != nil {
		return m, err
	}
	kept, err := h.moves(ctx)
	if err != nil {
		return m, err
	}
	units, err := terraform.Render(planOfMoves(e.plan, kept), e.snapshot, grounds)
	if err != nil {
		return m, err
	}
	i := slices.IndexFunc(units, func(u terraform.Unit) bool { return u.ID == unit })
	if i < 0 {
		return m, fmt.Errorf("unit %s: %w: it is no longer in the plan", unit, ErrNotFound)
	}
	u := units[i]
	checks, err := h.lookAt(ctx, e, m, u, grounds)
	if err != nil {
		return m, err
	}
	bad, unknown := terraform.Tally(checks)
	if len(checks) == 0 {
		return m, fmt.Errorf("unit %s: %w: nothing of it can be looked at yet: its servers have not moved", unit, ErrInvalid)
	}
	m, err = h.keepMove(ctx, p, m, "move.verify", func(m *Move) (string, error) {
		m.Checks = checks
		detail := fmt.Sprintf("%d checks, %d not as meant, %d could not be told", len(checks), bad, unknown)
		if next, _ := m.Progress.Next(); next.Stage != platform.Verify {
			return detail, nil // looked at, and nothing was to be decided
		}
		if err := m.Progress.Start(platform.Verify, p.Name, h.now()); err != nil {
			return "", err
		}
		if bad+unknown > 0 {
			return detail, m.Progress.Fail(platform.Verify, detail, h.now())
		}
		return detail, m.Progress.Finish(platform.Verify, detail, "", h.now())
	})
	if err != nil || bad+unknown > 0 {
		return m, err
	}
	if next, _ := m.Progress.Next(); next.Stage == platform.Finalize {
		return m, h.arrived(ctx, e, u, e.brought(m, u.Machines))
	}
	return m, nil
}
