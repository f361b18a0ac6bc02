package hub

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/look"
	"github.com/samdrift/samdrift/terraform/platform"
)

// ApplyMoves carries out the approved plans of units as one run, some at a time and in their order, and
// waits. A unit that fails does not stop the others; its move keeps the error. told, which may be nil, is
// called for one happening at a time.
func (h *Hub) ApplyMoves(ctx context.Context, p Person, units []string, told func(Happening)) error {
	list, err := h.beginRun(ctx, p, units)
	if err != nil {
		return err
	}
	return h.carryOut(ctx, p, list, told)
}

// BeginApply lets the hub carry out the approved plans of units as one run, and does not wait. A unit that is
// under way already is left to it: a second call answers with the same runs.
func (h *Hub) BeginApply(ctx context.Context, p Person, units ...string) ([]MoveRun, error) {
	list, err := h.beginRun(ctx, p, slices.DeleteFunc(slices.Clone(units), h.runs.goes))
	if err != nil {
		return nil, err
	}
	answer := []MoveRun{}
	for _, unit := range units {
		if _, err := h.moveOf(ctx, p, unit); err != nil {
			return nil, err
		}
		answer = append(answer, *h.runs.of(unit, h.now()))
	}
	if len(list) > 0 {
		go func() {
			if err := h.carryOut(h.runs.life, p, list, nil); err != nil {
				h.log.Warn("moves did not come to their end", "by", p.Name, "error", err)
			}
		}()
	}
	return answer, nil
}

// beginRun takes on units whose plans are approved, if all of them may be applied in one run.
func (h *Hub) beginRun(ctx context.Context, p Person, units []string) ([]*live, error) {
	var list []*live
	for _, id := range units {
		m, err := h.moveOf(ctx, p, id)
		if err != nil {
			return nil, err
		}
		if !p.moves() {
			return nil, fmt.Errorf("applying %s as %s: %w", id, p.Role, ErrForbidden)
		}
		if m.Plan == nil || m.Approval == nil {
			return nil, fmt.Errorf("unit %s: %w: its plan is not approved", id, ErrInvalid)
		}
		if slices.ContainsFunc(list, func(l *live) bool { return l.run.Unit == id }) {
			return nil, fmt.Errorf("unit %s: %w: it is named twice", id, ErrInvalid)
		}
		l := &live{move: m, run: MoveRun{Unit: id, Municipality: m.Municipality, By: p.Name, State: RunQueued, Begun: h.now().UTC(), Now: []WorkedOn{}, Place: h.place()}, changed: true}
		l.run.hear(h.happening(id, HappenQueued))
		list = append(list, l)
	}
	if err := h.runs.begin(list, h.config.Terraform.Limits); err != nil {
		return nil, err
	}
	for _, l := range list {
		h.writeRun(context.WithoutCancel(ctx), l)
	}
	return list, nil
}

func (h *Hub) happening(unit string, kind terraform.EventKind) Happening {
	return Happening{Event: terraform.Event{At: h.now().UTC(), Unit: unit, Kind: kind}}
}

// carryOut applies units that were taken on, each when its turn has come.
func (h *Hub) carryOut(ctx context.Context, p Person, list []*live, told func(Happening)) error {
	byUnit := map[string]*live{}
	for _, l := range list {
		byUnit[l.run.Unit] = l
	}
	var mu sync.Mutex // one happening at a time
	tell := func(x Happening) {
		mu.Lock()
		defer mu.Unlock()
		h.runs.change(byUnit[x.Unit], func(r *MoveRun) {
			r.hear(x)
			x.Done, x.Total = r.Done, r.Total
		})
		if told != nil {
			told(x)
		}
	}
	rendered, runner, err := h.equip(ctx, p)
	if err != nil {
		for _, l := range list {
			h.notBegun(ctx, l, err, tell)
		}
		return err
	}
	e := h.current.Load()
	runner.Told = func(x terraform.Event) {
		tell(Happening{Event: x, Server: e.serverName(x.Resource, byUnit[x.Unit].move)})
	}
	faults := make([]error, len(list))
	var work sync.WaitGroup
	for i, l := range list {
		if faults[i] = h.awaitTurn(ctx, l.run.Unit); faults[i] != nil {
			h.notBegun(ctx, l, faults[i], tell)
			continue
		}
		work.Go(func() {
			defer func() { <-h.runs.slots }()
			faults[i] = h.takeTurn(ctx, p, runner, rendered, l, tell)
		})
	}
	work.Wait()
	return errors.Join(faults...)
}

