package hub

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Happening is something that a person who follows a run is told: what the engine says, and what samdrift
// does around it.
type Happening struct {
	terraform.Event
	Server string `json:"server,omitempty"` // its name, when it is about one
	Done   int    `json:"done,omitempty"`   // resources that were worked on by then, of Total
}

// What samdrift says of a run besides terraform's kinds.
const (
	HappenQueued   terraform.EventKind = "queued"
	HappenApplying terraform.EventKind = "applying" // a fresh plan is made; the action is the stage
	HappenApplied  terraform.EventKind = "applied"
	HappenFailed   terraform.EventKind = "failed"
	HappenNotBegun terraform.EventKind = "not_begun" // and the approval stands
	HappenLeftOut  terraform.EventKind = "left_out"  // of a wave that is applied: no plan of the unit is approved
)

// RunState is how far a run has come.
type RunState string

// The states of a run.
const (
	RunQueued   RunState = "queued"
	RunGoing    RunState = "going"
	RunApplied  RunState = "applied"
	RunFailed   RunState = "failed"
	RunNotBegun RunState = "not_begun" // its turn never came; the approval stands
	RunCutShort RunState = "cut_short" // samdrift ended in the middle of it: ReconcileMoves tells how the unit stands
)

// MoveRun is an apply that the hub carries out, or the latest one that it did. It goes on when whoever
// began it has gone.
type MoveRun struct {
	Unit         string               `json:"unit"`
	Municipality string               `json:"municipality"`
	Stage        platform.Stage       `json:"stage,omitempty"` // of the move that is carried out
	By           string               `json:"by"`
	State        RunState             `json:"state"`
	Begun        time.Time            `json:"begun"`
	Heard        time.Time            `json:"heard"`          // when something was last said
	Ended        time.Time            `json:"ended,omitzero"` // zero: it goes on, or was cut short
	Error        string               `json:"error,omitempty"`
	Done         int                  `json:"done"`
	Total        int                  `json:"total"` // resources to work on, most often servers; 0: not known yet
	Now          []WorkedOn           `json:"now"`
	Lock         *terraform.StateLock `json:"lock,omitempty"` // whose end is waited for
	Said         []Happening          `json:"said"`           // oldest first
	Place        string               `json:"place"`          // a name for the hub that carries it out
}

// WorkedOn is something that an engine works on.
type WorkedOn struct {
	Resource string    `json:"resource"`
	Server   string    `json:"server,omitempty"` // its name, when it is one
	Action   string    `json:"action"`           // as engines name it
	Since    time.Time `json:"since"`
	Elapsed  int       `json:"elapsed_seconds"`
}

// mostSaid is how much of a run is kept; the engine's whole output is kept with the move.
const mostSaid = 200

// Goes tells whether the run has not come to its end.
func (r *MoveRun) Goes() bool { return r.State == RunQueued || r.State == RunGoing }

// hear takes a happening into the run.
func (r *MoveRun) hear(x Happening) {
	r.Heard, r.Lock = x.At, nil
	switch x.Kind {
	case terraform.EventPlanned:
		return // the plan says it better
	case terraform.EventLocked:
		r.Lock = x.Lock
	case terraform.EventBegun:
		r.Total = x.Total
	case terraform.EventStart:
		r.Now = append(r.Now, WorkedOn{Resource: x.Resource, Server: x.Server, Action: x.Action, Since: x.At})
	case terraform.EventProgress:
		return // Now says it
	case HappenApplying:
		r.State, r.Stage = RunGoing, platform.Stage(x.Action)
	case HappenApplied:
		r.State, r.Ended, r.Now, r.Done = RunApplied, x.At, []WorkedOn{}, r.Total
	case HappenFailed:
		r.State, r.Ended, r.Now, r.Error = RunFailed, x.At, []WorkedOn{}, x.Message
	case HappenNotBegun:
		r.State, r.Ended, r.Error = RunNotBegun, x.At, x.Message
	case terraform.EventComplete, terraform.EventErrored:
		r.Now = slices.DeleteFunc(r.Now, func(w WorkedOn) bool { return w.Resource == x.Resource })
		if x.Kind == terraform.EventComplete {
			r.Done = min(r.Done+1, r.Total)
		}
	}
	r.Said = append(r.Said, x)
	if over := len(r.Said) - mostSaid; over > 0 {
		r.Said = slices.Delete(r.Said, 0, over)
	}
}

// live is a run of the hub's present life.
type live struct {
	run     MoveRun
	move    Move
	changed bool // since it was written down
}

// runs are the applies of the hub's present life.
type runs struct {
	mu    sync.Mutex // guards units and what is in them
	units map[string]*live
	slots chan struct{} // as many as may go on at a time
	going sync.WaitGroup
	life  context.Context // ends when the hub closes
	end   context.CancelFunc
}

func newRuns(ctx context.Context, parallel int) *runs {
	r := &runs{units: map[string]*live{}, slots: make(chan struct{}, max(parallel, 1))}
	r.life, r.end = context.WithCancel(context.WithoutCancel(ctx))
	return r
}

// close asks the runs to end and waits until they have: an engine ends what it is in the middle of.
func (r *runs) close() {
	r.end()
	r.going.Wait()
}

// of gives a copy of a unit's run as it is at a time, nil when there was none.
func (r *runs) of(unit string, now time.Time) *MoveRun {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.units[unit]
	if l == nil {
		return nil
	}
	c := l.run.copy()
	if c.Goes() {
		for i := range c.Now {
			c.Now[i].Elapsed = int(now.Sub(c.Now[i].Since).Seconds())
		}
	}
	return &c
}

func (r *MoveRun) copy() MoveRun {
	c := *r
	c.Said, c.Now = slices.Clone(r.Said), slices.Clone(r.Now)
	return c
}

// goes tells whether a unit's run has not come to its end.
func (r *runs) goes(unit string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.units[unit]
	return l != nil && l.run.Goes()
}

// begin takes on runs: all of them or, when together with those under way they would touch too much or one
// of them is under way already, none.
func (r *runs) begin(list []*live, limits terraform.Limits) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.life.Err() != nil {
		return fmt.Errorf("the hub closes: %w", r.life.Err())
	}
	var plans []terraform.UnitPlan
	for _, l := range list {
		if old := r.units[l.run.Unit]; old != nil && old.run.Goes() {
			return fmt.Errorf("unit %s: %w: it is under way already, begun by %s", l.run.Unit, ErrInvalid, old.run.By)
		}
		plans = append(plans, *l.move.Plan)
	}
	for _, old := range r.units {
		if old.run.Goes() {
			plans = append(plans, *old.move.Plan)
		}
	}
	if refusals := terraform.BlastRadius(plans, limits); len(refusals) > 0 {
		return &terraform.RefusedError{Unit: "all", Action: "apply", Refusals: refusals}
	}
	for _, l := range list {
		r.units[l.run.Unit] = l
	}
	r.going.Add(len(list))
	return nil
}

// change lets f work on a run.
func (r *runs) change(l *live, f func(*MoveRun)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&l.run)
	l.changed = true
}
