package nis2_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// moveOf gives the move of a municipality with a control that the centre lifts half of (21c-03), one that
// lapses with the move (21j-05), and one that begins to apply (21d-04).
func moveOf(t testing.TB, cat *nis2.Catalogue, agreements ...inventory.Agreement) nis2.Move {
	t.Helper()
	snapshot := newEstate("901").build()
	snapshot.Agreements = agreements
	list := assess(t, cat, snapshot, answer("21c-03", 1), answer("21j-05", 4), answer("21g-01", 0))
	return nis2.Moves(cat, list, agreements)[0]
}

func TestWavesOpenWhatBeginsFirstAndWhatLapsesLast(t *testing.T) {
	cat := only(load(t), "21c-03", "21j-05", "21d-04", "21g-01")
	waves := moveOf(t, cat).Waves(cat, []nis2.WaveStep{{Wave: "w1", Weight: 10}, {Wave: "w2", Weight: 30}})
	if len(waves) != 2 {
		t.Fatalf("%d waves, want 2", len(waves))
	}
	at := func(w nis2.WaveLever, id string) *nis2.WaveControl {
		for i := range w.Controls {
			if w.Controls[i].Control == id {
				return &w.Controls[i]
			}
		}
		return nil
	}
	k, _ := cat.Control("21c-03")
	if got, want := at(waves[0], "21c-03").Level, 1+0.25*k.CentreShare*3; math.Abs(got-want) > 1e-9 {
		t.Errorf("backup after a quarter of the move is at %.4f, want %.4f", got, want)
	}
	if c := at(waves[0], "21d-04"); c == nil || c.Opened <= 0 {
		t.Errorf("the first wave does not open the control that begins to apply: %+v", waves[0].Controls)
	}
	if at(waves[1], "21d-04") != nil {
		t.Error("the second wave opens again what the first one opened")
	}
	if at(waves[0], "21j-05") != nil {
		t.Error("evidence lapses before the municipality's last wave")
	}
	if c := at(waves[1], "21j-05"); c == nil || c.Opened <= 0 || c.Level != 2 {
		t.Errorf("the last wave does not open what lapses with the move: %+v", waves[1].Controls)
	}
}

func TestOneThatHasMovedHasNothingToCloseOrOpen(t *testing.T) {
	cat := load(t)
	moved := inventory.Agreement{ID: "a", Customer: "901", Host: "461", Centre: "c", State: inventory.StateStable}
	m := moveOf(t, cat, moved)
	if m.Moves {
		t.Fatal("the municipality is still counted as one that moves")
	}
	for _, w := range m.Waves(cat, []nis2.WaveStep{{Wave: "w1", Weight: 1}}) {
		if w.Closed != 0 || w.Opened != 0 || len(w.Controls) != 0 {
			t.Errorf("wave %+v changes something", w)
		}
	}
}

// However a move is cut into waves, together they are the move.
func TestWavesSumToTheMove(t *testing.T) {
	cat := load(t)
	rapid.Check(t, func(r *rapid.T) {
		var answers []nis2.Answer
		for _, k := range cat.Controls {
			if rapid.Bool().Draw(r, "answered") {
				answers = append(answers, answer(k.ID, rapid.IntRange(0, 5).Draw(r, "level")))
			}
		}
		list := assess(t, cat, newEstate("901").build(), answers...)
		m := nis2.Moves(cat, list, nil)[0]
		var steps []nis2.WaveStep
		for range rapid.IntRange(1, 6).Draw(r, "waves") {
			steps = append(steps, nis2.WaveStep{Wave: "w", Weight: float64(rapid.IntRange(0, 40).Draw(r, "servers"))})
		}
		var closed, opened float64
		for _, w := range m.Waves(cat, steps) {
			if w.Closed < -1e-9 || w.Opened < -1e-9 {
				r.Fatalf("a wave closes %g and opens %g", w.Closed, w.Opened)
			}
			closed += w.Closed
			opened += w.Opened
		}
		if math.Abs(closed-m.Closed) > 1e-6 || math.Abs(opened-m.Opened) > 1e-6 {
			r.Fatalf("waves close %g and open %g, the move %g and %g", closed, opened, m.Closed, m.Opened)
		}
	})
}
