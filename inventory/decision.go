package inventory

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// DecisionKind is what somebody decided about the identity of assets.
type DecisionKind string

// The kinds of decisions.
const (
	DecideMerge DecisionKind = "merge" // two assets are one: B is shown as a part of A
	DecideSplit DecisionKind = "split" // one asset is two: what Leave saw of A is B
	DecideApart DecisionKind = "apart" // two assets are two, however alike they look
)

// Decision is what a person decided about identity. It is a rule and a record: it holds in every
// later merge, and it stays listed after it was undone.
type Decision struct {
	ID           string       `json:"id"`
	Kind         DecisionKind `json:"kind"`
	Municipality string       `json:"municipality"`
	A            string       `json:"a"`               // asset id; the one that is kept
	B            string       `json:"b"`               // asset id; of a split, given when it is decided
	Leave        []string     `json:"leave,omitempty"` // of a split: the sources that see B, as "collector address"
	Stay         []string     `json:"stay,omitempty"`  // of a split: the sources that see A
	By           string       `json:"by"`
	At           time.Time    `json:"at"`
	Why          string       `json:"why,omitempty"`
	UndoneBy     string       `json:"undone_by,omitempty"`
	UndoneAt     time.Time    `json:"undone_at,omitzero"`
	UndoneWhy    string       `json:"undone_why,omitempty"`
}

// Holds tells whether the decision has not been undone.
func (d Decision) Holds() bool { return d.UndoneAt.IsZero() }

// String gives the decision on one line.
func (d Decision) String() string {
	text := fmt.Sprintf("%s %s %s and %s by %s", d.ID, d.Kind, d.A, d.B, d.By)
	if d.Why != "" {
		text += ": " + d.Why
	}
	if !d.Holds() {
		text += fmt.Sprintf("; undone by %s", d.UndoneBy)
	}
	return text
}

// ErrNoAsset and ErrNoDecision say that what a decision is about does not exist, ErrNotPossible that
// it cannot be decided so.
var (
	ErrNoAsset     = errors.New("no such asset")
	ErrNoDecision  = errors.New("no such decision")
	ErrNotPossible = errors.New("cannot be decided")
)

// Decide gives the estate as it is once d holds, and what that changes. Of d, Kind, A, By, At and Why
// are needed, B for a merge and apart, and Leave for a split: sources as "collector address", or only
// the collector or only the address.
func (g Ageing) Decide(prev *Snapshot, d Decision) (*Snapshot, Decision, []Change, error) {
	d.At = instant(d.At)
	a, ok := prev.Asset(d.A)
	if !ok {
		return nil, d, nil, fmt.Errorf("asset %q: %w", d.A, ErrNoAsset)
	}
	d.Municipality = a.Municipality
	own := *prev
	own.Decisions = slices.Clone(prev.Decisions)
	switch d.Kind {
	case DecideMerge, DecideApart:
		b, ok := prev.Asset(d.B)
		switch {
		case !ok:
			return nil, d, nil, fmt.Errorf("asset %q: %w", d.B, ErrNoAsset)
		case d.A == d.B:
			return nil, d, nil, fmt.Errorf("asset %s and itself: %w", d.A, ErrNotPossible)
		case a.Municipality != b.Municipality:
			return nil, d, nil, fmt.Errorf("assets of %s and %s: %w: equipment that moved is followed by its serial, and two municipalities' are never joined by hand", a.Municipality, b.Municipality, ErrNotPossible)
		}
	case DecideSplit:
		if err := d.split(&own, a); err != nil {
			return nil, d, nil, err
		}
	default:
		return nil, d, nil, fmt.Errorf("decision %q: want merge, split or apart: %w", d.Kind, ErrNotPossible)
	}
	d.ID = decisionID(d, len(prev.Decisions))
	own.Decisions = append(own.Decisions, d)
	next := newMerger(&own, instant(d.At), 0).finish(g)
	return next, d, append(Diff(prev, next), d.changes(prev, d.At, "")...), nil
}

// Undo gives the estate as it is once a decision holds no more: of a merge, both assets stand again
// with everything each was seen to be meanwhile; of a split, the one asset has what both were seen to be.
func (g Ageing) Undo(prev *Snapshot, id, by, why string, at time.Time) (*Snapshot, Decision, []Change, error) {
	own := *prev
	own.Decisions = slices.Clone(prev.Decisions)
	i := slices.IndexFunc(own.Decisions, func(d Decision) bool { return d.ID == id })
	if i < 0 {
		return nil, Decision{}, nil, fmt.Errorf("decision %q: %w", id, ErrNoDecision)
	}
	d := &own.Decisions[i]
	if !d.Holds() {
		return nil, *d, nil, fmt.Errorf("decision %s was undone by %s already: %w", id, d.UndoneBy, ErrNotPossible)
	}
	d.UndoneBy, d.UndoneAt, d.UndoneWhy = by, instant(at), why
	if d.Kind == DecideSplit {
		if j := slices.IndexFunc(own.Decisions, func(x Decision) bool {
			return x.Holds() && x.Kind != DecideApart && (x.A == d.B || x.B == d.B || x.A == d.A && x.At.After(d.At))
		}); j >= 0 {
			return nil, *d, nil, fmt.Errorf("decision %s came later and stands on this one: %w: undo it first", own.Decisions[j].ID, ErrNotPossible)
		}
		own.reunite(d.A, d.B)
	}
	next := newMerger(&own, instant(at), 0).finish(g)
	return next, *d, append(Diff(prev, next), d.changes(prev, instant(at), "undone: ")...), nil
}

