package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/nis2/exchange"
)

// AnswersView is a municipality's answers, one row a control in catalogue order.
type AnswersView struct {
	Data         Meta            `json:"data"`
	Catalogue    *nis2.Catalogue `json:"-"`
	Municipality string          `json:"municipality"`
	Round        *nis2.Round     `json:"round,omitempty"` // the open one; nil: none is open
	Progress     nis2.Progress   `json:"progress"`
	Rows         []AnswerRow     `json:"rows"`
	MayAnswer    bool            `json:"may_answer"`
}

// AnswerRow is one control: what was answered, on what evidence, and what counts.
type AnswerRow struct {
	Control  string             `json:"control"`
	Answer   *nis2.Answer       `json:"answer"` // nil: nobody has answered
	Result   nis2.ControlResult `json:"result"`
	Evidence []Evidence         `json:"evidence"`
}

// Answers answers what a municipality has answered.
func (h *Hub) Answers(ctx context.Context, p Person, municipality string) (AnswersView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return AnswersView{}, err
	}
	shared, err := h.sharedWith(ctx, sc, municipality)
	if err != nil {
		return AnswersView{}, err
	}
	a := e.gap(municipality)
	if a == nil || !sc.gap[municipality] && len(shared) == 0 {
		return AnswersView{}, sc.forbidden("answers of " + municipality)
	}
	if err := h.noteReading(ctx, p, municipality, "answers"); err != nil {
		return AnswersView{}, err
	}
	v := AnswersView{Data: e.meta(sc), Catalogue: h.Catalogue(), Municipality: municipality, MayAnswer: p.decides(municipality)}
	if v.Round, err = h.openRound(ctx); err != nil {
		return AnswersView{}, err
	}
	answers, err := h.answers(ctx)
	if err != nil {
		return AnswersView{}, err
	}
	evidence, err := h.evidenceOf(ctx, municipality)
	if err != nil {
		return AnswersView{}, err
	}
	of := map[string]*nis2.Answer{}
	for i := range answers {
		if answers[i].Municipality == municipality {
			of[answers[i].Control] = &answers[i]
		}
	}
	if sc.gap[municipality] {
		v.Progress = nis2.ProgressOf(v.Catalogue, municipality, answers)
	}
	for _, r := range a.Controls {
		if sc.gap[municipality] || slices.Contains(shared, r.Article) {
			v.Rows = append(v.Rows, AnswerRow{r.ID, of[r.ID], r, evidence[r.ID]})
		}
	}
	return v, nil
}

// SaveAnswers stores a municipality's answers as its people give them, and assesses anew. Who answers and
// when is filled in where it is left out; a changed answer loses its review. The person must be of that
// municipality, or the admin.
func (h *Hub) SaveAnswers(ctx context.Context, p Person, answers []nis2.Answer) error {
	before, err := h.store.Answers(ctx)
	if err != nil {
		return err
	}
	round, err := h.openRound(ctx)
	if err != nil {
		return err
	}
	answers = slices.Clone(answers)
	for i := range answers {
		a := &answers[i]
		if !p.decides(a.Municipality) {
			return fmt.Errorf("answers of %s: %w", a.Municipality, ErrForbidden)
		}
		if a.AnsweredBy == "" {
			a.AnsweredBy = p.Name
		}
		if !a.AnsweredAt.Known() {
			a.AnsweredAt = h.today()
		}
		if round != nil {
			a.Round = round.ID
		}
		keepReview(p, before, a)
	}
	return h.keepAnswers(ctx, p, "gap.answer", answers)
}

// keepReview leaves a review where it holds: the one that was given, as long as the claim is the same. A
// name that stands in a form or a file is no second person's act; only the admin may bring reviews in.
func keepReview(p Person, before []nis2.Answer, a *nis2.Answer) {
	old := answerTo(before, a.Municipality, a.Control)
	given := old != nil && old.ReviewedBy == a.ReviewedBy
	if given && !sameClaim(*old, *a) || !given && p.Role != RoleAdmin {
		a.ReviewedBy = ""
	}
}

