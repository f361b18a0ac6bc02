package grafana_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/dashboards/grafana"
	"github.com/samdrift/samdrift/hub/monitor"
)

var demo = grafana.Options{
	Demo: true, Names: map[string]string{"461": "Odense", "450": "Nyborg", "492": "Ærø", "420": "Assens"},
	HubURL: "https://samdrift.example.dk/", Interval: 30 * time.Second,
}

// shown is the part of Grafana's dashboard model that the rules below look at.
type shown struct {
	UID, Title, Description, Timezone, Refresh string
	Editable                                   bool
	SchemaVersion                              int
	Tags                                       []string
	Links                                      []struct{ Title, Type, URL string }
	Templating                                 struct {
		List []struct {
			Name, Label, Type string
			Query             any
		}
	}
	Panels []struct {
		ID                       int
		Type, Title, Description string
		Datasource               *struct{ Type, UID string }
		GridPos                  struct{ H, W, X, Y int }
		Targets                  []struct {
			RefID, Expr, LegendFormat, Format string
			Instant, Range                    bool
			Datasource                        struct{ UID string }
		}
		FieldConfig struct {
			Defaults  struct{ Unit, NoValue string }
			Overrides []struct {
				Matcher    struct{ ID, Options string }
				Properties []struct {
					ID    string
					Value any
				}
			}
		}
		Options struct{ Content string }
	}
}

