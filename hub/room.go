package hub

import (
	"context"

	"github.com/samdrift/samdrift/terraform/platform"
)

// readRoom asks every source that servers go to how much room it has, where it tells.
func (h *Hub) readRoom(ctx context.Context) (map[string]platform.Room, error) {
	rooms := map[string]platform.Room{}
	for agreement, m := range h.config.Terraform.Agreements {
		name := m.SharedAt()
		if _, done := rooms[name]; done || name == "" {
			continue
		}
		source, err := h.config.source(agreement, name)
		if err != nil {
			return nil, err
		}
		teller, ok := source.(platform.RoomTeller)
		if !ok {
			continue
		}
		if rooms[name], err = teller.ReadRoom(ctx); err != nil {
			return nil, err
		}
	}
	return rooms, nil
}
