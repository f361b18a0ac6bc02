package terraform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// cancelGrace is how long an engine that was asked to stop may take before it is killed. A killed
// engine loses what it did since its last state write, so it gets hours: stopping a relocation
// half way is the operator's decision to make at the platform, not ours by a timer.
const cancelGrace = 6 * time.Hour

// Files beside main.tf in a unit's folder.
const (
	planFile  = "plan.bin"            // the saved plan that an approval is bound to
	lockFile  = ".terraform.lock.hcl" // provider versions and hashes, written by the engine
	initStamp = ".initialised"        // what the folder was initialised for
)

// Runner drives an engine over units on disk.
type Runner struct {
	Engine Engine
	Config Config
	// Environment is what providers need besides what every run gets, above all credentials
	// (VSPHERE_PASSWORD …). They reach the provider this way only and are never written down.
	Environment map[string]string
	// Now gives the time for approvals; nil is time.Now.
	Now func() time.Time
}

func (r *Runner) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// shop is a unit's folder with an engine in it.
type shop struct {
	unit   Unit
	dir    string
	tf     *tfexec.Terraform
	output *bytes.Buffer // everything the engine said in the current step
}

// open takes the engine to a unit's folder, when the folder holds what was rendered and no more.
// root is the folder that Write was given.
func (r *Runner) open(root string, u Unit) (*shop, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("unit %s: %w", u.ID, err)
	}
	dir := filepath.Join(root, u.Dir())
	if _, err := os.Stat(dir); err != nil {
		return nil, &UnitError{Unit: u.ID, Dir: dir, Step: "open the unit's folder", Hint: "render the units first (samdrift terraform render)", Err: err}
	}
	if err := checkFiles(u, dir); err != nil {
		return nil, err
	}
	tf, err := tfexec.NewTerraform(dir, r.Engine.Path)
	if err != nil {
		return nil, fmt.Errorf("unit %s: %w", u.ID, err)
	}
	if err := tf.SetEnv(r.environment(root)); err != nil {
		// TF_CLI_ARGS, TF_VAR_ and the like, which change what a plan means.
		return nil, fmt.Errorf("unit %s: environment for the engine: %w: take it out of Environment", u.ID, err)
	}
	if err := tf.SetWaitDelay(cancelGrace); err != nil {
		return nil, fmt.Errorf("unit %s: %w", u.ID, err)
	}
	return &shop{unit: u, dir: dir, tf: tf, output: &bytes.Buffer{}}, nil
}

// checkFiles refuses a folder whose HCL is not what was rendered. Planning alone can already run a
// program (an external data source), so this comes before the engine, not after it.
func checkFiles(u Unit, dir string) error {
	foreign := func(name string, err error) error {
		return &UnitError{Unit: u.ID, Dir: dir, Step: "check " + name, Hint: "render the units again, and find out who wrote to the folder", Err: err}
	}
	for _, name := range sortedKeys(u.Files) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return diskError(u, "read "+name, dir, err)
		}
		if !bytes.Equal(data, u.Files[name]) {
			return foreign(name, errors.New("it is not what was rendered from the plan"))
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return diskError(u, "read the unit's folder", dir, err)
	}
	for _, e := range entries {
		name := e.Name()
		_, ours := u.Files[name]
		if !ours && readByEngine.MatchString(name) {
			return foreign(name, errors.New("the engine would read it, but it was not rendered from the plan"))
		}
	}
	return nil
}

// readByEngine matches the files that tofu or terraform take in from a folder by themselves.
var readByEngine = regexp.MustCompile(`\.(tf|tofu|tfvars)(\.json)?$`)

// environment is all that the engine gets to see. HOME is the work folder, so that no plugin,
// credential or setting of the user who happens to run samdrift has a say.
func (r *Runner) environment(root string) map[string]string {
	// An engine lives for a tenth of a second, most of it loading; collecting its garbage less
	// often saves a fifth of that (measured).
	env := map[string]string{"GOGC": "400"}
	for _, pair := range systemEnvironment() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	maps.Copy(env, r.Environment)
	env["HOME"] = root
	env["CHECKPOINT_DISABLE"] = "1"
	env["TF_CLI_CONFIG_FILE"] = filepath.Join(root, "engine.tfrc")
	return env
}

// prepare writes the engine's own configuration: where providers come from, and nothing else.
// Without a mirror the place is an empty folder, so that no provider can be fetched by accident.
func (r *Runner) prepare(root string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	mirror := r.Config.ProviderMirror
	if mirror == "" {
		mirror = filepath.Join(root, "no-providers")
		if err := os.MkdirAll(mirror, 0o700); err != nil {
			return fmt.Errorf("prepare the work folder: %w", err)
		}
	}
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	body.SetAttributeValue("disable_checkpoint", cty.True)
	fsMirror := body.AppendNewBlock("provider_installation", nil).Body().AppendNewBlock("filesystem_mirror", nil).Body()
	fsMirror.SetAttributeValue("path", cty.StringVal(mirror))
	fsMirror.SetAttributeValue("include", cty.ListVal([]cty.Value{cty.StringVal("*/*/*")}))
	if err := replaceFile(filepath.Join(root, "engine.tfrc"), file.Bytes()); err != nil {
		return fmt.Errorf("write the engine's configuration in %s: %w; %s", root, err, hint(err, ""))
	}
	return nil
}

// step runs one engine command and turns its failure into an error that keeps all it said.
func (s *shop) step(ctx context.Context, name string, run func() error) error {
	s.output.Reset()
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
	output := strings.TrimSpace(s.output.String())
	return &UnitError{Unit: s.unit.ID, Dir: s.dir, Step: name, Output: output, Hint: hint(err, output), Err: err}
}

// init makes the folder ready for planning, unless that was done before for the same engine,
// platform and mirror: on a second run it would be a quarter of all the time and change nothing.
func (s *shop) init(ctx context.Context, r *Runner) error {
	stamp := []byte(r.Engine.Path + " " + r.Engine.String() + "\n" + s.unit.Platform + " " + r.Config.ProviderMirror + "\n")
	path := filepath.Join(s.dir, initStamp)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, stamp) {
		return nil
	}
	if err := s.step(ctx, "init", func() error { return s.tf.Init(ctx, tfexec.Upgrade(false)) }); err != nil {
		return err
	}
	if err := replaceFile(path, stamp); err != nil {
		return diskError(s.unit, "write "+initStamp, s.dir, err)
	}
	return nil
}

// plan saves a plan under the given name and reads it back.
func (s *shop) plan(ctx context.Context, name string) (*tfjson.Plan, error) {
	err := s.step(ctx, "plan", func() error {
		_, err := s.tf.Plan(ctx, tfexec.Out(name))
		return err
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

// validate asks the engine, after a plan has failed, where in the HCL the fault lies. Plan checks
// the same, so a validate before each plan would only cost time. It gives nil when the HCL is fine.
func (s *shop) validate(ctx context.Context) error {
	var out *tfjson.ValidateOutput
	err := s.step(ctx, "validate", func() error {
		var err error
		out, err = s.tf.Validate(ctx)
		return err
	})
	if err != nil {
		return nil // the plan's own error stands
	}
	var faults []error
	for _, d := range out.Diagnostics {
		if d.Severity == tfjson.DiagnosticSeverityError && d.Range != nil {
			faults = append(faults, fmt.Errorf("%s:%d:%d: %s: %s", filepath.Join(s.dir, d.Range.Filename), d.Range.Start.Line, d.Range.Start.Column, d.Summary, d.Detail))
		}
	}
	return errors.Join(faults...)
}
