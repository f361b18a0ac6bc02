package inventory

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// originKept is how long a value from a better placed collector is kept after it was last confirmed.
const originKept = 30 * 24 * time.Hour

// rank tells whose word on a field counts when two collectors differ: an agent on the host knows
// more than the network sees, and both know more than a sheet.
func rank(collector string) int {
	switch collector {
	case "agent", "vsphere":
		return 3
	case "snmp":
		return 2
	case derived:
		return 0
	default:
		return 1
	}
}

// derived is the collector name in the provenance of values that Merge works out itself.
const derived = "derived"

// NewSnapshot gives the empty estate of a cooperation.
func NewSnapshot(members []Municipality, demo bool, at time.Time) *Snapshot {
	s := &Snapshot{Schema: SchemaVersion, TakenAt: instant(at), Demo: demo, Municipalities: slices.Clone(members)}
	if demo {
		s.Notice = DemoNotice
	}
	s.Sort()
	return s
}

// Merge folds observations into the estate and tells what changed, with the usual ageing.
func Merge(prev *Snapshot, observations []Observation, at time.Time) (*Snapshot, []Change) {
	return DefaultAgeing().Merge(prev, observations, at)
}

// Merge folds observations into the estate and tells what changed. The previous snapshot is left as
// it was. The order of the observations does not matter; observations of municipalities that are
// not members are kept as collections only, since nobody would own their assets.
func (g Ageing) Merge(prev *Snapshot, observations []Observation, at time.Time) (*Snapshot, []Change) {
	ordered := make([]*Observation, len(observations))
	for i := range observations {
		ordered[i] = &observations[i]
	}
	return g.Absorb(prev, ordered, at)
}

// Absorb is Merge for observations that nobody needs afterwards. It sorts the slice and takes each
// observation out of it once it is merged, so that a large round is not held beside the estate that it
// has become.
func (g Ageing) Absorb(prev *Snapshot, ordered []*Observation, at time.Time) (*Snapshot, []Change) {
	slices.SortStableFunc(ordered, func(a, b *Observation) int {
		byTime := cmp.Or(a.At.Compare(b.At), cmp.Compare(rank(b.Collector), rank(a.Collector)),
			cmp.Compare(a.Collector, b.Collector), cmp.Compare(a.Source, b.Source))
		if byTime != 0 {
			return byTime
		}
		// One collector that says two things of one target at one instant: any fixed order will do.
		return cmp.Compare(jsonText(a), jsonText(b))
	})
	m := newMerger(prev, instant(at), len(ordered))
	m.index.findCommon(func(yield func(*Asset) bool) {
		for _, o := range ordered {
			if m.sees(o) && !yield(sighting(o)) {
				return
			}
		}
	})
	for i, o := range ordered {
		m.take(*o)
		ordered[i] = nil
	}
	next := m.finish(g)
	return next, Diff(prev, next)
}

// sees tells whether an observation is about an asset that somebody here owns.
func (m *merger) sees(o *Observation) bool { return o.Asset != nil && m.members[o.Municipality] }

// sighting is the observed asset as identity compares it: with whose it is and where it was seen.
func sighting(o *Observation) *Asset {
	seen := *o.Asset
	seen.Municipality = o.Municipality
	seen.Sources = []Source{{Collector: o.Collector, Address: o.Source, Status: o.Status, At: o.At}}
	return &seen
}

type merger struct {
	next        Snapshot
	members     map[string]bool
	index       *identityIndex
	ids         map[string]int // asset id → position in the index
	rules       decided        // what people decided about identity
	flows       map[flowKey]Flow
	collections map[string]Collection
}

type flowKey struct {
	municipality, from, to, protocol string
	port                             int
}

func keyOf(f Flow) flowKey {
	return flowKey{f.Municipality, f.FromIP, f.ToIP, f.Protocol, f.Port}
}

func newMerger(prev *Snapshot, at time.Time, observations int) *merger {
	m := &merger{
		next:        *prev,
		members:     map[string]bool{},
		index:       newIdentityIndex(prev.ownAssets(), observations),
		rules:       newDecided(prev.Decisions),
		flows:       make(map[flowKey]Flow, len(prev.Flows)),
		collections: make(map[string]Collection, len(prev.Collections)),
	}
	m.next.TakenAt = at
	m.ids = make(map[string]int, len(m.index.assets))
	for _, x := range prev.Municipalities {
		m.members[x.Code] = true
	}
	for i := range m.index.assets {
		m.ids[m.index.assets[i].ID] = i
	}
	for _, f := range prev.Flows {
		if f.LastSeen.IsZero() {
			f.LastSeen = prev.TakenAt // from before this was kept: not later than that
		}
		m.keepFlow(f)
	}
	for _, c := range prev.Collections {
		m.collections[sourceKey(c.Collector, c.Source)] = c
	}
	return m
}

