package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
)

// replanPage is where people say what has happened and see which dates become others. What they say lies in
// the address, so that it can be shared and changed.
type replanPage struct {
	frame
	Form    form
	Fault   *fault
	Whose   []choice // municipalities that the person may speak of
	Centres []choice
	Waves   []choice
	Told    []string
	Result  *replanView // nil: nothing was said yet
}

// replanView is the mended plan in words.
type replanView struct {
	hub.ReplanView
	Rows   []movedRow
	Sides  [2]string // as the two columns of Totals are called
	Totals []totalRow
	Broken []conflictRow
	From   string // where people know the dates from
}

// movedRow is a group with a new night, why, and who must be told.
type movedRow struct {
	planner.Moved
	Name, Whose, Why string
}

// happenings are the fields of the form, in the order in which they stand.
var happenings = []string{"centre", "crews", "crewsfrom", "crewsto", "late", "ready", "frozen", "from", "to", "why", "wave", "night", "weeks"}

func (s *server) replan(w http.ResponseWriter, r *http.Request) {
	said := form{}
	for _, name := range happenings {
		said[name] = r.URL.Query().Get(name)
	}
	s.showReplan(w, r, http.StatusOK, said, nil)
}

func (s *server) showReplan(w http.ResponseWriter, r *http.Request, status int, said form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := replanPage{frame: s.planFrame(r, "nav.replan", v, crumb{language(r).T("nav.plan"), "/plan"}), Form: said, Fault: wrong}
	page.offer(v)
	changes, o, err := happened(page.locale, said, v.Plan)
	if err == nil && len(changes) > 0 && wrong == nil {
		err = s.mend(r, p, &page, v, changes, o)
	}
	if err != nil {
		if page.Fault = faultOf(err); page.Fault == nil {
			s.fail(w, r, err)
			return
		}
	}
	s.render(w, r, status, "replan", page)
}

// offer lists what the person may speak of: own municipalities, or all for those who decide for all.
func (page *replanPage) offer(v hub.PlanView) {
	all := page.Person.Role == hub.RoleAdmin || page.Person.Role == hub.RoleSteering
	seen := map[string]bool{}
	for _, g := range v.Plan.Groups {
		seen[g.Municipality] = true
	}
	page.Whose = slices.DeleteFunc(page.municipalities(), func(c choice) bool { return !all && !seen[c.Value] })
	page.Centres = page.centres(v.Plan.Capacity)
	for _, x := range v.Plan.Waves {
		if seen[x.Municipality] {
			page.Waves = append(page.Waves, choice{x.ID, x.Name + ", " + page.locale.Date(x.Start) + " – " + page.locale.Date(x.End)})
		}
	}
}

// mend asks for the mended plan and puts it into words.
func (s *server) mend(r *http.Request, p hub.Person, page *replanPage, plan hub.PlanView, changes []scenario.Change, o planner.ReplanOptions) error {
	v, err := s.hub.Replan(r.Context(), p, changes, o)
	if err != nil {
		return err
	}
	l := page.locale
	if wave := page.Form["wave"]; wave != "" {
		page.Told = append(page.Told, page.nameOf(wave)+": "+l.T("replan.night")+" "+l.Date(dayOf(page.Form["night"])))
	}
	for _, c := range changes {
		if c.Kind != scenario.Pin {
			page.Told = append(page.Told, changeWords(l, c, page.nameOf))
		}
	}
	view := &replanView{ReplanView: v, Sides: [2]string{l.T("diff.side.present"), l.T("diff.side.mended")}, Totals: page.totals(v.Difference.Before, v.Difference.After), From: v.Known}
	if v.Known == hub.PresentPlan {
		view.From = l.T("diff.side.present")
	} else if page.InForce != nil {
		view.From = page.InForce.Name
	}
	for _, m := range v.Changes {
		view.Rows = append(view.Rows, movedRow{m, v.Names[m.Group], v.Names[m.Municipality], l.Reason(m.Why, v.Names)})
	}
	var broken []hub.Conflict
	for _, x := range v.Violations {
		broken = append(broken, hub.Conflict{Rule: x.Rule, Subject: x.Subject, Detail: x.Detail})
	}
	view.Broken = page.conflicts(broken, hub.PlanView{Plan: v.Plan, Freezes: plan.Freezes}, v.Names)
	page.Result = view
	return nil
}

