// Package scenario answers "what if": it changes what a plan stands on, and says what became different
// and why.
//
// A scenario is a list of typed changes (a limit, a dragged date, a chosen centre, a freeze, crews, a
// link, a member that leaves). Apply gives the planner's input with them; planner.Propose makes the
// plan; Compare puts two plans side by side, largest difference first, each with the changes it comes
// from. No two changes of a scenario are about the same thing, so their order never matters.
package scenario

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Kind tells what a change changes, and with that which fields of it count.
type Kind string

// The kinds of changes, in the order in which they are applied.
const (
	Leave     Kind = "leave"       // Municipality is no longer a member
	Join      Kind = "join"        // Municipality becomes one, with Servers of unknown size
	Agreement Kind = "agreement"   // Municipality's agreement counts as in State, with Centre and Window when given; State empty: there is none
	Capacity  Kind = "capacity"    // Centre has Capacity
	Link      Kind = "link"        // Municipality's link to Centre has Mbps
	LinkReady Kind = "link_ready"  // Municipality's link carries nothing before Date
	Setting   Kind = "setting"     // the planner's Setting is Value
	Crews     Kind = "crews"       // Centre has Crews from From to To; without a centre: all have, always
	Lift      Kind = "lift_freeze" // nothing is frozen From to To, in the country or for Municipality
	Freeze    Kind = "freeze"      // From to To is frozen, in the country or for Municipality
	Choose    Kind = "choose"      // Municipality goes to Centre
	Pin       Kind = "pin"         // Group is cut over on Date
)

// Kinds lists every kind in that order.
var Kinds = []Kind{Leave, Join, Agreement, Capacity, Link, LinkReady, Setting, Crews, Lift, Freeze, Choose, Pin}

// Change is one difference from the base. The kind says which fields count; others must be empty.
type Change struct {
	Kind         Kind                     `json:"kind"`
	Municipality string                   `json:"municipality,omitempty"` // three-digit code
	Centre       string                   `json:"centre,omitempty"`       // slug
	Group        string                   `json:"group,omitempty"`        // id of a move group; Municipality is then its own, or empty
	Date         inventory.Date           `json:"date,omitzero"`
	From         inventory.Date           `json:"from,omitzero"`
	To           inventory.Date           `json:"to,omitzero"` // included
	Setting      string                   `json:"setting,omitempty"`
	Value        json.RawMessage          `json:"value,omitempty"` // as the setting's JSON
	Crews        int                      `json:"crews,omitzero"`
	Mbps         int                      `json:"mbps,omitzero"`
	Servers      int                      `json:"servers,omitzero"`
	Capacity     *inventory.Capacity      `json:"capacity,omitempty"`
	State        inventory.AgreementState `json:"state,omitempty"`
	Window       string                   `json:"window,omitempty"` // as inventory.ParsePeriod reads it
	Name         string                   `json:"name,omitempty"`   // of a freeze
}

// key names what the change is about.
func (c Change) key() [5]string {
	switch c.Kind {
	case Setting:
		return [5]string{string(c.Kind), c.Setting}
	case Pin:
		return [5]string{string(c.Kind), c.Group}
	case Freeze, Lift:
		return [5]string{string(c.Kind), c.Municipality, c.From.String(), c.To.String()}
	case Crews:
		return [5]string{string(c.Kind), c.Centre, c.From.String()}
	case Link:
		return [5]string{string(c.Kind), c.Municipality, c.Centre}
	case Capacity:
		return [5]string{string(c.Kind), c.Centre}
	}
	return [5]string{string(c.Kind), c.Municipality}
}

func compare(a, b Change) int {
	x, y := a.key(), b.key()
	return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), slices.Compare(x[:], y[:]))
}

// Overlay puts more changes on top of a base: one about the same thing takes its place, and so do crews of the
// same centre for some of the same days. The result is in the order in which changes are applied.
func Overlay(base, more []Change) []Change {
	all := map[[5]string]Change{}
	base = without(base, func(c Change) bool {
		return c.Kind == Crews && slices.ContainsFunc(more, func(m Change) bool { return m.Kind == Crews && m.Centre == c.Centre && m.overlaps(c) })
	})
	for _, c := range slices.Concat(base, more) {
		all[c.key()] = c
	}
	out := make([]Change, 0, len(all))
	for _, c := range all {
		out = append(out, c)
	}
	slices.SortFunc(out, compare)
	return out
}

