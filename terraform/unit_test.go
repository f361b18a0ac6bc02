package terraform_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/samdrift/samdrift/terraform"
)

func TestWrite(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	units := render(t, p, snap)
	dir := filepath.Join(t.TempDir(), "work")
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	main := filepath.Join(dir, units[0].Dir(), "main.tf")
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Dir(main): 0o700, filepath.Dir(filepath.Dir(main)): 0o700, main: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %v", path, info.Mode(), err, want)
		}
	}
	// Unchanged: the file is left alone. Changed: replaced. State beside it: untouched.
	state := filepath.Join(filepath.Dir(main), "terraform.tfstate")
	if err := os.WriteFile(state, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := inode(t, main)
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	if inode(t, main) != before {
		t.Error("an unchanged file was written again")
	}
	snap.Assets[0].VCPUs = 8
	if err := terraform.Write(dir, render(t, p, snap)); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(main); err != nil || !strings.Contains(string(text), "vcpus             = 8") {
		t.Errorf("a changed unit was not written: %v\n%s", err, text)
	}
	if _, err := os.Stat(state); err != nil {
		t.Errorf("the state is gone: %v", err)
	}
}

func inode(t *testing.T, path string) uint64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Skip("NOT TESTED: this system has no inodes")
	}
	return stat.Ino
}

func TestWriteWhereAFileStands(t *testing.T) {
	p, snap := estate("x")
	units := render(t, p, snap)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nyborg-odense"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := terraform.Write(dir, units)
	var fault *terraform.UnitError
	if !errors.As(err, &fault) || fault.Unit != "450-a1" || !strings.Contains(err.Error(), "a file stands where the unit's folder should be") {
		t.Errorf("error %v, want one that names the unit and says how to mend it", err)
	}
}

// TestFullDisk runs itself again with a limit on file sizes, which stops writes half way as a full
// disk does.
func TestFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: limits on file sizes are set the Linux way")
	}
	p, snap := estate("nyb-esdh-01")
	if task := os.Getenv("SAMDRIFT_TEST_FULL_DISK"); task != "" {
		dir := os.Getenv("SAMDRIFT_TEST_DIR")
		units := render(t, p, snap)
		limit := uint64(0) // nothing at all
		r := &terraform.Runner{}
		if task == "plan" {
			limit = 1200 // less than any plan, more than what is written before it
			r = runner(t)
		}
		var usual syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &usual); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: usual.Max}); err != nil {
			t.Fatal(err)
		}
		defer func() { // the coverage report is written after the test
			if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &usual); err != nil {
				t.Error(err)
			}
		}()
		if task == "plan" {
			result, err := r.Plan(t.Context(), dir, units[1:], terraform.PlanOptions{})
			fmt.Printf("%v %+v\n", err, result.Plans)
			return
		}
		snap.Assets[0].Name = "renamed"
		fmt.Println(terraform.Write(dir, render(t, p, snap)))
		return
	}
	for task, hint := range map[string]string{
		"write": "file too large; raise the file size limit",
		"plan":  "the saved plan is not whole|file too large.; raise the file size limit", // Terraform | OpenTofu
	} {
		t.Run(task, func(t *testing.T) {
			if task == "plan" {
				runner(t)
			}
			units := render(t, p, snap)
			dir := t.TempDir()
			if err := terraform.Write(dir, units); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$")
			cmd.Env = append(os.Environ(), "SAMDRIFT_TEST_FULL_DISK="+task, "SAMDRIFT_TEST_DIR="+dir)
			// A pipe, not a file: the limit would stop the output too.
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, part := range []string{"unit 4", hint, "nothing was lost"} {
				if !regexp.MustCompile(part).Match(out) {
					t.Errorf("the error does not say %q:\n%s", part, out)
				}
			}
			for _, u := range units {
				folder := filepath.Join(dir, u.Dir())
				if text, err := os.ReadFile(filepath.Join(folder, "main.tf")); err != nil || string(text) != string(u.Files["main.tf"]) {
					t.Errorf("%s is no longer whole: %v", folder, err)
				}
				if left, err := filepath.Glob(filepath.Join(folder, ".new-*")); err != nil || len(left) > 0 {
					t.Errorf("half files left behind: %v, %v", left, err)
				}
			}
		})
	}
}

// TestLockedState holds the lock that another run would hold.
func TestLockedState(t *testing.T) {
	p, snap := crowd(1)
	r, dir, units := rendered(t, p, snap)
	apply(t, r, dir, units[0])
	state, err := os.OpenFile(filepath.Join(dir, units[0].Dir(), "terraform.tfstate"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = state.Close() }()
	if err := syscall.FcntlFlock(state.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK}); err != nil {
		t.Fatal(err)
	}
	result, err := r.Plan(t.Context(), dir, units, terraform.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Plans[0]; got.Planned() || !strings.Contains(got.Error, "somebody else is working on this unit") {
		t.Errorf("planned %v, error %q", got.Planned(), got.Error)
	}
}
