package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
)

type movesPage struct {
	frame
	V        hub.MoveList
	Now      runsPart
	Waves    []moveWave
	Owners   []option // municipalities
	States   []stateLink
	Sums     []moveSum // of each municipality; empty: there is only one
	Chips    []chip
	Filtered bool
	Pages    []pageLink
	From, To int
	MayStop  bool
	MayMove  bool // let moves go on, look for drift, reconcile
	Form     form
	Fault    *fault
}

// stateLink is a state, or all of them, with how many units there are and the link that shows only these.
type stateLink struct {
	State   hub.MoveState // empty: all
	N       int
	Href    string
	Current bool
}

// moveSum is how a municipality's units stand.
type moveSum struct {
	Name, Href string
	Units      int
	States     []stateLink
}

// moveWave is a wave with those of its units that are on the page, or what the servers of an agreement share.
type moveWave struct {
	hub.MoveWave
	Shared bool
	Rows   []moveLine
	Whole  string // address of the whole wave; empty: all of it is shown
}

// moveLine is a unit in the list.
type moveLine struct {
	hub.MoveRow
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

// moveQuery reads the filters from the address. Values that make no sense find nothing.
func moveQuery(values url.Values) hub.MoveQuery {
	page, _ := strconv.Atoi(values.Get("page")) // not a number: the first page
	return hub.MoveQuery{Text: values.Get("q"), Municipality: values.Get("municipality"), Wave: values.Get("wave"), State: hub.MoveState(values.Get("state")), Page: page}
}

func (s *server) showMoves(w http.ResponseWriter, r *http.Request, status int, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	values := r.URL.Query()
	v, err := s.hub.MoveList(r.Context(), p, moveQuery(values))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := movesPage{frame: s.frame(r, "nav.moves", v.Data, crumb{language(r).T("nav.overview"), "/"}), V: v, Form: typed, Fault: wrong,
		MayStop: p.Role != hub.RoleSteering, MayMove: p.Role == hub.RoleAdmin || p.Role == hub.RoleCentre}
	page.Now = runsOf(page.frame, v)
	page.waves(values)
	page.filters(values)
	page.sums()
	page.From = min((v.Query.Page-1)*v.Query.PerPage+1, v.Total)
	page.To = min(page.From+v.Query.PerPage-1, v.Total)
	for _, n := range nearby(v.Query.Page, v.Pages) {
		page.Pages = append(page.Pages, pageLink{strconv.Itoa(n), "/moves" + with(values, "page", strconv.Itoa(n)), n == v.Query.Page})
	}
	s.render(w, r, status, "moves", page)
}

// waves puts the page's units under their waves.
func (p *movesPage) waves(values url.Values) {
	rows := p.V.Moves // wave by wave
	for _, w := range p.V.Waves {
		wave := moveWave{MoveWave: w, Shared: w.Name == ""}
		for len(rows) > 0 && (rows[0].Wave.ID == w.ID || wave.Shared && rows[0].Unit == w.ID) {
			next, _ := rows[0].Progress.Next()
			wave.Rows, rows = append(wave.Rows, moveLine{rows[0], next}), rows[1:]
		}
		if len(wave.Rows) < w.Units && values.Get("wave") == "" {
			wave.Whole = "/moves?wave=" + url.QueryEscape(w.ID)
		}
		p.Waves = append(p.Waves, wave)
	}
}

// filters fills the form and the links that choose which units are shown.
func (p *movesPage) filters(values url.Values) {
	q := p.V.Query
	p.Filtered = q.Text != "" || q.Municipality != "" || q.Wave != "" || q.State != ""
	all := 0
	for _, state := range hub.MoveStates {
		n := p.V.States[state]
		all += n
		if n > 0 || q.State == state {
			p.States = append(p.States, stateLink{state, n, "/moves" + with(values, "state", string(state)), q.State == state})
		}
	}
	p.States = slices.Insert(p.States, 0, stateLink{"", all, "/moves" + with(values, "state", ""), q.State == ""})
	for _, sum := range p.V.Sums {
		p.Owners = append(p.Owners, option{sum.Municipality, p.Names[sum.Municipality], q.Municipality == sum.Municipality})
	}
	slices.SortFunc(p.Owners, func(a, b option) int { return p.locale.Compare(a.Words, b.Words) })
	if q.Wave != "" {
		name := q.Wave
		if len(p.Waves) > 0 {
			name = cmp.Or(p.Waves[0].Name, name)
		}
		p.Chips = append(p.Chips, chip{p.locale.T("plan.wave") + ": " + name, "/moves" + with(values, "wave", "")})
	}
}

// sums tells how each municipality's units stand, where there are several.
func (p *movesPage) sums() {
	if len(p.V.Sums) < 2 {
		return
	}
	for _, sum := range p.V.Sums {
		at := url.Values{"municipality": {sum.Municipality}}
		row := moveSum{Name: p.Names[sum.Municipality], Href: "/moves?" + at.Encode(), Units: sum.Units}
		for _, state := range hub.MoveStates {
			row.States = append(row.States, stateLink{State: state, N: sum.States[state], Href: "/moves" + with(at, "state", string(state))})
		}
		p.Sums = append(p.Sums, row)
	}
	slices.SortFunc(p.Sums, func(a, b moveSum) int { return p.locale.Compare(a.Name, b.Name) })
}

// MoveStates lists the headings of the sums.
func (p movesPage) MoveStates() []hub.MoveState { return hub.MoveStates }

// Unfold tells whether the sums are open from the start: where the list below is long.
func (p movesPage) Unfold() bool { return p.V.Pages > 1 && !p.Filtered }

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
