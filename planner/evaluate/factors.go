package evaluate

import (
	"math"

	"github.com/samdrift/samdrift/planner"
)

// churnFull is the data in GB that must change in a day for churn to count fully.
const churnFull = 100

// factors gives every factor of a group, known or not.
func (j *judge) factors(g *planner.Group) []FactorValue {
	servers := float64(len(g.Assets))
	var silent, old, osUnknown, own, noBackup, backupUnknown, noSize int
	for _, id := range g.Assets {
		a := j.assets[id]
		if a == nil {
			continue
		}
		if !j.seen[id] {
			silent++
		}
		switch {
		case a.OS.EndOfSupport.Known() && a.OS.EndOfSupport < g.Cutover:
			old++
		case !a.OS.EndOfSupport.Known():
			osUnknown++
		}
		if a.OS.Name != "" && a.OS.Cycle == "" && !a.OS.EndOfSupport.Known() {
			own++
		}
		switch b := a.Backup; {
		case b == nil:
			backupUnknown++
		case b.Exempt || b.RestoreOK != nil && *b.RestoreOK:
		case b.LastSuccess.IsZero():
			noBackup += 2
		default: // there is a backup, and nobody has tried to restore it
			noBackup++
		}
		if total, used := a.StorageBytes(); total == 0 && used == 0 {
			noSize++
		}
	}
	unowned := j.unownedCuts(g)
	crew := j.in.Planning.ServersPerCrewNight
	changes := g.TransferGB * j.in.Planning.ChangeRatePerDay
	return []FactorValue{
		known(UnknownDependencies, min(1, float64(silent)/servers+float64(unowned)/10),
			planner.NewReason("factor_dependencies", "silent", silent, "servers", len(g.Assets), "unowned", unowned)),
		knownUnless(osUnknown > 0, EndOfLife, float64(old)/servers,
			planner.NewReason("factor_end_of_life", "old", old, "unknown", osUnknown, "servers", len(g.Assets))),
		known(Size, math.Log2(math.Max(1, servers/float64(crew))), planner.NewReason("factor_size", "servers", len(g.Assets), "per_crew", crew)),
		knownUnless(noSize > 0, Churn, min(1, changes/churnFull), planner.NewReason("factor_churn", "gb_per_day", changes, "unknown", noSize)),
		knownUnless(osUnknown > own, Appliance, float64(own)/servers, planner.NewReason("factor_appliance", "count", own, "unknown", osUnknown-own)),
		knownUnless(backupUnknown > 0, NoRollback, float64(noBackup)/2/servers,
			planner.NewReason("factor_rollback", "missing", noBackup/2, "unknown", backupUnknown, "servers", len(g.Assets))),
		j.noTest(g),
		j.staff(g),
	}
}

func known(f Factor, v float64, why planner.Reason) FactorValue {
	return FactorValue{Factor: f, Value: &v, Reason: why}
}

func knownUnless(unknown bool, f Factor, v float64, why planner.Reason) FactorValue {
	if unknown {
		return FactorValue{Factor: f, Reason: why}
	}
	return known(f, v, why)
}

// unownedCuts counts the cut edges to groups whose systems nobody is registered as owner of.
func (j *judge) unownedCuts(g *planner.Group) int {
	n := 0
	for _, cut := range g.Cut {
		owned := false
		if other := j.groups[cut.Group]; other != nil {
			for _, id := range other.Systems {
				s := j.systems[systemKey{other.Municipality, id}]
				owned = owned || s != nil && s.Owner != ""
			}
		}
		if !owned {
			n++
		}
	}
	return n
}

// noTest asks the settings: no collector sees what a test environment is for.
func (j *judge) noTest(g *planner.Group) FactorValue {
	answered, without := 0, 0
	for _, id := range append([]string{g.ID}, g.Systems...) {
		if has, ok := j.model.TestedGroup[id]; ok {
			answered++
			if !has {
				without++
			}
		}
	}
	v := 0.0
	if without > 0 {
		v = 1
	}
	return knownUnless(answered == 0, NoTest, v, planner.NewReason("factor_test", "answered", answered, "without", without))
}

// staff tells whether those who know the servers are at the centre by the night.
func (j *judge) staff(g *planner.Group) FactorValue {
	on, ok := j.staffOn[g.Municipality]
	if !ok {
		return FactorValue{Factor: StaffNotTransferred, Reason: planner.NewReason("factor_staff_unknown", "municipality", g.Municipality)}
	}
	v := 0.0
	if on > g.Cutover {
		v = 1
	}
	return known(StaffNotTransferred, v, planner.NewReason("factor_staff", "on", on, "night", g.Cutover))
}
