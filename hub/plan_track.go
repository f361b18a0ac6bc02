package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
)

// ErrNoBaseline says that no plan was frozen that what happens could be held against.
var ErrNoBaseline = fmt.Errorf("no version of the plan is frozen as a baseline yet: %w", ErrNotFound)

// TrackView is the plan against what happened, within the person's scope: a municipality's own moves, a
// centre's customers', all for the steering group and the admin.
type TrackView struct {
	Meta
	Report    track.Report      `json:"report"`
	Baselines []BaselineRow     `json:"baselines"` // newest first
	Names     map[string]string `json:"names"`
}

// BaselineRow is a frozen version of the plan in the list.
type BaselineRow struct {
	Version  string         `json:"version"`
	Frozen   inventory.Date `json:"frozen"`
	By       string         `json:"by"`
	Snapshot string         `json:"snapshot"`
	Groups   int            `json:"groups"`
}

// Track answers how far the moves are against the newest baseline.
func (h *Hub) Track(ctx context.Context, p Person) (TrackView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return TrackView{}, err
	}
	all, err := h.baselines(ctx)
	if err != nil {
		return TrackView{}, err
	}
	if len(all) == 0 {
		return TrackView{}, ErrNoBaseline
	}
	events, err := store.Records[trackEvent](ctx, h.store, store.KindEvent)
	if err != nil {
		return TrackView{}, err
	}
	mine := func(municipality string) bool {
		return p.Role == RoleAdmin || p.Role == RoleSteering || sc.detail[municipality]
	}
	in := track.Input{AsOf: e.asOf, Settings: track.DefaultSettings()}
	v := TrackView{Meta: e.meta(sc), Names: e.names(sc)}
	for i, b := range all {
		v.Baselines = append(v.Baselines, rowOf(b))
		b.Promises = only(b.Promises, func(x track.Promise) bool { return mine(x.Municipality) })
		if i < len(all)-1 {
			in.Earlier = append(in.Earlier, b)
		} else {
			in.Baseline = b
		}
	}
	slices.Reverse(v.Baselines)
	for _, x := range events {
		if mine(x.Municipality) {
			in.Events = append(in.Events, x.Event)
		}
	}
	kept, err := h.moves(ctx)
	if err != nil {
		return TrackView{}, err
	}
	for _, m := range kept {
		if mine(m.Municipality) {
			in.Events = append(in.Events, m.events()...)
		}
	}
	current := e.plan
	current.Groups = only(e.plan.Groups, func(g planner.Group) bool { return mine(g.Municipality) })
	current.Waves = only(e.plan.Waves, func(w planner.Wave) bool { return mine(w.Municipality) })
	in.Current = &current
	if v.Report, err = track.Compare(in); err != nil {
		return TrackView{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if p.Role == RoleSteering { // dates and sums per wave; groups are others' detail
		v.Report.Groups, v.Report.Slips, v.Report.History, v.Report.Unmatched = []track.GroupStatus{}, []track.Slip{}, []track.History{}, []planner.Reason{}
	}
	return v, nil
}

// Baselines lists the frozen versions of the plan, newest first.
func (h *Hub) Baselines(ctx context.Context, p Person) ([]BaselineRow, error) {
	if _, _, err := h.ask(p); err != nil {
		return nil, err
	}
	all, err := h.baselines(ctx)
	rows := []BaselineRow{}
	for _, b := range slices.Backward(all) {
		rows = append(rows, rowOf(b))
	}
	return rows, err
}

func rowOf(b track.Baseline) BaselineRow {
	return BaselineRow{b.Version, b.Frozen, b.By, b.Snapshot, len(b.Promises)}
}

// baselines reads the frozen versions, oldest first.
func (h *Hub) baselines(ctx context.Context) ([]track.Baseline, error) {
	all, err := store.Records[frozenPlan](ctx, h.store, store.KindBaseline)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b frozenPlan) int { return cmp.Compare(a.Number, b.Number) })
	list := make([]track.Baseline, len(all))
	for i, f := range all {
		list[i] = f.Baseline
	}
	return list, nil
}

