package terraform_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/terraform"
)

// openTofu gives a runner with OpenTofu, from the path or the cache of ./test. Building it takes too long
// for every test run: it is asked for with SAMDRIFT_TEST_TOFU, and then a missing one is a fault.
func openTofu(t *testing.T) *terraform.Runner {
	t.Helper()
	path, err := exec.LookPath("tofu")
	if err != nil {
		cache, cacheErr := os.UserCacheDir()
		if cacheErr != nil {
			t.Fatal(cacheErr)
		}
		path = filepath.Join(cache, "samdrift-test", "tofu")
		_, err = os.Stat(path)
	}
	if err != nil {
		const text = "NOT TESTED WITH OPENTOFU, which alone encrypts: put tofu on the path, or let SAMDRIFT_TEST_TOFU=1 ./test build it once"
		if os.Getenv("SAMDRIFT_TEST_TOFU") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	config := terraform.DefaultConfig()
	config.Engine = path
	engine, err := terraform.FindEngine(t.Context(), config)
	if err != nil || engine.Name != "OpenTofu" {
		t.Fatalf("%s is %s, %v; want OpenTofu", path, engine, err)
	}
	r := runner(t)
	r.Engine = engine
	return r
}

// The whole way with states and plans encrypted: nothing but the HCL tells the servers' names, and another
// passphrase opens nothing and loses nothing.
func TestEncryption(t *testing.T) {
	r := openTofu(t)
	r.Passphrase = "en lang ${hemmelig} sætning"
	p, snap := estate("nyb-hemmelig-01")
	units, dir := render(t, p, snap), t.TempDir()
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	u := units[0]
	folder := filepath.Join(dir, u.Dir())
	if done := apply(t, r, dir, u); done.Add != 2 {
		t.Fatalf("applied %+v", done)
	}
	// A change, so that a state from before an apply is kept too.
	snap.Assets[0].VCPUs = 8
	u = render(t, p, snap)[0]
	if err := terraform.Write(dir, []terraform.Unit{u}); err != nil {
		t.Fatal(err)
	}
	if done := apply(t, r, dir, u); done.Change != 1 {
		t.Fatalf("changed %+v", done)
	}
	kept := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "main.tf" {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte("hemmelig")) {
			t.Errorf("%s tells a server's name, or the passphrase", path)
		}
		for _, kind := range []string{"plan.bin", "terraform.tfstate", "before-"} {
			if strings.HasPrefix(d.Name(), kind) && bytes.Contains(data, []byte("encrypt")) {
				kept[kind] = true
			}
		}
		return err
	})
	if err != nil || len(kept) != 3 {
		t.Errorf("encrypted are %v (%v), want the plan, the state and the one from before", kept, err)
	}

	// Killed at the very end: how it ended was not recorded.
	done, err := filepath.Glob(filepath.Join(folder, "done-*.json"))
	if err != nil || len(done) != 2 {
		t.Fatalf("ends recorded: %v, %v", done, err)
	}
	if err := os.Remove(done[0]); err != nil {
		t.Fatal(err)
	}

	state := filepath.Join(folder, "terraform.tfstate")
	before, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	for name, passphrase := range map[string]string{"another": "en anden lang sætning", "none": ""} {
		other := *r
		other.Passphrase = passphrase
		_, drift := other.Drift(t.Context(), dir, u)
		_, reconcile := other.Reconcile(t.Context(), dir, u)
		for step, err := range map[string]error{"drift": drift, "reconcile": reconcile} {
			var unit *terraform.UnitError
			if !errors.As(err, &unit) || !strings.Contains(unit.Hint, "state_passphrase") {
				t.Errorf("%s with %s passphrase: %v, want a hint at the passphrase", step, name, err)
			}
		}
	}
	if after, err := os.ReadFile(state); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the state is another one after that (%v)", err)
	}

	if f, err := r.Reconcile(t.Context(), dir, u); err != nil || f.Verdict != terraform.WasApplied {
		t.Errorf("reconciled: %+v, %v", f, err)
	}
	if again := plan(t, r, dir, []terraform.Unit{u})[0]; again.Add+again.Change+again.Destroy != 0 {
		t.Errorf("with the right passphrase again a plan wants %+v", again)
	}
}
