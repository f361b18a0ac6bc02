//go:build unix

package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/terraform/postgrestest"
)

// absent skips loudly, and fails in CI, where nothing may be skipped.
func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("in CI this must run: %s", what)
	}
	t.Skipf("SKIPPED: %s", what)
}

// The same suite against a real PostgreSQL.
func TestPostgreSQL(t *testing.T) {
	suite(t, open(t, store.Config{Dir: t.TempDir(), Database: postgrestest.New(t)}))
}

// A full disk is named, and what was stored before is still there.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		absent(t, "only root may mount the small tmpfs that this test fills")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		if errors.Is(err, syscall.EPERM) {
			absent(t, "this sandbox forbids mounting a tmpfs")
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := open(t, store.Config{Dir: dir})
	kept, changes := snapshot(noon, "kept")
	if err := s.SaveSnapshot(t.Context(), kept, changes); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, 8<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the ballast did not fill the disk: %v", err)
	}
	var full error
	for i := range 100 {
		r := store.Report{ID: strconv.Itoa(i), CreatedAt: noon, Facts: []byte("{}"), HTML: make([]byte, 70_000)}
		if full = s.SaveReport(t.Context(), r); full != nil {
			break
		}
	}
	if full == nil || !strings.Contains(full.Error(), "free space") {
		t.Fatalf("want an error that says what to do, got %v", full)
	}
	if got, err := s.LatestSnapshot(t.Context()); err != nil || got.Hash() != kept.Hash() {
		t.Errorf("what was stored before is lost: %v", err)
	}
}
