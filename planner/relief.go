package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/planner/schedule"
	"github.com/samdrift/samdrift/planner/schedule/clash"
	"github.com/samdrift/samdrift/planner/schedule/explain"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/shadow"
)

// Relief is what the plan would gain if one thing that holds it were less tight.
type Relief struct {
	What    Limit   `json:"what"`
	More    Reason  `json:"more"`               // by how much
	Holds   int     `json:"holds_days"`         // days, over all groups, that it rejects now
	Placed  int     `json:"placed"`             // steps (seeding or cutover) more that have a date
	Earlier int     `json:"earlier_days"`       // that the last one ends earlier
	Saved   float64 `json:"waiting_less_share"` // of the cost of waiting, 0 to 1; below 0: it costs more
}

// mostReliefs is how many of the things that hold a plan are tried.
const mostReliefs = 8

// Reliefs tries what the plan would gain with one more crew, one more group a night, a tenth more link, a
// freeze lifted or a week more, for the things that reject most days. Each is searched for as long as
// the plan as it is, from the plan's own dates, so that none comes out worse by chance. Largest gain first.
func Reliefs(ctx context.Context, in Input, p Plan) ([]Relief, error) {
	n, err := NewNetwork(in, p, 0)
	if err != nil {
		return nil, err
	}
	why, err := explain.New(n.Problem, n.Starts)
	if err != nil {
		return nil, fmt.Errorf("what holds the plan: %w", err)
	}
	words := newLimiter(in, n.Problem)
	var rows []Relief
	var asked []shadow.Relief
	ask := func(l Limit, more Reason, holds int, r shadow.Relief) {
		rows, asked = append(rows, Relief{What: l, More: more, Holds: holds}), append(asked, r)
	}
	for _, r := range why.Totals() {
		if len(rows) == mostReliefs {
			break
		}
		switch {
		case r.Kind == explain.Resource:
			more, by := in.more(n.Problem.Resources[r.Ref])
			ask(Limit{r.Name, words.resource(r.Name)}, by, r.Slots, shadow.Relief{Kind: shadow.Capacity, Resource: r.Ref, Amount: more})
		case r.Kind == explain.Closed && strings.HasPrefix(r.Name, "freeze:"):
			ask(Limit{r.Name, words.closed(r.Name)}, reason("more_open"), r.Slots, shadow.Relief{Kind: shadow.Opening, Name: r.Name})
		}
	}
	const week = 7
	ask(Limit{"time", words.closed("deadline")}, reason("more_days", "days", week), 0, shadow.Relief{Kind: shadow.Time, Amount: week})
	base, effects, err := shadow.Effects(ctx, n.Problem, n.Starts, asked, rcpsp.Limits{Seed: 1, Workers: 2})
	if err != nil {
		return nil, fmt.Errorf("what less tight limits would give: %w", err)
	}
	for i, e := range effects {
		rows[i].Placed, rows[i].Earlier = e.Placed, e.Earlier
		if base.Cost > 0 {
			rows[i].Saved = float64(e.Cost) / float64(base.Cost)
		}
	}
	slices.SortStableFunc(rows, func(a, b Relief) int {
		return cmp.Or(cmp.Compare(b.Placed, a.Placed), cmp.Compare(b.Saved, a.Saved), cmp.Compare(b.Earlier, a.Earlier))
	})
	return rows, nil
}

// more is by how much a resource is made larger: a crew, a group a night, a tenth of a link or of the staff.
func (in Input) more(r rcpsp.Resource) (amount int64, by Reason) {
	switch {
	case strings.HasPrefix(r.Name, "crews "):
		return int64(in.Settings.ServersPerCrewNight), reason("more_servers", "servers", in.Settings.ServersPerCrewNight)
	case strings.HasPrefix(r.Name, "groups "):
		return 1, reason("more_group")
	default:
		return max(1, r.Capacity/10), reason("more_link", "percent", 10)
	}
}

// Clash tells whether all groups can have a date at all, and if not, why.
type Clash struct {
	Verdict clash.Verdict `json:"verdict"` // possible, impossible, unknown: neither a schedule nor a proof was found
	Rules   []Limit       `json:"rules"`   // impossible: the rules that clash
	Minimal bool          `json:"minimal"` // without any one of them the proof fails
}

// Clashes looks for the smallest set of rules that leave no dates for all groups of the plan. It says
// impossible by proof only.
func Clashes(ctx context.Context, in Input, p Plan) (Clash, error) {
	problem, err := in.problemOf(p, 0)
	if err != nil {
		return Clash{}, err
	}
	tasks := schedule.Whole(problem)
	r, err := clash.Find(ctx, tasks, rcpsp.Limits{Seed: 1, Workers: 2})
	if err != nil {
		return Clash{}, fmt.Errorf("what clashes: %w", err)
	}
	c := Clash{Verdict: r.Verdict, Rules: []Limit{}, Minimal: r.Minimal}
	words := newLimiter(in, tasks)
	for _, rule := range r.Rules {
		c.Rules = append(c.Rules, words.clash(rule))
	}
	return c, nil
}
