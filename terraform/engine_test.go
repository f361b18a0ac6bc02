package terraform_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/terraform"
)

// program puts a small shell script under a name into dir; it answers every call with the text.
func program(t *testing.T, dir, name, answer string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	script := fmt.Sprintf("#!/bin/sh\nprintf '%%s\\n' '%s'\n", answer)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFindEngine(t *testing.T) {
	tests := []struct {
		name     string
		onPath   map[string]string // program → what it answers to "version"
		config   map[string]string // the same, for the one configured by its path
		want     string
		wantFail string // empty: an engine is found
	}{
		{name: "nothing there", wantFail: "install OpenTofu"},
		{name: "terraform", onPath: map[string]string{"terraform": "Terraform v1.11.4"}, want: "Terraform 1.11.4"},
		{name: "tofu goes first", onPath: map[string]string{"terraform": "Terraform v1.11.4", "tofu": "OpenTofu v1.10.6"}, want: "OpenTofu 1.10.6"},
		{name: "the first good version", onPath: map[string]string{"terraform": "Terraform v1.5.7"}, want: "Terraform 1.5.7"},
		{name: "built with go install", onPath: map[string]string{"terraform": "Terraform v1.5.7-dev"}, want: "Terraform 1.5.7-dev"},
		{name: "too old", onPath: map[string]string{"terraform": "Terraform v1.5.6"}, wantFail: "Terraform 1.5.6, want 1.5.7 or newer"},
		{name: "a bad tofu does not hide a good terraform", onPath: map[string]string{"terraform": "Terraform v1.6.0", "tofu": "tofu, firm"}, want: "Terraform 1.6.0"},
		{name: "something else", onPath: map[string]string{"tofu": "tofu, firm"}, wantFail: "neither OpenTofu nor Terraform"},
		{name: "configured goes before PATH", onPath: map[string]string{"tofu": "OpenTofu v1.10.6"}, config: map[string]string{"mine": "Terraform v1.9.0"}, want: "Terraform 1.9.0"},
		{name: "configured and too old is not replaced in silence", onPath: map[string]string{"tofu": "OpenTofu v1.10.6"}, config: map[string]string{"mine": "Terraform v1.2.0"}, wantFail: "terraform.engine"},
	}
	shell, err := os.Stat("/bin/sh")
	if err != nil || shell.IsDir() {
		t.Fatal("the test's pretend engines need /bin/sh")
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, elsewhere := t.TempDir(), t.TempDir()
			for name, answer := range tt.onPath {
				program(t, path, name, answer)
			}
			config := terraform.DefaultConfig()
			for name, answer := range tt.config {
				config.Engine = program(t, elsewhere, name, answer)
			}
			t.Setenv("PATH", path)
			engine, err := terraform.FindEngine(t.Context(), config)
			if tt.wantFail == "" {
				if err != nil || engine.String() != tt.want {
					t.Fatalf("found %q, %v; want %q", engine, err, tt.want)
				}
				return
			}
			if !errors.Is(err, terraform.ErrNoEngine) {
				t.Fatalf("error %v is no ErrNoEngine", err)
			}
			for _, part := range []string{tt.wantFail, "go install github.com/hashicorp/terraform@v1.5.7"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
		})
	}
}

func TestFindEngineConfiguredButMissing(t *testing.T) {
	config := terraform.DefaultConfig()
	config.Engine = filepath.Join(t.TempDir(), "no-such-engine")
	_, err := terraform.FindEngine(t.Context(), config)
	if !errors.Is(err, terraform.ErrNoEngine) || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), config.Engine) {
		t.Fatalf("error %v, want ErrNoEngine that names the missing file", err)
	}
}

func TestFindEngineByARelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	program(t, ".", "mine", "Terraform v1.9.0")
	config := terraform.DefaultConfig()
	config.Engine = "./mine"
	engine, err := terraform.FindEngine(t.Context(), config)
	if err != nil || !filepath.IsAbs(engine.Path) {
		t.Errorf("engine %+v, %v; want it by its full path, since it runs in other folders", engine, err)
	}
}

func TestConfigValidate(t *testing.T) {
	if err := terraform.DefaultConfig().Validate(); err != nil {
		t.Fatalf("the default configuration is refused: %v", err)
	}
	bad := terraform.Config{ProviderMirror: "mirror"}
	err := bad.Validate()
	for _, part := range []string{"terraform.parallel", "terraform.provider_mirror", "units_per_run", "units_per_wave", "changes_per_unit", "terraform.backup_hours"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v does not name %s", err, part)
		}
	}
}
