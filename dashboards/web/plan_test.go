package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
	"github.com/samdrift/samdrift/planner/scenario"
	"github.com/samdrift/samdrift/planner/track"
)

// movingGroup gives a group with a date of somebody other than the municipality of the demo's people.
func movingGroup(t *testing.T) planner.Group {
	t.Helper()
	v, err := estate.Hub.Plan(t.Context(), people[3])
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range v.Plan.Groups {
		if g.Wave != "" && g.Municipality != people[0].Organisation {
			return g
		}
	}
	t.Fatal("the demo plans nothing")
	return planner.Group{}
}

// A date is tried without a script: what it breaks stands in words, it can be taken back and tried again.
func TestDateIsTried(t *testing.T) {
	g := movingGroup(t)
	status, body, _ := get(t, hub.RoleAdmin, "/plan?try="+g.ID+"&day=2026-12-25")
	if status != http.StatusOK || !strings.Contains(body, "Regler, der brydes") || !strings.Contains(body, "ligger i en frysperiode (Jul og nytår)") {
		t.Fatalf("%d: no conflict is told", status)
	}
	undo := regexp.MustCompile(`href="([^"]*)"[^>]*data-undo`).FindStringSubmatch(body)
	if undo == nil {
		t.Fatal("what was tried cannot be undone")
	}
	_, body, _ = get(t, hub.RoleAdmin, strings.ReplaceAll(undo[1], "&amp;", "&"))
	if strings.Contains(body, "Regler, der brydes") || strings.Contains(body, "data-undo") || !strings.Contains(body, "data-redo") {
		t.Error("after undoing, something is tried still, or it cannot be tried again")
	}
	redo := regexp.MustCompile(`href="([^"]*)"[^>]*data-redo`).FindStringSubmatch(body)
	if _, body, _ = get(t, hub.RoleAdmin, strings.ReplaceAll(redo[1], "&amp;", "&")); !strings.Contains(body, "Regler, der brydes") {
		t.Error("it is not tried again")
	}
	if status, body, _ := get(t, hub.RoleMunicipality, "/plan?pin="+g.ID+"@2027-03-03"); status == http.StatusOK {
		t.Errorf("another municipality's group can be tried: %.200s", body)
	}
}

