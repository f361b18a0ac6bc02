package hub_test

import (
	"errors"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner/nis2"
)

// A register line counts for its municipality as soon as it is kept, and no more once it is removed; only the
// municipality and the admin keep and read lines.
func TestRegister(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	exercise := nis2.Entry{Municipality: "450", Kind: nis2.EntryCrisisExercise, Date: today.AddDays(-30)}
	for _, p := range []hub.Person{assens, centre, steering, {}} {
		if _, err := h.SaveEntry(ctx, p, exercise); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s keeps a line of Nyborg: %v", p.Role, err)
		}
		if _, err := h.Register(ctx, p, "450"); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s reads Nyborg's register: %v", p.Role, err)
		}
		if err := h.RemoveEntry(ctx, p, "450", "x"); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s removes a line of Nyborg: %v", p.Role, err)
		}
	}
	kept, err := h.SaveEntry(ctx, nyborg, exercise)
	if err != nil {
		t.Fatal(err)
	}
	level := func(municipality string) *int {
		t.Helper()
		a, _, err := h.GapOf(ctx, admin, municipality)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Controls {
			if r.ID == "21c-09" {
				return r.Automatic
			}
		}
		t.Fatal("no control 21c-09")
		return nil
	}
	if l := level("450"); l == nil || *l != 4 || level("420") != nil {
		t.Errorf("an exercise a month ago gives Nyborg %v and Assens %v", l, level("420"))
	}
	read := kept
	kept.Date = today.AddDays(-800)
	if kept, err = h.SaveEntry(ctx, nyborg, kept); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SaveEntry(ctx, second, read); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a line that somebody changed since it was read is overwritten: %v", err)
	}
	if l := level("450"); l == nil || *l != 0 {
		t.Errorf("an exercise two years ago gives %v", l)
	}
	lines, err := h.Register(ctx, second, "450")
	if err != nil || len(lines) != 1 || lines[0] != kept {
		t.Errorf("the register holds %+v, %v", lines, err)
	}
	kept.Kind = "party"
	if _, err := h.SaveEntry(ctx, nyborg, kept); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("an unknown kind: %v", err)
	}
	if err := h.RemoveEntry(ctx, nyborg, "450", kept.ID); err != nil || level("450") != nil {
		t.Errorf("after it is removed: %v, %v", level("450"), err)
	}
	if _, err := h.SaveEntry(ctx, nyborg, nis2.Entry{ID: "ghost", Municipality: "450", Kind: nis2.EntryCrisisExercise, Date: today}); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("a line that is not there is changed: %v", err)
	}
}
