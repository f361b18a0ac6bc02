package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

// post sends something to the API as a person, wants a status, and gives the answer.
func post(t *testing.T, p hub.Person, path, content string, want int) string {
	t.Helper()
	r := send(t, p, http.MethodPost, "/api/v1"+path, content)
	text := body(t, r)
	if r.StatusCode != want {
		t.Fatalf("%s: %s %s, want %d", path, r.Status, text, want)
	}
	return text
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// A dataset is only told about until dry_run is false; a fault names its row and refuses the whole file.
func TestFactsComeInOverTheAPI(t *testing.T) {
	owner, other := people[0], people[1]
	const path = "/gap/479/facts/dns_check"
	good := "domain,spf,dmarc_policy,dnssec\nsvendborg.dk,ja,reject,ja\n"
	held := func() string { return body(t, get(t, owner, "/api/v1/gap/facts")) }
	before := held()
	v := decode[hub.FactsView](t, post(t, owner, path, good, http.StatusOK))
	if v.Rows != 1 || len(v.Levels) != 1 || *v.Levels[0].After.Automatic != 5 || held() != before {
		t.Errorf("the dry run tells %+v and leaves %s", v, held())
	}
	post(t, other, path+"?dry_run=false", good, http.StatusForbidden)
	for content, want := range map[string]string{
		"domain,spf,dmarc_policy,dnssec\nsvendborg.dk,måske,reject,ja\n": "row 2",
		"domain,spam\nsvendborg.dk,ja\n":                                 "spam",
	} {
		if text := post(t, owner, path+"?dry_run=false", content, http.StatusUnprocessableEntity); !strings.Contains(text, want) {
			t.Errorf("%q is refused with %s, want %q in it", content, text, want)
		}
	}
	post(t, owner, path+"?content=xlsx", good, http.StatusBadRequest)
	post(t, owner, path+"?taken=yesterday", good, http.StatusBadRequest)
	post(t, owner, path, strings.Repeat("x", 11<<20), http.StatusRequestEntityTooLarge)
	post(t, owner, path+"?dry_run=false&content=json", `[{"domain":"svendborg.dk","spf":true,"dmarc_policy":"reject","dnssec":true}]`, http.StatusOK)
	if !strings.Contains(held(), "dns_check") {
		t.Errorf("after the import: %s", held())
	}
	if err := estate.Hub.ForgetFacts(t.Context(), owner, "479", "dns_check"); err != nil {
		t.Fatal(err)
	}
}

// An answer that somebody else changed meanwhile is answered with 409 and both; a file of answers is only told
// about until dry_run is false.
func TestAnswersComeInOverTheAPI(t *testing.T) {
	owner := people[0]
	type saved struct {
		Answer  nis2.Answer
		Version int64
	}
	first := decode[saved](t, post(t, owner, "/gap/479/answers/20-02", `{"level":2}`, http.StatusOK))
	base := func(level int, version int64) string {
		return fmt.Sprintf(`{"level":%d,"base_version":%d}`, level, version)
	}
	if first.Answer.Level != 2 || first.Answer.AnsweredBy != owner.Name {
		t.Errorf("kept as %+v", first.Answer)
	}
	second := decode[saved](t, post(t, owner, "/gap/479/answers/20-02", base(3, first.Version), http.StatusOK))
	conflict := decode[struct {
		Detail string
		Yours  nis2.Answer
		Now    struct {
			Number int64
			Answer nis2.Answer
		}
	}](t, post(t, owner, "/gap/479/answers/20-02", base(5, first.Version), http.StatusConflict))
	if conflict.Yours.Level != 5 || conflict.Now.Answer.Level != 3 || conflict.Now.Number != second.Version || conflict.Detail == "" {
		t.Errorf("the conflict shows %+v", conflict)
	}
	post(t, owner, "/gap/479/answers/99-99", `{"level":2}`, http.StatusUnprocessableEntity)
	post(t, owner, "/gap/479/answers/20-02", `{"levl":2}`, http.StatusBadRequest)
	post(t, people[1], "/gap/479/answers/20-02", `{"level":2}`, http.StatusForbidden)

	type imported struct {
		Applied bool
		Changes []struct{ Control, To string }
	}
	file := "#samdrift;479;;;\nid;level\n20-02;1\n"
	level := func() int {
		t.Helper()
		v, err := estate.Hub.Answers(t.Context(), owner, "479")
		if err != nil {
			t.Fatal(err)
		}
		return v.Rows[1].Answer.Level
	}
	if v := decode[imported](t, post(t, owner, "/gap/479/answers", file, http.StatusOK)); v.Applied || len(v.Changes) == 0 || level() != 3 {
		t.Errorf("the dry run tells %+v and leaves level %d", v, level())
	}
	if v := decode[imported](t, post(t, owner, "/gap/479/answers?dry_run=false", file, http.StatusOK)); !v.Applied || level() != 1 {
		t.Errorf("the import tells %+v and leaves level %d", v, level())
	}
	post(t, owner, "/gap/479/answers?content=xlsx", "no workbook", http.StatusUnprocessableEntity)
}

func TestRegisterOverTheAPI(t *testing.T) {
	owner := people[0]
	line := decode[nis2.Entry](t, post(t, owner, "/gap/479/register", `{"kind":"crisis_exercise","date":"2026-01-15"}`, http.StatusOK))
	if text := body(t, get(t, owner, "/api/v1/gap/479/register")); line.ID == "" || !strings.Contains(text, line.ID) {
		t.Errorf("line %q is not in %s", line.ID, text)
	}
	post(t, owner, "/gap/479/register", `{"kind":"party","date":"2026-01-15"}`, http.StatusUnprocessableEntity)
	post(t, people[1], "/gap/479/register/"+line.ID+"/remove", "", http.StatusForbidden)
	post(t, owner, "/gap/479/register/"+line.ID+"/remove", "", http.StatusOK)
	post(t, owner, "/gap/479/register/"+line.ID+"/remove", "", http.StatusNotFound)
}
