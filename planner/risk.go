package planner

import (
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// judgeRisks gives every group a likelihood and an impact from 1 to 5, with what raised them.
func (e *estate) judgeRisks(p *Plan) {
	seen := map[string]bool{}
	for _, f := range e.in.Snapshot.Flows {
		seen[f.From], seen[f.To] = true, true
	}
	for i := range p.Groups {
		p.Groups[i].Risk = e.risk(p.Groups[i], seen)
	}
}

// risk counts one step of likelihood for each thing that commonly makes a move go wrong, and takes the
// impact from what depends on the group.
func (e *estate) risk(g Group, seen map[string]bool) Risk {
	r := Risk{Likelihood: 1}
	when := g.Cutover
	if !when.Known() {
		when = e.in.AsOf
	}
	var old, osUnknown, silent, noBackup int
	for _, id := range g.Assets {
		a := e.byID[id]
		switch {
		case a.OS.EndOfSupport.Known() && a.OS.EndOfSupport < when:
			old++
		case !a.OS.EndOfSupport.Known():
			osUnknown++
		}
		silent += count(!seen[id])
		noBackup += count(a.Backup == nil || (a.Backup.LastSuccess.IsZero() && !a.Backup.Exempt))
	}
	raise := func(n int, rule string, params ...any) {
		if n > 0 {
			r.Likelihood = min(5, r.Likelihood+1)
			r.Reasons = append(r.Reasons, reason(rule, params...))
		}
	}
	raise(old, "os_out_of_support", "count", old, "by", when)
	raise(osUnknown, "os_support_unknown", "count", osUnknown)
	raise(silent, "dependencies_unknown", "count", silent)
	raise(noBackup, "backup_unproven", "count", noBackup)
	raise(count(len(g.Assets) > e.in.Settings.ServersPerCrewNight), "large_group", "servers", len(g.Assets), "per_crew", e.in.Settings.ServersPerCrewNight)

	r.Impact = [...]int{3, 1, 2, 4, 5}[min(max(g.Criticality, 0), 4)]
	if g.Criticality == inventory.CriticalityUnknown {
		r.Reasons = append(r.Reasons, reason("impact_unknown", "impact", r.Impact))
	} else {
		r.Reasons = append(r.Reasons, reason("impact_criticality", "criticality", int(g.Criticality), "impact", r.Impact))
	}
	if g.Foundation && r.Impact < 5 {
		r.Impact = max(r.Impact+1, 4)
		r.Reasons = append(r.Reasons, reason("impact_foundation", "impact", r.Impact))
	}
	users := 0
	for _, sys := range e.systems[g.Municipality] {
		if slices.Contains(g.Systems, sys.ID) {
			users = max(users, sys.Users)
		}
	}
	if users >= manyUsers && r.Impact < 5 {
		r.Impact++
		r.Reasons = append(r.Reasons, reason("impact_users", "users", users, "impact", r.Impact))
	}
	return r
}

// manyUsers is where a system's users raise the impact of its move.
const manyUsers = 1000
