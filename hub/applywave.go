package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// BeginWave lets the hub carry out every approved plan of a wave as one run, and does not wait.
func (h *Hub) BeginWave(ctx context.Context, p Person, wave string) ([]MoveRun, error) {
	approved, _, err := h.movesIn(ctx, p, wave)
	if err != nil {
		return nil, err
	}
	if len(approved) == 0 {
		return nil, noneApproved(wave)
	}
	return h.BeginApply(ctx, p, approved...)
}

// ApplyWaves carries out every approved plan of waves as one run, and waits. The waves' other units are told
// of as left out; a refused plan of one of them is part of the error, so that nobody takes the waves for done.
func (h *Hub) ApplyWaves(ctx context.Context, p Person, waves []string, told func(Happening)) error {
	approved, others, err := h.movesIn(ctx, p, waves...)
	if err != nil {
		return err
	}
	var faults []error
	for _, m := range others {
		x := h.happening(m.Unit, HappenLeftOut)
		x.Message = m.whyLeftOut()
		told(x)
		if m.Plan != nil && len(m.Plan.Refusals) > 0 {
			faults = append(faults, &terraform.RefusedError{Unit: m.Unit, Action: "apply", Refusals: m.Plan.Refusals})
		}
	}
	if len(approved) == 0 {
		return errors.Join(append(faults, noneApproved(waves...))...)
	}
	return errors.Join(append(faults, h.ApplyMoves(ctx, p, approved, told))...)
}

// movesIn gives the units of waves by cutover: those with an approved plan, and the others.
func (h *Hub) movesIn(ctx context.Context, p Person, waves ...string) (approved []string, others []MoveRow, err error) {
	if !p.moves() {
		return nil, nil, fmt.Errorf("applying wave %s as %s: %w", strings.Join(waves, ", "), p.Role, ErrForbidden)
	}
	v, err := h.Moves(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range v.Moves { // by cutover
		switch {
		case !slices.Contains(waves, m.Wave.ID):
		case m.Approval != nil:
			approved = append(approved, m.Unit)
		default:
			others = append(others, m)
		}
	}
	if len(approved)+len(others) == 0 {
		return nil, nil, fmt.Errorf("wave %s: %w: no unit of it is on a platform: plan it first, or look for its id with terraform status", strings.Join(waves, ", "), ErrNotFound)
	}
	return approved, others, nil
}

func noneApproved(waves ...string) error {
	return fmt.Errorf("wave %s: %w: no plan of it is approved", strings.Join(waves, ", "), ErrInvalid)
}

// whyLeftOut is why a unit without an approved plan is not applied with its wave.
func (m MoveRow) whyLeftOut() string {
	switch {
	case m.Progress.Returning != "":
		return fmt.Sprintf("no plan of it is approved; its next step is %s", platform.Rollback)
	case m.Stage == "":
		return "nothing of its move is left to do"
	default:
		return fmt.Sprintf("no plan of it is approved; its next step is %s", m.Stage)
	}
}
