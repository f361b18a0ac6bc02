package nis2

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Limits of what a move does to a control (method 6.7).
const (
	defaultCommitment = 4 // the level a centre is taken to commit to, where the agreement names none
	transferCap       = 2 // level at most, until a control whose evidence lapses on transfer is assessed anew
)

// Lever is what moving to a centre closes and opens, over all municipalities. Points are percentage
// points of the headline, as in GapPoints, and means over the municipalities counted. Unknown cells
// are left out of gap, closed and left: nobody knows what a move would close there.
type Lever struct {
	N           int     `json:"n"`
	Gap         float64 `json:"gap"`          // known gap points today
	Unknown     float64 `json:"unknown"`      // points of unanswered controls
	Closed      float64 `json:"closed"`       // what the centre lifts, as far as agreements commit it
	OpenedFirst float64 `json:"opened_first"` // on day one: evidence that lapses, controls that begin to apply
	OpenedAfter float64 `json:"opened_after"` // what stays open after re-assessment
	ShareClosed float64 `json:"share_closed"` // closed / gap, 0-1; 0 without a gap
	Today       Scores  `json:"today"`
	DayOne      Scores  `json:"day_one"`
	After       Scores  `json:"after"`
	// The same where no agreement commits the centre to what begins to apply with the move.
	DayOneWithout Scores         `json:"day_one_without"`
	AfterWithout  Scores         `json:"after_without"`
	Controls      []ControlLever `json:"controls"` // the greatest lever first
	// In the joint report: municipalities that stay where they are, and controls that are left out of
	// list and sums, since they would tell of one or two municipalities.
	Staying int `json:"staying"`
	LeftOut int `json:"left_out"`
}

// ControlLever is one control over all municipalities, in mean points.
type ControlLever struct {
	Control string  `json:"control"`
	Gap     float64 `json:"gap"`
	Closed  float64 `json:"closed"`
	Opened  float64 `json:"opened"` // on day one
	Left    float64 `json:"left"`   // known gap that the move does not close
}

// Move is the lever of one municipality, in three columns: today, the day after the move, and once
// what the move touched has been assessed anew.
type Move struct {
	Municipality string `json:"municipality"`
	Agreement    string `json:"agreement,omitempty"` // id; empty: none is known, the defaults count
	Moves        bool   `json:"moves"`               // false: it has moved, or it is the host; all columns are alike
	Today        Scores `json:"today"`
	DayOne       Scores `json:"day_one"`
	After        Scores `json:"after"`
	// The same without the levels that the agreement commits the centre to for controls that only
	// begin to apply with the move: they stand at 0 until someone has done them.
	DayOneWithout Scores        `json:"day_one_without"`
	AfterWithout  Scores        `json:"after_without"`
	Closed        float64       `json:"closed"` // points
	Opened        float64       `json:"opened"` // points, on day one
	Net           float64       `json:"net"`    // closed less what stays open after re-assessment
	Controls      []ControlMove `json:"controls"`
}

// ControlMove is one control of one municipality through the move. Levels may lie between two
// steps, since the centre lifts only its share.
type ControlMove struct {
	Control  string `json:"control"`
	Known    bool   `json:"known"`    // answered or measured today
	Begins   bool   `json:"begins"`   // does not apply before the move
	Reassess bool   `json:"reassess"` // its evidence lapses with the move
	// Committed tells that the agreement names the centre's level; else a common default counts.
	Committed bool    `json:"committed"`
	Today     float64 `json:"today"`
	DayOne    float64 `json:"day_one"`
	After     float64 `json:"after"`
	Closed    float64 `json:"closed"` // points
	Opened    float64 `json:"opened"` // points, on day one
}

// Moves works out the move of every municipality. The centre's levels come from the agreement's
// committed levels; where it names none, the centre is taken to reach min(target, 4). Confidence in
// what is lifted or assessed anew is that of a bare claim until there is evidence.
func Moves(cat *Catalogue, assessments []Assessment, agreements []inventory.Agreement) []Move {
	return movesOf(cat, assessments, agreements, false)
}

// movesOf is Moves; everybody tells to take those who stay as if they moved too.
func movesOf(cat *Catalogue, assessments []Assessment, agreements []inventory.Agreement, everybody bool) []Move {
	hosts, of := map[string]bool{}, map[string]*inventory.Agreement{}
	for i := range agreements {
		a := &agreements[i]
		hosts[a.Host] = true
		of[a.Customer] = a
	}
	omega := cat.points()
	moves := make([]Move, 0, len(assessments))
	for i := range assessments {
		a := &assessments[i]
		m := mover{cat: cat, omega: omega, agreement: of[a.Municipality]}
		m.moves = everybody || !hosts[a.Municipality] && (m.agreement == nil || !m.agreement.Moved())
		moves = append(moves, m.move(a))
	}
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Compare(a.Municipality, b.Municipality) })
	return moves
}

type mover struct {
	cat       *Catalogue
	omega     map[string]float64
	agreement *inventory.Agreement
	moves     bool
}

// commitment is the level that the centre brings a control to.
func (m *mover) commitment(k *Control) (level float64, named bool) {
	if m.agreement != nil {
		if l, ok := m.agreement.CommittedLevels[k.ID]; ok {
			return float64(l), true
		}
	}
	return float64(min(k.Target, defaultCommitment)), false
}

