package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner/nis2"
)

// IncidentView is an incident with its clock as it stands.
type IncidentView struct {
	nis2.Incident
	Clock []nis2.Due `json:"clock"`
}

// Incidents answers the register of incidents: a municipality its own, a centre those that it has a part
// in. The newest first.
func (h *Hub) Incidents(ctx context.Context, p Person) ([]IncidentView, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	all, err := store.Records[nis2.Incident](ctx, h.store, store.KindIncident)
	if err != nil {
		return nil, err
	}
	views := []IncidentView{}
	for _, i := range all {
		if sc.seesIncident(i) {
			views = append(views, IncidentView{i, i.Clock(h.now())})
		}
	}
	slices.SortStableFunc(views, func(a, b IncidentView) int { return b.FirstAware().Compare(a.FirstAware()) })
	codes := make([]string, len(views))
	for i := range views {
		codes[i] = views[i].Municipality
	}
	return views, h.noteReading(ctx, p, "incidents", codes...)
}

// seesIncident tells whether the person may see an incident.
func (sc scope) seesIncident(i nis2.Incident) bool {
	if sc.person.Role == RoleCentre {
		return i.Centre == sc.person.Organisation && sc.detail[i.Municipality]
	}
	return sc.gap[i.Municipality]
}

// SaveIncident keeps an incident; one without an id is new, and one that was changed since its revision was
// read gives store.ErrConflict. The municipality, the centre that has a part
// in it, and the admin may. It sends nothing to anybody.
func (h *Hub) SaveIncident(ctx context.Context, p Person, i nis2.Incident) (nis2.Incident, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return i, err
	}
	if !sc.seesIncident(i) {
		return i, sc.forbidden("incidents of " + i.Municipality)
	}
	if err := i.Validate(); err != nil {
		return i, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if i.ID != "" {
		before, err := store.Record[nis2.Incident](ctx, h.store, store.KindIncident, i.Municipality, i.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !sc.seesIncident(before) {
			return i, fmt.Errorf("incident %q: %w", i.ID, ErrNotFound)
		}
		if err != nil {
			return i, err
		}
	}
	if err := keepRevised(ctx, h, store.KindIncident, i.Municipality, &i, func(i *nis2.Incident) (*string, *int) { return &i.ID, &i.Revision }); err != nil {
		return i, err
	}
	if err := h.record(ctx, p.Name, "incident.save", i.Municipality, i.ID+" "+i.Title); err != nil {
		return i, err
	}
	return i, h.assessAnew(ctx, i.Municipality) // rules count whether notices were sent in time
}
