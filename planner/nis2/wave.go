package nis2

// WaveStep is one wave of a municipality's move: which, and how much it moves. Weight is in any unit that
// is the same for all its waves, such as servers.
type WaveStep struct {
	Wave   string
	Weight float64
}

// WaveLever is what one wave closes and opens, in points as in Move.
type WaveLever struct {
	Wave         string        `json:"wave"`
	Municipality string        `json:"municipality"`
	First        bool          `json:"first"` // controls that apply once something has moved begin here
	Last         bool          `json:"last"`  // controls whose evidence lapses with the move follow here
	Closed       float64       `json:"closed"`
	Opened       float64       `json:"opened"` // on the day after the wave
	Controls     []WaveControl `json:"controls"`
}

// WaveControl is one control that a wave changes. Level is where it stands on the day after the wave: it
// may lie between two steps, since the centre lifts only its share of what has moved.
type WaveControl struct {
	Control string  `json:"control"`
	Level   float64 `json:"level"`
	Closed  float64 `json:"closed"`
	Opened  float64 `json:"opened"`
}

// Waves spreads the move over its waves, which stand in the order in which they happen. The centre lifts a
// control by as much of the way as has moved by then; what begins to apply opens with the first wave, and
// what lapses with the move opens with the last. Over all waves, closed and opened sum to the move's own.
// Steps that weigh nothing together are taken as equally large; a municipality that does not move (Moves is
// false) gets waves that change nothing.
func (m Move) Waves(cat *Catalogue, steps []WaveStep) []WaveLever {
	all := 0.0
	for _, s := range steps {
		all += max(0, s.Weight)
	}
	omega := cat.points()
	levers := make([]WaveLever, 0, len(steps))
	moved := 0.0
	for i, s := range steps {
		l := WaveLever{Wave: s.Wave, Municipality: m.Municipality, First: i == 0, Last: i == len(steps)-1, Controls: []WaveControl{}}
		before := moved
		if moved += max(0, s.Weight) / all; all == 0 {
			moved = float64(i+1) / float64(len(steps))
		}
		if l.Last {
			moved = 1 // whatever rounding has left over
		}
		for _, c := range m.Controls {
			if k, ok := cat.Control(c.Control); ok && m.Moves {
				l.take(c, float64(k.Target), omega[c.Control], before, moved)
			}
		}
		levers = append(levers, l)
	}
	return levers
}

// take follows one control through a wave, from the share of the move before it to the share after it.
func (l *WaveLever) take(c ControlMove, target, omega, before, moved float64) {
	at := func(share float64) float64 { return c.Today + share*(c.After-c.Today) }
	w := WaveControl{Control: c.Control, Level: at(moved)}
	switch {
	case c.Begins:
		w.Level = c.DayOne
		if l.First {
			w.Opened = c.Opened
		}
	case c.Known:
		w.Closed = omega * (short(at(before), target) - short(w.Level, target))
		if l.Last {
			w.Level, w.Opened = c.DayOne, c.Opened
		}
	}
	if w.Closed == 0 && w.Opened == 0 {
		return
	}
	l.Closed += w.Closed
	l.Opened += w.Opened
	l.Controls = append(l.Controls, w)
}
