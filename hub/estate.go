package hub

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/terraform"
)

// estate is a snapshot with everything worked out from it. It is built once and never changed, so
// that all answers to one question stand on the same data.
type estate struct {
	snapshot  *inventory.Snapshot
	hash      string
	asOf      inventory.Date
	free      planner.Input // what a plan stands on without what is in force
	input     planner.Input // what the plan stands on
	inForce   *Adoption     // nil: nothing is
	following following     // where its dates have gone
	plan      planner.Plan
	planKey   string            // see planKeyOf
	gaps      []nis2.Assessment // by municipality code
	measured

	rows     []assetRow                  // every asset, by name
	rowOf    map[string]int              // asset id → rows
	orders   map[string]func() []int32   // see ordered
	complete map[string]Completeness     // by municipality
	facets   map[string]facets           // by municipality
	groupOf  map[string]int              // asset id → plan.Groups
	waveAt   map[string]int              // wave id → plan.Waves
	stays    map[string][]planner.Reason // asset id → why the plan leaves it where it is
	refused  map[string][]planner.Reason // asset id → why the plan could not place it
	systems  map[string][]int            // asset id → snapshot.Systems
	instance map[string]string           // municipality and instance → asset id
	moving   map[string]moving           // by municipality
	named    *naming

	terraform     []terraform.Summary
	terraformNote string
}

// show works out plan and gap for a snapshot and lets all readers see them. Answers that are saved
// meanwhile do not wait for it: whose they are is assessed once more before the estate is shown.
func (h *Hub) show(ctx context.Context, s *inventory.Snapshot) error {
	h.beginWorkingOut()
	e, err := h.workOut(ctx, s)
	if err != nil {
		return err
	}
	e.terraform, e.terraformNote = h.storedTerraform(ctx, e.planKey)
	return h.reveal(ctx, e)
}

// beginWorkingOut forgets the changes that the estate to come takes in anyway.
func (h *Hub) beginWorkingOut() {
	h.assessing.Lock()
	defer h.assessing.Unlock()
	clear(h.changed)
}

// reveal shows an estate that was worked out, with what changed meanwhile.
func (h *Hub) reveal(ctx context.Context, e *estate) error {
	h.assessing.Lock()
	defer h.assessing.Unlock()
	if len(h.changed) > 0 {
		if err := h.assess(ctx, e, slices.Sorted(maps.Keys(h.changed))...); err != nil {
			return err
		}
	}
	h.current.Store(e)
	spareMemory(0)
	return nil
}

func (h *Hub) workOut(ctx context.Context, s *inventory.Snapshot) (*estate, error) {
	e := &estate{snapshot: s, hash: h.store.Hash(s), asOf: h.today()}
	e.inForce = h.inForce.Load()
	e.free = planner.Input{Snapshot: s, Hash: e.hash, AsOf: e.asOf, Settings: h.config.Planner, Freezes: h.config.Freezes}
	var err error
	if e.input, e.following, err = e.inForce.on(e.free); err != nil {
		return nil, err
	}
	e.plan, err = planner.Propose(e.input)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if e.measured, err = h.measure(ctx, s); err != nil {
		return nil, err
	}
	if err := h.assess(ctx, e); err != nil {
		return nil, err
	}
	e.planKey = planKeyOf(e.plan)
	e.index()
	return e, nil
}

// monitored tells per asset when its time series last had data. Beside a running hub it is what that
// hub last noted; nil when nobody has kept time series.
func (h *Hub) monitored(ctx context.Context, s *inventory.Snapshot) (map[string]time.Time, error) {
	if h.monitor == nil {
		return noted[map[string]time.Time](ctx, h, "monitored")
	}
	seen, err := h.monitor.LastSeen(monitor.WithScope(ctx, monitor.Scope{All: true}))
	if err != nil {
		return nil, err
	}
	monitored := map[string]time.Time{}
	for i := range s.Assets {
		a := &s.Assets[i]
		for _, source := range a.Sources {
			at := seen[monitor.Target{Municipality: a.Municipality, Instance: source.Instance}]
			if at.After(monitored[a.ID]) {
				monitored[a.ID] = at
			}
		}
	}
	return monitored, h.store.SaveResult(ctx, "monitored", h.now(), "", monitored)
}