// equip renders the units and finds the engine.
func (h *Hub) equip(ctx context.Context, p Person) ([]terraform.Unit, *terraform.Runner, error) {
	rendered, err := h.RenderTerraform(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	runner, err := h.runner(ctx)
	return rendered, runner, err
}

// serverName gives the name of the server that a resource of a unit is; empty when it is none.
func (e *estate) serverName(resource string, m Move) string {
	id := terraform.AssetOf(resource, m.Group.Assets)
	if a, ok := e.snapshot.Asset(id); ok {
		return cmp.Or(a.Name, id)
	}
	return m.Origin[id].Name // it left the inventory meanwhile
}

// awaitTurn waits for a slot and takes it, unless all moves are stopped by then.
func (h *Hub) awaitTurn(ctx context.Context, unit string) error {
	select {
	case h.runs.slots <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("unit %s: its turn had not come: %w", unit, ctx.Err())
	}
	s := h.stopped()
	if s == nil {
		return nil
	}
	<-h.runs.slots
	return &terraform.RefusedError{Unit: unit, Action: "apply", Refusals: []terraform.Refusal{{Gate: terraform.GateStop,
		Reason: fmt.Sprintf("all moves are stopped by %s: %s; it was not begun, and its approval stands", s.By, s.Reason)}}}
}

// notBegun ends a run whose turn never came. It stays written down, so that nobody thinks it was done.
func (h *Hub) notBegun(ctx context.Context, l *live, why error, tell func(Happening)) {
	defer h.runs.going.Done()
	x := h.happening(l.run.Unit, HappenNotBegun)
	x.Message = why.Error()
	tell(x)
	h.writeRun(context.WithoutCancel(ctx), l)
}

// takeTurn applies one unit.
func (h *Hub) takeTurn(ctx context.Context, p Person, r *terraform.Runner, rendered []terraform.Unit, l *live, tell func(Happening)) error {
	defer h.runs.going.Done()
	keep := context.WithoutCancel(ctx)
	h.runs.change(l, func(r *MoveRun) { r.State = RunGoing })
	h.writeRun(keep, l)
	stop := h.writeWhile(keep, l)
	unit := l.run.Unit
	err := fmt.Errorf("unit %s: %w: it is no longer in the plan", unit, ErrNotFound)
	if i := slices.IndexFunc(rendered, func(u terraform.Unit) bool { return u.ID == unit }); i >= 0 {
		err = h.applyMove(ctx, p, r, rendered[i], l.move, tell)
	}
	x := h.happening(unit, HappenApplied)
	if err != nil {
		x.Kind, x.Message = HappenFailed, err.Error()
	}
	tell(x)
	stop()
	h.forgetRun(keep, l.run)
	return err
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
	x := h.happening(u.ID, HappenApplying)
	x.Action = string(u.Stage)
	tell(x)
	applied, applyErr := r.Apply(ctx, h.TerraformDir(), u, *m.Approval)
	// What was done is kept also when the person who waited has gone.
	before := m.Shared
	_, err := h.keepMove(context.WithoutCancel(ctx), p, m, "move.apply", func(m *Move) (string, error) {
		if applied.Approval.Used.IsZero() {
			m.Shared = before // nothing was touched, so nothing became ours
		}
		return h.applied(p, m, u.Stage, returning, applied, applyErr)
	})
	return errors.Join(applyErr, err)
}

// applied brings a move in line with how its apply ended.
func (h *Hub) applied(p Person, m *Move, stage platform.Stage, returning bool, applied terraform.Applied, applyErr error) (string, error) {
	var locked *terraform.LockedError
	if !errors.As(applyErr, &locked) || !applied.Approval.Used.IsZero() {
		m.Approval = nil // it works once; one that only waited for somebody else still stands
	}
	m.Output = applied.Output
	detail := fmt.Sprintf("stage %s plan %s approved by %s, proposed by %s: %d added, %d changed, output sha256 %x", stage, applied.Approval.PlanSHA256,
		applied.Approval.By, applied.Approval.ProposedBy, applied.Add, applied.Change, sha256.Sum256([]byte(applied.Output)))
	if applyErr != nil {
		m.Error = applyErr.Error()
		if returning {
			return detail + ": FAILED: " + m.Error, nil
		}
		return detail + ": FAILED: " + m.Error, m.Progress.Fail(stage, m.Error, h.now())
	}
	m.Error, m.Finding = "", nil
	if returning {
		m.Plan, m.Consent = nil, nil // they were for the way back
		return detail, m.Progress.Returned(p.Name, h.now())
	}
	return detail, m.Progress.Finish(stage, "plan "+applied.Approval.PlanSHA256, "", h.now())
}

// VerifyMove reads a unit's servers back from their platform, and looks at them as others see them. What
// could not be told must be mended or accepted by name before it counts (AcceptMove). When everything is as
// it was meant to be, and the servers have moved, the inventory says from then on who operates them; not
// before.
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
