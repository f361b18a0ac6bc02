package planner

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Propose makes the plan: a centre for each municipality, groups of servers that move together,
// waves with dates, capacity, cost and risk. It fails only when the input cannot be planned from at
// all (no snapshot, no date, settings that make no sense); what cannot be placed is a Refusal in the
// plan, with its reasons. Every plan that is returned without an error has passed Check.
func Propose(in Input) (Plan, error) {
	if err := in.validate(); err != nil {
		return Plan{}, err
	}
	if in.Hash == "" {
		in.Hash = in.Snapshot.Hash()
	}
	e := newEstate(in)
	p := Plan{
		AsOf: in.AsOf, Deadline: in.Settings.Deadline, Snapshot: in.Hash, Demo: in.Snapshot.Demo, Notice: in.Snapshot.Notice,
		Assignments: []Assignment{}, Groups: []Group{}, Foundations: []Foundation{}, RetireCandidates: []RetireCandidate{}, Waves: []Wave{}, Refusals: []Refusal{}, Stays: []Stay{},
		Capacity: []CentreLoad{}, Assumptions: []Reason{}, Violations: []Violation{},
	}
	e.selectMovers(&p)
	e.measure(&p)
	e.chooseCentres(&p)
	e.makeGroups(&p)
	if err := e.setDates(&p); err != nil {
		return Plan{}, err
	}
	e.judgeCuts(&p)
	e.findRetireCandidates(&p)
	e.fillCentres(&p)
	e.priceAll(&p)
	e.judgeRisks(&p)

	for _, w := range p.Waves {
		p.LastWaveEnd = max(p.LastWaveEnd, w.End)
	}
	slices.SortFunc(p.Stays, func(a, b Stay) int { return cmp.Compare(a.Asset, b.Asset) })
	slices.SortFunc(p.Refusals, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject))
	})
	violations, wished := check(in, p, p.Snapshot)
	p.Violations = append(p.Violations, wished...)
	p.Feasible = len(p.Refusals) == 0 && len(wished) == 0
	if len(violations) > 0 {
		faults := make([]error, len(violations))
		for i, v := range violations {
			faults[i] = errors.New(v.String())
		}
		return Plan{}, fmt.Errorf("the planner made a plan that its own check refuses; please report it with the snapshot: %w", errors.Join(faults...))
	}
	return p, nil
}

func (in Input) validate() error {
	var faults []error
	if in.Snapshot == nil {
		return errors.New("plan: no snapshot of the estate; collect or import one first")
	}
	if !in.AsOf.Known() {
		faults = append(faults, errors.New("plan: today's date is missing; give --as-of or read the clock"))
	}
	seen := map[string]bool{}
	for _, a := range in.Snapshot.Assets {
		if seen[a.ID] {
			faults = append(faults, fmt.Errorf("plan: asset id %q stands twice in the snapshot", a.ID))
		}
		seen[a.ID] = true
	}
	for i, f := range in.Freezes {
		if !f.From.Known() || f.To < f.From {
			faults = append(faults, fmt.Errorf("plan: freeze %d (%s) runs from %q to %q", i+1, f.Name.EN, f.From, f.To))
		}
	}
	return errors.Join(append(append(faults, in.wishes()...), in.Settings.Validate())...)
}

// wishes gives what is wrong with the choices, pins and windows that people asked for.
func (in Input) wishes() []error {
	var faults []error
	member, centres, hosts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range in.Snapshot.Municipalities {
		member[m.Code] = true
	}
	for _, c := range in.Snapshot.Centres {
		centres[c.ID], hosts[c.Host] = true, true
	}
	for _, m := range sortedKeys(in.Choices) {
		switch c := in.Choices[m]; {
		case !member[m]:
			faults = append(faults, fmt.Errorf("plan: %q is to go to %s, but is not among the municipalities", m, c))
		case !centres[c]:
			faults = append(faults, fmt.Errorf("plan: municipality %s is to go to %q, which is not among the centres", m, c))
		case hosts[m]:
			faults = append(faults, fmt.Errorf("plan: municipality %s hosts a centre, so that no other can be chosen for it; give it an agreement first", m))
		}
	}
	pinned := map[string]bool{}
	for _, p := range in.Pins {
		if p.Cutover <= in.AsOf || pinned[p.Group] {
			faults = append(faults, fmt.Errorf("plan: group %q is set to %s: give each group one night after today, %s", p.Group, p.Cutover, in.AsOf))
		}
		if p.Since.Known() && p.Since >= p.Cutover {
			faults = append(faults, fmt.Errorf("plan: the data of group %q is seeded from %s, not before its cutover on %s", p.Group, p.Since, p.Cutover))
		}
		pinned[p.Group] = true
	}
	for _, w := range in.Windows {
		if (w.Group == "") == (w.System == "") || !w.From.Known() || w.To < w.From {
			faults = append(faults, fmt.Errorf("plan: the window of group %q and system %q from %s to %s needs one of both, and days in order", w.Group, w.System, w.From, w.To))
		}
	}
	return faults
}

