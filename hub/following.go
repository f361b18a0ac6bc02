package hub

import (
	"context"
	"maps"
	"slices"

	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/track"
)

// transfers gives the verified moves of a municipality, or of everybody where none is named, oldest first.
func (h *Hub) transfers(ctx context.Context, municipality string) ([]nis2.Transfer, error) {
	kept, err := h.moves(ctx)
	if err != nil {
		return nil, err
	}
	var list []nis2.Transfer
	for _, unit := range slices.Sorted(maps.Keys(kept)) {
		if m := kept[unit]; municipality == "" || m.Municipality == municipality {
			list = append(list, m.transfers()...)
		}
	}
	slices.SortStableFunc(list, func(a, b nis2.Transfer) int { return a.At.Compare(b.At) })
	return list, nil
}

// lapsed tells whether servers have moved since a control was answered.
func (e *estate) lapsed(municipality, control string) bool {
	a := e.gap(municipality)
	return a != nil && slices.ContainsFunc(a.Controls, func(r nis2.ControlResult) bool { return r.ID == control && r.Reassess != nil })
}

// followed is what the recorded moves amount to by themselves.
type followed struct {
	Waves      []track.WaveStatus // of the plan and of the moves that have begun, by planned end
	Operations []track.Operation  // one an agreement, in the snapshot's order
}

// follow gives how far waves and agreements are, after the moves of the municipalities whose progress the
// person may see.
func (h *Hub) follow(ctx context.Context, e *estate, sc scope) (followed, error) {
	d, err := h.derive(ctx, e)
	if err != nil {
		return followed{}, err
	}
	return followed{
		Waves:      only(d.followed.Waves, func(w track.WaveStatus) bool { return sc.progress(w.Municipality) }),
		Operations: append([]track.Operation{}, only(d.followed.Operations, func(o track.Operation) bool { return sc.progress(o.Municipality) })...),
	}, nil
}

// follow works out how far all waves and agreements are; plan is the estate's with the moves that have begun.
func (e *estate) follow(plan planner.Plan, kept map[string]Move) followed {
	var events []track.Event
	for _, m := range kept {
		events = append(events, m.events()...)
	}
	f := followed{Waves: track.Waves(plan, events, e.asOf)}
	of := map[string][]track.WaveStatus{}
	for _, w := range f.Waves {
		of[w.Municipality] = append(of[w.Municipality], w)
	}
	for _, a := range e.snapshot.Agreements {
		servers, moved := e.servers(a.Customer)
		f.Operations = append(f.Operations, track.OperationOf(a, servers, moved, of[a.Customer]))
	}
	return f
}

// progress tells whether the person may see how far a municipality's moves are: its own people, its centre's,
// the steering group, which sees sums per wave, and the admin.
func (sc scope) progress(code string) bool {
	return sc.detail[code] || sc.person.Role == RoleSteering
}

// of gives the operation under the municipality's agreement; nil: it has none, or it is not for the person.
func (f followed) of(municipality string) *track.Operation {
	i := slices.IndexFunc(f.Operations, func(o track.Operation) bool { return o.Municipality == municipality })
	if i < 0 {
		return nil
	}
	return &f.Operations[i]
}

// wavesDone counts the waves that are wholly verified or final.
func (f followed) wavesDone() int {
	n := 0
	for _, w := range f.Waves {
		if !w.Partial && (w.State == string(track.Verified) || w.State == string(track.Final)) {
			n++
		}
	}
	return n
}
