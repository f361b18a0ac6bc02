package evaluate

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// estate is the input put in order: what several figures need, worked out once.
type estate struct {
	in             Input
	plan           *planner.Plan
	municipalities []inventory.Municipality // those of the plan, by code
	users          map[string]int           // IT users by municipality; 0: not known
	assets         map[string]*inventory.Asset
	systems        map[systemKey]*inventory.System
	waves          map[string]*planner.Wave
	groupsOf       map[string][]*planner.Group // by wave, in the plan's order
	first, done    map[string]inventory.Date   // first cutover and end of the last wave, by municipality
	moved          map[string]int              // servers with a date, by municipality
	ledger         []planner.Entry             // direct costs
	joint          []planner.Entry             // costs that belong to nobody
	flows          map[string]flow             // each municipality's own cost by year
	unknown        []planner.Reason
}

type systemKey struct{ municipality, id string }

func newEstate(in Input) *estate {
	x := &estate{
		in: in, plan: &in.Plan, users: map[string]int{}, assets: map[string]*inventory.Asset{}, systems: map[systemKey]*inventory.System{},
		waves: map[string]*planner.Wave{}, groupsOf: map[string][]*planner.Group{},
		first: map[string]inventory.Date{}, done: planner.Done(&in.Plan), moved: map[string]int{}, unknown: []planner.Reason{},
	}
	known := map[string]inventory.Municipality{}
	for _, m := range in.Snapshot.Municipalities {
		known[m.Code] = m
	}
	for _, a := range in.Plan.Assignments {
		m := known[a.Municipality]
		m.Code = a.Municipality
		x.municipalities = append(x.municipalities, m)
		x.users[m.Code] = m.ITUsersEstimated
	}
	slices.SortFunc(x.municipalities, func(a, b inventory.Municipality) int { return cmp.Compare(a.Code, b.Code) })
	for i := range in.Snapshot.Assets {
		x.assets[in.Snapshot.Assets[i].ID] = &in.Snapshot.Assets[i]
	}
	for i := range in.Snapshot.Systems {
		s := &in.Snapshot.Systems[i]
		x.systems[systemKey{s.Municipality, s.ID}] = s
	}
	for i := range in.Plan.Waves {
		x.waves[in.Plan.Waves[i].ID] = &in.Plan.Waves[i]
	}
	for i := range in.Plan.Groups {
		g := &in.Plan.Groups[i]
		if g.Wave == "" {
			continue
		}
		x.groupsOf[g.Wave] = append(x.groupsOf[g.Wave], g)
		x.moved[g.Municipality] += len(g.Assets)
		if f, ok := x.first[g.Municipality]; !ok || g.Cutover < f {
			x.first[g.Municipality] = g.Cutover
		}
	}
	x.book()
	x.flows = x.flowsOf()
	return x
}

// missing notes something that no figure counts.
func (x *estate) missing(rule string, pairs ...any) {
	x.unknown = append(x.unknown, planner.NewReason(rule, pairs...))
}

// wavesInOrder gives the waves of each municipality in the order in which they happen.
func (x *estate) wavesInOrder() map[string][]*planner.Wave {
	of := map[string][]*planner.Wave{}
	for i := range x.plan.Waves {
		w := &x.plan.Waves[i]
		of[w.Municipality] = append(of[w.Municipality], w)
	}
	for _, ws := range of {
		slices.SortFunc(ws, func(a, b *planner.Wave) int { return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID)) })
	}
	return of
}
