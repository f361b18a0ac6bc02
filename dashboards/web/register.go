package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// registerPage is what a municipality has done at fixed times, its risks and its test findings.
type registerPage struct {
	frame
	Municipality string
	Kinds        []registerKind // those that have lines
	Lines        int
	May          bool // add, change and remove
	Form         form
	Fault        *fault
	All          []nis2.EntryKind
	Grave        []choice
}

type registerKind struct {
	Kind  nis2.EntryKind
	Lines []registerLine
}

type registerLine struct {
	nis2.Entry
	Age int // days since it was done or found
}

// register shows a municipality's register by kind, the newest line of each first.
func (s *server) register(w http.ResponseWriter, r *http.Request) {
	s.showRegister(w, r, http.StatusOK, r.URL.Query().Get("line"), nil, nil)
}

// showRegister shows the register with the form filled by what was typed, or by the line with the id.
func (s *server) showRegister(w http.ResponseWriter, r *http.Request, status int, id string, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	municipality := r.PathValue("municipality")
	lines, err := s.hub.Register(r.Context(), p, municipality)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	standing, err := s.hub.Standing(p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	f := s.frame(r, "register.title", standing, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.gap"), "/gap"})
	name := f.Names[municipality]
	f.Crumbs = append(f.Crumbs, crumb{name, "/gap/" + municipality})
	f.Title = l.T("register.of", "name", name)
	page := registerPage{frame: f, Municipality: municipality, Lines: len(lines), Form: typed, Fault: wrong, All: nis2.EntryKinds,
		May:   p.Role == hub.RoleAdmin || p.Role == hub.RoleMunicipality && p.Organisation == municipality,
		Grave: []choice{{"", l.T("register.grave.unknown")}, {"yes", l.T("yes")}, {"no", l.T("no")}}}
	if typed == nil {
		page.Form = form{"date": standing.AsOf.String()}
	}
	for _, kind := range nis2.EntryKinds {
		of := registerKind{Kind: kind}
		for _, x := range lines {
			if x.Kind == kind {
				of.Lines = append(of.Lines, registerLine{x, int(standing.AsOf - x.Date)})
			}
			if x.ID == id && typed == nil {
				page.Form = entryForm(x)
			}
			page.Form.catchUp(wrong, x.ID, x.Revision)
		}
		if of.Lines != nil {
			page.Kinds = append(page.Kinds, of)
		}
	}
	s.render(w, r, status, "register", page)
}

// entryForm gives a line as it stands in its form.
func entryForm(x nis2.Entry) form {
	f := form{"id": x.ID, "revision": strconv.Itoa(x.Revision), "kind": string(x.Kind), "subject": x.Subject, "owner": x.Owner, "decision": x.Decision, "note": x.Note}
	for name, d := range map[string]inventory.Date{"date": x.Date, "due": x.Due, "closed": x.Closed, "exception": x.Exception} {
		if d.Known() {
			f[name] = d.String()
		}
	}
	if x.Privileged {
		f["privileged"] = "on"
	}
	if x.Grave != nil {
		f["grave"] = map[bool]string{true: "yes", false: "no"}[*x.Grave]
	}
	return f
}

// entryFrom reads a line from its form, or tells in words what is missing.
func entryFrom(l *locale.Locale, f form) (nis2.Entry, error) {
	var faults refused
	x := nis2.Entry{
		ID: f["id"], Revision: f.revision(l, &faults), Kind: nis2.EntryKind(f.need(l, "kind", "register.kind", &faults)), Subject: f["subject"], Privileged: f["privileged"] != "",
		Owner: f["owner"], Decision: f["decision"], Note: f["note"],
		Date: f.day(l, "date", "register.date", &faults), Due: f.day(l, "due", "register.due", &faults),
		Closed: f.day(l, "closed", "register.closed", &faults), Exception: f.day(l, "exception", "register.exception", &faults),
	}
	f.need(l, "date", "register.date", &faults)
	if slices.Contains([]nis2.EntryKind{nis2.EntryChannelTest, nis2.EntryAccessReview, nis2.EntryRisk, nis2.EntryTestFinding}, x.Kind) {
		f.need(l, "subject", "register.subject", &faults)
	}
	if grave := f["grave"]; grave != "" {
		yes := grave == "yes"
		x.Grave = &yes
	}
	return x, faults.orNil()
}

// saveEntry keeps a line of a register.
func (s *server) saveEntry(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		var x nis2.Entry
		if x, err = entryFrom(language(r), typed); err == nil {
			x.Municipality = r.PathValue("municipality")
			_, err = s.hub.SaveEntry(r.Context(), p, x)
		}
	}
	s.registered(w, r, typed, err)
}

// removeEntry takes a line out of a register.
func (s *server) removeEntry(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		err = s.hub.RemoveEntry(r.Context(), p, r.PathValue("municipality"), typed["id"])
	}
	s.registered(w, r, nil, err)
}

// registered shows the register again: after a refusal with why and what was typed, and otherwise anew.
func (s *server) registered(w http.ResponseWriter, r *http.Request, typed form, err error) {
	switch wrong := faultOf(err); {
	case wrong != nil:
		s.showRegister(w, r, http.StatusUnprocessableEntity, "", typed, wrong)
	case err != nil:
		s.fail(w, r, err)
	default:
		done(w, r, "/gap/"+r.PathValue("municipality")+"/register")
	}
}
