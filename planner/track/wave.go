package track

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Waves says how far each wave of a plan is after what happened, without a baseline: the plan is held
// against itself. Events about groups that are not in the plan count for nothing.
func Waves(plan planner.Plan, events []Event, asOf inventory.Date) []WaveStatus {
	waves := fold(Input{Baseline: Freeze(plan, "", "", asOf), Events: events, AsOf: asOf}).waves()
	names := map[string]string{}
	for _, w := range plan.Waves {
		names[w.ID] = w.Name
	}
	for i := range waves {
		waves[i].Name = names[waves[i].Wave]
	}
	return waves
}

// tally is a wave while its groups are counted.
type tally struct {
	WaveStatus
	begun, rolledBack, final int // groups
}

func (w *tally) add(g GroupStatus, end inventory.Date) {
	w.Groups++
	w.Servers, w.Done, w.Verified, w.End = w.Servers+g.Servers, w.Done+g.Done, w.Verified+g.Verified, max(w.End, end)
	if g.Done == g.Servers {
		w.GroupsDone++
	}
	switch g.State {
	case Planned:
	case string(RolledBack):
		w.rolledBack++
	case string(Final):
		w.final++
		w.Final += g.Servers
		w.begun++
	default:
		w.begun++
	}
	if g.VerifiedOn.Known() {
		w.LastVerified = max(w.LastVerified, g.VerifiedOn)
		if !w.FirstVerified.Known() || g.VerifiedOn < w.FirstVerified {
			w.FirstVerified = g.VerifiedOn
		}
	}
	for _, s := range g.Sources {
		w.Sources = with(w.Sources, s)
	}
}

// settle names the state that the groups amount to: the furthest that something has come, marked partial
// while the rest has not. It is final when all of it is, and rolled back when nothing else has begun.
func (w *tally) settle() {
	switch {
	case w.final == w.Groups:
		w.State = string(Final)
	case w.Verified > 0:
		w.State, w.Partial = string(Verified), w.Verified < w.Servers
	case w.Done > 0:
		w.State, w.Partial = string(CutOver), w.Done < w.Servers
	case w.begun > 0:
		w.State, w.Partial = string(Started), w.begun < w.Groups
	case w.rolledBack > 0:
		w.State, w.Partial = string(RolledBack), w.rolledBack < w.Groups
	default:
		w.State = Planned
	}
}

// waves puts the groups of each wave together, by promised end.
func (l *log) waves() []WaveStatus {
	of := map[string]*tally{}
	for i, p := range l.in.Baseline.Promises {
		if p.Wave == "" {
			continue
		}
		if of[p.Wave] == nil {
			of[p.Wave] = &tally{WaveStatus: WaveStatus{Wave: p.Wave, Municipality: p.Municipality, Centre: p.Centre}}
		}
		of[p.Wave].add(l.groups[i], p.End)
	}
	out := make([]WaveStatus, 0, len(of))
	for _, w := range of {
		w.settle()
		out = append(out, w.WaveStatus)
	}
	slices.SortFunc(out, func(a, b WaveStatus) int { return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Wave, b.Wave)) })
	return out
}
