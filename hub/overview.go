package hub

import (
	"context"
	"slices"

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
	"github.com/samdrift/samdrift/planner"
)

// nextWaves is how many coming waves the overview shows.
const nextWaves = 5

// ask begins every question: the estate as it is now, and what the person may see of it. A person
// without a known role is refused here, so no answer can be given by mistake.
func (h *Hub) ask(p Person) (*estate, scope, error) {
	e := h.current.Load()
	if e == nil {
		return nil, scope{}, ErrNotReady
	}
	sc := scopeOf(p, e.snapshot)
	if !sc.members {
		return nil, scope{}, sc.forbidden("samdrift")
	}
	return e, sc, nil
}

// Standing answers what the person's answers stand on.
func (h *Hub) Standing(p Person) (Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return Meta{}, err
	}
	return e.meta(sc), nil
}

// meta describes the data behind an answer.
func (e *estate) meta(sc scope) Meta {
	m := Meta{Demo: e.snapshot.Demo, Notice: e.snapshot.Notice, TakenAt: e.snapshot.TakenAt, AsOf: e.asOf, Snapshot: e.hash, Person: sc.person}
	for code, c := range e.complete {
		if sc.counts(code) {
			m.Partial.Targets += c.Targets
			m.Partial.OK += c.OK
			m.Partial.Partial += c.Partial
			m.Partial.Failed += c.Failed
			m.Partial.StaleAssets += c.StaleAssets
		}
	}
	return m
}

// counts tells whether a municipality's completeness goes into the person's figures: steering sees
// how complete the data under its aggregates are, without seeing the data.
func (sc scope) counts(code string) bool {
	return sc.detail[code] || sc.person.Role == RoleSteering
}

func (c *Completeness) add(s inventory.Status) {
	c.Targets++
	switch s {
	case inventory.StatusOK:
		c.OK++
	case inventory.StatusPartial:
		c.Partial++
	default:
		c.Failed++
	}
}

// Overview answers the start page.
func (h *Hub) Overview(ctx context.Context, p Person) (Overview, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{
		Meta:     e.meta(sc),
		Deadline: e.plan.Deadline,
		DaysLeft: int(e.plan.Deadline - e.asOf),
		Gap:      e.joint(),
		Alerts:   h.alerts(ctx, p),
	}
	for _, m := range facts.Municipalities() {
		o.Tiles = append(o.Tiles, e.tile(sc, m))
	}
	o.Totals = e.totals(sc)
	f, err := h.follow(ctx, e, sc)
	if err != nil {
		return o, err
	}
	o.Totals.WavesDone = f.wavesDone()
	for _, w := range f.Waves {
		if _, planned := e.waveAt[w.Wave]; !planned {
			o.Totals.Waves++ // all of it has moved
		}
	}
	for _, c := range e.snapshot.Centres {
		o.Centres = append(o.Centres, e.centre(c))
	}
	if p.Role == RoleMunicipality {
		o.OwnGap = e.gap(p.Organisation)
	}
	for _, w := range e.waves(sc) {
		if w.End >= e.asOf && len(o.Next) < nextWaves && (sc.wide() || sc.detail[w.Municipality]) {
			o.Next = append(o.Next, w)
		}
	}
	return o, nil
}

// wide tells whether the role looks across municipalities.
func (sc scope) wide() bool { return sc.person.Role != RoleMunicipality }

// money tells whether the person may see what a municipality's moves cost.
func (sc scope) money(code string) bool { return sc.wide() || sc.detail[code] }

func (e *estate) tile(sc scope, m inventory.Municipality) Tile {
	t := Tile{Code: m.Code, Name: m.Name, Detail: sc.detail[m.Code]}
	if _, t.Member = e.snapshot.Municipality(m.Code); !t.Member {
		return t
	}
	for _, a := range e.plan.Assignments {
		if a.Municipality == m.Code {
			t.Centre, t.Host = a.Centre, a.Host
		}
	}
	if a, ok := e.snapshot.AgreementOf(m.Code); ok {
		t.State = a.State
	}
	for _, w := range e.plan.Waves {
		if w.Municipality == m.Code {
			t.LastWaveEnd = max(t.LastWaveEnd, w.End)
		}
	}
	if sc.money(m.Code) {
		t.Servers, t.ServersMoved = e.servers(m.Code)
	}
	return t
}