// estate is the input put in order: sorted copies and look-up tables. It is never changed after
// newEstate, except for what each step works out for the next.
type estate struct {
	in             Input
	municipalities []inventory.Municipality // by code
	centres        []inventory.Centre       // by id
	agreements     map[string]inventory.Agreement
	assets         map[string][]*inventory.Asset // by municipality, each by id
	byID           map[string]*inventory.Asset
	systems        map[string][]inventory.System // by municipality, each by id
	systemsOf      map[string][]inventory.System // by asset
	flows          map[string][]inventory.Flow   // by municipality, between two known assets
	looks          inventory.FlowLooks
	contracts      map[string]inventory.Contract
	sizes          map[string]size
	movers         map[string][]*inventory.Asset // what the plan may move, by municipality
	pins           map[string]Pin                // by group
}

func newEstate(in Input) *estate {
	s := in.Snapshot
	e := &estate{
		in:             in,
		municipalities: slices.Clone(s.Municipalities),
		centres:        slices.Clone(s.Centres),
		agreements:     map[string]inventory.Agreement{},
		assets:         map[string][]*inventory.Asset{},
		byID:           map[string]*inventory.Asset{},
		systems:        map[string][]inventory.System{},
		systemsOf:      map[string][]inventory.System{},
		flows:          map[string][]inventory.Flow{},
		looks:          s.FlowLooks(),
		contracts:      map[string]inventory.Contract{},
		movers:         map[string][]*inventory.Asset{},
		pins:           map[string]Pin{},
	}
	for _, p := range in.Pins {
		e.pins[p.Group] = p
	}
	slices.SortFunc(e.municipalities, func(a, b inventory.Municipality) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.centres, func(a, b inventory.Centre) int { return cmp.Compare(a.ID, b.ID) })
	for _, a := range s.Agreements {
		e.agreements[a.Customer] = a
	}
	for i := range s.Assets {
		a := &s.Assets[i]
		e.byID[a.ID] = a
		e.assets[a.Municipality] = append(e.assets[a.Municipality], a)
	}
	for _, as := range e.assets {
		slices.SortFunc(as, func(a, b *inventory.Asset) int { return cmp.Compare(a.ID, b.ID) })
	}
	systems := slices.Clone(s.Systems)
	slices.SortFunc(systems, func(a, b inventory.System) int { return cmp.Compare(a.ID, b.ID) })
	for _, sys := range systems {
		e.systems[sys.Municipality] = append(e.systems[sys.Municipality], sys)
		if sys.Hosting == inventory.HostingSupplier || sys.Hosting == inventory.HostingCentre {
			continue // nothing of it runs here
		}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(sys.Assets))) {
			if a := e.byID[id]; a != nil && a.Municipality == sys.Municipality {
				e.systemsOf[id] = append(e.systemsOf[id], sys)
			}
		}
	}
	for _, f := range s.Flows {
		from, to := e.byID[f.From], e.byID[f.To]
		if from != nil && to != nil && from != to && from.Municipality == to.Municipality {
			e.flows[from.Municipality] = append(e.flows[from.Municipality], f)
		}
	}
	for _, fs := range e.flows {
		slices.SortFunc(fs, func(a, b inventory.Flow) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Port, b.Port),
				cmp.Compare(a.BytesPerDay, b.BytesPerDay))
		})
	}
	for _, c := range s.Contracts {
		e.contracts[c.ID] = c
	}
	return e
}

// centre finds a centre by slug.
func (e *estate) centre(id string) (inventory.Centre, bool) {
	for _, c := range e.centres {
		if c.ID == id {
			return c, true
		}
	}
	return inventory.Centre{}, false
}

// hosted gives the centre whose host the municipality is.
func (e *estate) hosted(municipality string) (inventory.Centre, bool) {
	for _, c := range e.centres {
		if c.Host == municipality {
			return c, true
		}
	}
	return inventory.Centre{}, false
}
