package locale

import (
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/track"
)

// WaveState tells how far a wave is, marked partial where it is.
func (l *Locale) WaveState(w track.WaveStatus) string {
	words := l.Or("trackstate.", w.State)
	if w.Partial {
		words += " " + l.T("track.partial")
	}
	return words
}

// Operation tells in a sentence what the moves under an agreement amount to; empty: they say nothing.
func (l *Locale) Operation(o track.Operation) string {
	switch {
	case o.State == "":
		return ""
	case o.Verified == 0:
		return l.T("operation.begun")
	case o.State == inventory.StateStable:
		return l.T("operation.all", "all", o.Servers, "n", o.Verified, "first", l.DateLong(o.First), "last", l.DateLong(o.Last))
	}
	return l.T("operation.partly", "n", o.Verified, "all", o.Servers, "first", l.DateLong(o.First))
}
