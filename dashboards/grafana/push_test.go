package grafana_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-openapi-client-go/models"

	"github.com/samdrift/samdrift/dashboards/grafana"
)

func config(address string) grafana.Config {
	return grafana.Config{URL: address, Token: "glsa_good", QueryURL: "https://samdrift.example.dk/prometheus", Interval: 30 * time.Second}
}

func push(t *testing.T, c grafana.Config, to ...grafana.Organisation) []grafana.Result {
	t.Helper()
	done, err := grafana.Push(t.Context(), c, to)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// actions sums up a push as "kind uid action".
func actions(done []grafana.Result) []string {
	var all []string
	for _, r := range done {
		all = append(all, fmt.Sprintf("%s %s %s", r.Kind, r.UID, r.Action))
	}
	return all
}

func TestPushTwiceChangesNothing(t *testing.T) {
	f, address := newFake(t)
	home := grafana.Organisation{Token: "samdrift-token", Dashboards: grafana.Dashboards(demo)}
	first := push(t, config(address), home)
	want := []string{
		"folder samdrift created", "data_source samdrift created", "dashboard samdrift-overview created",
		"dashboard samdrift-municipality created", "dashboard samdrift-device created", "dashboard samdrift-service created",
	}
	if diff := cmp.Diff(want, actions(first)); diff != "" {
		t.Errorf("first push (-want +got):\n%s", diff)
	}
	if last := first[len(first)-1]; last.URL != address+"/d/samdrift-service" || !strings.Contains(last.Title, "serviceniveau") {
		t.Errorf("last result is %+v", last)
	}
	writes := f.writes
	second := push(t, config(address), home)
	for _, r := range second {
		if r.Action != grafana.Unchanged {
			t.Errorf("pushed again: %+v", r)
		}
	}
	if f.writes != writes || len(second) != len(first) {
		t.Errorf("the second push wrote %d times and told of %d things", f.writes-writes, len(second))
	}

	source := f.homes[1].sources["samdrift"]
	if source.URL != "https://samdrift.example.dk/prometheus" || source.Access != "proxy" || source.SecureJSONData["httpHeaderValue1"] != "Bearer samdrift-token" {
		t.Errorf("data source is %+v", source)
	}
	settings := source.JSONData.(map[string]any)
	if settings["httpHeaderName1"] != "Authorization" || settings["timeInterval"] != "30s" || settings["httpMethod"] != "POST" {
		t.Errorf("data source has %v", settings)
	}
	saved := f.homes[1].dashboards["samdrift-overview"]
	if saved.FolderUID != "samdrift" || !saved.Overwrite || saved.Message == "" {
		t.Errorf("saved with %+v", saved)
	}
}

func TestPushUpdatesWhatChanged(t *testing.T) {
	f, address := newFake(t)
	push(t, config(address), grafana.Organisation{Token: "old", Dashboards: grafana.Dashboards(demo)})
	f.homes[1].folders["samdrift"].Title = "Drift"
	f.homes[1].sources["samdrift"].Name = "Overvågning"

	changed := demo
	changed.Names = map[string]string{"461": "Odense"}
	c := config(address)
	done := push(t, c, grafana.Organisation{Token: "new", Dashboards: grafana.Dashboards(changed)})
	for _, want := range []string{"folder samdrift unchanged", "data_source samdrift updated", "dashboard samdrift-overview updated"} {
		if !slices.Contains(actions(done), want) {
			t.Errorf("%s is missing in %v", want, actions(done))
		}
	}
	home := f.homes[1]
	if home.folders["samdrift"].Title != "Drift" || home.sources["samdrift"].Name != "Overvågning" {
		t.Error("titles that people gave are overwritten")
	}
	if home.sources["samdrift"].SecureJSONData["httpHeaderValue1"] != "Bearer new" || home.versions["samdrift-overview"] != 2 {
		t.Errorf("after the change: %+v, version %d", home.sources["samdrift"], home.versions["samdrift-overview"])
	}

	home.dashboards["samdrift-device"].FolderUID = ""
	done = push(t, c, grafana.Organisation{Token: "new", Dashboards: grafana.Dashboards(changed)})
	if !slices.Contains(actions(done), "dashboard samdrift-device updated") || !slices.Contains(actions(done), "dashboard samdrift-overview unchanged") {
		t.Errorf("a dashboard that was moved out: %v", actions(done))
	}
}

func TestOneOrganisationPerMunicipality(t *testing.T) {
	f, address := newFake(t)
	c := config(address)
	c.Token, c.User, c.Password = "", "admin", "hemmelig"
	names := []string{"Odense Kommune", "Ærø Kommune"}
	var to []grafana.Organisation
	for _, name := range names {
		to = append(to, grafana.Organisation{Name: name, Token: grafana.Secret("token of " + name), Dashboards: grafana.Dashboards(demo)})
	}
	if done := push(t, c, to...); len(done) != 14 || done[0].Organisation != names[0] || done[13].Organisation != names[1] {
		t.Errorf("push of two organisations: %v", actions(done))
	}
	for _, name := range names {
		home := f.homes[f.orgs[name]]
		if home == nil || len(home.dashboards) != 4 || home.sources["samdrift"].SecureJSONData["httpHeaderValue1"] != "Bearer token of "+name {
			t.Errorf("%s has %+v", name, home)
		}
	}
	if home := f.homes[1]; home != nil && len(home.dashboards) > 0 {
		t.Error("dashboards lie in the main organisation too")
	}
	writes := f.writes
	push(t, c, to...)
	if f.writes != writes || len(f.orgs) != 3 {
		t.Errorf("the second push wrote %d times, organisations %v", f.writes-writes, f.orgs)
	}
}

func TestPushSaysWhatToDo(t *testing.T) {
	home := grafana.Organisation{Dashboards: grafana.Dashboards(grafana.Options{})}
	_, address := newFake(t)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	t.Cleanup(page.Close)
	moved := httptest.NewServer(http.RedirectHandler("https://elsewhere.example/login", http.StatusFound))
	t.Cleanup(moved.Close)
	forbidding, forbidden := newFake(t)
	forbidding.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			forbidding.refuse(w, http.StatusForbidden, "You'll need additional permissions")
			return true
		}
		return false
	}
	broken, failing := newFake(t)
	broken.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "upstream away", http.StatusBadGateway)
		return true
	}
	change := func(address string, changes ...func(*grafana.Config)) grafana.Config {
		c := config(address)
		for _, f := range changes {
			f(&c)
		}
		return c
	}
	for name, c := range map[string]struct {
		config grafana.Config
		to     grafana.Organisation
		want   []string
	}{
		"wrong token":             {change(address, func(c *grafana.Config) { c.Token = "glsa_bad" }), home, []string{"401", "Invalid API key", "grafana.token"}},
		"no rights":               {change(forbidden), home, []string{"403", "additional permissions", "role Admin"}},
		"wrong path":              {change(strings.TrimSuffix(address, "/grafana") + "/else"), home, []string{"404", "grafana.url", "path"}},
		"nobody there":            {change(closed.URL), home, []string{"reach Grafana at " + closed.URL, "refused"}},
		"a page":                  {change(page.URL), home, []string{"reach Grafana", "no address of Grafana's API"}},
		"a login elsewhere":       {change(moved.URL), home, []string{"https://elsewhere.example", "grafana.url"}},
		"a broken Grafana":        {change(failing), home, []string{"502", "upstream away"}},
		"token for many":          {change(address), grafana.Organisation{Name: "Odense"}, []string{"Odense", "grafana.user", "server administrator"}},
		"slash in a name":         {change(address, func(c *grafana.Config) { c.Token, c.User, c.Password = "", "admin", "hemmelig" }), grafana.Organisation{Name: "a/b"}, []string{`"a/b"`, "slash"}},
		"no credentials":          {change(address, func(c *grafana.Config) { c.Token = "" }), home, []string{"grafana.token is empty"}},
		"both credentials":        {change(address, func(c *grafana.Config) { c.User = "admin" }), home, []string{"both set"}},
		"no password":             {change(address, func(c *grafana.Config) { c.Token, c.User = "", "admin" }), home, []string{"grafana.password is empty"}},
		"no address":              {change("grafana.example.dk", func(c *grafana.Config) { c.QueryURL = "" }), home, []string{"grafana.url", "grafana.query_url"}},
		"password in the address": {change("http://u:hemmelig@h/"), home, []string{"holds a password"}},
		"negative times":          {change(address, func(c *grafana.Config) { c.Timeout = -1 }), home, []string{"negative"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := grafana.Push(t.Context(), c.config, []grafana.Organisation{c.to})
			if err == nil {
				t.Fatal("push succeeds")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error is %q, want it to name %q", err, want)
				}
			}
			for _, secret := range []string{"glsa_bad", "glsa_good", "hemmelig"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("error tells a secret: %q", err)
				}
			}
		})
	}
}

