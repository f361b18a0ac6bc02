//go:build unix

package terraform_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/samdrift/samdrift/terraform"
)

// lockState locks a state on disk as engines do, and says that Anna does. What it returns lets go.
func lockState(t *testing.T, folder string) func() {
	t.Helper()
	state, err := os.OpenFile(filepath.Join(folder, "terraform.tfstate"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
	if err := syscall.FcntlFlock(state.Fd(), syscall.F_SETLK, &lock); err != nil {
		t.Fatal(err)
	}
	info := fmt.Sprintf(`{"ID":"77","Operation":"OperationTypeApply","Who":"anna@drift","Created":"%s"}`, annaBegan.Format(time.RFC3339))
	if err := os.WriteFile(filepath.Join(folder, ".terraform.tfstate.lock.info"), []byte(info), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() { _ = state.Close() }
}

var annaBegan = time.Date(2026, time.November, 21, 11, 30, 0, 0, time.UTC)

// A state that somebody else has locked is waited for, with their name, and then the apply goes on.
func TestApplyWaitsForALock(t *testing.T) {
	t.Parallel()
	p, snap := band(1)
	r, dir, units := rendered(t, p, snap)
	a := approve(t, r, plan(t, r, dir, units)[0])
	release := lockState(t, filepath.Join(dir, units[0].Dir()))
	defer release()
	r.Config.LockTimeout = 2 * time.Minute
	var kinds []terraform.EventKind
	r.Told = func(e terraform.Event) {
		if e.Kind == terraform.EventLocked {
			if e.Lock == nil || e.Lock.Who != "anna@drift" || e.Lock.ID != "77" || !e.Lock.Created.Equal(annaBegan) || e.Lock.Operation != "OperationTypeApply" {
				t.Errorf("waits for %+v", e.Lock)
			}
			release() // once it is known that it waits
		}
		if e.Kind == terraform.EventLocked || e.Kind == terraform.EventUnlocked || e.Kind == terraform.EventBegun {
			kinds = append(kinds, e.Kind)
		}
	}
	if _, err := r.Apply(t.Context(), dir, units[0], a); err != nil {
		t.Fatal(err)
	}
	if want := []terraform.EventKind{terraform.EventLocked, terraform.EventUnlocked, terraform.EventBegun}; fmt.Sprint(kinds) != fmt.Sprint(want) {
		t.Errorf("told %v, want %v", kinds, want)
	}
}

// When the time for waiting is over, the refusal names who holds the lock, and the approval still stands.
func TestApplyGivesUpOnALock(t *testing.T) {
	t.Parallel()
	p, snap := band(1)
	r, dir, units := rendered(t, p, snap)
	a := approve(t, r, plan(t, r, dir, units)[0])
	release := lockState(t, filepath.Join(dir, units[0].Dir()))
	defer release()
	r.Config.LockTimeout = 0
	done, err := r.Apply(t.Context(), dir, units[0], a)
	var locked *terraform.LockedError
	if !errors.As(err, &locked) || locked.Holder.Who != "anna@drift" || locked.Holder.ID != "77" {
		t.Fatalf("error %v, want one that names the holder", err)
	}
	if !done.Approval.Used.IsZero() {
		t.Error("the approval is spent, although nothing was done")
	}
	release()
	if _, err := r.Apply(t.Context(), dir, units[0], a); err != nil {
		t.Errorf("when the lock is gone: %v", err)
	}
}
