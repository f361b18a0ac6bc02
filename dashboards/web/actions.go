package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory/facts"
	"github.com/samdrift/samdrift/planner/nis2"
)

type actionsPage struct {
	frame
	Rows     []actionView
	Overdue  int
	Effects  []effectView
	Reassess []reassessView
	May      bool // add and change
	Form     form
	Fault    *fault
	Whose    []choice
	States   []nis2.ActionState
}

type actionView struct {
	hub.ActionRow
	May bool
}

// effectView is what a municipality's result would be if all that is planned were done.
type effectView struct {
	hub.ActionsEffect
	Name string
}

// reassessView is a control that is to be answered or confirmed again.
type reassessView struct {
	hub.ReassessTask
	Title, Why string
}

// choice is one value of a list to choose from.
type choice struct{ Value, Text string }

// actions shows the action plan, what is overdue first.
func (s *server) actions(w http.ResponseWriter, r *http.Request) {
	s.showActions(w, r, http.StatusOK, r.URL.Query().Get("action"), nil, nil)
}

// showActions shows the plan with the form filled by what was typed, or by the action with the id.
func (s *server) showActions(w http.ResponseWriter, r *http.Request, status int, id string, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Actions(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := actionsPage{frame: s.frame(r, "actions.title", v.Data, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.gap"), "/gap"}),
		May: p.Role == hub.RoleAdmin || p.Role == hub.RoleMunicipality, Form: typed, Fault: wrong, States: nis2.ActionStates}
	if typed == nil {
		page.Form = form{"state": string(nis2.ActionOpen), "municipality": p.Organisation}
	}
	for _, a := range v.Actions {
		row := actionView{a, p.Role == hub.RoleAdmin || !a.Joint() && p.Role == hub.RoleMunicipality}
		if a.Overdue {
			page.Overdue++
		}
		if a.ID == id && typed == nil && row.May {
			page.Form = actionForm(a.Action)
		}
		page.Form.catchUp(wrong, a.ID, a.Revision)
		page.Rows = append(page.Rows, row)
	}
	slices.SortStableFunc(page.Rows, func(a, b actionView) int {
		switch {
		case a.Overdue == b.Overdue:
			return 0
		case a.Overdue:
			return -1
		}
		return 1
	})
	for _, e := range v.Effects {
		if e.Done != e.Today {
			page.Effects = append(page.Effects, effectView{e, page.Names[e.Municipality]})
		}
	}
	for _, x := range v.Reassess {
		k, _ := s.hub.Catalogue().Control(x.Control) // tasks are of the catalogue's controls
		page.Reassess = append(page.Reassess, reassessView{x, k.Title.In(l.Lang), reassessWords(l, &x.Reassess)})
	}
	page.Whose = page.municipalities()
	s.render(w, r, status, "actions", page)
}

// municipalities gives those that the person may choose between in a form: the own one, or all by name.
func (f frame) municipalities() []choice {
	var list []choice
	for code, name := range f.Names {
		if _, ok := facts.Municipality(code); ok && (f.Person.Role != hub.RoleMunicipality || f.Person.Organisation == code) {
			list = append(list, choice{code, name})
		}
	}
	slices.SortFunc(list, func(a, b choice) int { return f.locale.Compare(a.Text, b.Text) })
	return list
}

func actionForm(a nis2.Action) form {
	f := form{
		"id": a.ID, "revision": strconv.Itoa(a.Revision), "municipality": a.Municipality, "title": a.Title, "controls": strings.Join(a.Controls, " "), "risk": a.Risk, "owner": a.Owner,
		"due": a.Due.String(), "state": string(a.State), "progress": strconv.Itoa(a.Progress), "reason": a.Reason,
	}
	if a.CostDKK > 0 {
		f["cost"] = strconv.FormatInt(a.CostDKK, 10)
	}
	if a.Level > 0 {
		f["level"] = strconv.Itoa(a.Level)
	}
	if a.Done.Known() {
		f["done"] = a.Done.String()
	}
	return f
}

// actionFrom reads an action from its form, or tells in words what is missing.
func actionFrom(l *locale.Locale, f form) (nis2.Action, error) {
	var faults refused
	number := func(name, label string) int64 {
		if f[name] == "" {
			return 0
		}
		n, err := strconv.ParseInt(f[name], 10, 64)
		if err != nil {
			faults = append(faults, l.T("form.notanumber", "field", l.T(label), "value", f[name]))
		}
		return n
	}
	f.need(l, "due", "actions.due", &faults)
	a := nis2.Action{
		ID: f["id"], Revision: f.revision(l, &faults), Municipality: f["municipality"], Risk: f["risk"], Reason: f["reason"], State: nis2.ActionState(f["state"]),
		Title:    f.need(l, "title", "actions.name", &faults),
		Owner:    f.need(l, "owner", "answers.owner", &faults),
		Controls: strings.FieldsFunc(f.need(l, "controls", "actions.controls", &faults), func(r rune) bool { return r == ' ' || r == ',' || r == ';' }),
		Due:      f.day(l, "due", "actions.due", &faults), Done: f.day(l, "done", "actions.done", &faults),
		CostDKK: number("cost", "actions.cost"), Progress: int(number("progress", "actions.progress")), Level: int(number("level", "actions.level")),
	}
	if a.State == nis2.ActionDone {
		f.need(l, "done", "actions.done", &faults)
	}
	if a.State == nis2.ActionDropped {
		f.need(l, "reason", "actions.reason", &faults)
	}
	return a, faults.orNil()
}

// saveAction keeps an action.
func (s *server) saveAction(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		var a nis2.Action
		if a, err = actionFrom(language(r), typed); err == nil {
			_, err = s.hub.SaveAction(r.Context(), p, a)
		}
	}
	switch wrong := faultOf(err); {
	case wrong != nil:
		s.showActions(w, r, http.StatusUnprocessableEntity, "", typed, wrong)
	case err != nil:
		s.fail(w, r, err)
	default:
		done(w, r, "/gap/actions")
	}
}
