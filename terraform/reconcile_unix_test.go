//go:build unix

package terraform_test

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/samdrift/samdrift/terraform"
)

// An engine that was killed between locking the state and writing down who it is may take a moment to be
// gone. It is waited for, although nothing says who holds the lock.
func TestReconcileWaitsForADyingEngine(t *testing.T) {
	t.Parallel()
	p, snap := band(2)
	r, dir, units := rendered(t, p, snap)
	u := units[0]
	apply(t, r, dir, u)
	folder := filepath.Join(dir, u.Dir())
	done, err := filepath.Glob(filepath.Join(folder, "done-*.json"))
	if err != nil || len(done) != 1 {
		t.Fatalf("record of the end: %v, %v", done, err)
	}
	if err := os.Remove(done[0]); err != nil {
		t.Fatal(err)
	}
	state, err := os.OpenFile(filepath.Join(folder, "terraform.tfstate"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart} // as engines lock it
	if err := syscall.FcntlFlock(state.Fd(), syscall.F_SETLK, &lock); err != nil {
		t.Fatal(err)
	}
	gone := time.AfterFunc(3*time.Second, func() { _ = state.Close() }) // which lets go of the lock
	defer gone.Stop()
	f, err := r.Reconcile(t.Context(), dir, u)
	if err != nil {
		t.Fatal(err)
	}
	if f.Verdict != terraform.WasApplied {
		t.Errorf("found %s: %s", f.Verdict, f.Reason)
	}
}
