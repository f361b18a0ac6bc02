package hub_test

import (
	"slices"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/track"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// byHand is a hub whose only agreement moves its servers by hand, and whose clock is the real one.
func byHand(t *testing.T) *hub.Hub {
	t.Helper()
	h := open(t, t.TempDir(), func(c *hub.Config) {
		c.AsOf, c.Planner.Deadline = 0, inventory.DateOf(time.Now()).AddDays(600)
		c.Terraform.Agreements = map[string]terraform.Mapping{"450-461": {Platform: "manual"}}
	})
	if err := h.Collect(t.Context(), estate{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RenderTerraform(t.Context(), centre); err != nil {
		t.Fatal(err)
	}
	return h
}

// danishDay is the users' day now, which begins before that of most machines.
func danishDay(t *testing.T) inventory.Date {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	return inventory.DateOf(time.Now().In(zone))
}

// steps takes a unit through stages that people carry out.
func steps(t *testing.T, h *hub.Hub, unit string, stages ...platform.Stage) {
	t.Helper()
	for _, stage := range stages {
		for _, action := range []string{"start", "copied", "finish"} {
			if action == "copied" && stage != platform.Copy {
				continue
			}
			step := hub.StepMove{Stage: stage, Action: action, Tool: "Hyper-V Replica", Amount: 1, Total: 1, Measure: "disks", Proof: "ticket 7"}
			if _, err := h.StepMove(t.Context(), centre, unit, step); err != nil {
				t.Fatalf("%s %s: %v", stage, action, err)
			}
		}
	}
}

// depart takes a unit to where it can be verified, and lets stand what nobody here can know.
func depart(t *testing.T, h *hub.Hub, m hub.MoveRow) {
	t.Helper()
	for _, key := range []string{terraform.ConcernBackup, terraform.ConcernDependencies} {
		accept(t, h, m.Unit, key)
	}
	if m.Progress.Steps[0].State == terraform.Waiting {
		steps(t, h, m.Unit, platform.Test, platform.Ready)
	}
	steps(t, h, m.Unit, platform.Leave, platform.Copy)
}

// arrive verifies a unit.
func arrive(t *testing.T, h *hub.Hub, unit string) {
	t.Helper()
	m, err := h.VerifyMove(t.Context(), centre, unit)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Checks {
		if c.Unknown {
			accept(t, h, unit, c.What)
		}
	}
	if m, err = h.VerifyMove(t.Context(), centre, unit); err != nil {
		t.Fatal(err)
	}
	if next, _ := m.Progress.Next(); next.Stage != platform.Finalize {
		t.Fatalf("%s is not verified: %+v", unit, m.Checks)
	}
}

func accept(t *testing.T, h *hub.Hub, unit, key string) {
	t.Helper()
	if _, err := h.AcceptMove(t.Context(), centre, unit, terraform.Acceptance{Key: key, Reason: "a test", Until: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
}

// What a person reads of the wave, the agreement and the gap, at each step of a move: all of it follows from the
// move alone.
func TestWhatFollowsFromAMove(t *testing.T) {
	h := byHand(t)
	if err := h.SaveAnswers(t.Context(), nyborg, []nis2.Answer{{Municipality: "450", Control: "21c-02", Level: 4, Evidence: "plan"}, {Municipality: "450", Control: "20-01", Level: 4}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SetBaseline(t.Context(), admin, "2027-1"); err != nil {
		t.Fatal(err)
	}
	v, err := h.Moves(t.Context(), centre)
	if err != nil || len(v.Moves) == 0 {
		t.Fatalf("no unit to move: %v", err)
	}
	unit, wave := v.Moves[0], v.Moves[0].Wave.ID
	want := func(when, state string, verified int, said track.Operation) {
		t.Helper()
		v, err := h.Moves(t.Context(), centre)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := h.Plan(t.Context(), steering)
		if err != nil {
			t.Fatal(err)
		}
		tracked, err := h.Track(t.Context(), nyborg)
		if err != nil {
			t.Fatal(err)
		}
		for where, list := range map[string][]track.WaveStatus{"moves": v.Waves, "plan": plan.Progress, "tracking": tracked.Report.Waves} {
			w := waveIn(list, wave)
			if w.State != state || w.Verified != verified || w.Partial != (state != "planned" && len(unit.Group.Assets) < w.Servers) {
				t.Errorf("%s, %s: %+v, want %s with %d verified", when, where, w, state, verified)
			}
			if state != "planned" && !slices.Equal(w.Sources, []string{track.SourceMoves}) {
				t.Errorf("%s, %s: the source is %v", when, where, w.Sources)
			}
		}
		page, err := h.Municipality(t.Context(), nyborg, "450")
		if err != nil {
			t.Fatal(err)
		}
		o := *page.Operation
		if o.State != said.State || o.Differs != said.Differs || o.Verified != verified || o.Moved != verified || o.Servers == 0 {
			t.Errorf("%s the agreement is %+v, want %+v with %d", when, o, said, verified)
		}
		if o.Said != inventory.StateAgreement || page.Agreement.State != inventory.StateAgreement {
			t.Errorf("%s what the parties say has become %s", when, page.Agreement.State)
		}
	}
	servers, moved := len(unit.Group.Assets), track.Operation{State: inventory.StateMoving, Differs: true} // the parties say that it is only agreed
	want("before", "planned", 0, track.Operation{})
	depart(t, h, unit)
	want("under way", "started", 0, moved)
	if r := resultOf(t, h, "21c-02"); r.Reassess != nil || r.Effective != 4 {
		t.Errorf("to be reassessed before anything is verified: %+v", r)
	}

	day := danishDay(t)
	arrive(t, h, unit.Unit)
	want("verified", "verified", servers, moved)
	r := resultOf(t, h, "21c-02")
	if r.State != nis2.ToReassess || r.Effective != 2 || r.Confidence != 0.4 || r.Reassess == nil || r.Reassess.Servers != servers || r.Reassess.Level != 4 ||
		r.Reassess.Since < day || r.Reassess.Since > danishDay(t) || !slices.Equal(r.Reassess.Waves, []string{unit.Wave.Name}) {
		t.Errorf("after the move: %+v %+v", r, r.Reassess)
	}
	if r := resultOf(t, h, "20-01"); r.Reassess != nil || r.Effective != 4 {
		t.Errorf("a control that does not mind moves: %+v", r)
	}
	tasks, err := h.Actions(t.Context(), nyborg)
	if err != nil || len(tasks.Reassess) != 1 || tasks.Reassess[0].Control != "21c-02" {
		t.Errorf("tasks %+v, %v", tasks.Reassess, err)
	}
	if tasks, err = h.Actions(t.Context(), steering); err != nil || len(tasks.Reassess) > 0 {
		t.Errorf("the steering group reads a municipality's tasks: %+v, %v", tasks.Reassess, err)
	}
	facts, err := h.ReportFacts(t.Context(), steering)
	if err != nil || waveIn(facts.Progress, wave).Verified != servers || len(facts.Operations) != 1 {
		t.Errorf("the report has %+v, %v", facts.Progress, err)
	}

	// Taken back, all of it is as it was; there again, an answer that was confirmed in between does not count.
	if _, err := h.ReturnMove(t.Context(), centre, unit.Unit, "users complain"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.StepMove(t.Context(), centre, unit.Unit, hub.StepMove{Stage: platform.Rollback, Action: "finish", Proof: "ticket 8"}); err != nil {
		t.Fatal(err)
	}
	want("taken back", "rolled_back", 0, track.Operation{})
	if r := resultOf(t, h, "21c-02"); r.Reassess != nil || r.Effective != 4 {
		t.Errorf("taken back, and still to be reassessed: %+v", r)
	}
	list, err := h.Assets(t.Context(), admin, hub.AssetQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range unit.Group.Assets {
		if by := operatorOf(list, id); by != "" {
			t.Errorf("taken back, and the inventory says that %q operates %s", by, id)
		}
	}
	confirm := func() {
		t.Helper()
		if err := h.ConfirmAnswer(t.Context(), nyborg, "450", "21c-02", nil); err != nil {
			t.Fatal(err)
		}
	}
	confirm()
	depart(t, h, unit)
	arrive(t, h, unit.Unit)
	if r := resultOf(t, h, "21c-02"); r.Effective != 2 {
		t.Errorf("confirmed at home, and it counts at the centre: %+v", r)
	}
	confirm()
	if r := resultOf(t, h, "21c-02"); r.Reassess != nil || r.Effective != 4 || r.Confidence != 0.7 {
		t.Errorf("confirmed, and still: %+v", r)
	}
	steps(t, h, unit.Unit, platform.Finalize)
	want("final", "verified", servers, moved)
}

// A move that is taken back after the answer was confirmed at the centre lapses it again, and says why.
func TestAMoveThatIsTakenBackLapsesWhatWasConfirmedAtTheCentre(t *testing.T) {
	h := byHand(t)
	v, err := h.Moves(t.Context(), centre)
	if err != nil {
		t.Fatal(err)
	}
	unit := v.Moves[0]
	depart(t, h, unit)
	arrive(t, h, unit.Unit)
	if err := h.SaveAnswers(t.Context(), nyborg, []nis2.Answer{{Municipality: "450", Control: "21c-02", Level: 4}}); err != nil {
		t.Fatal(err)
	}
	if r := resultOf(t, h, "21c-02"); r.Reassess != nil {
		t.Errorf("answered after the move, and to be reassessed: %+v", r.Reassess)
	}
	if _, err := h.ReturnMove(t.Context(), centre, unit.Unit, "users complain"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.StepMove(t.Context(), centre, unit.Unit, hub.StepMove{Stage: platform.Rollback, Action: "finish", Proof: "ticket 8"}); err != nil {
		t.Fatal(err)
	}
	if r := resultOf(t, h, "21c-02"); r.Reassess == nil || r.Reassess.TakenBack != len(unit.Group.Assets) || r.Reassess.Servers != 0 || r.Effective != 2 {
		t.Errorf("taken back: %+v %+v", r, r.Reassess)
	}
}

func waveIn(list []track.WaveStatus, id string) track.WaveStatus {
	i := slices.IndexFunc(list, func(w track.WaveStatus) bool { return w.Wave == id })
	if i < 0 {
		return track.WaveStatus{}
	}
	return list[i]
}

func resultOf(t *testing.T, h *hub.Hub, control string) nis2.ControlResult {
	t.Helper()
	a, _, err := h.GapOf(t.Context(), nyborg, "450")
	if err != nil {
		t.Fatal(err)
	}
	return a.Controls[slices.IndexFunc(a.Controls, func(r nis2.ControlResult) bool { return r.ID == control })]
}
