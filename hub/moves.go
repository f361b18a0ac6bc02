package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/look"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Move is all that is kept of one unit's move, in the order in which it comes about.
type Move struct {
	Unit         string                      `json:"unit"`
	Municipality string                      `json:"municipality"`
	Agreement    string                      `json:"agreement"`
	Group        planner.Group               `json:"group"` // as it was when the move began; a later plan does not change it
	Wave         planner.Wave                `json:"wave"`
	Progress     terraform.Progress          `json:"progress"`
	Origin       map[string]platform.Machine `json:"origin,omitempty"` // its servers as they were when they were adopted, by asset
	Plan         *terraform.UnitPlan         `json:"plan,omitempty"`   // the latest
	Consent      *Consent                    `json:"consent,omitempty"`
	Approval     *terraform.Approval         `json:"approval,omitempty"` // of the latest plan
	Checks       []terraform.Check           `json:"checks,omitempty"`   // what was read back last
	Accepted     []terraform.Acceptance      `json:"accepted,omitempty"` // concerns and checks that somebody set aside for a while
	Memory       *look.Memory                `json:"memory,omitempty"`   // how others saw its servers before they moved
	Drift        []terraform.Drift           `json:"drift,omitempty"`
	Finding      *terraform.Finding          `json:"finding,omitempty"` // after a run that did not end
	Shared       *SharedMove                 `json:"shared,omitempty"`  // of the agreement's shared unit, which has no servers
	Error        string                      `json:"error,omitempty"`   // of the latest apply
	Output       string                      `json:"output,omitempty"`  // what the engine said in it
}

// Consent is a municipality's yes to one plan of its unit.
type Consent struct {
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	PlanSHA256 string    `json:"plan_sha256"`
}

// MoveRow is a unit with how far it has come.
type MoveRow struct {
	Move
	Kept  bool                 `json:"kept"`           // false: it is a group of the plan that nobody has planned a move for yet
	Stage platform.Stage       `json:"stage"`          // the next; empty: nothing is left
	Lock  *terraform.StateLock `json:"lock,omitempty"` // who works on its state now
	Run   *MoveRun             `json:"run,omitempty"`  // in a list of moves, without what was said
}

// MovesView is all moves within a person's scope, in brief: without what an engine said, the difference of a
// plan, what was read back and how others saw the servers.
type MovesView struct {
	Data    Meta               `json:"data"`
	Stopped *terraform.Stopped `json:"stopped,omitempty"` // all moves are stopped
	Moves   []MoveRow          `json:"moves"`             // by cutover; what an agreement's servers share first
	Waves   []track.WaveStatus `json:"waves"`             // what they amount to, also of waves that have not begun
	Names   map[string]string  `json:"names"`

	Reconciled *Reconciliation `json:"reconciled,omitempty"` // whether runs that were cut short have been looked at since the hub began
}

// Moves answers how far all the units on platforms have come, within the person's scope.
func (h *Hub) Moves(ctx context.Context, p Person) (MovesView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return MovesView{}, err
	}
	d, err := h.derive(ctx, e)
	if err != nil {
		return MovesView{}, err
	}
	live, err := h.runsOf(ctx, d.kept)
	if err != nil {
		return MovesView{}, err
	}
	locks, err := h.store.StateHolders(ctx)
	if err != nil {
		return MovesView{}, err
	}
	v := MovesView{Data: e.meta(sc), Moves: []MoveRow{}, Names: e.names(sc), Stopped: h.stopped(), Reconciled: h.reconciled.seenBy(p)}
	for i := range d.units {
		if l := &d.units[i]; sc.detail[l.municipality] && l.state != MoveNotBegun {
			v.Moves = append(v.Moves, e.listRow(sc, d, l, live[l.unit], locks))
		}
	}
	v.Waves = only(d.followed.Waves, func(w track.WaveStatus) bool { return sc.detail[w.Municipality] })
	slices.SortFunc(v.Moves, byNight)
	return v, nil
}

