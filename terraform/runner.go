package terraform

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/zclconf/go-cty/cty"

	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform/platform"
)

// cancelGrace is how long an engine that was asked to stop may take before it is killed. A killed
// engine loses what it did since its last state write, so it gets hours: stopping a relocation
// half way is the operator's decision to make at the platform, not ours by a timer.
const cancelGrace = 6 * time.Hour

// Runner drives an engine over units on disk.
type Runner struct {
	Engine Engine
	Config Config
	// Environment is what every run needs besides: PG_CONN_STR for states in a PostgreSQL, credentials of an
	// object store.
	Environment map[string]string
	// Passphrase encrypts states and plans. Only OpenTofu can; another engine is refused.
	Passphrase string
	// Environments are what providers need besides what every run gets, above all credentials
	// (VSPHERE_PASSWORD …), by Unit.Source. They reach the provider this way only and are never written
	// down.
	Environments map[string]map[string]string
	// States is where units rendered for a state server keep their states.
	States *StateAddress
	// Freezes are days on which nothing is applied. Advisory ones forbid nothing.
	Freezes []planner.Freeze
	// Told is given what happens while units are applied, and whom any run waits for, as it comes. May be
	// nil; called by several goroutines at a time.
	Told func(Event)
	// Holder tells who holds the lock of a state at the state server, of which engines say no more than the
	// lock's id. May be nil.
	Holder func(ctx context.Context, state string) (lock StateLock, held bool, err error)
	// Now gives the time for approvals; nil is time.Now.
	Now func() time.Time
}

func (r *Runner) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
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
	if r.Passphrase != "" && r.Engine.Name != openTofu {
		return nil, fmt.Errorf("unit %s: states and plans are to be encrypted, which %s cannot: use OpenTofu, or take state_passphrase out of the configuration", u.ID, r.Engine)
	}
	tf, err := tfexec.NewTerraform(dir, r.Engine.Path)
	if err != nil {
		return nil, fmt.Errorf("unit %s: %w", u.ID, err)
	}
	if err := tf.SetEnv(r.environment(root, u)); err != nil {
		// TF_CLI_ARGS, TF_VAR_ and the like, which change what a plan means.
		return nil, fmt.Errorf("unit %s: environment for the engine: %w: take it out of Environments", u.ID, err)
	}
	if err := tf.SetWaitDelay(cancelGrace); err != nil {
		return nil, fmt.Errorf("unit %s: %w", u.ID, err)
	}
	return &shop{unit: u, dir: dir, tf: tf, told: r.toldOf(u), holder: r.Holder}, nil
}

// Below the work folder lies what belongs to the engine and to no unit. No agreement's folder can
// have this name, because slug writes no dots.
func engineHome(root string) string   { return filepath.Join(root, ".engine", "home") }
func engineConfig(root string) string { return filepath.Join(root, ".engine", "config.tfrc") }

// environment is all that the engine gets to see. HOME is a folder of its own, so that no plugin,
// credential or setting of the user who happens to run samdrift has a say.
func (r *Runner) environment(root string, u Unit) map[string]string {
	// An engine lives for a tenth of a second, most of it loading; collecting its garbage less
	// often saves a fifth of that (measured).
	env := map[string]string{"GOGC": "400"}
	for _, pair := range systemEnvironment() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	maps.Copy(env, r.Environment)
	maps.Copy(env, r.Environments[u.Source])
	if r.Passphrase != "" {
		env["TF_ENCRYPTION"] = encryption(r.Passphrase)
	}
	if r.States != nil {
		maps.Copy(env, r.States.environment(u))
	}
	env["HOME"] = engineHome(root)
	env["CHECKPOINT_DISABLE"] = "1"
	env["TF_CLI_CONFIG_FILE"] = engineConfig(root)
	return env
}

// encryption is OpenTofu's own configuration of what it encrypts, and how: states and plans with AES-GCM
// by a key from the passphrase, and neither is read when it is not encrypted.
func encryption(passphrase string) string {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	body.AppendNewBlock("key_provider", []string{"pbkdf2", "samdrift"}).Body().SetAttributeValue("passphrase", cty.StringVal(passphrase))
	body.AppendNewBlock("method", []string{"aes_gcm", "samdrift"}).Body().SetAttributeTraversal("keys", platform.Reference("key_provider", "pbkdf2", "samdrift"))
	for _, what := range []string{"state", "plan"} {
		block := body.AppendNewBlock(what, nil).Body()
		block.SetAttributeTraversal("method", platform.Reference("method", "aes_gcm", "samdrift"))
		block.SetAttributeValue("enforced", cty.True)
	}
	return string(file.Bytes())
}

// prepare writes the engine's own configuration: where providers come from, and nothing else.
// Without a mirror the place is an empty folder, so that no provider can be fetched by accident.
func (r *Runner) prepare(root string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	mirror := r.Config.ProviderMirror
	folders := []string{engineHome(root)}
	if mirror == "" {
		mirror = filepath.Join(root, ".engine", "no-providers")
		folders = append(folders, mirror)
	}
	for _, folder := range folders {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("make the engine's folder: %w; %s", err, hint(err, ""))
		}
	}
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	body.SetAttributeValue("disable_checkpoint", cty.True)
	fsMirror := body.AppendNewBlock("provider_installation", nil).Body().AppendNewBlock("filesystem_mirror", nil).Body()
	fsMirror.SetAttributeValue("path", cty.StringVal(mirror))
	fsMirror.SetAttributeValue("include", cty.ListVal([]cty.Value{cty.StringVal("*/*/*")}))
	if err := replaceFile(engineConfig(root), file.Bytes()); err != nil {
		return fmt.Errorf("write the engine's configuration in %s: %w; %s", root, err, hint(err, ""))
	}
	return nil
}
