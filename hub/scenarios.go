package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/scenario"
)

// ScenarioState is how far a scenario has come.
type ScenarioState string

// The states. A change to a reviewed scenario makes it a draft again; a change to an approved one makes
// a new version.
const (
	ScenarioDraft    ScenarioState = "draft"
	ScenarioReviewed ScenarioState = "reviewed"
	ScenarioApproved ScenarioState = "approved"
)

// Scenario is one version of a named scenario.
type Scenario struct {
	ID           string            `json:"id"` // slug; empty when it is new
	Version      int               `json:"version"`
	Revision     int               `json:"revision"` // rises with every change; a change names the one it stands on
	Name         string            `json:"name"`
	Description  string            `json:"description,omitempty"`
	Changes      []scenario.Change `json:"changes"`
	KeepDates    bool              `json:"keep_dates,omitzero"` // the present plan's dates and centres stay where it says nothing else
	Snapshot     string            `json:"snapshot"`            // hash of the estate that it was last changed on
	AsOf         inventory.Date    `json:"as_of"`
	State        ScenarioState     `json:"state"`
	Role         Role              `json:"role"` // of whoever made it; with Organisation, whose draft it is
	Organisation string            `json:"organisation,omitempty"`
	Author       string            `json:"author"` // who changed this version last
	ChangedAt    time.Time         `json:"changed_at"`
	ReviewedBy   string            `json:"reviewed_by,omitempty"`
	ReviewedAt   time.Time         `json:"reviewed_at,omitzero"`
	ApprovedBy   string            `json:"approved_by,omitempty"`
	ApprovedAt   time.Time         `json:"approved_at,omitzero"`
}

// Ref names a version: "night-shift@2". The plan as it is has none.
func (s Scenario) Ref() string {
	if s.ID == PresentPlan {
		return s.ID
	}
	return fmt.Sprintf("%s@%d", s.ID, s.Version)
}

// ownedBy tells whose a scenario is to change; until it is reviewed nobody else sees it.
func (s Scenario) ownedBy(p Person) bool {
	return s.ID != PresentPlan && p.Role == RoleAdmin || p.Role == s.Role && p.Organisation == s.Organisation
}

func (s Scenario) seenBy(p Person) bool { return s.ownedBy(p) || s.State != ScenarioDraft }

// ScenariosView lists scenarios within the person's scope.
type ScenariosView struct {
	Meta
	Scenarios []Scenario `json:"scenarios"` // by name, newest version first
}

// ScenarioView is one version with what it would make of the present plan.
type ScenarioView struct {
	WhatIfView
	Scenario Scenario `json:"scenario"`
	MayEdit  bool     `json:"may_edit"`
	InForce  bool     `json:"in_force"`
	Outdated bool     `json:"outdated"` // the estate has changed since the scenario was; the figures are of today's
}

// Scenarios answers every version of every scenario that the person may see: the own organisation's, and
// others' once they are reviewed.
func (h *Hub) Scenarios(ctx context.Context, p Person) (ScenariosView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ScenariosView{}, err
	}
	all, err := store.Scenarios[Scenario](ctx, h.store)
	if err != nil {
		return ScenariosView{}, err
	}
	v := ScenariosView{Meta: e.meta(sc), Scenarios: []Scenario{}}
	for _, s := range all {
		if s.seenBy(p) {
			v.Scenarios = append(v.Scenarios, s.scoped(sc))
		}
	}
	slices.SortStableFunc(v.Scenarios, func(a, b Scenario) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID), b.Version-a.Version)
	})
	return v, nil
}

// scoped leaves out which groups others have pinned.
func (s Scenario) scoped(sc scope) Scenario {
	s.Changes = slices.Clone(s.Changes)
	for i, c := range s.Changes {
		if c.Group != "" && !sc.detail[c.Municipality] {
			s.Changes[i].Group = ""
		}
	}
	return s
}

// scenario answers a scenario that was kept as the person may see it.
func (sc scope) scenario(s Scenario, err error) (Scenario, error) { return s.scoped(sc), err }

