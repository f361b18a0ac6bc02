package hub

import (
	"cmp"
	"context"
	"fmt"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// arrived tells the inventory that a unit's servers are operated by their centre, as the platform saw
// them there.
func (h *Hub) arrived(ctx context.Context, e *estate, u terraform.Unit, servers []platform.Machine) error {
	a, ok := e.snapshot.AgreementOf(u.Municipality)
	if !ok {
		return fmt.Errorf("unit %s: its municipality %s has no agreement any more: %w", u.ID, u.Municipality, ErrNotFound)
	}
	evidence := "read back from " + u.Platform + " " + u.Source
	if u.Source == "" {
		evidence = "moved by hand, and looked at from outside"
	}
	for _, m := range servers {
		if known, ok := e.snapshot.Asset(m.Asset); ok {
			o := h.operation(known, cmp.Or(u.Source, "by hand")+"/"+cmp.Or(m.UUID, m.Asset), evidence)
			o.Asset.OperatedBy = a.Centre
			if err := h.Sink().Observe(ctx, o); err != nil {
				return err
			}
		}
	}
	_, err := h.Flush(ctx)
	return err
}

// returned tells the inventory that a unit's servers, which had been verified at their centre, are back and
// operated by the municipality itself.
func (h *Hub) returned(ctx context.Context, m Move) error {
	e := h.current.Load()
	source := h.config.Terraform.Agreements[m.Agreement].Source
	for _, id := range m.Group.Assets {
		if known, ok := e.snapshot.Asset(id); ok && known.OperatedBy != "" {
			o := h.operation(known, cmp.Or(source, "by hand")+"/"+cmp.Or(known.UUID, id), "moved back")
			o.Emptied = []string{"operated_by"}
			if err := h.Sink().Observe(ctx, o); err != nil {
				return err
			}
		}
	}
	_, err := h.Flush(ctx)
	return err
}

// operation is an observation of a known server that tells, on some evidence, who operates it.
func (h *Hub) operation(known *inventory.Asset, source, evidence string) inventory.Observation {
	return inventory.Observation{
		Collector: "move", Source: source, Municipality: known.Municipality, At: h.now(), Status: inventory.StatusOK,
		Asset:    &inventory.Asset{Name: known.Name, Kind: known.Kind, UUID: known.UUID},
		Evidence: map[string]string{"operated_by": evidence},
	}
}