// Validate reports every change that says too little or too much, and every two about the same thing.
// Whether municipalities, centres and groups exist is known only to Apply and the planner.
func Validate(changes []Change) error {
	var faults []error
	seen := map[[5]string]int{}
	leaves := map[string]bool{}
	for _, c := range changes {
		if c.Kind == Leave {
			leaves[c.Municipality] = true
		}
	}
	for i, c := range changes {
		fail := func(format string, args ...any) {
			faults = append(faults, fmt.Errorf("change %d (%s): %s", i+1, c.Kind, fmt.Sprintf(format, args...)))
		}
		if err := c.validate(); err != nil {
			fail("%v", err)
			continue
		}
		if first, twice := seen[c.key()]; twice {
			fail("change %d is about the same; keep one of them", first+1)
		}
		seen[c.key()] = i
		for k, o := range changes[:i] {
			if c.Kind == Crews && o.Kind == Crews && c.Centre == o.Centre && c.overlaps(o) {
				fail("change %d gives the same centre's crews for some of the same days", k+1)
			}
		}
		if c.Kind != Leave && leaves[c.Municipality] {
			fail("municipality %s leaves in this scenario; take one of the two changes out", c.Municipality)
		}
	}
	return errors.Join(faults...)
}

// needs lists the fields that each kind must and may have.
var needs = map[Kind]struct{ must, may []string }{
	Leave:     {must: []string{"municipality"}},
	Join:      {must: []string{"municipality", "servers"}},
	Agreement: {must: []string{"municipality"}, may: []string{"state", "centre", "window"}},
	Capacity:  {must: []string{"centre", "capacity"}},
	Link:      {must: []string{"municipality", "centre", "mbps"}},
	LinkReady: {must: []string{"municipality", "date"}},
	Setting:   {must: []string{"setting", "value"}},
	Crews:     {may: []string{"centre", "crews", "from", "to"}}, // no crews at all is a way of being ill
	Lift:      {must: []string{"from", "to"}, may: []string{"municipality"}},
	Freeze:    {must: []string{"from", "to"}, may: []string{"municipality", "name"}},
	Choose:    {must: []string{"municipality", "centre"}},
	Pin:       {must: []string{"group", "date"}, may: []string{"municipality"}},
}

// given names the fields that a change fills.
func (c Change) given() []string {
	var names []string
	for _, f := range []struct {
		name string
		is   bool
	}{
		{"municipality", c.Municipality != ""}, {"centre", c.Centre != ""}, {"group", c.Group != ""}, {"date", c.Date.Known()},
		{"from", c.From.Known()}, {"to", c.To.Known()}, {"setting", c.Setting != ""}, {"value", len(c.Value) > 0},
		{"crews", c.Crews != 0}, {"mbps", c.Mbps != 0}, {"servers", c.Servers != 0}, {"capacity", c.Capacity != nil},
		{"state", c.State != ""}, {"window", c.Window != ""}, {"name", c.Name != ""},
	} {
		if f.is {
			names = append(names, f.name)
		}
	}
	return names
}

// overlaps tells whether two changes share a day. Without a first or last day they have no end there.
func (c Change) overlaps(o Change) bool {
	return (!c.To.Known() || o.From <= c.To) && (!o.To.Known() || c.From <= o.To)
}

func (c Change) validate() error {
	want, known := needs[c.Kind]
	if !known {
		return fmt.Errorf("kind %q is none of %v", c.Kind, Kinds)
	}
	given := c.given()
	for _, name := range want.must {
		if !slices.Contains(given, name) {
			return fmt.Errorf("%s is missing", name)
		}
	}
	for _, name := range given {
		if !slices.Contains(want.must, name) && !slices.Contains(want.may, name) {
			return fmt.Errorf("%s says nothing here; take it out", name)
		}
	}
	switch {
	case c.Crews < 0 || c.Mbps < 0 || c.Servers < 0:
		return errors.New("a number is below 0")
	case c.Servers > maxJoin:
		return fmt.Errorf("%d servers are more than a municipality has; at most %d", c.Servers, maxJoin)
	case c.To.Known() && c.To < c.From:
		return fmt.Errorf("it runs from %s to %s, backwards", c.From, c.To)
	case c.State != "" && !slices.Contains(inventory.AgreementStates, c.State):
		return fmt.Errorf("state %q is none of %v", c.State, inventory.AgreementStates)
	case c.Kind == Agreement && c.State == "" && (c.Centre != "" || c.Window != ""):
		return errors.New("state is missing: which one the agreement counts as being in")
	}
	if _, err := inventory.ParsePeriod(c.Window); err != nil {
		return err
	}
	if c.Kind == Setting {
		_, err := set(planner.DefaultSettings(), c.Setting, c.Value)
		return err
	}
	return nil
}

// maxJoin is more servers than any municipality runs.
const maxJoin = 5_000