// happened reads what the form says: no changes when it says nothing.
func happened(l *locale.Locale, f form, plan planner.Plan) (changes []scenario.Change, o planner.ReplanOptions, err error) {
	var faults refused
	o = planner.DefaultReplanOptions()
	if f["weeks"] != "" {
		weeks, err := strconv.Atoi(f["weeks"])
		if err != nil || weeks < 0 || weeks > 52 {
			faults = append(faults, l.T("form.notanumber", "field", l.T("replan.commit"), "value", f["weeks"]))
		}
		o.CommitDays = 7 * weeks
	}
	day := func(name, label string) inventory.Date {
		f.need(l, name, label, &faults)
		return f.day(l, name, label, &faults)
	}
	if f["crews"] != "" {
		left, err := strconv.Atoi(f["crews"])
		if err != nil {
			faults = append(faults, l.T("form.notanumber", "field", l.T("replan.crewsleft"), "value", f["crews"]))
		}
		changes = append(changes, scenario.Change{Kind: scenario.Crews, Centre: f["centre"], Crews: left, From: day("crewsfrom", "scenario.from"), To: day("crewsto", "scenario.to")})
	}
	if f["late"] != "" {
		changes = append(changes, scenario.Change{Kind: scenario.LinkReady, Municipality: f["late"], Date: day("ready", "replan.ready")})
	}
	if f["frozen"] != "" {
		changes = append(changes, scenario.Change{Kind: scenario.Freeze, Municipality: f["frozen"], From: day("from", "scenario.from"), To: day("to", "scenario.to"), Name: f["why"]})
	}
	if f["wave"] != "" {
		slip := planState{Pins: []pin{{f["wave"], day("night", "replan.night")}}}
		changes = append(changes, slip.changes(groupsOfWaves(plan))...)
	}
	return changes, o, faults.orNil()
}

// dayOf reads a day that has been read before.
func dayOf(text string) inventory.Date {
	d, _ := inventory.ParseDate(text)
	return d
}

// saveReplan keeps the mended plan as a draft.
func (s *server) saveReplan(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	said, err := readForm(w, r, largestForm)
	var kept hub.Scenario
	if err == nil {
		kept, err = s.savedReplan(r, p, said)
	}
	s.answerScenario(w, r, err, "/plan/scenarios/"+url.PathEscape(kept.Ref()), func(wrong *fault) { s.showReplan(w, r, http.StatusUnprocessableEntity, said, wrong) })
}

func (s *server) savedReplan(r *http.Request, p hub.Person, said form) (hub.Scenario, error) {
	l := language(r)
	v, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		return hub.Scenario{}, err
	}
	changes, o, err := happened(l, said, v.Plan)
	if err != nil {
		return hub.Scenario{}, err
	}
	var faults refused
	if len(changes) == 0 {
		faults = append(faults, l.T("replan.say"))
	}
	name := said.need(l, "name", "scenario.name", &faults)
	if err := faults.orNil(); err != nil {
		return hub.Scenario{}, err
	}
	return s.hub.SaveReplan(r.Context(), p, name, changes, o)
}

// Said gives what the form said, for the form that keeps it.
func (page replanPage) Said() []choice {
	var said []choice
	for _, name := range happenings {
		if page.Form[name] != "" {
			said = append(said, choice{name, page.Form[name]})
		}
	}
	return said
}

// Moves is how many groups get another night, those too that the person does not see.
func (page replanPage) Moves() int { return len(page.Result.Changes) + page.Result.Hidden }

// Committed is the last day of what stays.
func (page replanPage) Committed() string { return page.locale.Date(dayOf(page.Result.Committed)) }