// stopped tells who stopped all moves; nil when nobody did.
func (h *Hub) stopped() *terraform.Stopped {
	if s, stopped := terraform.IsStopped(h.TerraformDir()); stopped {
		return &s
	}
	return nil
}

// WavesOf gives the ids of the waves that have the number under the given agreements, also of those in which
// units were when their moves began.
func (h *Hub) WavesOf(ctx context.Context, p Person, number int, agreements ...string) ([]string, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	kept, err := h.moves(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, w := range planOfMoves(e.plan, kept).Waves {
		if w.Number == number && slices.Contains(agreements, w.Agreement) && sc.detail[w.Municipality] {
			ids = append(ids, w.ID)
		}
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("wave %d of %s: %w", number, strings.Join(agreements, ", "), ErrNotFound)
	}
	return ids, nil
}

// begun tells that the unit's servers are under management, so that its make-up is fixed.
func (m Move) begun() bool { return m.Progress.Steps[0].State != terraform.Waiting }

// planOfMoves is the plan with the units that have begun as they were then: servers that have moved are in
// no plan any more, and a later plan must not shuffle those that are on their way. A group that now holds
// one of their servers is left out until it holds none.
func planOfMoves(plan planner.Plan, kept map[string]Move) planner.Plan {
	fixed := map[string]string{} // asset → unit
	for _, m := range kept {
		if m.begun() { // a shared unit has no servers
			for _, id := range m.Group.Assets {
				fixed[id] = m.Unit
			}
		}
	}
	if len(fixed) == 0 {
		return plan
	}
	plan.Groups = only(plan.Groups, func(g planner.Group) bool {
		m, known := kept[g.ID]
		return (!known || !m.begun()) && !slices.ContainsFunc(g.Assets, func(id string) bool { return fixed[id] != "" })
	})
	plan.Waves = slices.Clone(plan.Waves)
	waves := map[string]bool{}
	for _, w := range plan.Waves {
		waves[w.ID] = true
	}
	for _, unit := range slices.Sorted(maps.Keys(kept)) {
		m := kept[unit]
		if !m.begun() || m.Shared != nil {
			continue
		}
		plan.Groups = append(plan.Groups, m.Group)
		if !waves[m.Wave.ID] {
			plan.Waves, waves[m.Wave.ID] = append(plan.Waves, m.Wave), true
		}
	}
	return plan
}

// changeMove reads a unit's move, lets change work on it and keeps the result with a line of audit, all
// of it one at a time. Only those who may move the municipality's servers may: its centre and the admin.
func (h *Hub) changeMove(ctx context.Context, p Person, unit, action string, change func(*Move) (detail string, err error)) (Move, error) {
	m, err := h.moveOf(ctx, p, unit)
	if err != nil {
		return m, err
	}
	if !p.moves() {
		return m, fmt.Errorf("%s %s as %s: %w", action, unit, p.Role, ErrForbidden)
	}
	return h.keepMove(ctx, p, m, action, change)
}

// keepMove changes a move that was read and keeps it. When that takes a verified move back, the inventory
// follows.
func (h *Hub) keepMove(ctx context.Context, p Person, m Move, action string, change func(*Move) (string, error)) (Move, error) {
	was, fresh, err := h.changeKept(ctx, p, m, action, change)
	if err == nil && !was.IsZero() && verified(fresh.Progress).IsZero() {
		err = h.returned(ctx, fresh)
	}
	return fresh, err
}

// changeKept is keepMove as far as the move itself goes. It also gives when the move had been verified before.
func (h *Hub) changeKept(ctx context.Context, p Person, m Move, action string, change func(*Move) (string, error)) (was time.Time, fresh Move, err error) {
	h.moving.Lock()
	defer h.moving.Unlock()
	if fresh, err = store.Record[Move](ctx, h.store, store.KindMove, m.Municipality, m.Unit); err != nil {
		return was, m, err
	}
	was = verified(fresh.Progress)
	detail, err := change(&fresh)
	if err != nil {
		return was, fresh, err
	}
	if err := h.saveMove(ctx, fresh); err != nil {
		return was, fresh, err
	}
	return was, fresh, h.record(ctx, p.Name, action, fresh.Unit, detail)
}

// moveOf reads a unit's move within the person's scope.
func (h *Hub) moveOf(ctx context.Context, p Person, unit string) (Move, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return Move{}, err
	}
	m, err := store.RecordByID[Move](ctx, h.store, store.KindMove, unit)
	if errors.Is(err, store.ErrNotFound) || err == nil && !sc.detail[m.Municipality] {
		return Move{}, fmt.Errorf("unit %q: %w: plan it first, or look for its id with terraform status", unit, ErrNotFound)
	}
	return m, err
}

