package hub_test

import (
	"context"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

// foreign is a look at the estate and at a server of Assens, which has no agreement.
type foreign struct{ uuid string }

func (foreign) Name() string { return "agent" }

func (f foreign) Collect(ctx context.Context, sink collectors.Sink) error {
	if err := (estate{}).Collect(ctx, sink); err != nil {
		return err
	}
	return sink.Observe(ctx, inventory.Observation{Collector: "agent", Source: "ass-vm-1", Municipality: "420", At: time.Now(), Status: inventory.StatusOK,
		Asset: &inventory.Asset{Name: "ass-vm-1", Kind: inventory.KindVM, UUID: f.uuid, VCPUs: 1, MemoryBytes: 1 << 30}})
}

// A vCenter may hold servers of a municipality without an agreement: they are nobody's to move.
func TestServersWithoutAnAgreement(t *testing.T) {
	w := vcentertest.New(t, 1)
	h := open(t, t.TempDir(), func(c *hub.Config) {
		c.Sources = map[string]platform.Source{"fyn": w.Login}
		c.Terraform.Agreements = map[string]terraform.Mapping{"450-461": {Platform: "vsphere", Source: "fyn",
			Destination: platform.Location{Datacenter: vcentertest.Datacenter, Cluster: vcentertest.To, Datastore: vcentertest.ToStore}}}
	})
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Collect(t.Context(), foreign{machines[0].UUID}); err != nil {
		t.Fatal(err)
	}
	units, err := h.RenderTerraform(t.Context(), centre)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range units {
		if len(u.Machines) > 0 {
			t.Errorf("unit %s of agreement %s has a server of Assens: %+v", u.ID, u.Agreement, u.Machines)
		}
	}
}
