package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
)

// answer asks the API, wants a status, and reads the answer.
func answer[T any](t *testing.T, p hub.Person, method, path, content string, status int) (value T) {
	t.Helper()
	r := send(t, p, method, strings.TrimSuffix("/api/v1/plan/"+path, "/"), content)
	text := body(t, r)
	if r.StatusCode != status {
		t.Fatalf("%s %s as %s: %s %.300s, want %d", method, path, p.Role, r.Status, text, status)
	}
	if status == http.StatusOK {
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return value
}

// A dragged date comes back at once with what it moves and what it runs into.
func TestADraggedDateIsAnswered(t *testing.T) {
	admin := people[3]
	groups := answer[hub.GroupsView](t, admin, "GET", "groups", "", 200)
	g := groups.Groups[0]
	drag := func(day string) hub.WhatIfView {
		return answer[hub.WhatIfView](t, admin, "POST", "what-if", fmt.Sprintf(`{"changes":[{"kind":"pin","group":%q,"date":%q}]}`, g.ID, day), 200)
	}
	if same := drag(g.Cutover.String()); len(same.Conflicts) != 0 {
		t.Errorf("the date it has meets %+v", same.Conflicts)
	}
	christmas := drag("2027-12-24")
	found := false
	for _, r := range christmas.Difference.Groups {
		found = found || r.Group == g.ID && r.To.String() == "2027-12-24" && len(r.Causes) > 0
	}
	if !found || len(christmas.Conflicts) == 0 {
		t.Errorf("dragged to Christmas: %d groups differ, conflicts %+v", len(christmas.Difference.Groups), christmas.Conflicts)
	}
	answer[any](t, admin, "POST", "what-if", `{"changes":[{"kind":"pin","grupe":"x"}]}`, 400)
	answer[any](t, admin, "POST", "what-if", `{"changes":[{"kind":"setting","setting":"speed","value":1}]}`, 422)
	answer[any](t, people[0], "POST", "what-if", `{"changes":[{"kind":"leave","municipality":"430"}]}`, 403)
}

// Two people who change the same scenario: the second is told, and nothing is lost.
func TestScenariosAreKeptReviewedAndApproved(t *testing.T) {
	admin, steering := people[3], people[2]
	second := hub.Person{Name: "Anden", Role: hub.RoleAdmin}
	s := answer[hub.Scenario](t, admin, "POST", "scenarios", `{"name":"Flere hold","changes":[{"kind":"crews","crews":3}]}`, 200)
	kept, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	answer[hub.Scenario](t, second, "POST", "scenarios", string(kept), 200)
	answer[any](t, admin, "POST", "scenarios", string(kept), 409)
	latest := answer[hub.ScenarioView](t, admin, "GET", "scenarios/flere-hold", "", 200).Scenario
	if latest.Revision != 2 || latest.Author != "Anden" {
		t.Errorf("kept %+v", latest)
	}
	answer[any](t, second, "POST", "scenarios/flere-hold/review", `{"revision":2}`, 422)
	answer[hub.Scenario](t, admin, "POST", "scenarios/flere-hold/review", `{"revision":2}`, 200)
	answer[any](t, people[0], "POST", "scenarios/flere-hold/approve", `{"revision":3}`, 403)
	if approved := answer[hub.Scenario](t, steering, "POST", "scenarios/flere-hold/approve", `{"revision":3}`, 200); approved.ApprovedBy != steering.Name {
		t.Errorf("approved %+v", approved)
	}
	if now := answer[hub.InForceView](t, people[0], "GET", "in-force", "", 200).InForce; now == nil || now.Scenario != "flere-hold@1" || now.By != steering.Name {
		t.Errorf("in force: %+v", now)
	}
	answer[any](t, second, "POST", "scenarios/flere-hold/delete", `{"revision":4}`, 422)
	d := answer[hub.CompareView](t, people[0], "GET", "compare?b=flere-hold@1", "", 200).Difference
	if len(d.Changes) != 1 || d.After.LastWaveEnd > d.Before.LastWaveEnd {
		t.Errorf("one crew more: %+v", d.After)
	}
	for _, r := range d.Groups {
		if r.Municipality != "479" {
			t.Errorf("Svendborg sees group %s of %s", r.Group, r.Municipality)
		}
	}
}

// What has happened is told over the API: what moves and why, whom it concerns, and a draft of it. The
// steering group reads the whole, and takes back what is in force.
func TestAPlanIsMended(t *testing.T) {
	admin, svendborg, steering := people[3], people[0], people[2]
	answer[any](t, svendborg, "POST", "scenarios/present/adopt", `{"revision":0}`, 403)
	answer[hub.Scenario](t, steering, "POST", "scenarios/present/adopt", `{"revision":0}`, 200)
	if now := answer[hub.InForceView](t, svendborg, "GET", "in-force", "", 200); now.InForce != nil {
		t.Errorf("after taking back, %s is in force", now.InForce.Scenario)
	}
	g := answer[hub.GroupsView](t, admin, "GET", "groups", "", 200).Groups[0]
	late := fmt.Sprintf(`{"name":"Sen forbindelse","changes":[{"kind":"link_ready","municipality":%q,"date":%q}]}`, g.Municipality, g.Cutover.AddDays(14))
	v := answer[hub.ReplanView](t, admin, "POST", "replan", late, 200)
	moved := map[string]bool{}
	for _, m := range v.Changes {
		moved[m.Group] = true
		if m.Why.Rule == "" {
			t.Errorf("%s moves for no reason", m.Group)
		}
	}
	if !moved[g.ID] || v.Difference.After.LastWaveEnd < v.Difference.Before.LastWaveEnd || v.Anew.Groups == 0 {
		t.Errorf("a late link: %d groups move, the end is %s", len(v.Changes), v.Difference.After.LastWaveEnd)
	}
	if whole := answer[hub.ReplanView](t, steering, "POST", "replan", late, 200); len(whole.Changes) != 0 || whole.Hidden != len(v.Changes) {
		t.Errorf("the steering group sees %d groups, %d hidden of %d", len(whole.Changes), whole.Hidden, len(v.Changes))
	}
	answer[any](t, svendborg, "POST", "replan", late, 403)
	s := answer[hub.Scenario](t, admin, "POST", "replan/save", late, 200)
	if s.State != hub.ScenarioDraft || !s.KeepDates || len(s.Changes) != 1+len(v.Changes) {
		t.Errorf("the draft keeps dates: %v, %d changes for %d groups", s.KeepDates, len(s.Changes), len(v.Changes))
	}
	if r := answer[hub.ReliefsView](t, svendborg, "GET", "relief", "", 200); len(r.Reliefs) == 0 || r.Hidden == 0 {
		t.Errorf("Svendborg sees %d reliefs, %d hidden", len(r.Reliefs), r.Hidden)
	}
	if c := answer[hub.ClashesView](t, admin, "GET", "clash", "", 200); c.Verdict != "possible" || c.Rules == nil {
		t.Errorf("clash: %+v", c)
	}
}

// What happened is told by those whose it is, and held against the frozen plan.
func TestThePlanIsHeldAgainstWhatHappened(t *testing.T) {
	admin, svendborg := people[3], people[0]
	answer[any](t, admin, "GET", "track", "", 404)
	answer[any](t, svendborg, "POST", "baselines", `{"version":"2026-1"}`, 403)
	answer[hub.BaselineRow](t, admin, "POST", "baselines", `{"version":"2026-1"}`, 200)
	answer[any](t, admin, "POST", "baselines", `{"version":"2026-1"}`, 422)
	groups := answer[hub.GroupsView](t, admin, "GET", "groups", "", 200).Groups
	g := groups[0]
	today := answer[hub.TrackView](t, admin, "GET", "track", "", 200).AsOf
	event := fmt.Sprintf(`{"kind":"cut_over","group":%q,"on":%q}`, g.ID, today)
	answer[any](t, svendborg, "POST", "track/events", event, 404)
	answer[any](t, admin, "POST", "track/events", strings.Replace(event, "cut_over", "moved", 1), 422)
	answer[any](t, admin, "POST", "track/events", strings.Replace(event, today.String(), today.AddDays(1).String(), 1), 422)
	if x := answer[track.Event](t, admin, "POST", "track/events", event, 200); x.By != admin.Name {
		t.Errorf("told by %q", x.By)
	}
	v := answer[hub.TrackView](t, admin, "GET", "track", "", 200)
	done := 0
	for _, x := range v.Report.Groups {
		done += x.Done
	}
	if done != len(g.Assets) || v.Report.Schedule.Earned != done || len(v.Report.Groups) != len(groups) {
		t.Errorf("%d servers are done, %d earned, of %d in the group", done, v.Report.Schedule.Earned, len(g.Assets))
	}
	if own := answer[hub.TrackView](t, svendborg, "GET", "track", "", 200); own.Report.Schedule.Earned != 0 || len(own.Report.Waves) != 0 {
		t.Errorf("Svendborg, which has moved, sees %+v", own.Report.Schedule)
	}
	if all := answer[hub.TrackView](t, people[2], "GET", "track", "", 200); all.Report.Schedule.Earned != done || len(all.Report.Groups) != 0 {
		t.Errorf("the steering group sees %d groups, %d earned", len(all.Report.Groups), all.Report.Schedule.Earned)
	}
}

func TestAPlanFromOutsideIsChecked(t *testing.T) {
	admin := people[3]
	plan := answer[hub.PlanView](t, admin, "GET", "", "", 200).Plan
	send := func(p planner.Plan) []planner.Violation {
		content, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return answer[struct{ Broken []planner.Violation }](t, admin, "POST", "check", string(content), 200).Broken
	}
	if broken := send(plan); len(broken) != 0 {
		t.Errorf("the hub's own plan breaks %v", broken)
	}
	plan.Groups[0].Cutover = plan.Groups[0].Cutover.AddDays(-1)
	if broken := send(plan); len(broken) == 0 {
		t.Error("a changed date is not found")
	}
	answer[any](t, people[0], "POST", "check", "{}", 403)
}
