package terraform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// Applied is what one apply did, for the audit.
type Applied struct {
	Approval Approval `json:"approval"` // with Used set
	Add      int      `json:"add"`
	Change   int      `json:"change"`
	Output   string   `json:"output"` // what the engine said, for people to read
}

// Apply carries out an approved plan of a unit below dir, or refuses with a RefusedError and
// changes nothing. A saved plan does not protect against changes in the world since it was made
// (the engine compares state numbers only), so the order is:
//
//  1. the approval is valid and the saved file is the one that was approved
//  2. a fresh plan of the world as it is now does exactly the same (equal digests), with the same
//     engine and providers, and passes the gates
//  3. the approval is spent, for good, before anything is touched
//  4. the fresh plan is applied
//  5. another plan finds nothing left to do
//
// After step 3 (the approval that is returned has Used set) an error means that the unit may be half done:
// Reconcile tells. A state that somebody else has locked is waited for, up to Config.LockTimeout; then the
// error is a LockedError.
func (r *Runner) Apply(ctx context.Context, dir string, u Unit, a Approval) (Applied, error) {
	applied := Applied{Approval: a}
	if r.Engine.Path == "" {
		return applied, ErrNoEngine
	}
	if err := refused(u.ID, "apply", append(a.check(u, r.Engine, r.now()), r.permitted(dir, u, a)...)); err != nil {
		return applied, err
	}
	if err := r.prepare(dir); err != nil {
		return applied, err
	}
	s, err := r.open(dir, u)
	if err != nil {
		return applied, err
	}
	s.wait = r.Config.LockTimeout
	if err := s.checkPlanFile(a); err != nil {
		return applied, err
	}
	fresh, err := s.scratch()
	if err != nil {
		return applied, err
	}
	defer func() { _ = os.Remove(filepath.Join(s.dir, fresh)) }()
	p := UnitPlan{Unit: u.ID, Agreement: u.Agreement, Wave: u.Wave}
	if err := s.fill(ctx, r, fresh, &p); err != nil {
		return applied, err
	}
	if err := refused(u.ID, "apply", p.compare(a)); err != nil {
		return applied, err
	}
	// The fresh plan took time: all of it must still hold now.
	now := r.now().UTC()
	if err := refused(u.ID, "apply", append(a.check(u, r.Engine, now), r.permitted(dir, u, a)...)); err != nil {
		return applied, err
	}
	a.Used = now
	if err := s.keepState(a); err != nil {
		return applied, err
	}
	if err := s.spend(a); err != nil {
		return applied, err
	}
	applied.Approval, applied.Add, applied.Change = a, p.Add, p.Change
	s.told(Event{Kind: EventBegun, Total: p.Resources})
	err = s.patiently(ctx, "apply", func() error { return s.apply(ctx, fresh) })
	applied.Output = s.output.String()
	if err := errors.Join(err, s.protectState()); err != nil {
		return applied, err
	}
	if err := s.settled(ctx, r, fresh); err != nil {
		return applied, err
	}
	return applied, s.finish(a, WasApplied, r.now())
}

// apply carries out a saved plan, and tells what the engine says as it says it.
func (s *shop) apply(ctx context.Context, name string) error {
	return s.step(ctx, "apply", func() error {
		out, faults := &logStream{out: s.output, told: s.told}, &logStream{out: s.output, told: s.told}
		s.tf.SetStderr(faults)
		err := s.tf.ApplyJSON(ctx, out, tfexec.DirOrPlan(name)) // out stays set; the next step sets its own
		out.end()
		faults.end()
		return err
	})
}

// checkPlanFile refuses unless the saved plan is the very file that was approved, and unspent.
func (s *shop) checkPlanFile(a Approval) error {
	sum, err := s.fileHash(planFile)
	if err != nil {
		return err
	}
	if sum == "" {
		return refused(s.unit.ID, "apply", []Refusal{{Gate: GatePlanFile, Reason: "there is no saved plan in " + s.dir}})
	}
	if sum != a.PlanSHA256 {
		return refused(s.unit.ID, "apply", []Refusal{{Gate: GatePlanFile,
			Reason: fmt.Sprintf("the saved plan is %.12s…, approved was %.12s…: it was planned again since, so have that plan approved", sum, a.PlanSHA256)}})
	}
	return nil
}

// compare refuses a fresh plan that is not what was approved.
func (p UnitPlan) compare(a Approval) []Refusal {
	refusals := p.Refusals
	if p.Digest != a.Digest {
		refusals = append(refusals, Refusal{Gate: GateChanged,
			Reason: fmt.Sprintf("a plan made now would do something else than the approved one (%d to add, %d to change, %d to destroy): the world or the HCL changed since; plan again and look", p.Add, p.Change, p.Destroy)})
	}
	if p.LockSHA256 != a.LockSHA256 {
		refusals = append(refusals, Refusal{Gate: GateChanged, Reason: "the provider lock file changed since the approval"})
	}
	return refusals
}

// scratch gives the name of a new empty file, readable by the owner only, for a passing plan.
func (s *shop) scratch() (string, error) {
	f, err := os.CreateTemp(s.dir, ".fresh-*.bin")
	if err != nil {
		return "", diskError(s.unit, "make a file for the fresh plan", s.dir, err)
	}
	if err := f.Close(); err != nil {
		return "", diskError(s.unit, "make a file for the fresh plan", s.dir, err)
	}
	return filepath.Base(f.Name()), nil
}

// spend marks the approved plan as used, in a file that only one process can make. What it writes
// reaches the disk before it returns, so that not even a power cut lets a plan be used twice.
func (s *shop) spend(a Approval) (err error) {
	path := filepath.Join(s.dir, usedName(a))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return refused(s.unit.ID, "apply", []Refusal{{Gate: GateApproval, Reason: "this plan was used before, see " + path + ": plan again and have the new plan approved"}})
	}
	if err != nil {
		return diskError(s.unit, "mark the approval as used", s.dir, err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = diskError(s.unit, "mark the approval as used", s.dir, closeErr)
		}
	}()
	e := json.NewEncoder(f)
	e.SetIndent("", "  ")
	if err := errors.Join(e.Encode(a), f.Sync()); err != nil {
		return diskError(s.unit, "mark the approval as used", s.dir, err)
	}
	return nil
}

// protectState closes the state files, which the engine writes readable for all.
func (s *shop) protectState() error {
	for _, name := range []string{s.unit.state(), s.unit.state() + ".backup"} {
		err := os.Chmod(filepath.Join(s.dir, name), 0o600)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return diskError(s.unit, "protect the state", s.dir, err)
		}
	}
	return nil
}

// settled plans once more and wants nothing left to do.
func (s *shop) settled(ctx context.Context, r *Runner, name string) error {
	var p UnitPlan
	if err := s.fill(ctx, r, name, &p); err != nil {
		return err
	}
	if p.changes() > 0 {
		err := fmt.Errorf("applied, but a new plan still wants %d to add, %d to change, %d to destroy, %d to import", p.Add, p.Change, p.Destroy, p.Import)
		return &UnitError{Unit: s.unit.ID, Dir: s.dir, Step: "look again after the apply", Hint: "look at the unit's new plan before anything else", Err: err}
	}
	return nil
}