// sameClaim tells whether two answers claim the same, so that a review of one holds for the other.
func sameClaim(a, b nis2.Answer) bool {
	return a.Level == b.Level && a.Evidence == b.Evidence && same(a.NotApplicable, b.NotApplicable) && same(a.Override, b.Override)
}

// same tells whether two parts that may be missing are alike.
func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func answerTo(answers []nis2.Answer, municipality, control string) *nis2.Answer {
	i := slices.IndexFunc(answers, func(a nis2.Answer) bool { return a.Municipality == municipality && a.Control == control })
	if i < 0 {
		return nil
	}
	return &answers[i]
}

// givenAnswer reads an answer as it was given, for a person who may change it.
func (h *Hub) givenAnswer(ctx context.Context, p Person, municipality, control string) (nis2.Answer, error) {
	if !p.decides(municipality) {
		return nis2.Answer{}, fmt.Errorf("answers of %s: %w", municipality, ErrForbidden)
	}
	all, err := h.store.Answers(ctx)
	if err != nil {
		return nis2.Answer{}, err
	}
	a := answerTo(all, municipality, control)
	if a == nil {
		return nis2.Answer{}, fmt.Errorf("answer to %s: %w", control, ErrNotFound)
	}
	return *a, nil
}

// ReviewAnswer puts a second person's name under an answer.
func (h *Hub) ReviewAnswer(ctx context.Context, p Person, municipality, control string) error {
	reviewed, err := h.givenAnswer(ctx, p, municipality, control)
	switch {
	case err != nil:
		return err
	case reviewed.Unconfirmed:
		return fmt.Errorf("%w: the answer to %s is copied from the round before; confirm it first", ErrInvalid, control)
	case reviewed.AnsweredBy == p.Name:
		return fmt.Errorf("%w: %s answered %s and cannot review it too; a review needs a second person", ErrInvalid, p.Name, control)
	}
	reviewed.ReviewedBy = p.Name
	return h.keepAnswers(ctx, p, "gap.review", []nis2.Answer{reviewed})
}

// ConfirmAnswer takes over an answer that was copied from the round before, as the person's own.
func (h *Hub) ConfirmAnswer(ctx context.Context, p Person, municipality, control string) error {
	confirmed, err := h.givenAnswer(ctx, p, municipality, control)
	if err != nil {
		return err
	}
	confirmed.Unconfirmed, confirmed.AnsweredBy, confirmed.AnsweredAt = false, p.Name, h.today()
	return h.keepAnswers(ctx, p, "gap.confirm", []nis2.Answer{confirmed})
}

// ErrInvalid says that what was asked for breaks a rule that the message names.
var ErrInvalid = errors.New("not possible")

// keepAnswers validates and stores answers, notes who did it, and assesses anew.
func (h *Hub) keepAnswers(ctx context.Context, p Person, action string, answers []nis2.Answer) error {
	if err := nis2.Validate(h.Catalogue(), answers); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := h.store.SaveAnswers(ctx, answers, h.now(), p.Name); err != nil {
		return err
	}
	controls := make([]string, 0, len(answers))
	for _, a := range answers {
		controls = append(controls, a.Municipality+" "+a.Control)
	}
	const listed = 20
	detail := strings.Join(controls[:min(listed, len(controls))], ", ")
	if more := len(controls) - listed; more > 0 {
		detail += fmt.Sprintf(" and %d more", more)
	}
	if err := h.record(ctx, p.Name, action, p.Organisation, detail); err != nil {
		return err
	}
	return h.assessAnew(ctx)
}

// assessAnew works out everything from the estate at hand and what is stored beside it.
func (h *Hub) assessAnew(ctx context.Context) error {
	h.merging.Lock()
	defer h.merging.Unlock()
	if e := h.current.Load(); e != nil {
		return h.show(ctx, e.snapshot)
	}
	return nil
}

// AnswerHistory answers every version that an answer has had, newest first.
func (h *Hub) AnswerHistory(ctx context.Context, p Person, municipality, control string) ([]store.AnswerVersion, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return nil, err
	}
	if !sc.gap[municipality] {
		return nil, sc.forbidden("answers of " + municipality)
	}
	if err := h.noteReading(ctx, p, municipality, "history of "+control); err != nil {
		return nil, err
	}
	return h.store.AnswerVersions(ctx, municipality, control)
}

