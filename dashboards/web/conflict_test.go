package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
)

// A form that was made before somebody else answered does not overwrite the other's answer: it says who
// changed it to what, and keeps what was typed.
func TestAFormDoesNotOverwriteAnothersAnswer(t *testing.T) {
	const path, question = "/gap/479/answers", "/gap/479/answers?control=20-04"
	version := func() string {
		t.Helper()
		_, body, _ := get(t, hub.RoleMunicipality, question)
		m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatal("the form does not tell which version it was made from")
		}
		return m[1]
	}
	answer := func(role hub.Role, version, level string, header ...string) (int, string) {
		t.Helper()
		status, body, _ := post(t, role, path, url.Values{"control": {"20-04"}, "full": {"1"}, "level": {level}, "version": {version}, "owner": {"Rolle " + level}}, header...)
		return status, body
	}
	seen := version()
	if status, body := answer(hub.RoleAdmin, seen, "2"); status != http.StatusSeeOther {
		t.Fatalf("the first save: %d %.300s", status, body)
	}
	status, body := answer(hub.RoleMunicipality, seen, "5")
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "den står nu på niveau 2, din på 5") || !strings.Contains(body, "Rolle 5") {
		t.Errorf("the second save: %d, without telling of both or without what was typed", status)
	}
	if status, body = answer(hub.RoleMunicipality, seen, "5", "Samdrift-Autosave", "1"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "niveau 2") {
		t.Errorf("autosave: %d %s", status, body)
	}
	_, body, _ = get(t, hub.RoleMunicipality, question)
	if !strings.Contains(body, "Rolle 2") {
		t.Error("the other's answer was overwritten")
	}
	if status, body = answer(hub.RoleMunicipality, version(), "5"); status != http.StatusSeeOther {
		t.Errorf("given again on top of the other's: %d %.300s", status, body)
	}
}
