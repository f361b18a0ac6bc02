// Package terraform turns the planner's plan into Terraform configuration and shows what it would
// do, before anybody is asked to agree to it.
//
// The way through it:
//
//	Render   pure: plan + snapshot → one Unit of HCL per move group, under its agreement
//	Write    puts the units on disk: DIR/<agreement>/<unit>/main.tf, readable by the owner only
//	Plan     runs a real tofu or terraform on each unit and sums up what it would change
//	Gates    pure: refuses what a move may never do (destroy, replace, build a new machine …)
//	Approve  a named person other than the proposer agrees to one saved plan, once, for a while
//	Apply    plans again, compares with what was approved, and only then carries it out
//
// An agreement is the boundary of permission, mapping, audit and reporting. A unit (one server or a
// group that must move together) is the boundary of state and of a saved plan: applying one unit
// never makes the saved plan of another one stale.
//
// Units are rendered as terraform_data, which every engine has built in: they carry the facts of the
// move and can be planned anywhere, but move nothing. A platform that does is a second renderer
// beside record.go with its own Rules.
//
// No secret is ever written into HCL, variables or plans, and the engine never inherits the
// caller's environment: an inherited TF_CLI_ARGS_plan=-destroy would turn a plan into a deletion.
package terraform

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// Config is the "terraform" part of samdrift.yaml.
type Config struct {
	// Engine is the path of the tofu or terraform to use. Empty: tofu on PATH, else terraform.
	Engine string `yaml:"engine" json:"engine,omitempty"`
	// ProviderMirror is a folder with provider plugins (Terraform's filesystem mirror layout).
	// Empty: only the built-in terraform_data can be planned. Nothing is ever downloaded.
	ProviderMirror string `yaml:"provider_mirror" json:"provider_mirror,omitempty"`
	// Parallel is how many units are planned at a time. Within a unit nothing runs in parallel.
	Parallel int `yaml:"parallel" json:"parallel"`
	// Limits bound how much one run may touch.
	Limits Limits `yaml:"limits" json:"limits"`
	// Agreements say where the servers of each agreement go, by the agreement's id.
	Agreements map[string]Mapping `yaml:"agreements" json:"agreements,omitempty"`
	// BackupHours is how old a server's newest backup may be when it moves, and how soon after the move
	// the next one must come.
	BackupHours int `yaml:"backup_hours" json:"backup_hours"`
	// LockTimeout is how long an apply waits for a unit's state that somebody else has locked; 0: not at all.
	LockTimeout time.Duration `yaml:"lock_timeout" json:"lock_timeout"`
	// State is where units keep their states: local (the default), in their folders; hub, which keeps every
	// version and shows who holds a lock; pg or s3, where a PostgreSQL (PG_CONN_STR) or an object store is
	// there already. All but local let two machines work on the same units.
	State string `yaml:"state" json:"state,omitempty"`
	// S3 is the object store, for state: s3. Its credentials reach the engine by environment.
	S3 S3 `yaml:"s3" json:"s3,omitzero"`
	// Timing is how long the steps of a night take.
	Timing Timing `yaml:"timing" json:"timing"`
}

// Where units keep their states.
const (
	StateLocal = "local"
	StateHub   = "hub"
	StatePG    = "pg"
	StateS3    = "s3"
)

// S3 is where an object store keeps states.
type S3 struct {
	Bucket   string `yaml:"bucket" json:"bucket"`
	Region   string `yaml:"region" json:"region"`
	Prefix   string `yaml:"prefix" json:"prefix,omitempty"`
	Endpoint string `yaml:"endpoint" json:"endpoint,omitempty"` // of one that is not Amazon's
}

// DefaultConfig plans two units at a time with whatever engine is on PATH.
func DefaultConfig() Config {
	return Config{Parallel: 2, Limits: DefaultLimits(), BackupHours: 24, LockTimeout: 30 * time.Second, Timing: DefaultTiming()}
}

// Validate reports every setting that cannot work.
func (c Config) Validate() error {
	var faults []error
	if c.Parallel < 1 || c.Parallel > 64 {
		faults = append(faults, fmt.Errorf("terraform.parallel is %d, want 1 to 64", c.Parallel))
	}
	if c.ProviderMirror != "" && !filepath.IsAbs(c.ProviderMirror) {
		faults = append(faults, fmt.Errorf("terraform.provider_mirror is %q: give the full path, because the engine runs in each unit's own folder", c.ProviderMirror))
	}
	if c.BackupHours < 1 {
		faults = append(faults, fmt.Errorf("terraform.backup_hours is %d, want 1 or more", c.BackupHours))
	}
	if c.LockTimeout < 0 || c.LockTimeout > time.Hour {
		faults = append(faults, fmt.Errorf("terraform.lock_timeout is %s, want 0s to 1h", c.LockTimeout))
	}
	if known := []string{"", StateLocal, StateHub, StatePG, StateS3}; !slices.Contains(known, c.State) {
		faults = append(faults, fmt.Errorf("terraform.state is %q, want one of %q", c.State, known[1:]))
	}
	if c.State == StateS3 && (c.S3.Bucket == "" || c.S3.Region == "") {
		faults = append(faults, errors.New("terraform.s3: state: s3 needs a bucket and a region"))
	}
	faults = append(faults, c.Limits.Validate(), c.Timing.Validate())
	for _, id := range sortedKeys(c.Agreements) {
		faults = append(faults, c.Agreements[id].Validate(id))
	}
	return errors.Join(faults...)
}