// ExportAnswers gives a municipality's answers to be written to a file.
func (h *Hub) ExportAnswers(ctx context.Context, p Person, municipality string) (exchange.Sheet, error) {
	_, sc, err := h.ask(p)
	if err != nil {
		return exchange.Sheet{}, err
	}
	if !sc.gap[municipality] {
		return exchange.Sheet{}, sc.forbidden("answers of " + municipality)
	}
	if err := h.noteReading(ctx, p, municipality, "export"); err != nil {
		return exchange.Sheet{}, err
	}
	s := exchange.Sheet{Municipality: municipality}
	round, err := h.openRound(ctx)
	if err != nil {
		return s, err
	}
	if round != nil {
		s.Round = round.ID
	}
	all, err := h.store.Answers(ctx)
	if err != nil {
		return s, err
	}
	s.Answers = only(all, func(a nis2.Answer) bool { return a.Municipality == municipality })
	return s, nil
}

// ImportAnswers takes over the answers of a file and tells what that changes; with dryRun it only tells.
func (h *Hub) ImportAnswers(ctx context.Context, p Person, municipality string, answers []nis2.Answer, dryRun bool) ([]exchange.Change, error) {
	if !p.decides(municipality) {
		return nil, fmt.Errorf("answers of %s: %w", municipality, ErrForbidden)
	}
	for _, a := range answers {
		if a.Municipality != municipality {
			return nil, fmt.Errorf("%w: the file holds answers of %s, not of %s", ErrInvalid, a.Municipality, municipality)
		}
	}
	all, err := h.store.Answers(ctx)
	if err != nil {
		return nil, err
	}
	answers = slices.Clone(answers)
	for i := range answers {
		keepReview(p, all, &answers[i])
	}
	cat := h.Catalogue()
	changes := exchange.Changes(cat, all, answers)
	changed := map[string]bool{}
	for _, c := range changes {
		changed[c.Control] = true
	}
	answers = only(answers, func(a nis2.Answer) bool { return changed[a.Control] })
	for i := range answers {
		if answers[i].AnsweredBy == "" {
			answers[i].AnsweredBy = p.Name
		}
		if !answers[i].AnsweredAt.Known() {
			answers[i].AnsweredAt = h.today()
		}
	}
	if err := nis2.Validate(cat, answers); err != nil {
		return changes, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if dryRun || len(answers) == 0 {
		return changes, nil
	}
	return changes, h.SaveAnswers(ctx, p, answers)
}

// answers reads every answer with the evidence that is kept for it, as it is assessed and shown. What is
// stored is the answer as people gave it: evidence that is removed later must not live on in its text.
func (h *Hub) answers(ctx context.Context) ([]nis2.Answer, error) {
	answers, err := h.store.Answers(ctx)
	if err != nil {
		return nil, err
	}
	all, err := store.Records[Evidence](ctx, h.store, store.KindEvidence)
	if err != nil {
		return nil, err
	}
	kept := map[string][]Evidence{}
	for _, x := range all {
		key := x.Municipality + " " + x.Control
		kept[key] = append(kept[key], x)
	}
	for i := range answers {
		a := &answers[i]
		a.Evidence, a.EvidenceUntil = standing(a, kept[a.Municipality+" "+a.Control])
	}
	return answers, nil
}

// standing gives an answer's evidence in words with the day until which it holds: what is written in the
// answer itself, or else what is kept, whose longest holding counts.
func standing(a *nis2.Answer, kept []Evidence) (string, inventory.Date) {
	if a.Evidence != "" || len(kept) == 0 {
		return a.Evidence, a.EvidenceUntil
	}
	var titles []string
	var until inventory.Date
	for _, x := range kept {
		titles = append(titles, x.Title)
		until = max(until, x.Until)
	}
	return strings.Join(titles, "; "), until
}

// noteReading keeps who read another municipality's gap data.
func (h *Hub) noteReading(ctx context.Context, p Person, municipality, what string) error {
	if p.Role == RoleMunicipality && p.Organisation == municipality || h.config.ReadOnly {
		return nil // who reads the files beside the hub could read them anyway
	}
	return h.record(ctx, p.Name, "gap.read", municipality, what)
}