// take folds one observation in.
func (m *merger) take(o Observation) {
	o.At = instant(o.At)
	id := ""
	if m.sees(&o) {
		id = m.takeAsset(&o)
	}
	m.takeCollection(&o, id)
	if m.members[o.Municipality] {
		for _, f := range o.Flows {
			m.keepFlow(f.seenBy(&o))
		}
	}
	if o.Register != nil {
		m.takeRegister(o.Register)
	}
}

func (m *merger) takeAsset(o *Observation) string {
	seen := sighting(o)
	i := m.find(o, seen)
	if i < 0 {
		id := newID(seen, func(id string) bool { _, taken := m.ids[id]; return taken })
		i = m.index.add(Asset{ID: id, Municipality: o.Municipality, Kind: KindUnknown, FirstSeen: o.At})
		m.ids[id] = i
	}
	a := &m.index.assets[i]
	a.Sources = slices.Clone(a.Sources)
	overlay(a, o)
	upsertSource(a, o)
	if o.At.After(a.LastSeen) {
		a.LastSeen = o.At
	}
	m.index.index(i)
	return a.ID
}

// find gives the position of the asset that an observation is about, or -1: by what people decided
// of the source, else by likeness.
func (m *merger) find(o *Observation, seen *Asset) int {
	if id, decided := m.rules.pinned[sourceKey(o.Collector, o.Source)]; decided {
		if i, ok := m.ids[id]; ok {
			return i
		}
	}
	return m.index.find(seen, m.rules.same)
}

// takeCollection keeps the latest look at each target. A look that failed stays tied to the asset
// that an earlier look gave, whose source it marks.
func (m *merger) takeCollection(o *Observation, id string) {
	key := sourceKey(o.Collector, o.Source)
	before := m.collections[key]
	c := Collection{
		Collector: o.Collector, Source: o.Source, Instance: o.Instance, Municipality: o.Municipality, At: o.At,
		Status: o.Status, Error: o.Error, Tables: o.Tables, Asset: cmp.Or(id, before.Asset), LastOK: before.LastOK,
		FlowsOn: before.FlowsOn,
	}
	if o.looksAtFlows() {
		c.FlowsOn = c.FlowsOn.With(DateOf(o.At))
	}
	if o.Status == StatusOK {
		c.LastOK = o.At
	}
	m.collections[key] = c
	if id == "" && c.Asset != "" {
		if i, known := m.seenAt(c.Asset, o); known {
			a := &m.index.assets[i]
			a.Sources = slices.Clone(a.Sources)
			upsertSource(a, o)
		}
	}
}

// seenAt gives the position of the asset with an id; of assets that people joined, that of the one
// which the collector saw there.
func (m *merger) seenAt(id string, o *Observation) (int, bool) {
	at := identityKey{keySource, sourceKey(o.Collector, o.Source)}
	candidates := m.index.others[at]
	if first, ok := m.index.first[at]; ok {
		candidates = append([]int32{first}, candidates...)
	}
	for _, i := range candidates {
		if own := m.index.assets[i].ID; own == id || m.rules.keeper(own) == id {
			return int(i), true
		}
	}
	i, ok := m.ids[id]
	return i, ok
}

func (m *merger) keepFlow(f Flow) {
	if known, ok := m.flows[keyOf(f)]; ok {
		f = known.with(f)
	}
	m.flows[keyOf(f)] = f
}

func (m *merger) takeRegister(r *Register) {
	m.next.Centres = upsert(m.next.Centres, r.Centres, func(x Centre) string { return x.ID })
	m.next.Sites = upsert(m.next.Sites, r.Sites, func(x Site) string { return x.ID })
	m.next.Systems = upsert(m.next.Systems, r.Systems, func(x System) string { return x.ID })
	m.next.Links = upsert(m.next.Links, r.Links, func(x Link) string { return x.ID })
	m.next.Contracts = upsert(m.next.Contracts, r.Contracts, func(x Contract) string { return x.ID })
	m.next.Agreements = upsert(m.next.Agreements, r.Agreements, func(x Agreement) string { return x.ID })
}

