package terraform

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
)

// UnitError is something that went wrong with one unit. Output keeps all that the engine said.
type UnitError struct {
	Unit   string // group id
	Dir    string // the unit's folder
	Step   string // what was being done: "plan", "write main.tf"
	Output string // the engine's own words, whole; empty when no engine was involved
	Hint   string // how to mend it; empty when the output says it best
	Err    error
}

// Error gives one line of where and why, the engine's words, and how to mend it.
func (e *UnitError) Error() string {
	text := fmt.Sprintf("unit %s: %s in %s: ", e.Unit, e.Step, e.Dir)
	if e.Output != "" {
		text += e.Output
	} else {
		text += e.Err.Error()
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// Unwrap gives the cause.
func (e *UnitError) Unwrap() error { return e.Err }

// diskError is a UnitError about the unit's own files.
func diskError(u Unit, step, dir string, err error) error {
	return &UnitError{Unit: u.ID, Dir: dir, Step: step, Hint: hint(err, ""), Err: err}
}

// sealed is what OpenTofu says of a state or plan that was encrypted otherwise than it was told; it says so
// below stateLocked too, although nobody holds the lock.
var sealed = []string{"decryption failed", "can not be read without an encryption configuration", "encountered unencrypted payload"}

// How the pg backend says so. It goes on with the lock that it wanted, not the one that it met.
const (
	pgLocked = "Workspace is already locked"
	// pgFirst is about another unit: until a unit has a state, an engine that plans or applies it keeps all
	// others out, with Terraform of the whole database.
	pgFirst = "ocked for workspace creation"
)

// halfState is what engines say of a state on disk that is not whole, below stateLocked too: they read it
// before they lock it. It was cut short, or somebody is writing it this moment.
const halfState = "state file could not be parsed as JSON"

// heldByOthers tells whether an engine failed because somebody else has locked the unit's state.
func heldByOthers(err error) bool {
	said := unwrapped(err.Error())
	return strings.Contains(said, stateLocked) && !strings.Contains(said, halfState) &&
		!slices.ContainsFunc(sealed, func(words string) bool { return strings.Contains(said, words) })
}

// unwrapped undoes the line breaks that engines put into their words.
func unwrapped(said string) string { return strings.Join(strings.Fields(said), " ") }

// hints are what to do about what engines and disks say, most telling first.
var hints = []struct {
	errs  []error
	words []string
	hint  string
}{
	{[]error{syscall.ENOSPC, syscall.EDQUOT}, []string{"no space left on device", "disk quota exceeded"},
		"free space on that disk, or give another work folder with --dir, and run the command again; nothing was lost"},
	{[]error{syscall.EFBIG}, []string{"file too large"},
		"raise the file size limit (ulimit -f) or give another work folder with --dir, and run the command again; nothing was lost"},
	{[]error{fs.ErrPermission, syscall.EROFS}, []string{"permission denied", "read-only file system"},
		"make the folder writable for the user that runs samdrift, or give another one with --dir"},
	{[]error{syscall.ENOTDIR, fs.ErrExist}, []string{"not a directory"},
		"a file stands where the unit's folder should be: move it away"},
	{nil, sealed,
		"it was encrypted with another state_passphrase, or with none: put the one of then back into the configuration; nothing was changed"},
	{nil, []string{pgLocked},
		"somebody else is working on this unit, and the engine does not know who: pg_locks and pg_stat_activity in the database tell; the lock goes when their session ends, and cannot be unlocked from here"},
	{nil, []string{pgFirst},
		"another unit is planned or applied for the first time, and PostgreSQL then keeps all others out: run it again when that is over; pg_locks and pg_stat_activity in the database tell whose session it is"},
	{nil, []string{"could not be found in any of the search locations", "Failed to query available provider packages"},
		"put the provider into the folder named by terraform.provider_mirror; nothing is downloaded"},
	// Terraform 1.11.4 does not notice that its plan file was cut short while it wrote it.
	{nil, []string{"Failed to read the given file as a state or plan file"},
		"the saved plan is not whole, most often because the disk is full: free space and plan again; nothing was lost"},
	{nil, []string{halfState},
		"an engine was ended while it wrote the state, and nobody holds it: samdrift terraform reconcile tells where the state from before is; nothing was changed"},
	{nil, []string{stateLocked},
		"somebody else is working on this unit: wait for them, and unlock only when you know that their run is dead"},
	{nil, []string{"Saved plan is stale"},
		"plan the unit again and have the new plan approved"},
}

// hint finds how to mend an error, from its cause or from the engine's words.
func hint(err error, output string) string {
	output = unwrapped(output)
	for _, h := range hints {
		for _, target := range h.errs {
			if errors.Is(err, target) {
				return h.hint
			}
		}
		for _, words := range h.words {
			if strings.Contains(output, words) {
				return h.hint
			}
		}
	}
	return ""
}
