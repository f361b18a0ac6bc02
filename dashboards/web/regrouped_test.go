package web_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// A group whose first server is retired gets another id: where the plan in force stands, it is told in words
// whom its date follows.
func TestRegroupedServersAreToldInWords(t *testing.T) {
	v, err := estate.Hub.Plan(t.Context(), people[3])
	if err != nil {
		t.Fatal(err)
	}
	var g planner.Group
	for _, x := range v.Plan.Groups {
		if len(x.Assets) >= 3 && x.Cutover.Known() && !x.Foundation {
			g = x
		}
	}
	first, ok := whole.Asset(g.Assets[0])
	if !ok {
		t.Fatalf("group %+v has no server of the estate", g)
	}
	say := func(status inventory.AssetStatus) {
		t.Helper()
		o := inventory.Observation{Collector: "sheet", Source: "retired.csv", Municipality: first.Municipality, At: time.Now(), Status: inventory.StatusOK,
			Asset: &inventory.Asset{Name: first.Name, Kind: first.Kind, Serial: first.Serial, UUID: first.UUID, Status: status}}
		if err := estate.Hub.Sink().Observe(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if _, err := estate.Hub.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s, err := estate.Hub.SaveScenario(t.Context(), people[0], hub.Scenario{Name: "Følg med", KeepDates: true,
		Changes: []scenario.Change{{Kind: scenario.Setting, Setting: "hypercare_days", Value: json.RawMessage("8")}}})
	if err == nil {
		s, err = estate.Hub.ReviewScenario(t.Context(), people[3], s.Ref(), s.Revision)
	}
	if err == nil {
		_, err = estate.Hub.ApproveScenario(t.Context(), people[2], s.Ref(), s.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer takeBack(t)
	say(inventory.Retired)
	defer say(first.Status)
	_, body, _ := get(t, hub.RoleAdmin, "/plan/scenarios")
	if want := g.Name + " er grupperet på ny og hedder nu "; !strings.Contains(body, want) {
		t.Errorf("the page does not say %q", want)
	}
}
