package hub

import (
	"context"
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
	Answer   *nis2.Answer       `json:"answer"`  // nil: nobody has answered
	Version  int64              `json:"version"` // of the answer; 0: none. Give it back with a change
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
	if err := h.noteReading(ctx, p, "answers", municipality); err != nil {
		return AnswersView{}, err
	}
	v := AnswersView{Data: e.meta(sc), Catalogue: h.Catalogue(), Municipality: municipality, MayAnswer: p.decides(municipality)}
	if v.Round, err = h.openRound(ctx); err != nil {
		return AnswersView{}, err
	}
	answers, err := h.answersOf(ctx, municipality)
	if err != nil {
		return AnswersView{}, err
	}
	evidence, err := h.evidenceOf(ctx, municipality)
	if err != nil {
		return AnswersView{}, err
	}
	numbers, err := h.store.AnswerNumbers(ctx, municipality)
	if err != nil {
		return AnswersView{}, err
	}
	of := map[string]*nis2.Answer{}
	for i := range answers {
		of[answers[i].Control] = &answers[i]
	}
	if sc.gap[municipality] {
		v.Progress = nis2.ProgressOf(v.Catalogue, municipality, answers)
	}
	for _, r := range a.Controls {
		if sc.gap[municipality] || slices.Contains(shared, r.Article) {
			v.Rows = append(v.Rows, AnswerRow{r.ID, of[r.ID], numbers[r.ID], r, evidence[r.ID]})
		}
	}
	return v, nil
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
	if err := h.noteReading(ctx, p, "history of "+control, municipality); err != nil {
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
	if err := h.noteReading(ctx, p, "export", municipality); err != nil {
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
	s.Answers, err = h.store.AnswersOf(ctx, municipality)
	return s, err
}

// answers reads every answer with the evidence that is kept for it, as it is assessed and shown. What is
// stored is the answer as people gave it: evidence that is removed later must not live on in its text.
func (h *Hub) answers(ctx context.Context) ([]nis2.Answer, error) {
	answers, err := h.store.Answers(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := store.Records[Evidence](ctx, h.store, store.KindEvidence)
	return stand(answers, kept), err
}

// answersOf reads one municipality's answers as answers does everybody's.
func (h *Hub) answersOf(ctx context.Context, municipality string) ([]nis2.Answer, error) {
	answers, err := h.store.AnswersOf(ctx, municipality)
	if err != nil {
		return nil, err
	}
	kept, err := store.RecordsOf[Evidence](ctx, h.store, store.KindEvidence, municipality)
	return stand(answers, kept), err
}

// stand puts beside each answer the evidence that is kept for it.
func stand(answers []nis2.Answer, kept []Evidence) []nis2.Answer {
	type cell struct{ municipality, control string }
	of := map[cell][]Evidence{}
	for _, x := range kept {
		of[cell{x.Municipality, x.Control}] = append(of[cell{x.Municipality, x.Control}], x)
	}
	for i := range answers {
		a := &answers[i]
		a.Evidence, a.EvidenceUntil = standing(a, of[cell{a.Municipality, a.Control}])
	}
	return answers
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
