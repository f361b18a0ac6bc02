package terraform_test

import (
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

// With a passphrase an engine that cannot encrypt is refused, before it is started.
func TestEncryptionNeedsOpenTofu(t *testing.T) {
	p, snap := estate("nyb-hemmelig-01")
	dir, units := t.TempDir(), render(t, p, snap)
	if err := terraform.Write(dir, units); err != nil {
		t.Fatal(err)
	}
	r := &terraform.Runner{Engine: terraform.Engine{Name: "Terraform", Version: "1.11.4", Path: "/bin/false"}, Config: terraform.DefaultConfig(), Passphrase: "en lang ${hemmelig} sætning"}
	result, err := r.Plan(t.Context(), dir, units[:1], terraform.PlanOptions{By: "Anna"})
	if err != nil {
		t.Fatal(err)
	}
	if said := result.Plans[0].Error; result.Plans[0].Planned() || !strings.Contains(said, "use OpenTofu") {
		t.Errorf("an engine that cannot encrypt was used: %q", said)
	}
}