// moves tells whether the person may carry out moves: a municipality consents, and does not move.
func (p Person) moves() bool { return p.Role == RoleAdmin || p.Role == RoleCentre }

// ConsentMove keeps a municipality's yes to the present plan of its unit.
func (h *Hub) ConsentMove(ctx context.Context, p Person, unit string) (Move, error) {
	m, err := h.moveOf(ctx, p, unit)
	if err != nil {
		return m, err
	}
	if !p.decides(m.Municipality) {
		return m, fmt.Errorf("consent for %s as %s: %w", m.Municipality, p.Role, ErrForbidden)
	}
	return h.keepMove(ctx, p, m, "move.consent", func(m *Move) (string, error) {
		if m.Plan == nil || !m.Plan.Planned() {
			return "", fmt.Errorf("unit %s: %w: there is no plan to consent to", unit, ErrInvalid)
		}
		m.Consent = &Consent{By: p.Name, At: h.now().UTC(), PlanSHA256: m.Plan.PlanSHA256}
		return "plan " + m.Plan.PlanSHA256, nil
	})
}

// ApproveMove approves the present plan of a unit. The consent that was given to this very plan goes
// with it.
func (h *Hub) ApproveMove(ctx context.Context, p Person, unit string, terms terraform.Terms) (Move, error) {
	return h.changeMove(ctx, p, unit, "move.approve", func(m *Move) (string, error) {
		if m.Plan == nil {
			return "", fmt.Errorf("unit %s: %w: plan it first", unit, ErrInvalid)
		}
		if c := m.Consent; c != nil && c.PlanSHA256 == m.Plan.PlanSHA256 {
			terms.Consent = c.By
		}
		a, err := terraform.Approve(*m.Plan, p.Name, h.now(), terms)
		if err != nil {
			return "", err
		}
		m.Approval = &a
		detail := fmt.Sprintf("plan %s digest %s, from %s to %s", a.PlanSHA256, a.Digest, a.From.Format(time.RFC3339), a.Expires.Format(time.RFC3339))
		if a.Emergency != "" {
			detail = "EMERGENCY (" + a.Emergency + "): " + detail
			h.log.Warn("a move was approved as an emergency", "unit", unit, "by", p.Name, "why", a.Emergency)
		}
		return detail, nil
	})
}

// StepMove records what people and other tools do: a step begins, goes on, ends or fails.
type StepMove struct {
	Stage   platform.Stage
	Action  string // start, copied, finish, fail
	Tool    string
	Amount  int64
	Total   int64
	Measure string
	Proof   string
	Note    string
}

// byEngine tells whether samdrift itself carries a stage out: nobody may say that it did.
func byEngine(stage platform.Stage) bool {
	switch stage {
	case platform.Adopt, platform.Place, platform.Arrive, platform.Verify, platform.Rollback, platform.Share:
		return true
	}
	return false
}