func (m *mover) move(a *Assessment) Move {
	out := Move{Municipality: a.Municipality, Moves: m.moves, Controls: make([]ControlMove, 0, len(a.Controls))}
	if m.agreement != nil {
		out.Agreement = m.agreement.ID
	}
	var today, first, after, firstBare, afterBare column
	for i := range a.Controls {
		r := &a.Controls[i]
		k, ok := m.cat.Control(r.ID)
		if !ok {
			continue
		}
		c := m.control(r, k)
		out.Controls = append(out.Controls, c)
		out.Closed += c.Closed
		out.Opened += c.Opened
		if r.Applicable {
			today.add(r, float64(r.Effective), r.Confidence, r.answered())
		}
		switch {
		case c.Begins && m.moves:
			trust := m.cat.Confidence.Declared
			first.add(r, c.DayOne, trust, true)
			after.add(r, c.After, trust, true)
			firstBare.add(r, 0, 0, false)
			afterBare.add(r, 0, 0, false)
			out.Net -= m.omega[r.ID] * short(c.After, float64(r.Target))
		case r.Applicable:
			trust := r.Confidence
			if c.After != c.Today || c.Reassess && m.moves {
				trust = min(trust, m.cat.Confidence.Declared)
			}
			for _, x := range []struct {
				to    *column
				level float64
			}{{&first, c.DayOne}, {&after, c.After}, {&firstBare, c.DayOne}, {&afterBare, c.After}} {
				x.to.add(r, x.level, trust, r.answered())
			}
		}
	}
	out.Net += out.Closed
	out.Today, out.DayOne, out.After = today.scores(m.cat), first.scores(m.cat), after.scores(m.cat)
	out.DayOneWithout, out.AfterWithout = firstBare.scores(m.cat), afterBare.scores(m.cat)
	return out
}

// control follows one control through the move.
func (m *mover) control(r *ControlResult, k *Control) ControlMove {
	level, target, omega := float64(r.Effective), float64(r.Target), m.omega[r.ID]
	c := ControlMove{
		Control: r.ID, Known: r.Applicable && r.State != Unanswered, Reassess: k.ReassessOnTransfer,
		Begins: !r.Applicable && r.Note == NoteNotMoved, Today: level, DayOne: level, After: level,
	}
	promised, committed := m.commitment(k)
	c.Committed = committed
	switch {
	case !m.moves:
	case c.Begins:
		// Nobody can lift what does not exist yet: it is as good as the agreement makes it.
		c.Today, c.After, c.DayOne = 0, promised, promised
		if k.ReassessOnTransfer {
			c.DayOne = min(promised, transferCap)
		}
		c.Opened = omega * short(c.DayOne, target)
	case r.Applicable:
		c.After = level + k.CentreShare*max(0, promised-level)
		c.DayOne = c.After
		if k.ReassessOnTransfer {
			c.DayOne = min(c.After, transferCap)
		}
		if c.Known {
			c.Closed = omega * (short(level, target) - short(c.After, target))
			c.Opened = omega * (short(c.DayOne, target) - short(c.After, target))
		}
	}
	return c
}

// column adds up the controls of one column by article.
type column struct{ articles map[string]*sums }

func (c *column) add(r *ControlResult, level, confidence float64, answered bool) {
	if c.articles == nil {
		c.articles = map[string]*sums{}
	}
	if c.articles[r.Article] == nil {
		c.articles[r.Article] = &sums{}
	}
	c.articles[r.Article].take(float64(r.Weight), level, float64(r.Target), confidence, answered)
}

func (c *column) scores(cat *Catalogue) Scores {
	var parts []Scores
	var weights []float64
	for _, a := range cat.Articles {
		if s := c.articles[a.ID]; s != nil {
			parts, weights = append(parts, s.scores()), append(weights, float64(a.Weight))
		}
	}
	return total(parts, weights)
}

// LeverOf sums up the moves. The assessments are those that the moves were worked out from.
func LeverOf(cat *Catalogue, assessments []Assessment, moves []Move) Lever {
	l := Lever{N: len(moves), Controls: make([]ControlLever, 0, len(cat.Controls))}
	if l.N == 0 {
		return l
	}
	at := map[string]int{}
	for i := range cat.Controls {
		at[cat.Controls[i].ID] = i
		l.Controls = append(l.Controls, ControlLever{Control: cat.Controls[i].ID})
	}
	n := float64(l.N)
	for _, a := range sortedByCode(assessments) {
		for _, p := range GapPointsOf(cat, a) {
			l.Controls[at[p.Control]].Gap += p.Known / n
			l.Gap += p.Known / n
			l.Unknown += p.Unknown / n
		}
	}
	var today, first, after, firstBare, afterBare []Scores
	for _, m := range moves {
		today, first, after = append(today, m.Today), append(first, m.DayOne), append(after, m.After)
		firstBare, afterBare = append(firstBare, m.DayOneWithout), append(afterBare, m.AfterWithout)
		for _, c := range m.Controls {
			x := &l.Controls[at[c.Control]]
			x.Closed += c.Closed / n
			x.Opened += c.Opened / n
		}
		l.Closed += m.Closed / n
		l.OpenedFirst += m.Opened / n
		l.OpenedAfter += (m.Closed - m.Net) / n
	}
	l.Today, l.DayOne, l.After = mean(today), mean(first), mean(after)
	l.DayOneWithout, l.AfterWithout = mean(firstBare), mean(afterBare)
	if l.Gap > even {
		l.ShareClosed = l.Closed / l.Gap
	}
	for i := range l.Controls {
		l.Controls[i].Left = max(0, l.Controls[i].Gap-l.Controls[i].Closed)
	}
	slices.SortStableFunc(l.Controls, func(a, b ControlLever) int { return cmp.Compare(b.Closed, a.Closed) })
	return l
}

// sortedByCode orders assessments by municipality: sums of floats depend on their order in the last bit.
func sortedByCode(assessments []Assessment) []Assessment {
	return slices.SortedFunc(slices.Values(assessments), func(a, b Assessment) int {
		return cmp.Compare(a.Municipality, b.Municipality)
	})
}
