package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// answersPage is an article's questions as a table.
type answersPage struct {
	frame
	V        hub.AnswersView
	Articles []articleTab
	Scale    []nis2.ScaleLevel
	Rows     []answerRow
	OSCAL    []string // documents
	Fault    *fault   // of an import
}

// articleTab leads to an article, with how much of it is answered.
type articleTab struct {
	ID, Title, Ref string
	Answered, All  int
	Current        bool
}

// answerPage is one question.
type answerPage struct {
	frame
	V              hub.AnswersView
	Scale          []nis2.ScaleLevel
	Row            answerRow
	Kept           []hub.Evidence
	Evidence       form // what was typed into the form for new evidence
	EvidenceFault  *fault
	Previous, Next string // controls
	History        []store.AnswerVersion
	Largest        int // MB of a file
}

// answerRow is one question with what stands in its form.
type answerRow struct {
	hub.AnswerRow
	Control   *nis2.Control
	Title     string
	Form      form
	Fault     *fault
	MayReview bool
}

// answers shows an article as a table, or one question.
func (s *server) answers(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Answers(r.Context(), p, r.PathValue("municipality"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if control := r.URL.Query().Get("control"); control != "" {
		s.showQuestion(w, r, v, http.StatusOK, control, asked{})
		return
	}
	s.showArticle(w, r, v, http.StatusOK, r.URL.Query().Get("article"), nil)
}

func (s *server) answersFrame(r *http.Request, v hub.AnswersView) frame {
	l := language(r)
	f := s.frame(r, "answers.title", v.Data, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.gap"), "/gap"})
	f.Crumbs = append(f.Crumbs, crumb{f.Names[v.Municipality], "/gap/" + v.Municipality})
	f.Title = l.T("answers.of", "name", f.Names[v.Municipality])
	return f
}

func (s *server) showArticle(w http.ResponseWriter, r *http.Request, v hub.AnswersView, status int, article string, wrong *fault) {
	page := answersPage{frame: s.answersFrame(r, v), V: v, Scale: v.Catalogue.Scale.Levels, OSCAL: hub.OSCALDocuments, Fault: wrong}
	if !slices.ContainsFunc(v.Rows, func(x hub.AnswerRow) bool { return x.Result.Article == article }) {
		article = v.Rows[0].Result.Article // hub.Answers never gives none
	}
	for _, a := range v.Catalogue.Articles {
		tab := articleTab{ID: a.ID, Title: a.Title.In(page.Lang), Ref: a.DKRef, Current: a.ID == article}
		for _, x := range v.Rows {
			if x.Result.Article != a.ID {
				continue
			}
			tab.All++
			if x.Answer != nil && !x.Answer.Unconfirmed {
				tab.Answered++
			}
			if tab.Current {
				page.Rows = append(page.Rows, page.row(v, x))
			}
		}
		if tab.All > 0 {
			page.Articles = append(page.Articles, tab)
		}
	}
	s.render(w, r, status, "answers", page)
}

// row gives a question with what is answered.
func (f frame) row(v hub.AnswersView, x hub.AnswerRow) answerRow {
	k, _ := v.Catalogue.Control(x.Control) // the hub's rows are the catalogue's
	a := x.Answer
	return answerRow{AnswerRow: x, Control: k, Title: k.Title.In(f.Lang), Form: answerForm(x),
		MayReview: v.MayAnswer && a != nil && !a.Unconfirmed && (a.ReviewedBy == "" || a.Waits()) && a.AnsweredBy != f.Person.Name}
}

// asked is what a refused form of a question held, with why it was refused.
type asked struct {
	answer, evidence           form
	answerFault, evidenceFault *fault
}

func (s *server) showQuestion(w http.ResponseWriter, r *http.Request, v hub.AnswersView, status int, control string, a asked) {
	i := slices.IndexFunc(v.Rows, func(x hub.AnswerRow) bool { return x.Control == control })
	if i < 0 {
		s.fail(w, r, hub.ErrNotFound)
		return
	}
	page := answerPage{frame: s.answersFrame(r, v), V: v, Scale: v.Catalogue.Scale.Levels, Kept: v.Rows[i].Evidence,
		Evidence: a.evidence, EvidenceFault: a.evidenceFault, Largest: hub.MaxEvidenceBytes >> 20}
	page.Row = page.row(v, v.Rows[i])
	page.Row.Fault = a.answerFault
	if a.answer != nil {
		page.Row.Form = a.answer
	}
	page.Crumbs = append(page.Crumbs, crumb{page.locale.T("answers.title"), "/gap/" + v.Municipality + "/answers?article=" + v.Rows[i].Result.Article})
	page.Title = control + " " + page.Row.Title
	if i > 0 {
		page.Previous = v.Rows[i-1].Control
	}
	if i+1 < len(v.Rows) {
		page.Next = v.Rows[i+1].Control
	}
	var err error
	if v.MayAnswer {
		page.History, err = s.hub.AnswerHistory(r.Context(), page.Person, v.Municipality, control)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, status, "answer", page)
}

// answerForm gives an answer as it stands in its form.
func answerForm(x hub.AnswerRow) form {
	f := form{}
	a := x.Answer
	if a == nil {
		return f
	}
	f["level"], f["owner"] = strconv.Itoa(a.Level), a.Owner
	if text, until := ownEvidence(x); text != "" {
		f["evidence"], f["evidence_until"] = text, until.String()
	}
	if n := a.NotApplicable; n != nil {
		f["na"], f["na_reason"], f["na_until"] = "on", n.Reason, n.Until.String()
	}
	if o := a.Override; o != nil {
		f["override"], f["override_reason"], f["override_until"] = "on", o.Reason, o.Until.String()
	}
	return f
}

// ownEvidence gives what an answer itself says of evidence. The hub fills in the titles of what is kept
// where the answer says nothing; saved as the answer's own they would outlive the evidence.
func ownEvidence(x hub.AnswerRow) (string, inventory.Date) {
	var titles []string
	for _, e := range x.Evidence {
		titles = append(titles, e.Title)
	}
	if x.Answer.Evidence == strings.Join(titles, "; ") {
		return "", 0
	}
	return x.Answer.Evidence, x.Answer.EvidenceUntil
}

// saveAnswer keeps one answer: the whole form, or the fields that the table of an article shows.
func (s *server) saveAnswer(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	v, fault := s.hub.Answers(r.Context(), p, r.PathValue("municipality"))
	switch {
	case fault != nil:
		err = fault
	case !v.MayAnswer:
		err = hub.ErrForbidden
	}
	control := typed["control"]
	if err == nil {
		var version int64
		version, err = s.keepAnswer(r, p, v, control, typed)
		w.Header().Set("Samdrift-Version", strconv.FormatInt(version, 10)) // to base the next change on
	}
	if conflict := (hub.ConflictError{}); errors.As(err, &conflict) {
		err = conflictIn(language(r), "answers.conflict", conflict)
	}
	if r.Header.Get("Samdrift-Autosave") != "" {
		s.autosaved(w, r, err)
		return
	}
	switch wrong := faultOf(err); {
	case wrong != nil && control != "":
		s.showQuestion(w, r, v, http.StatusUnprocessableEntity, control, asked{answer: typed, answerFault: wrong})
	case err != nil:
		s.fail(w, r, err)
	case typed["full"] != "":
		done(w, r, "/gap/"+v.Municipality+"/answers?control="+control)
	default:
		k, _ := v.Catalogue.Control(control) // it was kept
		done(w, r, "/gap/"+v.Municipality+"/answers?article="+k.Article+"#c"+control)
	}
}

// keepAnswer puts what was typed on top of the answer at hand and keeps it, unless the form was made from
// another version. typed becomes the whole form. It gives the version that the answer has then.
func (s *server) keepAnswer(r *http.Request, p hub.Person, v hub.AnswersView, control string, typed form) (version int64, err error) {
	i := slices.IndexFunc(v.Rows, func(x hub.AnswerRow) bool { return x.Control == control })
	if i < 0 {
		return 0, hub.ErrNotFound
	}
	x := v.Rows[i]
	for name, value := range answerForm(x) {
		if _, given := typed[name]; !given && (typed["full"] == "" || name == "level") {
			typed[name] = value
		}
	}
	a, err := answerFrom(language(r), typed)
	if err != nil {
		return x.Version, err
	}
	a.Municipality, a.Control = v.Municipality, control
	if old := x.Answer; old != nil {
		holdApprovals(old, &a)
		text, until := ownEvidence(x)
		if a.Level == old.Level && a.Evidence == text && a.EvidenceUntil == until && same(a.NotApplicable, old.NotApplicable) && same(a.Override, old.Override) {
			a.AnsweredBy, a.AnsweredAt, a.ReviewedBy, a.Unconfirmed = old.AnsweredBy, old.AnsweredAt, old.ReviewedBy, old.Unconfirmed
			if a.Owner == old.Owner {
				return x.Version, nil // nothing was changed
			}
		}
	}
	edit := hub.AnswerEdit{Answer: a}
	if base, err := strconv.ParseInt(typed["version"], 10, 64); err == nil {
		edit.Base = &base
	}
	return x.Version + 1, s.hub.EditAnswers(r.Context(), p, []hub.AnswerEdit{edit})
}

func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// autosaved answers the script in words, to be shown beside the form.
func (s *server) autosaved(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Samdrift-Autosave", "1") // tells this answer from a page that asks to sign in
	wrong := faultOf(err)
	switch {
	case wrong != nil:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case errors.Is(err, hub.ErrForbidden), errors.Is(err, hub.ErrNotFound):
		w.WriteHeader(http.StatusForbidden)
		wrong = &fault{Words: []string{language(r).T("error.403")}}
	case err != nil:
		s.log.Error("request failed", "path", r.URL.Path, "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		wrong = &fault{Words: []string{language(r).T("error.500")}}
	}
	s.fragment(w, r, "answer", "saved", wrong)
}
