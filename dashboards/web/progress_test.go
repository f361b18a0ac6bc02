package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// What follows from a verified move is read on every page concerned, and confirmed on one.
func TestWhatFollowsFromAMoveIsShown(t *testing.T) {
	m := newMoving(t, func(x *terraform.Mapping) { *x = terraform.Mapping{Platform: "manual"} })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(m.hub.SaveAnswers(t.Context(), movers["bo"], []nis2.Answer{{Municipality: "450", Control: "21c-02", Level: 4}}))
	m.page("bo", "/plan", "Ingen bølge er begyndt")
	_, err := m.hub.RenderTerraform(t.Context(), movers["carl"])
	must(err)
	list, err := m.hub.Moves(t.Context(), movers["carl"])
	must(err)
	unit, servers := list.Moves[0].Unit, len(list.Moves[0].Group.Assets)
	accept := func(key string) {
		t.Helper()
		_, err := m.hub.AcceptMove(t.Context(), movers["carl"], unit, terraform.Acceptance{Key: key, Reason: "en prøve", Until: time.Now().Add(time.Hour)})
		must(err)
	}
	accept(terraform.ConcernBackup)
	accept(terraform.ConcernDependencies)
	for _, step := range []string{"test start", "test finish", "ready start", "ready finish", "leave start", "leave finish", "copy start", "copy copied", "copy finish"} {
		stage, action, _ := strings.Cut(step, " ")
		_, err := m.hub.StepMove(t.Context(), movers["carl"], unit, hub.StepMove{Stage: platform.Stage(stage), Action: action, Tool: "OVF", Amount: 1, Total: 1, Proof: "sag 7"})
		must(err)
	}
	m.page("bo", "/municipalities/450", "Flytningen er begyndt", "Ikke det samme")
	v, err := m.hub.VerifyMove(t.Context(), movers["carl"], unit)
	must(err)
	for _, c := range v.Checks {
		if c.Unknown {
			accept(c.What)
		}
	}
	_, err = m.hub.VerifyMove(t.Context(), movers["carl"], unit)
	must(err)

	m.page("bo", "/municipalities/450", fmt.Sprintf("alle servere (%d)", servers), "Hvor langt er bølgerne", "registrerede flytninger", "Parterne oplyser")
	m.page("finn", "/plan", "Hvor langt er bølgerne", "efterprøvet", "registrerede flytninger")
	m.page("carl", "/moves", "efterprøvede servere:")
	m.page("bo", "/gap/450", "Skal vurderes på ny", fmt.Sprintf("fordi %d server", servers), fmt.Sprintf("er flyttet (%s)", list.Moves[0].Wave.Name))
	m.page("bo", "/gap/actions", "Skal vurderes på ny efter flytning", "21c-02")
	body := m.page("bo", "/gap/450/answers?control=21c-02", "Bekræft svaret", "Tæller igen som niveau 4")
	if body := m.page("finn", "/gap/actions"); strings.Contains(body, "21c-02") {
		t.Error("the steering group reads what a municipality is to reassess")
	}
	answers, err := m.hub.Answers(t.Context(), movers["bo"], "450")
	must(err)
	for _, row := range answers.Rows {
		if row.Control == "21c-02" {
			form := url.Values{"control": {row.Control}, "version": {fmt.Sprint(row.Version)}}
			if status, answer := m.send("bo", http.MethodPost, "/gap/450/answers/confirm", form.Encode()); status != http.StatusSeeOther {
				t.Fatal(status, words(answer), words(body))
			}
		}
	}
	if body := m.page("bo", "/gap/actions"); strings.Contains(body, "21c-02") {
		t.Error("confirmed, and still a task")
	}
}

// Whom to reach is written on the runbook's page and stands in the runbook; a role of which nobody is known has a
// blank line.
func TestContactsStandInTheRunbook(t *testing.T) {
	m := newMoving(t)
	unit, err := m.hub.Move(t.Context(), movers["carl"], m.onlyUnit())
	if err != nil {
		t.Fatal(err)
	}
	path := "/moves/wave/" + unit.Move.Wave.ID
	m.page("bo", path+"/runbook", "Kommunen", "Driftscentret", "Leverandøren")
	contact := url.Values{"role": {"supplier"}, "name": {"Ada Vagt"}, "phone": {"+45 12 34 56 78"}}
	if status, body := m.send("bo", http.MethodPost, path+"/contact", contact.Encode()); status != http.StatusSeeOther {
		t.Fatal(status, words(body))
	}
	m.page("carl", path+"/runbook", "Leverandøren Ada Vagt", "skrevet af Bo")
	contact.Set("phone", "ring")
	if status, body := m.send("bo", http.MethodPost, path+"/contact", contact.Encode()); status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="Ada Vagt"`) {
		t.Errorf("%d, and what was typed is lost: %s", status, words(body))
	}
	for _, who := range []string{"eva", "finn"} {
		if status, _ := m.send(who, http.MethodPost, path+"/contact", contact.Encode()); status != http.StatusNotFound {
			t.Errorf("%s writes a contact: %d", who, status)
		}
	}
	list, err := m.hub.Contacts(t.Context(), movers["bo"], "450-461")
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	if status, body := m.send("carl", http.MethodPost, path+"/contact", url.Values{"remove": {list[0].ID}}.Encode()); status != http.StatusSeeOther {
		t.Fatal(status, words(body))
	}
	if _, body := m.send("carl", http.MethodGet, path+"/runbook", ""); strings.Contains(body, "Ada Vagt") {
		t.Error("removed, and still in the runbook")
	}
}
