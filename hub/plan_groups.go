package hub

import (
	"context"
	"fmt"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// GroupsView is which servers move together, which are shared services, which connections are cut on the
// way, and which servers nobody seems to need.
type GroupsView struct {
	Meta
	Groups           []planner.Group           `json:"groups"`
	Foundations      []planner.Foundation      `json:"foundations"`
	RetireCandidates []planner.RetireCandidate `json:"retire_candidates"`
	Names            map[string]string         `json:"names"`
}

// Groups answers the move groups that the person may see.
func (h *Hub) Groups(ctx context.Context, p Person) (GroupsView, error) {
	v, err := h.Plan(ctx, p)
	return GroupsView{v.Meta, v.Plan.Groups, v.Plan.Foundations, v.Plan.RetireCandidates, v.Names}, err
}

// PlacementView is why a server is in its group.
type PlacementView struct {
	Meta
	planner.Placement
	Names map[string]string `json:"names"`
}

// WhyGrouped answers why a server that the person may see is in its group.
func (h *Hub) WhyGrouped(_ context.Context, p Person, asset string) (PlacementView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return PlacementView{}, err
	}
	a, ok := e.snapshot.Asset(asset)
	if !ok || !sc.detail[a.Municipality] {
		return PlacementView{}, fmt.Errorf("asset %q: %w", asset, ErrNotFound)
	}
	why, err := planner.Why(e.input, e.plan, asset)
	if err != nil {
		return PlacementView{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return PlacementView{e.meta(sc), why, e.names(sc)}, nil
}

// WavesView is the dates of the plan: every wave with how certain it is, every group that the person may
// see with what binds its date, and how far from the best possible the whole is.
type WavesView struct {
	Meta
	Deadline            inventory.Date      `json:"deadline"`
	Feasible            bool                `json:"feasible"`
	LastWaveEnd         inventory.Date      `json:"last_wave_end,omitzero"`
	LowerBound          inventory.Date      `json:"lower_bound,omitzero"` // no plan of the same groups in the same waves ends earlier
	Gap                 float64             `json:"gap"`                  // share of the days until the last end that lie after the bound
	Violations          []planner.Violation `json:"violations"`           // that people's wishes break; empty without wishes
	Waves               []planner.Wave      `json:"waves"`
	Groups              []WaveGroup         `json:"groups"`
	*planner.Confidence                     // how sure the end is; nil: not asked
	Names               map[string]string   `json:"names"`
}

// WaveGroup is one group's dates.
type WaveGroup struct {
	ID           string         `json:"id"`
	Municipality string         `json:"municipality"`
	Assets       []string       `json:"assets"`
	Wave         string         `json:"wave,omitempty"`
	Start        inventory.Date `json:"start,omitzero"`
	Cutover      inventory.Date `json:"cutover,omitzero"`
	End          inventory.Date `json:"end,omitzero"`
	Binding      []BindingRule  `json:"binding"`
	SlackDays    int            `json:"slack_days"`
}

// BindingRule is a rule that kept a group from an earlier date.
type BindingRule struct {
	Rule   string `json:"rule"`
	Detail string `json:"detail"` // in English, with the days it rejected
}

// Waves answers the dates of the plan, and how sure their end is from so many runs with delays and
// roll-backs; none when runs is 0.
func (h *Hub) Waves(ctx context.Context, p Person, runs int) (WavesView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return WavesView{}, err
	}
	pv := h.planView(e, sc)
	v := WavesView{
		Meta: pv.Meta, Deadline: pv.Plan.Deadline, Feasible: pv.Plan.Feasible, LastWaveEnd: pv.Plan.LastWaveEnd,
		LowerBound: pv.Plan.LowerBound, Gap: pv.Plan.Gap, Violations: append([]planner.Violation{}, pv.Plan.Violations...),
		Waves: pv.Plan.Waves, Groups: []WaveGroup{}, Names: pv.Names,
	}
	for _, g := range pv.Plan.Groups {
		row := WaveGroup{ID: g.ID, Municipality: g.Municipality, Assets: g.Assets, Wave: g.Wave, Start: g.Start, Cutover: g.Cutover, End: g.End,
			Binding: []BindingRule{}, SlackDays: g.SlackDays}
		for _, r := range g.Binding {
			row.Binding = append(row.Binding, BindingRule{r.Rule, r.String()})
		}
		v.Groups = append(v.Groups, row)
	}
	if runs == 0 {
		return v, nil
	}
	c, err := planner.Confide(ctx, e.input, e.plan, runs)
	v.Confidence = &c
	return v, err
}
