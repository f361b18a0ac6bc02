//go:build unix

package store_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/samdrift/samdrift/hub/store"
)

// absent skips loudly, and fails in CI, where nothing may be skipped.
func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("in CI this must run: %s", what)
	}
	t.Skipf("SKIPPED: %s", what)
}

// The same suite against a real PostgreSQL, started here on a socket of its own.
func TestPostgreSQL(t *testing.T) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, lookErr := exec.LookPath("initdb"); lookErr == nil {
		found = append(found, path)
	}
	if err != nil || len(found) == 0 {
		absent(t, "PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "pg") // short: a socket path may hold about 100 characters
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	var who *syscall.SysProcAttr
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			absent(t, "root needs the user postgres to start a PostgreSQL server")
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
		who = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(bin, args[0]), args[1:]...)
		cmd.SysProcAttr, cmd.Dir = who, dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	data := filepath.Join(dir, "data")
	run("initdb", "-D", data, "-U", "samdrift", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	options := fmt.Sprintf("-c listen_addresses='' -c unix_socket_directories='%s' -c fsync=off", dir)
	run("pg_ctl", "-D", data, "-o", options, "-l", filepath.Join(dir, "log"), "-w", "start")
	t.Cleanup(func() { run("pg_ctl", "-D", data, "-m", "immediate", "stop") })
	suite(t, open(t, store.Config{Dir: t.TempDir(), Database: "postgres:///postgres?user=samdrift&host=" + dir}))
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
