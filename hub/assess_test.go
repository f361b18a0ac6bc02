package hub_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory/facts"
	"github.com/samdrift/samdrift/inventory/inventorytest"
	"github.com/samdrift/samdrift/planner/nis2"
)

// wantWhole checks that what the hub shows is what somebody gets who works out everything from its directory.
func wantWhole(t *testing.T, h *hub.Hub, step string) {
	t.Helper()
	whole := open(t, h.Dir(), func(c *hub.Config) { c.ReadOnly = true })
	shown, err := h.Gap(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	want, err := whole.Gap(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Own, shown.Own); diff != "" {
		t.Errorf("%s: shown is not what working out everything gives (-whole +shown)\n%s", step, diff)
	}
}

// Whatever people keep beside the estate is assessed for its municipality alone, with the result that
// assessing everything gives.
func TestWhatIsKeptCountsAsIfEverythingWereAssessed(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	var evidence hub.Evidence
	var entry nis2.Entry
	yes := true
	steps := []struct {
		name string
		do   func() error
	}{
		{"answers of one", func() error {
			return h.SaveAnswers(ctx, nyborg, []nis2.Answer{{Municipality: "450", Control: "20-01", Level: 3}, {Municipality: "450", Control: "21e-01", Level: 4}})
		}},
		{"answers of all", func() error {
			var all []nis2.Answer
			for _, code := range members {
				all = append(all, nis2.Answer{Municipality: code, Control: "21c-05", Level: 2})
			}
			return h.SaveAnswers(ctx, admin, all)
		}},
		{"review", func() error { return h.ReviewAnswer(ctx, second, "450", "20-01", nil) }},
		{"evidence", func() (err error) {
			evidence, err = h.AddEvidence(ctx, nyborg, hub.Evidence{Municipality: "450", Control: "20-01", Title: "Referat", Note: "pkt. 4"}, "", nil)
			return err
		}},
		{"evidence removed", func() error { return h.RemoveEvidence(ctx, nyborg, "450", evidence.ID) }},
		{"facts", func() error {
			_, err := h.ImportFacts(ctx, assens, hub.FactsFile{Municipality: "420", Dataset: "dns_check", Format: "csv", Data: []byte("domain,spf\nassens.dk,ja\n")}, false)
			return err
		}},
		{"facts forgotten", func() error { return h.ForgetFacts(ctx, assens, "420", "dns_check") }},
		{"action", func() error {
			_, err := h.SaveAction(ctx, nyborg, nis2.Action{Municipality: "450", Title: "Øv", Controls: []string{"21c-05"}, Owner: "Drift", Due: today.AddDays(9), State: nis2.ActionOpen})
			return err
		}},
		{"joint action", func() error {
			_, err := h.SaveAction(ctx, admin, nis2.Action{Title: "Kursus", Controls: []string{"21g-01"}, Owner: "Program", Due: today.AddDays(-9), State: nis2.ActionOpen})
			return err
		}},
		{"incident", func() error {
			_, err := h.SaveIncident(ctx, nyborg, nis2.Incident{Municipality: "450", Title: "Ransomware", Significant: &yes, Why: "kriterium", DecidedBy: "Bo",
				Aware: map[nis2.Party]nis2.Awareness{nis2.PartyMunicipality: {At: time.Now().Add(-30 * time.Hour), By: "vagt"}}})
			return err
		}},
		{"register", func() (err error) {
			entry, err = h.SaveEntry(ctx, nyborg, nis2.Entry{Municipality: "450", Kind: nis2.EntryCrisisExercise, Date: today.AddDays(-30)})
			return err
		}},
		{"register line removed", func() error { return h.RemoveEntry(ctx, nyborg, "450", entry.ID) }},
		{"round", func() error { return h.OpenRound(ctx, admin, "2027-1", "Forår", today.AddDays(60)) }},
		{"confirmed", func() error { return h.ConfirmAnswer(ctx, nyborg, "450", "20-01", nil) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		wantWhole(t, h, step.name)
	}
}

// Answers that are saved while an estate is worked out are not lost behind it.
func TestAnswersSavedDuringAMergeAreShown(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	err := h.ShowWhile(ctx, func() {
		if err := h.SaveAnswers(ctx, nyborg, []nis2.Answer{{Municipality: "450", Control: "20-01", Level: 3}}); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	wantWhole(t, h, "after the merge")
	if err := h.ShowWhile(ctx, func() {}); err != nil {
		t.Fatal(err)
	}
	wantWhole(t, h, "after the next merge")
}

// An answer that somebody else changed in the meantime is not overwritten: both are told, and it can be
// given again on top of the other.
func TestTwoWhoChangeOneAnswer(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	edit := func(level int, base int64) hub.AnswerEdit {
		return hub.AnswerEdit{Answer: nis2.Answer{Municipality: "450", Control: "20-01", Level: level}, Base: &base}
	}
	save := func(p hub.Person, e hub.AnswerEdit) error { return h.EditAnswers(ctx, p, []hub.AnswerEdit{e}) }
	if err := save(nyborg, edit(1, 0)); err != nil {
		t.Fatal(err)
	}
	v, err := h.Answers(ctx, second, "450")
	if err != nil {
		t.Fatal(err)
	}
	seen := v.Rows[0].Version
	if err := save(nyborg, edit(2, seen)); err != nil {
		t.Fatal(err)
	}
	err = save(second, edit(4, seen))
	var conflict hub.ConflictError
	if !errors.As(err, &conflict) || !errors.Is(err, hub.ErrInvalid) {
		t.Fatalf("the second writer gets %v, want a conflict", err)
	}
	if conflict.Yours.Level != 4 || conflict.Now.Answer.Level != 2 || conflict.Now.Actor != nyborg.Name {
		t.Errorf("the conflict tells yours %+v and now %+v", conflict.Yours, conflict.Now)
	}
	// A file of several answers with one in conflict changes none.
	other := edit(5, 0)
	other.Control = "20-02"
	if err := h.EditAnswers(ctx, second, []hub.AnswerEdit{other, edit(4, seen)}); !errors.As(err, &conflict) {
		t.Errorf("one of two in conflict: %v", err)
	}
	if v, err = h.Answers(ctx, second, "450"); err != nil || v.Rows[0].Answer.Level != 2 || v.Rows[1].Answer != nil {
		t.Errorf("after the conflicts: %+v %+v %v", v.Rows[0].Answer, v.Rows[1].Answer, err)
	}
	if err := save(second, edit(4, v.Rows[0].Version)); err != nil {
		t.Errorf("given again on top of the other: %v", err)
	}
	// A review names what was read: Bo does not put his name under what he has not seen.
	read := v.Rows[0].Version
	if err := h.ReviewAnswer(ctx, nyborg, "450", "20-01", &read); !errors.As(err, &conflict) || conflict.Yours.Level != 2 || conflict.Now.Answer.Level != 4 {
		t.Errorf("a review of what was changed since: %v", err)
	}
	if err := h.ConfirmAnswer(ctx, nyborg, "450", "20-01", &read); !errors.As(err, &conflict) {
		t.Errorf("taking over what was changed since: %v", err)
	}
	never := read + 99
	if err := h.ReviewAnswer(ctx, nyborg, "450", "20-01", &never); !errors.Is(err, hub.ErrInvalid) || errors.As(err, &conflict) {
		t.Errorf("a review of a version that never was: %v", err)
	}
	if v, err = h.Answers(ctx, second, "450"); err != nil || v.Rows[0].Answer.ReviewedBy != "" {
		t.Fatalf("after the refused reviews: %+v %v", v.Rows[0].Answer, err)
	}
	if err := h.ReviewAnswer(ctx, nyborg, "450", "20-01", &v.Rows[0].Version); err != nil {
		t.Errorf("a review of what stands: %v", err)
	}
}

// What needs a second person has no effect before that person gives it, and nobody can write another's name
// under it.
func TestDecisionsWaitForTheSecondPerson(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	answer := nis2.Answer{Municipality: "450", Control: "20-01", AnsweredBy: "Dorte",
		NotApplicable: &nis2.NotApplicable{Reason: "Findes ikke", ApprovedBy: "Dorte", Until: today.AddDays(30)}}
	if err := h.SaveAnswers(ctx, nyborg, []nis2.Answer{answer}); err != nil {
		t.Fatal(err)
	}
	row := func() hub.AnswerRow {
		t.Helper()
		v, err := h.Answers(ctx, nyborg, "450")
		if err != nil {
			t.Fatal(err)
		}
		return v.Rows[0]
	}
	if r := row(); r.Answer.AnsweredBy != "Bo" || r.Answer.NotApplicable.ApprovedBy != "" || r.Result.Note != nis2.NoteProposed || !r.Result.Applicable {
		t.Errorf("Bo wrote Dorte's name: answered by %s, approved by %q, counts as %s %s", r.Answer.AnsweredBy, r.Answer.NotApplicable.ApprovedBy, r.Result.State, r.Result.Note)
	}
	if err := h.ReviewAnswer(ctx, nyborg, "450", "20-01", nil); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("Bo approves his own decision: %v", err)
	}
	if err := h.ReviewAnswer(ctx, second, "450", "20-01", nil); err != nil {
		t.Fatal(err)
	}
	if r := row(); r.Answer.NotApplicable.ApprovedBy != "Dorte" || r.Result.State != nis2.NotInScope {
		t.Errorf("approved: %+v counts as %s", r.Answer.NotApplicable, r.Result.State)
	}
	// Another end date is another decision; the same one given again keeps its approval.
	again := *row().Answer
	again.NotApplicable = &nis2.NotApplicable{Reason: "Findes ikke", Until: today.AddDays(30)}
	if err := h.SaveAnswers(ctx, nyborg, []nis2.Answer{again}); err != nil {
		t.Fatal(err)
	}
	if r := row(); r.Answer.NotApplicable.ApprovedBy != "Dorte" {
		t.Errorf("the same decision lost its approval: %+v", r.Answer.NotApplicable)
	}
	again.NotApplicable = &nis2.NotApplicable{Reason: "Findes ikke", ApprovedBy: "Dorte", Until: today.AddDays(900)}
	if err := h.SaveAnswers(ctx, nyborg, []nis2.Answer{again}); err != nil {
		t.Fatal(err)
	}
	if r := row(); r.Answer.NotApplicable.ApprovedBy != "" || r.Result.Note != nis2.NoteProposed {
		t.Errorf("a longer end kept the approval: %+v", r.Answer.NotApplicable)
	}
	// Who approved it and then answers in the first person's place cannot be both.
	if err := h.ReviewAnswer(ctx, second, "450", "20-01", nil); err != nil {
		t.Fatal(err)
	}
	taken := *row().Answer
	taken.Level = 3
	if err := h.SaveAnswers(ctx, second, []nis2.Answer{taken}); err != nil {
		t.Fatal(err)
	}
	if r := row(); r.Answer.AnsweredBy != "Dorte" || r.Answer.NotApplicable.ApprovedBy != "" {
		t.Errorf("Dorte answers and approves: %+v %+v", r.Answer, r.Answer.NotApplicable)
	}
}

// BenchmarkSaveAnswer saves one answer of one municipality of the country: 98 municipalities, 80 controls
// answered by each, 25,000 assets.
func BenchmarkSaveAnswer(b *testing.B) {
	c := hub.DefaultConfig()
	c.Dir, c.AsOf = b.TempDir(), today
	var codes []string
	for _, m := range facts.Municipalities() {
		codes = append(codes, m.Code)
	}
	h, err := hub.Open(b.Context(), c, quiet)
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := h.Close(); err != nil {
			b.Error(err)
		}
	}()
	look(b, h, inventorytest.Estate{Assets: 25_000, Seed: 1, Municipalities: codes}, 0, time.Now())
	if err := h.SaveAnswers(b.Context(), admin, nis2.DemoAnswers(h.Catalogue(), codes, 1, today)); err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		a := nis2.Answer{Municipality: codes[i%len(codes)], Control: "20-01", Level: i % 6, AnsweredBy: fmt.Sprint("Anna ", i)}
		if err := h.SaveAnswers(b.Context(), admin, []nis2.Answer{a}); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
