package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/nis2/exchange"
)

// ErrInvalid says that what was asked for breaks a rule that the message names.
var ErrInvalid = errors.New("not possible")

// AnswerEdit is an answer with the version that its giver saw.
type AnswerEdit = store.AnswerEdit

// ConflictError says that an answer was given anew after its giver had read it. It carries both, and nothing
// was stored. It is an ErrInvalid.
type ConflictError struct{ *store.ConflictError }

// Is makes a conflict an ErrInvalid for those who need no more than that.
func (ConflictError) Is(target error) bool { return target == ErrInvalid }

// SaveAnswers stores a municipality's answers whatever was there before; see EditAnswers.
func (h *Hub) SaveAnswers(ctx context.Context, p Person, answers []nis2.Answer) error {
	edits := make([]AnswerEdit, len(answers))
	for i, a := range answers {
		edits[i].Answer = a
	}
	return h.EditAnswers(ctx, p, edits)
}

// EditAnswers stores a municipality's answers as its people give them, and assesses the municipality anew.
// Who answers is who calls; only the admin may answer in another's name, as a file does. A changed answer
// loses its review, and what needs a second person waits for ReviewAnswer. The person must be of that
// municipality, or the admin. An answer that was changed since its giver read it gives a ConflictError.
func (h *Hub) EditAnswers(ctx context.Context, p Person, edits []AnswerEdit) error {
	round, err := h.openRound(ctx)
	if err != nil {
		return err
	}
	edits = slices.Clone(edits)
	before := beforehand{hub: h}
	for i := range edits {
		a := &edits[i].Answer
		if !p.decides(a.Municipality) {
			return fmt.Errorf("answers of %s: %w", a.Municipality, ErrForbidden)
		}
		old, err := before.answer(ctx, a.Municipality, a.Control)
		if err != nil {
			return err
		}
		h.settle(p, old, a)
		if round != nil {
			a.Round = round.ID
		}
	}
	return h.keepAnswers(ctx, p, "gap.answer", edits)
}

// beforehand reads the answers that changes are made to, each municipality's once.
type beforehand struct {
	hub *Hub
	of  map[string][]nis2.Answer
}

// answer gives the answer at hand, or nil.
func (b *beforehand) answer(ctx context.Context, municipality, control string) (*nis2.Answer, error) {
	answers, read := b.of[municipality]
	if !read {
		var err error
		if answers, err = b.hub.store.AnswersOf(ctx, municipality); err != nil {
			return nil, err
		}
		if b.of == nil {
			b.of = map[string][]nis2.Answer{}
		}
		b.of[municipality] = answers
	}
	i := slices.IndexFunc(answers, func(a nis2.Answer) bool { return a.Control == control })
	if i < 0 {
		return nil, nil
	}
	return &answers[i], nil
}

