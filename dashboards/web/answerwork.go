package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/samdrift/samdrift/hub"
)

// reviewAnswer and confirmAnswer put a person's name under the version of an answer that the page showed.
func (s *server) reviewAnswer(w http.ResponseWriter, r *http.Request) {
	s.sign(w, r, s.hub.ReviewAnswer)
}
func (s *server) confirmAnswer(w http.ResponseWriter, r *http.Request) {
	s.sign(w, r, s.hub.ConfirmAnswer)
}

func (s *server) sign(w http.ResponseWriter, r *http.Request, how func(ctx context.Context, p hub.Person, municipality, control string, seen *int64) error) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		var seen int64
		if seen, err = strconv.ParseInt(typed["version"], 10, 64); err != nil {
			err = refused{language(r).T("answers.review.version")}
		} else {
			err = how(r.Context(), p, r.PathValue("municipality"), typed["control"], &seen)
		}
	}
	if conflict := (hub.ConflictError{}); errors.As(err, &conflict) {
		err = conflictIn(language(r), "answers.review.conflict", conflict)
	}
	s.answered(w, r, err, typed["control"], func(wrong *fault) asked { return asked{answerFault: wrong} })
}

// answered shows the question again: after a refusal with why, and otherwise anew.
func (s *server) answered(w http.ResponseWriter, r *http.Request, err error, control string, again func(*fault) asked) {
	p, _ := hub.PersonFrom(r.Context())
	municipality := r.PathValue("municipality")
	if err == nil {
		done(w, r, "/gap/"+municipality+"/answers?control="+control)
		return
	}
	wrong := faultOf(err)
	if wrong == nil {
		s.fail(w, r, err)
		return
	}
	v, err := s.hub.Answers(r.Context(), p, municipality)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.showQuestion(w, r, v, http.StatusUnprocessableEntity, control, again(wrong))
}

// addEvidence keeps a file, a link or a note.
func (s *server) addEvidence(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestUpload)
	if err == nil {
		err = s.keepEvidence(r, p, typed)
	}
	// A form that was too large to be read names no control; the address does.
	control := cmp.Or(typed["control"], r.URL.Query().Get("control"))
	s.answered(w, r, err, control, func(wrong *fault) asked { return asked{evidence: typed, evidenceFault: wrong} })
}

func (s *server) keepEvidence(r *http.Request, p hub.Person, typed form) error {
	l := language(r)
	var faults refused
	e := hub.Evidence{
		Municipality: r.PathValue("municipality"), Control: typed["control"], Link: typed["link"], Note: typed["note"],
		Title: typed.need(l, "title", "answers.evidence.title", &faults),
		Date:  typed.day(l, "date", "answers.evidence.date", &faults), Until: typed.day(l, "until", "answers.evidence.until", &faults),
	}
	name, content, err := sentFile(r, "file")
	if err != nil {
		return err
	}
	if e.Link == "" && e.Note == "" && len(content) == 0 {
		faults = append(faults, l.T("answers.evidence.nothing"))
	}
	if len(faults) > 0 {
		return faults
	}
	_, err = s.hub.AddEvidence(r.Context(), p, e, name, content)
	return err
}

// sentFile reads a file that came with a form; none gives nothing.
func sentFile(r *http.Request, field string) (name string, content []byte, err error) {
	f, head, err := r.FormFile(field)
	if err != nil {
		return "", nil, nil // the form was read: what is missing is only the file
	}
	defer func() { _ = f.Close() }()
	content, err = io.ReadAll(f)
	return head.Filename, content, err
}

func (s *server) removeEvidence(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		err = s.hub.RemoveEvidence(r.Context(), p, r.PathValue("municipality"), typed["id"])
	}
	s.answered(w, r, err, typed["control"], func(wrong *fault) asked { return asked{evidenceFault: wrong} })
}

// evidenceEnds are the ends of file names by media type.
var evidenceEnds = map[string]string{"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt", "application/zip": ".zip"}

// evidenceFile sends a kept file, to be saved and not to be shown: what it holds is not ours.
func (s *server) evidenceFile(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	e, content, err := s.hub.EvidenceFile(r.Context(), p, r.PathValue("municipality"), r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sendFile(w, e.Type, e.Control+"-"+e.ID+evidenceEnds[e.Type], content)
}

// sendFile answers with a file to be saved.
func sendFile(w http.ResponseWriter, media, name string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(content) // the client may have gone
}

// anyEvidence gives a kept file of the municipality, for the scope test's probe.
func (s *server) anyEvidence(municipality string) string {
	v, err := s.hub.Answers(context.Background(), hub.Person{Name: "probe", Role: hub.RoleAdmin}, municipality)
	if err != nil {
		return "none"
	}
	for _, x := range v.Rows {
		for _, e := range x.Evidence {
			if e.Hash != "" {
				return e.ID
			}
		}
	}
	return "none"
}
