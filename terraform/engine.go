package terraform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/hashicorp/go-version"
)

// ErrNoEngine means that no tofu or terraform can be used. Its text says how to get one.
var ErrNoEngine = errors.New("no usable Terraform engine: install OpenTofu (tofu), or run: go install github.com/hashicorp/terraform@v1.5.7")

// oldest is the first version whose import blocks and plan JSON the gates can rely on.
var oldest = version.Must(version.NewVersion("1.5.7"))

// Engine is the program that plans and applies. It belongs to the operator; samdrift neither ships
// nor downloads one.
type Engine struct {
	Name    string `json:"name"` // OpenTofu or Terraform
	Version string `json:"version"`
	Path    string `json:"path"`
}

// String gives "Terraform 1.11.4".
func (e Engine) String() string { return e.Name + " " + e.Version }

// FindEngine takes the configured engine, else tofu on PATH, else terraform on PATH. What is found
// but cannot be used (too old, not a program) is named in the error, which is an ErrNoEngine.
func FindEngine(ctx context.Context, c Config) (Engine, error) {
	if c.Engine != "" {
		e, err := inspect(ctx, c.Engine)
		if err != nil {
			return Engine{}, fmt.Errorf("terraform.engine: %w; %w", err, ErrNoEngine)
		}
		return e, nil
	}
	var faults []error
	for _, name := range []string{"tofu", "terraform"} {
		e, err := inspect(ctx, name)
		if err == nil {
			return e, nil
		}
		if !errors.Is(err, exec.ErrNotFound) {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return Engine{}, fmt.Errorf("%w; %w", errors.Join(faults...), ErrNoEngine)
	}
	return Engine{}, ErrNoEngine
}

// openTofu is how OpenTofu calls itself.
const openTofu = "OpenTofu"

var versionLine = regexp.MustCompile(`^(OpenTofu|Terraform) v(\S+)`)

// inspect finds a program by its name on PATH or by its path, and asks it what it is.
func inspect(ctx context.Context, name string) (Engine, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return Engine{}, err
	}
	if path, err = filepath.Abs(path); err != nil { // it will run in the units' folders
		return Engine{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "version")
	// os.DevNull as its configuration: a user's ~/.terraformrc has no say in what we run.
	cmd.Env = append(systemEnvironment(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	out, err := cmd.Output()
	if err != nil {
		return Engine{}, fmt.Errorf("%s version: %w", path, err)
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return Engine{}, fmt.Errorf("%s is neither OpenTofu nor Terraform: it answers %.60q to \"version\"", path, out)
	}
	v, err := version.NewVersion(string(m[2]))
	if err != nil {
		return Engine{}, fmt.Errorf("%s: %w", path, err)
	}
	// Core leaves out "-dev", which a build by go install carries.
	if v.Core().LessThan(oldest) {
		return Engine{}, fmt.Errorf("%s is %s %s, want %s or newer", path, m[1], v, oldest)
	}
	return Engine{Name: string(m[1]), Version: v.String(), Path: path}, nil
}

// systemEnvironment is what any program needs from the caller's environment, and no more.
func systemEnvironment() []string {
	var env []string
	for _, name := range []string{"PATH", "TMPDIR", "SystemRoot"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