// finish joins what people decided to be one, resolves names and addresses to ids, ages what was not
// seen and sorts everything. The snapshot holds on to nothing of the merger.
func (m *merger) finish(g Ageing) *Snapshot {
	next := m.next
	s := &next
	w := newWatch(g, s.TakenAt, m.collections)
	own := m.index.assets
	m.index, m.ids = nil, nil // what only finding needs makes room
	for i := range own {
		a := &own[i]
		a.Presence, a.PresenceNote = w.presence(a)
	}
	s.Assets, s.Parts = m.rules.join(own)
	s.Collections = make([]Collection, 0, len(m.collections))
	for _, c := range m.collections {
		c.Asset = m.rules.keeper(c.Asset)
		s.Collections = append(s.Collections, c)
	}
	m.collections = nil
	shareTables(s.Collections)
	s.Systems = slices.Clone(s.Systems)
	byIP, byName := map[string]string{}, map[string]string{}
	position := map[string]int{}
	for i := range s.Assets {
		a := &s.Assets[i]
		position[a.ID] = i
		for _, address := range a.Addresses {
			if !strings.HasPrefix(address.IP, "127.") {
				byIP[a.Municipality+" "+address.IP] = a.ID
			}
		}
		if a.Name != "" {
			byName[a.Municipality+" "+strings.ToLower(a.Name)] = a.ID
		}
	}
	s.Flows = m.resolveFlows(s, byIP, position)
	highest := map[int]System{}
	for i := range s.Systems {
		x := &s.Systems[i]
		x.Assets = nil
		for _, name := range x.RunsOn {
			if id, ok := byName[x.Municipality+" "+strings.ToLower(name)]; ok {
				x.Assets = append(x.Assets, id)
				if p := position[id]; x.Criticality > highest[p].Criticality {
					highest[p] = *x
				}
			}
		}
		slices.Sort(x.Assets)
		x.Assets = slices.Compact(x.Assets)
	}
	for p, system := range highest {
		inheritCriticality(&s.Assets[p], system, s.TakenAt)
	}
	s.Sort()
	return s
}

// resolveFlows tells whose the addresses of the flows are, and leaves out flows that are forgotten. What
// was not seen again stays with those it was seen with: addresses are given to others later.
func (m *merger) resolveFlows(s *Snapshot, byIP map[string]string, assets map[string]int) []Flow {
	resolve := func(id, municipality, ip string) string {
		if id = m.rules.keeper(id); id != "" {
			if _, known := assets[id]; known {
				return id
			}
		}
		return byIP[municipality+" "+ip]
	}
	looks := s.FlowLooks()
	flows := make([]Flow, 0, len(m.flows))
	for _, f := range m.flows {
		f.From, f.To = resolve(f.From, f.Municipality, f.FromIP), resolve(f.To, f.Municipality, f.ToIP)
		if !f.forgotten(looks, s.TakenAt) {
			flows = append(flows, f)
		}
	}
	m.flows = nil
	return flows
}

// inheritCriticality lets an asset for which nobody stated a criticality carry that of its most
// critical system, marked as derived.
func inheritCriticality(a *Asset, x System, at time.Time) {
	origin, stated := a.Provenance.Of("criticality")
	if a.Criticality != CriticalityUnknown && (!stated || origin.Collector != derived) {
		return
	}
	if a.Criticality == x.Criticality && origin.Source == x.Name {
		return
	}
	a.Criticality = x.Criticality
	a.Provenance = a.Provenance.tell(Origin{Collector: derived, Source: x.Name, At: at}, 1<<originBit["criticality"], nil)
}

func upsertSource(a *Asset, o *Observation) {
	s := Source{Collector: o.Collector, Address: o.Source, Instance: o.Instance, Status: o.Status, At: o.At}
	for i := range a.Sources {
		if a.Sources[i].Collector == s.Collector && a.Sources[i].Address == s.Address {
			a.Sources[i] = s
			return
		}
	}
	a.Sources = append(a.Sources, s)
	slices.SortFunc(a.Sources, func(x, y Source) int {
		return cmp.Or(cmp.Compare(x.Collector, y.Collector), cmp.Compare(x.Address, y.Address))
	})
}

// upsert replaces rows of equal key and appends new ones, in a new slice.
func upsert[T any](rows, changed []T, key func(T) string) []T {
	if len(changed) == 0 {
		return rows
	}
	rows = slices.Clone(rows)
	at := map[string]int{}
	for i, row := range rows {
		at[key(row)] = i
	}
	for _, row := range changed {
		if i, ok := at[key(row)]; ok {
			rows[i] = row
			continue
		}
		at[key(row)] = len(rows)
		rows = append(rows, row)
	}
	return rows
}

func originOf(o *Observation) Origin {
	return Origin{Collector: o.Collector, Source: o.Source, At: o.At}
}

// instant gives a time as it reads back from JSON: UTC, whole milliseconds, no monotonic clock.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}