// StepMove changes a step of a unit that is not samdrift's own.
func (h *Hub) StepMove(ctx context.Context, p Person, unit string, s StepMove) (Move, error) {
	m, err := h.moveOf(ctx, p, unit)
	if err != nil {
		return m, err
	}
	if s.Stage == platform.Rollback && m.Progress.ByHand() {
		return h.returnedByHand(ctx, p, unit, s)
	}
	if byEngine(s.Stage) {
		return Move{}, fmt.Errorf("unit %s: %w: %s is carried out and checked by samdrift, and cannot be said to be done", unit, ErrInvalid, s.Stage)
	}
	var memory *look.Memory
	if s.Stage == platform.Leave && s.Action == "start" {
		if memory, err = h.leave(ctx, p, m); err != nil {
			return m, err
		}
	}
	return h.changeMove(ctx, p, unit, "move.step", func(m *Move) (string, error) {
		var err error
		switch s.Action {
		case "start":
			m.Memory = cmp.Or(memory, m.Memory)
			err = m.Progress.Start(s.Stage, p.Name, h.now())
		case "copied":
			err = m.Progress.Copied(s.Tool, s.Amount, s.Total, s.Measure)
		case "finish":
			err = m.Progress.Finish(s.Stage, s.Proof, s.Note, h.now())
		case "fail":
			err = m.Progress.Fail(s.Stage, s.Note, h.now())
		default:
			err = fmt.Errorf("action %q is none of start, copied, finish, fail", s.Action)
		}
		if err != nil {
			return "", errors.Join(ErrInvalid, err)
		}
		return fmt.Sprintf("%s %s %s %s", s.Stage, s.Action, s.Proof, s.Note), nil
	})
}

// ReturnMove sets a unit on its way back. Its rollback is then planned, approved and applied.
func (h *Hub) ReturnMove(ctx context.Context, p Person, unit, reason string) (Move, error) {
	return h.changeMove(ctx, p, unit, "move.rollback", func(m *Move) (string, error) {
		if err := m.Progress.Return(reason); err != nil {
			return "", errors.Join(ErrInvalid, err)
		}
		m.Plan, m.Approval, m.Consent = nil, nil, nil // they were for the way there
		return reason, nil
	})
}

// StopMoves lets no apply begin until ResumeMoves. Everybody who sees moves may stop them: a
// municipality too.
func (h *Hub) StopMoves(ctx context.Context, p Person, reason string) error {
	if _, sc, err := h.ask(p); err != nil {
		return err
	} else if len(sc.detail) == 0 {
		return sc.forbidden("stopping all moves")
	}
	if err := terraform.Stop(h.TerraformDir(), terraform.Stopped{By: p.Name, At: h.now().UTC(), Reason: reason}); err != nil {
		return errors.Join(ErrInvalid, err)
	}
	h.log.Warn("all moves are stopped", "by", p.Name, "why", reason)
	return h.record(ctx, p.Name, "move.stop", "", reason)
}

// ResumeMoves lets applies begin again. Only those who may move servers may.
func (h *Hub) ResumeMoves(ctx context.Context, p Person, reason string) error {
	if _, sc, err := h.ask(p); err != nil {
		return err
	} else if !p.moves() {
		return sc.forbidden("letting moves go on")
	}
	if err := terraform.Resume(h.TerraformDir()); err != nil {
		return err
	}
	return h.record(ctx, p.Name, "move.resume", "", reason)
}

// UnlockMove takes a lock off a unit's state, for whoever knows that its holder is dead.
func (h *Hub) UnlockMove(ctx context.Context, p Person, unit, lock, reason string) (Move, error) {
	return h.changeMove(ctx, p, unit, "move.unlock", func(*Move) (string, error) {
		if reason == "" {
			return "", fmt.Errorf("unit %s: %w: taking a lock off needs a reason: how is it known that its holder is dead?", unit, ErrInvalid)
		}
		state, _, _, err := h.holder(ctx, unit)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("lock %s: %s", lock, reason), h.store.UnlockState(ctx, state, lock)
	})
}
