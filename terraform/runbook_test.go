package terraform_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

// A night with a foundation and three systems, worked out by hand: two units at a time from 22:30, each
// 10 minutes and 5 for its server, then 20 to verify; all four could go back in 30 minutes.
func TestRunbook(t *testing.T) {
	night := inventory.NewDate(2027, time.March, 2)
	wave := planner.Wave{ID: "450-1", Name: "Nyborg 1", Agreement: "nyborg-odense"}
	var plan planner.Plan
	var units []terraform.Unit
	for i, g := range []planner.Group{
		{ID: "critical", Criticality: inventory.CriticalitySociety}, {ID: "unknown"}, {ID: "low", Criticality: inventory.CriticalityLow}, {ID: "ad", Foundation: true},
	} {
		g.Wave = wave.ID
		plan.Groups = append(plan.Groups, g)
		u := terraform.Unit{ID: g.ID, Name: g.ID, Wave: wave.ID, Cutover: night, Servers: 1}
		if i == 0 {
			u.Refusals = []terraform.Refusal{{Gate: terraform.GateConcern, Resource: "nyb-1", Attribute: "snapshot", Reason: "it has snapshots"}}
		}
		units = append(units, u)
	}
	copenhagen, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	books := terraform.Runbooks(plan, wave, units, terraform.DefaultTiming(), copenhagen)
	if len(books) != 1 {
		t.Fatalf("%d nights, want one", len(books))
	}
	var got []string
	for _, l := range books[0].Lines {
		got = append(got, fmt.Sprintf("%s %s %s", l.At.Format("15:04"), l.What, l.Unit))
	}
	want := []string{
		"22:00 runbook_roll_call ", "22:00 runbook_guest_licences ", "22:00 runbook_backup_checked ", "22:15 runbook_monitoring_quiet ", "22:30 runbook_go ",
		"22:30 runbook_move ad", "22:30 runbook_move low", "22:45 runbook_verify ad", "22:45 runbook_verify low",
		"23:05 runbook_move unknown", "23:05 runbook_move critical", "23:20 runbook_verify unknown", "23:20 runbook_verify critical",
		"23:40 runbook_keep ", "23:40 runbook_monitoring_on ", "23:55 runbook_users_told ", "05:30 runbook_last_rollback ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the night (-want +got):\n%s", diff)
	}
	if books[0].Overrun != 0 || len(books[0].Open) != 1 {
		t.Errorf("overrun %s, open %v; want none, and the snapshot", books[0].Overrun, books[0].Open)
	}
	short := terraform.DefaultTiming()
	short.Window = 2 * time.Hour
	// The last unit is verified at 23:40; going back would have to begin at 23:30.
	if got := terraform.Runbooks(plan, wave, units, short, copenhagen)[0].Overrun; got != 10*time.Minute {
		t.Errorf("a window of two hours is overrun by %s, want 10 minutes", got)
	}
}