func decisionID(d Decision, earlier int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s %d %d", d.Kind, d.A, d.B, d.At.UnixMilli(), earlier))
	return "d" + hex.EncodeToString(sum[:4])
}

// changes note the decision in the history of both assets.
func (d Decision) changes(prev *Snapshot, at time.Time, before string) []Change {
	var all []Change
	for _, id := range []string{d.A, d.B} {
		name := ""
		if a, ok := prev.Asset(id); ok {
			name = a.Name
		}
		all = append(all, Change{At: at, Noun: "asset", ID: id, Municipality: d.Municipality, Name: name, Field: "decision", Part: d.ID, To: before + d.String()})
	}
	return all
}

// split takes what the leaving sources told out of the asset, into a new one.
func (d *Decision) split(s *Snapshot, a *Asset) error {
	if slices.ContainsFunc(s.Parts, func(p Asset) bool { return p.ID == a.ID }) {
		return fmt.Errorf("asset %s was merged by hand: %w: undo that decision instead", a.ID, ErrNotPossible)
	}
	asked := d.Leave
	d.Leave, d.Stay = nil, nil
	for _, x := range a.Sources {
		key := sourceKey(x.Collector, x.Address)
		if slices.Contains(asked, key) || slices.Contains(asked, x.Address) || slices.Contains(asked, x.Collector) {
			d.Leave = append(d.Leave, key)
		} else {
			d.Stay = append(d.Stay, key)
		}
	}
	if len(d.Leave) == 0 || len(d.Stay) == 0 {
		var sources []string
		for _, x := range a.Sources {
			sources = append(sources, sourceKey(x.Collector, x.Address))
		}
		return fmt.Errorf("splitting by %s leaves nothing on one side: %w: asset %s is seen by %s",
			strings.Join(asked, ", "), ErrNotPossible, a.ID, strings.Join(sources, "; "))
	}
	stays, leaves := a.parted(d.Leave)
	sum := sha256.Sum256([]byte(a.ID + "\n" + strings.Join(d.Leave, "\n")))
	for n := 6; ; n++ {
		leaves.ID = "a" + hex.EncodeToString(sum[:n])
		if _, taken := s.Asset(leaves.ID); !taken {
			break
		}
	}
	d.B = leaves.ID
	s.Assets = slices.Clone(s.Assets)
	i, _ := slices.BinarySearchFunc(s.Assets, a.ID, func(x Asset, id string) int { return cmp.Compare(x.ID, id) })
	s.Assets[i] = stays
	s.Assets = append(s.Assets, leaves)
	return nil
}

// parted gives what the asset is by some sources, and what it is by the others.
func (a *Asset) parted(leave []string) (stays, leaves Asset) {
	stays, leaves = *a, Asset{Municipality: a.Municipality, Kind: KindUnknown, FirstSeen: a.FirstSeen, Presence: a.Presence, PresenceNote: a.PresenceNote}
	from, to := reflect.ValueOf(&stays).Elem(), reflect.ValueOf(&leaves).Elem()
	stays.Provenance = nil
	for _, t := range a.Provenance {
		if !slices.Contains(leave, sourceKey(t.collector, t.source)) {
			stays.Provenance = append(stays.Provenance, t)
			continue
		}
		leaves.Provenance = append(leaves.Provenance, t)
		for _, f := range assetFields {
			if t.fields>>originBit[f.name]&1 == 1 {
				to.FieldByIndex(f.index).Set(from.FieldByIndex(f.index))
				from.FieldByIndex(f.index).SetZero()
			}
		}
	}
	if stays.Kind == "" {
		stays.Kind = KindUnknown
	}
	stays.Sources = nil
	for _, x := range a.Sources {
		side := &stays
		if slices.Contains(leave, sourceKey(x.Collector, x.Address)) {
			side = &leaves
		}
		side.Sources = append(side.Sources, x)
	}
	stays.LastSeen, leaves.LastSeen = lastLook(&stays), lastLook(&leaves)
	return stays, leaves
}

// lastLook gives when the asset's present sources last saw it, as far as the asset itself tells.
func lastLook(a *Asset) time.Time {
	last := a.FirstSeen
	for _, t := range a.Provenance {
		if t.collector != derived && t.at.After(last) {
			last = t.at
		}
	}
	for _, x := range a.Sources {
		if (x.Status == StatusOK || x.Status == StatusPartial) && x.At.After(last) {
			last = x.At
		}
	}
	return last
}

// reunite folds what a split took out back into the asset.
func (s *Snapshot) reunite(a, b string) {
	kept, okA := s.Asset(a)
	gone, okB := s.Asset(b)
	if !okA || !okB {
		return
	}
	whole := together([]*Asset{kept, gone})
	s.Assets = slices.Clone(s.Assets)
	i := slices.IndexFunc(s.Assets, func(x Asset) bool { return x.ID == a })
	s.Assets[i] = whole
	s.Assets = slices.DeleteFunc(s.Assets, func(x Asset) bool { return x.ID == b })
	s.Collections = slices.Clone(s.Collections)
	for i := range s.Collections {
		if s.Collections[i].Asset == b {
			s.Collections[i].Asset = a
		}
	}
}
