package terraform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

// Files beside main.tf in a unit's folder.
const (
	planFile  = "plan.bin"            // the saved plan that an approval is bound to
	lockFile  = ".terraform.lock.hcl" // provider versions and hashes, written by the engine
	initStamp = ".initialised"        // what the folder was initialised for
)

// shop is a unit's folder with an engine in it.
type shop struct {
	unit   Unit
	dir    string
	tf     *tfexec.Terraform
	output *output       // everything the engine said in the current step
	wait   time.Duration // how long to wait for a state that somebody else has locked; 0: not at all
	told   func(Event)   // of what happens

	holder func(ctx context.Context, state string) (StateLock, bool, error) // as Runner.Holder
}

// step runs one engine command and turns its failure into an error that keeps all it said.
func (s *shop) step(ctx context.Context, name string, run func() error) error {
	s.output = &output{}
	s.tf.SetStdout(s.output)
	s.tf.SetStderr(s.output)
	err := run()
	if ctx.Err() != nil {
		// The library's error for a cancelled run may hold no cause and panic when printed.
		return fmt.Errorf("unit %s: %s was stopped: %w", s.unit.ID, name, ctx.Err())
	}
	if err == nil {
		return nil
	}
	said := strings.TrimSpace(s.output.String())
	return &UnitError{Unit: s.unit.ID, Dir: s.dir, Step: name, Output: said, Hint: hint(err, said), Err: err}
}

// pgInitClash is what PostgreSQL says when two engines at once make what all units share in a database that is
// still empty. The later one finds it there when it tries again.
const (
	pgInitClash = `duplicate key value violates unique constraint "pg_`
	initTries   = 5
)

// init makes the folder ready for planning and validates its HCL, unless that was done before for the
// same files, engine, platform and mirror: on a second run it would be half of all the time and
// change nothing.
func (s *shop) init(ctx context.Context, r *Runner) error {
	stamp := []byte(r.Engine.Path + " " + r.Engine.String() + "\n" + s.unit.Platform + " " + r.Config.ProviderMirror + "\n")
	for _, name := range sortedKeys(s.unit.Files) {
		stamp = append(stamp, name+" "+hash(s.unit.Files[name])+"\n"...)
	}
	path := filepath.Join(s.dir, initStamp)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, stamp) {
		return nil
	}
	err := s.step(ctx, "init", func() error { return s.tf.Init(ctx, tfexec.Upgrade(false)) })
	for tries := 1; tries < initTries && err != nil && ctx.Err() == nil && strings.Contains(unwrapped(err.Error()), pgInitClash); tries++ {
		err = s.step(ctx, "init", func() error { return s.tf.Init(ctx, tfexec.Upgrade(false)) })
	}
	if err != nil {
		return err
	}
	if err := s.validate(ctx); err != nil {
		return err
	}
	if err := replaceFile(path, stamp); err != nil {
		return diskError(s.unit, "write "+initStamp, s.dir, err)
	}
	return nil
}

// plan saves a plan under the given name and reads it back.
func (s *shop) plan(ctx context.Context, name string, options ...tfexec.PlanOption) (*tfjson.Plan, error) {
	err := s.patiently(ctx, "plan", func() error {
		return s.step(ctx, "plan", func() error {
			_, err := s.tf.Plan(ctx, append(options, tfexec.Out(name))...)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	// The engine writes it readable for all; the folder is closed, and this closes the file too.
	if err := os.Chmod(filepath.Join(s.dir, name), 0o600); err != nil {
		return nil, diskError(s.unit, "protect the plan", s.dir, err)
	}
	var plan *tfjson.Plan
	err = s.step(ctx, "show", func() error {
		var err error
		plan, err = s.tf.ShowPlanFile(ctx, name, tfexec.JSONNumber(true))
		return err
	})
	return plan, err
}

// fileHash gives the SHA-256 of a file in the unit's folder, in hex; empty when there is none.
func (s *shop) fileHash(name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", diskError(s.unit, "read "+name, s.dir, err)
	}
	return hash(data), nil
}

// validate asks the engine whether the HCL is sound. Its faults name line and column, which those
// of plan do not.
func (s *shop) validate(ctx context.Context) error {
	var out *tfjson.ValidateOutput
	err := s.step(ctx, "validate", func() error {
		var err error
		out, err = s.tf.Validate(ctx)
		return err
	})
	if err != nil {
		return err
	}
	var faults []error
	for _, d := range out.Diagnostics {
		if d.Severity == tfjson.DiagnosticSeverityError && d.Range != nil {
			faults = append(faults, fmt.Errorf("%s:%d:%d: %s: %s", filepath.Join(s.dir, d.Range.Filename), d.Range.Start.Line, d.Range.Start.Column, d.Summary, d.Detail))
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return &UnitError{Unit: s.unit.ID, Dir: s.dir, Step: "validate", Hint: "render the units again; if the fault stays, report it", Err: errors.Join(faults...)}
}
