package planner

import (
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/planner/schedule/clash"
	"github.com/samdrift/samdrift/planner/schedule/explain"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Limit is a rule that holds dates, with the key by which the schedule knows it: "crews kit-fyn",
// "link 450", "freeze:3", "time".
type Limit struct {
	Key    string `json:"key"`
	Reason        // in words
}

// Hidden is the limit for people who may not see the municipality's groups.
func (l Limit) Hidden(municipality string) Limit {
	return Limit{"hidden " + municipality, reason("limit_hidden", "municipality", municipality)}
}

// limiter puts the rules of a schedule's tasks into reasons.
type limiter struct {
	in      Input
	freezes []Text // by the number that their closed stretches have
	problem rcpsp.Problem
}

func newLimiter(in Input, problem rcpsp.Problem) limiter {
	_, names := (&estate{in: in}).freezes()
	return limiter{in, names, problem}
}

// resource tells whose capacity it is.
func (l limiter) resource(name string) Reason {
	kind, whose, _ := strings.Cut(name, " ")
	switch kind {
	case "crews":
		return reason("limit_crews", "centre", whose)
	case "groups":
		return reason("limit_groups", "centre", whose)
	case "staff":
		return reason("limit_staff", "municipality", whose)
	}
	return reason("limit_link", "municipality", whose)
}

// closed tells what closes a stretch of days.
func (l limiter) closed(name string) Reason {
	if at, is := strings.CutPrefix(name, "freeze:"); is {
		if n, err := strconv.Atoi(at); err == nil && n < len(l.freezes) {
			return reason("limit_freeze", "name_da", l.freezes[n].DA, "name_en", l.freezes[n].EN)
		}
	}
	switch name {
	case "lead_time":
		return reason("limit_lead_time", "lead_days", l.in.Settings.LeadDays)
	case "agreement_window":
		return reason("limit_release")
	case "window":
		return reason("limit_business_window")
	case "weekday":
		return reason("limit_weekday")
	}
	return reason("limit_deadline", "deadline", l.in.Settings.Deadline)
}

// waits tells what a task waits for: its data, the wave before, or the last group of a contract.
func (l limiter) waits(task string) Reason {
	if contract, is := strings.CutPrefix(task, "contract "); is {
		return reason("limit_contract", "contract", contract)
	}
	if group, is := strings.CutSuffix(task, " cutover"); is {
		return reason("limit_seeding", "group", group)
	}
	return reason("limit_wave_order", "municipality", municipalityOf(task))
}

// municipalityOf gives the code with which the ids of groups, and the names of tasks, begin.
func municipalityOf(task string) string { return task[:strings.IndexAny(task+" ", "- ")] }

// clash puts a rule that clashes into words.
func (l limiter) clash(r clash.Rule) Limit {
	limit := Limit{Key: r.String()}
	switch r.Kind {
	case clash.Capacity:
		limit.Reason = l.resource(r.Name)
	case clash.Closed:
		limit.Reason = l.closed(r.Name)
	case clash.Promise:
		limit.Reason = reason("limit_pinned", "group", strings.TrimSuffix(r.Name, " cutover"))
	case clash.Link:
		waits := l.problem.Tasks[r.Task]
		if before := l.problem.Tasks[waits.After[r.Ref].Task].ID; strings.HasSuffix(waits.ID, " cutover") && !strings.HasSuffix(before, " seeding") {
			limit.Reason = reason("limit_wave_order", "municipality", municipalityOf(waits.ID))
		} else {
			limit.Reason = l.waits(waits.ID)
		}
	default: // a task's own deadline or release, and the last slot: all say that time is up
		limit.Reason = l.closed("deadline")
	}
	return limit
}

// rejection tells what keeps a cutover out of the night that people know.
func (l limiter) rejection(why *explain.Schedule, cutover, slot int) Reason {
	r, _ := why.At(cutover, slot)
	if seeding := cutover - 1; r.Kind == explain.After && r.Ref == seeding {
		if s, ok := why.At(seeding, slot-why.Length(seeding)); ok {
			r = s
		} else {
			return l.waits(l.problem.Tasks[cutover].ID)
		}
	}
	switch r.Kind {
	case explain.Closed:
		return l.closed(r.Name)
	case explain.Resource:
		return l.resource(r.Name)
	case explain.After:
		return reason("limit_wave_order", "municipality", municipalityOf(l.problem.Tasks[cutover].ID))
	}
	return reason("moved_gain")
}