// A scenario is written, reviewed by a second person, approved by the steering group, and never
// changes after that.
func TestScenarioFromDraftToApproved(t *testing.T) {
	status, body, to := post(t, hub.RoleMunicipality, "/plan/scenarios", url.Values{"name": {"Længere opfølgning"}})
	if status != http.StatusSeeOther {
		t.Fatalf("%d %.300s", status, body)
	}
	if status, _, _ := get(t, hub.RoleSteering, to); status != http.StatusNotFound {
		t.Errorf("the steering group sees a draft: %d", status)
	}
	change := url.Values{"kind": {"setting"}, "setting": {"hypercare_days"}, "value": {"20"}, "revision": {"1"}}
	if status, _, _ := post(t, hub.RoleCentre, to+"/change", change); status != http.StatusNotFound {
		t.Errorf("the centre changes a draft of a municipality: %d", status)
	}
	if status, body, _ := post(t, hub.RoleMunicipality, to+"/change", change); status != http.StatusSeeOther {
		t.Fatalf("change: %d %.300s", status, body)
	}
	if status, body, _ := post(t, hub.RoleMunicipality, to+"/change", change); status != http.StatusUnprocessableEntity || !strings.Contains(body, "En anden har ændret scenariet imens") {
		t.Errorf("a change of an older revision: %d", status)
	}
	if status, _, _ := post(t, hub.RoleMunicipality, to+"/step/review", url.Values{"revision": {"2"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("the author reviews it alone: %d", status)
	}
	for _, step := range []struct {
		role           hub.Role
		step, revision string
	}{{hub.RoleAdmin, "review", "2"}, {hub.RoleSteering, "approve", "3"}} {
		if status, body, _ := post(t, step.role, to+"/step/"+step.step, url.Values{"revision": {step.revision}}); status != http.StatusSeeOther {
			t.Fatalf("%s: %d %.300s", step.step, status, body)
		}
	}
	t.Cleanup(func() { takeBack(t) }) // what is approved is in force
	_, body, _ = get(t, hub.RoleSteering, to)
	for _, want := range []string{"Godkendt", "Dages opfølgning efter en bølge: 20", people[3].Name, people[2].Name} {
		if !strings.Contains(body, want) {
			t.Errorf("the approved scenario does not say %q", want)
		}
	}
	change.Set("revision", "4")
	if status, _, next := post(t, hub.RoleMunicipality, to+"/change", change); status != http.StatusSeeOther || !strings.HasSuffix(next, "@2") {
		t.Errorf("a change of an approved scenario gives %d %s, want a second version", status, next)
	}
	if status, _, _ := post(t, hub.RoleMunicipality, to+"/step/delete", url.Values{"revision": {"4"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("an approved scenario can be deleted: %d", status)
	}
}

// Two plans stand side by side, with the change that they differ in and why dates are others.
func TestScenariosAreCompared(t *testing.T) {
	v, err := estate.Hub.Scenarios(t.Context(), people[3])
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range v.Scenarios {
		if s.Name != "Ét hold" {
			continue
		}
		_, body, _ := get(t, hub.RoleAdmin, "/plan/scenarios?a=present&b="+s.Ref())
		for _, want := range []string{"Det er de forskellige i", "Driftshold pr. center: 1", "Grupper med anden dato", "Sidste bølge slutter"} {
			if !strings.Contains(body, want) {
				t.Errorf("the comparison does not say %q", want)
			}
		}
		return
	}
	t.Fatal("the scenario is not listed")
}

// Nobody changes anything of the plan without being known, and nobody asks about a group that is not
// theirs to see.
func TestPostsOfThePlanKeepTheScope(t *testing.T) {
	for _, r := range routes() {
		if !strings.HasPrefix(r.Pattern, "POST /plan/") {
			continue
		}
		path := strings.NewReplacer("POST ", "", "{ref}", "none", "{step}", "review", "{id}", "none").Replace(r.Pattern)
		if status, _, _ := post(t, "", path, url.Values{"name": {"x"}, "revision": {"1"}}); status != http.StatusUnauthorized {
			t.Errorf("%s answers nobody with %d", path, status)
		}
		for _, role := range []hub.Role{hub.RoleMunicipality, hub.RoleCentre, hub.RoleSteering} {
			if status, _, _ := post(t, role, path, url.Values{"revision": {"1"}}); status < 400 {
				t.Errorf("%s of something that is not there, as %s: %d", path, role, status)
			}
		}
	}
	g := movingGroup(t)
	changes := `[{"kind":"pin","group":"` + g.ID + `","date":"2027-06-01"}]`
	if status, body, _ := post(t, hub.RoleMunicipality, "/plan/scenarios", url.Values{"name": {"Andres"}, "changes": {changes}}); status != http.StatusNotFound || strings.Contains(body, g.ID) {
		t.Errorf("a scenario about another municipality's group: %d", status)
	}
}

// Whatever a what-if can break, change or name has words.
func TestPlanHasWords(t *testing.T) {
	var keys []string
	for _, file := range []string{"check_dates.go", "check_centres.go"} {
		source, err := os.ReadFile(filepath.Join("..", "..", "planner", file))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`c\.keep\([^"\n]*"(\w+)"`).FindAllStringSubmatch(string(source), -1)
		if len(found) == 0 {
			t.Errorf("no rules that wishes can break in %s: has the verifier changed?", file)
		}
		for _, m := range found {
			keys = append(keys, "conflict."+m[1])
		}
	}
	for _, k := range scenario.Kinds {
		keys = append(keys, "change."+string(k))
	}
	for _, how := range []string{scenario.Direct, scenario.Room, scenario.Dates, scenario.Searched} {
		keys = append(keys, "cause."+how)
	}
	for _, s := range []hub.ScenarioState{hub.ScenarioDraft, hub.ScenarioReviewed, hub.ScenarioApproved} {
		keys = append(keys, "scenariostate."+string(s))
	}
	for _, x := range evaluate.Parts {
		keys = append(keys, "part."+string(x))
	}
	for _, x := range []evaluate.Verdict{evaluate.Gains, evaluate.Loses, evaluate.Either, evaluate.Unmoved} {
		keys = append(keys, "verdict."+string(x))
	}
	for _, x := range []evaluate.Kind{evaluate.FromPlan, evaluate.FromInventory, evaluate.FromFacts, evaluate.FromSource, evaluate.Assumption, evaluate.NotKnown} {
		keys = append(keys, "basis."+string(x))
	}
	usual := evaluate.DefaultSettings()
	for _, x := range usual.Keys {
		keys = append(keys, "key."+x.Name)
	}
	for _, x := range usual.Options {
		keys = append(keys, "option."+x.Key)
	}
	for _, x := range append(slices.Clone(track.Kinds), track.Planned) {
		keys = append(keys, "trackstate."+string(x))
	}
	for _, doc := range planner.Rules() {
		if strings.HasPrefix(doc.English, "{days} days: ") {
			keys = append(keys, "rule."+doc.Rule)
		}
	}
	for _, lang := range locale.Languages {
		for _, key := range keys {
			if !locale.Get(lang).Has(key) {
				t.Errorf("no words in %s for %s", lang, key)
			}
		}
	}
}

// The plan is frozen, what happens is told, and the page holds one against the other.
func TestTracking(t *testing.T) {
	if status, body, _ := get(t, hub.RoleMunicipality, "/plan/track"); status != http.StatusOK || strings.Contains(body, "/plan/track/baseline") {
		t.Errorf("%d: a municipality may freeze the plan", status)
	}
	if status, _, _ := post(t, hub.RoleMunicipality, "/plan/track/baseline", url.Values{"version": {"2027-1"}}); status != http.StatusForbidden {
		t.Errorf("a municipality freezes the plan: %d", status)
	}
	if status, _, _ := post(t, hub.RoleSteering, "/plan/track/baseline", url.Values{"version": {"Forår!"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a name that is none: %d", status)
	}
	if status, body, _ := post(t, hub.RoleSteering, "/plan/track/baseline", url.Values{"version": {"2027-1"}}); status != http.StatusSeeOther {
		t.Fatalf("%d %.300s", status, body)
	}
	g := movingGroup(t)
	event := url.Values{"subject": {g.ID}, "kind": {"cut_over"}, "on": {"2026-11-20"}}
	if status, _, _ := post(t, hub.RoleMunicipality, "/plan/track/events", event); status != http.StatusNotFound {
		t.Errorf("an event of another municipality: %d", status)
	}
	if status, body, _ := post(t, hub.RoleAdmin, "/plan/track/events", event); status != http.StatusSeeOther {
		t.Fatalf("%d %.300s", status, body)
	}
	event.Set("on", "")
	if status, body, _ := post(t, hub.RoleAdmin, "/plan/track/events", event); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Dag mangler") {
		t.Errorf("an event without a day: %d", status)
	}
	_, body, _ := get(t, hub.RoleAdmin, "/plan/track")
	if !strings.Contains(body, fmt.Sprintf("<b>%d af ", len(g.Assets))) || !strings.Contains(body, "2027-1: frosset") {
		t.Error("what has moved is not counted, or the version is not listed")
	}
}

// A choice of centres is judged; a joint cost is shared to the last krone, and dearer when one leaves.
func TestChoiceAndMoney(t *testing.T) {
	_, body, _ := get(t, hub.RoleAdmin, "/plan/centres")
	for _, want := range []string{"Dagens politiske valg, bedømt", "bruger-km", "Intet valg, der holder aftaler og kapacitet, kan komme under"} {
		if !strings.Contains(body, want) {
			t.Errorf("the choice of centres does not say %q", want)
		}
	}
	_, body, _ = get(t, hub.RoleAdmin, "/plan/capacity")
	for _, want := range []string{`<th scope="col" class="n">strøm (kW)</th>`, `<th scope="col" class="n">driftspersonale (årsværk)</th>`} {
		if !strings.Contains(body, want) {
			t.Errorf("the capacity page lacks %q", want)
		}
	}
	if status, body, _ := get(t, hub.RoleAdmin, "/plan/centres?"+movingGroup(t).Municipality+"=nowhere"); status != http.StatusOK || !strings.Contains(body, "Det kan ikke planlægges") {
		t.Errorf("a centre that is not there: %d", status)
	}
	_, body, _ = get(t, hub.RoleAdmin, "/plan/money?joint=1.000.000&out=479")
	if !strings.Contains(body, "er ikke med") || !strings.Contains(body, "Lige meget til alle") {
		t.Error("the joint cost is not shared")
	}
	if _, body, _ = get(t, hub.RoleMunicipality, "/plan/money?joint=1000000"); strings.Count(body, `<th scope="row">Svendborg</th>`) == 0 || strings.Contains(body, `<th scope="row">Nyborg</th>`) {
		t.Error("a municipality does not see its own share, or sees others'")
	}
	if _, body, _ = get(t, hub.RoleAdmin, "/plan/money?joint=meget"); !strings.Contains(body, "role=\"alert\"") {
		t.Error("a cost that is no number is taken")
	}
}