// Scenario answers one version by its reference, "id" for the latest or "id@version", with its effect on
// the present plan. PresentPlan is the plan as it is, without changes.
func (h *Hub) Scenario(ctx context.Context, p Person, ref string) (ScenarioView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ScenarioView{}, err
	}
	s, err := h.scenario(ctx, p, ref)
	if err != nil {
		return ScenarioView{}, err
	}
	v, err := h.whatIf(e, sc, s.Ref(), s.Changes, s.KeepDates)
	if err != nil {
		return ScenarioView{}, fmt.Errorf("scenario %s: %w", s.Ref(), err)
	}
	s = s.scoped(sc)
	v.Changes = s.Changes
	return ScenarioView{WhatIfView: v, Scenario: s, MayEdit: s.ownedBy(p), InForce: e.inForce != nil && e.inForce.Scenario == s.Ref(), Outdated: s.ID != PresentPlan && s.Snapshot != e.hash}, nil
}

// scenario reads one version. One that the person may not see is as one that does not exist.
func (h *Hub) scenario(ctx context.Context, p Person, ref string) (Scenario, error) {
	if ref == PresentPlan {
		return Scenario{ID: PresentPlan, Name: PresentPlan, State: ScenarioApproved, KeepDates: true}, nil
	}
	id, number, versioned := strings.Cut(ref, "@")
	version, err := strconv.Atoi(number)
	if versioned && err != nil {
		return Scenario{}, fmt.Errorf("%w: scenario %q: the version after @ is no number", ErrInvalid, ref)
	}
	all, err := store.Scenarios[Scenario](ctx, h.store)
	if err != nil {
		return Scenario{}, err
	}
	for _, s := range slices.Backward(all) { // the latest version of an id stands last
		if s.ID == id && (!versioned || s.Version == version) && s.seenBy(p) {
			return s, nil
		}
	}
	return Scenario{}, fmt.Errorf("scenario %q: %w", ref, ErrNotFound)
}

// SaveScenario keeps a scenario. Without an id it is new. Otherwise it takes the place of the version
// and revision that it names, or of nothing when somebody else was faster (store.ErrConflict); from an
// approved version a new one is made. Nights of groups that the person may not see stay as they were.
func (h *Hub) SaveScenario(ctx context.Context, p Person, s Scenario) (Scenario, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return s, err
	}
	var hidden []scenario.Change
	if s.ID == "" {
		s.Role, s.Organisation = p.Role, p.Organisation
	} else {
		read, err := h.scenario(ctx, p, s.Ref())
		if err != nil {
			return s, err
		}
		if !read.ownedBy(p) {
			return s, sc.forbidden("changing scenario " + s.Ref())
		}
		s.Role, s.Organisation = read.Role, read.Organisation
		unseen := func(c scenario.Change) bool { return c.Kind == scenario.Pin && !sc.detail[c.Municipality] }
		hidden = only(read.Changes, unseen)
		s.Changes = only(s.Changes, func(c scenario.Change) bool { return c.Group != "" || !unseen(c) })
		if read.State == ScenarioApproved {
			if s.Revision != read.Revision {
				return s, fmt.Errorf("scenario %s: revision %d was read, it is %d: %w", s.Ref(), s.Revision, read.Revision, store.ErrConflict)
			}
			s.Version, s.Revision = s.Version+1, 0
		}
	}
	if s.Changes, err = e.allowed(sc, s.Changes); err != nil {
		return s, err
	}
	s.Changes = append(s.Changes, hidden...)
	return sc.scenario(h.saveDraft(ctx, p, e, s))
}

// saveDraft keeps a scenario whose changes are the person's to make.
func (h *Hub) saveDraft(ctx context.Context, p Person, e *estate, s Scenario) (Scenario, error) {
	if strings.TrimSpace(s.Name) == "" {
		return s, fmt.Errorf("%w: a scenario needs a name that people know it by", ErrInvalid)
	}
	if _, _, err := e.variant(s.Changes, s.KeepDates); err != nil {
		return s, err
	}
	if s.ID == "" {
		s.ID, s.Version, s.Revision = slug(s.Name), 1, 0
		if s.ID == "" || s.ID == PresentPlan {
			return s, fmt.Errorf("%w: the name %q has no letters or figures, or is that of the plan as it is; choose another", ErrInvalid, s.Name)
		}
	}
	s.State, s.Author, s.ChangedAt, s.Snapshot, s.AsOf = ScenarioDraft, p.Name, h.now(), e.hash, e.asOf
	s.ReviewedBy, s.ReviewedAt, s.ApprovedBy, s.ApprovedAt = "", time.Time{}, "", time.Time{}
	return s, h.keepScenario(ctx, p, "scenario.save", &s)
}

