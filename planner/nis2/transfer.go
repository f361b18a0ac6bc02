package nis2

import (
	"slices"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// Transfer is servers of a municipality that were moved to a centre and verified there.
type Transfer struct {
	Municipality string
	Wave         string // name
	Servers      int
	At           time.Time // when it was verified, in the users' time zone
	Back         time.Time // when they were back at the municipality; zero: they are at the centre
}

// Reassess tells that the answer to a control was given when other servers were at the centre than now. Its
// evidence has lapsed: until somebody answers or confirms it, the control counts at most at level 2 and as a
// bare claim (method 6.7, day one).
type Reassess struct {
	Since     inventory.Date `json:"since"`               // the first change since the answer
	Servers   int            `json:"servers"`             // that moved since
	TakenBack int            `json:"taken_back,omitzero"` // that the answer knew at the centre and that are back
	Waves     []string       `json:"waves"`               // names, in the order in which they came about
	Level     int            `json:"level"`               // that counts again when the answer is confirmed as it is
}

// reassess holds an answer against the transfers; nil: nothing has changed since, or the control does not mind.
// No answer at all was given before everything.
func (e *estate) reassess(k *Control, a *Answer) *Reassess {
	if !k.ReassessOnTransfer {
		return nil
	}
	var r *Reassess
	for _, t := range e.transfers {
		knew := a.after(t.At) && (t.Back.IsZero() || !a.after(t.Back)) // the answer was given with these servers at the centre
		if there := t.Back.IsZero(); knew == there {
			continue
		}
		if r == nil {
			r = &Reassess{Waves: []string{}}
		}
		changed := t.At
		if knew {
			changed = t.Back
			r.TakenBack += t.Servers
		} else {
			r.Servers += t.Servers
		}
		if day := inventory.DateOf(changed); !r.Since.Known() || day < r.Since {
			r.Since = day
		}
		if !slices.Contains(r.Waves, t.Wave) {
			r.Waves = append(r.Waves, t.Wave)
		}
	}
	return r
}

// after tells whether the answer was given or confirmed after a moment. Where only the day is known, it has
// to be a later day.
func (a *Answer) after(t time.Time) bool {
	switch {
	case a == nil:
		return false
	case !a.ConfirmedAt.IsZero():
		return a.ConfirmedAt.After(t)
	}
	return a.AnsweredAt > inventory.DateOf(t)
}

// lapse lowers a result whose answer is to be reassessed.
func (c *Catalogue) lapse(r *ControlResult) {
	r.Reassess.Level = r.Effective
	r.Effective, r.Confidence = min(r.Effective, transferCap), min(r.Confidence, c.Confidence.Declared)
	switch r.State {
	case NotConfirmed, Contradicted: // there is more to be said of it than that it lapsed
	default:
		r.State, r.Note = ToReassess, NoteTransferred
	}
}
