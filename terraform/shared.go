package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform/platform"
)

// SharedGround is what is known of the things that an agreement's servers share at their destination.
type SharedGround struct {
	Present map[string]platform.Shared // what is there now by key, as its platform tells
	Ours    []string                   // keys of what samdrift has made, or has begun to
	Source  string                     // where ours are; empty: nothing is
}

// SharedUnit is the id of an agreement's shared unit: folders, pools and tags have a state of their own,
// because a server that goes back must leave them to the others.
func SharedUnit(agreement string) string { return agreement + "-shared" }

// SharedProgress is the way of a shared unit, of which nothing is done.
func SharedProgress(unit string) Progress { return newProgress(unit, sharedWay) }

// Shared tells whether the way is that of a shared unit.
func (p Progress) Shared() bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Stage == platform.Share })
}

// Anew begins the way of a shared unit again when there is more to make. What was recorded is kept.
func (p *Progress) Anew() {
	for i, s := range p.Steps {
		if s.State != Waiting {
			p.RolledBack = append(p.RolledBack, s)
			p.Steps[i] = Step{Stage: s.Stage, State: Waiting}
		}
	}
}

// NothingToMake ends the making of what was found to be there already.
func (p *Progress) NothingToMake(by string, at time.Time) error {
	if err := p.Start(platform.Share, by, at); err != nil {
		return err
	}
	return p.Finish(platform.Share, "a plan finds nothing to make", "", at)
}

// rank puts shared units before others.
func (u Unit) rank() int {
	if u.Stage == platform.Share {
		return 1
	}
	return 0
}

// sharedRules are the rules of shared units on a platform: none where people make what servers share.
func sharedRules(p platform.Platform) platform.Rules {
	if s, ok := p.(platform.Sharer); ok {
		return s.SharedRules()
	}
	return nil
}

// sharedFaults reports what is wrong with what shall be made.
func (m Mapping) sharedFaults(agreement string) []error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("terraform.agreements.%s.shared%s", agreement, fmt.Sprintf(format, args...)))
	}
	want, at := m.Shared, m.Destination
	if p, err := platform.Find(m.PlatformIn(platform.Arrive)); err == nil && want.Wanted() && sharedRules(p) == nil {
		fault(": nothing is made on %s: let people make it, and leave this out", p.Name())
		return faults
	}
	for name, path := range map[string]string{"folder": at.Folder, "pool": at.Pool} {
		wanted := name == "folder" && want.Folder || name == "pool" && want.Pool != nil
		if wanted && slices.Contains(strings.Split(path, "/"), "") {
			fault(".%s: destination.%s is %q: name it, with / between its levels", name, name, path)
		}
	}
	if p := want.Pool; p != nil {
		for _, r := range []struct {
			what            string
			reserved, limit int64
		}{{"cpu", p.CPUReservedMHz, p.CPULimitMHz}, {"memory", p.MemoryReservedMB, p.MemoryLimitMB}} {
			if r.reserved < 0 || r.limit < 0 || r.limit > 0 && r.reserved > r.limit {
				fault(".pool: %s: %d reserved of %d: want 0 or more, and no more than the limit", r.what, r.reserved, r.limit)
			}
		}
	}
	if t := want.Tag; t != nil && (t.Category == "" || t.Name == "" || strings.Contains(t.Category+t.Name, "/")) {
		fault(".tag: category %q and name %q are both needed, without /", t.Category, t.Name)
	}
	return faults
}

// SharedAt is the source where an agreement's servers come to share things, by its name.
func (m Mapping) SharedAt() string { return cmp.Or(m.Target, m.Source) }

// shares lists what a mapping wants to be there. What is missing, or was made by samdrift, is Made.
func (m Mapping) shares(ground SharedGround) []platform.Shared {
	p, err := platform.Find(m.PlatformIn(platform.Arrive))
	if err != nil {
		return nil
	}
	sharer, ok := p.(platform.Sharer)
	if !ok {
		return nil
	}
	list := sharer.Shares(m.Destination, m.Shared)
	for i := range list {
		key := list[i].Key()
		_, there := ground.Present[key]
		list[i].Made = !there || slices.Contains(ground.Ours, key)
	}
	return list
}

