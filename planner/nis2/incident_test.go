package nis2_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/planner/nis2"
)

func at(day, hour int) time.Time { return time.Date(2027, time.January, day, hour, 0, 0, 0, time.UTC) }

// Ransomware at the centre: it knows first, the municipality a day later, and each has its own clock.
func TestIncidentClock(t *testing.T) {
	yes := true
	i := nis2.Incident{
		ID: "i1", Municipality: "479", Centre: "kit-fyn", Title: "Ransomware", Significant: &yes, Why: "severe disruption", DecidedBy: "IT chief",
		Aware: map[nis2.Party]nis2.Awareness{
			nis2.PartyCentre:       {At: at(30, 8), By: "duty officer"},
			nis2.PartyMunicipality: {At: at(31, 9), By: "IT chief"},
		},
		Sent: map[nis2.Party][]nis2.Sent{
			nis2.PartyCentre:       {{Step: nis2.EarlyWarning, At: at(30, 20), By: "duty officer"}},
			nis2.PartyMunicipality: {{Step: nis2.EarlyWarning, At: at(32, 10), By: "IT chief"}},
		},
	}
	if err := i.Validate(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range i.Clock(at(32, 12)) { // 1 February, noon
		got = append(got, fmt.Sprintf("%s %s %s late=%t", d.Party, d.Step, d.Due.Format("01-02 15"), d.Late))
	}
	want := []string{
		"municipality early_warning 02-01 09 late=true", // sent an hour late
		"municipality notification 02-03 09 late=false",
		"municipality final_report 03-03 09 late=false",
		"centre early_warning 01-31 08 late=false",
		"centre notification 02-02 08 late=false",
		"centre final_report 03-02 08 late=false",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("clock\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	// The month of the final report runs from when the notification was really sent.
	i.Sent[nis2.PartyCentre] = append(i.Sent[nis2.PartyCentre], nis2.Sent{Step: nis2.Notification, At: at(31, 23), By: "duty officer"})
	for _, d := range i.Clock(at(32, 12)) {
		if d.Party == nis2.PartyCentre && d.Step == nis2.FinalReport && d.Due.Format("01-02 15") != "02-28 23" {
			t.Errorf("final report due %s, want the last day of February", d.Due)
		}
	}

	no := false
	i.Significant = &no
	if clock := i.Clock(at(32, 12)); clock != nil {
		t.Errorf("an incident that is not significant has a clock: %+v", clock)
	}
	i.Significant = nil
	if clock := i.Clock(at(32, 12)); len(clock) != 6 {
		t.Errorf("undecided, %d steps run, want all six: time passes while people decide", len(clock))
	}
}

func TestIncidentFaults(t *testing.T) {
	yes := true
	err := (&nis2.Incident{
		ID: "i1", Significant: &yes, Aware: map[nis2.Party]nis2.Awareness{nis2.PartyCentre: {At: at(2, 0)}},
		Sent: map[nis2.Party][]nis2.Sent{nis2.PartyCentre: {{Step: "telephone", At: at(1, 0)}}},
	}).Validate()
	for _, want := range []string{"municipality is missing", "title is missing", "no centre is named", "not by whom", `step "telephone"`, "before the party was aware"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
}
