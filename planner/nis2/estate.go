package nis2

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// estate is what the rules may look at: one municipality's part of the snapshot, its answers, and
// the few lookups that several rules need.
type estate struct {
	cat       *Catalogue
	in        *Input
	code      string
	assets    []*inventory.Asset // in service, by id
	systems   []*inventory.System
	sites     []*inventory.Site
	contracts []*inventory.Contract
	links     []*inventory.Link
	flows     []*inventory.Flow
	looks     []*inventory.Collection
	agreement *inventory.Agreement
	answers   map[string]*Answer // by control
	facts     map[string]*Facts  // by dataset
	actions   []*Action
	incidents []*Incident
	entries   []*Entry
	transfers []*Transfer

	moment   time.Time      // "now" for rules that count hours
	register inventory.Date // how fresh the registers' rows are

	byID        map[string]*inventory.Asset
	byName      map[string]*inventory.Asset // short host name, lower case
	twice       map[string]bool             // short host names that several assets have
	bySite      map[string]string           // id or name of a site in lower case → its id; empty: several have it
	criticality map[string]inventory.Criticality
	goals       map[string]float64 // asset id → strictest data loss goal in hours
}

// estates cuts the snapshot into one estate per municipality.
func estates(cat *Catalogue, in Input) []*estate {
	s := in.Snapshot
	of := make(map[string]*estate, len(s.Municipalities))
	all := make([]*estate, 0, len(s.Municipalities))
	moment := s.TakenAt
	if inventory.DateOf(moment) < in.AsOf {
		moment = in.AsOf.Time()
	}
	for _, m := range s.Municipalities {
		e := &estate{cat: cat, in: &in, code: m.Code, moment: moment, answers: map[string]*Answer{}, facts: map[string]*Facts{}, twice: map[string]bool{}, bySite: map[string]string{},
			byID: map[string]*inventory.Asset{}, byName: map[string]*inventory.Asset{},
			criticality: map[string]inventory.Criticality{}, goals: map[string]float64{}}
		of[m.Code] = e
		all = append(all, e)
	}
	for i := range s.Assets {
		// A retired or vanished asset is not in service; an unknown status is taken as in service.
		a := &s.Assets[i]
		if e := of[a.Municipality]; e != nil && cmp.Or(a.Status, inventory.InService) == inventory.InService && a.Presence != inventory.Gone {
			e.assets = append(e.assets, a)
		}
	}
	deal(s.Systems, of, func(x *inventory.System) string { return x.Municipality }, func(e *estate) *[]*inventory.System { return &e.systems })
	deal(s.Sites, of, func(x *inventory.Site) string { return x.Municipality }, func(e *estate) *[]*inventory.Site { return &e.sites })
	deal(s.Contracts, of, func(x *inventory.Contract) string { return x.Municipality }, func(e *estate) *[]*inventory.Contract { return &e.contracts })
	deal(s.Links, of, func(x *inventory.Link) string { return x.Municipality }, func(e *estate) *[]*inventory.Link { return &e.links })
	deal(s.Flows, of, func(x *inventory.Flow) string { return x.Municipality }, func(e *estate) *[]*inventory.Flow { return &e.flows })
	deal(s.Collections, of, func(x *inventory.Collection) string { return x.Municipality }, func(e *estate) *[]*inventory.Collection { return &e.looks })
	deal(in.Actions, of, func(x *Action) string { return x.Municipality }, func(e *estate) *[]*Action { return &e.actions })
	deal(in.Incidents, of, func(x *Incident) string { return x.Municipality }, func(e *estate) *[]*Incident { return &e.incidents })
	deal(in.Entries, of, func(x *Entry) string { return x.Municipality }, func(e *estate) *[]*Entry { return &e.entries })
	deal(in.Transfers, of, func(x *Transfer) string { return x.Municipality }, func(e *estate) *[]*Transfer { return &e.transfers })
	for i := range in.Facts {
		if e := of[in.Facts[i].Municipality]; e != nil {
			e.facts[in.Facts[i].Dataset] = &in.Facts[i]
		}
	}
	for i := range in.Answers {
		if e := of[in.Answers[i].Municipality]; e != nil {
			e.answers[in.Answers[i].Control] = &in.Answers[i]
		}
	}
	for _, e := range all {
		e.agreement, _ = s.AgreementOf(e.code)
		e.index()
	}
	return all
}

// deal hands each row of a table to the estate of its municipality.
func deal[T any](rows []T, of map[string]*estate, code func(*T) string, pile func(*estate) *[]*T) {
	for i := range rows {
		if e := of[code(&rows[i])]; e != nil {
			p := pile(e)
			*p = append(*p, &rows[i])
		}
	}
}

