package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/nis2/exchange"
)

// workbook is the media type of .xlsx files.
const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// answersXLSX and answersCSV give the questionnaire with its answers as a file.
func (s *server) answersXLSX(w http.ResponseWriter, r *http.Request) {
	s.answersFile(w, r, ".xlsx", workbook, exchange.WriteXLSX)
}

func (s *server) answersCSV(w http.ResponseWriter, r *http.Request) {
	s.answersFile(w, r, ".csv", "text/csv; charset=utf-8", exchange.WriteCSV)
}

func (s *server) answersFile(w http.ResponseWriter, r *http.Request, end, media string, write func(io.Writer, *nis2.Catalogue, exchange.Sheet, string) error) {
	p, _ := hub.PersonFrom(r.Context())
	municipality := r.PathValue("municipality")
	sheet, err := s.hub.ExportAnswers(r.Context(), p, municipality)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var b bytes.Buffer
	l := language(r)
	if err := write(&b, s.hub.Catalogue(), sheet, l.Lang); err != nil {
		s.fail(w, r, err)
		return
	}
	standing, err := s.hub.Standing(p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	name := "nis2-" + municipality
	if standing.Demo {
		name = "demodata-" + name
	}
	sendFile(w, media, name+end, b.Bytes())
}

// oscal gives one of the OSCAL documents of a municipality as a file.
func (s *server) oscal(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	municipality, document := r.PathValue("municipality"), r.PathValue("document")
	d, err := s.hub.OSCAL(r.Context(), p, municipality, document)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		s.fail(w, r, err)
		return
	}
	sendFile(w, "application/json", "oscal-"+municipality+"-"+document+".json", b.Bytes())
}

// importPage shows what a file would change, before it does.
type importPage struct {
	frame
	Municipality string
	File         string
	Answers      string // what the file holds, to be sent again when it is taken over
	Changes      []importRow
	Notes        []string // what another program's file holds and was not taken over, as its reader says it
	Fault        *fault
}

type importRow struct {
	exchange.Change
	Title string
}

// importAnswers reads a file and shows the differences; nothing is changed.
func (s *server) importAnswers(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	municipality := r.PathValue("municipality")
	v, err := s.hub.Answers(r.Context(), p, municipality)
	if err == nil && !v.MayAnswer {
		err = hub.ErrForbidden
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sent, err := readSheet(w, r, v)
	if err != nil {
		s.showArticle(w, r, v, http.StatusUnprocessableEntity, "", faultOf(err))
		return
	}
	s.showImport(w, r, v, sent)
}

// sentSheet is what a file that came with the form holds.
type sentSheet struct {
	name    string
	answers []nis2.Answer
	notes   []string
}

// others read the workbooks of other programs, by the kind that the form names.
var others = map[string]func(io.Reader, *nis2.Catalogue, string) ([]nis2.Answer, []string, error){
	"ciso": exchange.ReadCISOAudit, "os2compliance": exchange.ReadOS2compliance,
}

// readSheet reads the file that came with the form. Faults in it refuse the whole file: half an import is
// hard to tell from a whole one.
func readSheet(w http.ResponseWriter, r *http.Request, v hub.AnswersView) (sentSheet, error) {
	l := language(r)
	typed, err := readForm(w, r, largestUpload)
	if err != nil {
		return sentSheet{}, err
	}
	name, content, err := sentFile(r, "file")
	if err != nil || len(content) == 0 {
		return sentSheet{}, refused{l.T("import.nofile")}
	}
	sent := sentSheet{name: name}
	var sheet exchange.Sheet
	end := strings.ToLower(filepath.Ext(name))
	switch other := others[typed["kind"]]; {
	case other != nil && end == ".xlsx":
		sent.answers, sent.notes, err = other(bytes.NewReader(content), v.Catalogue, v.Municipality)
	case other == nil && end == ".xlsx":
		sheet, err = exchange.ReadXLSX(bytes.NewReader(content), v.Catalogue)
		sent.answers = sheet.Answers
	case other == nil && end == ".csv":
		sheet, err = exchange.ReadCSV(bytes.NewReader(content), v.Catalogue)
		sent.answers = sheet.Answers
	default:
		return sent, refused{l.T("import.kind", "name", name)}
	}
	if err != nil {
		return sent, invalidFile{err}
	}
	for i := range sent.answers {
		if sheet.Municipality == "" { // a CSV without its first line
			sent.answers[i].Municipality = v.Municipality
		}
	}
	return sent, nil
}

// invalidFile is a file's fault in the words of who read it.
type invalidFile struct{ error }

func (e invalidFile) Is(target error) bool { return target == hub.ErrInvalid }

func (s *server) showImport(w http.ResponseWriter, r *http.Request, v hub.AnswersView, sent sentSheet) {
	p, _ := hub.PersonFrom(r.Context())
	page := importPage{frame: s.answersFrame(r, v), Municipality: v.Municipality, File: sent.name, Notes: sent.notes}
	page.Crumbs = append(page.Crumbs, crumb{page.locale.T("answers.title"), "/gap/" + v.Municipality + "/answers"})
	page.Title = page.locale.T("import.title")
	changes, err := s.hub.ImportAnswers(r.Context(), p, v.Municipality, sent.answers, true)
	status := http.StatusOK
	if page.Fault = faultOf(err); page.Fault != nil {
		status = http.StatusUnprocessableEntity
	} else if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, c := range changes {
		k, _ := v.Catalogue.Control(c.Control) // changes are of the catalogue's controls
		page.Changes = append(page.Changes, importRow{c, k.Title.In(page.Lang)})
	}
	data, err := json.Marshal(sent.answers)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page.Answers = base64.StdEncoding.EncodeToString(data)
	s.render(w, r, status, "import", page)
}

// applyAnswers takes over what importAnswers showed. The hub judges it again.
func (s *server) applyAnswers(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	municipality := r.PathValue("municipality")
	typed, err := readForm(w, r, largestUpload)
	var answers []nis2.Answer
	if err == nil {
		data, fault := base64.StdEncoding.DecodeString(typed["answers"])
		if fault == nil {
			answers, fault = nis2.ParseAnswers(data)
		}
		if fault != nil {
			err = refused{language(r).T("form.unreadable")}
		}
	}
	if err == nil {
		_, err = s.hub.ImportAnswers(r.Context(), p, municipality, answers, false)
	}
	if wrong := faultOf(err); wrong != nil {
		v, err := s.hub.Answers(r.Context(), p, municipality)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.showArticle(w, r, v, http.StatusUnprocessableEntity, "", wrong)
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	done(w, r, "/gap/"+municipality+"/answers")
}
