package hub

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// Adoption is an approved scenario put in force: from then on its dates and centres are those that people
// set. The planner keeps them whatever they break, and finds dates only for what has none. What is under
// way in moves is not changed by it.
type Adoption struct {
	Number   int               `json:"number"`
	Scenario string            `json:"scenario"` // id@version; PresentPlan: the planner's own proposal, nothing is set
	Name     string            `json:"name,omitempty"`
	By       string            `json:"by"`
	At       time.Time         `json:"at"`
	AsOf     inventory.Date    `json:"as_of"`
	Snapshot string            `json:"snapshot"` // hash of the estate that it was worked out on
	Limits   []scenario.Change `json:"limits"`   // that the plan goes by: settings, crews, freezes, late links
	Expected []scenario.Change `json:"expected"` // what it counts on and only the estate can bring about
	Dates    []SetDate         `json:"dates"`
	Choices  map[string]string `json:"choices"` // municipality → centre, where no agreement decides it
}

// SetDate is a group's dates as they were put in force.
type SetDate struct {
	Group        string         `json:"group"`
	Name         string         `json:"name"`
	Municipality string         `json:"municipality"`
	Servers      int            `json:"servers"`
	Start        inventory.Date `json:"start"`
	Cutover      inventory.Date `json:"cutover"`
	Assets       []string       `json:"assets,omitempty"` // its servers, whom the dates follow; not known of what was put in force before they were kept
}

// setDate gives a group of a plan as it would be put in force.
func setDate(g planner.Group) SetDate {
	return SetDate{g.ID, g.Name, g.Municipality, len(g.Assets), g.Start, g.Cutover, g.Assets}
}

// brief is the group without the list of its servers.
func (d SetDate) brief() SetDate {
	d.Assets = nil
	return d
}

// setBy gives the dates and centres of a plan as people set them when they approve it.
func setBy(p planner.Plan) (dates []SetDate, choices map[string]string) {
	choices = map[string]string{}
	for _, g := range p.Groups {
		if g.Cutover.Known() {
			dates = append(dates, setDate(g))
		}
	}
	for _, a := range p.Assignments {
		if !a.Host && !a.Decided && a.Centre != "" {
			choices[a.Municipality] = a.Centre
		}
	}
	return dates, choices
}

// set puts dates and centres on an input. A night that has passed, and a choice of what is no longer there,
// cannot be kept.
func set(in planner.Input, dates []SetDate, choices map[string]string) planner.Input {
	in.Pins, in.Choices = nil, map[string]string{}
	for _, d := range dates {
		if d.Cutover > in.AsOf {
			in.Pins = append(in.Pins, planner.Pin{Group: d.Group, Cutover: d.Cutover, Since: d.Start})
		}
	}
	for m, c := range choices {
		_, member := in.Snapshot.Municipality(m)
		if _, there := in.Snapshot.Centre(c); member && there {
			in.Choices[m] = c
		}
	}
	return in
}

// limitsOn gives the limits that are about something of the estate; nil: nothing is in force.
func (a *Adoption) limitsOn(s *inventory.Snapshot) []scenario.Change {
	if a == nil {
		return nil
	}
	return only(a.Limits, func(c scenario.Change) bool {
		_, member := s.Municipality(c.Municipality)
		_, there := s.Centre(c.Centre)
		return (member || c.Municipality == "") && (there || c.Centre == "")
	})
}

// on puts what is in force on an input, and tells where its dates have gone; nil: nothing is in force.
func (a *Adoption) on(in planner.Input) (planner.Input, following, error) {
	if a == nil {
		return in, following{}, nil
	}
	with, err := scenario.Apply(set(in, nil, a.Choices), a.limitsOn(in.Snapshot))
	if err != nil {
		return in, following{}, fmt.Errorf("the limits of %s, which is in force: %w", a.Scenario, err)
	}
	f := a.follow(planner.MoveGroups(with), in.AsOf)
	return set(with, a.followed(f), a.Choices), f, nil
}

// loadInForce reads what was put in force last.
func (h *Hub) loadInForce(ctx context.Context) error {
	all, err := h.adoptions(ctx)
	if err == nil && len(all) > 0 && all[len(all)-1].Scenario != PresentPlan {
		h.inForce.Store(&all[len(all)-1])
	}
	return err
}

// adoptions reads all that was ever put in force, oldest first.
func (h *Hub) adoptions(ctx context.Context) ([]Adoption, error) {
	all, err := store.Records[Adoption](ctx, h.store, store.KindAdoption)
	slices.SortFunc(all, func(a, b Adoption) int { return cmp.Compare(a.Number, b.Number) })
	return all, err
}

