package hub

import (
	"context"
	"fmt"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// CentreGap is a centre by the 13 sections of the annex to 2024/2690. The host municipality runs the
// centre, so its answers and its data are what the centre is measured by.
type CentreGap struct {
	Data       Meta             `json:"data"`
	Catalogue  *nis2.Catalogue  `json:"-"` // the centre's profile
	Centre     inventory.Centre `json:"centre"`
	Assessment nis2.Assessment  `json:"assessment"`
}

// CentreGap answers a centre's profile. It is the host's analysis: its own people and the admin may
// see it, and the centre's once the host shares every article. Whoever reads another's is noted.
func (h *Hub) CentreGap(ctx context.Context, p Person, centre string) (CentreGap, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return CentreGap{}, err
	}
	c, known := e.snapshot.Centre(centre)
	if !known {
		return CentreGap{}, fmt.Errorf("centre %q: %w", centre, ErrNotFound)
	}
	may, err := h.seesCentre(ctx, sc, c.Host)
	if err != nil {
		return CentreGap{}, err
	}
	a := e.gap(c.Host)
	if !may || a == nil {
		return CentreGap{}, sc.forbidden("gap analysis of centre " + centre)
	}
	if err := h.noteReading(ctx, p, "centre profile", c.Host); err != nil {
		return CentreGap{}, err
	}
	profile := h.Catalogue().Profile(nis2.ProfileCentre)
	return CentreGap{Data: e.meta(sc), Catalogue: profile, Centre: *c, Assessment: a.Under(profile)}, nil
}

func (h *Hub) seesCentre(ctx context.Context, sc scope, host string) (bool, error) {
	if sc.gap[host] {
		return true, nil
	}
	shared, err := h.sharedWith(ctx, sc, host)
	return len(shared) > 0 && len(shared) == len(h.Catalogue().Articles), err
}

// GapCentres lists the centres whose profile the person may see.
func (h *Hub) GapCentres(ctx context.Context, p Person) ([]inventory.Centre, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	var centres []inventory.Centre
	for _, c := range e.snapshot.Centres {
		may, err := h.seesCentre(ctx, sc, c.Host)
		if err != nil {
			return nil, err
		}
		if may && e.gap(c.Host) != nil {
			centres = append(centres, c)
		}
	}
	return centres, nil
}