func TestPushStopsWithItsContext(t *testing.T) {
	f, address := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.answer = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			_, err := io.Copy(io.Discard, r.Body) // a server sees a client go only once it has read
			cancel()
			<-r.Context().Done()
			return err == nil
		}
		return false
	}
	_, err := grafana.Push(ctx, config(address), []grafana.Organisation{{Dashboards: grafana.Dashboards(demo)}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("push whose context ended: %v", err)
	}
	f.answer = nil
	c := config(address)
	c.Timeout = time.Nanosecond
	if _, err := grafana.Push(t.Context(), c, nil); err == nil || !strings.Contains(err.Error(), "reach Grafana") {
		t.Errorf("a Grafana that does not answer in time: %v", err)
	}
}

func TestPartialPushTellsWhatWasDone(t *testing.T) {
	f, address := newFake(t)
	f.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/dashboards/db") && len(f.homes[1].dashboards) == 2 {
			f.refuse(w, http.StatusPreconditionFailed, "version mismatch")
			return true
		}
		return false
	}
	done, err := grafana.Push(t.Context(), config(address), []grafana.Organisation{{Dashboards: grafana.Dashboards(demo)}})
	if err == nil || !strings.Contains(err.Error(), "Samdrift: udstyr") || !strings.Contains(err.Error(), "version mismatch") {
		t.Errorf("error is %v, want the dashboard and Grafana's reason", err)
	}
	if len(done) != 4 {
		t.Errorf("done is %v, want folder, data source and two dashboards", actions(done))
	}
	f.answer = nil
	if done := push(t, config(address), grafana.Organisation{Dashboards: grafana.Dashboards(demo)}); done[4].Action != grafana.Created || done[3].Action != grafana.Unchanged {
		t.Errorf("the next push: %v", actions(done))
	}
}

// The models refuse what they do not know: the strictness is real.
func TestFakeIsStrict(t *testing.T) {
	strict := &fake{t: new(testing.T)}
	body := strings.NewReader(`{"title":"x","uid":"y","colour":"blue"}`)
	w := httptest.NewRecorder()
	if strict.read(w, httptest.NewRequest(http.MethodPost, "/", body), &models.CreateFolderCommand{}) || w.Code != http.StatusBadRequest {
		t.Error("an unknown field is taken")
	}
}
