package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
)

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// versionOf gives the version that a page's first form was made from.
func versionOf(t *testing.T, role hub.Role, page string) string {
	t.Helper()
	_, body, _ := get(t, role, page)
	m := versionField.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the form on %s does not tell which version it was made from", page)
	}
	return m[1]
}

// A form that was made before somebody else answered does not overwrite the other's answer: it says who
// changed it to what, and keeps what was typed.
func TestAFormDoesNotOverwriteAnothersAnswer(t *testing.T) {
	const path, question = "/gap/479/answers", "/gap/479/answers?control=20-04"
	answer := func(role hub.Role, version, level string, header ...string) (int, string) {
		t.Helper()
		status, body, _ := post(t, role, path, url.Values{"control": {"20-04"}, "full": {"1"}, "level": {level}, "version": {version}, "owner": {"Rolle " + level}}, header...)
		return status, body
	}
	seen := versionOf(t, hub.RoleMunicipality, question)
	if status, body := answer(hub.RoleAdmin, seen, "2"); status != http.StatusSeeOther {
		t.Fatalf("the first save: %d %.300s", status, body)
	}
	status, body := answer(hub.RoleMunicipality, seen, "5")
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "Den siger nu: niveau 2, ejer Rolle 2. Din siger: niveau 5, ejer Rolle 5.") || !strings.Contains(body, "Rolle 5") {
		t.Errorf("the second save: %d, without telling of both or without what was typed", status)
	}
	if status, body = answer(hub.RoleMunicipality, seen, "5", "Samdrift-Autosave", "1"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "niveau 2") {
		t.Errorf("autosave: %d %s", status, body)
	}
	_, body, _ = get(t, hub.RoleMunicipality, question)
	if !strings.Contains(body, "Rolle 2") {
		t.Error("the other's answer was overwritten")
	}
	if status, body = answer(hub.RoleMunicipality, versionOf(t, hub.RoleMunicipality, question), "5"); status != http.StatusSeeOther {
		t.Errorf("given again on top of the other's: %d %.300s", status, body)
	}
}

// The table of an article tells each row's version, so that its short form overwrites nobody either, and what
// was typed in it stands in the question's form.
func TestARowDoesNotOverwriteAnothersAnswer(t *testing.T) {
	const path, table, question = "/gap/479/answers", "/gap/479/answers?article=21a", "/gap/479/answers?control=21a-02"
	_, body, _ := get(t, hub.RoleMunicipality, table)
	_, row, found := strings.Cut(body, `id="c21a-02"`)
	m := versionField.FindStringSubmatch(row)
	if !found || m == nil {
		t.Fatal("the row does not tell which version it was made from")
	}
	save := func(role hub.Role, level, owner string) (int, string) {
		status, body, _ := post(t, role, path, url.Values{"control": {"21a-02"}, "version": {m[1]}, "level": {level}, "owner": {owner}})
		return status, body
	}
	if status, _ := save(hub.RoleAdmin, "1", "Den ene"); status != http.StatusSeeOther {
		t.Fatalf("the first save: %d", status)
	}
	status, body := save(hub.RoleMunicipality, "2", "Den anden")
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "Den siger nu: niveau 1, ejer Den ene. Din siger: niveau 2, ejer Den anden.") || !strings.Contains(body, `value="Den anden"`) {
		t.Errorf("the second save: %d, without both or without what was typed", status)
	}
	if _, body, _ = get(t, hub.RoleMunicipality, question); !strings.Contains(body, "Den ene") {
		t.Error("the other's answer was overwritten")
	}
}

// What needs a second person waits for that person's review of the very version that the page showed.
func TestADecisionWaitsForAnotherPersonsReview(t *testing.T) {
	const path, question = "/gap/479/answers", "/gap/479/answers?control=21g-06"
	propose := func(role hub.Role, reason string) {
		t.Helper()
		fields := url.Values{"control": {"21g-06"}, "full": {"1"}, "level": {"3"}, "override": {"on"}, "override_reason": {reason}, "override_until": {"2099-01-01"}, "override_by": {"Chefen"}}
		if status, body, _ := post(t, role, path, fields); status != http.StatusSeeOther {
			t.Fatalf("%d %.300s", status, body)
		}
	}
	review := func(version string) (int, string) {
		t.Helper()
		status, body, _ := post(t, hub.RoleAdmin, path+"/review", url.Values{"control": {"21g-06"}, "version": {version}})
		return status, body
	}
	propose(hub.RoleMunicipality, "Måles forkert")
	_, body, _ := get(t, hub.RoleMunicipality, question)
	if !strings.Contains(body, "Afventer en anden person") || !strings.Contains(body, "at data sættes til side") || strings.Contains(body, "/answers/review") || strings.Contains(body, "Chefen") {
		t.Error("the proposal does not wait, its giver may approve it, or a typed name counts")
	}
	if _, body, _ = get(t, hub.RoleMunicipality, path+"?article=21g"); !strings.Contains(body, "Afventer en anden person") {
		t.Error("the table does not tell what waits")
	}
	seen := versionOf(t, hub.RoleAdmin, question)
	propose(hub.RoleMunicipality, "Noget andet")
	if status, body := review(seen); status != http.StatusUnprocessableEntity || !strings.Contains(body, "(Noget andet)") || !strings.Contains(body, "(Måles forkert)") {
		t.Errorf("a review of what was changed since: %d, or without both", status)
	}
	if status, body := review(""); status != http.StatusUnprocessableEntity || !strings.Contains(body, "hvilket svar der blev set") {
		t.Errorf("a review that names no version: %d", status)
	}
	if status, body := review(versionOf(t, hub.RoleAdmin, question)); status != http.StatusSeeOther {
		t.Errorf("a review of what stands: %d %.300s", status, body)
	}
	if _, body, _ = get(t, hub.RoleMunicipality, question); strings.Contains(body, "Afventer en anden person") || !strings.Contains(body, "er godkendt af Demo administrator") {
		t.Error("the approval does not show")
	}
	// Saving the same anew keeps the approval.
	propose(hub.RoleMunicipality, "Noget andet")
	if _, body, _ = get(t, hub.RoleMunicipality, question); !strings.Contains(body, "er godkendt af Demo administrator") {
		t.Error("the approval was lost though nothing changed")
	}
}
