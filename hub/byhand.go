package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/samdrift/samdrift/terraform/look"
	"github.com/samdrift/samdrift/terraform/platform"
)

// leave is what stands before the source is switched off: no gate is against it, and it is taken down
// how others see the servers.
func (h *Hub) leave(ctx context.Context, p Person, m Move) (*look.Memory, error) {
	if !p.moves() {
		return nil, fmt.Errorf("leaving %s as %s: %w", m.Unit, p.Role, ErrForbidden)
	}
	if err := h.mayLeave(ctx, p, m.Unit); err != nil {
		return nil, err
	}
	memory := h.remember(ctx, h.current.Load(), m)
	return &memory, nil
}

// returnedByHand ends the way back of a unit that people moved, on their word and with what shows it.
func (h *Hub) returnedByHand(ctx context.Context, p Person, unit string, s StepMove) (Move, error) {
	if s.Action != "finish" || strings.TrimSpace(s.Proof) == "" {
		return Move{}, fmt.Errorf("unit %s: %w: the way back is only finished, with what shows that the source runs again", unit, ErrInvalid)
	}
	return h.changeMove(ctx, p, unit, "move.step", func(m *Move) (string, error) {
		if err := m.Progress.Returned(p.Name, h.now()); err != nil {
			return "", errors.Join(ErrInvalid, err)
		}
		return "rollback finish " + s.Proof, nil
	})
}

// brought lists the servers that a verified unit has taken to its centre: as their platform was read, or as the
// inventory knows them where people moved them.
func (e *estate) brought(m Move, read []platform.Machine) []platform.Machine {
	if !m.Progress.ByHand() {
		return read
	}
	var list []platform.Machine
	for _, id := range m.Group.Assets {
		if a, ok := e.snapshot.Asset(id); ok {
			list = append(list, platform.Machine{Asset: id, Name: a.Name, UUID: a.UUID})
		}
	}
	return list
}
