// Package clash tells why no schedule is possible: the smallest set of rules that cannot all be kept,
// in the sense that without any one of them the proof fails.
//
// Find first tries to prove that no schedule exists (rcpsp.Refute). Only a proof counts: a search that
// finds nothing proves nothing, and then the verdict is Unknown. From a proof, QuickXplain divides the
// rules and keeps halves that are needed until only the clash is left. Rules that people can change
// (deadlines, promises, freezes, capacity) are blamed before those that they seldom can (releases,
// links).
package clash

import (
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// Kind is what a rule demands.
type Kind string

// The kinds, those that are blamed first to the front.
const (
	Deadline Kind = "deadline" // a task ends by a slot
	Promise  Kind = "promise"  // a task starts where it was promised
	Closed   Kind = "closed"   // no task runs in the closed stretches of a name
	Capacity Kind = "capacity" // no more of a resource is used than there is
	Stock    Kind = "stock"    // no more of a stock is drawn than there is
	Release  Kind = "release"  // a task does not start before a slot
	Link     Kind = "link"     // a task waits for another one
	Grid     Kind = "grid"     // all ends within the problem's slots; taken as given, and named when twice the slots end the proof
)

// Rule is one demand of a problem.
type Rule struct {
	Kind Kind
	Task int    // Deadline, Promise, Release, Link: the task; otherwise -1
	Ref  int    // Link: position in Task.After; Capacity: the resource; Stock: the stock; otherwise -1
	Name string // the task's ID; Closed: the span's name; Capacity: the resource's name
}

// Verdict is whether a schedule exists.
type Verdict string

const (
	Possible   Verdict = "possible"   // one was found, and checked
	Impossible Verdict = "impossible" // proven; Rules says why
	Unknown    Verdict = "unknown"    // none was found within the search, and none was proven not to exist
)

// Result is the answer.
type Result struct {
	Verdict Verdict
	Starts  []rcpsp.Start // Possible: a schedule
	Rules   []Rule        // Impossible: what clashes, by kind, then as in the problem
	Minimal bool          // Impossible: without any one of Rules the proof fails; false when the context ended before that was settled
}

// Find judges a problem. Limits are for the search for a schedule when there is no proof against one.
// The error tells what is wrong with the problem itself.
func Find(ctx context.Context, p rcpsp.Problem, l rcpsp.Limits) (Result, error) {
	f := &finder{ctx: ctx, problem: p, rules: Rules(p)}
	all := make([]int, len(f.rules))
	for k := range all {
		all[k] = k
	}
	impossible := f.refuted(all)
	if f.err != nil {
		return Result{}, f.err
	}
	if !impossible {
		s, err := rcpsp.Solve(ctx, p, l)
		if err != nil {
			return Result{}, err
		}
		if len(verify.Check(p, s.Starts)) > 0 {
			return Result{Verdict: Unknown}, nil
		}
		return Result{Verdict: Possible, Starts: s.Starts}, nil
	}
	set := f.minimize(f.explain(nil, nil, all))
	r := Result{Verdict: Impossible, Minimal: ctx.Err() == nil}
	if ctx.Err() != nil {
		set = all
	}
	for _, k := range set {
		r.Rules = append(r.Rules, f.rules[k])
	}
	if f.gridded(r.Rules) {
		r.Rules = append(r.Rules, Rule{Grid, -1, -1, ""})
	}
	return r, f.err
}

// finder asks the same problem about many sets of its rules, told by their numbers.
type finder struct {
	ctx     context.Context
	problem rcpsp.Problem
	rules   []Rule
	err     error
}

// refuted tells whether a set of rules is proven to clash.
func (f *finder) refuted(set []int) bool {
	rules := make([]Rule, len(set))
	for k, r := range set {
		rules[k] = f.rules[r]
	}
	return f.refutes(Only(f.problem, rules))
}

func (f *finder) refutes(p rcpsp.Problem) bool {
	if f.err != nil || f.ctx.Err() != nil {
		return false
	}
	if neverFits(p) {
		return true
	}
	impossible, err := rcpsp.Refute(f.ctx, p)
	f.err = err
	return impossible
}

// explain finds a minimal subset of candidates that clashes with the rules that are kept (QuickXplain,
// Junker 2004); added are those of kept that were not yet asked about.
func (f *finder) explain(kept, added, candidates []int) []int {
	if len(added) > 0 && f.refuted(kept) {
		return nil
	}
	if len(candidates) <= 1 {
		return candidates
	}
	first, second := candidates[:len(candidates)/2], candidates[len(candidates)/2:]
	late := f.explain(slices.Concat(kept, first), first, second)
	early := f.explain(slices.Concat(kept, late), late, first)
	return slices.Concat(early, late)
}

// minimize drops rules without which the proof still holds: the prover may need less effort for less.
func (f *finder) minimize(set []int) []int {
	slices.Sort(set)
	for k := 0; k < len(set) && f.ctx.Err() == nil; {
		rest := slices.Delete(slices.Clone(set), k, k+1)
		if f.refuted(rest) {
			set, k = rest, 0
		} else {
			k++
		}
	}
	return set
}

// gridded tells whether rules only clash because the grid ends.
func (f *finder) gridded(rules []Rule) bool {
	p := Only(f.problem, rules)
	if p.Slots == 0 || f.ctx.Err() != nil {
		return false
	}
	p.Slots *= 2
	return !f.refutes(p)
}

// neverFits tells whether some task asks for more of a resource than there ever is, in each of its
// modes.
func neverFits(p rcpsp.Problem) bool {
	peak := make([]int64, len(p.Resources))
	for r, res := range p.Resources {
		peak[r] = res.Capacity
		for _, c := range res.Changes {
			peak[r] = max(peak[r], c.Capacity)
		}
	}
	return slices.ContainsFunc(p.Tasks, func(t rcpsp.Task) bool {
		return len(t.Modes) > 0 && !slices.ContainsFunc(t.Modes, func(m rcpsp.Mode) bool {
			return !slices.ContainsFunc(m.Demand(), func(u rcpsp.Use) bool {
				return u.Resource >= 0 && u.Resource < len(peak) && u.Amount > peak[u.Resource]
			})
		})
	})
}

// String says a rule in words.
func (r Rule) String() string {
	switch r.Kind {
	case Deadline:
		return fmt.Sprintf("the deadline of %q", r.Name)
	case Promise:
		return fmt.Sprintf("the promised start of %q", r.Name)
	case Closed:
		return fmt.Sprintf("the closed slots %q", r.Name)
	case Capacity:
		return fmt.Sprintf("the capacity of %q", r.Name)
	case Stock:
		return fmt.Sprintf("stock %d", r.Ref)
	case Release:
		return fmt.Sprintf("the earliest start of %q", r.Name)
	case Link:
		return fmt.Sprintf("what %q waits for", r.Name)
	}
	return "the last slot"
}
