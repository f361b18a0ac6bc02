// Package chance tells how sure the end of a schedule is, by running it many times with durations drawn
// between low, likely and high, and with tasks that fail and are repeated.
//
// A run does what people would do: tasks keep their order and do not begin before their planned start,
// and one whose predecessors are late, or whose place is taken, is pushed to the next room that the
// calendar and the resources leave. Nobody re-plans within a run, so that the figures are on the safe
// side of what re-planning could reach. What lies behind the problem's last slot is not known: a run
// that does not end by then counts as Beyond, so the problem's Slots should reach well past the planned
// end.
//
// The same problem, schedule, risks and seed give the same Result on any number of workers.
package chance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Risk is how a task may go. The zero value: exactly as planned.
type Risk struct {
	Low, Likely, High float64 // slots that it takes (PERT: beta distribution with mean (Low + 4 Likely + High) / 6); all zero: as planned
	Fails             float64 // probability, below one, that an attempt is in vain and must be repeated
	Again             int     // slots between a failed attempt and the next
}

// Model is what may happen, beside the schedule.
type Model struct {
	Risks []Risk // in the order of the problem's tasks; nil: none
	// Common is the standard deviation of the logarithm of a factor that all drawn durations of a run
	// share, since what slows one task often slows all; 0.1 is about 10 %. Without it, errors that are
	// drawn one by one even out and the end looks surer than it is.
	Common float64
}

// Options say how much to run.
type Options struct {
	Runs    int    // zero: 1,000
	Seed    uint64 // of the random draws
	Workers int    // goroutines; zero: 1
}

// Result counts the runs.
type Result struct {
	Ends     []int     // last ends of the runs that end within the problem's slots, ascending
	Beyond   int       // runs that do not
	Critical []float64 // per task: share of the runs in which it is on the chain that leads to the last end
	OnTime   []float64 // per task: share of the runs in which it ends no later than planned
}

// Runs is how many there were.
func (r Result) Runs() int { return len(r.Ends) + r.Beyond }

// By is the share of runs that have ended by a slot: whose last occupied slot comes before it. Slots
// behind the problem's last one are judged as that one.
func (r Result) By(slot int) float64 {
	if r.Runs() == 0 {
		return 0
	}
	n, _ := slices.BinarySearch(r.Ends, slot+1)
	return float64(n) / float64(r.Runs())
}

// End is the first slot by which a share of the runs has ended: 0.8 for the P80. False: that lies beyond
// the problem's slots.
func (r Result) End(share float64) (slot int, known bool) {
	for k, end := range r.Ends {
		if float64(k+1) >= share*float64(r.Runs()) {
			return end, true
		}
	}
	return 0, false
}

// Run runs a schedule many times; starts are in the order of p.Tasks. Tasks without a start never end,
// so that every run is Beyond. When the context ends early, the Result counts the runs made so far, and
// the context's error comes with it.
func Run(ctx context.Context, p rcpsp.Problem, starts []rcpsp.Start, m Model, o Options) (Result, error) {
	s, err := prepare(p, starts, m)
	if err != nil {
		return Result{}, err
	}
	if o.Runs == 0 {
		o.Runs = 1000
	}
	o.Workers = max(1, min(o.Workers, o.Runs))
	workers := make([]*worker, o.Workers)
	var wait sync.WaitGroup
	for w := range workers {
		workers[w] = s.worker()
		wait.Go(func() {
			for k := w; k < o.Runs && ctx.Err() == nil; k += o.Workers {
				workers[w].run(o.Seed, uint64(k))
			}
		})
	}
	wait.Wait()
	r := Result{Critical: make([]float64, len(starts)), OnTime: make([]float64, len(starts))}
	for _, w := range workers {
		r.Ends, r.Beyond = append(r.Ends, w.ends...), r.Beyond+w.beyond
	}
	slices.Sort(r.Ends)
	for k, i := range s.order {
		critical, punctual := 0, 0
		for _, w := range workers {
			critical, punctual = critical+w.critical[k], punctual+w.punctual[k]
		}
		if n := float64(r.Runs()); n > 0 {
			r.Critical[i], r.OnTime[i] = float64(critical)/n, float64(punctual)/n
		}
	}
	return r, ctx.Err()
}

// setting is what all runs share. Tasks are renumbered in the order in which they are placed: a run goes
// through all of them, and what lies together is read together.
type setting struct {
	problem rcpsp.Problem
	starts  []rcpsp.Start
	risks   []Risk
	common  float64
	pert    pert
	table   *rcpsp.Timetable // nothing booked
	order   []int            // the caller's number of each task
	uses    [][]rcpsp.Use
	planned []int // ends
}

func prepare(p rcpsp.Problem, starts []rcpsp.Start, m Model) (*setting, error) {
	if err := m.validate(p, starts); err != nil {
		return nil, err
	}
	table, err := rcpsp.NewTimetable(p)
	if err != nil {
		return nil, err
	}
	keys := make([]int64, len(starts))
	for i, at := range starts {
		keys[i] = int64(at.Slot)
		if at.Slot == rcpsp.Unplaced {
			keys[i] = 1 << 40
		}
	}
	s := &setting{problem: p, common: m.Common, order: table.Order(keys), risks: make([]Risk, len(starts))}
	number := make([]int, len(starts))
	for k, i := range s.order {
		number[i] = k
	}
	s.problem.Tasks = make([]rcpsp.Task, len(starts))
	for k, i := range s.order {
		t := p.Tasks[i]
		t.After = slices.Clone(t.After)
		for l := range t.After {
			t.After[l].Task = number[t.After[l].Task]
		}
		mode := t.Modes[starts[i].Mode]
		s.problem.Tasks[k] = t
		s.starts, s.uses, s.planned = append(s.starts, starts[i]), append(s.uses, mode.Demand()), append(s.planned, starts[i].Slot+mode.Duration)
		if m.Risks != nil {
			s.risks[k] = m.Risks[i]
			s.pert.learn(m.Risks[i])
		}
	}
	s.table, err = rcpsp.NewTimetable(s.problem)
	return s, err
}

// validate tells all that is wrong with a schedule and what may happen to it.
func (m Model) validate(p rcpsp.Problem, starts []rcpsp.Start) error {
	if len(starts) != len(p.Tasks) || m.Risks != nil && len(m.Risks) != len(p.Tasks) {
		return fmt.Errorf("chance: %d starts and %d risks for %d tasks; give one for each", len(starts), len(m.Risks), len(p.Tasks))
	}
	var faults []error
	if !(0 <= m.Common && m.Common <= 2) {
		faults = append(faults, fmt.Errorf("chance: the common deviation is %g; give 0 to 2", m.Common))
	}
	for i, at := range starts {
		if at.Mode < 0 || at.Mode >= len(p.Tasks[i].Modes) || at.Slot < rcpsp.Unplaced {
			faults = append(faults, fmt.Errorf("chance: task %q starts at slot %d in mode %d, which does not exist", p.Tasks[i].ID, at.Slot, at.Mode))
		}
	}
	for i, r := range m.Risks {
		if !(0 <= r.Low && r.Low <= r.Likely && r.Likely <= r.High && r.High <= 1<<20 && 0 <= r.Fails && r.Fails < 1) || r.Again < 0 {
			faults = append(faults, fmt.Errorf("chance: task %q takes %g, %g, %g slots, fails with %g and waits %d; give 0 <= low <= likely <= high, 0 <= fails < 1 and no negative wait",
				p.Tasks[i].ID, r.Low, r.Likely, r.High, r.Fails, r.Again))
		}
	}
	return errors.Join(faults...)
}
