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
		known, ok := e.snapshot.Asset(m.Asset)
		if !ok {
			continue
		}
		err := h.Sink().Observe(ctx, inventory.Observation{
			Collector: "move", Source: cmp.Or(u.Source, "by hand") + "/" + cmp.Or(m.UUID, m.Asset), Municipality: u.Municipality, At: h.now(), Status: inventory.StatusOK,
			Asset:    &inventory.Asset{Name: known.Name, Kind: known.Kind, UUID: known.UUID, OperatedBy: a.Centre},
			Evidence: map[string]string{"operated_by": evidence},
		})
		if err != nil {
			return err
		}
	}
	_, err := h.Flush(ctx)
	return err
}
