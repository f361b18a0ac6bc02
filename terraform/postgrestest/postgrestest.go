//go:build unix

// Package postgrestest is a PostgreSQL for tests: the machine's own server program with data and a socket in
// a folder of the test's own, so that it meets no other and no port has to be free. It ends with the test.
package postgrestest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// New starts a PostgreSQL with an empty database and gives its URL, to which more parameters may be added
// with "&". It skips the test where it cannot; in CI that is a fault.
func New(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, lookErr := exec.LookPath("initdb"); lookErr == nil {
		found = append(found, path)
	}
	if err != nil || len(found) == 0 {
		lacking(t, "its server is not installed (Debian: apt-get install postgresql)")
	}
	dir, err := os.MkdirTemp("", "pg") // short: the path of a socket has 107 bytes at the most
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	var who *syscall.SysProcAttr
	if os.Getuid() == 0 {
		who = ordinary(t, dir)
	}
	run := func(program string, arguments ...string) {
		t.Helper()
		command := exec.Command(filepath.Join(filepath.Dir(found[len(found)-1]), program), arguments...)
		command.SysProcAttr, command.Dir = who, dir
		if out, err := command.CombinedOutput(); err != nil {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("%s %q: %v\n%s%s", program, arguments, err, out, log)
		}
	}
	data := filepath.Join(dir, "data")
	run("initdb", "-D", data, "-U", "samdrift", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	options := fmt.Sprintf("-c listen_addresses='' -c unix_socket_directories='%s' -c fsync=off", dir)
	run("pg_ctl", "-D", data, "-o", options, "-l", filepath.Join(dir, "log"), "-w", "-t", "300", "start")
	t.Cleanup(func() { run("pg_ctl", "-D", data, "-m", "immediate", "-t", "300", "stop") })
	return "postgres:///postgres?sslmode=disable&user=samdrift&host=" + dir
}

// ordinary gives the folder to the user postgres and says how to run programs as that user: PostgreSQL
// refuses to run as root.
func ordinary(t testing.TB, dir string) *syscall.SysProcAttr {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		lacking(t, "as root it needs the user postgres to run as, which Debian's package makes: "+err.Error())
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func lacking(t testing.TB, what string) {
	t.Helper()
	text := "NOT TESTED AGAINST POSTGRESQL: " + what
	if os.Getenv("CI") != "" {
		t.Fatal(text)
	}
	t.Skip(text)
}
