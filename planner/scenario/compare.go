package scenario

import (
	"cmp"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Side is a plan to compare, with the changes that its input had from a base that both share.
type Side struct {
	Name    string
	Plan    planner.Plan
	Changes []Change
}

// Difference is two plans side by side. Rows that are alike are left out; the rest stand largest first.
type Difference struct {
	From    string     `json:"from"`
	To      string     `json:"to"`
	Changes []Applied  `json:"changes"` // what the two do not share
	Before  Totals     `json:"before"`
	After   Totals     `json:"after"`
	Centres []Move     `json:"centres"`
	Groups  []GroupRow `json:"groups"`
	Waves   []WaveRow  `json:"waves"`
	Costs   []CostRow  `json:"costs"`
}

// Applied is a change with the side that it is made on: a change that only From has was taken back in To.
type Applied struct {
	Change
	Only string `json:"only"` // from or to
}

// The sides of a change.
const (
	OnlyFrom = "from"
	OnlyTo   = "to"
)

// Totals are a plan in a few figures.
type Totals struct {
	Feasible      bool           `json:"feasible"`
	Refusals      int            `json:"refusals"`
	Violations    int            `json:"violations"` // rules that pins and choices break
	Groups        int            `json:"groups"`     // with a date
	Servers       int            `json:"servers"`    // of those groups
	Waves         int            `json:"waves"`
	LastWaveEnd   inventory.Date `json:"last_wave_end,omitzero"`
	UserKM        float64        `json:"user_km"` // users times kilometres, of those who had a choice
	Cost          planner.Range  `json:"cost_dkk"`
	DoubleRunning planner.Range  `json:"double_running_dkk"`
	EarlyExit     planner.Range  `json:"early_exit_dkk"`
}

// Move is a municipality that goes to another centre. Empty: none, or no member on that side.
type Move struct {
	Municipality string  `json:"municipality"`
	From         string  `json:"from,omitempty"`
	To           string  `json:"to,omitempty"`
	KMFrom       float64 `json:"km_from"`
	KMTo         float64 `json:"km_to"`
	Servers      int     `json:"servers"` // that move, in the larger of the plans
	Causes       []Cause `json:"causes"`
}

// What is different about a group.
const (
	Moved     = "moved"     // another night, or another centre
	Placed    = "placed"    // it has a night now
	Dropped   = "dropped"   // it has none any more
	Formed    = "formed"    // there was no such group: its servers are grouped anew, or are new
	Dissolved = "dissolved" // there is no such group any more
)

// GroupRow is a group whose night or centre is another.
type GroupRow struct {
	Group        string         `json:"group"`
	Name         string         `json:"name"`
	Municipality string         `json:"municipality"`
	Servers      int            `json:"servers"`
	What         string         `json:"what"`
	From         inventory.Date `json:"from,omitzero"` // cutover
	To           inventory.Date `json:"to,omitzero"`
	Days         int            `json:"days"` // later; negative: earlier
	CentreFrom   string         `json:"centre_from,omitempty"`
	CentreTo     string         `json:"centre_to,omitempty"`
	Causes       []Cause        `json:"causes"`
}

// WaveRow is a wave with other days or other groups.
type WaveRow struct {
	Wave         string `json:"wave"`
	Municipality string `json:"municipality"`
	From         Span   `json:"from,omitzero"`
	To           Span   `json:"to,omitzero"`
	Servers      int    `json:"servers"` // more; negative: fewer
}

// Span is a stretch of days, both included.
type Span struct {
	Start inventory.Date `json:"start,omitzero"`
	End   inventory.Date `json:"end,omitzero"`
}

// CostRow is a municipality whose moves cost something else.
type CostRow struct {
	Municipality string        `json:"municipality"`
	From         planner.Range `json:"from_dkk"`
	To           planner.Range `json:"to_dkk"`
	Likely       float64       `json:"likely_dkk"` // more; negative: less
	Causes       []Cause       `json:"causes"`
}

// Empty tells that the two plans decide, date and cost everything alike.
func (d Difference) Empty() bool {
	return len(d.Centres)+len(d.Groups)+len(d.Waves)+len(d.Costs) == 0 && d.Before == d.After
}

// Compare puts two plans side by side.
func Compare(a, b Side) Difference {
	d := Difference{
		From: a.Name, To: b.Name, Changes: differing(a.Changes, b.Changes), Before: totals(a.Plan), After: totals(b.Plan),
		Centres: centres(a.Plan, b.Plan), Groups: groups(a.Plan, b.Plan), Waves: waves(a.Plan, b.Plan), Costs: costs(a.Plan, b.Plan),
	}
	d.explain(a.Plan, b.Plan)
	return d
}

// differing lists the changes that only one side has, in the order in which they are applied.
func differing(a, b []Change) []Applied {
	only := func(xs, ys []Change, side string) (out []Applied) {
		for _, x := range Overlay(nil, xs) {
			if !slices.ContainsFunc(ys, func(y Change) bool { return reflect.DeepEqual(x, y) }) {
				out = append(out, Applied{x, side})
			}
		}
		return out
	}
	all := append(only(a, b, OnlyFrom), only(b, a, OnlyTo)...)
	slices.SortStableFunc(all, func(x, y Applied) int { return compare(x.Change, y.Change) })
	if all == nil {
		all = []Applied{}
	}
	return all
}

func totals(p planner.Plan) Totals {
	t := Totals{
		Feasible: p.Feasible, Refusals: len(p.Refusals), Violations: len(p.Violations), Waves: len(p.Waves), LastWaveEnd: p.LastWaveEnd,
		UserKM: p.Distance.UserKM, Cost: p.Cost.Total, DoubleRunning: p.Cost.DoubleRunning, EarlyExit: p.Cost.EarlyExit,
	}
	for _, g := range p.Groups {
		if g.Wave != "" {
			t.Groups++
			t.Servers += len(g.Assets)
		}
	}
	return t
}

// pairs gives rows of both plans by their key, each with its counterpart or nil, in key order.
func pairs[T any](a, b []T, key func(T) string) (rows [][2]*T) {
	at := map[string][2]*T{}
	for i := range a {
		at[key(a[i])] = [2]*T{&a[i], nil}
	}
	for i := range b {
		k := key(b[i])
		at[k] = [2]*T{at[k][0], &b[i]}
	}
	for _, k := range slices.Sorted(maps.Keys(at)) {
		rows = append(rows, at[k])
	}
	return rows
}

func centres(a, b planner.Plan) []Move {
	servers := map[string]int{}
	for _, p := range []planner.Plan{a, b} {
		moving := map[string]int{}
		for _, g := range p.Groups {
			moving[g.Municipality] += len(g.Assets)
		}
		for m, n := range moving {
			servers[m] = max(servers[m], n)
		}
	}
	rows := []Move{}
	for _, pair := range pairs(a.Assignments, b.Assignments, func(x planner.Assignment) string { return x.Municipality }) {
		var m Move
		if x := pair[0]; x != nil {
			m.Municipality, m.From, m.KMFrom = x.Municipality, x.Centre, x.DistanceKM
		}
		if x := pair[1]; x != nil {
			m.Municipality, m.To, m.KMTo = x.Municipality, x.Centre, x.DistanceKM
		}
		if m.From != m.To {
			m.Servers = servers[m.Municipality]
			rows = append(rows, m)
		}
	}
	slices.SortStableFunc(rows, func(a, b Move) int { return b.Servers - a.Servers })
	return rows
}

func groups(a, b planner.Plan) []GroupRow {
	rows := []GroupRow{}
	for _, pair := range pairs(a.Groups, b.Groups, func(g planner.Group) string { return g.ID }) {
		if row := groupRow(pair[0], pair[1]); row.What != "" {
			rows = append(rows, row)
		}
	}
	weight := func(r GroupRow) int {
		if r.What != Moved {
			return math.MaxInt32 + r.Servers
		}
		return r.Servers * max(1, r.Days, -r.Days)
	}
	slices.SortStableFunc(rows, func(a, b GroupRow) int { return weight(b) - weight(a) })
	return rows
}

// groupRow tells what is different about a group. Nothing: What is empty.
func groupRow(a, b *planner.Group) GroupRow {
	one := cmp.Or(b, a)
	r := GroupRow{Group: one.ID, Name: one.Name, Municipality: one.Municipality, Servers: len(one.Assets)}
	if a != nil {
		r.From, r.CentreFrom = a.Cutover, a.Centre
	}
	if b != nil {
		r.To, r.CentreTo = b.Cutover, b.Centre
	}
	switch {
	case a == nil:
		r.What = Formed
	case b == nil:
		r.What = Dissolved
	case r.From == r.To && r.CentreFrom == r.CentreTo:
	case !r.From.Known() && r.To.Known():
		r.What = Placed
	case r.From.Known() && !r.To.Known():
		r.What = Dropped
	default:
		r.What, r.Days = Moved, int(r.To-r.From)
	}
	return r
}

func waves(a, b planner.Plan) []WaveRow {
	rows := []WaveRow{}
	for _, pair := range pairs(a.Waves, b.Waves, func(w planner.Wave) string { return w.ID }) {
		var r WaveRow
		var ids [2][]string
		if w := pair[0]; w != nil {
			r.Wave, r.Municipality, r.From, ids[0] = w.ID, w.Municipality, Span{w.Start, w.End}, w.Groups
			r.Servers -= w.Servers
		}
		if w := pair[1]; w != nil {
			r.Wave, r.Municipality, r.To, ids[1] = w.ID, w.Municipality, Span{w.Start, w.End}, w.Groups
			r.Servers += w.Servers
		}
		if r.From != r.To || !slices.Equal(ids[0], ids[1]) {
			rows = append(rows, r)
		}
	}
	days := func(r WaveRow) int { return int(max(r.To.End-r.From.End, r.From.End-r.To.End)) }
	slices.SortStableFunc(rows, func(a, b WaveRow) int { return days(b) - days(a) })
	return rows
}

func costs(a, b planner.Plan) []CostRow {
	rows := []CostRow{}
	for _, pair := range pairs(a.Cost.ByMunicipality, b.Cost.ByMunicipality, func(c planner.MunicipalityCost) string { return c.Municipality }) {
		var r CostRow
		if c := pair[0]; c != nil {
			r.Municipality, r.From = c.Municipality, c.Total
		}
		if c := pair[1]; c != nil {
			r.Municipality, r.To = c.Municipality, c.Total
		}
		if r.From != r.To {
			r.Likely = r.To.Likely - r.From.Likely
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b CostRow) int { return cmp.Compare(math.Abs(b.Likely), math.Abs(a.Likely)) })
	return rows
}
