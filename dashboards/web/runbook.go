package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
)

type runbookPage struct {
	frame
	V      hub.RunbookView
	Nights []nightView
	People []hub.Contact // those that are known, and one without a name for each role of which nobody is
	Roles  []string
	Fault  *fault
	// Form is what was typed of a contact that was refused.
	Form         form
	ContactFault *fault
}

// nightView is the script of one night as it is shown.
type nightView struct {
	terraform.Runbook
	Rows []runbookRow
	Done int // lines that are ticked off
	Todo int // lines that can be
}

// runbookRow is a line with its tick.
type runbookRow struct {
	terraform.Line
	Words string
	Key   hub.RunbookTick
	Tick  *hub.Tick
	Late  bool // ticked off, and after it should have ended
}

// Minutes is how long the line takes.
func (r runbookRow) Minutes() int { return int(r.Duration.Minutes()) }

// OverrunMinutes is by how much the steps do not fit.
func (n nightView) OverrunMinutes() int { return int(n.Overrun.Minutes()) }

// runbook shows the scripts of a wave, for print and for the night itself.
func (s *server) runbook(w http.ResponseWriter, r *http.Request) {
	s.showRunbook(w, r, http.StatusOK, nil, form{}, nil)
}

// showRunbook shows the scripts, with what stood in the way of a tick or of the contact that was typed.
func (s *server) showRunbook(w http.ResponseWriter, r *http.Request, status int, wrong *fault, typed form, contactWrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Runbooks(r.Context(), p, r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := runbookPage{frame: s.frame(r, "runbook.title", v.Data, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.moves"), "/moves"}), V: v, Fault: wrong,
		People: people(v.Contacts), Roles: hub.ContactRoles, Form: typed, ContactFault: contactWrong}
	page.Title = l.T("runbook.of", "wave", v.Wave.Name)
	for _, b := range v.Nights {
		n := nightView{Runbook: b}
		for _, line := range b.Lines {
			row := page.runbookRow(line, b.Night, v.Ticks)
			if line.Kind != terraform.LineReturn {
				n.Todo++
			}
			if row.Tick != nil {
				n.Done++
			}
			n.Rows = append(n.Rows, row)
		}
		page.Nights = append(page.Nights, n)
	}
	s.render(w, r, status, "runbook", page)
}

func (p runbookPage) runbookRow(line terraform.Line, night inventory.Date, ticks map[hub.RunbookTick]hub.Tick) runbookRow {
	params := []any{"name", "", "servers", "", "units", "", "minutes", ""}
	for i := 0; i < len(params); i += 2 {
		params[i+1] = line.Params[params[i].(string)] // the places that words may have
	}
	row := runbookRow{Line: line, Words: p.locale.T("runbook."+line.What, params...), Key: hub.RunbookTick{Night: night, What: line.What, Unit: line.Unit}}
	if tick, ok := ticks[row.Key]; ok {
		row.Tick = &tick
		row.Late = tick.At.After(line.At.Add(line.Duration).Add(time.Minute))
	}
	return row
}

// Gates gives, once each, the gates that refuse something today.
func (n nightView) Gates() []string {
	var keys []string
	for _, r := range n.Open {
		if !slices.Contains(keys, r.Gate) {
			keys = append(keys, r.Gate)
		}
	}
	return keys
}

// tickRunbook ticks a line off, or takes the tick away.
func (s *server) tickRunbook(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	to := "/moves/wave/" + r.PathValue("id") + "/runbook"
	if err == nil {
		var night inventory.Date
		if night, err = inventory.ParseDate(typed["night"]); err != nil {
			err = refused{language(r).T("form.unreadable")}
		} else {
			line := hub.RunbookTick{Night: night, What: typed["what"], Unit: typed["unit"]}
			_, err = s.hub.TickRunbook(r.Context(), p, r.PathValue("id"), line, typed["done"] == "true")
			to += "#" + night.String() + line.What + line.Unit
		}
	}
	s.answerMove(w, r, err, to, func(wrong *fault) { s.showRunbook(w, r, http.StatusUnprocessableEntity, wrong, form{}, nil) })
}

// people gives the contacts by role, and a blank one for a role that has none.
func people(known []hub.Contact) []hub.Contact {
	var list []hub.Contact
	for _, role := range hub.ContactRoles {
		before := len(list)
		for _, c := range known {
			if c.Role == role {
				list = append(list, c)
			}
		}
		if len(list) == before {
			list = append(list, hub.Contact{Role: role})
		}
	}
	return list
}

// changeContact adds a contact to the agreement that the wave is under, or takes one away.
func (s *server) changeContact(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		var v hub.RunbookView
		if v, err = s.hub.Runbooks(r.Context(), p, r.PathValue("id")); err != nil {
			s.fail(w, r, err)
			return
		}
		if id := typed["remove"]; id != "" {
			err = s.hub.RemoveContact(r.Context(), p, v.Wave.Agreement, id)
		} else {
			_, err = s.hub.SaveContact(r.Context(), p, hub.Contact{Agreement: v.Wave.Agreement, Role: typed["role"], Name: typed["name"], Phone: typed["phone"], Email: typed["email"]})
		}
	}
	s.answerMove(w, r, err, "/moves/wave/"+r.PathValue("id")+"/runbook#contacts", func(wrong *fault) {
		s.showRunbook(w, r, http.StatusUnprocessableEntity, nil, typed, wrong)
	})
}
