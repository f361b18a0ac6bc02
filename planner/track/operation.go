package track

import (
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Operation is how far a municipality's servers have come to its centre, beside what the parties say of
// their agreement. It is worked out from moves and changes nothing of the agreement.
type Operation struct {
	Municipality string `json:"municipality"`
	Agreement    string `json:"agreement"`
	// State is what the moves amount to: moving or stable; empty: no move has begun here, which says
	// nothing of servers that moved by other means.
	State   inventory.AgreementState `json:"state,omitempty"`
	Said    inventory.AgreementState `json:"said"`             // by the parties
	Source  string                   `json:"source,omitempty"` // where they say it
	Differs bool                     `json:"differs,omitzero"` // the moves say otherwise than the parties
	Servers int                      `json:"servers"`          // that move, or have moved
	Moved   int                      `json:"moved"`            // of those, that the inventory has at a centre
	// Verified of those were moved and verified here; Final of these have no way back.
	Verified int            `json:"verified"`
	Final    int            `json:"final"`
	First    inventory.Date `json:"first,omitzero"` // when the first group was verified
	Last     inventory.Date `json:"last,omitzero"`
}

// OperationOf works out the operation of an agreement from the status of its municipality's waves. servers
// move or have moved, and moved of them are at a centre.
func OperationOf(a inventory.Agreement, servers, moved int, waves []WaveStatus) Operation {
	o := Operation{Municipality: a.Customer, Agreement: a.ID, Said: a.State, Source: a.Source, Servers: servers, Moved: moved}
	begun := false
	for _, w := range waves {
		if w.Municipality != a.Customer {
			continue
		}
		begun = begun || w.State != Planned && w.State != string(RolledBack)
		o.Verified, o.Final, o.Last = o.Verified+w.Verified, o.Final+w.Final, max(o.Last, w.LastVerified)
		if w.FirstVerified.Known() && (!o.First.Known() || w.FirstVerified < o.First) {
			o.First = w.FirstVerified
		}
	}
	fits := []inventory.AgreementState{inventory.StateMoving}
	switch {
	case !begun:
		return o
	case o.Verified > 0 && moved >= servers:
		o.State, fits = inventory.StateStable, []inventory.AgreementState{inventory.StateStable, inventory.StateClosed}
	default:
		o.State = inventory.StateMoving
	}
	o.Differs = !slices.Contains(fits, a.State)
	return o
}
