package api_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/samdrift/samdrift/dashboards"
	"github.com/samdrift/samdrift/dashboards/api"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/demo"
	"github.com/samdrift/samdrift/inventory"
)

var (
	estate *demo.Demo
	whole  *inventory.Snapshot
	people = demo.People() // municipality 479, centre, steering, admin
)

func TestMain(m *testing.M) { os.Exit(withDemo(m)) }

// withDemo collects the demo once for all tests.
func withDemo(m *testing.M) int {
	dir, err := os.MkdirTemp("", "samdrift-api-test-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	if estate, err = demo.Open(ctx, demo.DefaultOptions(dir), slog.New(slog.DiscardHandler)); err != nil {
		panic(err)
	}
	defer func() {
		if err := estate.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	if err := estate.Collect(ctx); err != nil {
		panic(err)
	}
	if whole, err = estate.Hub.Export(ctx, people[3]); err != nil {
		panic(err)
	}
	return m.Run()
}

// get asks the API as a person.
func get(t *testing.T, p hub.Person, path string, header ...string) *http.Response {
	t.Helper()
	return send(t, p, http.MethodGet, path, "", header...)
}

// probe asks a route for a municipality's own things.
func probe(t *testing.T, p hub.Person, r dashboards.Route, municipality, asset string) *http.Response {
	t.Helper()
	method, _, _ := strings.Cut(r.Pattern, " ")
	content := ""
	if r.Body != nil {
		content = r.Body(municipality, asset)
	}
	return send(t, p, method, r.Probe(municipality, asset), content)
}

func send(t *testing.T, p hub.Person, method, path, content string, header ...string) *http.Response {
	t.Helper()
	mux := http.NewServeMux()
	for _, r := range api.Routes(estate.Hub) {
		mux.Handle(r.Pattern, r.Handler)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(content))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r.WithContext(hub.WithPerson(r.Context(), p)))
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer func() { _ = r.Body.Close() }()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func assetOf(t *testing.T, municipality string) inventory.Asset {
	t.Helper()
	for _, a := range whole.Assets {
		if a.Municipality == municipality && len(a.Name) > 5 {
			return a
		}
	}
	t.Fatalf("no asset in %s", municipality)
	return inventory.Asset{}
}

// The document is valid OpenAPI, names every route, and every answer is as it says.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData([]byte(body(t, get(t, hub.Person{}, "/api/v1/openapi.json"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Fatal(err)
	}
	for _, r := range api.Routes(estate.Hub) {
		method, path, _ := strings.Cut(strings.Replace(r.Pattern, "/api/v1", "", 1), " ")
		if path == "/openapi.json" {
			continue
		}
		item := doc.Paths.Find(path)
		if item == nil || item.GetOperation(method) == nil {
			t.Errorf("the document does not name %s", r.Pattern)
			continue
		}
		for _, p := range people {
			response := probe(t, p, r, "479", assetOf(t, "479").ID)
			switch response.StatusCode {
			case http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity: // what is kept is asked below
				continue
			}
			if response.StatusCode != http.StatusOK {
				t.Errorf("%s as %s: %s %s", path, p.Role, response.Status, body(t, response))
				continue
			}
			var answer any
			if err := json.Unmarshal([]byte(body(t, response)), &answer); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			schema := item.GetOperation(method).Responses.Status(200).Value.Content.Get("application/json").Schema.Value
			if err := schema.VisitJSON(answer, openapi3.MultiErrors()); err != nil {
				t.Errorf("%s as %s is not as the document says: %.600v", path, p.Role, err)
			}
		}
	}
}

// Each route, as each role, shows nothing of municipalities outside the role's scope.
func TestEveryRouteKeepsTheScope(t *testing.T) {
	allowed := map[hub.Role]map[string]bool{
		hub.RoleMunicipality: {"479": true}, hub.RoleCentre: {"461": true}, hub.RoleSteering: {}, "": {},
	}
	for _, a := range whole.Agreements {
		if a.Decided() {
			allowed[hub.RoleCentre][a.Customer] = true
		}
	}
	for _, r := range api.Routes(estate.Hub) {
		if r.Access == dashboards.Public {
			continue
		}
		if r.Probe == nil {
			t.Errorf("%s has no probe", r.Pattern)
			continue
		}
		for _, p := range append([]hub.Person{{}}, people[:3]...) {
			same := map[string]bool{} // what does not depend on the municipality is asked once
			for _, m := range whole.Municipalities {
				asked := assetOf(t, m.Code).ID
				question := r.Probe(m.Code, asked)
				if r.Body != nil {
					question += r.Body(m.Code, asked)
				}
				if same[question] {
					continue
				}
				same[question] = true
				response := probe(t, p, r, m.Code, asked)
				text := body(t, response)
				if response.StatusCode != http.StatusOK {
					text = strings.ReplaceAll(text, asked, "") // a refusal repeats what was asked for
				}
				for _, a := range whole.Assets {
					if !allowed[p.Role][a.Municipality] && (strings.Contains(text, a.ID) || len(a.Name) > 5 && strings.Contains(text, `"`+a.Name+`"`)) {
						t.Fatalf("%s as %q shows %s of %s", r.Probe(m.Code, "…"), p.Role, a.Name, a.Municipality)
					}
				}
				if p.Role == "" && !strings.Contains(text, `"status":403`) {
					t.Fatalf("%s answered an unknown person: %.200s", r.Pattern, text)
				}
			}
		}
	}
}

func TestFaultsSayHowToMendThem(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v1/assets?knd=vm":         `parameter \"knd\" is not known here: use q, municipality, kind`,
		"/api/v1/assets?kind=mainframe": "want one of server, vm",
		"/api/v1/assets?page=0":         "whole number from 1",
		"/api/v1/assets?page=1&page=2":  "stands 2 times",
		"/api/v1/overview?x=1":          "use no parameters",
		"/api/v1/assets/" + assetOf(t, "479").ID + "/series?from=yesterday": "want RFC 3339",
	} {
		r := get(t, people[3], path)
		text := body(t, r)
		if r.StatusCode != http.StatusBadRequest || !strings.Contains(text, want) || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s %s, want %q", path, r.Status, text, want)
		}
	}
	for path, status := range map[string]int{
		"/api/v1/assets/nothing": 404, "/api/v1/assets/" + assetOf(t, "430").ID: 404, "/api/v1/gap/430": 403,
		"/api/v1/systems?municipality=430": 403, "/api/v1/municipalities/999": 404,
	} {
		if r := get(t, people[0], path); r.StatusCode != status {
			t.Errorf("%s: %s, want %d", path, r.Status, status)
		}
	}
}

func TestUnchangedAnswersAreNotSentAgain(t *testing.T) {
	first := get(t, people[0], "/api/v1/gap/479")
	again := get(t, people[0], "/api/v1/gap/479", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || body(t, again) != "" {
		t.Errorf("got %s", again.Status)
	}
}

func TestSheetForDanishExcel(t *testing.T) {
	r := get(t, people[0], "/api/v1/assets?format=csv&per_page=500")
	text := body(t, r)
	if !strings.HasPrefix(text, "\ufeffDemodata") || !strings.Contains(r.Header.Get("Content-Disposition"), "demodata-assets.csv") {
		t.Errorf("a sheet of invented data does not say so: %.80q, %s", text, r.Header.Get("Content-Disposition"))
	}
	c := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	c.Comma, c.FieldsPerRecord = ';', -1
	rows, err := c.ReadAll()
	if err != nil || len(rows) < 50 || len(rows[1]) != 18 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
}