func decode(t *testing.T, d grafana.Dashboard) shown {
	t.Helper()
	text, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var s shown
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// expand puts values in the place of Grafana's variables, as Grafana does before it asks.
func expand(query string) string {
	query = strings.NewReplacer("$__rate_interval", "5m", "$__range_s", "3600", "$__range", "1h", "$municipality", "461", "$instance", "sw1").Replace(query)
	if m := regexp.MustCompile(`^label_values\((.+), \w+\)$`).FindStringSubmatch(query); m != nil {
		return m[1]
	}
	return query
}

func TestEveryQueryNamesKnownMetrics(t *testing.T) {
	used := map[string]bool{}
	for _, o := range []grafana.Options{{}, demo} {
		for _, d := range grafana.Dashboards(o) {
			if len(d.Queries()) == 0 {
				t.Errorf("%s asks nothing", d.UID)
			}
			for _, q := range d.Queries() {
				names, err := monitor.CheckQuery(expand(q))
				if err != nil {
					t.Errorf("%s: %v", d.UID, err)
				}
				if strings.Contains(expand(q), "$") {
					t.Errorf("%s: a variable is left in %s", d.UID, expand(q))
				}
				for _, n := range names {
					used[n] = true
				}
			}
		}
	}
	for _, m := range monitor.Metrics {
		shownAs := strings.Replace(m.Name, "storage_size_bytes", "storage_used_bytes", 1) // as a ratio
		if !used[shownAs] {
			t.Errorf("no dashboard shows %s", m.Name)
		}
	}
}

func TestDashboardsFollowTheRules(t *testing.T) {
	uids, titles := map[string]bool{}, map[string]bool{}
	for _, d := range grafana.Dashboards(demo) {
		s := decode(t, d)
		if s.UID != d.UID || s.Title != d.Title || s.UID == "" || len(s.UID) > 40 || uids[s.UID] || titles[s.Title] {
			t.Errorf("%q %q: uid and title must be there once, and a uid at most 40 long", s.UID, s.Title)
		}
		uids[s.UID], titles[s.Title] = true, true
		if s.Editable || s.Description == "" || s.SchemaVersion != 39 || !slices.Contains(s.Tags, "samdrift") || s.Timezone == "" || s.Refresh == "" {
			t.Errorf("%s: want an uneditable, described dashboard with tag, time zone and refresh: %+v", s.UID, s)
		}
		variables := map[string]bool{}
		for _, v := range s.Templating.List {
			variables[v.Name] = true
			if v.Label == "" {
				t.Errorf("%s: variable %s has no Danish label", s.UID, v.Name)
			}
		}
		if s.Templating.List[0].Type != "datasource" {
			t.Errorf("%s: the first variable is %s, want the data source", s.UID, s.Templating.List[0].Type)
		}
		ids := map[int]bool{}
		for _, p := range s.Panels {
			where := fmt.Sprintf("%s panel %q", s.UID, p.Title)
			if p.ID == 0 || ids[p.ID] || p.Title == "" || p.Description == "" {
				t.Errorf("%s: want an id of its own, a title and a description", where)
			}
			ids[p.ID] = true
			if p.GridPos.X < 0 || p.GridPos.X+p.GridPos.W > 24 || p.GridPos.W < 1 || p.GridPos.H < 2 {
				t.Errorf("%s does not fit the page: %+v", where, p.GridPos)
			}
			if p.Type == "text" {
				continue
			}
			if p.Datasource == nil || p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 || p.FieldConfig.Defaults.Unit == "" || p.FieldConfig.Defaults.NoValue == "" {
				t.Errorf("%s: want data source, query, unit and a word for no data", where)
			}
			refs := map[string]bool{}
			for _, q := range p.Targets {
				if q.Datasource.UID != "${datasource}" || refs[q.RefID] || q.RefID == "" || q.Instant == q.Range || q.Format == "" || (q.Format != "table" && q.LegendFormat == "") {
					t.Errorf("%s: query %+v is not complete", where, q)
				}
				refs[q.RefID] = true
				for _, v := range regexp.MustCompile(`\$([a-z]\w*)`).FindAllStringSubmatch(q.Expr, -1) {
					if !variables[v[1]] {
						t.Errorf("%s uses variable %s, which the dashboard has not", where, v[1])
					}
				}
				if strings.Contains(q.Expr, "Octets") && !strings.Contains(q.Expr, "rate") {
					t.Errorf("%s: a counter is shown without rate: %s", where, q.Expr)
				}
			}
		}
		for i, a := range s.Panels {
			for _, b := range s.Panels[i+1:] {
				if a.GridPos.X < b.GridPos.X+b.GridPos.W && b.GridPos.X < a.GridPos.X+a.GridPos.W &&
					a.GridPos.Y < b.GridPos.Y+b.GridPos.H && b.GridPos.Y < a.GridPos.Y+a.GridPos.H {
					t.Errorf("%s: panels %q and %q overlap", s.UID, a.Title, b.Title)
				}
			}
		}
	}
}

func TestDemoIsSaidInWords(t *testing.T) {
	for i, d := range grafana.Dashboards(demo) {
		s := decode(t, d)
		if !strings.Contains(s.Title, "Demodata") || s.Panels[0].Type != "text" || !strings.Contains(s.Panels[0].Options.Content, "opdigtede") {
			t.Errorf("%s does not say that its data are invented", s.UID)
		}
		if text, err := grafana.Dashboards(grafana.Options{})[i].JSON(); err != nil || bytes.Contains(text, []byte("Demodata")) {
			t.Errorf("%s says demo over real data (%v)", s.UID, err)
		}
	}
}

func TestMunicipalitiesHaveNames(t *testing.T) {
	for _, d := range grafana.Dashboards(demo) {
		s := decode(t, d)
		for _, v := range s.Templating.List {
			if v.Name == "municipality" && v.Query != "Assens : 420, Nyborg : 450, Odense : 461, Ærø : 492" {
				t.Errorf("%s offers %v", s.UID, v.Query)
			}
		}
		for _, p := range s.Panels {
			text, err := json.Marshal(p.FieldConfig.Overrides)
			if err != nil {
				t.Fatal(err)
			}
			shows := slices.ContainsFunc(p.Targets, func(q struct {
				RefID, Expr, LegendFormat, Format string
				Instant, Range                    bool
				Datasource                        struct{ UID string }
			}) bool {
				return q.LegendFormat == "{{municipality}}"
			})
			if shows && !strings.Contains(string(text), `"Odense"`) {
				t.Errorf("%s panel %q shows codes only", s.UID, p.Title)
			}
		}
		if s.Links[len(s.Links)-1].URL != demo.HubURL {
			t.Errorf("%s does not lead back to samdrift: %+v", s.UID, s.Links)
		}
	}
	overview := decode(t, grafana.Dashboards(demo)[0])
	text, err := json.Marshal(overview.Panels)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"Kommune"`, `"Kritisk"`, `"Odense"`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the overview lacks %s", want)
		}
	}
}

func TestSameOptionsSameBytes(t *testing.T) {
	for i, d := range grafana.Dashboards(demo) {
		first, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		second, err := grafana.Dashboards(demo)[i].JSON()
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s differs from itself (%v)", d.UID, err)
		}
	}
}
