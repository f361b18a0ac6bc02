package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

// RunbookView is the scripts (drejebog) of a wave's nights, with what is ticked off.
type RunbookView struct {
	Data    Meta                 `json:"data"`
	Wave    planner.Wave         `json:"wave"`
	Nights  []terraform.Runbook  `json:"nights"`
	Ticks   map[RunbookTick]Tick `json:"-"`
	Ticked  []TickedLine         `json:"ticked"`
	MayTick bool                 `json:"may_tick"`
	// Contacts are whom to reach, by role and name. A role without one is not known.
	Contacts []Contact         `json:"contacts"`
	Names    map[string]string `json:"names"`
}

// RunbookTick names a line of a wave's runbooks.
type RunbookTick struct {
	Night inventory.Date `json:"night"`
	What  string         `json:"what"`
	Unit  string         `json:"unit,omitempty"` // empty: it is about the whole night
}

// Tick says that a line of a runbook is done.
type Tick struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// TickedLine is a line that is done.
type TickedLine struct {
	RunbookTick
	Tick
}

// waveTicks is what is kept of a wave's runbooks.
type waveTicks struct {
	Ticked []TickedLine `json:"ticked"`
}

// Runbooks writes the scripts of a wave's nights, for whoever may see the wave's servers.
func (h *Hub) Runbooks(ctx context.Context, p Person, wave string) (RunbookView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return RunbookView{}, err
	}
	d, err := h.derive(ctx, e)
	if err != nil {
		return RunbookView{}, err
	}
	plan := d.plan
	i := slices.IndexFunc(plan.Waves, func(w planner.Wave) bool { return w.ID == wave && sc.detail[w.Municipality] })
	if i < 0 {
		return RunbookView{}, fmt.Errorf("wave %q: %w", wave, ErrNotFound)
	}
	v := RunbookView{Data: e.meta(sc), Wave: plan.Waves[i], Ticks: map[RunbookTick]Tick{}, Ticked: []TickedLine{}, MayTick: true}
	v.Names = e.namesIn(sc, only(plan.Groups, func(g planner.Group) bool { return g.Wave == wave })...)
	v.Nights = terraform.Runbooks(plan, v.Wave, h.unitsOf(plan, wave, d.kept), h.config.Terraform.Timing, copenhagen)
	if v.Contacts, err = h.contacts(ctx, v.Wave.Municipality, v.Wave.Agreement); err != nil {
		return RunbookView{}, err
	}
	ticks, err := h.ticksOf(ctx, v.Wave)
	if err != nil {
		return RunbookView{}, err
	}
	v.Ticked = append(v.Ticked, ticks.Ticked...)
	for _, t := range ticks.Ticked {
		v.Ticks[t.RunbookTick] = t.Tick
	}
	return v, nil
}

// unitsOf gives a wave's units as far as a runbook needs them, without asking any platform.
func (h *Hub) unitsOf(plan planner.Plan, wave string, kept map[string]Move) []terraform.Unit {
	var units []terraform.Unit
	for _, g := range plan.Groups {
		if g.Wave != wave {
			continue
		}
		u := terraform.Unit{ID: g.ID, Name: g.Name, Municipality: g.Municipality, Wave: wave, Cutover: g.Cutover, Servers: len(g.Assets), Platform: terraform.TerraformData}
		if m, ok := kept[g.ID]; ok {
			u.Agreement, u.Stage = m.Agreement, m.Progress.Rendered()
			u.Platform = h.config.Terraform.Agreements[m.Agreement].Platform
			if m.Plan != nil {
				u.Refusals = m.Plan.Refusals
			}
		}
		units = append(units, u)
	}
	return units
}

func (h *Hub) ticksOf(ctx context.Context, w planner.Wave) (waveTicks, error) {
	t, err := store.Record[waveTicks](ctx, h.store, store.KindRunbook, w.Municipality, w.ID)
	if errors.Is(err, store.ErrNotFound) {
		return waveTicks{}, nil
	}
	return t, err
}

// TickRunbook ticks a line of a wave's runbooks off, or takes the tick away. Everybody who sees the line
// may: who did it, and when, is kept.
func (h *Hub) TickRunbook(ctx context.Context, p Person, wave string, line RunbookTick, done bool) (RunbookView, error) {
	v, err := h.Runbooks(ctx, p, wave)
	if err != nil {
		return v, err
	}
	if !v.has(line) {
		return v, fmt.Errorf("wave %s: %w: its runbooks have no line %q of %q on %s", wave, ErrInvalid, line.What, line.Unit, line.Night)
	}
	if err := h.keepTick(ctx, p, v.Wave, line, done); err != nil {
		return v, err
	}
	return h.Runbooks(ctx, p, wave)
}

// has tells whether a line stands in one of the scripts and can be done.
func (v RunbookView) has(line RunbookTick) bool {
	return slices.ContainsFunc(v.Nights, func(b terraform.Runbook) bool {
		return b.Night == line.Night && slices.ContainsFunc(b.Lines, func(l terraform.Line) bool {
			return l.What == line.What && l.Unit == line.Unit && l.Kind != terraform.LineReturn
		})
	})
}

func (h *Hub) keepTick(ctx context.Context, p Person, w planner.Wave, line RunbookTick, done bool) error {
	h.moving.Lock()
	defer h.moving.Unlock()
	kept, err := h.ticksOf(ctx, w)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(kept.Ticked, func(t TickedLine) bool { return t.RunbookTick == line })
	action := "runbook.tick"
	switch {
	case done == (i >= 0):
		return nil // a second click
	case done:
		kept.Ticked = append(kept.Ticked, TickedLine{line, Tick{By: p.Name, At: h.now().UTC()}})
	default:
		action = "runbook.untick"
		kept.Ticked = slices.Delete(kept.Ticked, i, i+1)
	}
	if err := h.store.SaveRecord(ctx, store.KindRunbook, w.Municipality, w.ID, h.now(), kept); err != nil {
		return err
	}
	return h.record(ctx, p.Name, action, w.ID, fmt.Sprintf("%s %s %s", line.Night, line.What, line.Unit))
}
