package terraform_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/terraform"
)

// What stands in HCL of where states are kept, and that no secret does.
func TestBackends(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	for state, want := range map[string][]string{
		"":                   nil,
		terraform.StateLocal: nil,
		terraform.StateHub:   {`backend "http" {`},
		terraform.StatePG:    {`backend "pg" {`, `schema_name = "samdrift-450-a1"`},
		terraform.StateS3:    {`backend "s3" {`, `key          = "moves/450-a1.tfstate"`, `use_lockfile = true`, `s3 = "https://s3.example.dk"`},
	} {
		units, err := terraform.Render(p, snap, terraform.Grounds{State: state,
			S3: terraform.S3{Bucket: "samdrift", Region: "eu-north-1", Prefix: "moves", Endpoint: "https://s3.example.dk"}})
		if err != nil {
			t.Fatal(err)
		}
		text := string(units[0].Files["main.tf"])
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("state %q: HCL lacks %q:\n%s", state, w, text)
			}
		}
		if want == nil && strings.Contains(text, "backend") {
			t.Errorf("state %q: a unit that moves nothing needs no backend:\n%s", state, text)
		}
	}
}

// With a passphrase OpenTofu encrypts states and plans, and Terraform, which cannot, is refused.
func TestEncryption(t *testing.T) {
	p, snap := estate("nyb-hemmelig-01")
	r, dir, units := rendered(t, p, snap)
	r.Passphrase = "en lang ${hemmelig} sætning"
	result, err := r.Plan(t.Context(), dir, units[:1], terraform.PlanOptions{By: "Anna"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Engine.Name != "OpenTofu" {
		if said := result.Plans[0].Error; result.Plans[0].Planned() || !strings.Contains(said, "OpenTofu") {
			t.Errorf("an engine that cannot encrypt was used: %q", said)
		}
		return
	}
	a := approve(t, r, result.Plans[0])
	if _, err := r.Apply(t.Context(), dir, units[0], a); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, units[0].Dir())
	for _, name := range []string{"terraform.tfstate", "plan.bin"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || strings.Contains(string(data), "nyb-hemmelig-01") || !strings.Contains(string(data), "encrypt") {
			t.Errorf("%s is not encrypted (%v)", name, err)
		}
	}
	r.Passphrase = "en anden lang sætning"
	var unit *terraform.UnitError
	if _, err := r.Drift(t.Context(), dir, units[0]); !errors.As(err, &unit) {
		t.Errorf("another passphrase opens the state: %v", err)
	}
}
