package grafana_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/go-openapi/strfmt"
	"github.com/grafana/grafana-openapi-client-go/models"
)

// fake is a Grafana that takes what Grafana's own published models take and nothing else, and
// remembers it per organisation.
type fake struct {
	t        *testing.T
	mu       sync.Mutex
	token    string // of organisation 1
	user     string
	password string
	orgs     map[string]int64
	homes    map[int64]*home
	writes   int
	answer   func(w http.ResponseWriter, r *http.Request) bool // instead of Grafana's own, when true
}

// home is one organisation's folders, data sources and dashboards.
type home struct {
	folders    map[string]*models.CreateFolderCommand
	sources    map[string]*models.AddDataSourceCommand
	dashboards map[string]*models.SaveDashboardCommand
	versions   map[string]int64
}

func newFake(t *testing.T) (*fake, string) {
	t.Helper()
	f := &fake{t: t, token: "glsa_good", user: "admin", password: "hemmelig", orgs: map[string]int64{"Main Org.": 1}, homes: map[int64]*home{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /grafana/api/health", func(w http.ResponseWriter, _ *http.Request) {
		f.say(w, http.StatusOK, models.HealthResponse{Database: "ok", Version: "12.4.0"})
	})
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request, *home){
		"GET /grafana/api/orgs/name/{name}":      f.getOrg,
		"POST /grafana/api/orgs":                 f.postOrg,
		"GET /grafana/api/folders/{uid}":         f.getFolder,
		"POST /grafana/api/folders":              f.postFolder,
		"GET /grafana/api/datasources/uid/{uid}": f.getSource,
		"POST /grafana/api/datasources":          f.postSource,
		"PUT /grafana/api/datasources/uid/{uid}": f.putSource,
		"GET /grafana/api/dashboards/uid/{uid}":  f.getDashboard,
		"POST /grafana/api/dashboards/db":        f.postDashboard,
	} {
		mux.HandleFunc(pattern, f.inside(h))
	}
	mux.HandleFunc("/grafana/api/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("Grafana has no %s %s", r.Method, r.URL)
		http.NotFound(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return f, server.URL + "/grafana"
}

// inside checks the credentials and finds the organisation that is meant.
func (f *fake) inside(h func(http.ResponseWriter, *http.Request, *home)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.answer != nil && f.answer(w, r) {
			return
		}
		org := int64(1)
		user, password, basic := r.BasicAuth()
		switch {
		case basic && user == f.user && password == f.password:
			if id := r.Header.Get("X-Grafana-Org-Id"); id != "" {
				if _, err := fmt.Sscan(id, &org); err != nil || !slices.Contains(slices.Collect(maps.Values(f.orgs)), org) {
					f.refuse(w, http.StatusUnauthorized, "Organization not found")
					return
				}
			}
		case !basic && r.Header.Get("Authorization") == "Bearer "+f.token:
		default:
			f.refuse(w, http.StatusUnauthorized, "Invalid API key")
			return
		}
		if f.homes[org] == nil {
			f.homes[org] = &home{map[string]*models.CreateFolderCommand{}, map[string]*models.AddDataSourceCommand{}, map[string]*models.SaveDashboardCommand{}, map[string]int64{}}
		}
		if r.Method != http.MethodGet {
			f.writes++
		}
		h(w, r, f.homes[org])
	}
}

func (f *fake) getOrg(w http.ResponseWriter, r *http.Request, _ *home) {
	if id, ok := f.orgs[r.PathValue("name")]; ok {
		f.say(w, http.StatusOK, models.OrgDetailsDTO{ID: id, Name: r.PathValue("name")})
		return
	}
	f.refuse(w, http.StatusNotFound, "Organization not found")
}

func (f *fake) postOrg(w http.ResponseWriter, r *http.Request, _ *home) {
	var c models.CreateOrgCommand
	if !f.read(w, r, &c) {
		return
	}
	id := int64(len(f.orgs) + 1)
	f.orgs[c.Name] = id
	said := "Organization created"
	f.say(w, http.StatusOK, models.CreateOrgOKBody{Message: &said, OrgID: &id})
}

func (f *fake) getFolder(w http.ResponseWriter, r *http.Request, h *home) {
	if c := h.folders[r.PathValue("uid")]; c != nil {
		f.say(w, http.StatusOK, models.Folder{UID: c.UID, Title: c.Title})
		return
	}
	f.refuse(w, http.StatusNotFound, "folder not found")
}

