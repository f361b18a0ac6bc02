package clash

import (
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Rules lists all rules of a problem, by kind.
func Rules(p rcpsp.Problem) []Rule {
	by := map[Kind][]Rule{}
	add := func(r Rule) { by[r.Kind] = append(by[r.Kind], r) }
	names := map[string]bool{}
	for i, t := range p.Tasks {
		if t.Deadline > 0 {
			add(Rule{Deadline, i, -1, t.ID})
		}
		if t.Fixed != nil {
			add(Rule{Promise, i, -1, t.ID})
		}
		if t.Release > 0 {
			add(Rule{Release, i, -1, t.ID})
		}
		for k := range t.After {
			add(Rule{Link, i, k, t.ID})
		}
	}
	p.Closing(func(s rcpsp.Span) bool {
		if !names[s.Name] {
			names[s.Name] = true
			add(Rule{Closed, -1, -1, s.Name})
		}
		return true
	})
	for r, res := range p.Resources {
		add(Rule{Capacity, -1, r, res.Name})
	}
	for k := range p.Stocks {
		add(Rule{Stock, -1, k, ""})
	}
	var all []Rule
	for _, kind := range []Kind{Deadline, Promise, Closed, Capacity, Stock, Release, Link} {
		all = append(all, by[kind]...)
	}
	return all
}

// Only is the problem with none but the given rules in force, within its slots.
func Only(p rcpsp.Problem, rules []Rule) rcpsp.Problem {
	out := bare(p)
	closed := map[string]bool{}
	for _, r := range rules {
		switch r.Kind {
		case Deadline:
			out.Tasks[r.Task].Deadline = p.Tasks[r.Task].Deadline
		case Promise:
			out.Tasks[r.Task].Fixed = p.Tasks[r.Task].Fixed
		case Closed:
			closed[r.Name] = true
		case Capacity:
			out.Resources[r.Ref] = p.Resources[r.Ref]
		case Stock:
			out.Stocks[r.Ref] = p.Stocks[r.Ref]
		case Release:
			out.Tasks[r.Task].Release = p.Tasks[r.Task].Release
		case Link:
			out.Tasks[r.Task].After = append(out.Tasks[r.Task].After, p.Tasks[r.Task].After[r.Ref])
		}
	}
	return out.Closing(func(s rcpsp.Span) bool { return closed[s.Name] })
}

// bare is a problem without rules but the closed stretches, which Only goes through itself: resources and stocks last for all tasks at once.
func bare(p rcpsp.Problem) rcpsp.Problem {
	out := rcpsp.Problem{Slots: p.Slots, Tasks: make([]rcpsp.Task, len(p.Tasks))}
	used, drawn := make([]int64, len(p.Resources)), make([]int64, len(p.Stocks))
	for i, t := range p.Tasks {
		out.Tasks[i] = rcpsp.Task{ID: t.ID, Modes: t.Modes, Closed: t.Closed, Weight: t.Weight, Due: t.Due, Tardy: t.Tardy}
		for _, m := range t.Modes {
			for _, u := range m.Uses {
				if u.Resource >= 0 && u.Resource < len(used) {
					used[u.Resource] += u.Amount
				}
			}
			for k, d := range m.Draws {
				if k < len(drawn) {
					drawn[k] += max(0, d)
				}
			}
		}
	}
	for r, amount := range used {
		out.Resources = append(out.Resources, rcpsp.Resource{Name: p.Resources[r].Name, Capacity: amount})
	}
	out.Stocks = drawn
	return out
}
