package hub_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

// virtual is a look at Nyborg's servers that are on the vCenter, by the identities that it gives them.
type virtual struct{ machines []platform.Machine }

func (virtual) Name() string { return "agent" }

func (v virtual) Collect(ctx context.Context, sink collectors.Sink) error {
	if err := (estate{}).Collect(ctx, sink); err != nil {
		return err
	}
	for _, m := range v.machines {
		o := inventory.Observation{Collector: "agent", Source: m.Name, Municipality: "450", At: time.Now(), Status: inventory.StatusOK,
			Asset: &inventory.Asset{Name: m.Name, Kind: inventory.KindVM, UUID: m.UUID, VCPUs: m.CPUs, MemoryBytes: m.MemoryMB << 20}}
		if err := sink.Observe(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// moving is a hub with an agreement whose servers are on a vCenter.
func moving(t *testing.T, servers int, changes ...func(*hub.Config)) (*hub.Hub, *vcentertest.World) {
	t.Helper()
	mirror, w := movingWorld(t, servers)
	h := open(t, t.TempDir(), func(c *hub.Config) {
		configureMoves(c, mirror, w.Login)
		for _, change := range changes {
			change(c)
		}
	})
	collectFrom(t, h, w)
	return h, w
}

// movingWorld is a vCenter, and where its provider lies. It needs a real engine.
func movingWorld(t *testing.T, servers int) (mirror string, w *vcentertest.World) {
	t.Helper()
	if _, err := terraform.FindEngine(t.Context(), terraform.DefaultConfig()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("NOT TESTED WITHOUT AN ENGINE: %v", err)
	}
	return vcentertest.Mirror(t), vcentertest.New(t, servers)
}

// configureMoves describes the agreement.
func configureMoves(c *hub.Config, mirror string, login vcenter.Login) {
	c.Freezes = nil
	c.Terraform.ProviderMirror = mirror
	c.Sources = map[string]platform.Source{"nyborg": login}
	c.Terraform.Agreements = map[string]terraform.Mapping{"450-461": {
		Platform: "vsphere", Source: "nyborg", Consent: true,
		Destination: platform.Location{Datacenter: vcentertest.Datacenter, Cluster: vcentertest.To, Datastore: vcentertest.ToStore, Folder: vcentertest.ToFolder},
		Networks:    map[string]string{vcentertest.FromNet: vcentertest.ToNet},
	}}
}

// collectFrom lets the hub see the vCenter's servers.
func collectFrom(t *testing.T, h *hub.Hub, w *vcentertest.World) {
	t.Helper()
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Collect(t.Context(), virtual{machines}); err != nil {
		t.Fatal(err)
	}
}

// carl works at the centre and proposes; dorte approves.
var dorte = hub.Person{Name: "Dorte", Role: hub.RoleCentre, Organisation: "fyn"}

// carry takes a unit through the stage that it has reached.
func carry(t *testing.T, h *hub.Hub, unit string) {
	t.Helper()
	if _, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ConsentMove(t.Context(), nyborg, unit); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ApproveMove(t.Context(), dorte, unit, terraform.Terms{Valid: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if err := h.ApplyMoves(t.Context(), centre, []string{unit}, nil); err != nil {
		t.Fatal(err)
	}
}

// One server's way from its municipality to the centre, with everybody's part in it.
func TestAMove(t *testing.T) {
	h, w := moving(t, 1)
	if _, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{}); err != nil {
		t.Fatal(err)
	}
	v, err := h.Moves(t.Context(), nyborg)
	if err != nil {
		t.Fatal(err)
	}
	var unit string
	var asset string
	for _, m := range v.Moves {
		for id := range m.Origin {
			unit, asset = m.Unit, id
		}
	}
	if unit == "" {
		t.Fatalf("no unit has servers on the vCenter: %+v", v.Moves)
	}

	t.Run("each has a part, and nobody two", func(t *testing.T) {
		terms := terraform.Terms{Valid: time.Hour}
		if _, err := h.ApproveMove(t.Context(), dorte, unit, terms); err == nil || !strings.Contains(err.Error(), "consent") {
			t.Errorf("approved without the municipality's consent: %v", err)
		}
		if _, err := h.ConsentMove(t.Context(), dorte, unit); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("the centre consents for the municipality: %v", err)
		}
		if _, err := h.ConsentMove(t.Context(), nyborg, unit); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ApproveMove(t.Context(), centre, unit, terms); err == nil || !strings.Contains(err.Error(), "somebody else") {
			t.Errorf("who proposed approves: %v", err)
		}
		if _, err := h.ApproveMove(t.Context(), nyborg, unit, terms); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("the municipality approves: %v", err)
		}
		if err := h.ApplyMoves(t.Context(), nyborg, []string{unit}, nil); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("the municipality applies: %v", err)
		}
		stranger := hub.Person{Name: "Eva", Role: hub.RoleMunicipality, Organisation: "420"}
		if _, err := h.ConsentMove(t.Context(), stranger, unit); !errors.Is(err, hub.ErrNotFound) {
			t.Errorf("another municipality sees the unit: %v", err)
		}
	})

	w.Forget()
	carry(t, h, unit) // adopted
	if _, err := h.StepMove(t.Context(), centre, unit, hub.StepMove{Stage: platform.Place, Action: "finish"}); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("somebody says that the move is done: %v", err)
	}
	for _, stage := range []platform.Stage{platform.Test, platform.Ready} {
		for _, action := range []string{"start", "finish"} {
			if _, err := h.StepMove(t.Context(), centre, unit, hub.StepMove{Stage: stage, Action: action}); err != nil {
				t.Fatal(err)
			}
		}
	}
	accept := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			if _, err := h.AcceptMove(t.Context(), centre, unit, terraform.Acceptance{Key: key, Reason: "a test", Until: time.Now().Add(time.Hour)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := h.AcceptMove(t.Context(), nyborg, unit, terraform.Acceptance{Key: "backup", Reason: "x", Until: time.Now().Add(time.Hour)}); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("the municipality accepts a concern: %v", err)
	}
	var free int64
	w.Store(t, vcentertest.ToStore, func(s *types.DatastoreSummary) { free, s.FreeSpace = s.FreeSpace, s.Capacity/10 })
	if r, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{}); err != nil || !refusedFor(r, unit, terraform.ConcernBackup, terraform.ConcernStore, terraform.ConcernDependencies) {
		t.Fatalf("moved without a backup that anybody knows of, to a datastore that is nearly full: %+v, %v", r.Plans, err)
	}
	w.Store(t, vcentertest.ToStore, func(s *types.DatastoreSummary) { s.FreeSpace = free })
	accept(terraform.ConcernBackup, terraform.ConcernDependencies)
	carry(t, h, unit) // placed
	if list, err := h.Assets(t.Context(), admin, hub.AssetQuery{}); err != nil || operatorOf(list, asset) != "" {
		t.Errorf("before it is verified the inventory says that %q operates it (%v)", operatorOf(list, asset), err)
	}
	m, err := h.VerifyMove(t.Context(), centre, unit)
	if err != nil {
		t.Fatal(err)
	}
	if bad, unknown := terraform.Tally(m.Checks); bad > 0 || unknown == 0 {
		t.Errorf("%d checks are not as meant and %d could not be told, want none and some: %+v", bad, unknown, m.Checks)
	}
	if next, _ := m.Progress.Next(); next.Stage != platform.Verify {
		t.Errorf("verified with checks that could not be told; next is %s", next.Stage)
	}
	for _, c := range m.Checks {
		if c.Unknown {
			accept(c.What)
		}
	}
	if m, err = h.VerifyMove(t.Context(), centre, unit); err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Checks {
		if c.Unknown && c.Accepted != nil {
			continue
		}
		if !c.OK {
			t.Errorf("%s: %s is %q, want %q", c.Server, c.What, c.Got, c.Want)
		}
	}
	if next, _ := m.Progress.Next(); next.Stage != platform.Finalize {
		t.Errorf("verified, and next is %s", next.Stage)
	}
	if list, err := h.Assets(t.Context(), admin, hub.AssetQuery{}); err != nil || operatorOf(list, asset) != "fyn" {
		t.Errorf("after it is verified the inventory says that %q operates it (%v)", operatorOf(list, asset), err)
	}
	if n := w.PowerCalls(); n > 0 {
		t.Errorf("%d calls changed the server's power", n)
	}
}