// frozenPlan is a baseline as it is kept, with its number in the order in which they were made.
type frozenPlan struct {
	Number   int            `json:"number"`
	Baseline track.Baseline `json:"baseline"`
}

var versionName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,39}$`)

// SetBaseline freezes the present plan under a name; later plans do not change it. Only the steering
// group and the admin do.
func (h *Hub) SetBaseline(ctx context.Context, p Person, version string) (BaselineRow, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return BaselineRow{}, err
	}
	if !p.approves() {
		return BaselineRow{}, sc.forbidden("freezing the plan")
	}
	if !versionName.MatchString(version) {
		return BaselineRow{}, fmt.Errorf("%w: baseline %q: a name has at most 40 small letters, figures, dots and hyphens, such as 2027-1", ErrInvalid, version)
	}
	all, err := h.baselines(ctx)
	if err != nil {
		return BaselineRow{}, err
	}
	if slices.ContainsFunc(all, func(b track.Baseline) bool { return b.Version == version }) {
		return BaselineRow{}, fmt.Errorf("%w: there is a baseline %s already, and it never changes; give another name", ErrInvalid, version)
	}
	b := track.Freeze(e.plan, version, p.Name, e.asOf)
	if err := h.store.SaveRecord(ctx, store.KindBaseline, "", version, h.now(), frozenPlan{len(all) + 1, b}); err != nil {
		return BaselineRow{}, err
	}
	return rowOf(b), h.record(ctx, p.Name, "plan.baseline", version, fmt.Sprintf("%d groups", len(b.Promises)))
}

// trackEvent is something that happened, with whose it is.
type trackEvent struct {
	Municipality string      `json:"municipality"`
	Event        track.Event `json:"event"`
}

// RecordEvent keeps what happened to a group or wave. The municipality's own people, its centre's and the
// admin may tell; nothing is taken back, a roll-back is an event of its own.
func (h *Hub) RecordEvent(ctx context.Context, p Person, x track.Event) (track.Event, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return x, err
	}
	all, err := h.baselines(ctx)
	if err != nil {
		return x, err
	}
	if len(all) == 0 {
		return x, ErrNoBaseline
	}
	owner := e.owners()
	for _, promise := range all[len(all)-1].Promises {
		owner[promise.Group], owner[promise.Wave] = promise.Municipality, promise.Municipality
	}
	subject := cmp.Or(x.Group, x.Wave)
	if municipality := owner[subject]; !sc.detail[municipality] {
		return x, fmt.Errorf("group or wave %q: %w", subject, ErrNotFound)
	}
	x.By = p.Name
	if err := validEvent(x, e.asOf); err != nil {
		return x, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	id, err := newRecordID()
	if err != nil {
		return x, err
	}
	if err := h.store.SaveRecord(ctx, store.KindEvent, owner[subject], id, h.now(), trackEvent{owner[subject], x}); err != nil {
		return x, err
	}
	return x, h.record(ctx, p.Name, "plan."+string(x.Kind), subject, fmt.Sprintf("on %s, %d servers (0: all)", x.On, x.Servers))
}

func validEvent(x track.Event, today inventory.Date) error {
	switch {
	case !slices.Contains(track.Kinds, x.Kind):
		return fmt.Errorf("kind %q is none of %v", x.Kind, track.Kinds)
	case (x.Group == "") == (x.Wave == ""):
		return errors.New("an event is about a group or a wave, and not both")
	case !x.On.Known():
		return errors.New("the day on which it happened is missing")
	case x.On > today:
		return fmt.Errorf("%s is still to come; what happened has a day up to %s", x.On, today)
	case x.Source == track.SourceMoves || !x.At.IsZero():
		return fmt.Errorf("source %q and a moment belong to what recorded moves tell by themselves", track.SourceMoves)
	case x.Servers < 0 || x.Servers > 0 && x.Wave != "":
		return errors.New("a number of servers goes with a group and is above 0; 0 means all of them")
	}
	return nil
}