// index fills in the lookups.
func (e *estate) index() {
	slices.SortFunc(e.assets, func(a, b *inventory.Asset) int { return cmp.Compare(a.ID, b.ID) })
	for _, a := range e.assets {
		e.byID[a.ID] = a
		e.criticality[a.ID] = a.Criticality
		for _, name := range []string{a.Name, a.Management.SysName} {
			switch key := hostKey(name); {
			case key == "":
			case e.byName[key] == nil:
				e.byName[key] = a
			case e.byName[key] != a:
				e.twice[key] = true
			}
		}
	}
	for _, s := range e.sites {
		name := strings.ToLower(s.Name)
		if _, taken := e.bySite[name]; taken {
			e.bySite[name] = ""
		} else {
			e.bySite[name] = s.ID
		}
	}
	for _, s := range e.sites {
		e.bySite[strings.ToLower(s.ID)] = s.ID
	}
	for _, s := range e.systems {
		for _, id := range s.Assets {
			e.criticality[id] = max(e.criticality[id], s.Criticality)
			if goal, ok := e.goals[id]; s.RPOHours > 0 && (!ok || s.RPOHours < goal) {
				e.goals[id] = s.RPOHours
			}
		}
	}
	e.register = inventory.DateOf(e.in.Snapshot.TakenAt)
	var read inventory.Date
	for _, look := range e.looks {
		if look.Collector == "kitos" || look.Collector == "sheet" {
			read = max(read, inventory.DateOf(look.LastOK))
		}
	}
	if read.Known() {
		e.register = read
	}
}

// critical gives how much depends on an asset: its own criticality or that of the most critical
// system it carries.
func (e *estate) critical(a *inventory.Asset) inventory.Criticality { return e.criticality[a.ID] }

// named finds an asset of the municipality by a host name as another device gives it.
func (e *estate) named(name string) *inventory.Asset { return e.byName[hostKey(name)] }

// match finds the asset that another system means: by id, or else by a host name that only one asset has.
func (e *estate) match(key string) *inventory.Asset {
	if a := e.byID[key]; a != nil {
		return a
	}
	if name := hostKey(key); !e.twice[name] {
		return e.byName[name]
	}
	return nil
}

// connected tells whether a dataset is there. The hub's own registers stand beside the imported ones.
func (e *estate) connected(dataset string) bool {
	switch dataset {
	case "":
		return true
	case registerActions:
		return e.in.Actions != nil
	case registerEntries:
		return e.in.Entries != nil
	case DatasetIncidents:
		return e.in.Incidents != nil || e.facts[dataset] != nil
	case DatasetClimate:
		return e.in.Readings != nil || e.facts[dataset] != nil
	}
	return e.facts[dataset] != nil
}

// systemsFrom gives the systems of at least a criticality.
func (e *estate) systemsFrom(least inventory.Criticality) []*inventory.System {
	var list []*inventory.System
	for _, s := range e.systems {
		if s.Criticality >= least {
			list = append(list, s)
		}
	}
	return list
}

// hostKey is a host name without domain, in lower case.
func hostKey(name string) string {
	short, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(name)), ".")
	return short
}

// seen gives the day on which a collector last read the asset.
func seen(a *inventory.Asset) inventory.Date {
	var last time.Time
	for _, s := range a.Sources {
		if (s.Status == inventory.StatusOK || s.Status == inventory.StatusPartial) && s.At.After(last) {
			last = s.At
		}
	}
	if last.IsZero() {
		last = a.LastSeen
	}
	return inventory.DateOf(last)
}

// assess gives one control's result.
func (e *estate) assess(k *Control) ControlResult {
	r := ControlResult{ID: k.ID, Article: k.Article, Target: k.Target, Weight: k.Weight, Key: k.Key, Applicable: true}
	var m measurement
	var t *tally
	if k.Rule != nil {
		m.note = NoteNotConnected
		if c, ok := checkOf[k.ID]; ok && e.connected(c.needs) {
			t = &tally{asOf: e.in.AsOf, fresh: k.Rule.FreshDays, limit: k.Rule.LimitDays}
			c.run(e, t)
			m = e.cat.measure(k, t)
			r.Members = t.members(k.Rule.Source)
			if r.Members.Population > 0 {
				r.Coverage = float64(t.known) / float64(r.Members.Population)
			}
		}
	}
	if m.usable {
		r.Automatic = &m.level
	}
	outside := func(note string) ControlResult {
		r.Applicable, r.State, r.Note = false, NotInScope, note
		return r
	}
	if t != nil && t.notApplicable != "" {
		return outside(t.notApplicable)
	}
	answer, note := e.answers[k.ID], ""
	if answer != nil && answer.NotApplicable != nil {
		switch {
		case r.Members != nil && r.Members.Population > 0:
			answer, note = nil, NoteRefused
		case answer.NotApplicable.ApprovedBy == "":
			answer, note = nil, NoteProposed
		case answer.NotApplicable.Until < e.in.AsOf:
			answer, note = nil, NoteLapsed
		default:
			return outside("")
		}
	}
	if answer != nil {
		level := answer.Level
		r.Declared = &level
	}
	s := e.cat.effective(k, answer, m, e.in.AsOf)
	r.Effective, r.Confidence, r.State, r.Note = s.level, s.confidence, s.state, first(note, s.note)
	if r.State != Unanswered {
		if r.Reassess = e.reassess(k, e.answers[k.ID]); r.Reassess != nil {
			e.cat.lapse(&r)
		}
	}
	return r
}
