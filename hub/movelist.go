package hub

import (
	"context"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/track"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Page sizes of the list of moves.
const (
	movesPerPage     = 100
	mostMovesPerPage = 500
)

// MoveState sums up in one word how a unit stands. A unit has exactly one.
type MoveState string

// The states, in the order in which a list of sums shows them.
const (
	MoveRunning   MoveState = "running"   // an apply waits for its turn or goes on
	MoveAttention MoveState = "attention" // it stands still until somebody looks: refused, failed, changed behind our back, cut short
	MoveReturning MoveState = "returning"
	MoveApproved  MoveState = "approved" // it may be applied
	MoveUnderWay  MoveState = "under_way"
	MoveVerified  MoveState = "verified"  // and not final
	MoveDone      MoveState = "done"      // nothing is left to do
	MoveNotBegun  MoveState = "not_begun" // a group of the plan that nobody has planned a move for
)

// MoveStates lists every state.
var MoveStates = []MoveState{MoveRunning, MoveAttention, MoveReturning, MoveApproved, MoveUnderWay, MoveVerified, MoveDone, MoveNotBegun}

// state is how the unit stands, apart from a run.
func (m Move) state() MoveState {
	next, more := m.Progress.Next()
	switch {
	case m.attention(next):
		return MoveAttention
	case m.Progress.Returning != "":
		return MoveReturning
	case m.Approval != nil:
		return MoveApproved
	case !more:
		return MoveDone
	case !verified(m.Progress).IsZero():
		return MoveVerified
	}
	return MoveUnderWay
}

// attention tells whether something stands in the unit's way that somebody has to look at.
func (m Move) attention(next terraform.Step) bool {
	return next.State == terraform.Failed || m.Error != "" ||
		m.Plan != nil && (m.Plan.Error != "" || len(m.Plan.Refusals) > 0) ||
		m.Finding != nil && m.Finding.Verdict == terraform.MustDecide ||
		slices.ContainsFunc(m.Drift, func(d terraform.Drift) bool { return d.Phantom == "" })
}

// runState is how a unit with a run stands.
func (l listed) runState(run *MoveRun) MoveState {
	switch {
	case run == nil:
		return l.state
	case run.Goes():
		return MoveRunning
	case run.State == RunCutShort:
		return MoveAttention
	}
	return l.state
}

// MoveQuery is what a list of moves asks for. Empty fields filter nothing.
type MoveQuery struct {
	Text         string    `json:"q,omitempty"` // part of the unit's name or id, or of its wave's name
	Municipality string    `json:"municipality,omitempty"`
	Wave         string    `json:"wave,omitempty"` // id
	State        MoveState `json:"state,omitempty"`
	Page         int       `json:"page"`     // from 1
	PerPage      int       `json:"per_page"` // at most 500; 0: 100
}

// MoveList is a page of the units within a person's scope, with what all of them amount to.
type MoveList struct {
	Data       Meta               `json:"data"`
	Stopped    *terraform.Stopped `json:"stopped,omitempty"` // all moves are stopped
	Reconciled *Reconciliation    `json:"reconciled,omitempty"`
	Query      MoveQuery          `json:"query"`
	Total      int                `json:"total"` // that the query finds
	Pages      int                `json:"pages"`
	Moves      []MoveRow          `json:"moves"`   // wave by wave, in the order of their first nights; in brief
	States     map[MoveState]int  `json:"states"`  // of those that the query would find without its state
	Waves      []MoveWave         `json:"waves"`   // that the page's units are in, in their order, whatever the query asks for
	Sums       []MoveSum          `json:"sums"`    // of each municipality, whatever the query asks for
	Running    []MoveRow          `json:"running"` // runs that go on or were cut short, whatever the query asks for
	Names      map[string]string  `json:"names"`   // of municipalities and centres
}

// MoveWave is a wave with what its units amount to, or what an agreement's servers share.
type MoveWave struct {
	ID           string            `json:"id"`
	Name         string            `json:"name,omitempty"` // empty: it is what is shared
	Municipality string            `json:"municipality"`
	From         inventory.Date    `json:"from,omitzero"` // first night
	To           inventory.Date    `json:"to,omitzero"`   // last night
	Units        int               `json:"units"`
	Approved     int               `json:"approved"`           // plans that are approved and not under way
	Progress     *track.WaveStatus `json:"progress,omitempty"` // after its recorded moves
}

// MoveSum is how the units of a municipality stand.
type MoveSum struct {
	Municipality string            `json:"municipality"`
	Units        int               `json:"units"`
	States       map[MoveState]int `json:"states"`
}

// MoveList answers a page of the units that move, have moved or are planned to.
func (h *Hub) MoveList(ctx context.Context, p Person, q MoveQuery) (MoveList, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return MoveList{}, err
	}
	if q.Municipality != "" && !sc.detail[q.Municipality] {
		return MoveList{}, sc.forbidden("moves of " + q.Municipality)
	}
	d, err := h.derive(ctx, e)
	if err != nil {
		return MoveList{}, err
	}
	live, err := h.runsOf(ctx, d.kept)
	if err != nil {
		return MoveList{}, err
	}
	locks, err := h.store.StateHolders(ctx)
	if err != nil {
		return MoveList{}, err
	}
	v := MoveList{Data: e.meta(sc), Stopped: h.stopped(), Reconciled: h.reconciled.seenBy(p), Names: e.places(),
		Moves: []MoveRow{}, Running: []MoveRow{}, Waves: []MoveWave{}}
	row := func(l *listed) MoveRow { return e.listRow(sc, d, l, live[l.unit], locks) }
	var found []*listed
	found, v.States, v.Sums = d.find(sc, q, live)
	v.page(q, len(found))
	from := (v.Query.Page - 1) * v.Query.PerPage
	for _, l := range found[from:min(from+v.Query.PerPage, len(found))] {
		v.Moves = append(v.Moves, row(l))
	}
	v.Waves = d.wavesOf(v.Moves, live)
	for i := range d.units {
		if run := live[d.units[i].unit]; run != nil && sc.detail[d.units[i].municipality] && (run.Goes() || run.State == RunCutShort) {
			v.Running = append(v.Running, row(&d.units[i]))
		}
	}
	return v, nil
}

