package hub_test

import (
	"errors"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// A unit that no provider can move: people take every step, samdrift says when it may begin and looks
// from outside whether it has arrived.
func TestAMoveByHand(t *testing.T) {
	h := open(t, t.TempDir(), func(c *hub.Config) {
		c.Terraform.Agreements = map[string]terraform.Mapping{"450-461": {Platform: "manual"}}
	})
	if err := h.Collect(t.Context(), estate{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RenderTerraform(t.Context(), centre); err != nil {
		t.Fatal(err)
	}
	v, err := h.Moves(t.Context(), centre)
	if err != nil || len(v.Moves) == 0 {
		t.Fatalf("no unit to move: %v", err)
	}
	unit, assets := v.Moves[0].Unit, v.Moves[0].Group.Assets
	step := func(stage platform.Stage, action, proof string) error {
		_, err := h.StepMove(t.Context(), centre, unit, hub.StepMove{Stage: stage, Action: action, Tool: "Hyper-V Replica", Amount: 1, Total: 1, Measure: "disks", Proof: proof})
		return err
	}
	must := func(stage platform.Stage, actions ...string) {
		t.Helper()
		for _, action := range actions {
			if err := step(stage, action, "ticket 7"); err != nil {
				t.Fatalf("%s %s: %v", stage, action, err)
			}
		}
	}
	list, err := h.Assets(t.Context(), admin, hub.AssetQuery{})
	if err != nil {
		t.Fatal(err)
	}
	before := len(list.Rows)
	must(platform.Test, "start", "finish")
	must(platform.Ready, "start", "finish")

	var refused *terraform.RefusedError
	if err := step(platform.Leave, "start", ""); !errors.As(err, &refused) {
		t.Fatalf("the source is left without a backup that anybody knows of: %v", err)
	}
	if _, err := h.VerifyMove(t.Context(), centre, unit); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("servers that have not moved are verified: %v", err)
	}
	accept := func(key string) {
		t.Helper()
		if _, err := h.AcceptMove(t.Context(), centre, unit, terraform.Acceptance{Key: key, Reason: "a test", Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range refused.Refusals {
		if r.Gate != terraform.GateConcern {
			t.Fatalf("refused by %s, which nobody may accept", r)
		}
		accept(r.Attribute)
	}
	must(platform.Leave, "start", "finish")
	must(platform.Copy, "start", "copied", "finish")

	// Something is wrong: back to the source, on somebody's word with proof, and there again.
	if _, err := h.ReturnMove(t.Context(), centre, unit, "users complain"); err != nil {
		t.Fatal(err)
	}
	if err := step(platform.Rollback, "finish", ""); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("back without anything that shows it: %v", err)
	}
	must(platform.Rollback, "finish")
	must(platform.Leave, "start", "finish")
	must(platform.Copy, "start", "copied", "finish")

	m, err := h.VerifyMove(t.Context(), centre, unit)
	if err != nil {
		t.Fatal(err)
	}
	bad, unknown := terraform.Tally(m.Checks)
	if unknown == 0 {
		t.Errorf("nobody has looked since, and all is known: %+v", m.Checks)
	}
	if next, _ := m.Progress.Next(); next.Stage != platform.Verify {
		t.Errorf("%d checks are bad and %d unknown, and next is %s", bad, unknown, next.Stage)
	}
	if bad > 0 {
		t.Fatalf("%d checks are bad: %+v", bad, m.Checks)
	}
	for _, c := range m.Checks {
		if c.Unknown {
			accept(c.What)
		}
	}
	if m, err = h.VerifyMove(t.Context(), centre, unit); err != nil {
		t.Fatal(err)
	}
	if next, _ := m.Progress.Next(); next.Stage != platform.Finalize {
		t.Errorf("accepted by name, and next is %s: %+v", next.Stage, m.Checks)
	}
	if list, err = h.Assets(t.Context(), admin, hub.AssetQuery{}); err != nil {
		t.Fatal(err)
	}
	for _, id := range assets {
		if by := operatorOf(list, id); by != "fyn" {
			t.Errorf("the inventory says that %q operates %s", by, id)
		}
	}
	if len(list.Rows) != before {
		t.Errorf("%d assets after it was verified, %d before", len(list.Rows), before)
	}
}