// index prepares what questions look up.
func (e *estate) index() {
	s := e.snapshot
	e.rowOf, e.groupOf, e.waveAt = map[string]int{}, map[string]int{}, map[string]int{}
	e.stays, e.refused = map[string][]planner.Reason{}, map[string][]planner.Reason{}
	e.systems, e.instance = map[string][]int{}, map[string]string{}
	for i, g := range e.plan.Groups {
		for _, id := range g.Assets {
			e.groupOf[id] = i
		}
	}
	for i, w := range e.plan.Waves {
		e.waveAt[w.ID] = i
	}
	for _, r := range e.plan.Refusals {
		if r.Kind == "asset" {
			e.refused[r.Subject] = r.Reasons
		}
	}
	for _, x := range e.plan.Stays {
		e.stays[x.Asset] = x.Reasons
	}
	e.countMoving()
	e.named = &naming{of: map[string]map[string]string{}}
	for i, x := range s.Systems {
		for _, id := range x.Assets {
			e.systems[id] = append(e.systems[id], i)
		}
	}
	e.rows = make([]assetRow, len(s.Assets))
	for i := range s.Assets {
		a := &s.Assets[i]
		for _, source := range a.Sources {
			if source.Instance != "" {
				e.instance[a.Municipality+" "+source.Instance] = a.ID
			}
		}
		e.rows[i] = e.row(a)
	}
	slices.SortFunc(e.rows, func(a, b assetRow) int {
		return cmp.Or(cmp.Compare(a.sortName, b.sortName), cmp.Compare(a.asset.ID, b.asset.ID))
	})
	e.prepareOrders()
	e.facets = map[string]facets{}
	for i := range e.rows {
		e.rowOf[e.rows[i].asset.ID] = i
		e.facet(&e.rows[i])
	}
	e.complete = map[string]Completeness{}
	for i := range s.Collections {
		c := e.complete[s.Collections[i].Municipality]
		c.add(s.Collections[i].Status)
		e.complete[s.Collections[i].Municipality] = c
	}
	for i := range s.Assets {
		if a := &s.Assets[i]; a.Presence != inventory.Present {
			c := e.complete[a.Municipality]
			c.StaleAssets++
			e.complete[a.Municipality] = c
		}
	}
}

// collectedAt gives how a collector's latest look at an address of its own ended, or nil.
func (e *estate) collectedAt(collector, address string) *inventory.Collection {
	all := e.snapshot.Collections
	i, ok := slices.BinarySearchFunc(all, [2]string{collector, address}, func(c inventory.Collection, at [2]string) int {
		return cmp.Or(cmp.Compare(c.Collector, at[0]), cmp.Compare(c.Source, at[1]))
	})
	if !ok {
		return nil
	}
	return &all[i]
}

// assetRow is an asset in the list, with what lists are filtered and sorted by worked out. It points
// into the snapshot: fifty thousand copies would be as large as the estate.
type assetRow struct {
	asset        *inventory.Asset
	municipality string // the asset's: asked of every row, and kept here so that it is near
	sortName     string // lower case
	text         string // lower case: everything that a search looks in
	os           string
	status       inventory.Status
	wave         int // index in plan.Waves; -1: none
	findings     []string
}

