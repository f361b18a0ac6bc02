package terraform_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

var night = time.Date(2027, time.February, 3, 22, 0, 0, 0, time.UTC)

// walk takes a unit through the given stages.
func walk(t *testing.T, p *terraform.Progress, stages ...platform.Stage) {
	t.Helper()
	for _, stage := range stages {
		if err := p.Start(stage, "Anna", night); err != nil {
			t.Fatal(err)
		}
		if stage == platform.Copy {
			if err := p.Copied("HCX", 80, 80, "GB"); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Finish(stage, "log 4711", "", night.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProgressBetweenPlatforms(t *testing.T) {
	p := terraform.NewProgress("450-a1", true)
	if err := p.Start(platform.Copy, "Anna", night); err == nil || !strings.Contains(err.Error(), "adopt is waiting") {
		t.Errorf("a copy before the adoption: %v", err)
	}
	walk(t, &p, platform.Adopt, platform.Test, platform.Ready)
	walk(t, &p, platform.Leave)
	if got := p.Rendered(); got != platform.Adopt {
		t.Errorf("nothing has arrived, and the HCL is of %s", got)
	}
	if err := p.Start(platform.Copy, "Anna", night); err != nil {
		t.Fatal(err)
	}
	for proof, amount := range map[string]int64{"": 80, "sha256 …": 79} {
		if err := p.Copied("HCX", amount, 80, "GB"); err != nil {
			t.Fatal(err)
		}
		if err := p.Finish(platform.Copy, proof, "", night); err == nil {
			t.Errorf("a copy of %d of 80 GB with proof %q was taken as done", amount, proof)
		}
	}
	if err := p.Fail(platform.Copy, "the link went down", night); err != nil {
		t.Fatal(err)
	}
	walk(t, &p, platform.Copy)
	if got := p.Rendered(); got != platform.Arrive {
		t.Errorf("copied, and the HCL is of %s", got)
	}
	walk(t, &p, platform.Arrive)
	if next, _ := p.Next(); next.Stage != platform.Verify {
		t.Errorf("next is %s", next.Stage)
	}
}

func TestRollbackUntilTheMoveIsFinal(t *testing.T) {
	p := terraform.NewProgress("450-a1", false)
	walk(t, &p, platform.Adopt, platform.Test, platform.Ready)
	if err := p.Return("changed our minds"); err == nil {
		t.Error("nothing had begun, and it was taken back")
	}
	walk(t, &p, platform.Place)
	if err := p.Return(""); err == nil {
		t.Error("taken back without a reason")
	}
	if err := p.Return("the application does not start"); err != nil {
		t.Fatal(err)
	}
	if got := p.Rendered(); got != platform.Rollback {
		t.Errorf("on its way back, and the HCL is of %s", got)
	}
	if err := p.Returned("Bo", night); err != nil {
		t.Fatal(err)
	}
	var kept []platform.Stage
	for _, s := range p.RolledBack {
		kept = append(kept, s.Stage)
	}
	if diff := cmp.Diff([]platform.Stage{platform.Place, platform.Rollback}, kept); diff != "" {
		t.Errorf("what is kept of the attempt (-want +got):\n%s", diff)
	}
	if next, _ := p.Next(); next.Stage != platform.Place {
		t.Errorf("next is %s, want another attempt", next.Stage)
	}
	walk(t, &p, platform.Place, platform.Verify, platform.Finalize)
	if err := p.Return("too late"); err == nil || !strings.Contains(err.Error(), "no way back") {
		t.Errorf("after the end: %v", err)
	}
}

// Whatever is called in whatever order, steps are only ever done from the first on, a copy is never done
// without proof, and nothing that was done is lost but by going back.
func TestProgressKeepsItsOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := terraform.NewProgress("u", rapid.Bool().Draw(rt, "between"))
		for range rapid.IntRange(1, 60).Draw(rt, "calls") {
			stage := rapid.SampledFrom(platform.Stages).Draw(rt, "stage")
			switch rapid.IntRange(0, 5).Draw(rt, "call") {
			case 0:
				_ = p.Start(stage, "Anna", night)
			case 1:
				_ = p.Finish(stage, rapid.SampledFrom([]string{"", "log"}).Draw(rt, "proof"), "", night)
			case 2:
				_ = p.Fail(stage, "x", night)
			case 3:
				_ = p.Copied("OVF", rapid.Int64Range(-1, 3).Draw(rt, "amount"), 2, "disks")
			case 4:
				_ = p.Return("x")
			case 5:
				_ = p.Returned("Bo", night)
			}
			open := false
			for _, s := range p.Steps {
				if open && s.State != terraform.Waiting {
					rt.Fatalf("%s is %s although an earlier step is not done: %+v", s.Stage, s.State, p.Steps)
				}
				open = open || s.State != terraform.Done
				if s.Stage == platform.Copy && s.State == terraform.Done && (s.Proof == "" || s.Amount < s.Total) {
					rt.Fatalf("a copy is done without proof: %+v", s)
				}
			}
		}
	})
}
