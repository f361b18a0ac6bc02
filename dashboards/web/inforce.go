package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/scenario"
)

// inForceLine says on each page of the plan which scenario is in force.
type inForceLine struct {
	Name, By string
	At       time.Time
	Changed  bool // the estate has changed under it
}

// inForce gives the line for a page of the plan; nil when nothing is in force, or the page is another's.
func (s *server) inForce(r *http.Request, p hub.Person) *inForceLine {
	if !strings.HasPrefix(r.URL.Path, "/plan") {
		return nil
	}
	v, err := s.hub.InForce(r.Context(), p)
	if err != nil || v.InForce == nil { // before anything is collected there is no plan
		return nil
	}
	return &inForceLine{v.InForce.Name, v.InForce.By, v.InForce.At, v.Since.Any() || len(v.Broken) > 0}
}

// OnPlan tells whether the page is one of the plan's.
func (f frame) OnPlan() bool { return f.Known && strings.HasPrefix(f.Path, "/plan") }

// inForceView is the plan in force with all that is known of it, in words.
type inForceView struct {
	hub.InForceView
	Limits, Expected []string
	Since            []string
	Broken           []conflictRow
	TakeBack         bool // the person may
}

// inForceWords puts the plan in force into words; plan is the present one, which it gave.
func (f frame) inForceWords(v hub.InForceView, plan hub.PlanView) inForceView {
	l := f.locale
	x := inForceView{InForceView: v, TakeBack: v.InForce != nil && (f.Person.Role == hub.RoleAdmin || f.Person.Role == hub.RoleSteering)}
	if v.InForce == nil {
		return x
	}
	words := func(list []scenario.Change) (texts []string) {
		for _, c := range list {
			texts = append(texts, changeWords(l, c, f.nameOf))
		}
		return texts
	}
	x.Limits, x.Expected = words(v.InForce.Limits), words(v.InForce.Expected)
	say := func(key string, args ...any) { x.Since = append(x.Since, l.T(key, args...)) }
	since := v.Since
	if since.Moved > 0 {
		say("inforce.moved", "n", since.Moved)
	}
	for _, d := range since.Passed {
		say("inforce.passed", "name", d.Name, "night", l.Date(d.Cutover))
	}
	for _, d := range since.Lost {
		say("inforce.lost", "name", d.Name, "night", l.Date(d.Cutover))
	}
	for _, d := range since.Resized {
		if d.Left+d.Came > 0 {
			say("inforce.exchanged", "name", d.Name, "left", d.Left, "came", d.Came, "night", l.Date(d.Cutover))
		} else {
			say("inforce.resized", "name", d.Name, "from", d.Servers, "to", d.Now)
		}
	}
	for _, d := range since.Regrouped {
		say("inforce."+d.What, "name", d.Name, "night", l.Date(d.Cutover), "servers", d.Servers, "shared", d.Shared,
			"into", d.Into.Name, "now", l.Date(d.Into.Cutover), "keeper", d.Keeper)
	}
	for _, d := range since.New {
		say("inforce.new", "name", d.Name, "night", l.Date(d.Cutover))
	}
	if since.Hidden > 0 {
		say("inforce.hidden", "n", since.Hidden)
	}
	var broken []hub.Conflict
	for _, b := range v.Broken {
		broken = append(broken, hub.Conflict{Rule: b.Rule, Subject: b.Subject, Detail: b.Detail})
	}
	x.Broken = f.conflicts(broken, plan, v.Names)
	return x
}
