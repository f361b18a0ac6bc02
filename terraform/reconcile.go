package terraform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Verdict is how a unit was found after a run that did not come to its end.
type Verdict string

// The verdicts.
const (
	NothingBegun Verdict = "nothing_begun" // no apply was under way
	WasApplied   Verdict = "applied"       // all of it was done
	Untouched    Verdict = "untouched"     // none of it was done; it needs a new approval
	MustDecide   Verdict = "must_decide"   // something in between: a person must look
)

// Finding is what Reconcile tells of one unit.
type Finding struct {
	Unit     string   `json:"unit"`
	Verdict  Verdict  `json:"verdict"`
	Approval Approval `json:"approval,omitzero"` // of the run that did not end
	Reason   string   `json:"reason"`
	Plan     UnitPlan `json:"plan,omitzero"` // what a plan would do now
}

// Reconcile looks at a unit below dir whose apply may have been cut short by a crash, a power cut or a
// kill, and says how it stands by planning it once more. It changes nothing on the platform and, when
// in doubt, leaves the decision to a person: an apply is never repeated by itself.
//
// An error means that nothing can be said: no engine, a state that somebody else has locked.
func (r *Runner) Reconcile(ctx context.Context, dir string, u Unit) (Finding, error) {
	f := Finding{Unit: u.ID, Verdict: NothingBegun, Reason: "no apply of it was cut short"}
	if r.Engine.Path == "" {
		return f, ErrNoEngine
	}
	if err := r.prepare(dir); err != nil {
		return f, err
	}
	s, err := r.open(dir, u)
	if err != nil {
		return f, err
	}
	open, err := s.unfinished()
	if err != nil || open.PlanSHA256 == "" {
		return f, err
	}
	f.Approval = open
	s.wait = 2 * time.Minute // the engine of a killed hub is killed with it, which on a busy machine takes a while
	if err := errors.Join(s.sweep(), s.protectState()); err != nil {
		return f, err
	}
	fresh, err := s.scratch()
	if err != nil {
		return f, err
	}
	defer func() { _ = os.Remove(filepath.Join(s.dir, fresh)) }()
	f.Plan = UnitPlan{Unit: u.ID, Agreement: u.Agreement, Wave: u.Wave}
	if err := s.fill(ctx, r, fresh, &f.Plan); err != nil {
		// Asked only now: while the lock was held, its holder may still have been writing.
		whole, unread := s.stateIsWhole()
		if whole || unread != nil {
			return f, errors.Join(err, unread)
		}
		f.Verdict = MustDecide
		before := filepath.Join(s.dir, beforeName(open))
		if _, err := os.Stat(before); err != nil {
			before = "no file: there was none"
		}
		f.Reason = fmt.Sprintf("the state file was cut short while it was written; the state from before the apply is in %s: look at the platform, put the state that is true in place, and plan again", before)
		return f, nil
	}
	p := f.Plan
	switch {
	case p.changes() == 0:
		f.Verdict, f.Reason = WasApplied, "a plan made now finds nothing left to do"
	case p.Digest == open.Digest:
		f.Verdict, f.Reason = Untouched, "a plan made now would do exactly what was approved; plan again and have the new plan approved"
	default:
		f.Verdict = MustDecide
		f.Reason = fmt.Sprintf("part of it was done: a plan made now wants %d to add, %d to change, %d to destroy, %d to import", p.Add, p.Change, p.Destroy, p.Import)
		return f, nil // stays open until a person has decided
	}
	return f, s.finish(open, f.Verdict, r.now())
}

// finished is written beside the mark of a spent approval when it is known how the apply ended.
type finished struct {
	At      time.Time `json:"at"`
	Verdict Verdict   `json:"verdict"`
}

// finish records how the apply of an approval ended.
func (s *shop) finish(a Approval, v Verdict, now time.Time) error {
	data, err := json.Marshal(finished{At: now.UTC(), Verdict: v})
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(s.dir, doneName(a)), append(data, '\n')); err != nil {
		return diskError(s.unit, "record how the apply ended", s.dir, err)
	}
	return nil
}

func usedName(a Approval) string { return "used-" + slug(a.PlanSHA256) + ".json" }
func doneName(a Approval) string { return "done-" + slug(a.PlanSHA256) + ".json" }

// beforeName is what a copy of the state from before an apply is called.
func beforeName(a Approval) string { return "before-" + slug(a.PlanSHA256) + ".tfstate" }

// keepState copies a state on disk before an apply. Engines write it in place, and one that is killed
// meanwhile leaves half of it.
func (s *shop) keepState(a Approval) error {
	data, err := os.ReadFile(filepath.Join(s.dir, s.unit.state()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a first apply, or a state that is kept elsewhere
	}
	if err == nil {
		err = replaceFile(filepath.Join(s.dir, beforeName(a)), data)
	}
	if err != nil {
		return diskError(s.unit, "keep the state from before the apply", s.dir, err)
	}
	return nil
}

// stateIsWhole tells whether a state on disk, if there is one, was written to its end.
func (s *shop) stateIsWhole() (bool, error) {
	data, err := os.ReadFile(filepath.Join(s.dir, s.unit.state()))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, diskError(s.unit, "read the state", s.dir, err)
	}
	return len(data) == 0 || json.Valid(data), nil
}

// unfinished gives the approval that was spent without a record of how its apply ended; zero when there
// is none. The mark may itself be cut short: then the apply had not begun.
func (s *shop) unfinished() (Approval, error) {
	marks, err := filepath.Glob(filepath.Join(s.dir, "used-*.json"))
	if err != nil {
		return Approval{}, err
	}
	for _, mark := range marks {
		data, err := os.ReadFile(mark)
		if err != nil {
			return Approval{}, diskError(s.unit, "read "+filepath.Base(mark), s.dir, err)
		}
		var a Approval
		if json.Unmarshal(data, &a) != nil || filepath.Base(mark) != usedName(a) {
			continue
		}
		if _, err := os.Stat(filepath.Join(s.dir, doneName(a))); errors.Is(err, fs.ErrNotExist) {
			return a, nil
		} else if err != nil {
			return Approval{}, diskError(s.unit, "read "+doneName(a), s.dir, err)
		}
	}
	return Approval{}, nil
}

// sweep takes away the passing plans that a killed run leaves lying. The file that says who has a local
// lock stays: the lock itself is the operating system's and ends with its holder, and the next run writes
// the file anew.
func (s *shop) sweep() error {
	left, err := filepath.Glob(filepath.Join(s.dir, ".fresh-*.bin"))
	if err != nil {
		return err
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return diskError(s.unit, "take away "+filepath.Base(name), s.dir, err)
		}
	}
	return nil
}
