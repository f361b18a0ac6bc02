package scenario

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
	"github.com/samdrift/samdrift/planner"
)

// Apply gives the input with the changes; the one it is given stays as it is. It refuses changes about
// municipalities, centres and settings that are not there.
func Apply(in planner.Input, changes []Change) (planner.Input, error) {
	if err := Validate(changes); err != nil {
		return planner.Input{}, err
	}
	if len(changes) == 0 {
		return in, nil
	}
	s := *in.Snapshot
	in.Snapshot = &s
	d := draft{Input: in, pinAt: map[string]int{}}
	d.Pins = slices.Clone(in.Pins)
	for i, p := range d.Pins {
		d.pinAt[p.Group] = i
	}
	var faults []error
	for _, c := range Overlay(nil, changes) {
		if err := d.apply(c); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", c, err))
		}
	}
	if d.snapshotChanged {
		s.Sort()
		d.Hash = "" // the planner works it out anew
	}
	return d.Input, errors.Join(faults...)
}

// draft is the input in the making: its snapshot is a copy whose slices are still the base's own, so
// each change puts new slices in place of those that it alters.
type draft struct {
	planner.Input
	snapshotChanged bool
	pinAt           map[string]int // group → its place in Pins
}

func (d *draft) apply(c Change) (err error) {
	s := d.Snapshot
	if _, member := s.Municipality(c.Municipality); !member && c.Municipality != "" && c.Kind != Join {
		return fmt.Errorf("%s is no member here; members are %s", c.Municipality, d.members())
	}
	if _, ok := s.Centre(c.Centre); !ok && c.Centre != "" {
		return fmt.Errorf("there is no centre %q; centres are %s", c.Centre, d.centres())
	}
	switch c.Kind {
	case Leave:
		return d.leave(c.Municipality)
	case Join:
		return d.join(c)
	case Agreement:
		return d.agreement(c)
	case Capacity:
		s.Centres = slices.Clone(s.Centres)
		centre, _ := s.Centre(c.Centre)
		centre.Capacity = *c.Capacity
		d.snapshotChanged = true
	case Link:
		s.Links = slices.DeleteFunc(slices.Clone(s.Links), func(l inventory.Link) bool { return l.Municipality == c.Municipality && l.Centre == c.Centre })
		s.Links = append(s.Links, inventory.Link{ID: "scenario-" + c.Municipality + "-" + c.Centre, Municipality: c.Municipality, Centre: c.Centre, Mbps: c.Mbps})
		d.snapshotChanged = true
	case LinkReady:
		others := without(d.Settings.LinksReady, func(l planner.LinkReady) bool { return l.Municipality == c.Municipality })
		d.Settings.LinksReady = append(others, planner.LinkReady{Municipality: c.Municipality, On: c.Date})
	case Setting:
		d.Settings, err = set(d.Settings, c.Setting, c.Value)
		return err
	case Freeze:
		d.Freezes = append(slices.Clone(d.Freezes), planner.Freeze{From: c.From, To: c.To, Municipality: c.Municipality, Name: planner.Text{DA: cmp.Or(c.Name, "(uden navn)"), EN: cmp.Or(c.Name, "(unnamed)")}})
	case Lift:
		d.lift(c)
	case Choose:
		d.Choices = maps.Clone(d.Choices)
		if d.Choices == nil {
			d.Choices = map[string]string{}
		}
		d.Choices[c.Municipality] = c.Centre
	case Pin:
		d.pin(c.Group, c.Date)
	case Crews:
		return d.crews(c)
	}
	return nil
}

// pin sets a group's night. Whoever knew of another one knows that the group moves: the lead time is behind it
// still.
func (d *draft) pin(group string, night inventory.Date) {
	next := planner.Pin{Group: group, Cutover: night}
	at, known := d.pinAt[group]
	if !known {
		d.pinAt[group] = len(d.Pins)
		d.Pins = append(d.Pins, next)
		return
	}
	if since := d.Pins[at].Since; since < night {
		next.Since = since
	}
	d.Pins[at] = next
}

func (d *draft) members() string {
	var codes []string
	for _, m := range d.Snapshot.Municipalities {
		codes = append(codes, m.Code)
	}
	return strings.Join(codes, ", ")
}

func (d *draft) centres() string {
	var ids []string
	for _, c := range d.Snapshot.Centres {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, ", ")
}

// leave takes a municipality out with all that is its own. A host cannot leave: its centre would go too,
// and with it what others agreed.
func (d *draft) leave(code string) error {
	s := d.Snapshot
	for _, c := range s.Centres {
		if c.Host == code {
			return fmt.Errorf("%s hosts %s; choose other centres first and remove that one", code, c.ID)
		}
	}
	s.Municipalities = without(s.Municipalities, func(m inventory.Municipality) bool { return m.Code == code })
	s.Sites = without(s.Sites, func(x inventory.Site) bool { return x.Municipality == code })
	s.Assets = without(s.Assets, func(a inventory.Asset) bool { return a.Municipality == code })
	s.Parts = without(s.Parts, func(a inventory.Asset) bool { return a.Municipality == code })
	s.Systems = without(s.Systems, func(x inventory.System) bool { return x.Municipality == code })
	s.Flows = without(s.Flows, func(f inventory.Flow) bool { return f.Municipality == code })
	s.Links = without(s.Links, func(l inventory.Link) bool { return l.Municipality == code })
	s.Contracts = without(s.Contracts, func(c inventory.Contract) bool { return c.Municipality == code })
	s.Agreements = without(s.Agreements, func(a inventory.Agreement) bool { return a.Customer == code })
	d.Choices = maps.Clone(d.Choices)
	delete(d.Choices, code)
	d.snapshotChanged = true
	return nil
}