// moving counts servers that move.
type moving struct{ all, moved int }

// servers gives how many servers of a municipality move or have moved. A host's own stay.
func (e *estate) servers(code string) (all, moved int) {
	return e.moving[code].all, e.moving[code].moved
}

// countMoving counts the servers that move, by municipality.
func (e *estate) countMoving() {
	e.moving = map[string]moving{}
	for i := range e.snapshot.Assets {
		a := &e.snapshot.Assets[i]
		if !a.Kind.Moves() || a.Status == inventory.Retired {
			continue
		}
		n := e.moving[a.Municipality]
		if _, planned := e.groupOf[a.ID]; planned || a.OperatedBy != "" || e.refused[a.ID] != nil {
			n.all++
		}
		if a.OperatedBy != "" {
			n.moved++
		}
		e.moving[a.Municipality] = n
	}
}

func (e *estate) totals(sc scope) Totals {
	var t Totals
	for _, m := range e.snapshot.Municipalities {
		if !sc.wide() && !sc.detail[m.Code] {
			continue
		}
		t.Municipalities++
		all, moved := e.servers(m.Code)
		t.Servers += all
		t.ServersMoved += moved
	}
	for _, a := range e.snapshot.Assets {
		if sc.counts(a.Municipality) {
			t.Assets++
		}
	}
	for _, x := range e.snapshot.Systems {
		if sc.counts(x.Municipality) {
			t.Systems++
		}
	}
	if sc.person.Role == RoleSteering && e.joint() == nil {
		t.Assets, t.Systems = 0, 0 // too few municipalities for an aggregate
	}
	for _, w := range e.waves(sc) {
		if !sc.wide() && !sc.detail[w.Municipality] {
			continue
		}
		t.Waves++
	}
	return t
}

func (e *estate) centre(c inventory.Centre) CentreSummary {
	s := CentreSummary{Centre: c}
	for _, load := range e.plan.Capacity {
		if load.Centre == c.ID {
			s.Load = load
		}
	}
	for _, a := range e.plan.Assignments {
		if a.Centre == c.ID && !a.Host {
			s.Customers = append(s.Customers, a.Municipality)
		}
	}
	return s
}

// waves gives the plan's waves as the person may see them: everyone sees dates and size, only those
// with detail see which groups, and money follows its own rule.
func (e *estate) waves(sc scope) []planner.Wave {
	waves := slices.Clone(e.plan.Waves)
	for i := range waves {
		w := &waves[i]
		if !sc.detail[w.Municipality] {
			w.Groups, w.Reasons = nil, nil
		}
		if !sc.money(w.Municipality) {
			w.Cost, w.Servers = planner.Range{}, 0
		}
	}
	return waves
}

func (h *Hub) alerts(ctx context.Context, p Person) []monitor.Alert {
	if h.monitor == nil {
		return nil
	}
	return h.monitor.Alerts(h.seriesScope(ctx, p))
}

// Alerts lists what is or is about to be wrong, worst first.
func (h *Hub) Alerts(ctx context.Context, p Person) ([]monitor.Alert, Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, Meta{}, err
	}
	return h.alerts(ctx, p), e.meta(sc), nil
}

// Collections lists how the latest look at each visible target ended, worst first.
func (h *Hub) Collections(_ context.Context, p Person) ([]inventory.Collection, Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, Meta{}, err
	}
	var visible []inventory.Collection
	for _, c := range e.snapshot.Collections {
		if sc.detail[c.Municipality] {
			visible = append(visible, c)
		}
	}
	slices.SortStableFunc(visible, func(a, b inventory.Collection) int { return worse(b.Status) - worse(a.Status) })
	return visible, e.meta(sc), nil
}

// Systems lists the line-of-business systems of a municipality, or of all visible ones.
func (h *Hub) Systems(_ context.Context, p Person, municipality string) ([]inventory.System, Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nil, Meta{}, err
	}
	if municipality != "" && !sc.detail[municipality] {
		return nil, Meta{}, sc.forbidden("systems of " + municipality)
	}
	var visible []inventory.System
	for _, x := range e.snapshot.Systems {
		if sc.detail[x.Municipality] && (municipality == "" || x.Municipality == municipality) {
			visible = append(visible, x)
		}
	}
	return visible, e.meta(sc), nil
}