// AdoptScenario puts an approved scenario in force, a former one again too; PresentPlan takes back whatever
// is in force, so that the planner proposes anew. Only the steering group and the admin do, and nobody for
// a scenario of their own.
func (h *Hub) AdoptScenario(ctx context.Context, p Person, ref string, revision int) (Scenario, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return Scenario{}, err
	}
	if !p.approves() {
		return Scenario{}, sc.forbidden("putting a plan in force")
	}
	if ref == PresentPlan {
		present, err := h.scenario(ctx, p, ref)
		if err != nil {
			return present, err
		}
		return present, h.putInForce(ctx, p, Adoption{Scenario: PresentPlan, AsOf: e.asOf, Snapshot: e.hash})
	}
	s, _, err := h.second(ctx, p, ref, revision, ScenarioApproved, "adopt")
	if err != nil {
		return Scenario{}, err
	}
	a, err := h.adoption(ctx, e, s)
	if err != nil {
		return Scenario{}, err
	}
	return sc.scenario(s, h.putInForce(ctx, p, a))
}

// approves tells whether the person may approve plans and put them in force.
func (p Person) approves() bool { return p.Role == RoleAdmin || p.Role == RoleSteering }

// adoption works out on the present estate what a scenario puts in force.
func (h *Hub) adoption(ctx context.Context, e *estate, s Scenario) (Adoption, error) {
	a := Adoption{Scenario: s.Ref(), Name: s.Name, AsOf: e.asOf, Snapshot: e.hash}
	with, _, err := e.variant(s.Changes, s.KeepDates)
	if err != nil {
		return a, fmt.Errorf("scenario %s: %w", s.Ref(), err)
	}
	a.Dates, a.Choices = setBy(with.plan)
	if s.KeepDates && e.inForce != nil {
		a.Limits, a.Expected = e.inForce.Limits, e.inForce.Expected
	}
	var limits, expected []scenario.Change
	for _, c := range s.Changes {
		switch c.Kind {
		case scenario.Pin, scenario.Choose: // among dates and choices
		case scenario.Setting, scenario.Crews, scenario.Freeze, scenario.Lift, scenario.LinkReady:
			limits = append(limits, c)
		default:
			expected = append(expected, c)
		}
	}
	a.Limits, a.Expected = scenario.Overlay(a.Limits, limits), scenario.Overlay(a.Expected, expected)
	return a, h.keepUnderWay(ctx, &a)
}

// keepUnderWay leaves the nights of units whose move has begun as they were then.
func (h *Hub) keepUnderWay(ctx context.Context, a *Adoption) error {
	moves, err := h.moves(ctx)
	for i, d := range a.Dates {
		if m, known := moves[d.Group]; known && m.begun() && m.Group.Cutover.Known() {
			a.Dates[i].Start, a.Dates[i].Cutover = m.Group.Start, m.Group.Cutover
		}
	}
	return err
}

// putInForce keeps an adoption and plans anew with it.
func (h *Hub) putInForce(ctx context.Context, p Person, a Adoption) error {
	h.merging.Lock()
	defer h.merging.Unlock()
	all, err := h.adoptions(ctx)
	if err != nil {
		return err
	}
	a.Number, a.By, a.At = len(all)+1, p.Name, h.now()
	if err := h.store.SaveRecord(ctx, store.KindAdoption, "", fmt.Sprintf("%06d", a.Number), a.At, a); err != nil {
		return err
	}
	former := PresentPlan
	if was := h.inForce.Load(); was != nil {
		former = was.Scenario
	}
	if err := h.record(ctx, p.Name, "plan.adopt", a.Scenario, fmt.Sprintf("in force instead of %s: %d dates, %d centres", former, len(a.Dates), len(a.Choices))); err != nil {
		return err
	}
	if a.Scenario == PresentPlan {
		h.inForce.Store(nil)
	} else {
		h.inForce.Store(&a)
	}
	return h.show(ctx, h.current.Load().snapshot)
}

// keeping is the input with every date and centre of the present plan set, and changes on top of what it goes by.
func (e *estate) keeping(changes []scenario.Change) (planner.Input, error) {
	dates, choices := setBy(e.plan)
	in := set(e.free, dates, choices)
	maps.Copy(in.Choices, e.input.Choices)
	return scenario.Apply(in, scenario.Overlay(e.inForce.limitsOn(e.snapshot), changes))
}

// loose is the input without the dates that are in force, and the plan that it gives.
func (e *estate) loose() (planner.Input, planner.Plan, error) {
	if len(e.input.Pins) == 0 {
		return e.input, e.plan, nil
	}
	in := e.input
	in.Pins = nil
	p, err := planner.Propose(in)
	return in, p, err
}
