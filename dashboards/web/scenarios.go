package web

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

type scenariosPage struct {
	frame
	V     hub.ScenariosView
	A, B  string // what is compared; empty: nothing
	Diff  *differenceView
	Now   inForceView
	Form  form
	Fault *fault
}

// scenarioBadge is the look of a scenario's state.
var scenarioBadge = map[hub.ScenarioState]string{hub.ScenarioDraft: "none", hub.ScenarioReviewed: "info", hub.ScenarioApproved: "ok"}

// Badge shows a scenario's state.
func (f frame) Badge(s hub.ScenarioState) any {
	return badge(scenarioBadge[s], f.locale.Or("scenariostate.", string(s)))
}

// scenarios lists all scenarios, and compares two of them when asked to.
func (s *server) scenarios(w http.ResponseWriter, r *http.Request) {
	s.showScenarios(w, r, http.StatusOK, form{}, nil)
}

func (s *server) showScenarios(w http.ResponseWriter, r *http.Request, status int, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Scenarios(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := scenariosPage{frame: s.frame(r, "nav.scenarios", v.Meta, crumb{l.T("nav.overview"), "/"}), V: v, Form: typed, Fault: wrong}
	page.A, page.B = r.URL.Query().Get("a"), r.URL.Query().Get("b")
	if page.A != "" && page.B != "" {
		c, err := s.hub.ComparePlans(r.Context(), p, page.A, page.B)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		for _, x := range v.Scenarios {
			c.Names[x.Ref()] = l.T("scenario.named", "name", x.Name, "version", x.Version)
		}
		d := page.difference(c.Difference, c.Names)
		page.Diff = &d
	}
	plan, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	now, err := s.hub.InForce(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page.Now = page.inForceWords(now, plan)
	s.render(w, r, status, "scenarios", page)
}

type scenarioPage struct {
	frame
	V         hub.ScenarioView
	Changes   []changeRow
	Dates     []changeRow // groups' nights, of which a mended plan has many
	Conflicts []conflictRow
	Diff      differenceView
	Whose     []choice
	Centres   []choice
	Settings  []choice
	Review    bool // the person may review, approve, put in force
	Approve   bool
	Adopt     bool
	Form      form
	Fault     *fault
}

// changeRow is a change in words, with its place in the scenario.
type changeRow struct {
	Ref      string
	Revision int
	At       int
	Words    string
	Out      bool // the person may take it out
}

// scenario shows one version, what it changes and what that would do.
func (s *server) scenario(w http.ResponseWriter, r *http.Request) {
	s.showScenario(w, r, http.StatusOK, form{}, nil)
}

func (s *server) showScenario(w http.ResponseWriter, r *http.Request, status int, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Scenario(r.Context(), p, r.PathValue("ref"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := scenarioPage{frame: s.planFrame(r, "nav.scenarios", v.Plan, crumb{l.T("nav.scenarios"), "/plan/scenarios"}), V: v, Form: typed, Fault: wrong}
	page.Meta, page.Title = v.Meta, v.Scenario.Name
	v.Names = maps.Clone(v.Names)
	v.Names[v.Scenario.Ref()] = l.T("scenario.named", "name", v.Scenario.Name, "version", v.Scenario.Version)
	page.Diff = page.difference(v.Difference, v.Names)
	page.Conflicts = page.conflicts(v.Conflicts, v.Plan, v.Names)
	for i, c := range v.Scenario.Changes {
		row := changeRow{v.Scenario.Ref(), v.Scenario.Revision, i, changeWords(l, c, page.nameOf), v.MayEdit && (c.Kind != scenario.Pin || c.Group != "")}
		if c.Kind == scenario.Pin {
			page.Dates = append(page.Dates, row)
		} else {
			page.Changes = append(page.Changes, row)
		}
	}
	page.Whose = page.municipalities()
	page.Centres = page.centres(v.Plan.Plan.Capacity)
	for _, name := range settings {
		page.Settings = append(page.Settings, choice{name, l.T("setting." + name)})
	}
	second := v.Scenario.Author != p.Name
	page.Review = second && v.MayEdit && v.Scenario.State == hub.ScenarioDraft
	approves := second && (p.Role == hub.RoleAdmin || p.Role == hub.RoleSteering)
	page.Approve = approves && v.Scenario.State == hub.ScenarioReviewed
	page.Adopt = approves && v.Scenario.State == hub.ScenarioApproved && v.Scenario.ID != hub.PresentPlan && !v.InForce
	s.render(w, r, status, "scenario", page)
}

// nameOf gives a name for an id, or the id.
func (f frame) nameOf(id string) string {
	if name := f.Names[id]; name != "" {
		return name
	}
	return id
}

// centres gives the centres to choose between, by name.
func (f frame) centres(loads []planner.CentreLoad) []choice {
	var list []choice
	for _, load := range loads {
		list = append(list, choice{load.Centre, f.nameOf(load.Centre)})
	}
	slices.SortFunc(list, func(a, b choice) int { return f.locale.Compare(a.Text, b.Text) })
	return list
}

// settings are those that a scenario can change with one number or date; the API takes all.
var settings = []string{
	"deadline", "lead_days", "crews_per_centre", "servers_per_crew_night", "max_group_servers", "max_wave_servers", "hypercare_days", "headroom",
	"link_share", "link_share_night", "night_hours", "link_efficiency", "change_rate_per_day", "max_groups_per_night", "local_servers_per_night", "max_moving", "max_seed_days",
	"unknown_server_gb", "unknown_server_vcpus", "unknown_server_memory_gb", "unknown_server_watts", "watts_per_vcpu", "servers_per_fte", "unknown_link_mbps",
}

// addScenario keeps a new scenario, with what was tried on the plan when it comes from there.
func (s *server) addScenario(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	var kept hub.Scenario
	if err == nil {
		var faults refused
		x := hub.Scenario{Name: typed.need(language(r), "name", "scenario.name", &faults), Description: typed["description"], KeepDates: typed["keep"] != "", Changes: []scenario.Change{}}
		if typed["changes"] != "" && json.Unmarshal([]byte(typed["changes"]), &x.Changes) != nil {
			faults = append(faults, language(r).T("form.unreadable"))
		}
		if err = faults.orNil(); err == nil {
			kept, err = s.hub.SaveScenario(r.Context(), p, x)
		}
	}
	s.answerScenario(w, r, err, "/plan/scenarios/"+kept.Ref(), func(wrong *fault) { s.showScenarios(w, r, http.StatusUnprocessableEntity, typed, wrong) })
}

// changeScenario adds a change to a scenario, or takes one out.
func (s *server) changeScenario(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	var kept hub.Scenario
	if err == nil {
		kept, err = s.changedScenario(r, p, typed)
	}
	s.answerScenario(w, r, err, "/plan/scenarios/"+kept.Ref(), func(wrong *fault) { s.showScenario(w, r, http.StatusUnprocessableEntity, typed, wrong) })
}

func (s *server) changedScenario(r *http.Request, p hub.Person, typed form) (hub.Scenario, error) {
	v, err := s.hub.Scenario(r.Context(), p, r.PathValue("ref"))
	if err != nil {
		return hub.Scenario{}, err
	}
	x := v.Scenario
	if x.Revision, err = strconv.Atoi(typed["revision"]); err != nil {
		return x, refused{language(r).T("form.unreadable")}
	}
	if out, err := strconv.Atoi(typed["out"]); err == nil && out >= 0 && out < len(x.Changes) {
		x.Changes = slices.Delete(slices.Clone(x.Changes), out, out+1)
	} else {
		c, err := changeFrom(language(r), typed)
		if err != nil {
			return x, err
		}
		x.Changes = scenario.Overlay(x.Changes, []scenario.Change{c})
	}
	return s.hub.SaveScenario(r.Context(), p, x)
}

// changeFrom reads a change from its form, or tells in words what is missing.
func changeFrom(l *locale.Locale, f form) (scenario.Change, error) {
	var faults refused
	number := func(name, label string) int {
		n, err := strconv.Atoi(f.need(l, name, label, &faults))
		if f[name] != "" && err != nil {
			faults = append(faults, l.T("form.notanumber", "field", l.T(label), "value", f[name]))
		}
		return n
	}
	c := scenario.Change{Kind: scenario.Kind(f["kind"]), Municipality: f["municipality"], Centre: f["centre"], Setting: f["setting"], Name: f["name"]}
	switch c.Kind {
	case scenario.Setting:
		c.Value = settingJSON(f.need(l, "value", "scenario.value", &faults))
	case scenario.Freeze, scenario.Lift:
		f.need(l, "from", "scenario.from", &faults)
		f.need(l, "to", "scenario.to", &faults)
		c.From, c.To = f.day(l, "from", "scenario.from", &faults), f.day(l, "to", "scenario.to", &faults)
	case scenario.Crews:
		c.Crews = number("crews", "scenario.crews")
		c.From, c.To = f.day(l, "from", "scenario.from", &faults), f.day(l, "to", "scenario.to", &faults)
	case scenario.Link:
		c.Mbps = number("mbps", "scenario.mbps")
	}
	return c, faults.orNil()
}

// settingJSON turns what was typed into JSON: a number, with a comma as Danes write it, or a date.
func settingJSON(text string) json.RawMessage {
	if d, err := inventory.ParseDate(text); err == nil && d.Known() {
		return json.RawMessage(strconv.Quote(d.String()))
	}
	plain := []rune(text)
	for i, r := range plain {
		if r == ',' {
			plain[i] = '.'
		}
	}
	if v, err := strconv.ParseFloat(string(plain), 64); err == nil {
		return json.RawMessage(strconv.FormatFloat(v, 'f', -1, 64))
	}
	return json.RawMessage(strconv.Quote(text))
}

// stepScenario takes a scenario a step on: reviewed, approved, or removed.
func (s *server) stepScenario(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	ref, to := r.PathValue("ref"), "/plan/scenarios/"+r.PathValue("ref")
	revision, number := strconv.Atoi(typed["revision"])
	switch {
	case err != nil:
	case number != nil:
		err = refused{language(r).T("form.unreadable")}
	case r.PathValue("step") == "review":
		_, err = s.hub.ReviewScenario(r.Context(), p, ref, revision)
	case r.PathValue("step") == "approve":
		_, err = s.hub.ApproveScenario(r.Context(), p, ref, revision)
	case r.PathValue("step") == "adopt":
		_, err = s.hub.AdoptScenario(r.Context(), p, ref, revision)
		to = "/plan/scenarios#inforce"
	case r.PathValue("step") == "delete":
		to = "/plan/scenarios"
		err = s.hub.DeleteScenario(r.Context(), p, ref, revision)
	default:
		err = hub.ErrNotFound
	}
	s.answerScenario(w, r, err, to, func(wrong *fault) { s.showScenario(w, r, http.StatusUnprocessableEntity, typed, wrong) })
}

// answerScenario sends the browser on after a form, or shows the form again with what was wrong.
func (s *server) answerScenario(w http.ResponseWriter, r *http.Request, err error, to string, again func(*fault)) {
	if errors.Is(err, store.ErrConflict) {
		err = refused{language(r).T("scenario.conflict")}
	}
	switch wrong := faultOf(err); {
	case wrong != nil:
		again(wrong)
	case err != nil:
		s.fail(w, r, err)
	default:
		done(w, r, to)
	}
}

// anyScenario gives a scenario to ask for in the scope test.
func (s *server) anyScenario() string {
	v, err := s.hub.Scenarios(context.Background(), hub.Person{Name: "probe", Role: hub.RoleAdmin})
	if err != nil || len(v.Scenarios) == 0 {
		return "none"
	}
	return v.Scenarios[0].Ref()
}
