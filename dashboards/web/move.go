package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

type movePage struct {
	frame
	V         hub.MoveView
	Next      terraform.Step // zero: nothing is left
	ByEngine  bool           // the next step is planned, approved and applied
	Diff      []resourceDiff
	Consented bool // to this very plan
	Mine      bool // the person proposed the plan, so another approves
	Spent     bool // the plan was carried out
	Drift     []terraform.Drift
	Phantoms  []terraform.Drift
	Stopping  *terraform.Stopped

	Acceptable []choice // concerns, and checks that could not be told, that a person may let stand for a while
	Form       form
	Fault      *fault
}

// resourceDiff is what a plan does to one resource.
type resourceDiff struct {
	Resource, Action, Import string
	Lines                    []terraform.AttributeChange
}

// move shows one unit.
func (s *server) move(w http.ResponseWriter, r *http.Request) {
	s.showMove(w, r, http.StatusOK, form{}, nil)
}

func (s *server) showMove(w http.ResponseWriter, r *http.Request, status int, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Move(r.Context(), p, r.PathValue("unit"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	m := v.Move
	page := movePage{frame: s.frame(r, "nav.moves", v.Data, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.moves"), "/moves"}), V: v, Form: typed, Fault: wrong, Stopping: v.Stopped}
	page.Title = m.Group.Name
	if m.Shared != nil {
		page.Title = l.T("moves.shared", "name", v.Names[m.Municipality])
	}
	page.Next, _ = m.Progress.Next()
	page.ByEngine = m.Progress.Returning != "" || !v.Kept || page.Next.Stage.Imports() || page.Next.Stage.Moves() || page.Next.Stage == platform.Share
	if m.Plan != nil {
		page.Diff = diffByResource(m.Plan.Changes)
		page.Consented = m.Consent != nil && m.Consent.PlanSHA256 == m.Plan.PlanSHA256
		page.Mine = m.Plan.ProposedBy == p.Name
		page.Spent = slices.ContainsFunc(m.Progress.Steps, func(s terraform.Step) bool { return s.Proof == "plan "+m.Plan.PlanSHA256 })
	}
	page.Acceptable = acceptable(l, m.Move)
	for _, d := range m.Drift {
		if d.Phantom == "" {
			page.Drift = append(page.Drift, d)
		} else {
			page.Phantoms = append(page.Phantoms, d)
		}
	}
	s.render(w, r, status, "move", page)
}

// acceptable lists, once each, what stands against a unit that a person may let stand for a while.
func acceptable(l *locale.Locale, m hub.Move) []choice {
	var list []choice
	add := func(key string) {
		if key != "" && !slices.ContainsFunc(list, func(c choice) bool { return c.Value == key }) {
			list = append(list, choice{key, l.Or("check.", key)})
		}
	}
	for _, c := range m.Checks {
		if c.Unknown && c.Accepted == nil {
			add(c.What)
		}
	}
	if m.Plan != nil {
		for _, r := range m.Plan.Refusals {
			if r.Gate == terraform.GateConcern {
				add(r.Attribute)
			}
		}
	}
	return list
}

// diffByResource gathers the lines of a plan under their resources, in the plan's order.
func diffByResource(lines []terraform.AttributeChange) []resourceDiff {
	var list []resourceDiff
	for _, c := range lines {
		if len(list) == 0 || list[len(list)-1].Resource != c.Resource {
			list = append(list, resourceDiff{Resource: c.Resource})
		}
		at := &list[len(list)-1]
		switch {
		case c.Action == "import":
			at.Import = c.After
		case c.Attribute == "":
			at.Action = c.Action
		default:
			at.Action, at.Lines = c.Action, append(at.Lines, c)
		}
	}
	return list
}

// liveMove is the part of a unit's page that tells of the run.
func (s *server) liveMove(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Move(r.Context(), p, r.PathValue("unit"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.fragment(w, r, "move", "run", movePage{frame: frame{locale: language(r)}, V: v})
}

// doMove takes a unit a step on.
func (s *server) doMove(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	unit := r.PathValue("unit")
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		err = s.changeMove(r.Context(), language(r), p, unit, r.PathValue("do"), typed)
	}
	s.answerMove(w, r, err, "/moves/"+unit, func(wrong *fault) { s.showMove(w, r, http.StatusUnprocessableEntity, typed, wrong) })
}

func (s *server) changeMove(ctx context.Context, l *locale.Locale, p hub.Person, unit, do string, typed form) error {
	var err error
	switch do {
	case "plan":
		_, err = s.hub.PlanMove(ctx, p, unit)
	case "consent":
		_, err = s.hub.ConsentMove(ctx, p, unit)
	case "approve":
		var terms terraform.Terms
		if terms, err = termsFrom(l, typed); err == nil {
			_, err = s.hub.ApproveMove(ctx, p, unit, terms)
		}
	case "apply":
		_, err = s.hub.BeginApply(ctx, p, unit)
	case "verify":
		_, err = s.hub.VerifyMove(ctx, p, unit)
	case "drift":
		_, err = s.hub.DriftMoves(ctx, p, unit)
	case "step":
		var step hub.StepMove
		if step, err = stepFrom(l, typed); err == nil {
			_, err = s.hub.StepMove(ctx, p, unit, step)
		}
	case "accept":
		var faults refused
		reason := typed.need(l, "reason", "moves.reason", &faults)
		days, _ := strconv.Atoi(typed["days"]) // none is refused by the hub
		if err = faults.orNil(); err == nil {
			_, err = s.hub.AcceptMove(ctx, p, unit, terraform.Acceptance{Key: typed["key"], Server: typed["server"], Reason: reason, Until: time.Now().AddDate(0, 0, days)})
		}
	case "return":
		var faults refused
		reason := typed.need(l, "reason", "moves.reason", &faults)
		if err = faults.orNil(); err == nil {
			_, err = s.hub.ReturnMove(ctx, p, unit, reason)
		}
	case "unlock":
		_, err = s.hub.UnlockMove(ctx, p, unit, typed["lock"], typed["reason"])
	default:
		err = hub.ErrNotFound
	}
	return err
}

// termsFrom reads the terms of an approval from its form.
func termsFrom(l *locale.Locale, f form) (terraform.Terms, error) {
	var faults refused
	hours, err := strconv.Atoi(f.need(l, "hours", "moves.hours", &faults))
	if f["hours"] != "" && err != nil {
		faults = append(faults, l.T("form.notanumber", "field", l.T("moves.hours"), "value", f["hours"]))
	}
	return terraform.Terms{From: f.moment(l, "from", "moves.from", &faults), Valid: time.Duration(hours) * time.Hour, Emergency: f["emergency"]}, faults.orNil()
}

// stepFrom reads what somebody says of a step from its form.
func stepFrom(l *locale.Locale, f form) (hub.StepMove, error) {
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
	return hub.StepMove{
		Stage: platform.Stage(f["stage"]), Action: f["action"], Tool: f["tool"], Measure: f["measure"], Proof: f["proof"], Note: f["note"],
		Amount: number("amount", "moves.amount"), Total: number("total", "moves.total"),
	}, faults.orNil()
}