// keepScenario stores a version over the revision that it was read at, and notes who did it.
func (h *Hub) keepScenario(ctx context.Context, p Person, action string, s *Scenario) error {
	s.Revision++
	if err := h.store.SaveScenario(ctx, s.ID, s.Version, s.Revision-1, h.now(), *s); err != nil {
		return fmt.Errorf("read it anew and make the change again: %w", err)
	}
	return h.record(ctx, p.Name, action, s.Ref(), fmt.Sprintf("%s, revision %d, %d changes", s.State, s.Revision, len(s.Changes)))
}

// ReviewScenario puts a second person's name under a draft, as the revision says that was read.
func (h *Hub) ReviewScenario(ctx context.Context, p Person, ref string, revision int) (Scenario, error) {
	s, sc, err := h.second(ctx, p, ref, revision, ScenarioDraft, "review")
	if err != nil {
		return Scenario{}, err
	}
	if !s.ownedBy(p) {
		return Scenario{}, fmt.Errorf("reviewing scenario %s as %s: %w", s.Ref(), p.Role, ErrForbidden)
	}
	s.State, s.ReviewedBy, s.ReviewedAt = ScenarioReviewed, p.Name, h.now()
	err = h.keepScenario(ctx, p, "scenario.review", &s)
	return sc.scenario(s, err)
}

// ApproveScenario approves a reviewed scenario, which after that never changes, and puts it in force: its
// dates and centres are now those that people set. Only the steering group and the admin approve.
func (h *Hub) ApproveScenario(ctx context.Context, p Person, ref string, revision int) (Scenario, error) {
	if !p.approves() {
		return Scenario{}, fmt.Errorf("approving a scenario as %s: %w", p.Role, ErrForbidden)
	}
	s, sc, err := h.second(ctx, p, ref, revision, ScenarioReviewed, "approve")
	if err != nil {
		return Scenario{}, err
	}
	a, err := h.adoption(ctx, h.current.Load(), s)
	if err != nil {
		return Scenario{}, err
	}
	s.State, s.ApprovedBy, s.ApprovedAt = ScenarioApproved, p.Name, h.now()
	if err := h.keepScenario(ctx, p, "scenario.approve", &s); err != nil {
		return Scenario{}, err
	}
	return sc.scenario(s, h.putInForce(ctx, p, a))
}

// second reads a version for somebody other than its author to put a name under, and what that person sees.
func (h *Hub) second(ctx context.Context, p Person, ref string, revision int, state ScenarioState, what string) (Scenario, scope, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return Scenario{}, sc, err
	}
	s, err := h.scenario(ctx, p, ref)
	switch {
	case err != nil:
		return s, sc, err
	case s.State != state:
		return s, sc, fmt.Errorf("%w: scenario %s is %s; only one that is %s can be %sed", ErrInvalid, s.Ref(), s.State, state, strings.TrimSuffix(what, "e"))
	case s.Author == p.Name:
		return s, sc, fmt.Errorf("%w: %s wrote scenario %s and cannot %s it too; that needs a second person", ErrInvalid, p.Name, s.Ref(), what)
	case s.Revision != revision:
		return s, sc, fmt.Errorf("scenario %s: revision %d was read, it is %d: read it anew: %w", s.Ref(), revision, s.Revision, store.ErrConflict)
	}
	return s, sc, nil
}

// DeleteScenario removes a version that is not approved.
func (h *Hub) DeleteScenario(ctx context.Context, p Person, ref string, revision int) error {
	if _, _, err := h.ask(p); err != nil {
		return err
	}
	s, err := h.scenario(ctx, p, ref)
	switch {
	case err != nil:
		return err
	case s.State == ScenarioApproved:
		return fmt.Errorf("%w: scenario %s is approved and stays as it is", ErrInvalid, s.Ref())
	case !s.ownedBy(p):
		return fmt.Errorf("removing scenario %s as %s: %w", s.Ref(), p.Role, ErrForbidden)
	}
	if err := h.store.DeleteScenario(ctx, s.ID, s.Version, revision); err != nil {
		return err
	}
	return h.record(ctx, p.Name, "scenario.delete", s.Ref(), s.Name)
}

// slug makes an id of a name: lower-case letters and figures with hyphens between.
func slug(name string) string {
	plain := strings.NewReplacer("æ", "ae", "ø", "oe", "å", "aa").Replace(strings.ToLower(name))
	return strings.Join(strings.FieldsFunc(plain, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
}
