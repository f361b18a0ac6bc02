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
	Fault  *fault
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
	s.showRunbook(w, r, http.StatusOK, nil)
}

func (s *server) showRunbook(w http.ResponseWriter, r *http.Request, status int, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Runbooks(r.Context(), p, r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := runbookPage{frame: s.frame(r, "runbook.title", v.Data, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.moves"), "/moves"}), V: v, Fault: wrong}
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
	s.answerMove(w, r, err, to, func(wrong *fault) { s.showRunbook(w, r, http.StatusUnprocessableEntity, wrong) })
}
