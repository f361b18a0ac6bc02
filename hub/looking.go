package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/look"
	"github.com/samdrift/samdrift/terraform/look/probe"
	"github.com/samdrift/samdrift/terraform/platform"
)

// remember takes down how others see a unit's servers before they move.
func (h *Hub) remember(ctx context.Context, e *estate, m Move) look.Memory {
	dns := h.config.Terraform.Agreements[m.Agreement].DNS
	memory := look.Remember(e.snapshot, m.Group.Assets, dns.Domain)
	memory.Answers = probe.Prober{DNS: dns.Server}.Ask(ctx, memory.Questions(nil))
	return memory
}

// outside looks at a unit's servers as others see them after their move. A unit that has not moved is
// not looked at: there is nothing to compare yet.
func (h *Hub) outside(ctx context.Context, e *estate, m Move) []terraform.Check {
	at := m.Progress.Moved()
	if at.IsZero() || m.Memory == nil {
		return nil
	}
	mapping := h.config.Terraform.Agreements[m.Agreement]
	return look.Checks(*m.Memory, look.Now{
		At: h.now(), Moved: at, Addresses: mapping.Addresses, Estate: e.snapshot, Monitored: e.monitored,
		BackupWithin: time.Duration(h.config.Terraform.BackupHours) * time.Hour,
		Answers:      probe.Prober{DNS: mapping.DNS.Server}.Ask(ctx, m.Memory.Questions(mapping.Addresses)),
	})
}

// known is what the inventory's gates ask.
func (h *Hub) known(kept map[string]Move, present map[string][]platform.Machine) terraform.Known {
	k := terraform.Known{Now: h.now(), BackupHours: h.config.Terraform.BackupHours, Accepted: map[string][]terraform.Acceptance{}, Present: present}
	for id, m := range kept {
		k.Accepted[id] = m.Accepted
	}
	return k
}

// AcceptMove keeps a person's word that a concern about a unit, or a check that could not be told, is
// known and may stand until a time. It is no approval, and sets aside no other gate.
func (h *Hub) AcceptMove(ctx context.Context, p Person, unit string, a terraform.Acceptance) (Move, error) {
	a.By, a.At, a.Until = p.Name, h.now().UTC(), a.Until.UTC()
	return h.changeMove(ctx, p, unit, "move.accept", func(m *Move) (string, error) {
		if err := a.Validate(); err != nil {
			return "", errors.Join(ErrInvalid, err)
		}
		m.Accepted = append(m.Accepted, a)
		m.Checks = terraform.AcceptChecks(m.Checks, m.Accepted, h.now())
		return fmt.Sprintf("%s %s until %s: %s", a.Key, cmp.Or(a.Server, "(every server)"), a.Until.Format(time.RFC3339), a.Reason), nil
	})
}

// mayLeave refuses to switch the source off while a gate of the stage stands against it.
func (h *Hub) mayLeave(ctx context.Context, p Person, unit string) error {
	e, _, err := h.ask(p)
	if err != nil {
		return err
	}
	grounds, err := h.grounds(ctx, e)
	if err != nil {
		return err
	}
	kept, err := h.moves(ctx)
	if err != nil {
		return err
	}
	grounds.Stages = maps.Clone(grounds.Stages)
	grounds.Stages[unit] = platform.Leave
	units, err := terraform.Render(planOfMoves(e.plan, kept), e.snapshot, grounds)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(units, func(u terraform.Unit) bool { return u.ID == unit })
	if i >= 0 && len(units[i].Refusals) > 0 {
		return &terraform.RefusedError{Unit: unit, Action: "leave", Refusals: units[i].Refusals}
	}
	return nil
}
