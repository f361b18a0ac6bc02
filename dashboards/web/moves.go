package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
	"github.com/samdrift/samdrift/terraform"
)

type movesPage struct {
	frame
	Stopped *terraform.Stopped
	Now     runsPart
	Waves   []moveWave
	MayStop bool
	MayMove bool // let moves go on, look for drift, reconcile
	Form    form
	Fault   *fault
}

// moveWave is a wave with its units, or what the servers of an agreement share.
type moveWave struct {
	Shared                 bool
	ID, Name, Municipality string
	From, To               inventory.Date
	Rows                   []moveLine
	Progress               *track.WaveStatus // after its recorded moves
	Approved               int               // plans of it that are approved and not under way
}

// moveLine is a unit in the list.
type moveLine struct {
	hub.MoveRow
	Kept bool
	Step terraform.Step // the next
}

// Drifted counts what somebody changed on the platform.
func (m moveLine) Drifted() int { return unexplained(m.Drift) }

// unexplained counts the differences that no rule explains.
func unexplained(list []terraform.Drift) int {
	n := 0
	for _, d := range list {
		if d.Phantom == "" {
			n++
		}
	}
	return n
}

// moves lists the units by wave.
func (s *server) moves(w http.ResponseWriter, r *http.Request) {
	s.showMoves(w, r, http.StatusOK, form{}, nil)
}

func (s *server) showMoves(w http.ResponseWriter, r *http.Request, status int, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Moves(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	plan, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := movesPage{frame: s.frame(r, "nav.moves", v.Data, crumb{l.T("nav.overview"), "/"}), Stopped: v.Stopped, Form: typed, Fault: wrong,
		MayStop: p.Role != hub.RoleSteering, MayMove: p.Role == hub.RoleAdmin || p.Role == hub.RoleCentre}
	page.Waves, page.Now = moveWaves(v.Moves, plan.Plan), runsOf(page.frame, v)
	for i := range page.Waves {
		if w, ok := waveOf(v.Waves, page.Waves[i].ID); ok {
			page.Waves[i].Progress = &w
		}
	}
	s.render(w, r, status, "moves", page)
}

// moveWaves puts the units that have begun, and the plan's groups that have not, under their waves by the
// first night.
func moveWaves(moves []hub.MoveRow, plan planner.Plan) []moveWave {
	waves := map[string]*moveWave{}
	add := func(w planner.Wave, line moveLine) {
		at := waves[w.ID]
		if at == nil {
			at = &moveWave{ID: w.ID, Name: w.Name, Municipality: w.Municipality, From: line.Group.Cutover, Shared: line.Shared != nil}
			waves[w.ID] = at
		}
		at.From, at.To = min(at.From, line.Group.Cutover), max(at.To, line.Group.Cutover)
		at.Rows = append(at.Rows, line)
		if line.Approval != nil && (line.Run == nil || !line.Run.Goes()) {
			at.Approved++
		}
	}
	kept := map[string]bool{}
	for _, m := range moves {
		kept[m.Unit] = true
		next, _ := m.Progress.Next()
		if m.Shared != nil { // it stands by itself, before the waves
			m.Wave = planner.Wave{ID: m.Unit, Municipality: m.Municipality}
		}
		add(m.Wave, moveLine{MoveRow: m, Kept: true, Step: next})
	}
	byID := map[string]planner.Wave{}
	for _, w := range plan.Waves {
		byID[w.ID] = w
	}
	for _, g := range plan.Groups {
		if w, ok := byID[g.Wave]; ok && !kept[g.ID] {
			add(w, moveLine{MoveRow: hub.MoveRow{Move: hub.Move{Unit: g.ID, Municipality: g.Municipality, Group: g, Wave: w}}})
		}
	}
	var list []moveWave
	for _, w := range waves {
		slices.SortFunc(w.Rows, func(a, b moveLine) int {
			return cmp.Or(cmp.Compare(a.Group.Cutover, b.Group.Cutover), cmp.Compare(a.Unit, b.Unit))
		})
		list = append(list, *w)
	}
	rank := map[bool]int{true: 0, false: 1}
	slices.SortFunc(list, func(a, b moveWave) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(rank[a.Shared], rank[b.Shared]), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// stepBadge is the look of a step's state.
var stepBadge = map[terraform.StepState]string{terraform.Running: "info", terraform.Failed: "err", terraform.Done: "ok"}

// stopMoves stops all moves.
func (s *server) stopMoves(w http.ResponseWriter, r *http.Request) {
	s.switchMoves(w, r, s.hub.StopMoves)
}

// resumeMoves lets moves go on.
func (s *server) resumeMoves(w http.ResponseWriter, r *http.Request) {
	s.switchMoves(w, r, s.hub.ResumeMoves)
}

func (s *server) switchMoves(w http.ResponseWriter, r *http.Request, do func(context.Context, hub.Person, string) error) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		var faults refused
		reason := typed.need(language(r), "reason", "moves.reason", &faults)
		if err = faults.orNil(); err == nil {
			err = do(r.Context(), p, reason)
		}
	}
	s.answerMove(w, r, err, "/moves", func(wrong *fault) { s.showMoves(w, r, http.StatusUnprocessableEntity, typed, wrong) })
}

// watchMoves looks at every unit: for drift, or for runs that were cut short.
func (s *server) watchMoves(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	var err error
	switch r.PathValue("what") {
	case "drift":
		_, err = s.hub.DriftMoves(r.Context(), p)
	case "reconcile":
		_, err = s.hub.ReconcileMoves(r.Context(), p)
	default:
		err = hub.ErrNotFound
	}
	s.answerMove(w, r, err, "/moves", func(wrong *fault) { s.showMoves(w, r, http.StatusUnprocessableEntity, form{}, wrong) })
}

// answerMove sends the browser on after a form, or shows the form again with what stood in the way.
func (s *server) answerMove(w http.ResponseWriter, r *http.Request, err error, to string, again func(*fault)) {
	wrong := moveFault(language(r), err)
	switch {
	case wrong != nil:
		again(wrong)
	case err != nil:
		s.fail(w, r, err)
	default:
		done(w, r, to)
	}
}

// moveFault tells in words why a move was not let through; nil for what is no refusal.
func moveFault(l *locale.Locale, err error) *fault {
	if err == nil {
		return nil
	}
	var gates *terraform.RefusedError
	var locked *terraform.LockedError
	var unit *terraform.UnitError
	f := &fault{Reason: err.Error()}
	switch {
	case errors.As(err, &gates):
		for _, g := range gates.Refusals {
			if words := l.T("gate." + g.Gate); !slices.Contains(f.Words, words) {
				f.Words = append(f.Words, words)
			}
		}
	case errors.As(err, &locked):
		f.Words = []string{l.T("moves.lockedbynobody")}
		if h := locked.Holder; h.Who != "" {
			f.Words = []string{l.T("moves.lockedfor", "who", h.Who, "time", l.Time(h.Created), "what", l.Or("lockfor.", h.Operation))}
		}
	case errors.Is(err, terraform.ErrNoEngine):
		f.Words = []string{l.T("moves.noengine")}
	case errors.As(err, &unit):
		f.Words = []string{l.T("moves.enginefailed")}
	default:
		return faultOf(err)
	}
	return f
}
