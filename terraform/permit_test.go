package terraform_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

func TestApprovalTerms(t *testing.T) {
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	p := terraform.UnitPlan{Unit: "u", Agreement: "a", Decided: true, NeedsConsent: true, PlanSHA256: "ab", Digest: "cd", Engine: "OpenTofu", Version: "1.10.6", ProposedBy: "Anna"}
	night := terraform.Terms{From: now.Add(9 * time.Hour), Valid: 8 * time.Hour, Consent: "Carla"}

	a, err := terraform.Approve(p, "Bo", now, night)
	if err != nil || !a.From.Equal(night.From) || !a.Expires.Equal(night.From.Add(night.Valid)) || a.Consent != "Carla" {
		t.Errorf("approval for tonight: %+v, %v", a, err)
	}
	_, err = terraform.Approve(p, "Bo", now, terraform.Terms{Valid: time.Hour})
	wantRefused(t, err, terraform.GateApproval) // nobody of the municipality consented
	if _, err = terraform.Approve(p, "Anna", now, terraform.Terms{Valid: time.Hour, Emergency: "the server room is flooded"}); err != nil {
		t.Errorf("in an emergency one person must do: %v", err)
	}
	p.Refusals = []terraform.Refusal{{Gate: terraform.GateDestroy, Reason: "x"}}
	_, err = terraform.Approve(p, "Anna", now, terraform.Terms{Valid: time.Hour, Emergency: "the server room is flooded"})
	wantRefused(t, err, terraform.GateDestroy) // no emergency sets a gate aside
}

// An approved plan is not applied before its window, on a frozen day, or while all moves are stopped.
func TestApplyWaitsForItsTime(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r, dir, units := rendered(t, p, snap)
	noon := r.Now()
	planned := plan(t, r, dir, units[:1])[0]
	a, err := terraform.Approve(planned, "Bo", noon, terraform.Terms{From: noon.Add(time.Hour), Valid: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	try := func() error {
		_, err := r.Apply(t.Context(), dir, units[0], a)
		return err
	}
	wantRefused(t, try(), terraform.GateWindow)

	r.Now = func() time.Time { return noon.Add(90 * time.Minute) }
	today := inventory.DateOf(noon)
	r.Freezes = []planner.Freeze{{From: today, To: today, Municipality: "450", Name: planner.Text{EN: "election"}}}
	wantRefused(t, try(), terraform.GateFreeze)

	r.Freezes[0].Municipality = "440" // another municipality's
	if err := terraform.Stop(dir, terraform.Stopped{By: "Carla", At: noon, Reason: "the link is down"}); err != nil {
		t.Fatal(err)
	}
	err = try()
	wantRefused(t, err, terraform.GateStop)
	if !strings.Contains(err.Error(), "Carla") || !strings.Contains(err.Error(), "the link is down") {
		t.Errorf("%q does not say who stopped, and why", err)
	}
	if err := terraform.Resume(dir); err != nil {
		t.Fatal(err)
	}
	if err := try(); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

func TestStopNeedsNameAndReason(t *testing.T) {
	for _, s := range []terraform.Stopped{{By: "Carla"}, {Reason: "x"}} {
		if err := terraform.Stop(t.TempDir(), s); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
}

// What somebody changed at the vCenter is shown; what changes by itself is told apart.
func TestDrift(t *testing.T) {
	t.Parallel() // it mostly waits for the provider
	w := newWorld(t, 1)
	units := w.to(t, platform.Adopt, "")
	w.carry(t, units)
	drift := func() []terraform.Drift {
		t.Helper()
		list, err := w.runner.Drift(t.Context(), w.dir, units[0])
		if err != nil {
			t.Fatal(err)
		}
		var real []terraform.Drift
		for _, d := range list {
			if d.Phantom == "" {
				real = append(real, d)
			}
		}
		return real
	}
	if list := drift(); len(list) > 0 {
		t.Errorf("drift right after adoption: %+v", list)
	}
	w.Change(t, w.snap.Assets[0].Name, types.VirtualMachineConfigSpec{NumCPUs: 4})
	want := []terraform.Drift{{Unit: units[0].ID, Resource: "vsphere_virtual_machine.server_s00000", Attribute: "num_cpus", Was: "1", Is: "4"}}
	if diff := cmp.Diff(want, drift()); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
}
