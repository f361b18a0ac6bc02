package hub

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// derived is what follows from an estate and the kept moves together. It is worked out when it is first asked
// for and holds until either changes; it is shared, and changed by nobody.
type derived struct {
	snapshot *inventory.Snapshot
	planKey  string
	asOf     inventory.Date
	version  int // of the moves

	kept     map[string]Move
	plan     planner.Plan // see planOfMoves
	followed followed     // of everybody
	units    []listed     // in the order of the list of moves
}

// deriving keeps what was derived last.
type deriving struct {
	mu   sync.Mutex
	last *derived
}

// derive gives what follows from an estate and the moves as they are now.
func (h *Hub) derive(ctx context.Context, e *estate) (*derived, error) {
	h.derived.mu.Lock()
	defer h.derived.mu.Unlock() // who asks meanwhile waits for this answer instead of working it out too
	kept, version, err := h.movesAt(ctx)
	if err != nil {
		return nil, err
	}
	d := h.derived.last
	if d != nil && version != unsteady && d.version == version && d.snapshot == e.snapshot && d.planKey == e.planKey && d.asOf == e.asOf {
		return d, nil
	}
	d = &derived{snapshot: e.snapshot, planKey: e.planKey, asOf: e.asOf, version: version, kept: kept, plan: planOfMoves(e.plan, kept)}
	d.followed = e.follow(d.plan, kept)
	d.units = h.listed(e, d)
	h.derived.last = d
	return d, nil
}

// listed is a unit in the list of moves, with what it is found by.
type listed struct {
	unit         string
	municipality string
	wave         string // a shared unit's own id
	cutover      inventory.Date
	text         string // lower case: what a search looks in
	state        MoveState
	approved     bool
	row          *MoveRow // of what is not kept; nil: it is
}

// listed gives every unit: those that are kept, what agreements want to share, and the plan's groups that
// nobody has planned a move for.
func (h *Hub) listed(e *estate, d *derived) []listed {
	var list []listed
	for _, m := range d.kept {
		list = append(list, m.listed())
	}
	for _, row := range h.unbegunShared(e, scopeOf(watcher, e.snapshot), d.kept) {
		l := row.listed()
		l.row = &row
		list = append(list, l)
	}
	waves := map[string]*planner.Wave{}
	for i := range d.plan.Waves {
		waves[d.plan.Waves[i].ID] = &d.plan.Waves[i]
	}
	for _, g := range d.plan.Groups {
		if _, kept := d.kept[g.ID]; kept || g.Wave == "" || waves[g.Wave] == nil {
			continue
		}
		row := unbegunRow(g, *waves[g.Wave])
		l := row.listed()
		l.state, l.row = MoveNotBegun, &row
		list = append(list, l)
	}
	first := map[string]inventory.Date{}
	for _, l := range list {
		if night, seen := first[l.wave]; !seen || l.cutover < night {
			first[l.wave] = l.cutover
		}
	}
	slices.SortFunc(list, func(a, b listed) int {
		return cmp.Or(cmp.Compare(first[a.wave], first[b.wave]), cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.wave, b.wave),
			cmp.Compare(a.cutover, b.cutover), cmp.Compare(a.unit, b.unit))
	})
	return list
}

// rank puts what an agreement's servers share before the waves of the same night.
func (l listed) rank() int {
	if l.wave == l.unit {
		return 0
	}
	return 1
}

// listed is a move as the list finds it. What an agreement's servers share is a wave of its own.
func (m Move) listed() listed {
	return listed{unit: m.Unit, municipality: m.Municipality, wave: cmp.Or(m.Wave.ID, m.Unit), cutover: m.Group.Cutover, state: m.state(), approved: m.Approval != nil,
		text: strings.ToLower(m.Group.Name + "\n" + m.Unit + "\n" + m.Wave.Name)}
}