func (f *fake) postFolder(w http.ResponseWriter, r *http.Request, h *home) {
	var c models.CreateFolderCommand
	if f.read(w, r, &c) {
		h.folders[c.UID] = &c
		f.say(w, http.StatusOK, models.Folder{UID: c.UID, Title: c.Title})
	}
}

func (f *fake) getSource(w http.ResponseWriter, r *http.Request, h *home) {
	c := h.sources[r.PathValue("uid")]
	if c == nil {
		f.refuse(w, http.StatusNotFound, "Data source not found")
		return
	}
	secrets := map[string]bool{}
	for name := range c.SecureJSONData {
		secrets[name] = true
	}
	f.say(w, http.StatusOK, models.DataSource{ID: 7, UID: c.UID, Name: c.Name, Type: c.Type, Access: c.Access, URL: c.URL, IsDefault: c.IsDefault, JSONData: c.JSONData, SecureJSONFields: secrets, Version: 1})
}

func (f *fake) postSource(w http.ResponseWriter, r *http.Request, h *home) {
	var c models.AddDataSourceCommand
	if f.read(w, r, &c, "readOnly") {
		h.sources[c.UID] = &c
		f.say(w, http.StatusOK, map[string]any{"id": 7, "name": c.Name, "message": "Datasource added"})
	}
}

func (f *fake) putSource(w http.ResponseWriter, r *http.Request, h *home) {
	var c models.UpdateDataSourceCommand
	if f.read(w, r, &c, "readOnly") {
		h.sources[c.UID] = &models.AddDataSourceCommand{UID: c.UID, Name: c.Name, Type: c.Type, Access: c.Access, URL: c.URL, IsDefault: c.IsDefault, JSONData: c.JSONData, SecureJSONData: c.SecureJSONData}
		f.say(w, http.StatusOK, map[string]any{"id": 7, "name": c.Name, "message": "Datasource updated"})
	}
}

func (f *fake) getDashboard(w http.ResponseWriter, r *http.Request, h *home) {
	uid := r.PathValue("uid")
	if c := h.dashboards[uid]; c != nil {
		f.say(w, http.StatusOK, models.DashboardFullWithMeta{Dashboard: c.Dashboard, Meta: &models.DashboardMeta{FolderUID: c.FolderUID, Version: h.versions[uid]}})
		return
	}
	f.refuse(w, http.StatusNotFound, "Dashboard not found")
}

func (f *fake) postDashboard(w http.ResponseWriter, r *http.Request, h *home) {
	var c models.SaveDashboardCommand
	if !f.read(w, r, &c, "meta") {
		return
	}
	body, ok := c.Dashboard.(map[string]any)
	uid, named := body["uid"].(string)
	title, titled := body["title"].(string)
	if !ok || !named || !titled || body["id"] != nil {
		f.t.Errorf("dashboard without uid or title, or with an id of another Grafana: %v", body)
	}
	if h.folders[c.FolderUID] == nil {
		f.refuse(w, http.StatusBadRequest, "folder not found")
		return
	}
	h.dashboards[uid] = &c
	h.versions[uid]++
	id, status, address, version := int64(1), "success", "/d/"+uid, h.versions[uid]
	f.say(w, http.StatusOK, models.PostDashboardOKBody{ID: &id, Status: &status, Title: &title, UID: &uid, URL: &address, Version: &version})
}

// validated is a model of Grafana's.
type validated interface {
	Validate(strfmt.Registry) error
}

// read decodes a body strictly. surplus names a field that the client library always sends though
// the command has it not; Grafana itself ignores it.
func (f *fake) read(w http.ResponseWriter, r *http.Request, into validated, surplus ...string) bool {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	var plain map[string]json.RawMessage
	if err := json.Unmarshal(text, &plain); err != nil {
		f.t.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
	for _, name := range surplus {
		delete(plain, name)
	}
	if text, err = json.Marshal(plain); err != nil {
		f.t.Error(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		f.t.Errorf("%s %s: Grafana's model does not take it: %v", r.Method, r.URL, err)
		f.refuse(w, http.StatusBadRequest, err.Error())
		return false
	}
	if err := into.Validate(strfmt.Default); err != nil {
		f.t.Errorf("%s %s: Grafana's model is not valid: %v", r.Method, r.URL, err)
		f.refuse(w, http.StatusBadRequest, err.Error())
		return false
	}
	return true
}

func (f *fake) refuse(w http.ResponseWriter, status int, message string) {
	f.say(w, status, models.ErrorResponseBody{Message: &message})
}

func (f *fake) say(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		f.t.Error(err)
	}
}
