package hub_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

// sharing has the agreement's folder and tag made, with changes to its mapping.
func sharing(changes ...func(*terraform.Mapping)) func(*hub.Config) {
	return func(c *hub.Config) {
		m := c.Terraform.Agreements["450-461"]
		m.Destination.Folder = "Kommuner/Svendborg"
		m.Shared = platform.Sharing{Folder: true, Tag: &platform.Tag{Category: "Kommune", Name: "Nyborg"}}
		for _, change := range changes {
			change(&m)
		}
		c.Terraform.Agreements["450-461"] = m
	}
}

// What an agreement's servers share goes its own way through the hub, with everybody's part in it, and
// servers wait for it.
func TestSharedThings(t *testing.T) {
	var config hub.Config
	h, w := moving(t, 1, sharing(), func(c *hub.Config) { config = *c })
	const shared = "450-461-shared"
	at := func() hub.MoveRow {
		t.Helper()
		v, err := h.Move(t.Context(), centre, shared)
		if err != nil {
			t.Fatal(err)
		}
		return v.Move
	}
	if next := at().Stage; next != platform.Share {
		t.Errorf("before anybody has planned it its next step is %q", next)
	}
	stranger := hub.Person{Name: "Eva", Role: hub.RoleMunicipality, Organisation: "420"}
	if _, err := h.Move(t.Context(), stranger, shared); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("another municipality sees it: %v", err)
	}
	if v, err := h.Moves(t.Context(), centre); err != nil || v.Moves[0].Unit != shared {
		t.Errorf("it is not the first of the moves: %+v, %v", v.Moves, err)
	}

	// The server comes to its move, and waits.
	if _, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{}); err != nil {
		t.Fatal(err)
	}
	v, err := h.Moves(t.Context(), nyborg)
	if err != nil || v.Moves[0].Unit != shared {
		t.Fatalf("it is not the first of the moves: %+v, %v", v.Moves, err)
	}
	server := v.Moves[slices.IndexFunc(v.Moves, func(m hub.MoveRow) bool { return len(m.Origin) > 0 })].Unit
	carry(t, h, server)
	for _, stage := range []platform.Stage{platform.Test, platform.Ready} {
		for _, action := range []string{"start", "finish"} {
			if _, err := h.StepMove(t.Context(), centre, server, hub.StepMove{Stage: stage, Action: action}); err != nil {
				t.Fatal(err)
			}
		}
	}
	waits := func() bool {
		t.Helper()
		r, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{Units: []string{server}})
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(r.Plans[0].Refusals, func(x terraform.Refusal) bool { return x.Gate == terraform.GateShared })
	}
	if !waits() {
		t.Error("the server does not wait for what it shares")
	}

	// Made by its own plan, consent, approval and run.
	if _, err := h.StepMove(t.Context(), centre, shared, hub.StepMove{Stage: platform.Share, Action: "start"}); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("somebody says that it is being made: %v", err)
	}
	if _, err := h.ApproveMove(t.Context(), dorte, shared, terraform.Terms{Valid: time.Hour}); err == nil {
		t.Error("approved without the municipality's consent")
	}
	if _, err := h.ConsentMove(t.Context(), nyborg, shared); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ApproveMove(t.Context(), dorte, shared, terraform.Terms{Valid: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if err := h.StopMoves(t.Context(), nyborg, "the link is down"); err != nil {
		t.Fatal(err)
	}
	if err := h.ApplyMoves(t.Context(), centre, []string{shared}, nil); err == nil || len(at().Shared.Ours) > 0 {
		t.Errorf("a refused run (%v) has made %q", err, at().Shared.Ours)
	}
	if err := h.ResumeMoves(t.Context(), centre, "it is up again"); err != nil {
		t.Fatal(err)
	}
	carry(t, h, shared)
	m, err := h.VerifyMove(t.Context(), centre, shared)
	if err != nil {
		t.Fatal(err)
	}
	if bad, unknown := terraform.Tally(m.Checks); bad+unknown > 0 || len(m.Checks) != 4 { // two levels, category and tag
		t.Errorf("read back: %+v", m.Checks)
	}
	if next, more := m.Progress.Next(); more {
		t.Errorf("verified, and next is %s", next.Stage)
	}
	if want := []string{"folder " + vcentertest.Datacenter + "/Kommuner/Svendborg", "tag_category Kommune", "tag Kommune/Nyborg"}; !slices.Equal(m.Shared.Ours, want) {
		t.Errorf("made: %q, want %q: the upper folder was there", m.Shared.Ours, want)
	}
	if waits() {
		t.Error("the server waits for what is there")
	}
	if v, err := h.Move(t.Context(), centre, server); err != nil || !slices.ContainsFunc(v.Move.Plan.Changes, func(c terraform.AttributeChange) bool { return c.Attribute == "tags" }) {
		t.Errorf("where it is placed it does not get the tag: %+v, %v", v.Move.Plan, err)
	}
	if _, err := h.ReturnMove(t.Context(), centre, shared, "x"); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("what servers share is taken back: %v", err)
	}
	if drift, err := h.DriftMoves(t.Context(), centre, shared); err != nil || slices.ContainsFunc(drift, func(d terraform.Drift) bool { return d.Phantom == "" }) {
		t.Errorf("drift: %+v, %v", drift, err)
	}
	if n := w.PowerCalls(); n > 0 {
		t.Errorf("%d calls changed a server's power", n)
	}

	// The mapping changes: what is no longer named is not destroyed, what is new begins the way again.
	again := func(change func(*terraform.Mapping)) hub.MoveRow {
		t.Helper()
		sharing(change)(&config) // the hub's own map
		if _, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{Units: []string{shared}}); err != nil {
			t.Fatal(err)
		}
		return at()
	}
	row := again(func(m *terraform.Mapping) { m.Shared.Folder = false })
	if row.Plan.Destroy != 1 || !slices.ContainsFunc(row.Plan.Refusals, func(r terraform.Refusal) bool { return r.Gate == terraform.GateDestroy }) || row.Stage != "" {
		t.Errorf("a folder that left the mapping: %d to destroy, refused %v, next %q", row.Plan.Destroy, row.Plan.Refusals, row.Stage)
	}
	row = again(func(m *terraform.Mapping) { m.Destination.Pool, m.Shared.Pool = "Nyborg", &platform.Pool{} })
	if row.Plan.Add != 1 || len(row.Plan.Refusals) > 0 || row.Stage != platform.Share || len(row.Progress.RolledBack) != 2 {
		t.Errorf("a pool that came into the mapping: %+v, next %q", row.Plan, row.Stage)
	}
	if !waits() {
		t.Error("the server does not wait for the new pool")
	}
}
