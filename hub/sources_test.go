package hub_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter"
)

// A mapping names sources that are there, on its own platform.
func TestSources(t *testing.T) {
	mapping := terraform.Mapping{Platform: "vsphere", Source: "nyborg", Destination: platform.Location{Datacenter: "DC", Cluster: "C", Datastore: "ds"}}
	tests := []struct {
		name  string
		alter func(*terraform.Mapping)
		want  []string // in the error; none: it is fine
	}{
		{"one that is there", func(*terraform.Mapping) {}, nil},
		{"one that is nowhere", func(m *terraform.Mapping) { m.Source = "nyburg" }, []string{"450-461", `"nyburg"`, "vcenters"}},
		{"a target that is nowhere", func(m *terraform.Mapping) { m.Target = "odinse" }, []string{"450-461", `"odinse"`}},
		{"one on another platform", func(m *terraform.Mapping) { m.Platform = "proxmox" }, []string{"450-461", "proxmox", `"nyborg" is on vsphere`}},
		{"one for people", func(m *terraform.Mapping) { m.Platform = "manual" }, []string{"450-461", "manual", `"nyborg" is on vsphere`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := mapping
			tt.alter(&m)
			c := hub.DefaultConfig()
			c.Dir = t.TempDir()
			c.Sources = map[string]platform.Source{"nyborg": vcenter.Login{Server: "127.0.0.1:1"}}
			c.Terraform.Agreements = map[string]terraform.Mapping{"450-461": m}
			err := c.Validate()
			if tt.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, hub.ErrInvalid) {
				t.Fatalf("error %v, want an invalid configuration", err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not name %s", err, part)
				}
			}
		})
	}
}