func (e *estate) row(a *inventory.Asset) assetRow {
	r := assetRow{asset: a, municipality: a.Municipality, sortName: strings.ToLower(a.Name), os: a.OS.String(), wave: -1, findings: e.findings(a)}
	for _, source := range a.Sources {
		if worse(source.Status) > worse(r.status) {
			r.status = source.Status
		}
	}
	if i, ok := e.groupOf[a.ID]; ok && e.plan.Groups[i].Wave != "" {
		r.wave = e.waveAt[e.plan.Groups[i].Wave]
	}
	texts := []string{a.Name, a.Serial, a.Vendor, a.Model, r.os, a.ID}
	for _, i := range e.systems[a.ID] {
		texts = append(texts, e.snapshot.Systems[i].Name)
	}
	for _, address := range a.Addresses {
		texts = append(texts, address.IP)
	}
	r.text = strings.ToLower(strings.Join(texts, "\n"))
	return r
}

// facets are what one municipality's assets can be filtered on.
type facets struct {
	kinds   map[inventory.Kind]bool
	systems map[string]bool
	waves   map[int]bool // index in plan.Waves
}

// facet notes what a row can be filtered on.
func (e *estate) facet(r *assetRow) {
	f, ok := e.facets[r.asset.Municipality]
	if !ok {
		f = facets{map[inventory.Kind]bool{}, map[string]bool{}, map[int]bool{}}
		e.facets[r.asset.Municipality] = f
	}
	f.kinds[r.asset.Kind] = true
	if r.os != "" {
		f.systems[r.os] = true
	}
	if r.wave >= 0 {
		f.waves[r.wave] = true
	}
}

// view gives a row as it is answered.
func (e *estate) view(r *assetRow) AssetRow {
	v := AssetRow{Asset: *r.asset, Status: r.status, Findings: r.findings}
	for _, i := range e.systems[r.asset.ID] {
		v.Systems = append(v.Systems, e.snapshot.Systems[i].Name)
	}
	if r.wave >= 0 {
		v.Wave, v.WaveName = e.plan.Waves[r.wave].ID, e.plan.Waves[r.wave].Name
	}
	return v
}

// worse orders statuses by how much they need a look.
func worse(s inventory.Status) int {
	return slices.Index([]inventory.Status{
		"", inventory.StatusOK, inventory.StatusPartial, inventory.StatusRefused, inventory.StatusFailed, inventory.StatusUnreachable,
	}, s)
}

// The findings that the list of assets can be filtered on.
const (
	FindingPastSupport   = "past_support"
	FindingOldSNMP       = "old_snmp"
	FindingDefaultSecret = "default_community"
	FindingNoBackup      = "no_backup"
	FindingUnknownBackup = "unknown_backup"
	FindingUnknownOwner  = "unknown_owner"
)

// Findings lists every finding.
var Findings = []string{FindingPastSupport, FindingOldSNMP, FindingDefaultSecret, FindingNoBackup, FindingUnknownBackup, FindingUnknownOwner}

// findings tells what about an asset deserves a look. They are facts about the asset, not scores.
func (e *estate) findings(a *inventory.Asset) []string {
	var found []string
	add := func(finding string, yes bool) {
		if yes {
			found = append(found, finding)
		}
	}
	add(FindingPastSupport, a.OS.EndOfSupport.Known() && a.OS.EndOfSupport < e.asOf ||
		a.HardwareEndOfSupport.Known() && a.HardwareEndOfSupport < e.asOf)
	add(FindingOldSNMP, slices.Contains(a.Management.Protocols, "snmpv1") || slices.Contains(a.Management.Protocols, "snmpv2c"))
	add(FindingDefaultSecret, a.Management.DefaultCommunity != nil && *a.Management.DefaultCommunity)
	if a.Kind.Moves() {
		const longest = 48 * time.Hour
		add(FindingNoBackup, a.Backup != nil && !a.Backup.Exempt && e.snapshot.TakenAt.Sub(a.Backup.LastSuccess) > longest)
		add(FindingUnknownBackup, a.Backup == nil)
	}
	add(FindingUnknownOwner, a.Owner == "")
	return found
}

// gap gives the assessment of a municipality.
func (e *estate) gap(code string) *nis2.Assessment {
	for i := range e.gaps {
		if e.gaps[i].Municipality == code {
			return &e.gaps[i]
		}
	}
	return nil
}
