package hub

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// SharedMove is what is kept of an agreement's shared unit besides its way: folders, a pool and a tag that
// all its servers use at their destination.
type SharedMove struct {
	Source string            `json:"source"`         // where they are
	Things []platform.Shared `json:"things"`         // as they were written last
	Ours   []string          `json:"ours,omitempty"` // keys of those that an apply has made, or began to
}

// claim adds what an apply of the unit is about to make. It is done before, because what was made by an
// apply that is cut short must not look like somebody else's afterwards.
func (s *SharedMove) claim(u terraform.Unit) *SharedMove {
	if s == nil {
		return nil
	}
	c := SharedMove{Source: u.Source, Things: u.Shared, Ours: slices.Clone(s.Ours)}
	for _, thing := range u.Shared {
		if thing.Made && !slices.Contains(c.Ours, thing.Key()) {
			c.Ours = append(c.Ours, thing.Key())
		}
	}
	return &c
}

// readShared reads what is there at the destinations of the agreements that share something.
func (h *Hub) readShared(ctx context.Context, kept map[string]Move) (map[string]terraform.SharedGround, error) {
	categories := map[string][]string{} // by source; of tags that are asked for there
	asking := map[string]terraform.Mapping{}
	for agreement, m := range h.config.Terraform.Agreements {
		if !m.Shared.Wanted() && kept[terraform.SharedUnit(agreement)].Shared == nil {
			continue
		}
		at := m.SharedAt()
		asking[agreement], categories[at] = m, append(categories[at], m.Shared.Categories()...)
	}
	present := map[string]map[string]platform.Shared{}
	for at, named := range categories {
		source, ok := h.config.Sources[at].(platform.SharedSource)
		if !ok {
			continue // its units are refused: nothing is made there
		}
		var err error
		if present[at], err = source.ReadShared(ctx, named); err != nil {
			return nil, err
		}
	}
	grounds := map[string]terraform.SharedGround{}
	for agreement, m := range asking {
		there, read := present[m.SharedAt()]
		if !read {
			continue
		}
		g := terraform.SharedGround{Present: there}
		if s := kept[terraform.SharedUnit(agreement)].Shared; s != nil && len(s.Ours) > 0 {
			g.Ours, g.Source = s.Ours, s.Source
		}
		grounds[agreement] = g
	}
	return grounds, nil
}

// keepShared keeps a shared unit as it was rendered, under the move that is known of it, if any.
func (h *Hub) keepShared(ctx context.Context, m Move, u terraform.Unit) error {
	if m.Shared == nil {
		m = sharedMove(u.Agreement, u.Municipality)
	} else {
		var err error
		if m, err = store.Record[Move](ctx, h.store, store.KindMove, m.Municipality, m.Unit); err != nil {
			return err
		}
	}
	m.Group.Name, m.Group.Cutover = u.Name, u.Cutover
	shared := *m.Shared // what was read is others' too
	if len(shared.Ours) == 0 {
		shared.Source = u.Source
	}
	shared.Things = append([]platform.Shared{}, u.Shared...)
	m.Shared = &shared
	return h.saveMove(ctx, m)
}

// sharedMove is an agreement's shared unit of which nothing is done.
func sharedMove(agreement, municipality string) Move {
	unit := terraform.SharedUnit(agreement)
	return Move{Unit: unit, Municipality: municipality, Agreement: agreement, Progress: terraform.SharedProgress(unit),
		Group: planner.Group{ID: unit, Municipality: municipality}, Shared: &SharedMove{Things: []platform.Shared{}}}
}

// unbegunShared gives the shared units within the scope that mappings ask for and of which nothing is kept.
func (h *Hub) unbegunShared(e *estate, sc scope, kept map[string]Move) []MoveRow {
	var rows []MoveRow
	for _, agreement := range slices.Sorted(maps.Keys(h.config.Terraform.Agreements)) {
		customer := e.customerOf(agreement)
		_, known := kept[terraform.SharedUnit(agreement)]
		if known || !h.config.Terraform.Agreements[agreement].Shared.Wanted() || !sc.detail[customer] {
			continue
		}
		row := MoveRow{Move: sharedMove(agreement, customer), Stage: platform.Share}
		for _, g := range e.plan.Groups {
			if g.Wave != "" && g.Municipality == customer && (row.Group.Cutover == 0 || g.Cutover < row.Group.Cutover) {
				row.Group.Cutover = g.Cutover
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// byNight orders units by cutover, what an agreement's servers share before them.
func byNight(a, b MoveRow) int {
	rank := func(m MoveRow) int {
		if m.Shared != nil {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.Group.Cutover, b.Group.Cutover), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Unit, b.Unit))
}

// sharedPlanned brings the way of a shared unit in line with a new plan: it begins again when there is more
// to make, and ends when there is nothing.
func (m *Move) sharedPlanned(by string, at time.Time) error {
	if m.Shared == nil || !m.Plan.Planned() || len(m.Plan.Refusals) > 0 {
		return nil
	}
	next, more := m.Progress.Next()
	making := more && next.Stage == platform.Share
	switch changes := m.Plan.Add + m.Plan.Change + m.Plan.Destroy; {
	case changes > 0 && !making:
		m.Progress.Anew()
	case changes == 0 && making && next.State != terraform.Running:
		return m.Progress.NothingToMake(by, at)
	}
	return nil
}

// lookAt reads a unit back from its platform, and looks at its servers as others see them.
func (h *Hub) lookAt(ctx context.Context, e *estate, m Move, u terraform.Unit, grounds terraform.Grounds) ([]terraform.Check, error) {
	if m.Shared != nil {
		return terraform.SharedReadBack(u, grounds.Shared[u.Agreement].Present), nil
	}
	read, _, err := h.readSources(ctx, e)
	if err != nil {
		return nil, err
	}
	return terraform.AcceptChecks(append(terraform.ReadBack(u, read[u.Source]), h.outside(ctx, e, m)...), m.Accepted, h.now()), nil
}