// without gives the rows that do not match, in a new slice.
func without[T any](rows []T, match func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(rows), match)
}

// join makes a municipality a member with its public facts and servers of which only the number is
// assumed; the plan lists what it assumes of their sizes.
func (d *draft) join(c Change) error {
	if _, member := d.Snapshot.Municipality(c.Municipality); member {
		return fmt.Errorf("%s is a member already", c.Municipality)
	}
	m, ok := facts.Municipality(c.Municipality)
	if !ok {
		return fmt.Errorf("%s is no municipality code; codes have three digits, such as 461 for Odense", c.Municipality)
	}
	s := d.Snapshot
	s.Municipalities = append(slices.Clone(s.Municipalities), m)
	s.Assets = slices.Clone(s.Assets)
	for i := range c.Servers {
		name := fmt.Sprintf("assumed-%s-%04d", m.Code, i+1)
		s.Assets = append(s.Assets, inventory.Asset{ID: name, Municipality: m.Code, Kind: inventory.KindServer, Name: name})
	}
	d.snapshotChanged = true
	return nil
}

// agreement treats a municipality's agreement as being in another state; one that has none gets one.
func (d *draft) agreement(c Change) error {
	s := d.Snapshot
	s.Agreements = slices.Clone(s.Agreements)
	d.snapshotChanged = true
	if c.State == "" {
		s.Agreements = slices.DeleteFunc(s.Agreements, func(a inventory.Agreement) bool { return a.Customer == c.Municipality })
		return nil
	}
	a, ok := s.AgreementOf(c.Municipality)
	if !ok {
		if c.Centre == "" {
			return errors.New("it has no agreement to treat so; give the centre it would be with")
		}
		s.Agreements = append(s.Agreements, inventory.Agreement{ID: "scenario-" + c.Municipality, Customer: c.Municipality})
		a = &s.Agreements[len(s.Agreements)-1]
	}
	a.State = c.State
	if c.Centre != "" {
		centre, _ := s.Centre(c.Centre) // apply has looked
		a.Centre, a.Host = centre.ID, centre.Host
	}
	if c.Window != "" {
		window, err := inventory.ParsePeriod(c.Window)
		if err != nil {
			return err
		}
		a.Window = window
	}
	return a.Validate()
}

// set gives the settings with one of them changed, by its name in JSON.
func set(s planner.Settings, name string, value json.RawMessage) (planner.Settings, error) {
	if names := settingNames(); !slices.Contains(names, name) {
		return s, fmt.Errorf("there is no setting %q; settings are %s", name, strings.Join(names, ", "))
	}
	if !json.Valid(value) {
		return s, fmt.Errorf("%s: the value %s is no JSON", name, value)
	}
	data, err := json.Marshal(s)
	if err != nil {
		return s, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &fields); err != nil {
		return s, err
	}
	fields[name] = value
	if data, err = json.Marshal(fields); err != nil {
		return s, err
	}
	var changed planner.Settings // not a copy of s, whose lists it would write into
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&changed); err != nil {
		return s, fmt.Errorf("%s: %w", name, err)
	}
	return changed, changed.Validate()
}

// settingNames lists the settings by their names in JSON, in the order in which they are declared.
func settingNames() []string {
	var names []string
	for f := range reflect.TypeFor[planner.Settings]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// crews gives every centre another number of crews, or one centre for some days. Those who are transferred
// to it come on top.
func (d *draft) crews(c Change) error {
	if c.Centre == "" {
		if c.From.Known() || c.To.Known() {
			return errors.New("a number for every centre holds always; name a centre to give days")
		}
		d.Settings.CrewsPerCentre = c.Crews
		return d.Settings.Validate()
	}
	from, more := max(c.From, d.AsOf), c.Crews-d.Settings.CrewsPerCentre
	d.Settings.CrewChanges = append(slices.Clone(d.Settings.CrewChanges), planner.CrewChange{Centre: c.Centre, On: from, Crews: more})
	if c.To.Known() {
		d.Settings.CrewChanges = append(d.Settings.CrewChanges, planner.CrewChange{Centre: c.Centre, On: c.To + 1, Crews: -more})
	}
	return nil
}

// lift takes days out of every freeze that holds for the municipality, or for anybody when none is
// named. A national freeze that one municipality is let out of holds for each of the others.
func (d *draft) lift(c Change) {
	var kept []planner.Freeze
	for _, f := range d.Freezes {
		if f.To < c.From || c.To < f.From || c.Municipality != "" && f.Municipality != "" && f.Municipality != c.Municipality {
			kept = append(kept, f)
			continue
		}
		before, after := f, f
		before.To, after.From = c.From.AddDays(-1), c.To.AddDays(1)
		if before.From <= before.To {
			kept = append(kept, before)
		}
		if after.From <= after.To {
			kept = append(kept, after)
		}
		if c.Municipality == "" || f.Municipality != "" {
			continue
		}
		for _, m := range d.Snapshot.Municipalities {
			if m.Code != c.Municipality {
				other := f
				other.Municipality, other.From, other.To = m.Code, max(f.From, c.From), min(f.To, c.To)
				kept = append(kept, other)
			}
		}
	}
	d.Freezes = kept
}