// settle fills in who answers and when, and leaves what a second person did where it holds: the review and
// the approvals that were given, as long as what they were given to is the same. A name that stands in a
// form or a file is nobody's act; only the admin may bring such names in.
func (h *Hub) settle(p Person, old, a *nis2.Answer) {
	trusted := p.Role == RoleAdmin
	if n := a.NotApplicable; n != nil {
		kept := *n
		if held := old != nil && old.NotApplicable != nil && old.NotApplicable.Reason == n.Reason && old.NotApplicable.Until == n.Until; held {
			kept.ApprovedBy = old.NotApplicable.ApprovedBy
		} else if !trusted {
			kept.ApprovedBy = ""
		}
		a.NotApplicable = &kept
	}
	if o := a.Override; o != nil {
		kept := *o
		if held := old != nil && old.Override != nil && old.Override.Reason == o.Reason && old.Override.Until == o.Until; held {
			kept.By = old.Override.By
		} else if !trusted {
			kept.By = ""
		}
		a.Override = &kept
	}
	same := old != nil && sameClaim(*old, *a)
	if !trusted && (!same || a.AnsweredBy != old.AnsweredBy) {
		a.AnsweredBy = p.Name
	}
	if a.AnsweredBy == "" {
		a.AnsweredBy = p.Name
	}
	if !a.AnsweredAt.Known() {
		a.AnsweredAt = h.today()
	}
	a.ConfirmedAt = time.Time{} // the hub's own to say, and only of what is answered now
	if a.AnsweredAt == h.today() {
		a.ConfirmedAt = h.now().UTC()
	}
	given := old != nil && old.ReviewedBy == a.ReviewedBy
	if given && !same || !given && !trusted {
		a.ReviewedBy = ""
	}
	if n := a.NotApplicable; n != nil && n.ApprovedBy == a.AnsweredBy {
		n.ApprovedBy = "" // who approved it answers now, so that another must approve
	}
	if o := a.Override; o != nil && o.By == a.AnsweredBy {
		o.By = ""
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

// givenAnswer reads an answer as it was given, for a person who may change it. Where the person saw another
// version it gives a ConflictError with the one that was seen as theirs.
func (h *Hub) givenAnswer(ctx context.Context, p Person, municipality, control string, seen *int64) (AnswerEdit, error) {
	if !p.decides(municipality) {
		return AnswerEdit{}, fmt.Errorf("answers of %s: %w", municipality, ErrForbidden)
	}
	numbers, err := h.store.AnswerNumbers(ctx, municipality)
	if err != nil {
		return AnswerEdit{}, err
	}
	a, err := (&beforehand{hub: h}).answer(ctx, municipality, control)
	if err == nil && a == nil {
		err = fmt.Errorf("answer to %s: %w", control, ErrNotFound)
	}
	if err != nil {
		return AnswerEdit{}, err
	}
	base := numbers[control]
	if seen != nil && *seen != base {
		return AnswerEdit{}, h.changedSince(ctx, p, municipality, control, *seen)
	}
	return AnswerEdit{Answer: *a, Base: &base}, nil
}

// changedSince tells what an answer was when a person saw it and what it is now.
func (h *Hub) changedSince(ctx context.Context, p Person, municipality, control string, seen int64) error {
	versions, err := h.store.AnswerVersions(ctx, municipality, control)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(versions, func(v store.AnswerVersion) bool { return v.Number == seen })
	if i < 0 {
		return fmt.Errorf("%w: the answer to %s has no version %d; read it again", ErrInvalid, control, seen)
	}
	conflict := &store.ConflictError{Yours: versions[i].Answer, Now: versions[0]}
	return errors.Join(ConflictError{conflict}, h.noteReading(ctx, p, "answer in conflict", municipality))
}

// ReviewAnswer puts a second person's name under an answer, and under what it decides: that the control does
// not apply, or that the data are set aside. seen is the number of the version that the person read: if the
// answer was changed since, a ConflictError shows both and nothing is stored. nil: the answer as it stands.
func (h *Hub) ReviewAnswer(ctx context.Context, p Person, municipality, control string, seen *int64) error {
	reviewed, err := h.givenAnswer(ctx, p, municipality, control, seen)
	switch {
	case err != nil:
		return err
	case reviewed.Unconfirmed:
		return fmt.Errorf("%w: the answer to %s is copied from the round before; confirm it first", ErrInvalid, control)
	case reviewed.AnsweredBy == p.Name:
		return fmt.Errorf("%w: %s answered %s and cannot review it too; a review needs a second person", ErrInvalid, p.Name, control)
	}
	reviewed.ReviewedBy = p.Name
	if n := reviewed.NotApplicable; n != nil && n.ApprovedBy == "" {
		n.ApprovedBy = p.Name
	}
	if o := reviewed.Override; o != nil && o.By == "" {
		o.By = p.Name
	}
	return h.keepAnswers(ctx, p, "gap.review", []AnswerEdit{reviewed})
}

// ConfirmAnswer takes over an answer that was copied from the round before, or that was given before servers
// moved, as the person's own. A review from before a move is gone with it. seen is as in ReviewAnswer.
func (h *Hub) ConfirmAnswer(ctx context.Context, p Person, municipality, control string, seen *int64) error {
	confirmed, err := h.givenAnswer(ctx, p, municipality, control, seen)
	if err != nil {
		return err
	}
	if e := h.current.Load(); e != nil && e.lapsed(municipality, control) {
		confirmed.ReviewedBy = ""
	}
	old := confirmed.Answer
	confirmed.Unconfirmed, confirmed.AnsweredBy, confirmed.AnsweredAt = false, p.Name, h.today()
	h.settle(p, &old, &confirmed.Answer)
	return h.keepAnswers(ctx, p, "gap.confirm", []AnswerEdit{confirmed})
}

// keepAnswers validates and stores answers, notes who did it, and assesses anew whom they are of.
func (h *Hub) keepAnswers(ctx context.Context, p Person, action string, edits []AnswerEdit) error {
	answers := make([]nis2.Answer, 0, len(edits))
	var controls, codes []string
	for _, e := range edits {
		answers = append(answers, e.Answer)
		controls = append(controls, e.Municipality+" "+e.Control)
		codes = append(codes, e.Municipality)
	}
	if err := nis2.Validate(h.Catalogue(), answers); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	err := h.store.SaveAnswers(ctx, edits, h.now(), p.Name)
	if conflict := new(store.ConflictError); errors.As(err, &conflict) {
		return errors.Join(ConflictError{conflict}, h.noteReading(ctx, p, "answer in conflict", conflict.Yours.Municipality))
	}
	if err != nil {
		return err
	}
	const listed = 20
	detail := strings.Join(controls[:min(listed, len(controls))], ", ")
	if more := len(controls) - listed; more > 0 {
		detail += fmt.Sprintf(" and %d more", more)
	}
	if err := h.record(ctx, p.Name, action, p.Organisation, detail); err != nil {
		return err
	}
	slices.Sort(codes)
	return h.assessAnew(ctx, slices.Compact(codes)...)
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
	all, err := h.store.AnswersOf(ctx, municipality)
	if err != nil {
		return nil, err
	}
	before := beforehand{hub: h, of: map[string][]nis2.Answer{municipality: all}}
	numbers, err := h.store.AnswerNumbers(ctx, municipality)
	if err != nil {
		return nil, err
	}
	answers = slices.Clone(answers)
	for i := range answers {
		old, err := before.answer(ctx, municipality, answers[i].Control)
		if err != nil {
			return nil, err
		}
		h.settle(p, old, &answers[i])
	}
	cat := h.Catalogue()
	changes := exchange.Changes(cat, all, answers)
	changed := map[string]bool{}
	for _, c := range changes {
		changed[c.Control] = true
	}
	answers = only(answers, func(a nis2.Answer) bool { return changed[a.Control] })
	if err := nis2.Validate(cat, answers); err != nil {
		return changes, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if dryRun || len(answers) == 0 {
		return changes, h.noteReading(ctx, p, "what a file would change", municipality)
	}
	edits := make([]AnswerEdit, len(answers))
	for i, a := range answers {
		base := numbers[a.Control] // the differences told are those to this version
		edits[i] = AnswerEdit{Answer: a, Base: &base}
	}
	return changes, h.EditAnswers(ctx, p, edits)
}
