package web

import (
	"net/http"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform/platform"
)

// runBadge is the look of a run's state.
var runBadge = map[hub.RunState]string{hub.RunGoing: "info", hub.RunApplied: "ok", hub.RunFailed: "err", hub.RunNotBegun: "warn", hub.RunCutShort: "err"}

// stageHappening is something that happened in a stage.
type stageHappening struct {
	Stage platform.Stage
	X     hub.Happening
}

// doing tells in words what an engine does in a stage: the same change to a server is its move, or only
// puts right what is the engine's own.
func doing(l *locale.Locale, stage platform.Stage, action string) string {
	if key := "doing." + string(stage) + "." + action; l.Has(key) {
		return l.T(key)
	}
	return l.Or("doing.", action)
}

// lasted writes a time that passed: 45 s, 2 min. 10 s, 1 t. 5 min.
func lasted(l *locale.Locale, seconds int) string {
	switch {
	case seconds < 60:
		return l.T("lasted.s", "s", seconds)
	case seconds < 3600:
		return l.T("lasted.min", "min", seconds/60, "s", seconds%60)
	default:
		return l.T("lasted.h", "h", seconds/3600, "min", seconds/60%60)
	}
}

// runsPart is the part of the list of moves that tells what goes on.
type runsPart struct {
	frame
	Runs       []hub.MoveRow // that go on, or were cut short
	Reconciled *hub.Reconciliation
}

// Live tells whether the part will soon say something else.
func (p runsPart) Live() bool {
	for _, m := range p.Runs {
		if m.Run.Goes() {
			return true
		}
	}
	return p.Reconciled != nil && (p.Reconciled.State == hub.ReconcileWaits || p.Reconciled.State == hub.ReconcileLooks)
}

func runsOf(f frame, v hub.MoveList) runsPart {
	return runsPart{frame: f, Runs: v.Running, Reconciled: v.Reconciled}
}

// liveMoves is what goes on, as a part of the list of moves.
func (s *server) liveMoves(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.MoveList(r.Context(), p, hub.MoveQuery{PerPage: 1})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.fragment(w, r, "moves", "runs", runsOf(frame{locale: language(r)}, v))
}

// applyWave carries out every approved plan of a wave as one run.
func (s *server) applyWave(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	_, err := s.hub.BeginWave(r.Context(), p, r.PathValue("id"))
	s.answerMove(w, r, err, "/moves", func(wrong *fault) { s.showMoves(w, r, http.StatusUnprocessableEntity, form{}, wrong) })
}