// page brings the page that is asked for within what there is.
func (v *MoveList) page(q MoveQuery, found int) {
	if q.PerPage <= 0 {
		q.PerPage = movesPerPage
	}
	q.PerPage = min(q.PerPage, mostMovesPerPage)
	v.Total, v.Pages = found, max(1, (found+q.PerPage-1)/q.PerPage)
	q.Page = min(max(q.Page, 1), v.Pages)
	v.Query = q
}

// find gives the units within a scope that a query is about, and sums over them: by state, as if the query
// asked for none, and by municipality, as if it asked for nothing.
func (d *derived) find(sc scope, q MoveQuery, live map[string]*MoveRun) (found []*listed, states map[MoveState]int, sums []MoveSum) {
	states = map[MoveState]int{}
	text := strings.ToLower(q.Text)
	at := map[string]int{}
	for i := range d.units {
		l := &d.units[i]
		if !sc.detail[l.municipality] {
			continue
		}
		state := l.runState(live[l.unit])
		n, seen := at[l.municipality]
		if !seen {
			n = len(sums)
			at[l.municipality], sums = n, append(sums, MoveSum{Municipality: l.municipality, States: map[MoveState]int{}})
		}
		sums[n].Units++
		sums[n].States[state]++
		if q.Municipality != "" && l.municipality != q.Municipality || q.Wave != "" && l.wave != q.Wave || !strings.Contains(l.text, text) {
			continue
		}
		states[state]++
		if q.State == "" || q.State == state {
			found = append(found, l)
		}
	}
	slices.SortFunc(sums, func(a, b MoveSum) int { return strings.Compare(a.Municipality, b.Municipality) })
	return found, states, sums
}

// listRow is a unit in the list, as a person may see it.
func (e *estate) listRow(sc scope, d *derived, l *listed, run *MoveRun, locks map[string]terraform.StateLock) MoveRow {
	row := MoveRow{Move: d.kept[l.unit], Kept: true}
	if l.row != nil {
		row = *l.row
		row.Kept = row.Shared != nil // it has a way already
	}
	return e.finish(sc, row, run, locks)
}

// finish puts into a row what changes without the move: who works on its state, and its run.
func (e *estate) finish(sc scope, row MoveRow, run *MoveRun, locks map[string]terraform.StateLock) MoveRow {
	row.Group, row.Run = e.seen(sc, row.Group), run
	row.Stage = platform.Stage("")
	if next, more := row.Progress.Next(); more {
		row.Stage = next.Stage
	}
	if len(locks) > 0 {
		for _, state := range terraform.StateNames(row.Unit) {
			if lock, held := locks[state]; held {
				row.Lock = &lock
				break
			}
		}
	}
	return row
}

// wavesOf sums up the waves that some units are in, in their order.
func (d *derived) wavesOf(rows []MoveRow, live map[string]*MoveRun) []MoveWave {
	waves, at := []MoveWave{}, map[string]int{}
	for _, m := range rows {
		id := m.listed().wave
		if _, seen := at[id]; !seen {
			at[id], waves = len(waves), append(waves, MoveWave{ID: id, Name: m.Wave.Name, Municipality: m.Municipality, From: m.Group.Cutover})
		}
	}
	for i := range d.units {
		l := &d.units[i]
		n, shown := at[l.wave]
		if !shown {
			continue
		}
		w := &waves[n]
		w.Units++
		w.From, w.To = min(w.From, l.cutover), max(w.To, l.cutover)
		if run := live[l.unit]; l.approved && (run == nil || !run.Goes()) {
			w.Approved++
		}
	}
	for _, status := range d.followed.Waves {
		if n, shown := at[status.Wave]; shown {
			waves[n].Progress = &status
		}
	}
	return waves
}