// refusedFor tells whether a unit's plan is refused for exactly the concerns.
func refusedFor(r terraform.Result, unit string, keys ...string) bool {
	var got []string
	for _, p := range r.Plans {
		for _, refusal := range p.Refusals {
			if p.Unit == unit && refusal.Gate == terraform.GateConcern {
				got = append(got, refusal.Attribute)
			}
		}
	}
	slices.Sort(got)
	return slices.Equal(got, keys)
}

func operatorOf(list hub.AssetList, id string) string {
	for _, a := range list.Rows {
		if a.ID == id {
			return a.OperatedBy
		}
	}
	return "nobody: it is not in the list"
}

// The stop holds for everybody, and a municipality may pull it.
func TestStopMoves(t *testing.T) {
	h := collected(t)
	if err := h.StopMoves(t.Context(), nyborg, "the link is down"); err != nil {
		t.Fatal(err)
	}
	v, err := h.Moves(t.Context(), centre)
	if err != nil || v.Stopped == nil || v.Stopped.By != "Bo" {
		t.Errorf("stopped: %+v, %v", v.Stopped, err)
	}
	if err := h.ResumeMoves(t.Context(), nyborg, "it is up again"); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("the municipality lets moves go on: %v", err)
	}
	if err := h.ResumeMoves(t.Context(), centre, "it is up again"); err != nil {
		t.Fatal(err)
	}
	if v, err = h.Moves(t.Context(), centre); err != nil || v.Stopped != nil {
		t.Errorf("still stopped: %+v, %v", v.Stopped, err)
	}
	if err := h.StopMoves(t.Context(), hub.Person{Name: "Finn", Role: hub.RoleSteering}, "x"); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("the steering group stops moves: %v", err)
	}
}