// unshared refuses to take a unit's servers to a place where something that they share is missing.
func unshared(u Unit, m Mapping, grounds Grounds) []Refusal {
	if u.Stage != platform.Leave && u.Stage != platform.Place && u.Stage != platform.Arrive {
		return nil
	}
	ground := grounds.Shared[u.Agreement]
	var refusals []Refusal
	for _, s := range m.shares(ground) {
		if _, there := ground.Present[s.Key()]; !there {
			refusals = append(refusals, Refusal{Gate: GateShared, Resource: s.Name, Attribute: string(s.Kind),
				Reason: fmt.Sprintf("%s %q is not there yet: plan, approve and apply unit %s first", s.Kind, s.Name, SharedUnit(u.Agreement))})
		}
	}
	return refusals
}

// sharedUnits writes the shared unit of each agreement whose mapping wants something made, or under which
// something was: when that leaves the mapping, its plan destroys, and is refused.
func sharedUnits(plan planner.Plan, snap *inventory.Snapshot, grounds Grounds, others []Unit) ([]Unit, error) {
	var units []Unit
	for i := range snap.Agreements {
		a := &snap.Agreements[i]
		mapping, mapped := grounds.Mappings[a.ID]
		ground, read := grounds.Shared[a.ID]
		if !mapped || !mapping.Shared.Wanted() && len(ground.Ours) == 0 {
			continue
		}
		u := Unit{ID: SharedUnit(a.ID), Name: "what its servers share at their destination", Agreement: a.ID, Decided: a.Decided(),
			Municipality: a.Customer, NeedsConsent: mapping.Consent, Platform: mapping.PlatformIn(platform.Arrive), Stage: platform.Share, Source: mapping.SharedAt()}
		for _, other := range others {
			if other.ID == u.ID {
				return nil, fmt.Errorf("render what agreement %s shares: a group is called %s too, and two units cannot share one state", a.ID, u.ID)
			}
			if other.Agreement == a.ID && (u.Cutover == 0 || other.Cutover < u.Cutover) {
				u.Cutover = other.Cutover
			}
		}
		if err := u.share(plan.Demo, mapping, ground, read, grounds); err != nil {
			return nil, fmt.Errorf("render what agreement %s shares: %w", a.ID, err)
		}
		units = append(units, u)
	}
	return units, nil
}

// share writes a shared unit's HCL, or puts into the unit why it cannot.
func (u *Unit) share(demo bool, mapping Mapping, ground SharedGround, read bool, grounds Grounds) error {
	p, err := platform.Find(u.Platform)
	if err != nil {
		return err
	}
	sharer, ok := p.(platform.Sharer)
	switch {
	case !ok:
		u.Refusals = append(u.Refusals, Refusal{Gate: GateType, Reason: u.Platform + " has nothing that samdrift makes for servers to share"})
		return nil
	case !read:
		u.Refusals = append(u.Refusals, Refusal{Gate: GateUnread, Reason: fmt.Sprintf("%s has not told what is there", u.Source)})
		return nil
	case ground.Source != "" && ground.Source != u.Source:
		u.Refusals = append(u.Refusals, Refusal{Gate: GateChanged,
			Reason: fmt.Sprintf("what it made is in %s, and the mapping now goes to %s: let people take it away there, and its state with it", ground.Source, u.Source)})
		return nil
	}
	u.Shared = mapping.shares(ground)
	file := hclwrite.NewEmptyFile()
	heading(file.Body(), *u, demo, "")
	backend(file.Body(), *u, grounds)
	if err := sharer.WriteShared(file.Body(), mapping.Destination, u.Shared); err != nil {
		return err
	}
	u.Files = map[string][]byte{"main.tf": platform.Layout(file)}
	return nil
}

// SharedReadBack compares what a platform now tells with what a shared unit makes of it: everything is
// there, and what was made is as the mapping says.
func SharedReadBack(u Unit, present map[string]platform.Shared) []Check {
	var checks []Check
	for _, want := range u.Shared {
		got, there := present[want.Key()]
		checks = append(checks, Check{Server: want.Name, What: string(want.Kind), Want: want.Name, Got: got.Name, OK: there})
		if want.Kind == platform.SharedPool && want.Made && there {
			checks = append(checks, Check{Server: want.Name, What: "limits", Want: want.Pool.String(), Got: got.Pool.String(), OK: want.Pool == got.Pool})
		}
	}
	return checks
}
